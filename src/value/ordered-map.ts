/**
 * An object that holds an integer key. Text and integer keys stay distinct and keep insertion order; objects with text
 * keys only are plain records. Integers beyond the safe range are bigint keys; a bigint in the safe range is normalised
 * to a number by the caller (`normaliseKey` in path.ts).
 *
 * Security: integer keys are stored as texts with a mark in front, because V8 hashes bigints by their low 64 bits, and
 * numbers without a secret: chosen ones would all be found at one place of the map (measured: 230 µs for each of 32,000).
 */

import type { Value } from './kinds.ts';
import { sealPrototype } from './null-prototype.ts';

export type MapKey = string | number | bigint;

const MARK = '#';

/** `##` and what follows the first mark of a text; `#17`; `#n` and the hexadecimal digits of a bigint. */
function storedKey(key: MapKey): string {
  if (typeof key === 'string') return key.startsWith(MARK) ? MARK + key : key;
  // Why hexadecimal: only bases that are powers of two are written in linear time.
  return typeof key === 'number' ? MARK + key : `${MARK}n${key.toString(16)}`;
}

export class OrderedMap {
  readonly #entries: Map<string, Value>;
  /** By the texts that they are stored as, so that listing keys makes no big integers. */
  #bigKeys: Map<string, bigint> | undefined;

  constructor(entries: Iterable<readonly [MapKey, Value]> = []) {
    this.#entries = new Map();
    for (const [key, value] of entries) OrderedMap.setInPlace(this, key, value);
  }

  static copyOf(map: OrderedMap): OrderedMap {
    const copy = new OrderedMap();
    for (const [stored, value] of map.#entries) copy.#entries.set(stored, value);
    if (map.#bigKeys !== undefined) copy.#bigKeys = new Map(map.#bigKeys);
    return copy;
  }

  static *entriesOf(map: OrderedMap): IterableIterator<readonly [MapKey, Value]> {
    for (const [stored, value] of map.#entries) yield [OrderedMap.#keyOf(map, stored), value];
  }

  static keysOf(map: OrderedMap): MapKey[] {
    return Array.from(map.#entries.keys(), (stored) => OrderedMap.#keyOf(map, stored));
  }

  static valuesOf(map: OrderedMap): Iterable<Value> {
    return map.#entries.values();
  }

  static get(map: OrderedMap, key: MapKey): Value | undefined {
    return map.#entries.get(storedKey(key));
  }

  static has(map: OrderedMap, key: MapKey): boolean {
    return map.#entries.has(storedKey(key));
  }

  static size(map: OrderedMap): number {
    return map.#entries.size;
  }

  /** Only for a map that nothing else refers to. */
  static setInPlace(map: OrderedMap, key: MapKey, value: Value): void {
    const stored = storedKey(key);
    map.#entries.set(stored, value);
    if (typeof key !== 'bigint') return;
    map.#bigKeys ??= new Map();
    map.#bigKeys.set(stored, key);
  }

  static #keyOf(map: OrderedMap, stored: string): MapKey {
    if (!stored.startsWith(MARK)) return stored;
    const rest = stored.slice(1);
    return rest.startsWith(MARK) ? rest : (map.#bigKeys?.get(stored) ?? Number(rest));
  }
}
sealPrototype(OrderedMap);
