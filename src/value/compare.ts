/**
 * Equality, ordering, and the set of distinct values.
 *
 * Two equalities: `==` compares two numbers by value whatever their kinds (and refuses a decimal with a fraction);
 * inside containers numbers are equal only in the same kind, decimals only with the same scale. Recursion is bounded by
 * the nesting limit; each node and each long text is charged before it is compared.
 */
import { chargeLinear, wordsOf } from './bigints.ts';
import { chargeScan, FUEL_PER_NODE, nestingOf } from './charges.ts';
import { Decimal } from './decimal.ts';
import { compareDecimals } from './decimal-math.ts';
import { argumentFault, foreignFault, nestingStop } from './fault.ts';
import { bucketKeyOf, isExactKey } from './hash.ts';
import { elementsOf, sizeOfSet } from './iterate.ts';
import { isNumeric, type Kind, kindOf, type PlainRecord, type Value } from './kinds.ts';
import { BYTES, type Meter } from './meter.ts';
import { OrderedMap } from './ordered-map.ts';
import { SharedHandle } from './shared-handle.ts';
import { textOf } from './text.ts';

const isSafeInteger = Number.isSafeInteger;
const hasOwn = Object.hasOwn;

/** The operator `==`. */
export function equals(meter: Meter, a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return equalFloats(a, b);
  if (typeof a === 'string' && typeof b === 'string') return equalTexts(meter, a, b);
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(meter, a, b) === 0;
  return areEqual(meter, a, b, 0);
}

/** Equality as it is inside containers, which is also that of DISTINCT. */
export function containerEquals(meter: Meter, a: Value, b: Value): boolean {
  return areEqual(meter, a, b, 0);
}

/** The operators `<`, `<=`, `>`, `>=`: two numbers by value, anything else by text. Negative, zero or positive. */
export function order(meter: Meter, a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return compareFloats(a, b);
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(meter, a, b);
  return compareTexts(meter, textOf(meter, a), textOf(meter, b));
}

/** The order of SORT, MIN and MAX: like `order`, and false before true. */
export function anyCompare(meter: Meter, a: Value, b: Value): number {
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return order(meter, a, b);
}

/** By value across kinds. NaN equals itself and is greater than everything, as in upstream's `compareTo`. */
export function compareNumbers(meter: Meter, a: number | bigint | Decimal, b: number | bigint | Decimal): number {
  if (a instanceof Decimal || b instanceof Decimal) {
    return compareDecimals(meter, decimalOperand(a), decimalOperand(b));
  }
  if (typeof a === 'number' && typeof b === 'number') return compareFloats(a, b);
  if (Number.isNaN(a)) return 1;
  if (Number.isNaN(b)) return -1;
  // JavaScript compares a bigint with a number by their exact values.
  meter.charge(4);
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The distinct values among those added, by container equality, in time linear in their size.
 *
 * Invariant: values that compare by identity are found by identity; all others by their bucket, whose members are
 * compared one by one and charged for, so that colliding keys cost fuel and not free time.
 */
export class DistinctSet {
  readonly #meter: Meter;
  readonly #buckets = new Map<string, Value[] | null>();
  readonly #identities = new Set<Value>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Whether the value was not yet among them. */
  add(value: Value): boolean {
    this.#meter.allocate(BYTES.mapEntry);
    if (isIdentityKind(kindOf(value))) {
      const isNew = !this.#identities.has(value);
      if (isNew) this.#identities.add(value);
      return isNew;
    }
    const key = bucketKeyOf(this.#meter, value);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#buckets.set(key, isExactKey(key) ? null : [value]);
      return true;
    }
    if (bucket === null || this.#isIn(bucket, value)) return false;
    bucket.push(value);
    return true;
  }

  has(value: Value): boolean {
    if (isIdentityKind(kindOf(value))) return this.#identities.has(value);
    const bucket = this.#buckets.get(bucketKeyOf(this.#meter, value));
    return bucket === null || (bucket !== undefined && this.#isIn(bucket, value));
  }

  #isIn(bucket: readonly Value[], value: Value): boolean {
    for (let i = 0; i < bucket.length; i++) if (containerEquals(this.#meter, bucket[i], value)) return true;
    return false;
  }
}

function isIdentityKind(kind: Kind): boolean {
  return kind === 'closure' || kind === 'sequence' || kind === 'bytes';
}

function areEqual(meter: Meter, a: Value, b: Value, depth: number): boolean {
  meter.charge(FUEL_PER_NODE);
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind === 'foreign' || other === 'foreign') throw foreignFault('compared');
  if (kind !== other) return isObjectKind(kind) && isObjectKind(other) && equalEntries(meter, a, b, depth);
  switch (kind) {
    case 'null':
      return true;
    case 'number':
      return equalFloats(a as number, b as number);
    case 'text':
      return equalTexts(meter, a as string, b as string);
    case 'bigint':
      chargeLinear(meter, wordsOf(a as bigint));
      return a === b;
    case 'decimal':
      return equalDecimals(meter, a as Decimal, b as Decimal);
    case 'list':
      return a === b || equalLists(meter, a as readonly Value[], b as readonly Value[], depth);
    case 'record':
      return a === b || equalRecords(meter, a as PlainRecord, b as PlainRecord, depth);
    case 'map':
      return a === b || equalEntries(meter, a, b, depth);
    case 'set':
      return a === b || equalSets(meter, a as ReadonlySet<Value>, b as ReadonlySet<Value>);
    case 'handle':
      return SharedHandle.nameOf(a as SharedHandle) === SharedHandle.nameOf(b as SharedHandle);
    default:
      return a === b;
  }
}

function equalLists(meter: Meter, a: readonly Value[], b: readonly Value[], depth: number): boolean {
  if (a.length !== b.length) return false;
  const below = depthBelow(meter, depth);
  for (let i = 0; i < a.length; i++) if (!areEqual(meter, a[i], b[i], below)) return false;
  return true;
}

function equalRecords(meter: Meter, a: PlainRecord, b: PlainRecord, depth: number): boolean {
  const keys = Object.keys(a);
  meter.charge(FUEL_PER_NODE * keys.length);
  if (keys.length !== Object.keys(b).length) return false;
  const below = depthBelow(meter, depth);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (!hasOwn(b, key) || !areEqual(meter, a[key], b[key], below)) return false;
  }
  return true;
}

/** Objects at least one of which is an ordered map; they are equal when keys and values are, whatever the class. */
function equalEntries(meter: Meter, a: Value, b: Value, depth: number): boolean {
  const left = mapOf(meter, a);
  const right = mapOf(meter, b);
  if (OrderedMap.size(left) !== OrderedMap.size(right)) return false;
  const below = depthBelow(meter, depth);
  for (const [key, part] of OrderedMap.entriesOf(left)) {
    if (!OrderedMap.has(right, key) || !areEqual(meter, part, OrderedMap.get(right, key), below)) return false;
  }
  return true;
}

function mapOf(meter: Meter, object: Value): OrderedMap {
  if (object instanceof OrderedMap) return object;
  const entries = Object.entries(object as PlainRecord);
  meter.charge(FUEL_PER_NODE * entries.length);
  meter.allocate(entries.length * BYTES.mapEntry);
  return new OrderedMap(entries);
}

function equalSets(meter: Meter, a: ReadonlySet<Value>, b: ReadonlySet<Value>): boolean {
  const size = sizeOfSet(a);
  if (size !== sizeOfSet(b)) return false;
  meter.charge(FUEL_PER_NODE * size);
  const members = new DistinctSet(meter);
  for (const element of elementsOf(b)) members.add(element);
  for (const element of elementsOf(a)) if (!members.has(element)) return false;
  return true;
}

function depthBelow(meter: Meter, depth: number): number {
  const limit = nestingOf(meter);
  if (depth >= limit) throw nestingStop(limit);
  return depth + 1;
}

function isObjectKind(kind: Kind): boolean {
  return kind === 'record' || kind === 'map';
}

function equalDecimals(meter: Meter, a: Decimal, b: Decimal): boolean {
  chargeLinear(meter, wordsOf(Decimal.unscaledOf(a)));
  return Decimal.scaleOf(a) === Decimal.scaleOf(b) && Decimal.unscaledOf(a) === Decimal.unscaledOf(b);
}

function equalFloats(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function equalTexts(meter: Meter, a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  chargeScan(meter, a.length);
  return a === b;
}

function compareFloats(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareTexts(meter: Meter, a: string, b: string): number {
  chargeScan(meter, Math.max(a.length, b.length));
  return a < b ? -1 : a > b ? 1 : 0;
}

function decimalOperand(value: number | bigint | Decimal): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'number') {
    if (isSafeInteger(value)) return Decimal.make(BigInt(value), 0);
    throw argumentFault('MR6002', 'compare does not allow mixing decimal and float; wrap floats with DEC()');
  }
  return Decimal.make(value, 0);
}
