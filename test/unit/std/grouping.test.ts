/** Our functions that call a function, through the whole engine, and their helpers, called directly. */
import { describe, expect, it, test } from 'vitest';
import { createHost, LimitError, RunError } from '../../../src/index.ts';
import { PRELUDE_HELPERS } from '../../../src/std/index.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { CountingContext, dec, lehmer, show } from './calls.ts';

const host = createHost();

async function evaluate(source: string, input: unknown = {}, limits = {}): Promise<string> {
  const module = await host.load(`TRANSFORM T { OUTPUT { v: ${source} } }`, { limits });
  try {
    return show((module.run('T', input) as { readonly v: unknown }).v);
  } catch (error) {
    if (error instanceof RunError && !(error instanceof LimitError)) return `✗ ${error.message}`;
    throw error;
  }
}

test.each<[string, string]>([
  ['GROUP_BY([], (x) -> x)', '{}'],
  [
    'GROUP_BY(["a", "b", "c"], (x, i, xs) -> IF i + 1 == LENGTH(xs) THEN "last" ELSE "first")',
    '{"first":["a","b"],"last":["c"]}',
  ],
  ['GROUP_BY([null, 1], (x) -> "k")', '{"k":[null,1]}'],
  ['KEYS(GROUP_BY([1, 2, 3], (x) -> IF x == 1 THEN 1 ELSE IF x == 2 THEN "1" ELSE 1))', '[1,"1"]'],
  ['GROUP_BY([1, 2, 3], (x) -> x % 2)[1]', '[1,3]'],
  ['KEYS(GROUP_BY([10000000000000000000], (x) -> x))', '[10000000000000000000n]'],
  ['GROUP_BY([1], (x) -> 0 - 1)', '✗ GROUP_BY: key must be string or non-negative integer, got a negative one'],
  ['GROUP_BY([1], (x) -> true)', '✗ GROUP_BY: key must be string or non-negative integer, got Boolean'],
  ['GROUP_BY([1])', '✗ GROUP_BY(list, fn)'],
  ['GROUP_BY([1], 5)', '✗ GROUP_BY: arg 2 must be function'],
  ['INDEX_BY([], (x) -> x)', '{}'],
  ['KEYS(INDEX_BY([5, 6, 7], (x, i) -> i))', '[0,1,2]'],
  ['INDEX_BY("ab", (x) -> x)', '✗ INDEX_BY: arg 1 must be list'],
  ['SORT_BY([], (x) -> x)', '[]'],
  ['SORT_BY([7], (x) -> null)', '[7]'],
  ['SORT_BY([1, 2, 3], (x, i, xs) -> LENGTH(xs) - i)', '[3,2,1]'],
  ['SORT_BY([10, 9, "8"], (x) -> x)', '["8",9,10]'],
  ['SORT_BY([true, false, true], (x) -> x)', '[false,true,true]'],
  [
    'SORT_BY([1, 2], (x) -> IF x == 1 THEN DEC("1.5") ELSE 1.5)',
    '✗ compare does not allow mixing decimal and float; wrap floats with DEC()',
  ],
  ['SORT_BY([2, 1], (x) -> x / 0)', '✗ Division by zero'],
  ['UNIQUE_BY([1, 2, 3, 4], (x) -> x % 2)', '[1,2]'],
  ['UNIQUE_BY([1, "1", 1], (x) -> x)', '[1,"1"]'],
  ['UNIQUE_BY([5, 6], (x, i) -> null)', '[5]'],
  ['UNIQUE_BY([1], null)', '✗ UNIQUE_BY: arg 2 must be function'],
  ['MAP_VALUES({}, (v) -> v)', '{}'],
  ['KEYS(MAP_VALUES({1: 1, "1": 2}, (v) -> v))', '[1,"1"]'],
  ['MAP_VALUES({a: null, b: 2}, (v, k, o) -> [v, k, LENGTH(o)])', '{"a":[null,"a",2],"b":[2,"b",2]}'],
  ['MAP_VALUES(null, (v) -> v)', '✗ MAP_VALUES: arg 1 must be object'],
  ['MAP_VALUES({a: 1}, 5)', '✗ MAP_VALUES: arg 2 must be function'],
])('%s', async (source, expected) => {
  expect(await evaluate(source)).toBe(expected);
});

describe('keys that a prototype has', () => {
  const words = { words: ['__proto__', 'constructor', '__proto__'] };

  it('are keys like any other', async () => {
    expect(await evaluate('GROUP_BY(input.words, (w) -> w)', words)).toBe(
      '{"__proto__":["__proto__","__proto__"],"constructor":["constructor"]}',
    );
    expect(await evaluate('INDEX_BY(input.words, (w) -> w)', words)).toBe(
      '{"__proto__":"__proto__","constructor":"constructor"}',
    );
    expect(await evaluate('MAP_VALUES(INDEX_BY(input.words, (w) -> w), (v) -> 1)', words)).toBe(
      '{"__proto__":1,"constructor":1}',
    );
    expect(Object.hasOwn(Object.prototype, 'undefined')).toBe(false);
  });
});

describe('SORT_BY', () => {
  it('is stable whatever the keys', () => {
    const random = lehmer(11);
    const kinds = [
      () => random(5),
      () => `k${random(5)}`,
      () => random(2) === 0,
      () => [null, 1, '1', true][random(4)],
      () => dec(`${random(3)}.${random(2)}`),
    ];
    for (const kind of kinds) {
      const list = Array.from({ length: 50 }, (_, n) => ({ k: kind(), n }));
      const sorted = helper(
        'std.sortBy',
        list,
        list.map((o) => o.k),
      ) as typeof list;
      expect([...sorted].sort((a, b) => a.n - b.n)).toEqual(list);
      for (let i = 1; i < sorted.length; i++) {
        const [a, b] = [sorted[i - 1], sorted[i]];
        if (a?.k === b?.k) expect((a?.n ?? 0) < (b?.n ?? 0)).toBe(true);
      }
    }
  });

  it('leaves the list alone', async () => {
    const input = { xs: [3, 1, 2] };
    expect(await evaluate('[SORT_BY(input.xs, (x) -> x), input.xs]', input)).toBe('[[1,2,3],[3,1,2]]');
    expect(input).toEqual({ xs: [3, 1, 2] });
  });
});

describe('runs', () => {
  it('can suspend inside the function', async () => {
    const module = await host.load('TRANSFORM T { OUTPUT GROUP_BY(["a", "b"], (x) -> SUSPEND x) }');
    let run = await module.start('T', {});
    for (const answer of ['k', 'k']) {
      if (run.state !== 'suspended') throw new Error('not suspended');
      run = await run.resume(answer);
    }
    expect(run).toMatchObject({ state: 'done', value: { k: ['a', 'b'] } });
  });

  it('stop at their limits inside the function', async () => {
    const input = { xs: Array.from({ length: 1000 }, (_, i) => i) };
    for (const name of ['GROUP_BY', 'INDEX_BY', 'SORT_BY', 'UNIQUE_BY']) {
      await expect(evaluate(`${name}(input.xs, (x) -> x)`, input, { fuel: 5000 })).rejects.toThrow(LimitError);
    }
  });
});

describe('helpers charge by size', () => {
  const LONG = 50_000;
  const list = Array.from({ length: LONG }, (_, i) => i);
  const texts = list.map((i) => `key ${i}`);

  test.each<[string, Value[], number, number]>([
    ['std.groupBy', list, 20 * LONG, 100 * LONG],
    ['std.groupBy', texts, 20 * LONG, 100 * LONG],
    ['std.indexBy', texts, 5 * LONG, 20 * LONG],
    ['std.sortBy', list, 2 * 16 * LONG, 16 * LONG],
    ['std.sortBy', texts, 2 * 16 * LONG, 16 * LONG],
    ['std.uniqueBy', texts, 12 * LONG, 50 * LONG],
  ])('%s %#', (name, results, fuel, bytes) => {
    const context = new CountingContext();
    helper(name, list, results, context);
    expect(context.fuel).toBeGreaterThanOrEqual(fuel);
    expect(context.fuel).toBeLessThanOrEqual(10 * fuel);
    expect(context.memory).toBeGreaterThanOrEqual(bytes);
    const poor = new CountingContext(context.fuel - 1);
    expect(() => helper(name, list, results, poor)).toThrow(expect.objectContaining({ code: 'MR5001' }));
  });

  it('long keys cost their length', () => {
    const long = Array.from({ length: 20 }, (_, i) => `${'x'.repeat(50_000)}${i}`);
    for (const name of ['std.groupBy', 'std.indexBy', 'std.sortBy', 'std.uniqueBy']) {
      const context = new CountingContext();
      helper(name, long, long, context);
      expect(context.fuel, name).toBeGreaterThan((20 * 50_000) / 32);
    }
  });
});

function helper(
  name: string,
  list: readonly Value[],
  results: readonly Value[],
  context = new CountingContext(),
): Value {
  return PRELUDE_HELPERS.get(name)?.call(context, list, results);
}
