/**
 * JSON for files and streams: reading in a number mode, printing in a style. The work is done in `value`; here are the
 * styles by the names that users give, and errors as errors.
 */
import { decimalsWereMade } from '../value/decimal.ts';
import { isDecimalLibraryLoaded, loadDecimalLibrary } from '../value/decimal-library.ts';
import { Fault, Stop } from '../value/fault.ts';
import { JsonError, type NumberMode, parseJson, printJson } from '../value/json.ts';
import type { Value } from '../value/kinds.ts';
import { FormatError } from './format-error.ts';
import type { NoteLoss } from './losses.ts';

export type { NumberMode };

/** Pretty with four spaces, on one line, or canonical (sorted keys, one spelling of each number). */
export type JsonStyle = 'json' | 'json-compact' | 'json-canonical';

export interface JsonReading {
  readonly numbers: NumberMode;
  /** Makes integer keys of keys of nested objects that look like integers. */
  readonly numericKeys: boolean;
}

/** A value that the format or the number mode cannot say. */
export class PrintError extends Error {
  override readonly name = 'PrintError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const PRETTY_INDENT = 4;
const START = { line: 1, column: 1 };

/**
 * The value of a text that starts at a place of a larger one.
 *
 * @throws FormatError
 */
export function readJson(
  text: string,
  options: JsonReading,
  place: { readonly line: number; readonly column: number } = START,
): Value {
  try {
    return parseJson(text, options);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const column = error.line === 1 ? place.column + error.column - 1 : error.column;
    throw new FormatError(error.fact, place.line + error.line - 1, column);
  }
}

/** The printer throws PrintError. */
export function jsonPrinter(style: JsonStyle, numbers: NumberMode, onLoss: NoteLoss): (value: Value) => string {
  const options = {
    numbers,
    indent: style === 'json' ? PRETTY_INDENT : 0,
    canonical: style === 'json-canonical',
    onLoss,
  } as const;
  return (value) => asPrintError(() => printJson(value, options));
}

/** Runs a walk over a value; what stops it becomes a PrintError. */
export function asPrintError<T>(walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (error instanceof Fault || error instanceof Stop) throw new PrintError(error.code, error.message);
    throw isTooLong(error) ? new PrintError('MR5002', 'the output is longer than a text can be') : error;
  }
}

/** One text may stand in a value many times, so no limit of the run keeps the output short. The words are V8's. */
function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Invalid string length';
}

/** Whether programs can work with every number read so far; if not, wait for `loadNumbers`. */
export function areNumbersLoaded(): boolean {
  return isDecimalLibraryLoaded() || !decimalsWereMade();
}

export function loadNumbers(): Promise<void> {
  return loadDecimalLibrary();
}
