/**
 * Rounding of the four kinds of numbers: to integers, to decimal places, and to multiples of powers of ten.
 * Floats are rounded by double arithmetic, as upstream does; integers and decimals exactly.
 *
 * Why decimals are rounded here and not by the decimal library: ROUND, FLOOR and CEIL are called on floats nearly always,
 * and modules that call them must not wait for a library.
 */
import { chargeLinear, chargeProduct, chargeQuotient, chargeText, wordsOf } from '../value/bigints.ts';
import { Decimal, MAX_DECIMAL_SCALE, powerOfTen } from '../value/decimal.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES, type Meter } from '../value/meter.ts';
import { refuse, refuseArgument } from './arguments.ts';

export type Rounding = 'floor' | 'ceiling' | 'half-even';

const MAX_PRECISION = 2 ** 31 - 1;
/** Past the digits of any integer. */
const MANY_PLACES = 1_000_000;
/** At most. */
const DIGITS_PER_WORD = 20;

/** The integer as an I where that reaches, else as it is. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * The integer that a whole double stands for: a number in the safe range, the exact value up to 64 bits, and beyond that
 * the integer of its shortest decimal text. NaN and infinities are the caller's business.
 */
export function integerOfDouble(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value + 0;
  if (Math.abs(value) < 2 ** 63) return BigInt(value);
  const [mantissa = '', exponent] = String(value).split('e+');
  if (exponent === undefined) return BigInt(mantissa);
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction.padEnd(Number(exponent), '0'));
}

export function integerOfDecimal(meter: Meter, value: Decimal, rounding: Rounding): bigint {
  return scaledToInteger(meter, Decimal.unscaledOf(value), Decimal.scaleOf(value), rounding);
}

/** The integer that a decimal equals exactly, or undefined. */
export function wholeOfDecimal(meter: Meter, value: Decimal): bigint | undefined {
  const powerWords = Math.ceil(Math.abs(Decimal.scaleOf(value)) / DIGITS_PER_WORD) + 1;
  chargeQuotient(meter, wordsOf(Decimal.unscaledOf(value)), powerWords);
  return Decimal.wholeOf(value);
}

/** The nearest double of any number. */
export function doubleOf(meter: Meter, value: number | bigint | Decimal): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') {
    chargeLinear(meter, wordsOf(value));
    return Number(value);
  }
  chargeText(meter, wordsOf(Decimal.unscaledOf(value)));
  return Decimal.numberOf(value);
}

/** `unscaled × 10^-scale` as an integer. */
function scaledToInteger(meter: Meter, unscaled: bigint, scale: number, rounding: Rounding): bigint {
  const words = wordsOf(unscaled);
  // Why: what is far below one half needs no power of ten to be told.
  if (unscaled === 0n || scale > DIGITS_PER_WORD * words + 1) return roundTiny(unscaled, rounding);
  const powerWords = Math.ceil(Math.abs(scale) / DIGITS_PER_WORD) + 1;
  if (scale <= 0) {
    chargeProduct(meter, words, powerWords);
    return unscaled * powerOfTen(-scale);
  }
  chargeQuotient(meter, words, powerWords);
  const power = powerOfTen(scale);
  const quotient = unscaled / power;
  const rest = unscaled % power;
  if (rest === 0n) return quotient;
  const step = unscaled < 0n ? -1n : 1n;
  switch (rounding) {
    case 'floor':
      return unscaled < 0n ? quotient - 1n : quotient;
    case 'ceiling':
      return unscaled < 0n ? quotient : quotient + 1n;
    case 'half-even': {
      const twice = rest * step * 2n;
      const isUp = twice > power || (twice === power && quotient % 2n !== 0n);
      return isUp ? quotient + step : quotient;
    }
  }
}

/** A value nearer to zero than one half, rounded. */
function roundTiny(unscaled: bigint, rounding: Rounding): bigint {
  if (rounding === 'floor') return unscaled < 0n ? -1n : 0n;
  if (rounding === 'ceiling') return unscaled > 0n ? 1n : 0n;
  return 0n;
}

/** ROUND with precision 0. */
export function roundToInteger(meter: Meter, value: number | bigint | Decimal): number | bigint {
  if (typeof value === 'bigint') return narrowed(value);
  if (typeof value !== 'number') return narrowed(integerOfDecimal(meter, value, 'half-even'));
  if (!Number.isFinite(value)) throw refuseArgument('ROUND: value must be finite');
  return integerOfDouble(halfEven(value));
}

/** ROUND with a positive precision. */
export function roundToPlaces(meter: Meter, value: number | bigint | Decimal, places: number): number | Decimal {
  if (value instanceof Decimal) {
    const unscaled = Decimal.unscaledOf(value);
    if (places > MAX_DECIMAL_SCALE) return Decimal.make(unscaled, places);
    meter.allocate(BYTES.decimal);
    return Decimal.make(scaledToInteger(meter, unscaled, Decimal.scaleOf(value) - places, 'half-even'), places);
  }
  const double = doubleOf(meter, value);
  const factor = powerOfTenAsDouble(places);
  const product = double * factor;
  if (!Number.isFinite(product)) return double;
  return halfEven(product) / factor + 0;
}

/** ROUND with a negative precision: to a multiple of 10^places. */
export function roundToMultiple(meter: Meter, value: number | bigint | Decimal, places: number): number | bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    if (!Number.isFinite(value)) throw refuseArgument('ROUND: value must be finite');
    const factor = powerOfTenAsDouble(places);
    return Number.isFinite(factor) ? roundToInteger(meter, halfEven(value / factor) * factor) : 0;
  }
  const unscaled = value instanceof Decimal ? Decimal.unscaledOf(value) : BigInt(value);
  const scale = (value instanceof Decimal ? Decimal.scaleOf(value) : 0) + Math.min(places, MANY_PLACES);
  const multiple = scaledToInteger(meter, unscaled, scale, 'half-even');
  if (multiple === 0n) return 0;
  return narrowed(scaledToInteger(meter, multiple, -places, 'half-even'));
}

/** Half to even, on the double as it is. */
function halfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor + 0;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor + 0 : floor + 1;
}

/** Why by text: `10 ** n` is not the nearest double for every n. */
function powerOfTenAsDouble(exponent: number): number {
  return Number(`1e${exponent}`);
}

/** The precision argument of ROUND. */
export function precisionArgument(meter: Meter, value: Value): number {
  const refusal = 'ROUND: precision must be integer';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refuseArgument('ROUND: precision must be finite');
    if (!Number.isInteger(value)) throw refuseArgument(refusal);
    return within(value);
  }
  if (typeof value === 'bigint') return within(Number(value));
  if (!(value instanceof Decimal)) throw refuse(refusal);
  const whole = wholeOfDecimal(meter, value);
  if (whole === undefined) throw refuseArgument(refusal);
  return within(Number(whole));
}

function within(precision: number): number {
  if (Math.abs(precision) > MAX_PRECISION) throw refuseArgument('ROUND: precision out of bounds');
  return precision + 0;
}
