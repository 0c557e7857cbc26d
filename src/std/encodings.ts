/** Texts in the forms of other systems: JSON, percent-encoding, digests. All are ours. */
import type { NativeContext } from '../link/native.ts';
import { Bytes } from '../value/bytes.ts';
import { allocateText, nestingOf, unhashedKeyFuel } from '../value/charges.ts';
import { argumentFault, type Fault } from '../value/fault.ts';
import { JsonError, parseJson, printJson } from '../value/json.ts';
import { kindOf, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { refuse, refuseArgument } from './arguments.ts';
import { chargeUnits } from './charges.ts';
import { sha256Hex } from './hash-library.ts';
import { impliedRows, nativeRows, ours } from './rows.ts';

/** Measured on Node 20: 7 ns per byte, 3 µs for the shortest text; encoding it as UTF-8 takes 2 ns per unit. */
const FUEL_PER_DIGEST = 300;
const HEX_DIGITS = 64;

/**
 * Charges of JSON_PARSE, counted from the text before it is read. Measured on Node 20: 1 to 20 ns per character, 40 ns
 * per value of an empty list, 300 ns per field of an object with many keys, 1 µs per number with an exponent that a
 * double does not reach, 100 ns per digit of a number that becomes a big integer.
 */
const FUEL_PER_VALUE = 5;
const FUEL_PER_FIELD = 25;
const FUEL_PER_EXPONENT = 60;
const FUEL_PER_DIGIT = 10;
const LONG_RUN = 16;

/** Errors of the host's cost up to 30 µs, for their stacks; counting lines takes 20 ns per character. */
const FUEL_PER_ERROR = 2000;

/** What stands for itself in a URL (RFC 3986, section 2.3). */
const UNRESERVED = /[-A-Za-z0-9._~]/;
/** Why in pieces: the host's functions take many times the memory of their result while they work. */
const WINDOW = 4096;
/** What the host's function leaves as well. */
const MARKS = [
  ['!', '%21'],
  ["'", '%27'],
  ['(', '%28'],
  [')', '%29'],
  ['*', '%2A'],
] as const;

/** Bytes that the character (or pair) that starts with this unit takes in UTF-8; 0 for half a pair. */
function bytesAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (unit < 0xd800 || unit > 0xdfff) return 3;
  const low = text.charCodeAt(at + 1);
  return unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff ? 4 : 0;
}

function hashSha256(context: NativeContext, value: Value): Value {
  const data = dataOf(context, value);
  context.charge(FUEL_PER_DIGEST + data.length);
  allocateText(context, HEX_DIGITS);
  return sha256Hex(data);
}

/** The bytes, or those of a text in UTF-8. */
function dataOf(context: NativeContext, value: Value): Uint8Array {
  if (value instanceof Bytes || kindOf(value) === 'bytes') return Bytes.dataOf(value as Bytes | Uint8Array);
  if (typeof value !== 'string') throw refuse('HASH_SHA256: arg must be string or bytes');
  chargeUnits(context, 2 * value.length);
  let length = 0;
  for (let i = 0; i < value.length; ) {
    const bytes = bytesAt(value, i);
    if (bytes === 0) throw halfPair('HASH_SHA256', i);
    length += bytes;
    i += bytes === 4 ? 2 : 1;
  }
  context.charge(length >> 2);
  context.allocate(BYTES.stringHeader + length);
  return new TextEncoder().encode(value);
}

function urlEncode(context: NativeContext, value: Value): Value {
  if (typeof value !== 'string') throw refuse('URL_ENCODE: arg must be string');
  context.charge(4 * value.length);
  let length = 0;
  for (let i = 0; i < value.length; ) {
    const bytes = bytesAt(value, i);
    if (bytes === 0) throw halfPair('URL_ENCODE', i);
    length += UNRESERVED.test(value.charAt(i)) ? 1 : 3 * bytes;
    i += bytes === 4 ? 2 : 1;
  }
  allocateText(context, length);
  const pieces: string[] = [];
  for (let start = 0; start < value.length; ) {
    const end = Math.min(value.length, start + WINDOW);
    const isInPair = bytesAt(value, end - 1) === 4;
    pieces.push(percentEncoded(value.slice(start, isInPair ? end + 1 : end)));
    start = isInPair ? end + 1 : end;
  }
  return pieces.join('');
}

function percentEncoded(text: string): string {
  return MARKS.reduce((encoded, [mark, code]) => encoded.replaceAll(mark, code), encodeURIComponent(text));
}

function urlDecode(context: NativeContext, value: Value): Value {
  if (typeof value !== 'string') throw refuse('URL_DECODE: arg must be string');
  context.charge(value.length);
  allocateText(context, value.length);
  try {
    return decodeURIComponent(value);
  } catch {
    context.charge(FUEL_PER_ERROR);
    throw argumentFault('MR6013', 'URL_DECODE: text has a % that does not begin an encoded character');
  }
}

/** Why a fault: the replacement character would make two texts one. */
function halfPair(name: string, at: number): Fault {
  return refuseArgument(`${name}: text has half a surrogate pair at ${at}`);
}

function jsonParse(context: NativeContext, text: Value): Value {
  if (typeof text !== 'string') throw refuse('JSON_PARSE: arg must be string');
  context.charge(text.length);
  chargeParsing(context, text);
  try {
    return parseJson(text, { numbers: 'safe', nesting: nestingOf(context) });
  } catch (error) {
    context.charge(FUEL_PER_ERROR + 2 * text.length);
    if (error instanceof JsonError) throw argumentFault('MR6013', `JSON_PARSE: ${error.message}`);
    throw error;
  }
}

/** An upper bound of the values in the text; what stands in its strings counts as well. */
function chargeParsing(context: NativeContext, text: string): void {
  let containers = 0;
  let commas = 0;
  let fields = 0;
  let quotes = 0;
  let exponents = 0;
  let digits = 0;
  let run = 0;
  let previous = 0;
  let isInText = false;
  let textStart = 0;
  let textLength = 0;
  let keyFuel = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (isDigit || unit === 0x2e) run++;
    else {
      if (run >= LONG_RUN) digits += run;
      run = 0;
      if (unit === 0x2c) commas++;
      else if (unit === 0x22) {
        quotes++;
        if (isInText) textLength = i - textStart;
        textStart = i;
        isInText = !isInText;
      } else if (unit === 0x3a) {
        fields++;
        if (!isInText) keyFuel += unhashedKeyFuel(textLength);
      } else if (unit === 0x5c && isInText) i++;
      else if (unit === 0x5b || unit === 0x7b) containers++;
      else if ((unit | 0x20) === 0x65 && previous >= 0x30 && previous <= 0x39) exponents++;
    }
    previous = unit;
  }
  if (run >= LONG_RUN) digits += run;
  context.charge(
    FUEL_PER_VALUE * (commas + containers) +
      FUEL_PER_FIELD * fields +
      FUEL_PER_EXPONENT * exponents +
      FUEL_PER_DIGIT * digits +
      keyFuel,
  );
  context.allocate(
    BYTES.list * containers +
      BYTES.listSlot * (commas + containers) +
      BYTES.recordField * fields +
      (BYTES.stringHeader * quotes) / 2 +
      BYTES.decimal * (exponents + Math.ceil(digits / LONG_RUN)) +
      2 * text.length,
  );
}

function jsonString(context: NativeContext, value: Value, indent: Value): Value {
  const spaces = indent ?? 0;
  if (spaces !== 0 && spaces !== 2 && spaces !== 4) throw refuseArgument('JSON_STRING: indent must be 0, 2 or 4');
  context.allocate(BYTES.stringHeader);
  return printJson(value, {
    numbers: 'extended',
    indent: spaces,
    canonical: false,
    nesting: nestingOf(context),
    meter: context,
  });
}

export const ENCODING_ROWS = [
  ...ours(
    nativeRows('encodings', [
      {
        name: 'JSON_PARSE',
        usage: 'JSON_PARSE(text)',
        minArgs: 1,
        maxArgs: 1,
        doc: 'The value of a JSON text; integers beyond 2^53 become big integers, other numbers of more than 15 digits decimals, and the last of equal keys counts.',
        examples: [
          ['JSON_PARSE("{\\"a\\": [1, true, null]}").a', '[1,true,null]'],
          ['JSON_PARSE("12345678901234567890")', '12345678901234567890n'],
          ['JSON_PARSE("[1,]")', '✗ JSON_PARSE: expected a value, found "]" at line 1, column 4'],
          ['JSON_PARSE(5)', '✗ JSON_PARSE: arg must be string'],
        ],
        cost: 30,
        borrows: true,
        needs: 'decimals',
        call: jsonParse,
      },
      {
        name: 'JSON_STRING',
        usage: 'JSON_STRING(x[, indent])',
        minArgs: 1,
        maxArgs: 2,
        doc: 'The JSON text of a value, on one line or with an indent of 2 or 4 spaces; big integers and decimals in full, bytes as base64, integer keys as texts.',
        examples: [
          ['JSON_STRING({a: [1, "x", null], b: DEC("1.50")})', '"{\\"a\\":[1,\\"x\\",null],\\"b\\":1.50}"'],
          ['JSON_STRING([1], 2)', '"[\\n  1\\n]"'],
          ['JSON_STRING([], 3)', '✗ JSON_STRING: indent must be 0, 2 or 4'],
          ['JSON_STRING((x) -> x)', '✗ a function cannot leave the program'],
        ],
        cost: 10,
        borrows: true,
        call: jsonString,
      },
      {
        name: 'URL_ENCODE',
        usage: 'URL_ENCODE(text)',
        minArgs: 1,
        maxArgs: 1,
        doc: 'The text in UTF-8 with everything but ASCII letters, digits and `-._~` percent-encoded (RFC 3986): fit for one part of a URL.',
        examples: [
          ['URL_ENCODE("a b/é?")', '"a%20b%2F%C3%A9%3F"'],
          ['URL_ENCODE("x-1_(y)")', '"x-1_%28y%29"'],
          ['URL_ENCODE(5)', '✗ URL_ENCODE: arg must be string'],
        ],
        cost: 6,
        borrows: true,
        call: urlEncode,
      },
      {
        name: 'URL_DECODE',
        usage: 'URL_DECODE(text)',
        minArgs: 1,
        maxArgs: 1,
        doc: 'The text that a percent-encoded one stands for; a plus sign stays one.',
        examples: [
          ['URL_DECODE("a%20b%2F%C3%A9+c")', '"a b/é+c"'],
          ['URL_DECODE("100%")', '✗ URL_DECODE: text has a % that does not begin an encoded character'],
          ['URL_DECODE(null)', '✗ URL_DECODE: arg must be string'],
        ],
        cost: 6,
        borrows: true,
        call: urlDecode,
      },
      {
        name: 'HASH_SHA256',
        usage: 'HASH_SHA256(text)',
        minArgs: 1,
        maxArgs: 1,
        doc: 'The SHA-256 digest of a text in UTF-8, or of bytes, as 64 hexadecimal digits.',
        examples: [
          ['HASH_SHA256("abc")', '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"'],
          ['SUBSTRING(HASH_SHA256(BASE64_DECODE("AQID")), 0, 8)', '"039058c6"'],
          ['HASH_SHA256(5)', '✗ HASH_SHA256: arg must be string or bytes'],
        ],
        cost: 10,
        borrows: true,
        needs: 'hashes',
        call: hashSha256,
      },
    ]),
  ),
  ...ours(
    impliedRows('encodings', [
      {
        name: 'UUID',
        usage: 'UUID()',
        minArgs: 0,
        maxArgs: 0,
        doc: 'A random UUID (version 4) as text in lower case; needs the capability `host:random`.',
        examples: [
          ['LENGTH(UUID())', '36'],
          ['SUBSTRING(UUID(), 14, 1)', '"4"'],
        ],
        uri: 'host:random',
        member: 'uuid',
      },
    ]),
  ),
];
