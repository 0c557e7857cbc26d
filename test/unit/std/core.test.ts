/** Core functions: facts and messages of section 1 of the specification. */
import { describe, expect, it, test } from 'vitest';
import { Bytes } from '../../../src/value/bytes.ts';
import { Closure } from '../../../src/value/closure.ts';
import { Sequence } from '../../../src/value/sequence.ts';
import { SharedHandle } from '../../../src/value/shared-handle.ts';
import { CountingContext, call, dec, map, outcome, outcomeIn, show } from './calls.ts';

const closure = new Closure({}, []);

test.each<[string, unknown[], string]>([
  ['KEYS', [{ b: 1, a: 2 }], '["b","a"]'],
  ['KEYS', [[7, 8]], '[0,1]'],
  ['KEYS', [{}], '[]'],
  ['KEYS', [map([2, 'x'], ['1', 'y'])], '[2,"1"]'],
  ['KEYS', ['abc'], '✗ ISE KEYS: arg must be list or object'],
  ['KEYS', [null], '✗ ISE KEYS: arg must be list or object'],
  ['KEYS', [new SharedHandle('c')], '✗ ISE SharedStore is not configured'],
  ['VALUES', [{ a: 1, b: null, c: undefined }], '[1,null,null]'],
  ['VALUES', [map([1, 'n'], ['1', 's'])], '["n","s"]'],
  ['VALUES', [[1]], '✗ ISE VALUES: arg must be object'],
  ['ENTRIES', [map(['a', 1], [2, 'x'])], '[{"key":"a","value":1},{"key":2,"value":"x"}]'],
  ['ENTRIES', [null], '✗ ISE ENTRIES: arg must be object'],
  ['PUT', [{ a: 1, c: 0 }, 'a', 2], '{"a":2,"c":0}'],
  ['PUT', [{ a: 1 }, 'b', 2], '{"a":1,"b":2}'],
  ['PUT', [{ '1': 's' }, 1, 'n'], '{"1":"s",⟨1⟩:"n"}'],
  ['PUT', [map([1, 'n']), 1n, 'm'], '{⟨1⟩:"m"}'],
  ['PUT', [{}, 2n ** 60n, 0], '{⟨1152921504606846976⟩:0}'],
  ['PUT', [[1, 2], 0, 9], '[9,2]'],
  ['PUT', [[1, 2], 2, 9], '[1,2,9]'],
  ['PUT', [[], 0, 9], '[9]'],
  ['PUT', [[1, 2], '1', 9], '[1,9]'],
  ['PUT', [[1, 2], '+1', 9], '[1,9]'],
  ['PUT', [[1, 2], 1n, 9], '[1,9]'],
  ['PUT', [[1, 2], 3, 9], '✗ ISE PUT: index 3 out of bounds 0..2'],
  ['PUT', [[1, 2], -1, 9], '✗ IAE PUT: index -1 out of bounds 0..2'],
  ['PUT', [[1, 2], 'x', 9], '✗ IAE Index x out of bounds'],
  ['PUT', [[1, 2], 2 ** 31, 9], '✗ IAE Index 2147483648 out of bounds'],
  ['PUT', [[1, 2], '2147483648', 9], '✗ IAE Index 2147483648 out of bounds'],
  ['PUT', [[1, 2], -1n, 9], '✗ IAE Index -1 out of bounds'],
  ['PUT', [[1, 2], 10n ** 100n, 9], '✗ IAE Index of many digits out of bounds'],
  ['PUT', [[1, 2], null, 9], '✗ ISE Index must be integer for list'],
  ['PUT', [[1, 2], 1.5, 9], '✗ ISE Index must be integer for list'],
  ['PUT', [{}, -1, 0], '✗ IAE Object key must be non-negative'],
  ['PUT', [{}, true, 0], '✗ ISE Object key must be string or non-negative integer'],
  ['PUT', ['s', 0, 9], '✗ ISE PUT: unsupported collection'],
  ['DELETE', [{ a: 1, b: 2 }, 'a'], '{"b":2}'],
  ['DELETE', [{ a: 1 }, 'zz'], '{"a":1}'],
  ['DELETE', [map([1, 'n'], ['1', 's']), 1], '{"1":"s"}'],
  ['DELETE', [map([1, 'n'], ['1', 's']), '1'], '{⟨1⟩:"n"}'],
  ['DELETE', [[1, 2, 3], 1], '[1,3]'],
  ['DELETE', [[1, 2, 3], '2'], '[1,2]'],
  ['DELETE', [[1, 2], 2], '✗ IAE DELETE: index 2 out of bounds 0..1'],
  ['DELETE', [[1, 2], -1], '✗ IAE DELETE: index -1 out of bounds 0..1'],
  ['DELETE', [{}, null], '✗ ISE Object key must be string or non-negative integer'],
  ['DELETE', ['s', 0], '✗ ISE DELETE: unsupported collection'],
  ['GET', [{ a: 1 }, 'a'], '1'],
  ['GET', [{ a: 1 }, 'b'], 'null'],
  ['GET', [{ a: 1 }, 'b', 7], '7'],
  ['GET', [{ a: null }, 'a', 7], 'null'],
  ['GET', [{ a: undefined }, 'a', 7], 'null'],
  ['GET', [map([1, 'n']), 1], '"n"'],
  ['GET', [map([1, 'n']), '1', 'd'], '"d"'],
  ['GET', [{ '1': 's' }, 1, 'd'], '"d"'],
  ['GET', [{}, 'constructor', 'd'], '"d"'],
  ['GET', [[1], 0], '✗ ISE GET: first arg must be object'],
  ['GET', [null, 'a'], '✗ ISE GET: first arg must be object'],
  ['GET', [{ a: 1 }, -1], '✗ IAE Object key must be non-negative'],
  ['APPEND', [[1], [2]], '[1,[2]]'],
  ['APPEND', [[], null], '[null]'],
  ['APPEND', [null, 1], '✗ ISE APPEND: first arg must be list'],
  ['PREPEND', [[1], 0], '[0,1]'],
  ['PREPEND', [{}, 1], '✗ ISE PREPEND: first arg must be list'],
  ['COLLECT', [[1, 2]], '[1,2]'],
  ['COLLECT', [new Set([1, 'a'])], '[1,"a"]'],
  ['COLLECT', [{ a: 1 }], '✗ ISE COLLECT: arg must be iterable/sequence, got LinkedHashMap'],
  ['COLLECT', ['abc'], '✗ ISE COLLECT: arg must be iterable/sequence, got String'],
  ['COLLECT', [null], '✗ ISE COLLECT: arg must be iterable/sequence, got null'],
  ['LISTIFY', [null], '[]'],
  ['LISTIFY', [[1]], '[1]'],
  ['LISTIFY', [{ a: 1 }], '[{"a":1}]'],
  ['LISTIFY', ['s'], '✗ ISE LISTIFY: arg must be list, object, or null'],
  ['IS_OBJECT', [{}], 'true'],
  ['IS_OBJECT', [map([1, 2])], 'true'],
  ['IS_OBJECT', [[]], 'false'],
  ['IS_OBJECT', [null], 'false'],
  ['IS_OBJECT', [], 'false'],
  ['IS_FUNCTION', [closure], 'true'],
  ['IS_FUNCTION', [5], 'false'],
  ['IS_FUNCTION', [() => 1], 'false'],
  ['NOT', [''], 'true'],
  ['NOT', [dec('0.0')], 'true'],
  ['NOT', ['0'], 'false'],
  ['EXISTS', [null], 'false'],
  ['EXISTS', [0], 'true'],
  ['ASSERT', [1], 'true'],
  ['ASSERT', [[], 'e', 'more'], 'true'],
  ['ASSERT', [false], '✗ ISE ASSERT failed'],
  ['ASSERT', [false, null], '✗ ISE ASSERT failed'],
  ['ASSERT', ['', 'empty'], '✗ ISE empty'],
  ['ASSERT', [null, 5], '✗ ISE 5'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

describe('values stay values', () => {
  it('changes no argument and shares elements', () => {
    const inner = { x: 1 };
    const list = Object.freeze([inner]);
    const record = Object.freeze({ inner });
    expect((call(new CountingContext(), 'APPEND', list, 2) as unknown[])[0]).toBe(inner);
    expect((call(new CountingContext(), 'PUT', list, 0, 2) as unknown[])[0]).toBe(2);
    expect((call(new CountingContext(), 'PUT', record, 'b', 2) as { inner: object }).inner).toBe(inner);
    expect(call(new CountingContext(), 'LISTIFY', list)).toBe(list);
  });

  it('makes `__proto__` a plain key', () => {
    const made = call(new CountingContext(), 'PUT', {}, '__proto__', { x: 1 }) as object;
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(Object.keys(made)).toEqual(['__proto__']);
    expect(show(call(new CountingContext(), 'KEYS', made))).toBe('["__proto__"]');
  });

  it('reads holes and undefined as null', () => {
    // biome-ignore lint/suspicious/noSparseArray: what a careless host may pass.
    expect(outcome('REVERSE', [1, , undefined])).toBe('[null,null,1]');
  });
});

describe('WALK', () => {
  const collected = (tree: unknown): string => {
    const context = new CountingContext();
    return outcomeIn(context, 'COLLECT', call(context, 'WALK', tree));
  };

  it('yields parents before children, with their paths', () => {
    expect(collected({ a: [1], c: {} })).toBe(
      '[{"path":[],"key":null,"value":{"a":[1],"c":{}},"depth":0,"isLeaf":false},' +
        '{"path":["a"],"key":"a","value":[1],"depth":1,"isLeaf":false},' +
        '{"path":["a",0],"key":0,"value":1,"depth":2,"isLeaf":true},' +
        '{"path":["c"],"key":"c","value":{},"depth":1,"isLeaf":true}]',
    );
  });

  it('takes any value; sets, bytes and empty containers are leaves', () => {
    expect(collected(5)).toBe('[{"path":[],"key":null,"value":5,"depth":0,"isLeaf":true}]');
    expect(collected(null)).toBe('[{"path":[],"key":null,"value":null,"depth":0,"isLeaf":true}]');
    for (const leaf of [new Set([1]), new Bytes(new Uint8Array(1)), [], {}, map()]) {
      expect(collected(leaf)).toContain('"isLeaf":true}]');
    }
  });

  it('keeps integer keys', () => {
    const context = new CountingContext();
    const nodes = call(context, 'COLLECT', call(context, 'WALK', map([1, [7]]))) as { path: unknown; key: unknown }[];
    expect(nodes.map((n) => n.path)).toEqual([[], [1], [1, 0]]);
    expect(nodes.map((n) => n.key)).toEqual([null, 1, 0]);
  });

  it('starts anew for each traversal and yields nothing before it is asked', () => {
    const context = new CountingContext();
    const sequence = call(context, 'WALK', [1, [2], 3]) as Sequence;
    expect(sequence).toBeInstanceOf(Sequence);
    const before = context.fuel;
    const first = Sequence.iterate(sequence, context);
    first.next();
    first.next();
    expect(context.fuel).toBeGreaterThan(before);
    expect((call(context, 'COLLECT', sequence) as unknown[]).length).toBe(5);
    expect((call(context, 'COLLECT', sequence) as unknown[]).length).toBe(5);
  });

  it('stops at the nesting limit, and charges each node', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const context = new CountingContext();
    expect(outcomeIn(context, 'COLLECT', call(context, 'WALK', deep))).toBe('✗ MR5006');
    const wide = new CountingContext(10_000);
    expect(outcomeIn(wide, 'COLLECT', call(wide, 'WALK', new Array(10_000).fill(0)))).toBe('✗ MR5001');
  });
});

describe('charges', () => {
  it('grows with the size of what is copied', () => {
    const list = new Array(100_000).fill(1);
    const record = Object.fromEntries(list.map((_, i) => [`k${i}`, i]));
    for (const [name, args] of [
      ['KEYS', [list]],
      ['APPEND', [list, 1]],
      ['PREPEND', [list, 1]],
      ['PUT', [list, 0, 1]],
      ['DELETE', [list, 0]],
      ['COLLECT', [list]],
      ['KEYS', [record]],
      ['VALUES', [record]],
      ['ENTRIES', [record]],
      ['PUT', [record, 'a', 1]],
      ['DELETE', [record, 'a']],
    ] as const) {
      const context = new CountingContext();
      call(context, name, ...args);
      expect(context.fuel, name).toBeGreaterThan(24_000);
      expect(context.memory, name).toBeGreaterThan(790_000);
    }
  });
});
