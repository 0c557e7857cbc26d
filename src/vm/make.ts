/** Making lists and objects from operands; the parts are shared, because the new container refers to them too. */

import { recordBytes } from '../value/charges.ts';
import type { PlainRecord, Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { computedKey, setOwn, writeKey } from '../value/path.ts';
import { share } from './ownership.ts';
import type { Run } from './run.ts';

/** Defining a property takes 1 to 3 µs, setting one 20 ns. */
const DEFINE_FUEL = 60;

export function makeList(run: Run, registers: readonly Value[], from: number, to: number): Value[] {
  run.allocate(BYTES.list + BYTES.listSlot * (to - from));
  const list: Value[] = [];
  for (let i = from; i < to; i++) {
    const value = registers[i];
    share(run.owned, value);
    list[i - from] = value;
  }
  return list;
}

/** `isPlain`: no key of the shape needs care, and the realm is clean. */
export function makeRecord(
  run: Run,
  shape: readonly string[],
  isPlain: boolean,
  registers: readonly Value[],
  from: number,
): PlainRecord {
  run.allocate(recordBytes(shape.length));
  const record: PlainRecord = {};
  for (let i = 0; i < shape.length; i++) {
    const value = registers[from + i];
    share(run.owned, value);
    if (isPlain) record[shape[i] as string] = value;
    else setField(run, record, shape[i] as string, value);
  }
  return record;
}

export function setField(run: Run, record: PlainRecord, key: string, value: Value): void {
  if (key === '__proto__') run.charge(DEFINE_FUEL);
  setOwn(record, key, value);
}

/** From key, value, key, value …; `isOutput` words a bad key as OUTPUT does. An integer key makes an ordered map. */
export function makeObject(
  run: Run,
  registers: readonly Value[],
  from: number,
  pairCount: number,
  isOutput: boolean,
): PlainRecord | OrderedMap {
  run.charge(8 * pairCount);
  run.allocate(BYTES.record + BYTES.mapEntry * pairCount);
  const keys: MapKey[] = [];
  for (let i = 0; i < pairCount; i++) {
    const key = registers[from + 2 * i];
    keys.push(isOutput ? writeKey(run, key) : computedKey(run, key));
    share(run.owned, registers[from + 2 * i + 1]);
  }
  if (keys.every((key) => typeof key === 'string')) {
    const record: PlainRecord = {};
    keys.forEach((key, i) => {
      setOwn(record, key, registers[from + 2 * i + 1]);
    });
    return record;
  }
  const map = new OrderedMap();
  keys.forEach((key, i) => {
    OrderedMap.setInPlace(map, key, registers[from + 2 * i + 1]);
  });
  return map;
}
