import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bytes } from '../../../src/value/bytes.ts';
import { Closure } from '../../../src/value/closure.ts';
import { anyCompare, compareNumbers, containerEquals, DistinctSet, equals, order } from '../../../src/value/compare.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { bucketKeyOf } from '../../../src/value/hash.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { SharedHandle } from '../../../src/value/shared-handle.ts';
import { CountingMeter, nested, refusalOf } from './metering.ts';

const meter = () => new CountingMeter();
const dec = (text: string) => Decimal.of(text);
const MIX = 'IllegalArgumentException MR6002 compare does not allow mixing decimal and float; wrap floats with DEC()';

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, false, 0, -0, 1, 1n, Number.NaN, dec('1.0'), dec('1.00'), '', '1', 'a'),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.string({ maxLength: 2 }),
);
const anyValue: fc.Arbitrary<Value> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', '1'), tie('value'), { maxKeys: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom<string | number>(1, '1', 'a'), tie('value')), { maxLength: 3 })
      .map((e) => new OrderedMap(e)),
    fc.array(tie('value'), { maxLength: 3 }).map((e) => new Set(e)),
  ),
})).value;
const number: fc.Arbitrary<number | bigint | Decimal> = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
);

describe('equality', () => {
  it.each<[Value, Value, boolean]>([
    [1, 1.0, true],
    [1, dec('1.00'), true],
    [1n, 1, true],
    [2n ** 60n, 2 ** 60, true],
    [0.5, 1n, false],
    ['1', 1, false],
    [null, 0, false],
    [null, undefined, true],
    [0, -0, true],
    [Number.NaN, Number.NaN, true],
    [[1, { a: 2 }], [1, { a: 2 }], true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: null }, {}, false],
    [{ a: null }, { b: null }, false],
    [{ a: undefined }, { a: null }, true],
    [[1n], [1], false],
    [[dec('1.0')], [dec('1.00')], false],
    [[dec('1.0')], [dec('1.0')], true],
    [[-0], [0], true],
    [[Number.NaN], [Number.NaN], true],
    [[], {}, false],
    [new OrderedMap([[1, 'n']]), { 1: 'n' }, false],
    [new OrderedMap([['a', 1]]), { a: 1 }, true],
    [{ a: 1 }, new OrderedMap([['a', 1]]), true],
    [
      new OrderedMap([
        [1, 'a'],
        ['b', 2],
      ]),
      new OrderedMap([
        ['b', 2],
        [1, 'a'],
      ]),
      true,
    ],
    [new Set([1, [2]]), new Set([[2], 1]), true],
    [new Set([1, [2]]), new Set([[3], 1]), false],
    [new Set([1]), new Set([1, 2]), false],
    [new SharedHandle('c'), new SharedHandle('c'), true],
    [new Bytes(Uint8Array.of(1)), new Bytes(Uint8Array.of(1)), false],
    [JSON.parse('{"__proto__":{}}'), {}, false],
    [{}, JSON.parse('{"constructor":null}'), false],
    [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}'), true],
  ])('%o == %o is %o', (a, b, expected) => {
    expect(equals(meter(), a, b)).toBe(expected);
    expect(equals(meter(), b, a)).toBe(expected);
  });

  it('refuses a decimal with a fraction, both ways', () => {
    expect(refusalOf(() => equals(meter(), dec('1.0'), 1.5))).toBe(MIX);
    expect(refusalOf(() => order(meter(), 1.5, dec('1.0')))).toBe(MIX);
  });

  it('compares functions and bytes by identity', () => {
    const closure = new Closure({}, []);
    expect(equals(meter(), closure, closure)).toBe(true);
    expect(equals(meter(), closure, new Closure({}, []))).toBe(false);
    expect(equals(meter(), [closure], [closure])).toBe(true);
  });

  it('is reflexive, symmetric and agrees with bucket keys', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(containerEquals(meter(), a, a)).toBe(true);
        expect(containerEquals(meter(), a, b)).toBe(containerEquals(meter(), b, a));
        if (containerEquals(meter(), a, b)) expect(bucketKeyOf(meter(), a)).toBe(bucketKeyOf(meter(), b));
      }),
      { numRuns: 500 },
    );
  });

  it('is transitive', () => {
    const few = fc.constantFrom<Value>(
      [1],
      [1n],
      [dec('1')],
      [true],
      ['1'],
      { a: 1 },
      new OrderedMap([['a', 1]]),
      new Set([1]),
      null,
      [null],
      [undefined],
    );
    fc.assert(
      fc.property(few, few, few, (a, b, c) => {
        if (containerEquals(meter(), a, b) && containerEquals(meter(), b, c))
          expect(containerEquals(meter(), a, c)).toBe(true);
      }),
    );
  });

  it('does not touch host values', () => {
    for (const foreign of [() => 1, Symbol('s'), new Date(0)]) {
      expect(refusalOf(() => equals(meter(), foreign, 1))).toContain('MR6016');
      expect(refusalOf(() => equals(meter(), [1], [foreign]))).toContain('MR6016');
      expect(refusalOf(() => order(meter(), 'a', foreign))).toContain('MR6016');
    }
  });

  it('stops at the nesting limit and charges for shared structure', () => {
    expect(equals(meter(), nested(256), nested(256))).toBe(true);
    expect(refusalOf(() => equals(meter(), nested(257), nested(257)))).toBe('stop MR5006');
    const bomb = () => {
      let value: unknown = [1];
      for (let i = 0; i < 60; i++) value = [value, value];
      return value;
    };
    expect(refusalOf(() => equals(new CountingMeter({ fuel: 10_000 }), bomb(), bomb()))).toBe('stop MR5001');
    const long = 'x'.repeat(1_000_000);
    expect(refusalOf(() => equals(new CountingMeter({ fuel: 1_000 }), `${long}y`, `${long}z`))).toBe('stop MR5001');
  });
});

describe('ordering', () => {
  it.each<[Value, Value, number]>([
    ['b', 'a', 1],
    ['Z', 'a', -1],
    ['10', '9', -1],
    [10, '9', -1],
    [null, 'o', -1],
    [true, false, 1],
    [[2], [10], 1],
    [null, 1, 1],
    [null, null, 0],
    [1, 2, -1],
    [2n ** 53n, 2 ** 53, 0],
    [2n ** 53n + 1n, 2 ** 53, 1],
    [dec('1.5'), 2, -1],
    [dec('1.50'), dec('1.5'), 0],
    [dec('1e20000'), 1n, 1],
    [Number.NaN, Number.POSITIVE_INFINITY, 1],
    [1n, Number.NaN, -1],
    [Number.NaN, Number.NaN, 0],
    [-0, 0, 0],
    ['\u{1f600}', '\uffff', -1],
  ])('%o against %o is %i', (a, b, expected) => {
    expect(Math.sign(order(meter(), a, b))).toBe(expected);
    expect(Math.sign(order(meter(), b, a))).toBe(0 - expected);
  });

  it('sorts false before true where SORT compares', () => {
    expect(anyCompare(meter(), false, true)).toBeLessThan(0);
    expect(Math.sign(order(meter(), false, true))).toBe(-1);
    expect(Math.sign(anyCompare(meter(), 10, '9'))).toBe(-1);
  });

  it('is a total order on numbers that are no decimals', () => {
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        expect(Math.sign(compareNumbers(meter(), a, b))).toBe(0 - Math.sign(compareNumbers(meter(), b, a)));
        if (compareNumbers(meter(), a, b) <= 0 && compareNumbers(meter(), b, c) <= 0) {
          expect(compareNumbers(meter(), a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

describe('distinct values', () => {
  it('are those that differ by container equality', () => {
    const set = new DistinctSet(meter());
    const closure = new Closure({}, []);
    const values = [
      1,
      1.0,
      '1',
      1n,
      dec('1.0'),
      dec('1.00'),
      null,
      undefined,
      [1],
      [1],
      { a: 1 },
      { a: 1 },
      true,
      closure,
      closure,
      new Closure({}, []),
    ];
    expect(values.map((value) => set.add(value))).toEqual([
      true,
      false,
      true,
      true,
      true,
      true,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(set.has([1])).toBe(true);
    expect(set.has([2])).toBe(false);
  });

  it('are the same as by comparing every pair', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 12 }), (values) => {
        const set = new DistinctSet(meter());
        const fast = values.filter((value) => set.add(value));
        const slow = values.filter(
          (value, i) => !values.slice(0, i).some((earlier) => containerEquals(meter(), earlier, value)),
        );
        expect(fast).toEqual(slow);
      }),
    );
  });

  it.each<[string, (i: number) => Value]>([
    ['bigints with equal low bits', (i) => BigInt(i) << 64n],
    ['long texts of one length', (i) => `${'x'.repeat(40_000)}${10_000 + i}`],
    ['decimals', (i) => Decimal.make(BigInt(i) << 64n, 2)],
    ['lists', (i) => [i, 'x']],
    ['records', (i) => ({ id: i, name: 'x' })],
  ])('take linear time: %s', (_name, make) => {
    const count = 3_000;
    const counting = new CountingMeter({ fuel: 1e9, bytes: 1e12 });
    const set = new DistinctSet(counting);
    const values = Array.from({ length: count }, (_, i) => make(i));
    const started = process.cpuUsage();
    for (const value of values) expect(set.add(value)).toBe(true);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
    expect(counting.fuel / count).toBeLessThan(10_000);
  });

  it('charge for each other member of a bucket', () => {
    const small = new CountingMeter({ fuel: 1e9 });
    const set = new DistinctSet(small);
    const closures = () => [new Closure({}, [])];
    for (let i = 0; i < 500; i++) set.add(closures());
    expect(small.fuel).toBeGreaterThan((500 * 499) / 2);
  });
});
