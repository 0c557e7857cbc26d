/**
 * Writes any value of the language as JSON, so that tests can hold expectations as data and compare outcomes exactly.
 *
 * Numbers that JSON can hold stand as themselves; the others and every other kind are objects with one `$` key:
 * `{"$bigint":"5"}`, `{"$dec":"1.50"}` (scale kept), `{"$bytes":[1,2]}`, `{"$set":[…]}`, `{"$num":"-0"}` (also `NaN`,
 * `Infinity`, `-Infinity`). Two values are equal exactly when their notations have the same text: −0 differs from 0,
 * `1.0` from `1.00` as decimals, and the order of keys counts.
 */
import { Decimal } from '../value/decimal.ts';

export type Notation = null | boolean | number | string | readonly Notation[] | { readonly [key: string]: Notation };

export function toNotation(value: unknown): Notation {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $num: Object.is(value, -0) ? '-0' : String(value) };
    case 'bigint':
      return { $bigint: String(value) };
    case 'object':
      return value === null ? null : objectToNotation(value);
    default:
      return { $foreign: typeof value };
  }
}

export function fromNotation(notation: Notation): unknown {
  if (typeof notation !== 'object' || notation === null) return notation;
  if (Array.isArray(notation)) return notation.map(fromNotation);
  const record = notation as { readonly [key: string]: Notation };
  const keys = Object.keys(record);
  const tagged = keys.length === 1 ? untag(keys[0] as string, record[keys[0] as string] as Notation) : undefined;
  return tagged === undefined
    ? recordOf(keys.map((key) => [key, fromNotation(record[key] as Notation)]))
    : tagged.value;
}

/** The text that two equal values share. */
export function notationText(value: unknown): string {
  return JSON.stringify(toNotation(value));
}

function objectToNotation(value: object): Notation {
  if (Array.isArray(value)) return Array.from(value, toNotation);
  if (value instanceof Decimal) return { $dec: String(value) };
  if (value instanceof Uint8Array) return { $bytes: [...value] };
  if (value instanceof Set) return { $set: [...value].map(toNotation) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return { $foreign: 'object' };
  return recordOf(Object.entries(value).map(([key, part]) => [key, toNotation(part)])) as Notation;
}

function untag(tag: string, content: Notation): { readonly value: unknown } | undefined {
  switch (tag) {
    case '$num':
      return { value: Number(content) };
    case '$bigint':
      return { value: BigInt(content as string) };
    case '$dec':
      return { value: Decimal.of(content as string) };
    case '$bytes':
      return { value: Uint8Array.from(content as readonly number[]) };
    case '$set':
      return { value: new Set((content as readonly Notation[]).map(fromNotation)) };
    default:
      return undefined;
  }
}

/** Keys such as `__proto__` become plain own properties. */
function recordOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return record;
}
