/**
 * Values in traces: keeping one as it is now, and showing one in a line of text.
 *
 * Invariant: keeping changes no ownership. A container that the program no longer owns never changes again and is kept as
 * it is; one that it may still write in place is copied, up to a fixed number of parts, so that tracing a loop that fills
 * a list stays linear and a traced run copies, and pays, exactly what an untraced one does.
 */
import { escapeControls } from '../base/render.ts';
import type { Key } from '../bytecode/module.ts';
import { wordsOf } from '../value/bigints.ts';
import { Bytes } from '../value/bytes.ts';
import { Decimal } from '../value/decimal.ts';
import { isList, isRecord, kindOf, type PlainRecord, type Value } from '../value/kinds.ts';
import { OrderedMap } from '../value/ordered-map.ts';
import { getOwn, setOwn } from '../value/path.ts';

const MAX_COPIED_PARTS = 64;
const MAX_SHOWN_ITEMS = 10;
const MAX_SHOWN_FIELDS = 8;
const MAX_SHOWN_TEXT = 60;
const MAX_SHOWN_MESSAGE = 200;
/** Characters of a value in a line of a report. */
const MAX_LINE = 100;
const MAX_SHOWN_DEPTH = 3;
/** Printing digits takes time that grows faster than their number. */
const MAX_SHOWN_WORDS = 16;
const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
const PLAIN_KEY = /^[A-Za-z0-9_]+$/;

export class Keeper {
  /** Records found to have more fields than are copied. They only grow, and counting fields takes time for each. */
  readonly #large = new WeakSet<object>();

  /** The value as it is now, whatever the program writes later. */
  keep(owned: ReadonlySet<object>, value: Value): Value {
    if (value === undefined) return null;
    if (typeof value !== 'object' || value === null || !owned.has(value)) return value;
    return this.#copy(owned, value, { partsLeft: MAX_COPIED_PARTS });
  }

  /** Recursion is bounded by the number of parts. */
  #copy(owned: ReadonlySet<object>, value: object, budget: Budget): Value {
    const copyPart = (part: Value): Value => {
      budget.partsLeft--;
      if (typeof part !== 'object' || part === null || !owned.has(part)) return part ?? null;
      return this.#copy(owned, part, budget);
    };
    if (Array.isArray(value)) return copyList(value, budget, copyPart);
    if (value instanceof OrderedMap) return copyMap(value, budget, copyPart);
    if (this.#large.has(value)) return { '…': `more than ${MAX_COPIED_PARTS} fields` };
    const record = value as PlainRecord;
    const keys = Object.keys(record);
    if (keys.length > MAX_COPIED_PARTS) this.#large.add(value);
    return copyFields(record, keys, budget, copyPart);
  }
}

interface Budget {
  partsLeft: number;
}

type CopyPart = (part: Value) => Value;

function copyList(list: readonly Value[], budget: Budget, copyPart: CopyPart): Value {
  const copy: Value[] = [];
  for (const element of list) {
    if (budget.partsLeft <= 0) break;
    copy.push(copyPart(element));
  }
  if (copy.length < list.length) copy.push(`… ${list.length - copy.length} more`);
  return copy;
}

function copyMap(map: OrderedMap, budget: Budget, copyPart: CopyPart): Value {
  const copy: (readonly [string | number | bigint, Value])[] = [];
  for (const [key, part] of OrderedMap.entriesOf(map)) {
    if (budget.partsLeft <= 0) break;
    copy.push([key, copyPart(part)]);
  }
  const left = OrderedMap.size(map) - copy.length;
  return new OrderedMap(left > 0 ? [...copy, ['…', `${left} more`]] : copy);
}

function copyFields(record: PlainRecord, keys: readonly string[], budget: Budget, copyPart: CopyPart): Value {
  const copy: PlainRecord = {};
  let copied = 0;
  for (const key of keys) {
    if (budget.partsLeft <= 0) break;
    setOwn(copy, key, copyPart(getOwn(record, key)));
    copied++;
  }
  if (copied < keys.length) copy['…'] = `${keys.length - copied} more`;
  return copy;
}

/** A computed key. What cannot be one (the write or read of it faults) is told in words, never coerced. */
export function keyOf(value: Value): Key {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? value : showValue(value);
}

/** The part of a value at a path, or undefined when there is none. */
export function valueAt(value: Value, path: readonly Key[]): Value | undefined {
  let at: Value | undefined = value;
  for (const key of path) {
    if (isList(at)) at = Number.isInteger(key) ? at[key as number] : undefined;
    else if (at instanceof OrderedMap) at = OrderedMap.get(at, key);
    else if (isRecord(at) && typeof key === 'string') at = getOwn(at, key);
    else return undefined;
  }
  return at;
}

export function isContainer(value: Value): value is object {
  const kind = kindOf(value);
  return kind === 'list' || kind === 'record' || kind === 'map';
}

/** One line: texts in quotes, lists up to 10 items, objects up to 8 fields. */
export function showValue(value: Value, depth = 0): string {
  switch (kindOf(value)) {
    case 'text':
      return showText(value as string);
    case 'list':
      return showList(value as readonly Value[], depth);
    case 'record': {
      const record = value as PlainRecord;
      const keys = Object.keys(record);
      const shown = keys.slice(0, MAX_SHOWN_FIELDS).map((key) => [key, getOwn(record, key)] as const);
      return showFields(shown, keys.length, depth);
    }
    case 'map': {
      const map = value as OrderedMap;
      const shown: (readonly [string, Value])[] = [];
      for (const [key, part] of OrderedMap.entriesOf(map)) {
        if (shown.length === MAX_SHOWN_FIELDS) break;
        shown.push([String(key), part]);
      }
      return showFields(shown, OrderedMap.size(map), depth);
    }
    case 'bigint':
      return wordsOf(value as bigint) > MAX_SHOWN_WORDS ? '<large integer>' : String(value);
    case 'decimal':
      return wordsOf(Decimal.unscaledOf(value as Decimal)) > MAX_SHOWN_WORDS
        ? '<long decimal>'
        : Decimal.textOf(value as Decimal);
    case 'bytes':
      return `<${value instanceof Bytes ? Bytes.dataOf(value).length : (value as Uint8Array).length} bytes>`;
    case 'closure':
      return '<lambda>';
    case 'set':
    case 'sequence':
    case 'handle':
    case 'foreign':
      return `<${kindOf(value)}>`;
    default:
      return String(value ?? null);
  }
}

/** The same in a line of bounded length: what is too long is told with less depth. */
export function showLine(value: Value, depth = 0): string {
  const text = showValue(value, depth);
  return text.length <= MAX_LINE || depth >= MAX_SHOWN_DEPTH - 1 ? clip(text) : showLine(value, depth + 1);
}

/** Of text that has no control characters any more. */
export function clip(text: string): string {
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text;
}

/** A key after a name: `.price`, `[2]`, `["odd key"]`. */
export function showKey(key: Value): string {
  if (typeof key === 'number' || typeof key === 'bigint') return `[${key}]`;
  if (typeof key === 'string') return PLAIN_NAME.test(key) ? `.${key}` : `[${showText(key)}]`;
  return `[${showValue(key, MAX_SHOWN_DEPTH)}]`;
}

/** Keys after a name: `order.lines[2]`. */
export function showPath(name: string, path: readonly Value[]): string {
  return name + path.map(showKey).join('');
}

/** Keys after none: `lines[2]`. */
export function showOwnPath(path: readonly Value[]): string {
  return showPath('', path).replace(/^\./, '');
}

/** Security: a text of the program as one line without control characters, so that it cannot look like lines of ours. */
export function oneLine(text: string): string {
  return showText(text, MAX_SHOWN_MESSAGE)
    .slice(1, -1)
    .replace(/\\(["\\])/g, '$1');
}

function showText(text: string, most = MAX_SHOWN_TEXT): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return escapeControls(JSON.stringify(cut));
}

function showList(list: readonly Value[], depth: number): string {
  if (list.length > 0 && depth >= MAX_SHOWN_DEPTH) return `list(${list.length})`;
  const items = list.slice(0, MAX_SHOWN_ITEMS).map((item) => showValue(item, depth + 1));
  const more = list.length > MAX_SHOWN_ITEMS ? `, ... +${list.length - MAX_SHOWN_ITEMS}` : '';
  return `[${items.join(', ')}${more}]`;
}

function showFields(fields: readonly (readonly [string, Value])[], size: number, depth: number): string {
  if (size > 0 && depth >= MAX_SHOWN_DEPTH) return 'object';
  const shown = fields.map(([key, part]) => `${showName(key)}: ${showValue(part, depth + 1)}`);
  const more = size > fields.length ? `, ... +${size - fields.length}` : '';
  return `{${shown.join(', ')}${more}}`;
}

function showName(key: string): string {
  return PLAIN_KEY.test(key) ? key : showText(key);
}

/** The shortest form, for reports: an object by its `id` or `name`, a list by its length. */
export function showBriefly(value: Value): string {
  switch (kindOf(value)) {
    case 'list':
      return `list(${(value as readonly Value[]).length})`;
    case 'record': {
      const record = value as PlainRecord;
      const label = getOwn(record, 'id') ?? getOwn(record, 'name');
      return typeof label === 'string' || typeof label === 'number' ? oneLine(String(label)) : 'object';
    }
    case 'map':
      return 'object';
    default:
      return showValue(value);
  }
}
