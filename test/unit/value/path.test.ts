import { afterEach, describe, expect, it, vi } from 'vitest';
import { Bytes } from '../../../src/value/bytes.ts';
import { Closure } from '../../../src/value/closure.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import type { PlainRecord, Value } from '../../../src/value/kinds.ts';
import { type MapKey, OrderedMap } from '../../../src/value/ordered-map.ts';
import {
  computedKey,
  copyRecord,
  getOwn,
  isRealmClean,
  makeObject,
  normaliseKey,
  RESERVED_KEYS,
  readDynamic,
  readStatic,
  setOwn,
  slice,
  writeKey,
} from '../../../src/value/path.ts';
import { CountingMeter, refusalOf } from './metering.ts';

const meter = () => new CountingMeter();
const readsStatic = (container: Value, key: MapKey) => refusalOf(() => readStatic(meter(), container, key));
const readsDynamic = (container: Value, key: Value) => refusalOf(() => readDynamic(meter(), container, key));
const UNREADABLE = 'IllegalStateException MR6005 Indexing supported only for list or object';

describe('reading', () => {
  it('finds keys and elements, and null where there are none', () => {
    const map = new OrderedMap([
      [1, 'n'],
      ['1', 's'],
      [2n ** 60n, 'big'],
    ]);
    expect(readStatic(meter(), { a: { b: 1 } }, 'a')).toEqual({ b: 1 });
    expect(readStatic(meter(), { a: 1 }, 'zz')).toBeNull();
    expect(readStatic(meter(), { a: undefined }, 'a')).toBeNull();
    expect(readStatic(meter(), { '1': 's' }, '1')).toBe('s');
    expect(readStatic(meter(), { '1': 's' }, 1)).toBeNull();
    expect(readDynamic(meter(), { '1': 's' }, 1)).toBeNull();
    expect(readStatic(meter(), [10, 20], 1)).toBe(20);
    expect(readDynamic(meter(), [10, 20], 1n)).toBe(20);
    expect(readDynamic(meter(), [10, 20], 2 / 2)).toBe(20);
    expect(readDynamic(meter(), [10, undefined], 1)).toBeNull();
    expect([readStatic(meter(), map, 1), readDynamic(meter(), map, 1n), readDynamic(meter(), map, '1')]).toEqual([
      'n',
      'n',
      's',
    ]);
    expect(readDynamic(meter(), map, 2n ** 60n)).toBe('big');
    expect(readDynamic(meter(), map, 7)).toBeNull();
    expect(readStatic(meter(), Object.assign(Object.create(null), { a: 1 }), 'a')).toBe(1);
  });

  it.each<[Value, MapKey, string]>([
    [[1, 2], 2, 'IllegalArgumentException MR6004 Index 2 out of bounds 0..1'],
    [[], 0, 'IllegalArgumentException MR6004 Index 0 out of bounds 0..-1'],
    [[1], 2n ** 60n, 'IllegalArgumentException MR6004 Index 1152921504606846976 out of bounds 0..0'],
    [[1], 'name', "IllegalStateException MR6006 Cannot use name 'name' on list"],
    [[1], 'length', "IllegalStateException MR6006 Cannot use name 'length' on list"],
  ])('static: %o . %o', (container, key, expected) => {
    expect(readsStatic(container, key)).toBe(expected);
  });

  it.each<[Value, Value, string]>([
    [[1, 2], -1, 'IllegalArgumentException MR6004 Index -1 out of bounds 0..1'],
    [[1, 2], 2 ** 40, 'IllegalArgumentException MR6004 Index 1099511627776 out of bounds 0..1'],
    [[1, 2], '0', 'IllegalStateException MR6006 Index must be integer for list'],
    [[1, 2], 0.5, 'IllegalStateException MR6006 Index must be integer for list'],
    [[1, 2], null, 'IllegalStateException MR6006 Index must be integer for list'],
    [{}, -1, 'IllegalArgumentException MR6006 Computed key must be non-negative integer'],
    [{}, -1n, 'IllegalArgumentException MR6006 Computed key must be non-negative integer'],
    [{}, null, 'IllegalStateException MR6006 Computed key must be string or non-negative integer'],
    [{}, true, 'IllegalStateException MR6006 Computed key must be string or non-negative integer'],
    [{}, 1.5, 'IllegalStateException MR6006 Computed key must be string or non-negative integer'],
    [{}, [1], 'IllegalStateException MR6006 Computed key must be string or non-negative integer'],
  ])('dynamic: %o [ %o ]', (container, key, expected) => {
    expect(readsDynamic(container, key)).toBe(expected);
  });

  it.each<[string, Value]>([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'abc'],
    ['a number', 5],
    ['a boolean', true],
    ['a decimal', Decimal.of('1.5')],
    ['a set', new Set([1])],
    ['bytes', new Bytes(Uint8Array.of(1))],
    ['a function', new Closure({}, [])],
  ])('%s has no parts, whatever the key', (_name, container) => {
    for (const key of ['a', 0, 'length', 'size', 'toString', 'toJSON', 'constructor', '__proto__']) {
      expect(readsStatic(container, key)).toBe(UNREADABLE);
      expect(readsDynamic(container, key)).toBe(UNREADABLE);
    }
  });

  it('does not touch host values', () => {
    const trap = new Proxy(new (class Row {})(), { get: () => expect.fail('read') });
    for (const foreign of [trap, () => 1, Symbol('s'), new (class extends Array {})()]) {
      expect(readsStatic(foreign, 'a')).toContain('MR6016');
      expect(readsDynamic(foreign, 'a')).toContain('MR6016');
      expect(readsDynamic({}, foreign)).toContain('MR6016');
      expect(readsDynamic([1], foreign)).toContain('MR6016');
    }
  });
});

describe('keys', () => {
  const meter = new CountingMeter();

  it('become one form each', () => {
    expect([normaliseKey(5n), normaliseKey(5), normaliseKey(2n ** 53n)]).toEqual([5, 5, 2n ** 53n]);
    expect(Object.is(normaliseKey(-0), 0)).toBe(true);
    expect([computedKey(meter, 'a'), computedKey(meter, 3n), computedKey(meter, 2n ** 60n)]).toEqual([
      'a',
      3,
      2n ** 60n,
    ]);
  });

  it('have their own messages where they are written', () => {
    expect(refusalOf(() => writeKey(meter, -1))).toBe(
      'IllegalArgumentException MR6006 Object key must be non-negative',
    );
    expect(refusalOf(() => writeKey(meter, true))).toBe(
      'IllegalStateException MR6006 Object key must be string or non-negative integer',
    );
    expect(refusalOf(() => writeKey(meter, Symbol('s')))).toContain('MR6016');
  });
});

describe('making objects', () => {
  it('keeps the first place and the last value of a repeated key', () => {
    const record = makeObject(meter(), ['a', 'b', 'a'], [1, 2, 3]) as PlainRecord;
    expect(Object.entries(record)).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  it('is an ordered map where a key is an integer', () => {
    const map = makeObject(meter(), ['b', 1, '1'], [1, 'n', 's']);
    expect(map).toBeInstanceOf(OrderedMap);
    expect([...OrderedMap.entriesOf(map as OrderedMap)]).toEqual([
      ['b', 1],
      [1, 'n'],
      ['1', 's'],
    ]);
  });
});

describe('slices', () => {
  it.each<[Value, Value, Value, Value]>([
    [[1, 2, 3], 1, null, [2, 3]],
    [[1, 2, 3], null, 2, [1, 2]],
    [[1, 2, 3], -2, null, [2, 3]],
    [[1, 2, 3], null, -1, [1, 2]],
    [[1, 2, 3], -9, 99n, [1, 2, 3]],
    [[1, 2, 3], 2, 1, []],
    [[1, undefined], 1, 2, [null]],
    ['hello', 1, 3, 'el'],
    ['hello', -3, null, 'llo'],
    ['a\u{1f600}', 1, 2, '\ud83d'],
    ['', null, null, ''],
    ['abc', 10n ** 30n, null, ''],
  ])('%o [%o : %o] is %o', (base, from, to, expected) => {
    expect(slice(meter(), base, from, to)).toEqual(expected);
  });

  it('are new lists, charged before they are made', () => {
    const list = [1];
    expect(slice(meter(), list, null, null)).not.toBe(list);
    expect(refusalOf(() => slice(new CountingMeter({ bytes: 100 }), new Array(4e9), null, null))).toMatch(
      /^stop MR5002/,
    );
  });

  it('take integers only', () => {
    expect(refusalOf(() => slice(meter(), [1], 0.5, null))).toBe(
      'IllegalStateException MR6006 Slice bounds must be integers',
    );
    expect(refusalOf(() => slice(meter(), {}, 0, 1))).toBe(
      'IllegalStateException MR6005 Slicing supported only for list or string',
    );
    expect(refusalOf(() => slice(meter(), Symbol('s'), 0, 1))).toContain('MR6016');
    expect(refusalOf(() => slice(meter(), [1], Symbol('s'), 1))).toContain('MR6016');
  });
});

describe('prototypes', () => {
  const NAMES = [...RESERVED_KEYS];

  it.each(NAMES)('%s is an ordinary key', (name) => {
    expect(readStatic(meter(), {}, name)).toBeNull();
    expect(readDynamic(meter(), {}, name)).toBeNull();
    expect(getOwn({}, name)).toBeUndefined();
    const record: PlainRecord = {};
    setOwn(record, name, 'mine');
    expect(readStatic(meter(), record, name)).toBe('mine');
    expect(readDynamic(meter(), record, name)).toBe('mine');
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    const copy = copyRecord(record);
    expect(Object.entries(copy)).toEqual([[name, 'mine']]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(makeObject(meter(), [name], [1])).toEqual(record === copy ? {} : Object.fromEntries([[name, 1]]));
  });

  it('holds the names of both built-in prototypes and toJSON', () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'length', 'map', 'toJSON']) {
      expect(RESERVED_KEYS.has(name)).toBe(true);
    }
    expect(RESERVED_KEYS.has('id')).toBe(false);
  });
});

describe('a polluted realm', () => {
  const polluted = Object.prototype as unknown as Record<string, unknown>;

  afterEach(() => {
    delete polluted['leaked'];
    delete polluted['trapped'];
    delete (Array.prototype as unknown as Record<string, unknown>)['7'];
    expect(isRealmClean()).toBe(true);
  });

  it('is noticed', () => {
    expect(isRealmClean()).toBe(true);
    polluted['leaked'] = 1;
    expect(isRealmClean()).toBe(false);
  });

  it('is noticed on lists', () => {
    Object.defineProperty(Array.prototype, '7', { value: 1, configurable: true });
    expect(isRealmClean()).toBe(false);
  });

  it('changes no result once noticed', () => {
    let traps = 0;
    const trap = () => {
      traps++;
    };
    polluted['leaked'] = 'host secret';
    Object.defineProperty(polluted, 'trapped', { get: trap, set: trap, configurable: true, enumerable: true });
    isRealmClean();
    const reads = [
      readStatic(meter(), {}, 'leaked'),
      readStatic(meter(), {}, 'trapped'),
      readDynamic(meter(), {}, 'trapped'),
    ];
    const copied = Object.keys(copyRecord({ a: 1 }));
    const made = Object.entries(makeObject(meter(), ['trapped', 'leaked'], [1, 2]));
    delete polluted['leaked'];
    delete polluted['trapped'];
    expect(traps).toBe(0);
    expect(reads).toEqual([null, null, null]);
    expect(copied).toEqual(['a']);
    expect(made).toEqual([
      ['trapped', 1],
      ['leaked', 2],
    ]);
  });

  it('is safe when it was so before the engine was loaded', async () => {
    vi.resetModules();
    polluted['leaked'] = 'host secret';
    const fresh = await import('../../../src/value/path.ts');
    const read = fresh.readStatic(meter(), {}, 'leaked');
    const copied = Object.keys(fresh.copyRecord({ a: 1 }));
    const wasClean = fresh.isRealmClean();
    delete polluted['leaked'];
    expect(read).toBeNull();
    expect(copied).toEqual(['a']);
    expect(wasClean).toBe(false);
  });
});
