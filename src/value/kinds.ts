/**
 * The kinds of values, how one is recognised, and what counts as true.
 *
 * Promises: never calls, coerces or enumerates a foreign value; a prototype comparison is all that happens to it.
 * Numbers: an I (integer) is any safe integer, an F any other JavaScript number; BI is bigint, BD is Decimal.
 */
import { Bytes } from './bytes.ts';
import { Closure } from './closure.ts';
import { Decimal } from './decimal.ts';
import { OrderedMap } from './ordered-map.ts';
import { Sequence } from './sequence.ts';
import { SharedHandle } from './shared-handle.ts';

/**
 * A value of the language. It is `unknown` on purpose: inputs are read in place, so anything may turn up below any
 * container, and every operation must ask for the kind first.
 */
export type Value = unknown;

/** A record read or made by the engine: own enumerable data properties, prototype Object.prototype or null. */
export type PlainRecord = { [key: string]: Value };

export type Kind =
  | 'null'
  | 'boolean'
  | 'number'
  | 'bigint'
  | 'decimal'
  | 'text'
  | 'list'
  | 'record'
  | 'map'
  | 'set'
  | 'bytes'
  | 'sequence'
  | 'closure'
  | 'handle'
  | 'foreign';

const getPrototypeOf = Object.getPrototypeOf;
const isArray = Array.isArray;
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;

/** `undefined` counts as null: that is what a missing property of a host object reads as. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'undefined':
      return 'null';
    case 'bigint':
      return 'bigint';
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    default:
      return 'foreign';
  }
}

export function isRecord(value: Value): value is PlainRecord {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = getPrototypeOf(value);
  return prototype === ObjectPrototype || (prototype === null && !isArray(value));
}

export function isList(value: Value): value is Value[] {
  return isArray(value) && getPrototypeOf(value) === ArrayPrototype;
}

/** An object of the language: a record, or one that holds an integer key. */
export function isObject(value: Value): value is PlainRecord | OrderedMap {
  return isRecord(value) || value instanceof OrderedMap;
}

/** I, F, BI or BD. */
export function isNumeric(value: Value): value is number | bigint | Decimal {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal;
}

/** What needs no walk, no check and no conversion anywhere: null, booleans, texts and finite numbers. */
export function isPlainScalar(value: Value): value is null | boolean | string | number {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    default:
      return value === null;
  }
}

/** Language truth (IF, CASE, WHERE, `!`, `&&`, `||`): false are null, false and every numeric zero. */
export function isTrue(value: Value): boolean {
  if (value === true) return true;
  if (value === false || value === null || value === undefined || value === 0 || value === 0n) return false;
  return !(value instanceof Decimal && Decimal.isZero(value));
}

/** Library truth (BOOLEAN, FILTER, SOME, EVERY, FIND, SIFT, ASSERT): language truth, and the empty text is false. */
export function isLibraryTrue(value: Value): boolean {
  return value !== '' && isTrue(value);
}

/** The class name that upstream's messages use for a kind. */
export function typeWord(value: Value): string {
  switch (kindOf(value)) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'Boolean';
    case 'number':
      return Number.isInteger(value) ? 'Int' : 'Double';
    case 'bigint':
      return 'BigInteger';
    case 'decimal':
      return 'BigDecimal';
    case 'text':
      return 'String';
    case 'list':
      return 'ArrayList';
    case 'record':
    case 'map':
      return 'LinkedHashMap';
    case 'set':
      return 'LinkedHashSet';
    case 'bytes':
      return 'ByteArray';
    case 'sequence':
      return 'Sequence';
    case 'closure':
      return 'Function';
    case 'handle':
      return 'SharedResourceHandle';
    case 'foreign':
      return 'Foreign';
  }
}

function kindOfObject(value: object): Kind {
  const prototype = getPrototypeOf(value);
  if (prototype === ObjectPrototype) return 'record';
  if (isArray(value)) return prototype === ArrayPrototype ? 'list' : 'foreign';
  if (prototype === null) return 'record';
  if (value instanceof Decimal) return 'decimal';
  if (value instanceof Closure) return 'closure';
  if (value instanceof OrderedMap) return 'map';
  if (value instanceof Bytes || prototype === Uint8Array.prototype) return 'bytes';
  if (prototype === Set.prototype) return 'set';
  if (value instanceof Sequence) return 'sequence';
  if (value instanceof SharedHandle) return 'handle';
  return 'foreign';
}
