/** Our functions on lists, objects and texts: values, refusals and charges, called directly. */
import { describe, expect, it, test } from 'vitest';
import type { Value } from '../../../src/value/kinds.ts';
import { Sequence } from '../../../src/value/sequence.ts';
import { CountingContext, call, dec, map, outcome, outcomeIn } from './calls.ts';

const EVIL = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}') as Value;

test.each<[string, Value[], string]>([
  ['CHUNK', [[1, 2, 3], 3], '[[1,2,3]]'],
  ['CHUNK', [[1, 2, 3], 1], '[[1],[2],[3]]'],
  ['CHUNK', [[1, undefined], 2n], '[[1,null]]'],
  ['CHUNK', [[1], 2 ** 60], '✗ ISE CHUNK: n must be integer'],
  ['CHUNK', [[1], 2n ** 80n], '[[1]]'],
  ['CHUNK', [[1], -1], '✗ IAE CHUNK: n must not be negative'],
  ['CHUNK', [[1], 0n], '✗ IAE CHUNK: n must be positive'],
  ['CHUNK', [null, 1], '✗ ISE CHUNK: first arg must be list'],
  ['TAKE', [[1, 2], 0], '[]'],
  ['TAKE', [[1, 2], -0], '[]'],
  ['TAKE', [[1, undefined, 3], 2], '[1,null]'],
  ['TAKE', [[1, 2], '1'], '✗ ISE TAKE: n must be integer'],
  ['TAKE', [[1, 2], null], '✗ ISE TAKE: n must be integer'],
  ['TAKE', [[1, 2], dec('1')], '✗ ISE TAKE: n must be integer'],
  ['TAKE', ['ab', 1], '✗ ISE TAKE: first arg must be list'],
  ['DROP', [[1, 2], 0], '[1,2]'],
  ['DROP', [[1, 2], 2n ** 70n], '[]'],
  ['DROP', [[1, 2], -1n], '✗ IAE DROP: n must not be negative'],
  ['DROP', [{}, 1], '✗ ISE DROP: first arg must be list'],
  ['INDEX_OF', ['abcabc', 'ca'], '2'],
  ['INDEX_OF', ['abc', ''], '0'],
  ['INDEX_OF', ['abc', 'z'], '-1'],
  ['INDEX_OF', ['abc', null], '✗ ISE INDEX_OF: second arg must be string'],
  ['INDEX_OF', [[undefined, 1], null], '0'],
  ['INDEX_OF', [[dec('1.0'), 1n, 1], 1], '2'],
  ['INDEX_OF', [[], 1], '-1'],
  ['INDEX_OF', [{ a: 1 }, 1], '✗ ISE INDEX_OF: first arg must be string or list'],
  ['MERGE', [{ a: 1 }], '{"a":1}'],
  ['MERGE', [{ a: 1, b: 2 }, {}, { b: undefined }], '{"a":1,"b":null}'],
  ['MERGE', [{ a: 1 }, map([1, 'n'], ['1', 's'])], '{"a":1,⟨1⟩:"n","1":"s"}'],
  ['MERGE', [{ a: 1 }, { a: 2 }, [3]], '✗ ISE MERGE: arg 3 must be object'],
  ['PICK', [{ a: 1 }, ['a', 'a', 'toString']], '{"a":1}'],
  ['PICK', [map([1, 'n'], ['1', 's']), ['1', 1n]], '{"1":"s",⟨1⟩:"n"}'],
  ['PICK', [{ a: 1 }, [null]], '✗ ISE PICK: key must be string or non-negative integer, got null'],
  ['PICK', [{ a: 1 }, [-1]], '✗ ISE PICK: key must be string or non-negative integer, got a negative one'],
  ['PICK', [[1], [0]], '✗ ISE PICK: first arg must be object'],
  ['OMIT', [{ a: 1, b: 2 }, []], '{"a":1,"b":2}'],
  ['OMIT', [map([1, 'n'], ['1', 's']), ['1']], '{⟨1⟩:"n"}'],
  ['OMIT', [{ a: 1 }, 'a'], '✗ ISE OMIT: second arg must be list'],
  ['OMIT', [{ a: 1 }, [[]]], '✗ ISE OMIT: key must be string or non-negative integer, got ArrayList'],
  ['FROM_ENTRIES', [[]], '{}'],
  ['FROM_ENTRIES', [[{ key: 'a' }, ['b', undefined]]], '{"a":null,"b":null}'],
  ['FROM_ENTRIES', [[[1, 'n'], map(['key', '1'], ['value', 's'], [0, 0])]], '{⟨1⟩:"n","1":"s"}'],
  ['FROM_ENTRIES', [[['a', 1, 2]]], '✗ ISE FROM_ENTRIES: element 0 must be {key, value} or [key, value]'],
  ['FROM_ENTRIES', [[{ value: 1 }]], '✗ ISE FROM_ENTRIES: element 0 must be {key, value} or [key, value]'],
  ['FROM_ENTRIES', [[[true, 1]]], '✗ ISE FROM_ENTRIES: key must be string or non-negative integer, got Boolean'],
  ['FROM_ENTRIES', [{ a: 1 }], '✗ ISE FROM_ENTRIES: arg must be list'],
  ['STARTS_WITH', ['abc', ''], 'true'],
  ['STARTS_WITH', ['', 'a'], 'false'],
  ['STARTS_WITH', ['a', null], '✗ ISE STARTS_WITH: second arg must be string'],
  ['ENDS_WITH', ['abc', 'abc'], 'true'],
  ['ENDS_WITH', ['abc', 'zabc'], 'false'],
  ['ENDS_WITH', [null, ''], '✗ ISE ENDS_WITH: first arg must be string'],
  ['REPEAT', ['', 2 ** 30], '""'],
  ['REPEAT', ['ab', 2n], '"abab"'],
  ['REPEAT', [5, 2], '✗ ISE REPEAT: first arg must be string'],
  ['REPEAT', ['ab', 1.5], '✗ ISE REPEAT: n must be integer'],
  ['TITLE', [''], '""'],
  ['TITLE', ["don't STOP 2nd-hand"], '"Don\'t Stop 2nd-Hand"'],
  ['TITLE', ['ßa ΟΔΟΣ 𐐨𐐀'], '"Ssa Οδος 𐐀𐐨"'],
  ['TITLE', [' --x'], '" --X"'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

describe('keys that a prototype has', () => {
  const keys = ['__proto__', 'constructor', 'toString'];

  it('are keys like any other', () => {
    expect(outcome('MERGE', { a: 0 }, EVIL)).toBe('{"a":0,"__proto__":1,"constructor":2,"toString":3}');
    expect(outcome('PICK', EVIL, keys)).toBe('{"__proto__":1,"constructor":2,"toString":3}');
    expect(outcome('PICK', {}, keys)).toBe('{}');
    expect(outcome('OMIT', EVIL, ['__proto__'])).toBe('{"constructor":2,"toString":3}');
    expect(
      outcome(
        'FROM_ENTRIES',
        keys.map((key, i) => [key, i]),
      ),
    ).toBe('{"__proto__":0,"constructor":1,"toString":2}');
  });

  it('leave the prototype of the result alone', () => {
    for (const result of [
      call(new CountingContext(), 'MERGE', EVIL),
      call(new CountingContext(), 'FROM_ENTRIES', [['__proto__', []]]),
    ]) {
      expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    }
  });
});

describe('results', () => {
  it('are new, and the arguments as before', () => {
    const list = Object.freeze([1, 2]);
    const object = Object.freeze({ a: 1 });
    for (const [name, ...args] of [
      ['TAKE', list, 2],
      ['DROP', list, 0],
      ['MERGE', object],
      ['PICK', object, Object.freeze(['a'])],
      ['OMIT', object, Object.freeze(['b'])],
    ] as const) {
      const result = call(new CountingContext(), name, ...args);
      expect(result).toEqual(args[0]);
      expect(result).not.toBe(args[0]);
    }
  });

  it('are no surprise for what only looks like a list', () => {
    const sequence = new Sequence(() => [1, 2][Symbol.iterator]());
    expect(outcome('TAKE', sequence, 1)).toBe('✗ ISE TAKE: first arg must be list');
    expect(outcome('INDEX_OF', Symbol('host'), 1)).toBe('✗ ISE INDEX_OF: first arg must be string or list');
    expect(outcome('INDEX_OF', [Symbol('host')], 1)).toBe('✗ ISE a value of the host cannot be compared');
  });
});

describe('charges', () => {
  const LONG = 100_000;
  const list = Array.from({ length: LONG }, (_, i) => i);
  const keys = list.map((i) => `k${i}`);
  const object = Object.fromEntries(keys.map((key) => [key, 1]));

  test.each<[string, number, number, ...Value[]]>([
    ['CHUNK', LONG / 4, 8 * LONG, list, 10],
    ['TAKE', LONG / 8, 4 * LONG, list, LONG / 2],
    ['DROP', LONG / 8, 4 * LONG, list, LONG / 2],
    ['INDEX_OF', 4 * LONG, 0, list, -1],
    ['INDEX_OF', LONG / 16, 0, 'a'.repeat(LONG), 'b'],
    ['MERGE', 8 * LONG, 16 * LONG, object],
    ['PICK', 8 * LONG, 16 * LONG, object, keys],
    ['OMIT', 8 * LONG, 16 * LONG, object, []],
    ['OMIT', 12 * LONG, 48 * LONG, {}, keys],
    ['FROM_ENTRIES', 8 * LONG, 16 * LONG, keys.map((key) => [key, 1])],
    ['STARTS_WITH', LONG / 32, 0, 'a'.repeat(LONG), 'a'.repeat(LONG)],
    ['ENDS_WITH', LONG / 32, 0, 'a'.repeat(LONG), 'a'.repeat(LONG)],
    ['REPEAT', LONG / 8, 2 * LONG, 'a', LONG],
    ['TITLE', LONG / 8, 2 * LONG, 'a'.repeat(LONG)],
    ['TITLE', 15 * LONG, 2 * LONG, 'a '.repeat(LONG / 2)],
  ])('%s by size: fuel from %d, bytes from %d', (name, fuel, bytes, ...args) => {
    const context = new CountingContext();
    call(context, name, ...args);
    expect(context.fuel).toBeGreaterThanOrEqual(fuel);
    expect(context.fuel).toBeLessThanOrEqual(40 * fuel + 1000);
    expect(context.memory).toBeGreaterThanOrEqual(bytes);
    const poor = new CountingContext(context.fuel - 1);
    expect(outcomeIn(poor, name, ...args)).toBe('✗ MR5001');
  });

  it('stops what would be huge before it is made', () => {
    expect(outcomeIn(new CountingContext(), 'REPEAT', 'ab', 2 ** 31 - 1)).toBe('✗ MR5002');
    expect(outcomeIn(new CountingContext(1e12, 1e12), 'REPEAT', 'ab', 2 ** 31 - 1)).toBe('✗ MR5002');
    expect(outcomeIn(new CountingContext(50_000_000, 1_000_000), 'CHUNK', list, 1)).toBe('✗ MR5002');
  });

  it('makes keys that were chosen to collide cost fuel', () => {
    const colliding = Array.from({ length: 300 }, (_, i) => `${'x'.repeat(20_000)}${i % 10}${i}`);
    const context = new CountingContext();
    call(context, 'OMIT', {}, colliding);
    expect(context.fuel).toBeGreaterThan((300 * 20_000) / 8);
  });
});
