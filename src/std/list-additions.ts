/** Functions on parts of lists that are ours. Every result is a new list; the elements are shared with the argument. */
import type { NativeContext } from '../link/native.ts';
import { allocateList } from '../value/charges.ts';
import { containerEquals } from '../value/compare.ts';
import { isList, type Value } from '../value/kinds.ts';
import { countArgument, refuse, refuseArgument } from './arguments.ts';
import { LiteralSearch } from './literal-search.ts';
import { nativeRows, ours } from './rows.ts';

function firstList(name: string, value: Value): readonly Value[] {
  if (!isList(value)) throw refuse(`${name}: first arg must be list`);
  return value;
}

function chunk(context: NativeContext, value: Value, size: Value): Value {
  const list = firstList('CHUNK', value);
  const length = countArgument('CHUNK', size);
  if (length === 0) throw refuseArgument('CHUNK: n must be positive');
  const count = Math.ceil(list.length / length);
  allocateList(context, count);
  context.charge(8 * count);
  const chunks: Value[] = [];
  for (let start = 0; start < list.length; start += length) {
    chunks.push(part(context, list, start, Math.min(list.length, start + length)));
  }
  return chunks;
}

function take(context: NativeContext, value: Value, count: Value): Value {
  const list = firstList('TAKE', value);
  return part(context, list, 0, Math.min(list.length, countArgument('TAKE', count)));
}

function drop(context: NativeContext, value: Value, count: Value): Value {
  const list = firstList('DROP', value);
  return part(context, list, Math.min(list.length, countArgument('DROP', count)), list.length);
}

function part(context: NativeContext, list: readonly Value[], start: number, end: number): Value[] {
  allocateList(context, end - start);
  const result: Value[] = [];
  for (let i = start; i < end; i++) result.push(list[i] ?? null);
  return result;
}

function indexOf(context: NativeContext, within: Value, wanted: Value): Value {
  if (isList(within)) {
    for (let i = 0; i < within.length; i++) if (containerEquals(context, within[i], wanted)) return i;
    return -1;
  }
  if (typeof within !== 'string') throw refuse('INDEX_OF: first arg must be string or list');
  if (typeof wanted !== 'string') throw refuse('INDEX_OF: second arg must be string');
  return wanted === '' ? 0 : new LiteralSearch(context, within, wanted).next(0);
}

export const LIST_ADDITION_ROWS = ours(
  nativeRows('arrays', [
    {
      name: 'CHUNK',
      usage: 'CHUNK(list, n)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The elements in lists of n each; the last may be shorter.',
      examples: [
        ['CHUNK([1, 2, 3, 4, 5], 2)', '[[1,2],[3,4],[5]]'],
        ['CHUNK([], 3)', '[]'],
        ['CHUNK([1], 0)', '✗ CHUNK: n must be positive'],
      ],
      cost: 6,
      borrows: false,
      call: chunk,
    },
    {
      name: 'TAKE',
      usage: 'TAKE(list, n)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The first n elements, or all where there are fewer.',
      examples: [
        ['TAKE([1, 2, 3], 2)', '[1,2]'],
        ['TAKE([1], 9)', '[1]'],
        ['TAKE([1], -1)', '✗ TAKE: n must not be negative'],
      ],
      cost: 5,
      borrows: false,
      call: take,
    },
    {
      name: 'DROP',
      usage: 'DROP(list, n)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The elements after the first n.',
      examples: [
        ['DROP([1, 2, 3], 2)', '[3]'],
        ['DROP([1], 9)', '[]'],
        ['DROP([1], 0.5)', '✗ DROP: n must be integer'],
      ],
      cost: 5,
      borrows: false,
      call: drop,
    },
    {
      name: 'INDEX_OF',
      usage: 'INDEX_OF(within, wanted)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'Where a text first stands in a text, or the first element of a list that is the same as a value (as by DISTINCT); -1 for nowhere.',
      examples: [
        ['INDEX_OF("hello", "l")', '2'],
        ['INDEX_OF([[1], {a: 2}], {a: 2})', '1'],
        ['INDEX_OF([1, 2], "1")', '-1'],
        ['INDEX_OF("h1", 1)', '✗ INDEX_OF: second arg must be string'],
        ['INDEX_OF(null, 1)', '✗ INDEX_OF: first arg must be string or list'],
      ],
      cost: 6,
      borrows: true,
      call: indexOf,
    },
  ]),
);
