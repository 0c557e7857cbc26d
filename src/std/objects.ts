/**
 * The two forms of an object (a plain record, or an ordered map where there is an integer key) under one roof, for the
 * functions that list, add and remove entries. Everything is charged by the number of entries.
 */
import { chargeBuilding, KEY_FUEL, recordBytes } from '../value/charges.ts';
import type { PlainRecord, Value } from '../value/kinds.ts';
import { BYTES, type Meter } from '../value/meter.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { copyRecord, getOwn, makeObject, setOwn } from '../value/path.ts';

export type LanguageObject = PlainRecord | OrderedMap;

/** The keys in order, as a new list. */
export function keysOf(meter: Meter, object: LanguageObject): MapKey[] {
  const keys = object instanceof OrderedMap ? OrderedMap.keysOf(object) : Object.keys(object);
  meter.charge(KEY_FUEL * keys.length);
  meter.allocate(BYTES.list + BYTES.listSlot * keys.length);
  return keys;
}

/** undefined where there is no such key. */
export function valueAt(object: LanguageObject, key: MapKey): Value | undefined {
  if (object instanceof OrderedMap) return OrderedMap.get(object, key);
  return typeof key === 'string' ? getOwn(object, key) : undefined;
}

export function hasKey(object: LanguageObject, key: MapKey): boolean {
  if (object instanceof OrderedMap) return OrderedMap.has(object, key);
  return typeof key === 'string' && Object.hasOwn(object, key);
}

/** A copy with the entry set: in its place, or at the end. */
export function withEntry(meter: Meter, object: LanguageObject, key: MapKey, value: Value): LanguageObject {
  if (!(object instanceof OrderedMap) && typeof key === 'string') {
    const { length } = Object.keys(object);
    meter.charge(KEY_FUEL * length);
    chargeBuilding(meter, length + 1);
    meter.allocate(recordBytes(length + 1));
    const copy = copyRecord(object);
    setOwn(copy, key, value);
    return copy;
  }
  const keys = keysOf(meter, object);
  chargeBuilding(meter, keys.length + 1);
  const values: Value[] = keys.map((k) => valueAt(object, k) ?? null);
  const at = keys.indexOf(key);
  if (at >= 0) values[at] = value;
  else {
    keys.push(key);
    values.push(value);
  }
  return makeObject(meter, keys, values);
}

/** A copy without the key. */
export function withoutKey(meter: Meter, object: LanguageObject, key: MapKey): LanguageObject {
  const keys = keysOf(meter, object).filter((k) => k !== key);
  chargeBuilding(meter, keys.length);
  return makeObject(
    meter,
    keys,
    keys.map((k) => valueAt(object, k) ?? null),
  );
}
