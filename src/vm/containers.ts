/** Copying and changing containers of the program's own making; every copy is charged before it is made. */

import { chargeBuilding, recordBytes } from '../value/charges.ts';
import { isList, isRecord, type PlainRecord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { copyRecord, getOwn, setOwn } from '../value/path.ts';
import { own, shareAll } from './ownership.ts';
import type { Run } from './run.ts';

export type Container = PlainRecord | OrderedMap | Value[];

const ELEMENTS_PER_FUEL = 8;
/** Measured on Node 20: 100 to 250 ns. */
const MAP_ENTRY_FUEL = 8;

/** The list, if owned; otherwise an owned copy with room for what is about to be appended. */
export function ownedList(run: Run, list: Value[]): Value[] {
  if (run.owned.has(list)) return list;
  const copy = copyList(run, list);
  own(run, copy);
  return copy;
}

/** A copy that nobody owns yet. */
export function copyList(run: Run, list: Value[]): Value[] {
  run.allocate(BYTES.list + BYTES.listSlot * list.length);
  run.charge((list.length / ELEMENTS_PER_FUEL) | 0);
  if (list.length === 0) return [];
  const copy = list.slice();
  shareAll(run.owned, copy);
  return copy;
}

export function ownedCopy(run: Run, container: Container): Container {
  if (Array.isArray(container)) return ownedList(run, container);
  if (container instanceof OrderedMap) {
    const size = OrderedMap.size(container);
    run.allocate(BYTES.record + BYTES.mapEntry * size);
    run.charge(MAP_ENTRY_FUEL * size);
    const copy = OrderedMap.copyOf(container);
    shareAll(run.owned, OrderedMap.valuesOf(copy));
    own(run, copy);
    return copy;
  }
  const keys = Object.keys(container);
  run.allocate(recordBytes(keys.length));
  chargeBuilding(run, keys.length);
  const copy = copyRecord(container);
  if (run.owned.size !== 0) for (const key of keys) shareAll(run.owned, [copy[key]]);
  own(run, copy);
  return copy;
}

/** The part under a key, or undefined when there is none. Lists are indexed in range by the caller. */
export function partOf(container: Container, key: MapKey): Value | undefined {
  if (Array.isArray(container)) return container[key as number];
  if (container instanceof OrderedMap) return OrderedMap.get(container, key);
  return typeof key === 'string' ? getOwn(container, key) : undefined;
}

/** Writes a part of an owned container; returns the container, or the ordered map that replaces it. */
export function writePart(run: Run, container: Container, key: MapKey, value: Value): Container {
  if (Array.isArray(container)) {
    container[key as number] = value;
    return container;
  }
  if (container instanceof OrderedMap) {
    if (!OrderedMap.has(container, key)) run.allocate(BYTES.mapEntry);
    OrderedMap.setInPlace(container, key, value);
    return container;
  }
  if (typeof key === 'string') {
    // A record that grows key by key soon is a hash table inside the engine, with entries of their own.
    if (container[key] === undefined) run.allocate(BYTES.mapEntry);
    setOwn(container, key, value);
    return container;
  }
  const map = recordToMap(run, container);
  run.owned.delete(container);
  own(run, map);
  OrderedMap.setInPlace(map, key, value);
  return map;
}

export function recordToMap(run: Run, record: PlainRecord): OrderedMap {
  const keys = Object.keys(record);
  run.allocate(BYTES.record + BYTES.mapEntry * (keys.length + 1));
  run.charge(MAP_ENTRY_FUEL * keys.length);
  return new OrderedMap(keys.map((key) => [key, getOwn(record, key)] as const));
}

export function asContainer(value: Value): Container | undefined {
  if (isList(value) || value instanceof OrderedMap || isRecord(value)) return value;
  return undefined;
}
