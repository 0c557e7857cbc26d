/** FORMAT: a template whose placeholders name elements of a list or fields of an object. */
import type { NativeContext } from '../link/native.ts';
import { chargeKey, checkTextLength } from '../value/charges.ts';
import { isList, isRecord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { getOwn, normaliseKey } from '../value/path.ts';
import { textOf } from '../value/text.ts';
import { refuse } from './arguments.ts';
import { chargeUnits } from './charges.ts';
import { nativeRows } from './rows.ts';

/** A 32-bit integer, as upstream reads it; longer texts are no index of any list. */
const INDEX_TEXT = /^[+-]?[0-9]{1,64}$/;
const INTEGER_KEY_TEXT = /^(?:0|[1-9][0-9]{0,399})$/;

/** Replaces `{key}` by the text of an element or field; `{{` and `}}` stand for braces. */
function format(context: NativeContext, template: Value, args: Value): Value {
  if (typeof template !== 'string') throw refuse('FORMAT: template must be string');
  const look = placeholders(context, args);
  chargeUnits(context, 8 * template.length);
  const pieces: string[] = [];
  let length = 0;
  /** The next closing brace, -1 when there is none: looked for once, whatever the template. */
  let nextClose = template.indexOf('}');
  const add = (piece: string): void => {
    length += piece.length;
    context.charge(1);
    context.allocate(BYTES.listSlot + 2 * piece.length);
    pieces.push(piece);
  };
  for (let at = 0; at < template.length; ) {
    const brace = nextBrace(template, at);
    if (brace > at) add(template.slice(at, brace));
    if (brace === template.length) break;
    const c = template[brace] as string;
    if (template[brace + 1] === c) {
      add(c);
      at = brace + 2;
      continue;
    }
    if (c === '{' && nextClose >= 0 && nextClose < brace) nextClose = template.indexOf('}', brace);
    const close = c === '{' ? nextClose : -1;
    if (close < 0) {
      add(c);
      at = brace + 1;
      continue;
    }
    chargeKey(context, close - brace - 1);
    const found = look(template.slice(brace + 1, close));
    add(found === undefined ? template.slice(brace, close + 1) : textOf(context, found.value));
    at = close + 1;
  }
  checkTextLength(length);
  context.allocate(BYTES.stringHeader);
  chargeUnits(context, length);
  return pieces.join('');
}

function nextBrace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '{' && text[at] !== '}') at++;
  return at;
}

/** How a key of a template is found: the element or field, or undefined where there is none. */
function placeholders(context: NativeContext, args: Value): (key: string) => { readonly value: Value } | undefined {
  if (isList(args)) {
    return (key) => {
      const index = INDEX_TEXT.test(key) ? Number(key) : -1;
      return index >= 0 && index < args.length ? { value: args[index] } : undefined;
    };
  }
  if (args instanceof OrderedMap) return (key) => fieldByText(context, args, key);
  if (!isRecord(args)) throw refuse('FORMAT: args must be list or object');
  return (key) => {
    const value = getOwn(args, key);
    return value === undefined ? undefined : { value };
  };
}

/** The first entry whose key has this text: an integer key and a text key may both. */
function fieldByText(context: NativeContext, map: OrderedMap, key: string): { readonly value: Value } | undefined {
  const integer = INTEGER_KEY_TEXT.test(key) ? BigInt(key) : undefined;
  if (integer === undefined || !OrderedMap.has(map, normaliseKey(integer))) return presentIn(map, key);
  if (!OrderedMap.has(map, key)) return presentIn(map, normaliseKey(integer));
  context.charge(OrderedMap.size(map));
  for (const [candidate, value] of OrderedMap.entriesOf(map)) {
    if (String(candidate) === key) return { value };
  }
  return undefined;
}

function presentIn(map: OrderedMap, key: MapKey): { readonly value: Value } | undefined {
  return OrderedMap.has(map, key) ? { value: OrderedMap.get(map, key) } : undefined;
}

export const FORMAT_ROWS = nativeRows('strings', [
  {
    name: 'FORMAT',
    usage: 'FORMAT(template, args)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'Puts the texts of list elements or object fields where the template has `{0}` or `{name}`; doubled braces stand for themselves.',
    examples: [
      ['FORMAT("Hi {name}", {name: "Ada"})', '"Hi Ada"'],
      ['FORMAT("{0}-{1}-{0}", ["a", "b"])', '"a-b-a"'],
      ['FORMAT("{x}", {})', '"{x}"'],
      ['FORMAT("x", null)', '✗ FORMAT: args must be list or object'],
    ],
    cost: 8,
    borrows: true,
    call: format,
  },
]);
