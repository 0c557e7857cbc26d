/**
 * Arithmetic on decimals, charged by size. Exact operations work on the representation; those that round (division,
 * remainder, scales, roots) are the library's, which must have been loaded (`loadDecimalLibrary`), else MR6022.
 *
 * Promises: division and roots keep 34 significant digits, rounding half up; scales follow Java's BigDecimal.
 */
import { chargeProduct, chargeText, wordsOf } from './bigints.ts';
import { Decimal, MAX_DECIMAL_SCALE, powerOfTen } from './decimal.ts';
import { type DecimalLibrary, decimalLibrary } from './decimal-library.ts';
import { Fault } from './fault.ts';
import { BYTES, type Meter } from './meter.ts';

const SIGNIFICANT_DIGITS = 34;
const DIGITS_PER_WORD = 19;
/** Measured: one library operation on short decimals takes 0.5 to 2 µs on Node 20. */
const LIBRARY_FUEL = 100;
/** Beyond that. Measured: 20 to 40 µs on short decimals, five times that on a thousand digits. */
const ROOT_FUEL = 1_200;
/** The library's own arithmetic errors; any other error of it is a bug, not a fault. */
const LIBRARY_FAULTS: ReadonlySet<string> = new Set(['Division by zero', 'Division undefined', 'Division impossible']);

export type DecimalRounding = 'down' | 'up' | 'floor' | 'ceiling' | 'half-up' | 'half-even';

type LibraryDecimal = ReturnType<DecimalLibrary['Big']>;

/** The scale of the sum is the larger of the two. */
export function addDecimals(meter: Meter, a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(Decimal.scaleOf(a), Decimal.scaleOf(b));
  return Decimal.make(alignedTo(meter, a, scale) + alignedTo(meter, b, scale), scale);
}

export function subtractDecimals(meter: Meter, a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(Decimal.scaleOf(a), Decimal.scaleOf(b));
  return Decimal.make(alignedTo(meter, a, scale) - alignedTo(meter, b, scale), scale);
}

/** The scale of the product is the sum of the two. */
export function multiplyDecimals(meter: Meter, a: Decimal, b: Decimal): Decimal {
  const left = Decimal.unscaledOf(a);
  const right = Decimal.unscaledOf(b);
  meter.allocate(BYTES.decimal);
  chargeProduct(meter, wordsOf(left), wordsOf(right));
  return Decimal.make(left * right, Decimal.scaleOf(a) + Decimal.scaleOf(b));
}

export function negateDecimal(meter: Meter, a: Decimal): Decimal {
  meter.allocate(BYTES.decimal + 8 * wordsOf(Decimal.unscaledOf(a)));
  return Decimal.make(-Decimal.unscaledOf(a), Decimal.scaleOf(a));
}

/** By value: `1.5` and `1.50` compare as equal. */
export function compareDecimals(meter: Meter, a: Decimal, b: Decimal): number {
  const scale = Math.max(Decimal.scaleOf(a), Decimal.scaleOf(b));
  const left = alignedTo(meter, a, scale);
  const right = alignedTo(meter, b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An exact quotient has no trailing zeros beyond the preferred scale, which is the difference of the scales. */
export function divideDecimals(meter: Meter, a: Decimal, b: Decimal): Decimal {
  return compute(meter, [a, b], (library) =>
    toLibrary(library, a).divideWithMathContext(toLibrary(library, b), context(library)),
  );
}

/** Dividend less truncated quotient times divisor; the quotient must have at most 34 digits. */
export function remainderDecimals(meter: Meter, a: Decimal, b: Decimal): Decimal {
  return compute(meter, [a, b], (library) => toLibrary(library, a).remainder(toLibrary(library, b), context(library)));
}

/** The decimal at exactly `scale` digits after the point; a negative scale rounds to tens, hundreds and so on. */
export function roundDecimal(meter: Meter, a: Decimal, scale: number, rounding: DecimalRounding): Decimal {
  if (scale > MAX_DECIMAL_SCALE || scale < -MAX_DECIMAL_SCALE) return Decimal.make(Decimal.unscaledOf(a), scale);
  chargeDigits(meter, Math.abs(scale - Decimal.scaleOf(a)));
  return compute(meter, [a], (library) => toLibrary(library, a).setScale(scale, roundingMode(library, rounding)));
}

/** The integer next to a decimal in the given direction. */
export function integerOfDecimal(meter: Meter, a: Decimal, rounding: DecimalRounding): bigint {
  const scale = Decimal.scaleOf(a);
  if (scale <= 0) return alignedTo(meter, a, 0);
  return Decimal.unscaledOf(roundDecimal(meter, a, 0, rounding));
}

/** The root to 34 digits, of a decimal that is not negative. */
export function squareRootOfDecimal(meter: Meter, a: Decimal): Decimal {
  meter.charge(ROOT_FUEL);
  return compute(meter, [a], (library) => toLibrary(library, a).sqrt(context(library)));
}

/** The unscaled integer that the decimal has at a scale not below its own. */
function alignedTo(meter: Meter, decimal: Decimal, scale: number): bigint {
  const unscaled = Decimal.unscaledOf(decimal);
  const shift = scale - Decimal.scaleOf(decimal);
  meter.charge(4);
  meter.allocate(BYTES.decimal);
  if (shift === 0 || unscaled === 0n) return unscaled;
  chargeDigits(meter, shift);
  const power = powerOfTen(shift);
  chargeProduct(meter, wordsOf(unscaled), wordsOf(power));
  return unscaled * power;
}

/** For making a power of ten, or an integer of that many digits. */
function chargeDigits(meter: Meter, digits: number): void {
  const words = Math.ceil(digits / DIGITS_PER_WORD);
  chargeProduct(meter, words, words);
}

function compute(
  meter: Meter,
  operands: readonly Decimal[],
  operation: (library: DecimalLibrary) => LibraryDecimal,
): Decimal {
  const library = decimalLibrary();
  meter.charge(LIBRARY_FUEL);
  meter.allocate(4 * BYTES.decimal);
  let lowest = 0;
  let highest = 0;
  for (const operand of operands) {
    chargeText(meter, wordsOf(Decimal.unscaledOf(operand)));
    lowest = Math.min(lowest, Decimal.scaleOf(operand));
    highest = Math.max(highest, Decimal.scaleOf(operand));
  }
  // Why: the library may align the operands to one scale.
  chargeDigits(meter, highest - lowest);
  const result = attempt(() => operation(library));
  return Decimal.make(result.unscaledValue(), result.scale());
}

function attempt(operation: () => LibraryDecimal): LibraryDecimal {
  try {
    return operation();
  } catch (error) {
    if (error instanceof RangeError && LIBRARY_FAULTS.has(error.message)) {
      throw new Fault('ArithmeticException', 'MR6003', error.message);
    }
    throw error;
  }
}

function toLibrary(library: DecimalLibrary, decimal: Decimal): LibraryDecimal {
  return library.Big(Decimal.unscaledOf(decimal), Decimal.scaleOf(decimal));
}

function context(library: DecimalLibrary): ReturnType<DecimalLibrary['MC']> {
  return library.MC(SIGNIFICANT_DIGITS, library.RoundingMode.HALF_UP);
}

function roundingMode(library: DecimalLibrary, rounding: DecimalRounding) {
  const modes = library.RoundingMode;
  switch (rounding) {
    case 'down':
      return modes.DOWN;
    case 'up':
      return modes.UP;
    case 'floor':
      return modes.FLOOR;
    case 'ceiling':
      return modes.CEILING;
    case 'half-up':
      return modes.HALF_UP;
    case 'half-even':
      return modes.HALF_EVEN;
  }
}
