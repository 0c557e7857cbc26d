/** Numeric functions. null in is null out; anything else that is no number is refused. */
import type { NativeContext } from '../link/native.ts';
import {
  allocateBigint,
  boundedBigint,
  chargeLinear,
  chargeProduct,
  chargeText,
  MAX_WORDS,
  tooManyDigits,
  wordsOf,
} from '../value/bigints.ts';
import { Decimal, MAX_DECIMAL_DIGITS, MAX_DECIMAL_SCALE } from '../value/decimal.ts';
import { negateDecimal, squareRootOfDecimal } from '../value/decimal-math.ts';
import { Fault } from '../value/fault.ts';
import { isNumeric, typeWord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { refuse, refuseArgument } from './arguments.ts';
import { chargeUnits } from './charges.ts';
import {
  doubleOf,
  integerOfDecimal,
  integerOfDouble,
  narrowed,
  precisionArgument,
  type Rounding,
  roundToInteger,
  roundToMultiple,
  roundToPlaces,
  wholeOfDecimal,
} from './rounding.ts';
import { impliedRows, nativeRows } from './rows.ts';
import { trimmed } from './trimming.ts';

const BITS_PER_WORD = 64;
const MAX_DECIMAL_WORDS = Math.ceil((MAX_DECIMAL_DIGITS * 3.33) / BITS_PER_WORD);
const INTEGER_TEXT = /^[+-]?[0-9]+$/;

/** null for null; a fault for what is no number. */
function numericArgument(name: string, value: Value): number | bigint | Decimal | null {
  return value === null || value === undefined ? null : numberArgument(name, value);
}

function numberArgument(name: string, value: Value): number | bigint | Decimal {
  if (!isNumeric(value)) throw refuse(`${name}: arg must be numeric`);
  return value;
}

function abs(context: NativeContext, arg: Value): Value {
  const value = numericArgument('ABS', arg);
  if (value === null) return null;
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'bigint') {
    if (value >= 0n) return value;
    const words = wordsOf(value);
    chargeLinear(context, words);
    allocateBigint(context, words);
    return -value;
  }
  return Decimal.unscaledOf(value) < 0n ? negateDecimal(context, value) : value;
}

function toInteger(
  context: NativeContext,
  name: string,
  arg: Value,
  rounding: Rounding,
  round: (x: number) => number,
): Value {
  const value = numericArgument(name, arg);
  if (typeof value === 'number') return round(value) + 0;
  return value instanceof Decimal ? integerOfDecimal(context, value, rounding) : value;
}

function round(context: NativeContext, arg: Value, precision: Value): Value {
  const value = numericArgument('ROUND', arg);
  if (value === null) return null;
  const places = precision === undefined ? 0 : precisionArgument(context, precision);
  if (places === 0) return roundToInteger(context, value);
  return places > 0 ? roundToPlaces(context, value, places) : roundToMultiple(context, value, -places);
}

/** The exact number that a text, an integer or the shortest text of a float stands for. */
function dec(context: NativeContext, value: Value): Value {
  switch (typeof value) {
    case 'bigint':
      return value;
    case 'number':
      return Number.isInteger(value)
        ? BigInt(integerOfDouble(value))
        : decimalOf(context, String(value), String(value));
    case 'string': {
      chargeUnits(context, value.length);
      const text = trimmed(context, value);
      if (text === '') throw refuse(`DEC: cannot parse '${value}'`);
      return /[.eE]/.test(text) ? decimalOf(context, text, value) : bigintOf(context, text, value);
    }
  }
  if (value === null || value === undefined) return null;
  if (value instanceof Decimal) return value;
  throw refuse(`DEC: unsupported type ${typeWord(value)}`);
}

function decimalOf(context: NativeContext, text: string, shown: string): Decimal {
  context.charge(4);
  context.allocate(BYTES.decimal);
  if (text.length <= MAX_DECIMAL_DIGITS + MAX_DECIMAL_SCALE) {
    chargeText(context, Math.ceil(text.length / 19));
    const decimal = Decimal.parse(text);
    if (decimal !== undefined) return decimal;
  }
  throw unreadable(shown);
}

function bigintOf(context: NativeContext, text: string, shown: string): bigint {
  chargeText(context, Math.ceil(text.length / 19));
  if (!INTEGER_TEXT.test(text)) throw unreadable(shown);
  return boundedBigint(BigInt(text));
}

function unreadable(text: string): Fault {
  return new Fault('NumberFormatException', 'MR6013', `DEC: cannot parse '${text}'`);
}

/** Exact for whole exponents that are not negative, by doubles otherwise. null of either is null, whatever the other is. */
function power(context: NativeContext, baseArg: Value, exponentArg: Value): Value {
  if ((baseArg ?? null) === null || (exponentArg ?? null) === null) return null;
  const base = numberArgument('POWER', baseArg);
  const exponent = numberArgument('POWER', exponentArg);
  const whole = wholeExponent(context, exponent);
  if (whole === undefined || (typeof base === 'number' && !Number.isSafeInteger(base))) {
    return doubleOf(context, base) ** doubleOf(context, exponent) + 0;
  }
  if (base instanceof Decimal) {
    const unscaled = exactPower(context, Decimal.unscaledOf(base), whole, MAX_DECIMAL_WORDS);
    const scale = Decimal.scaleOf(base);
    context.allocate(BYTES.decimal);
    // Why: an exponent beyond all doubles is Infinity, and times zero that is no scale.
    return Decimal.make(unscaled, scale === 0 ? 0 : scale * Number(whole));
  }
  const result = exactPower(context, BigInt(base), whole, MAX_WORDS);
  return typeof base === 'number' ? narrowed(result) : result;
}

/** The exponent as an integer, or undefined where it is negative or fractional. */
function wholeExponent(context: NativeContext, exponent: number | bigint | Decimal): bigint | undefined {
  if (typeof exponent === 'number')
    return Number.isSafeInteger(exponent) && exponent >= 0 ? BigInt(exponent) : undefined;
  const whole = exponent instanceof Decimal ? wholeOfDecimal(context, exponent) : exponent;
  return whole !== undefined && whole >= 0n ? whole : undefined;
}

/** Security: the size of the result is known, and charged, before anything is multiplied (G15). */
function exactPower(context: NativeContext, base: bigint, exponent: bigint, maxWords: number): bigint {
  if (base === 0n || base === 1n || exponent <= 1n) return exponent === 0n ? 1n : base;
  if (base === -1n) return exponent % 2n === 0n ? 1n : -1n;
  const bits = (bitLength(context, base) - 1) * Number(exponent);
  if (!(bits < maxWords * BITS_PER_WORD)) throw tooManyDigits();
  const words = Math.ceil(bits / BITS_PER_WORD) + 1;
  chargeProduct(context, words, words);
  return boundedBigint(base ** exponent);
}

/** Bits of the magnitude of an integer other than zero. */
function bitLength(context: NativeContext, value: bigint): number {
  chargeLinear(context, wordsOf(value));
  const digits = (value < 0n ? -value : value).toString(16);
  return 4 * (digits.length - 1) + (32 - Math.clz32(Number(`0x${digits.slice(0, 1)}`)));
}

function squareRoot(context: NativeContext, arg: Value): Value {
  const value = numericArgument('SQRT', arg);
  if (value === null) return null;
  const isNegative = value instanceof Decimal ? Decimal.unscaledOf(value) < 0n : value < 0;
  if (isNegative) throw refuseArgument('SQRT: arg must be non-negative');
  return value instanceof Decimal ? squareRootOfDecimal(context, value) : Math.sqrt(doubleOf(context, value)) + 0;
}

export const NUMERIC_ROWS = [
  ...nativeRows('numeric', [
    {
      name: 'ABS',
      usage: 'ABS(number)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The number without its sign.',
      examples: [
        ['ABS(-2.5)', '2.5'],
        ['ABS(DEC("-5.50"))', 'dec(5.50)'],
        ['ABS(null)', 'null'],
        ['ABS("5")', '✗ ABS: arg must be numeric'],
      ],
      cost: 4,
      borrows: true,
      call: abs,
    },
    {
      name: 'DEC',
      usage: 'DEC(x)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The exact number of a text or number: a big integer, or a decimal where there is a fraction or an exponent.',
      examples: [
        ['DEC("1.50")', 'dec(1.50)'],
        ['DEC(" 5 ")', '5n'],
        ['DEC(0.1)', 'dec(0.1)'],
        ['DEC("abc")', "✗ DEC: cannot parse 'abc'"],
      ],
      cost: 10,
      borrows: true,
      needs: 'decimals',
      call: dec,
    },
    {
      name: 'FLOOR',
      usage: 'FLOOR(number)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The greatest integer that is not above the number.',
      examples: [
        ['FLOOR(-1.2)', '-2'],
        ['FLOOR(DEC("-1.7"))', '-2n'],
        ['FLOOR("1.5")', '✗ FLOOR: arg must be numeric'],
      ],
      cost: 4,
      borrows: true,
      call: (context, value) => toInteger(context, 'FLOOR', value, 'floor', Math.floor),
    },
    {
      name: 'CEIL',
      usage: 'CEIL(number)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The least integer that is not below the number.',
      examples: [
        ['CEIL(1.2)', '2'],
        ['CEIL(DEC("1.2"))', '2n'],
        ['CEIL(true)', '✗ CEIL: arg must be numeric'],
      ],
      cost: 4,
      borrows: true,
      call: (context, value) => toInteger(context, 'CEIL', value, 'ceiling', Math.ceil),
    },
    {
      name: 'ROUND',
      usage: 'ROUND(number[, precision])',
      minArgs: 1,
      maxArgs: 2,
      doc: 'Rounds to an integer, to decimal places or (with a negative precision) to tens, hundreds and so on; a half goes to the even neighbour.',
      examples: [
        ['ROUND(2.5)', '2'],
        ['ROUND(2.675, 2)', '2.68'],
        ['ROUND(155, -2)', '200'],
        ['ROUND(DEC("1.1"), 3)', 'dec(1.100)'],
        ['ROUND(2.5, 1.5)', '✗ ROUND: precision must be integer'],
      ],
      cost: 6,
      borrows: true,
      call: round,
    },
    {
      name: 'POWER',
      usage: 'POWER(base, exponent)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The base to the power of the exponent: exact for integers and decimals to whole exponents, otherwise a float.',
      examples: [
        ['POWER(2, 10)', '1024'],
        ['POWER(2, -1)', '0.5'],
        ['POWER(DEC("1.5"), 2)', 'dec(2.25)'],
        ['POWER("2", 1)', '✗ POWER: arg must be numeric'],
      ],
      cost: 10,
      borrows: true,
      call: power,
    },
    {
      name: 'SQRT',
      usage: 'SQRT(number)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The square root; of a decimal to 34 digits.',
      examples: [
        ['SQRT(16)', '4'],
        ['SQRT(2.25)', '1.5'],
        ['SQRT(-1)', '✗ SQRT: arg must be non-negative'],
      ],
      cost: 4,
      borrows: true,
      call: squareRoot,
    },
  ]),
  ...impliedRows('numeric', [
    {
      name: 'RANDOM',
      usage: 'RANDOM()',
      minArgs: 0,
      maxArgs: 0,
      doc: 'A random float from 0 up to, but not including, 1; needs the capability `host:random`.',
      examples: [
        ['RANDOM() < 1', 'true'],
        ['RANDOM() >= 0', 'true'],
      ],
      uri: 'host:random',
      member: 'next',
    },
  ]),
];
