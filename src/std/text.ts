/** Functions on texts that need no patterns. Positions and lengths are UTF-16 units. */
import type { NativeContext } from '../link/native.ts';
import { allocateList, allocateText, checkTextLength } from '../value/charges.ts';
import { isList, isNumeric, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { textOf } from '../value/text.ts';
import { indexArgument, optionalText, refuse, refuseArgument } from './arguments.ts';
import { lowerUnits, upperUnits } from './case-mapping.ts';
import { allocateSlice, chargeUnits } from './charges.ts';
import { LiteralSearch } from './literal-search.ts';
import { doubleOf } from './rounding.ts';
import { nativeRows } from './rows.ts';
import { trimmed } from './trimming.ts';

/** Case mapping takes up to 11 ns per unit. */
const CASE_UNITS_PER_FUEL = 2;

function firstText(name: string, value: Value): string {
  if (typeof value !== 'string') throw refuse(`${name}: first arg must be string`);
  return value;
}

function onlyText(name: string, value: Value): string {
  if (typeof value !== 'string') throw refuse(`${name}: arg must be string`);
  return value;
}

function slice(context: NativeContext, text: string, start: number, end: number): string {
  allocateSlice(context, end - start);
  return text.slice(start, end);
}

function substring(context: NativeContext, value: Value, from: Value, count: Value): Value {
  const text = firstText('SUBSTRING', value);
  const start = Math.max(0, indexArgument(from));
  const length = count === undefined ? text.length : Math.max(0, indexArgument(count));
  if (start > text.length) throw refuseArgument('SUBSTRING: start > length');
  return slice(context, text, start, Math.min(text.length, start + length));
}

/** The text and where `chars` first stands in it, -1 for nowhere. */
function divide(
  context: NativeContext,
  name: string,
  value: Value,
  chars: Value,
): { text: string; at: number; length: number } {
  const text = firstText(name, value);
  if (typeof chars !== 'string') throw refuse(`${name}: second arg must be string`);
  const at = chars === '' ? 0 : new LiteralSearch(context, text, chars).next(0);
  return { text, at, length: chars.length };
}

function substringBefore(context: NativeContext, value: Value, chars: Value): Value {
  const { text, at } = divide(context, 'SUBSTRING_BEFORE', value, chars);
  return at < 0 ? text : slice(context, text, 0, at);
}

function substringAfter(context: NativeContext, value: Value, chars: Value): Value {
  const { text, at, length } = divide(context, 'SUBSTRING_AFTER', value, chars);
  return at < 0 ? text : slice(context, text, at + length, text.length);
}

function contains(context: NativeContext, value: Value, part: Value): Value {
  const text = firstText('CONTAINS', value);
  if (part === null || part === undefined) return false;
  const needle = textOf(context, part);
  return needle === '' || new LiteralSearch(context, text, needle).next(0) >= 0;
}

function split(context: NativeContext, value: Value, by: Value): Value {
  const text = firstText('SPLIT', value);
  const separator = optionalText(context, by, '');
  const pieces: string[] = [];
  context.allocate(BYTES.list);
  const add = (start: number, end: number): void => {
    context.charge(2);
    context.allocate(BYTES.listSlot);
    pieces.push(slice(context, text, start, end));
  };
  if (separator === '') {
    add(0, 0);
    for (let i = 0; i < text.length; i++) add(i, i + 1);
    add(0, 0);
    return pieces;
  }
  const search = new LiteralSearch(context, text, separator);
  let start = 0;
  for (let at = search.next(0); at >= 0; at = search.next(start)) {
    add(start, at);
    start = at + separator.length;
  }
  add(start, text.length);
  return pieces;
}

function join(context: NativeContext, list: Value, by: Value): Value {
  if (!isList(list)) throw refuse('JOIN: first arg must be list');
  const separator = optionalText(context, by, '');
  allocateList(context, list.length);
  context.charge(list.length);
  const parts: string[] = [];
  let length = separator.length * Math.max(0, list.length - 1);
  checkTextLength(length);
  for (const element of list) {
    const part = optionalText(context, element, '');
    length += part.length;
    parts.push(part);
  }
  allocateText(context, length);
  chargeUnits(context, length);
  return parts.join(separator);
}

function upper(context: NativeContext, value: Value): Value {
  const text = onlyText('UPPER', value);
  chargeCaseMapping(context, text, upperUnits);
  return text.toUpperCase();
}

function lower(context: NativeContext, value: Value): Value {
  const text = onlyText('LOWER', value);
  chargeCaseMapping(context, text, lowerUnits);
  return text.toLowerCase();
}

function chargeCaseMapping(context: NativeContext, text: string, unitsOf: (unit: number) => number): void {
  context.charge(Math.ceil(text.length / CASE_UNITS_PER_FUEL));
  let length = 0;
  for (let i = 0; i < text.length; i++) length += unitsOf(text.charCodeAt(i));
  allocateText(context, length);
}

function trim(context: NativeContext, value: Value): Value {
  return trimmed(context, onlyText('TRIM', value));
}

function pad(context: NativeContext, value: Value, width: Value, chars: Value): Value {
  const text = firstText('PAD', value);
  if (!isNumeric(width)) throw refuse('PAD: width must be numeric');
  const units = Math.trunc(doubleOf(context, width));
  const target = Math.abs(units);
  if (!(target > text.length)) return text;
  const padding = optionalText(context, chars, ' ');
  if (padding === '') throw refuseArgument('PAD: padding must not be empty');
  allocateText(context, target);
  chargeUnits(context, target);
  return units > 0 ? text.padEnd(target, padding) : text.padStart(target, padding);
}

export const TEXT_ROWS = nativeRows('strings', [
  {
    name: 'SUBSTRING',
    usage: 'SUBSTRING(str, start[, len])',
    minArgs: 2,
    maxArgs: 3,
    doc: 'The part of a text from a position on, at most `len` units long.',
    examples: [
      ['SUBSTRING("hello", 1, 3)', '"ell"'],
      ['SUBSTRING("hello", -2, 3)', '"hel"'],
      ['SUBSTRING("hello", 6)', '✗ SUBSTRING: start > length'],
    ],
    cost: 6,
    borrows: true,
    call: substring,
  },
  {
    name: 'CONTAINS',
    usage: 'CONTAINS(str, substr)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'Whether a text contains the text of the second argument.',
    examples: [
      ['CONTAINS("hello", "ell")', 'true'],
      ['CONTAINS("h1", 1)', 'true'],
      ['CONTAINS("hnull", null)', 'false'],
      ['CONTAINS([1], 1)', '✗ CONTAINS: first arg must be string'],
    ],
    cost: 6,
    borrows: true,
    call: contains,
  },
  {
    name: 'SPLIT',
    usage: 'SPLIT(str, sep)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'The parts of a text between the occurrences of a literal separator.',
    examples: [
      ['SPLIT("a,b,", ",")', '["a","b",""]'],
      ['SPLIT("a.b", ".")', '["a","b"]'],
      ['SPLIT("abc", "")', '["","a","b","c",""]'],
      ['SPLIT(5, ",")', '✗ SPLIT: first arg must be string'],
    ],
    cost: 8,
    borrows: true,
    call: split,
  },
  {
    name: 'JOIN',
    usage: 'JOIN(list, sep) or JOIN(list)',
    minArgs: 1,
    maxArgs: 2,
    doc: 'The texts of all elements one after the other, with a separator between them; null counts as the empty text.',
    examples: [
      ['JOIN(["a", "b"], "-")', '"a-b"'],
      ['JOIN([1, null, true, 1.5, [1], {a: 1}], ",")', '"1,,true,1.5,[1],{a=1}"'],
      ['JOIN("ab", "-")', '✗ JOIN: first arg must be list'],
    ],
    cost: 8,
    borrows: true,
    call: join,
  },
  {
    name: 'UPPER',
    usage: 'UPPER(str)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The text in upper case, by the rules of Unicode and of no country.',
    examples: [
      ['UPPER("straße")', '"STRASSE"'],
      ['UPPER(5)', '✗ UPPER: arg must be string'],
    ],
    cost: 5,
    borrows: true,
    call: upper,
  },
  {
    name: 'LOWER',
    usage: 'LOWER(str)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The text in lower case, by the rules of Unicode and of no country.',
    examples: [
      ['LOWER("ABC")', '"abc"'],
      ['LOWER(null)', '✗ LOWER: arg must be string'],
    ],
    cost: 5,
    borrows: true,
    call: lower,
  },
  {
    name: 'TRIM',
    usage: 'TRIM(str)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The text without white space at its ends.',
    examples: [
      ['TRIM("  a b  ")', '"a b"'],
      ['TRIM(null)', '✗ TRIM: arg must be string'],
    ],
    cost: 5,
    borrows: true,
    call: trim,
  },
  {
    name: 'SUBSTRING_BEFORE',
    usage: 'SUBSTRING_BEFORE(str, chars)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'The text before the first occurrence of `chars`, the whole text where there is none.',
    examples: [
      ['SUBSTRING_BEFORE("a-b-c", "-")', '"a"'],
      ['SUBSTRING_BEFORE("abc", "-")', '"abc"'],
      ['SUBSTRING_BEFORE("abc", "")', '""'],
    ],
    cost: 6,
    borrows: true,
    call: substringBefore,
  },
  {
    name: 'SUBSTRING_AFTER',
    usage: 'SUBSTRING_AFTER(str, chars)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'The text after the first occurrence of `chars`, the whole text where there is none.',
    examples: [
      ['SUBSTRING_AFTER("a-b-c", "-")', '"b-c"'],
      ['SUBSTRING_AFTER("abc", "")', '"abc"'],
      ['SUBSTRING_AFTER("a", null)', '✗ SUBSTRING_AFTER: second arg must be string'],
    ],
    cost: 6,
    borrows: true,
    call: substringAfter,
  },
  {
    name: 'PAD',
    usage: 'PAD(str, width[, padChars])',
    minArgs: 2,
    maxArgs: 3,
    doc: 'The text filled up to a width: on the right, or on the left for a negative width.',
    examples: [
      ['PAD("ab", 5) + "|"', '"ab   |"'],
      ['PAD("ab", -5)', '"   ab"'],
      ['PAD("ab", 7, "xyz")', '"abxyzxy"'],
      ['PAD("ab", "5")', '✗ PAD: width must be numeric'],
      ['PAD("ab", 5, "")', '✗ PAD: padding must not be empty'],
    ],
    cost: 6,
    borrows: true,
    call: pad,
  },
]);
