/**
 * JSON in and out without silent rounding. Both directions use the built-in functions where these lose nothing, which a
 * scan of the text or a walk of the value finds out first, and our own reader and writer otherwise.
 *
 * Invariant: which way was taken cannot be told from the result or the error.
 */
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { MAX_NESTING } from './charges.ts';
import { JsonReader, type NumberMode } from './json-reader.ts';
import { type JsonLoss, JsonWriter } from './json-writer.ts';
import { isList, isPlainScalar, isRecord, type Value } from './kinds.ts';
import type { Meter } from './meter.ts';

export { JsonError } from './json-error.ts';
export type { NumberMode } from './json-reader.ts';
export type { JsonLoss };

export interface ParseOptions {
  readonly numbers: NumberMode;
  /** How deep the text may nest; `limits.nesting` unless given, 1,000 at most. */
  readonly nesting?: number;
  /** Name of the text in error messages. */
  readonly name?: string;
  /** Makes integer keys of the keys of nested objects that look like integers. */
  readonly numericKeys?: boolean;
}

export interface PrintOptions {
  readonly numbers: NumberMode;
  readonly indent: 0 | 2 | 4;
  readonly canonical: boolean;
  readonly nesting?: number;
  /** Given where a program prints: every node and character is charged. */
  readonly meter?: Meter;
  /** Told of each loss that is no error. */
  readonly onLoss?: (loss: JsonLoss) => void;
}

/** An exponent that may take a number of 15 digits out of the range of doubles. */
const LARGE_EXPONENT = /[0-9][eE][+0-9][0-9][0-9]/;
const LONG_RUN = 16;

/** @throws JsonError with the place. */
export function parseJson(text: string, options: ParseOptions): Value {
  const nesting = boundedNesting(options.nesting);
  const numericKeys = options.numericKeys === true;
  if (options.numbers !== 'strict' && !numericKeys && !hasLongNumber(text)) {
    const value = parsePlain(text);
    if (value !== undefined && (!mayBeDeeper(text, nesting) || isWithin(value, nesting))) return value;
  }
  return new JsonReader(text, { numbers: options.numbers, nesting, name: options.name, numericKeys }).read();
}

/** @throws Fault where the value holds what JSON cannot say, Stop where it is nested too deeply. */
export function printJson(value: Value, options: PrintOptions): string {
  const nesting = boundedNesting(options.nesting);
  const { numbers, indent, canonical, meter, onLoss } = options;
  if (!canonical && meter === undefined && !hasForeignHook() && isPlain(value, nesting)) {
    const text = printPlain(value, indent);
    if (text !== undefined) return text;
  }
  return new JsonWriter({ numbers, indent, canonical, nesting, meter, onLoss }).print(value);
}

/** Undefined where the text would be longer than texts can be; the writer refuses that in words. */
function printPlain(value: Value, indent: number): string | undefined {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function boundedNesting(nesting: number | undefined): number {
  return Math.min(nesting ?? DEFAULT_LIMITS.nesting, MAX_NESTING);
}

/** Undefined where the text is not JSON; JSON itself has no undefined. */
function parsePlain(text: string): Value | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether the text may hold a number that a double would round: 16 digits and points in a row, or a large exponent. A
 * run in a string counts as well, which only costs time.
 *
 * Measured: a run of 16 covers every 16th character, so looking at those takes 0.2 ns per character; a pattern takes 1.
 */
function hasLongNumber(text: string): boolean {
  for (let i = LONG_RUN - 1; i < text.length; i += LONG_RUN) {
    if (!isNumberPart(text.charCodeAt(i))) continue;
    let start = i;
    while (start > 0 && isNumberPart(text.charCodeAt(start - 1))) start--;
    let end = i + 1;
    while (end < text.length && isNumberPart(text.charCodeAt(end))) end++;
    if (end - start >= LONG_RUN) return true;
  }
  return LARGE_EXPONENT.test(text);
}

/** A digit or a point (or a slash, which stands between them in ASCII). */
function isNumberPart(code: number): boolean {
  return code < 0x3a && code > 0x2d;
}

/** Whether the text has so many brackets that it may nest deeper. */
function mayBeDeeper(text: string, nesting: number): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++count > nesting) return true;
    }
  }
  return false;
}

/** Whether a value of JSON.parse nests at most so many levels. */
function isWithin(value: Value, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isWithin(value[i], levels - 1)) return false;
  } else {
    const record = value as { readonly [key: string]: Value };
    for (const key in record) if (!isWithin(record[key], levels - 1)) return false;
  }
  return true;
}

/** Whether JSON.stringify would call a `toJSON` that somebody added for all objects. */
function hasForeignHook(): boolean {
  return Object.hasOwn(Object.prototype, 'toJSON') || Object.hasOwn(Array.prototype, 'toJSON');
}

/** Whether JSON.stringify prints the value as the writer would: nothing to convert, to refuse or to read as null. */
function isPlain(value: Value, levels: number): boolean {
  if (isPlainScalar(value)) return true;
  if (typeof value !== 'object' || value === null || levels === 0) return false;
  if (isList(value)) {
    for (let i = 0; i < value.length; i++) {
      const part = value[i];
      if (!isPlainScalar(part) && !isPlain(part, levels - 1)) return false;
    }
    return true;
  }
  if (!isRecord(value)) return false;
  for (const key in value) {
    const part = value[key];
    if (!isPlainScalar(part) && !isPlain(part, levels - 1)) return false;
  }
  return true;
}
