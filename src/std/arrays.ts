/** Functions on lists. Every result is a new list; the elements are shared with the argument. */
import type { NativeContext } from '../link/native.ts';
import { allocateList } from '../value/charges.ts';
import { DistinctSet } from '../value/compare.ts';
import { isList, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { Series } from '../value/series.ts';
import { indexArgument, refuse, refuseArgument } from './arguments.ts';
import { nativeRows } from './rows.ts';
import { sorted } from './sorting.ts';

/** For finding a bucket; what the set itself charges for is the size of the element. */
export const DISTINCT_FUEL = 12;

function listArgument(name: string, value: Value): readonly Value[] {
  if (!isList(value)) throw refuse(`${name}: arg must be list`);
  return value;
}

function distinct(context: NativeContext, value: Value): Value {
  const list = listArgument('DISTINCT', value);
  const seen = new DistinctSet(context);
  const result: Value[] = [];
  context.allocate(BYTES.list);
  for (let i = 0; i < list.length; i++) {
    const element = list[i] ?? null;
    context.charge(DISTINCT_FUEL);
    if (!seen.add(element)) continue;
    context.allocate(BYTES.listSlot);
    result.push(element);
  }
  return result;
}

function flatten(context: NativeContext, value: Value): Value {
  const list = listArgument('FLATTEN', value);
  context.charge(list.length);
  let length = 0;
  for (let i = 0; i < list.length; i++) {
    const element = list[i];
    length += isList(element) ? element.length : 1;
  }
  allocateList(context, length);
  const result: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const element = list[i] ?? null;
    if (isList(element)) for (let k = 0; k < element.length; k++) result.push(element[k] ?? null);
    else result.push(element);
  }
  return result;
}

function range(context: NativeContext, first: Value, last: Value, by: Value): Series {
  if (last === undefined) {
    const count = Math.max(0, indexArgument(first));
    return series(context, 0, count, 1);
  }
  const start = indexArgument(first);
  const end = indexArgument(last);
  const step = by === undefined ? 1 : indexArgument(by);
  if (step <= 0) throw refuseArgument('RANGE: step must be positive');
  return series(context, start, Math.floor(Math.abs(end - start) / step) + 1, end < start ? -step : step);
}

function series(context: NativeContext, start: number, count: number, step: number): Series {
  allocateList(context, count);
  return new Series(start, step, count);
}

function zip(context: NativeContext, first: Value, second: Value): Value {
  if (!isList(first)) throw refuse('ZIP: first arg must be list');
  if (!isList(second)) throw refuse('ZIP: second arg must be list');
  const length = Math.min(first.length, second.length);
  allocateList(context, length);
  context.charge(2 * length);
  context.allocate(length * (BYTES.list + 2 * BYTES.listSlot));
  const result: Value[] = [];
  for (let i = 0; i < length; i++) result.push([first[i] ?? null, second[i] ?? null]);
  return result;
}

function reverse(context: NativeContext, value: Value): Value {
  const list = listArgument('REVERSE', value);
  allocateList(context, list.length);
  const result: Value[] = [];
  for (let i = list.length - 1; i >= 0; i--) result.push(list[i] ?? null);
  return result;
}

export const ARRAY_ROWS = nativeRows('arrays', [
  {
    name: 'DISTINCT',
    usage: 'DISTINCT(list)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The first occurrence of each different element; lists and objects with equal content are the same.',
    examples: [
      ['DISTINCT([1, 2, 1, "1", null, null, [1], [1]])', '[1,2,"1",null,[1]]'],
      ['DISTINCT([DEC("1.0"), DEC("1.00")])', '[dec(1.0),dec(1.00)]'],
      ['DISTINCT("aab")', '✗ DISTINCT: arg must be list'],
    ],
    cost: 8,
    borrows: false,
    call: distinct,
  },
  {
    name: 'FLATTEN',
    usage: 'FLATTEN(listOfLists)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The elements of the lists in a list, one level deep; other elements stay.',
    examples: [
      ['FLATTEN([[1, 2], [3, [4]], 5, [], null])', '[1,2,3,[4],5,null]'],
      ['FLATTEN({})', '✗ FLATTEN: arg must be list'],
    ],
    cost: 6,
    borrows: false,
    call: flatten,
  },
  {
    name: 'SORT',
    usage: 'SORT(list)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The elements in ascending order: numbers by value, false before true, texts by UTF-16 units, unlike kinds by their texts.',
    examples: [
      ['SORT([3, 1, 2])', '[1,2,3]'],
      ['SORT(["b", "a", "C"])', '["C","a","b"]'],
      ['SORT([3, "1", 2])', '["1",2,3]'],
      ['SORT("ba")', '✗ SORT: arg must be list'],
    ],
    cost: 10,
    borrows: false,
    call: (context, list) => sorted(context, listArgument('SORT', list)),
  },
  {
    name: 'RANGE',
    usage: 'RANGE(n) | RANGE(start, end[, step])',
    minArgs: 1,
    maxArgs: 3,
    doc: 'The integers from 0 up to, but without, n; or from start up or down to end inclusive.',
    examples: [
      ['RANGE(3)', '[0,1,2]'],
      ['RANGE(5, 2)', '[5,4,3,2]'],
      ['RANGE(0, 10, 3)', '[0,3,6,9]'],
      ['RANGE(0)', '[]'],
      ['RANGE(1, 4, 0)', '✗ RANGE: step must be positive'],
    ],
    cost: 6,
    borrows: true,
    series: range,
    call: (context, first, last, by) => Series.listOf(range(context, first, last, by)),
  },
  {
    name: 'ZIP',
    usage: 'ZIP(a, b)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'Pairs of the elements of two lists, as many as the shorter has.',
    examples: [
      ['ZIP([1, 2, 3], ["a", "b"])', '[[1,"a"],[2,"b"]]'],
      ['ZIP([1], "a")', '✗ ZIP: second arg must be list'],
    ],
    cost: 6,
    borrows: false,
    call: zip,
  },
  {
    name: 'REVERSE',
    usage: 'REVERSE(list)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The elements in reverse order.',
    examples: [
      ['REVERSE([1, 2, 3])', '[3,2,1]'],
      ['REVERSE("abc")', '✗ REVERSE: arg must be list'],
    ],
    cost: 5,
    borrows: false,
    call: reverse,
  },
]);
