/**
 * An object that holds an integer key. Text and integer keys stay distinct and keep insertion order; objects with text
 * keys only are plain records. Integers beyond the safe range are bigint keys; a bigint in the safe range is normalised
 * to a number by the caller (`normaliseKey` in path.ts).
 */

import type { Value } from './kinds.ts';
import { sealPrototype } from './null-prototype.ts';

export type MapKey = string | number | bigint;

export class OrderedMap {
  readonly #entries: Map<MapKey, Value>;

  constructor(entries?: Iterable<readonly [MapKey, Value]>) {
    this.#entries = new Map(entries);
  }

  static entriesOf(map: OrderedMap): ReadonlyMap<MapKey, Value> {
    return map.#entries;
  }

  static get(map: OrderedMap, key: MapKey): Value | undefined {
    return map.#entries.get(key);
  }

  static has(map: OrderedMap, key: MapKey): boolean {
    return map.#entries.has(key);
  }

  static size(map: OrderedMap): number {
    return map.#entries.size;
  }

  /** Only for a map that nothing else refers to. */
  static setInPlace(map: OrderedMap, key: MapKey, value: Value): void {
    map.#entries.set(key, value);
  }
}
sealPrototype(OrderedMap);
