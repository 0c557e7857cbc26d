/** Conversions between texts, numbers, booleans and bytes. */
import type { NativeContext } from '../link/native.ts';
import { renderFound } from '../value/advice.ts';
import { decodeBase64, encodeBase64 } from '../value/base64.ts';
import { boundedBigint, chargeText, wordsOf } from '../value/bigints.ts';
import { Bytes } from '../value/bytes.ts';
import { allocateText } from '../value/charges.ts';
import { Decimal } from '../value/decimal.ts';
import { argumentFault, type Fault, stateFault } from '../value/fault.ts';
import { isLibraryTrue, isNumeric, kindOf, typeWord, type Value } from '../value/kinds.ts';
import { textOf } from '../value/text.ts';
import { refuse, refuseArgument } from './arguments.ts';
import { chargeUnits } from './charges.ts';
import { integerOfDouble, narrowed, wholeOfDecimal } from './rounding.ts';
import { nativeRows } from './rows.ts';
import { trimmed } from './trimming.ts';

const INTEGER_TEXT = /^[+-]?[0-9]+$/;
const DOUBLE_TEXT = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const MAX_LONG = 2n ** 63n - 1n;
const DIGITS_PER_WORD = 19;
const BYTES_PER_FUEL = 2;

function string(context: NativeContext, value: Value): Value {
  return value === null || value === undefined ? null : textOf(context, value);
}

function number(context: NativeContext, value: Value): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumeric(value)) return value;
  if (typeof value !== 'string') throw refuse(`NUMBER: unsupported type ${typeWord(value)}`);
  chargeUnits(context, 2 * value.length);
  const text = trimmed(context, value);
  if (text === '') throw unreadable(`NUMBER: cannot parse '${value}'`);
  if (/[.eE]/.test(text)) {
    if (!DOUBLE_TEXT.test(text)) throw unreadable(`NUMBER: cannot parse '${value}'`);
    const double = Number(text);
    if (double === Number.POSITIVE_INFINITY || double === Number.NEGATIVE_INFINITY) {
      throw argumentFault('MR6013', `NUMBER: float out of range; use DEC("${value}") for decimals`);
    }
    return double + 0;
  }
  const significant = withoutLeadingZeros(text);
  const integer = significant === undefined ? undefined : integerOfText(context, significant);
  if (integer === undefined || integer > MAX_LONG || integer < -MAX_LONG - 1n) {
    throw notInteger(value, text);
  }
  return integer;
}

/** Why the advice: the message, which is the language's own, speaks of a range even where there is no number at all. */
function notInteger(value: string, text: string): Fault {
  const message = `NUMBER: integer out of range; use DEC("${value}") for BigInt`;
  if (INTEGER_TEXT.test(text)) return stateFault('MR6013', message);
  return stateFault('MR6013', message, () => ({
    notes: [`${renderFound(value)} is no number`],
    help: 'where a text may be no number, say what counts instead: TRY NUMBER(x) CATCH (e) -> NULL',
  }));
}

/** The text of an integer of at most 19 digits that count, else undefined. */
function withoutLeadingZeros(text: string): string | undefined {
  if (!INTEGER_TEXT.test(text)) return undefined;
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.replace(/^[+-]?0*(?=[0-9])/, '');
  return digits.length <= 19 ? sign + digits : undefined;
}

function boolean(_context: NativeContext, value: Value): Value {
  return isLibraryTrue(value);
}

function int(context: NativeContext, value: Value): Value {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') return wholeNumber(context, 'INT', value);
  chargeUnits(context, value.length);
  if (!INTEGER_TEXT.test(value)) throw unreadable(`INT: cannot parse '${value}' as int`);
  return integerOfText(context, value);
}

function parseInteger(context: NativeContext, value: Value, fallback: Value): Value {
  const otherwise = fallback === undefined ? 0 : fallback;
  if (value === null || value === undefined) return otherwise;
  if (typeof value !== 'string') return wholeNumber(context, 'PARSE_INT', value);
  chargeUnits(context, 4 * value.length);
  allocateText(context, value.length);
  const digits = value.replace(/[^0-9]+/g, '');
  return digits === '' ? otherwise : integerOfText(context, digits);
}

/** Booleans and whole numbers as I, or BI where I does not reach. */
function wholeNumber(context: NativeContext, name: string, value: Value): number | bigint {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return narrowed(value);
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) throw refuseArgument(`${name}: expected integer, got ${value}`);
    return integerOfDouble(value);
  }
  if (!(value instanceof Decimal)) throw refuse(`${name}: unsupported type ${typeWord(value)}`);
  const whole = wholeOfDecimal(context, value);
  if (whole === undefined) {
    chargeText(context, wordsOf(Decimal.unscaledOf(value)));
    throw refuseArgument(`${name}: expected integer, got ${Decimal.plainTextOf(value)}`);
  }
  return narrowed(whole);
}

function integerOfText(context: NativeContext, text: string): number | bigint {
  if (text.length < 16) return Number(text) + 0;
  chargeText(context, Math.ceil(text.length / DIGITS_PER_WORD));
  return narrowed(boundedBigint(BigInt(text)));
}

function base64Encode(context: NativeContext, value: Value): Value {
  if (!(value instanceof Bytes) && kindOf(value) !== 'bytes') throw refuse('BASE64_ENCODE: arg must be bytes');
  const data = Bytes.dataOf(value as Bytes | Uint8Array);
  allocateText(context, 4 * Math.ceil(data.length / 3));
  context.charge(data.length);
  return encodeBase64(data);
}

function base64Decode(context: NativeContext, value: Value): Value {
  if (typeof value !== 'string') throw refuse('BASE64_DECODE: arg must be string');
  context.charge(Math.ceil(value.length / BYTES_PER_FUEL));
  context.allocate(64 + value.length);
  const data = decodeBase64(value);
  if (data === null) throw argumentFault('MR6013', 'Invalid base64 input');
  return new Bytes(data);
}

function unreadable(message: string) {
  return stateFault('MR6013', message);
}

export const CONVERSION_ROWS = nativeRows('strings', [
  {
    name: 'STRING',
    usage: 'STRING(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The text of a value; null stays null.',
    examples: [
      ['STRING(1.5)', '"1.5"'],
      ['STRING([1, "a", null, [2]])', '"[1, a, null, [2]]"'],
      ['STRING({a: 1, b: "x"})', '"{a=1, b=x}"'],
      ['STRING(null)', 'null'],
    ],
    cost: 5,
    borrows: true,
    call: string,
  },
  {
    name: 'NUMBER',
    usage: 'NUMBER(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The number that a text or boolean stands for; numbers and null stay as they are.',
    examples: [
      ['NUMBER(" 42 ")', '42'],
      ['NUMBER("1e3")', '1000'],
      ['NUMBER("1.5.2")', "✗ NUMBER: cannot parse '1.5.2'"],
      ['NUMBER("abc")', '✗ NUMBER: integer out of range; use DEC("abc") for BigInt'],
    ],
    cost: 6,
    borrows: true,
    call: number,
  },
  {
    name: 'BOOLEAN',
    usage: 'BOOLEAN(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'False for null, false, the empty text and zero, true for everything else.',
    examples: [
      ['BOOLEAN("")', 'false'],
      ['BOOLEAN("false")', 'true'],
      ['BOOLEAN([])', 'true'],
    ],
    cost: 2,
    borrows: true,
    call: boolean,
  },
  {
    name: 'INT',
    usage: 'INT(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The integer of a whole number, a boolean or a text of digits; null stays null.',
    examples: [
      ['INT("0012")', '12'],
      ['INT("99999999999999999999")', '99999999999999999999n'],
      ['INT(1.5)', '✗ INT: expected integer, got 1.5'],
      ['INT("4.5")', "✗ INT: cannot parse '4.5' as int"],
    ],
    cost: 6,
    borrows: true,
    call: int,
  },
  {
    name: 'PARSE_INT',
    usage: 'PARSE_INT(x[, default])',
    minArgs: 1,
    maxArgs: 2,
    doc: 'The integer of all digits of a text taken together; the default (0) for a text without digits and for null.',
    examples: [
      ['PARSE_INT("x12y")', '12'],
      ['PARSE_INT("nope", 5)', '5'],
      ['PARSE_INT(2.75)', '✗ PARSE_INT: expected integer, got 2.75'],
    ],
    cost: 6,
    borrows: false,
    call: parseInteger,
  },
  {
    name: 'BASE64_ENCODE',
    usage: 'BASE64_ENCODE(bytes)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The Base64 text of bytes, with padding.',
    examples: [
      ['BASE64_ENCODE(BASE64_DECODE("SGVsbG8="))', '"SGVsbG8="'],
      ['BASE64_ENCODE("abc")', '✗ BASE64_ENCODE: arg must be bytes'],
    ],
    cost: 6,
    borrows: true,
    call: base64Encode,
  },
  {
    name: 'BASE64_DECODE',
    usage: 'BASE64_DECODE(text)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'The bytes of a Base64 text; padding may be missing.',
    examples: [
      ['BASE64_ENCODE(BASE64_DECODE("AQ"))', '"AQ=="'],
      ['BASE64_DECODE("!!!!")', '✗ Invalid base64 input'],
    ],
    cost: 6,
    borrows: true,
    call: base64Decode,
  },
]);
