/** Making lists and objects from operands; the parts are shared, because the new container refers to them too. */

import type { PlainRecord, Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { computedKey, setOwn, writeKey } from '../value/path.ts';
import { share } from './ownership.ts';
import type { Run } from './run.ts';

export function makeList(run: Run, registers: readonly Value[], from: number, to: number): Value[] {
  run.allocate(BYTES.list + BYTES.listSlot * (to - from));
  const list: Value[] = [];
  for (let i = from; i < to; i++) {
    const value = registers[i];
    share(run.owned, value);
    list.push(value);
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
  run.allocate(BYTES.record + BYTES.recordField * shape.length);
  const record: PlainRecord = {};
  for (let i = 0; i < shape.length; i++) {
    const value = registers[from + i];
    share(run.owned, value);
    if (isPlain) record[shape[i] as string] = value;
    else setOwn(record, shape[i] as string, value);
  }
  return record;
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
    keys.push(isOutput ? writeKey(key) : computedKey(key));
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
