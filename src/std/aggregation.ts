/** Functions that make one value of many. */
import type { NativeContext } from '../link/native.ts';
import { add, divide } from '../value/arithmetic.ts';
import { KEY_FUEL } from '../value/charges.ts';
import { anyCompare } from '../value/compare.ts';
import { isList, isNumeric, isRecord, typeWord, type Value } from '../value/kinds.ts';
import { OrderedMap } from '../value/ordered-map.ts';
import { refuse, refuseArgument } from './arguments.ts';
import { nativeRows } from './rows.ts';

const NUMBERS_PER_FUEL = 4;

function length(context: NativeContext, value: Value): Value {
  if (typeof value === 'string') return value.length;
  if (value === null || value === undefined) return 0;
  if (isList(value)) return value.length;
  if (value instanceof OrderedMap) return OrderedMap.size(value);
  if (isRecord(value)) {
    const { length } = Object.keys(value);
    context.charge(KEY_FUEL * length);
    return length;
  }
  throw refuse(`LENGTH: unsupported type ${typeWord(value)}`);
}

function total(context: NativeContext, name: string, value: Value): Value {
  if (!isList(value)) throw refuse(`${name}: arg must be list`);
  context.charge(Math.ceil(value.length / NUMBERS_PER_FUEL));
  let sum: Value = 0;
  for (let i = 0; i < value.length; i++) {
    const element = value[i];
    if (!isNumeric(element)) throw refuseArgument(`${name}: all elements must be numbers`);
    sum = add(context, sum, element);
  }
  return sum;
}

function average(context: NativeContext, value: Value): Value {
  const sum = total(context, 'AVG', value);
  return isList(value) && value.length > 0 ? divide(context, sum, value.length) : null;
}

/** The first of the elements before which none comes in the order times `direction`. */
function extreme(context: NativeContext, name: string, value: Value, direction: 1 | -1): Value {
  if (!isList(value)) throw refuse(`${name}: arg must be list`);
  context.charge(value.length);
  let best: Value = value[0] ?? null;
  for (let i = 1; i < value.length; i++) {
    const element = value[i] ?? null;
    if (direction * anyCompare(context, element, best) < 0) best = element;
  }
  return best;
}

export const AGGREGATION_ROWS = nativeRows('aggregation', [
  {
    name: 'LENGTH',
    usage: 'LENGTH(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'How many UTF-16 units a text, elements a list or fields an object has; 0 for null.',
    examples: [
      ['LENGTH("é😀")', '3'],
      ['LENGTH({a: 1})', '1'],
      ['LENGTH(null)', '0'],
      ['LENGTH(5)', '✗ LENGTH: unsupported type Int'],
    ],
    cost: 2,
    borrows: true,
    call: length,
  },
  {
    name: 'COUNT',
    usage: 'LENGTH(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The same as LENGTH, under whose name its errors speak.',
    examples: [
      ['COUNT([1])', '1'],
      ['COUNT(true)', '✗ LENGTH: unsupported type Boolean'],
    ],
    cost: 2,
    borrows: true,
    call: length,
  },
  {
    name: 'SUM',
    usage: 'SUM(listOfNumbers)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The sum of numbers, added from left to right by the rules of `+`; 0 for an empty list.',
    examples: [
      ['SUM([1, 2, 3])', '6'],
      ['SUM([DEC("1.5"), 2])', 'dec(3.5)'],
      ['SUM([9007199254740991, 1])', '9007199254740992n'],
      ['SUM([1, "2"])', '✗ SUM: all elements must be numbers'],
    ],
    cost: 5,
    borrows: true,
    call: (context, value) => total(context, 'SUM', value),
  },
  {
    name: 'AVG',
    usage: 'AVG(listOfNumbers)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The arithmetic mean of numbers; null for an empty list.',
    examples: [
      ['AVG([1, 2])', '1.5'],
      ['AVG([])', 'null'],
      ['AVG([1, "a"])', '✗ AVG: all elements must be numbers'],
    ],
    cost: 5,
    borrows: true,
    call: average,
  },
  {
    name: 'MIN',
    usage: 'MIN(list)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The first of the least elements in the order of SORT; null for an empty list.',
    examples: [
      ['MIN([3, 1, 2])', '1'],
      ['MIN([1, "0"])', '"0"'],
      ['MIN("abc")', '✗ MIN: arg must be list'],
    ],
    cost: 5,
    borrows: false,
    call: (context, value) => extreme(context, 'MIN', value, 1),
  },
  {
    name: 'MAX',
    usage: 'MAX(list)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The first of the greatest elements in the order of SORT; null for an empty list.',
    examples: [
      ['MAX(["b", "a"])', '"b"'],
      ['MAX([])', 'null'],
      ['MAX([DEC("1.5"), 1.5])', '✗ compare does not allow mixing decimal and float; wrap floats with DEC()'],
    ],
    cost: 5,
    borrows: false,
    call: (context, value) => extreme(context, 'MAX', value, -1),
  },
]);
