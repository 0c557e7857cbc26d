/** MATCH and REPLACE: patterns of the linear-time dialect, never the host's regular expressions. */
import type { NativeContext } from '../link/native.ts';
import { checkTextLength } from '../value/charges.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { optionalText, refuse } from './arguments.ts';
import { allocateSlice, chargeUnits } from './charges.ts';
import { afterCharacter, compilePattern, type Pattern } from './pattern-library.ts';
import { mayNameGroups, parseReplacement, type ReplacementPart } from './replacement.ts';
import { nativeRows } from './rows.ts';

function matches(context: NativeContext, text: Value, pattern: Value): Value {
  if (typeof text !== 'string') throw refuse('MATCH: first arg must be string');
  const compiled = compilePattern(context, context.cache, optionalText(context, pattern, ''));
  const found: string[] = [];
  context.allocate(BYTES.list);
  forEachMatch(context, compiled, text, 0, (match) => {
    const [start = 0, end = 0] = match;
    context.allocate(BYTES.listSlot);
    allocateSlice(context, end - start);
    found.push(text.slice(start, end));
  });
  return found;
}

function replace(context: NativeContext, text: Value, pattern: Value, replacement: Value): Value {
  if (typeof text !== 'string') throw refuse('REPLACE: first arg must be string');
  const compiled = compilePattern(context, context.cache, optionalText(context, pattern, ''));
  const template = optionalText(context, replacement, '');
  const groups = mayNameGroups(template) ? compiled.groupCount : 0;
  let parts: readonly ReplacementPart[] | undefined;
  const pieces: string[] = [];
  let length = 0;
  let copiedTo = 0;
  const add = (piece: string): void => {
    length += piece.length;
    context.charge(1);
    context.allocate(2 * piece.length + BYTES.listSlot);
    pieces.push(piece);
  };
  forEachMatch(context, compiled, text, groups, (match) => {
    if (parts === undefined) {
      chargeUnits(context, 8 * template.length);
      parts = parseReplacement(template, compiled);
    }
    const [start = 0, end = 0] = match;
    if (start > copiedTo) add(text.slice(copiedTo, start));
    copiedTo = end;
    for (const part of parts) {
      if (typeof part === 'string') add(part);
      else {
        const from = match[2 * part] ?? -1;
        if (from >= 0) add(text.slice(from, match[2 * part + 1]));
      }
    }
  });
  if (pieces.length === 0 && copiedTo === 0) return text;
  if (copiedTo < text.length) add(text.slice(copiedTo));
  checkTextLength(length);
  context.allocate(BYTES.stringHeader);
  chargeUnits(context, length);
  return pieces.join('');
}

/** Matches from left to right; an empty one counts too, and the search goes on one character later. */
function forEachMatch(
  context: NativeContext,
  pattern: Pattern,
  text: string,
  groups: number,
  visit: (match: readonly number[]) => void,
): void {
  const search = pattern.search(context, text, groups);
  for (let from = 0; from <= text.length; ) {
    const match = search.next(from);
    if (match === null) break;
    context.charge(2);
    visit(match);
    const [start = 0, end = 0] = match;
    from = end > start ? end : afterCharacter(text, end);
  }
  search.end();
}

export const PATTERN_ROWS = nativeRows('strings', [
  {
    name: 'MATCH',
    usage: 'MATCH(str, pattern)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'The list of all parts of a text that a pattern matches, from left to right.',
    examples: [
      ['MATCH("error 504 after 3", "\\\\d+")', '["504","3"]'],
      ['MATCH("abc", "z")', '[]'],
      ['MATCH("ab", "")', '["","",""]'],
      ['MATCH("aaa", "a*")', '["aaa",""]'],
      ['MATCH(5, "a")', '✗ MATCH: first arg must be string'],
    ],
    cost: 40,
    borrows: true,
    needs: 'patterns',
    call: matches,
  },
  {
    name: 'REPLACE',
    usage: 'REPLACE(str, pattern, repl)',
    minArgs: 3,
    maxArgs: 3,
    doc: 'Replaces every match of a pattern; `$1` and `${name}` in the replacement insert groups, a backslash takes the next character as it is.',
    examples: [
      ['REPLACE("a-b-c", "-", "+")', '"a+b+c"'],
      ['REPLACE("abc", "(?<x>b)", "<${x}>")', '"a<b>c"'],
      ['REPLACE("abc", "", "-")', '"-a-b-c-"'],
      ['REPLACE("abc", "b", "$5")', '✗ No group 5'],
    ],
    cost: 40,
    borrows: true,
    needs: 'patterns',
    call: replace,
  },
]);
