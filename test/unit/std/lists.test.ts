/** Functions on lists and aggregation: sections 2 and 3 of the specification, with the decisions of the project. */
import { describe, expect, it, test } from 'vitest';
import { Bytes } from '../../../src/value/bytes.ts';
import { CountingContext, call, dec, map, outcome, outcomeIn } from './calls.ts';

test.each<[string, unknown[], string]>([
  ['DISTINCT', [[1, 2, 1, '1', null, null, [1], [1], { a: 1 }, { a: 1 }]], '[1,2,"1",null,[1],{"a":1}]'],
  ['DISTINCT', [[1, 1.0]], '[1]'],
  ['DISTINCT', [[1n, 1, dec('1.0'), dec('1.00'), 1n]], '[1n,1,dec(1.0),dec(1.00)]'],
  ['DISTINCT', ['aab'], '✗ ISE DISTINCT: arg must be list'],
  ['FLATTEN', [[[1, 2], [3, [4]], 5, [], null]], '[1,2,3,[4],5,null]'],
  ['FLATTEN', [[]], '[]'],
  ['FLATTEN', [{}], '✗ ISE FLATTEN: arg must be list'],
  ['SORT', [[3, 1, 2]], '[1,2,3]'],
  ['SORT', [['b', 'a', 'C']], '["C","a","b"]'],
  ['SORT', [[true, false]], '[false,true]'],
  ['SORT', [[3, '1', 2]], '["1",2,3]'],
  ['SORT', [[10, 9, '8']], '["8",9,10]'],
  ['SORT', [[null, 2, 'a', true]], '[2,"a",null,true]'],
  ['SORT', [[undefined, 'z', 'a']], '["a",null,"z"]'],
  ['SORT', [[Number.NaN, 1]], '[1,NaN]'],
  ['SORT', [[[2], [10]]], '[[10],[2]]'],
  ['SORT', [[dec('1.5'), 1, 2n]], '[1,dec(1.5),2n]'],
  ['SORT', [[dec('1.5'), 2.5]], '✗ IAE compare does not allow mixing decimal and float; wrap floats with DEC()'],
  ['SORT', ['ba'], '✗ ISE SORT: arg must be list'],
  ['RANGE', [3], '[0,1,2]'],
  ['RANGE', [1], '[0]'],
  ['RANGE', [2, 5], '[2,3,4,5]'],
  ['RANGE', [5, 2], '[5,4,3,2]'],
  ['RANGE', [3, 3], '[3]'],
  ['RANGE', [0, 10, 3], '[0,3,6,9]'],
  ['RANGE', [10, 0, 3], '[10,7,4,1]'],
  ['RANGE', [-2, 2], '[-2,-1,0,1,2]'],
  ['RANGE', [0], '[]'],
  ['RANGE', [-2], '[]'],
  ['RANGE', ['3'], '[0,1,2]'],
  ['RANGE', [2n], '[0,1]'],
  ['RANGE', [1, 4, 0], '✗ IAE RANGE: step must be positive'],
  ['RANGE', [1, 4, -9], '✗ IAE RANGE: step must be positive'],
  ['RANGE', [1.5], '✗ ISE Index must be integer for list'],
  ['RANGE', ['x'], '✗ IAE Index x out of bounds'],
  ['RANGE', [null], '✗ ISE Index must be integer for list'],
  ['RANGE', [1, null], '✗ ISE Index must be integer for list'],
  [
    'ZIP',
    [
      [1, 2, 3],
      ['a', 'b'],
    ],
    '[[1,"a"],[2,"b"]]',
  ],
  ['ZIP', [[], [1]], '[]'],
  ['ZIP', ['a', [1]], '✗ ISE ZIP: first arg must be list'],
  ['ZIP', [[1], 'a'], '✗ ISE ZIP: second arg must be list'],
  ['REVERSE', [[1, 2, 3]], '[3,2,1]'],
  ['REVERSE', ['abc'], '✗ ISE REVERSE: arg must be list'],
  ['LENGTH', ['abc'], '3'],
  ['LENGTH', ['é😀'], '3'],
  ['LENGTH', [[1, 2]], '2'],
  ['LENGTH', [{ a: 1 }], '1'],
  ['LENGTH', [map([1, 1], ['1', 2])], '2'],
  ['LENGTH', [null], '0'],
  ['COUNT', [[1]], '1'],
  ['LENGTH', [5], '✗ ISE LENGTH: unsupported type Int'],
  ['LENGTH', [5.5], '✗ ISE LENGTH: unsupported type Double'],
  ['LENGTH', [5n], '✗ ISE LENGTH: unsupported type BigInteger'],
  ['LENGTH', [new Bytes(new Uint8Array(3))], '✗ ISE LENGTH: unsupported type ByteArray'],
  ['LENGTH', [new Set([1])], '✗ ISE LENGTH: unsupported type LinkedHashSet'],
  ['COUNT', [true], '✗ ISE LENGTH: unsupported type Boolean'],
  ['SUM', [[1, 2, 3]], '6'],
  ['SUM', [[]], '0'],
  ['SUM', [[-0]], '0'],
  ['SUM', [[1.5, 2]], '3.5'],
  ['SUM', [[dec('1.5'), 2]], 'dec(3.5)'],
  ['SUM', [[0.1, 0.2]], '0.30000000000000004'],
  ['SUM', [[9007199254740991, 1]], '9007199254740992n'],
  ['SUM', [[1, '2']], '✗ IAE SUM: all elements must be numbers'],
  ['SUM', [[1, null]], '✗ IAE SUM: all elements must be numbers'],
  ['SUM', [[true]], '✗ IAE SUM: all elements must be numbers'],
  ['SUM', [[dec('1.5'), 0.5]], "✗ IAE Operator '+' does not allow mixing decimal and float; wrap floats with DEC()"],
  ['SUM', [null], '✗ ISE SUM: arg must be list'],
  ['AVG', [[1, 2]], '1.5'],
  ['AVG', [[2, 2]], '2'],
  ['AVG', [[]], 'null'],
  ['AVG', [[1n, 2n]], '1.5'],
  ['AVG', [[1, 'a']], '✗ IAE AVG: all elements must be numbers'],
  ['AVG', ['a'], '✗ ISE AVG: arg must be list'],
  ['MIN', [[3, 1, 2]], '1'],
  ['MAX', [[3, 1, 2]], '3'],
  ['MIN', [[]], 'null'],
  ['MAX', [['b', 'a']], '"b"'],
  ['MIN', [[1, '0']], '"0"'],
  ['MAX', [[null, 1]], 'null'],
  ['MIN', [[true, false]], 'false'],
  ['MAX', [[dec('1.5'), 1.5]], '✗ IAE compare does not allow mixing decimal and float; wrap floats with DEC()'],
  ['MIN', ['abc'], '✗ ISE MIN: arg must be list'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

describe('order', () => {
  it('sorts stably and takes the first of equals', () => {
    const list = [dec('2.0'), 1, dec('2.00'), 2n, 2];
    expect(outcome('SORT', list)).toBe('[1,dec(2.0),dec(2.00),2n,2]');
    expect(outcome('MAX', list)).toBe('dec(2.0)');
  });

  it('averages decimals as decimals once the library is there', async () => {
    const { loadDecimalLibrary } = await import('../../../src/value/decimal-library.ts');
    await loadDecimalLibrary();
    expect(outcome('AVG', [dec('1.5'), 2])).toBe('dec(1.75)');
    expect(outcome('SQRT', dec('2'))).toBe('dec(1.414213562373095048801688724209698)');
    expect(outcome('SQRT', dec('2.25'))).toBe('dec(1.5)');
  });
});

describe('charges', () => {
  it('stops a huge RANGE before it is built', () => {
    for (const args of [[2 ** 31 - 1], [-(2 ** 31), 2 ** 31 - 1], ['2147483647']]) {
      const context = new CountingContext();
      expect(outcomeIn(context, 'RANGE', ...args)).toMatch(/✗ MR500[12]/);
    }
    expect(outcomeIn(new CountingContext(1e15, 1e15), 'RANGE', -(2 ** 31), 2 ** 31 - 1)).toBe('✗ MR5002');
  });

  it('charges n log n comparisons for SORT, and for long texts by their length', () => {
    const numbers = Array.from({ length: 100_000 }, (_, i) => i % 1000);
    const context = new CountingContext();
    call(context, 'SORT', numbers);
    expect(context.fuel).toBeGreaterThan(100_000 * 17);
    const texts = Array.from({ length: 100 }, (_, i) => `${'a'.repeat(100_000)}${i}`);
    const forTexts = new CountingContext();
    call(forTexts, 'SORT', texts);
    expect(forTexts.fuel).toBeGreaterThan(1_000_000);
    expect(outcomeIn(new CountingContext(1_000), 'SORT', numbers)).toBe('✗ MR5001');
  });

  it('charges for each element that is read', () => {
    const list = Array.from({ length: 100_000 }, (_, i) => i);
    for (const name of ['DISTINCT', 'FLATTEN', 'REVERSE', 'SUM', 'AVG', 'MIN', 'MAX']) {
      expect(outcomeIn(new CountingContext(10_000), name, list), name).toBe('✗ MR5001');
    }
    expect(outcomeIn(new CountingContext(10_000), 'ZIP', list, list)).toBe('✗ MR5001');
  });

  it('charges FLATTEN for lists that are shared many times', () => {
    const shared = new Array(100_000).fill(0);
    expect(outcomeIn(new CountingContext(), 'FLATTEN', new Array(10_000).fill(shared))).toMatch(/✗ MR500[12]/);
  });
});
