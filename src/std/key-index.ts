/**
 * Object keys made from the results of a function, and the places at which they were first seen.
 *
 * Security: places are kept by bucket keys (value/hash.ts), so that keys chosen to collide cost fuel and not free time.
 */
import { containerEquals } from '../value/compare.ts';
import { bucketKeyOf, isExactKey } from '../value/hash.ts';
import { typeWord, type Value } from '../value/kinds.ts';
import { BYTES, type Meter } from '../value/meter.ts';
import type { MapKey } from '../value/ordered-map.ts';
import { writeKey } from '../value/path.ts';
import { refuse } from './arguments.ts';

/** For finding a bucket, and for adding one; what the bucket key itself charges for is the size of the key. */
const PLACE_FUEL = 12;
const NEW_PLACE_FUEL = 30;

/** The key that a value is: a text, or an integer that is not negative. */
export function keyFrom(meter: Meter, name: string, value: Value): MapKey {
  const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (typeof value === 'string' || (isInteger && value >= 0)) return writeKey(meter, value);
  const found = isInteger ? 'a negative one' : typeWord(value);
  throw refuse(`${name}: key must be string or non-negative integer, got ${found}`);
}

export class KeyIndex {
  /** In the order in which they were first seen. */
  readonly keys: MapKey[] = [];
  readonly #meter: Meter;
  readonly #places = new Map<string, number | number[]>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Where the key stands in `keys`, to which it is added if it is new. */
  placeOf(key: MapKey): number {
    this.#meter.charge(PLACE_FUEL);
    const bucketKey = bucketKeyOf(this.#meter, key);
    const bucket = this.#places.get(bucketKey);
    const known = this.#placeIn(bucket, key);
    if (known >= 0) return known;
    this.#meter.charge(NEW_PLACE_FUEL);
    this.#meter.allocate(BYTES.mapEntry + BYTES.listSlot);
    const place = this.keys.push(key) - 1;
    if (isExactKey(bucketKey)) this.#places.set(bucketKey, place);
    else if (Array.isArray(bucket)) bucket.push(place);
    else this.#places.set(bucketKey, [place]);
    return place;
  }

  has(key: MapKey): boolean {
    this.#meter.charge(PLACE_FUEL);
    return this.#placeIn(this.#places.get(bucketKeyOf(this.#meter, key)), key) >= 0;
  }

  #placeIn(bucket: number | number[] | undefined, key: MapKey): number {
    if (bucket === undefined || typeof bucket === 'number') return bucket ?? -1;
    return bucket.find((place) => containerEquals(this.#meter, this.keys[place], key)) ?? -1;
  }
}
