import { describe, expect, it } from 'vitest';
import { Bytes } from '../../../src/value/bytes.ts';
import { Closure } from '../../../src/value/closure.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { Sequence } from '../../../src/value/sequence.ts';
import { SharedHandle } from '../../../src/value/shared-handle.ts';
import { textOf } from '../../../src/value/text.ts';
import { CountingMeter, nested, refusalOf } from './metering.ts';

const print = (value: unknown) => textOf(new CountingMeter(), value);

describe('texts of values', () => {
  it.each([
    [null, 'null'],
    [undefined, 'null'],
    [true, 'true'],
    ['a"b', 'a"b'],
    [2, '2'],
    [-0, '0'],
    [1.5, '1.5'],
    [1e7, '10000000'],
    [1e21, '1e+21'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
    [123456789012345678901n, '123456789012345678901'],
    [Decimal.of('2.50'), '2.50'],
    [Decimal.of('1e3'), '1E+3'],
    [[], '[]'],
    [{}, '{}'],
    [['a', 'b', null], '[a, b, null]'],
    [{ x: 1, y: [] }, '{x=1, y=[]}'],
    [{ a: undefined, b: [Decimal.of('1.0'), { c: 'd' }] }, '{a=null, b=[1.0, {c=d}]}'],
    [
      new OrderedMap([
        [1, 'n'],
        ['1', 's'],
      ]),
      '{1=n, 1=s}',
    ],
    [new OrderedMap(), '{}'],
    [new Set([1, 'a']), '[1, a]'],
    [new Bytes(Uint8Array.of(1)), '<bytes>'],
    [Uint8Array.of(1), '<bytes>'],
    [[new Closure({}, [])], '[<function>]'],
    [new Sequence(() => [][Symbol.iterator]()), '<sequence>'],
    [new SharedHandle('c'), 'SharedResourceHandle(name=c)'],
    [JSON.parse('{"__proto__":1,"constructor":2}'), '{__proto__=1, constructor=2}'],
  ])('%o', (value, expected) => {
    expect(print(value)).toBe(expected);
  });

  it('never runs code of host values', () => {
    const trap = () => expect.fail('called');
    const hostile = Object.assign(new (class Row {})(), { toString: trap, toJSON: trap, [Symbol.toPrimitive]: trap });
    for (const foreign of [hostile, trap, Symbol('s'), new Date(0), new Map(), Object.create(Set.prototype)]) {
      expect(refusalOf(() => print(foreign))).toContain('MR6016');
      expect(refusalOf(() => print([{ a: foreign }]))).toContain('MR6016');
    }
  });

  it('stops at the nesting limit, in cycles and with any limit the host sets', () => {
    expect(print(nested(256))).toHaveLength(512);
    expect(refusalOf(() => print(nested(257)))).toBe('stop MR5006');
    const cycle: unknown[] = [];
    cycle.push({ cycle });
    expect(refusalOf(() => print(cycle))).toBe('stop MR5006');
    const unlimited = new CountingMeter({ nesting: Number.POSITIVE_INFINITY });
    expect(refusalOf(() => textOf(unlimited, nested(100_000)))).toBe('stop MR5006');
  });

  it('charges for every node of shared structure', () => {
    let bomb: unknown = ['x'];
    for (let i = 0; i < 60; i++) bomb = [bomb, bomb];
    expect(refusalOf(() => textOf(new CountingMeter({ fuel: 100_000 }), bomb))).toBe('stop MR5001');
    const long = 'x'.repeat(1_000_000);
    expect(refusalOf(() => textOf(new CountingMeter({ bytes: 10_000_000 }), Array(100).fill(long)))).toBe(
      'stop MR5002',
    );
  });
});
