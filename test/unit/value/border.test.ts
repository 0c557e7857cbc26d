import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInput, copyInput, exportValue } from '../../../src/value/border.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Closure } from '../../../src/value/closure.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { Sequence } from '../../../src/value/sequence.ts';
import { SharedHandle } from '../../../src/value/shared-handle.ts';
import { CountingMeter, nested, refusalOf } from './metering.ts';

const trap = () => expect.fail('host code ran');
const refused = (where: string, what: string) =>
  `IllegalStateException MR6016 input${where} is ${what}, which programs cannot take`;
const withGetter = (enumerable: boolean) => Object.defineProperty({}, 'secret', { get: trap, enumerable });
const holes = () => {
  const list: unknown[] = [1];
  list[2] = 3;
  return list;
};

describe.each([
  ['checkInput', (value: Value) => checkInput(value, 256)],
  ['copyInput', (value: Value) => copyInput(value, 256)],
])('%s', (_name, take) => {
  it.each<[string, Value, string]>([
    ['a function', { a: [trap] }, refused('.a[0]', 'a function')],
    ['a symbol', [Symbol('s')], refused('[0]', 'a symbol')],
    ['NaN', { a: { b: Number.NaN } }, refused('.a.b', 'NaN')],
    ['an infinity', Number.NEGATIVE_INFINITY, refused('', '-Infinity')],
    ['a date', { at: new Date(0) }, refused('.at', 'an instance of a class')],
    ['a map', new Map(), refused('', 'an instance of a class')],
    ['a promise', [Promise.resolve(1)], refused('[0]', 'an instance of a class')],
    ['a boxed text', [Object('a')], refused('[0]', 'an instance of a class')],
    ['a list of another class', new (class extends Array {})(), refused('', 'an instance of a class')],
    ['a getter', { a: withGetter(true) }, refused('.a.secret', 'an accessor')],
    ['a hidden getter', { a: withGetter(false) }, refused('.a', 'an object with hidden properties')],
    ['a setter', [Object.defineProperty({}, 'x', { set: trap, enumerable: true })], refused('[0].x', 'an accessor')],
    ['a getter in a list', [Object.defineProperty([1], 0, { get: trap })], refused('[0][0]', 'an accessor')],
    ['a symbol key', { a: { [Symbol.iterator]: 1 } }, refused('.a', 'an object with a symbol key')],
    ['a hole', { xs: holes() }, refused('.xs[1]', 'a missing element')],
    ['a list with a name', Object.assign([1], { extra: 1 }), refused('', 'an object with hidden properties')],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(4)), refused('', 'a view of shared memory')],
    ['a function of a program', new Closure({}, []), refused('', 'a closure of a program')],
    ['a part of a set', new Set([new Date(0)]), refused('', 'an instance of a class')],
  ])('refuses %s, running no host code', (_what, value, expected) => {
    expect(refusalOf(() => take(value))).toBe(expected);
  });

  it('takes plain data of every kind', () => {
    const data = {
      a: [1, 'x', null, undefined, true, 2n ** 70n, Decimal.of('1.50')],
      b: new Set([1, [2]]),
      c: Uint8Array.of(1),
      d: Object.assign(Object.create(null), { e: 1 }),
    };
    expect(refusalOf(() => take(data))).toBe('no refusal');
  });

  it('stops at the nesting limit, also in cycles', () => {
    expect(refusalOf(() => take(nested(256)))).toBe('no refusal');
    expect(refusalOf(() => take(nested(257)))).toBe('stop MR5006');
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(refusalOf(() => take(cycle))).toBe('stop MR5006');
  });
});

describe('copyInput', () => {
  it('copies plain data, equal and apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = copyInput(value, 256);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
      }),
    );
  });

  it('keeps __proto__ a key, reads undefined as null, and copies bytes and sets', () => {
    const bytes = Uint8Array.of(1, 2);
    const input = { bytes, set: new Set([bytes]), proto: JSON.parse('{"__proto__":{"x":1}}'), gone: undefined };
    const copy = copyInput(input, 256) as typeof input;
    expect(copy).toEqual({ ...input, gone: null });
    expect(copy.bytes).not.toBe(bytes);
    expect(Object.keys(copy.proto)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(copy.proto)).toBe(Object.prototype);
  });
});

describe('exportValue', () => {
  const out = (value: Value) => exportValue(new CountingMeter(), value);

  it('returns what needs no conversion as it is', () => {
    const record = { a: [1, { b: 2n }], c: new Set([1]), d: Decimal.of('1'), e: Uint8Array.of(1), f: trap };
    expect(out(record)).toBe(record);
    expect(out(undefined)).toBeNull();
    expect(out('x')).toBe('x');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(out(value)).toBe(value);
      }),
    );
  });

  it('converts ordered maps and bytes, copying only the way to them', () => {
    const map = new OrderedMap([
      [1, 'n'],
      ['b', [new Bytes(Uint8Array.of(7))]],
      ['1', 's'],
      ['__proto__', 2],
    ]);
    const kept = { x: 1 };
    const value = { kept, list: [kept, map, kept], last: 3 };
    const exported = out(value) as { kept: object; list: unknown[]; last: number };
    expect(exported).not.toBe(value);
    expect(exported.kept).toBe(kept);
    expect(exported.list[2]).toBe(kept);
    expect(exported.last).toBe(3);
    const plain = exported.list[1] as Record<string, unknown>;
    expect(Object.entries(plain)).toEqual([
      ['1', 's'],
      ['b', [Uint8Array.of(7)]],
      ['__proto__', 2],
    ]);
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(value.list[1]).toBe(map);
    expect(out(new Set([new OrderedMap([[1, 1]])]))).toEqual(new Set([{ 1: 1 }]));
  });

  it('gives bytes away as a copy', () => {
    const data = Uint8Array.of(1);
    const exported = out(new Bytes(data)) as Uint8Array;
    exported[0] = 9;
    expect(data[0]).toBe(1);
  });

  it.each<[string, Value, string]>([
    ['a function', new Closure({}, []), 'a function cannot leave the program'],
    ['a handle', new SharedHandle('c'), 'a shared resource cannot leave the program'],
    ['a sequence', new Sequence(() => [][Symbol.iterator]()), 'a sequence cannot leave the program'],
  ])('refuses %s, however deep', (_name, value, message) => {
    for (const place of [value, [value], { a: [{ b: value }] }, new OrderedMap([[1, value]]), new Set([value])]) {
      expect(refusalOf(() => out(place))).toBe(`IllegalStateException MR6019 ${message}`);
    }
  });

  it('stops at the nesting limit and charges for every place of shared parts', () => {
    expect(refusalOf(() => out(nested(257)))).toBe('stop MR5006');
    let bomb: Value = [1];
    for (let i = 0; i < 60; i++) bomb = [bomb, bomb];
    expect(refusalOf(() => exportValue(new CountingMeter({ fuel: 10_000 }), bomb))).toBe('stop MR5001');
  });
});
