/** Functions that make objects of parts of others and are ours. Shallow: the values are shared with the arguments. */
import type { NativeContext } from '../link/native.ts';
import { chargeBuilding, KEY_FUEL } from '../value/charges.ts';
import { isList, isObject, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import type { MapKey } from '../value/ordered-map.ts';
import { makeObject } from '../value/path.ts';
import { refuse } from './arguments.ts';
import { KeyIndex, keyFrom } from './key-index.ts';
import { hasKey, keysOf, type LanguageObject, valueAt } from './objects.ts';
import { nativeRows, ours } from './rows.ts';

function objectAndKeys(name: string, object: Value, keys: Value): [LanguageObject, readonly Value[]] {
  if (!isObject(object)) throw refuse(`${name}: first arg must be object`);
  if (!isList(keys)) throw refuse(`${name}: second arg must be list`);
  return [object, keys];
}

function merge(context: NativeContext, ...objects: Value[]): Value {
  const keys: MapKey[] = [];
  const values: Value[] = [];
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    if (!isObject(object)) throw refuse(`MERGE: arg ${i + 1} must be object`);
    const own = keysOf(context, object);
    chargeBuilding(context, own.length);
    context.allocate(2 * BYTES.listSlot * own.length);
    for (const key of own) {
      keys.push(key);
      values.push(valueAt(object, key) ?? null);
    }
  }
  return makeObject(context, keys, values);
}

function pick(context: NativeContext, value: Value, wanted: Value): Value {
  const [object, list] = objectAndKeys('PICK', value, wanted);
  chargeBuilding(context, list.length);
  const keys: MapKey[] = [];
  const values: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const key = chargedKey(context, 'PICK', list[i]);
    if (!hasKey(object, key)) continue;
    context.allocate(2 * BYTES.listSlot);
    keys.push(key);
    values.push(valueAt(object, key) ?? null);
  }
  return makeObject(context, keys, values);
}

function omit(context: NativeContext, value: Value, unwanted: Value): Value {
  const [object, list] = objectAndKeys('OMIT', value, unwanted);
  const without = new KeyIndex(context);
  for (let i = 0; i < list.length; i++) without.placeOf(chargedKey(context, 'OMIT', list[i]));
  const keys = keysOf(context, object).filter((key) => !without.has(key));
  chargeBuilding(context, keys.length);
  context.allocate(2 * BYTES.listSlot * keys.length);
  return makeObject(
    context,
    keys,
    keys.map((key) => valueAt(object, key) ?? null),
  );
}

function fromEntries(context: NativeContext, entries: Value): Value {
  if (!isList(entries)) throw refuse('FROM_ENTRIES: arg must be list');
  chargeBuilding(context, entries.length);
  const keys: MapKey[] = [];
  const values: Value[] = [];
  for (let i = 0; i < entries.length; i++) {
    const [key, value] = entryOf(entries[i], i);
    context.allocate(2 * BYTES.listSlot);
    keys.push(chargedKey(context, 'FROM_ENTRIES', key));
    values.push(value ?? null);
  }
  return makeObject(context, keys, values);
}

function entryOf(entry: Value, index: number): readonly [Value, Value] {
  if (isList(entry) && entry.length === 2) return [entry[0], entry[1]];
  if (isObject(entry) && hasKey(entry, 'key')) return [valueAt(entry, 'key'), valueAt(entry, 'value')];
  throw refuse(`FROM_ENTRIES: element ${index} must be {key, value} or [key, value]`);
}

function chargedKey(context: NativeContext, name: string, value: Value): MapKey {
  context.charge(KEY_FUEL);
  return keyFrom(context, name, value);
}

export const OBJECT_ADDITION_ROWS = ours(
  nativeRows('core', [
    {
      name: 'MERGE',
      usage: 'MERGE(obj, ...)',
      minArgs: 1,
      maxArgs: Number.POSITIVE_INFINITY,
      doc: 'An object with the entries of all objects; a later value takes the place of an earlier one, and objects within are not merged.',
      examples: [
        ['MERGE({a: 1, b: 2}, {b: 3, c: 4})', '{"a":1,"b":3,"c":4}'],
        ['MERGE({a: {x: 1}}, {a: {y: 2}})', '{"a":{"y":2}}'],
        ['MERGE({a: 1}, null)', '✗ MERGE: arg 2 must be object'],
      ],
      cost: 8,
      borrows: false,
      call: merge,
    },
    {
      name: 'PICK',
      usage: 'PICK(obj, keys)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'An object with the entries that have one of the keys, in the order of the keys; absent ones are left out.',
      examples: [
        ['PICK({a: 1, b: 2, c: null}, ["c", "a", "x"])', '{"c":null,"a":1}'],
        ['PICK({a: 1}, [])', '{}'],
        ['PICK({a: 1}, "a")', '✗ PICK: second arg must be list'],
      ],
      cost: 8,
      borrows: false,
      call: pick,
    },
    {
      name: 'OMIT',
      usage: 'OMIT(obj, keys)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'An object with the entries that have none of the keys.',
      examples: [
        ['OMIT({a: 1, b: 2, c: 3}, ["b", "x"])', '{"a":1,"c":3}'],
        ['OMIT({1: "n", "1": "s"}, [1])', '{"1":"s"}'],
        ['OMIT([1], [0])', '✗ OMIT: first arg must be object'],
      ],
      cost: 8,
      borrows: false,
      call: omit,
    },
    {
      name: 'FROM_ENTRIES',
      usage: 'FROM_ENTRIES(list)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'An object of entries, each an object with `key` and `value` (as ENTRIES makes them) or a list of two; the last of those with the same key.',
      examples: [
        ['FROM_ENTRIES([{key: "a", value: 1}, ["b", 2]])', '{"a":1,"b":2}'],
        ['FROM_ENTRIES(ZIP(["x", "y"], [1, 2]))', '{"x":1,"y":2}'],
        ['FROM_ENTRIES([["a", 1], 5])', '✗ FROM_ENTRIES: element 1 must be {key, value} or [key, value]'],
      ],
      cost: 8,
      borrows: false,
      call: fromEntries,
    },
  ]),
);
