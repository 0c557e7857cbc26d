/**
 * JSON for files and streams: reading in a number mode, printing in a style. The work is done in `value`; here are the
 * styles by the names that users give, and errors as errors.
 */
import { decimalsWereMade } from '../value/decimal.ts';
import { isDecimalLibraryLoaded, loadDecimalLibrary } from '../value/decimal-library.ts';
import { Fault, Stop } from '../value/fault.ts';
import { JsonError, type NumberMode, parseJson, printJson } from '../value/json.ts';

export { JsonError, type NumberMode };

/** Pretty with four spaces, on one line, or canonical (sorted keys, one spelling of each number). */
export type JsonStyle = 'json' | 'json-compact' | 'json-canonical';

export interface ReadOptions {
  readonly numbers: NumberMode;
  /** Makes integer keys of keys of nested objects that look like integers. */
  readonly numericKeys: boolean;
  /** What messages call the text. */
  readonly name?: string;
}

/** A value that the style or the number mode cannot say. */
export class PrintError extends Error {
  override readonly name = 'PrintError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const PRETTY_INDENT = 4;

/** @throws JsonError with the place. */
export function readJson(text: string, options: ReadOptions): unknown {
  return parseJson(text, options);
}

/** @throws PrintError from the printer. */
export function jsonPrinter(style: JsonStyle, numbers: NumberMode): (value: unknown) => string {
  const options = {
    numbers,
    indent: style === 'json' ? PRETTY_INDENT : 0,
    canonical: style === 'json-canonical',
  } as const;
  return (value) => {
    try {
      return printJson(value, options);
    } catch (error) {
      throw error instanceof Fault || error instanceof Stop ? new PrintError(error.code, error.message) : error;
    }
  };
}

/** Whether programs can work with every number read so far; if not, wait for `loadNumbers`. */
export function areNumbersLoaded(): boolean {
  return isDecimalLibraryLoaded() || !decimalsWereMade();
}

export function loadNumbers(): Promise<void> {
  return loadDecimalLibrary();
}
