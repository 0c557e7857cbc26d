/**
 * What is known of a value without looking at it: its kinds, and between which whole numbers it lies. The operators say
 * here what follows for their results; emitters leave out the tests that a fact makes needless.
 */
import { MAX_LIST_LENGTH } from '../value/charges.ts';

/** Kinds that a value may have, as bits. `big` are big integers and decimals, which never change and which hosts get as they are. */
export const KIND = { number: 1, text: 2, boolean: 4, nothing: 8, big: 16, other: 32 } as const;
export const ANY = 63;
const NUMERIC = KIND.number | KIND.big;

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Facts {
  readonly kinds: number;
  /** If it is a number, it is a whole one from `low` to `high`, and not −0; null when it may be any. */
  readonly bounds: Bounds | null;
}

export const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const SAFE: Bounds = { low: -MAX_SAFE, high: MAX_SAFE };
export const MAX_INT32 = 2 ** 31 - 1;
/** Bounds of what a loop changes grow to these, so that looking for them comes to an end. */
const STEPS = [-MAX_SAFE, -(2 ** 31), 0, MAX_INT32, MAX_SAFE];

export const UNKNOWN: Facts = { kinds: ANY, bounds: null };
export const A_BOOLEAN: Facts = { kinds: KIND.boolean, bounds: null };

export function factsOf(constant: unknown): Facts {
  switch (typeof constant) {
    case 'number': {
      const isWhole = Number.isSafeInteger(constant) && !Object.is(constant, -0);
      return { kinds: KIND.number, bounds: isWhole ? { low: constant, high: constant } : null };
    }
    case 'string':
      return { kinds: KIND.text, bounds: null };
    case 'boolean':
      return A_BOOLEAN;
    case 'bigint':
      return { kinds: KIND.big, bounds: null };
    default:
      return { kinds: constant === null ? KIND.nothing : KIND.big | KIND.other, bounds: null };
  }
}

/** Of a value that is one or the other. */
export function eitherOf(a: Facts, b: Facts): Facts {
  const kinds = a.kinds | b.kinds;
  if (!mayBeNumber(a)) return { kinds, bounds: b.bounds };
  if (!mayBeNumber(b)) return { kinds, bounds: a.bounds };
  if (a.bounds === null || b.bounds === null) return { kinds, bounds: null };
  return { kinds, bounds: { low: Math.min(a.bounds.low, b.bounds.low), high: Math.max(a.bounds.high, b.bounds.high) } };
}

/** The same for what a loop brings back to its head: bounds that grow do so in few steps. */
export function widened(before: Facts, after: Facts): Facts {
  const sum = eitherOf(before, after);
  if (sum.bounds === null || before.bounds === null) return sum;
  const low =
    sum.bounds.low < before.bounds.low ? STEPS.findLast((step) => step <= (sum.bounds as Bounds).low) : undefined;
  const high =
    sum.bounds.high > before.bounds.high ? STEPS.find((step) => step >= (sum.bounds as Bounds).high) : undefined;
  return { kinds: sum.kinds, bounds: { low: low ?? sum.bounds.low, high: high ?? sum.bounds.high } };
}

export function areSame(a: Facts, b: Facts): boolean {
  return a.kinds === b.kinds && a.bounds?.low === b.bounds?.low && a.bounds?.high === b.bounds?.high;
}

/** `+`, where a text makes a text of the other. */
export function sumOf(a: Facts, b: Facts): Facts {
  if (a.kinds === KIND.text || b.kinds === KIND.text) return { kinds: KIND.text, bounds: null };
  const sum = wholeResult(a, b, ({ low, high }, other) => ({ low: low + other.low, high: high + other.high }));
  return ((a.kinds | b.kinds) & KIND.text) === 0 ? sum : { kinds: sum.kinds | KIND.text, bounds: sum.bounds };
}

export function differenceOf(a: Facts, b: Facts): Facts {
  return wholeResult(a, b, ({ low, high }, other) => ({ low: low - other.high, high: high - other.low }));
}

export function productOf(a: Facts, b: Facts): Facts {
  return wholeResult(a, b, ({ low, high }, other) => {
    const corners = [low * other.low, low * other.high, high * other.low, high * other.high];
    return { low: Math.min(...corners), high: Math.max(...corners) };
  });
}

/** Whether JavaScript's product of two numbers may be −0: zero times less than zero. */
export function mayGiveMinusZero(a: Facts, b: Facts): boolean {
  if (!isWhole(a) || !isWhole(b)) return true;
  const mayBeZero = ({ low, high }: Bounds): boolean => low <= 0 && high >= 0;
  return (mayBeZero(a.bounds) && b.bounds.low < 0) || (mayBeZero(b.bounds) && a.bounds.low < 0);
}

export function quotientOf(a: Facts, b: Facts): Facts {
  return { kinds: areNumbers(a, b) ? KIND.number : NUMERIC, bounds: null };
}

/** `//` takes whole numbers only. */
export const WHOLE_QUOTIENT: Facts = { kinds: NUMERIC, bounds: SAFE };

export function remainderOf(a: Facts, b: Facts): Facts {
  const kinds = areNumbers(a, b) ? KIND.number : NUMERIC;
  if (!isWhole(a) || !isWhole(b)) return { kinds, bounds: null };
  const most = Math.max(1, Math.abs(b.bounds.low), Math.abs(b.bounds.high)) - 1;
  return {
    kinds,
    bounds: {
      low: a.bounds.low >= 0 ? 0 : Math.max(-most, a.bounds.low),
      high: a.bounds.high <= 0 ? 0 : Math.min(most, a.bounds.high),
    },
  };
}

export function negativeOf({ kinds, bounds }: Facts): Facts {
  return { kinds: kinds & NUMERIC, bounds: bounds === null ? null : { low: 0 - bounds.high, high: 0 - bounds.low } };
}

/** An element of what RANGE makes of its arguments. */
export function elementOfSeries([first, last, step]: readonly Facts[]): Facts {
  if (last === undefined) return { kinds: KIND.number, bounds: { low: 0, high: MAX_LIST_LENGTH } };
  if (first === undefined || !areWholeNumbers(first, step ?? first)) return { kinds: KIND.number, bounds: SAFE };
  const reach = MAX_LIST_LENGTH * (step?.bounds?.high ?? 1);
  const low = Math.max((first.bounds as Bounds).low - reach, SAFE.low);
  return { kinds: KIND.number, bounds: { low, high: Math.min((first.bounds as Bounds).high + reach, SAFE.high) } };
}

export function mayBeNumber({ kinds }: Facts): boolean {
  return (kinds & KIND.number) !== 0;
}

export function areNumbers(a: Facts, b: Facts): boolean {
  return a.kinds === KIND.number && b.kinds === KIND.number;
}

/** Neither fractions nor NaN, nor anything but numbers. */
export function areWholeNumbers(a: Facts, b: Facts): boolean {
  return areNumbers(a, b) && a.bounds !== null && b.bounds !== null;
}

function isWhole(facts: Facts): facts is Facts & { readonly bounds: Bounds } {
  return mayBeNumber(facts) && facts.bounds !== null;
}

/** A result beyond the safe integers is a big integer; so is every one of a number and a big integer. */
function wholeResult(a: Facts, b: Facts, exact: (a: Bounds, b: Bounds) => Bounds): Facts {
  if (!isWhole(a) || !isWhole(b)) return { kinds: NUMERIC, bounds: null };
  const { low, high } = exact(a.bounds, b.bounds);
  const isSafe = low >= -MAX_SAFE && high <= MAX_SAFE;
  return {
    kinds: isSafe && areNumbers(a, b) ? KIND.number : NUMERIC,
    bounds: { low: clamped(low), high: clamped(high) },
  };
}

function clamped(bound: number): number {
  return Math.max(-MAX_SAFE, Math.min(MAX_SAFE, bound)) + 0;
}
