/**
 * Exact decimals: an unscaled integer and a scale, as Java's BigDecimal has them. `1.50` and `1.5` are equal numbers but
 * different values. Instances are immutable, inherit nothing and have no enumerable state.
 *
 * Promises: parsing, printing and the exact operations need no library (see decimal-math.ts for the others).
 * Invariant: at most 20,000 digits and scales within ±20,000, so that no text or aligned operand can eat memory.
 */
import { loadDecimalLibrary } from './decimal-library.ts';
import { Fault } from './fault.ts';
import { sealPrototype } from './null-prototype.ts';

export const MAX_DECIMAL_DIGITS = 20_000;
export const MAX_DECIMAL_SCALE = 20_000;

const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,10}))?$/;
const SMALL_POWERS = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

let hasMadeDecimal = false;
let unscaledLimit: bigint | undefined;

/** Whether this process has met a decimal: a module loaded from then on waits for the library. */
export function decimalsWereMade(): boolean {
  return hasMadeDecimal;
}

/** 10^exponent; the caller charges for large ones. */
export function powerOfTen(exponent: number): bigint {
  return SMALL_POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/**
 * An exact decimal number.
 *
 * @example
 * const price = Decimal.of('19.90');
 * String(price); // '19.90'
 */
export class Decimal {
  readonly #unscaled: bigint;
  readonly #scale: number;

  /** @internal Use `Decimal.of`. */
  constructor(unscaled: bigint, scale: number) {
    if (typeof unscaled !== 'bigint' || !Number.isInteger(scale)) throw new TypeError('use Decimal.of(text)');
    this.#unscaled = unscaled;
    // Why `+ 0`: a scale of −0 would be a second zero.
    this.#scale = scale + 0;
    if (!hasMadeDecimal) {
      hasMadeDecimal = true;
      // Errors surface where the library is needed: as MR6022, and from the load that awaits it.
      loadDecimalLibrary().catch(() => undefined);
    }
  }

  /**
   * A decimal from its text (`'12.50'`, `'-1e3'`), an integer, or the shortest text of a fractional number.
   *
   * @throws RangeError when the text is no decimal number or has too many digits; TypeError for other types.
   */
  static of(value: string | number | bigint): Decimal {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
      throw new TypeError(
        `a Decimal is made from a string, number or bigint, not ${value === null ? 'null' : typeof value}`,
      );
    }
    if (typeof value === 'bigint') {
      if (!isWithinLimits(value, 0)) throw new RangeError('the bigint has too many digits for a Decimal');
      return new Decimal(value, 0);
    }
    const text = typeof value === 'number' ? String(value) : value;
    const decimal = Decimal.parse(text);
    if (decimal === undefined) throw new RangeError(`not a decimal number: '${text.slice(0, 40)}'`);
    return decimal;
  }

  /** @internal The decimal of a text in Java's syntax, or undefined where it is none or outside the limits. */
  static parse(text: string): Decimal | undefined {
    if (text.length > MAX_DECIMAL_DIGITS + MAX_DECIMAL_SCALE) return undefined;
    const match = SYNTAX.exec(text);
    if (match === null) return undefined;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    const digits = whole + fraction;
    if (digits === '') return undefined;
    const scale = fraction.length - Number(exponent);
    if (Math.abs(scale) > MAX_DECIMAL_SCALE) return undefined;
    const magnitude = BigInt(digits);
    const unscaled = sign === '-' ? -magnitude : magnitude;
    return isWithinLimits(unscaled, scale) ? new Decimal(unscaled, scale) : undefined;
  }

  /** @internal The decimal of a computed value; an arithmetic fault outside the limits. */
  static make(unscaled: bigint, scale: number): Decimal {
    if (scale > MAX_DECIMAL_SCALE) throw new Fault('ArithmeticException', 'MR6023', 'Underflow');
    if (scale < -MAX_DECIMAL_SCALE || !isWithinLimits(unscaled, scale)) {
      throw new Fault('ArithmeticException', 'MR6023', 'Overflow');
    }
    return new Decimal(unscaled, scale);
  }

  /** @internal */
  static isZero(decimal: Decimal): boolean {
    return decimal.#unscaled === 0n;
  }

  /** @internal */
  static unscaledOf(decimal: Decimal): bigint {
    return decimal.#unscaled;
  }

  /** @internal */
  static scaleOf(decimal: Decimal): number {
    return decimal.#scale;
  }

  /** @internal Java's `toString`: plain where the scale is not negative and the exponent at least −6, else scientific. */
  static textOf(decimal: Decimal): string {
    const scale = decimal.#scale;
    const [sign, digits] = signAndDigits(decimal.#unscaled);
    if (scale === 0) return sign + digits;
    const exponent = digits.length - 1 - scale;
    if (scale > 0 && exponent >= -6) return sign + plainDigits(digits, scale);
    const mantissa = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
    if (exponent === 0) return sign + mantissa;
    return `${sign}${mantissa}E${exponent > 0 ? '+' : ''}${exponent}`;
  }

  /** @internal The text without an exponent; JSON has this form. */
  static plainTextOf(decimal: Decimal): string {
    const [sign, digits] = signAndDigits(decimal.#unscaled);
    return sign + plainDigits(digits, decimal.#scale);
  }

  /** @internal The nearest double. */
  static numberOf(decimal: Decimal): number {
    return Number(Decimal.textOf(decimal));
  }

  /** @internal The integer that it equals exactly, or undefined. */
  static wholeOf(decimal: Decimal): bigint | undefined {
    const scale = decimal.#scale;
    if (scale <= 0) return decimal.#unscaled * powerOfTen(-scale);
    const divisor = powerOfTen(scale);
    return decimal.#unscaled % divisor === 0n ? decimal.#unscaled / divisor : undefined;
  }
}
sealPrototype(Decimal);

/** What hosts may do with a decimal: print it. `valueOf` refuses, so that `price + 1` is an error and not a wrong sum. */
Object.defineProperties(Decimal.prototype, {
  toString: method(function (this: Decimal) {
    return Decimal.textOf(this);
  }),
  toJSON: method(function (this: Decimal) {
    return Decimal.plainTextOf(this);
  }),
  valueOf: method(() => {
    throw new TypeError('a Decimal does not become a number silently: use String(decimal) or Number(String(decimal))');
  }),
  [Symbol.for('nodejs.util.inspect.custom')]: method(function (this: Decimal) {
    return `Decimal(${Decimal.textOf(this)})`;
  }),
});

function method(value: unknown): PropertyDescriptor {
  return { value, enumerable: false, writable: false, configurable: false };
}

function isWithinLimits(unscaled: bigint, scale: number): boolean {
  if (Math.abs(scale) > MAX_DECIMAL_SCALE) return false;
  // Why: nearly every decimal is this small, and the limit itself is a number of 8 KB that is made on first need.
  if (unscaled < 1n << 64n && unscaled > -(1n << 64n)) return true;
  unscaledLimit ??= powerOfTen(MAX_DECIMAL_DIGITS);
  return unscaled < unscaledLimit && unscaled > -unscaledLimit;
}

function signAndDigits(unscaled: bigint): readonly [string, string] {
  return unscaled < 0n ? ['-', (-unscaled).toString()] : ['', unscaled.toString()];
}

function plainDigits(digits: string, scale: number): string {
  if (scale <= 0) return digits === '0' ? '0' : digits + '0'.repeat(-scale);
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`;
}
