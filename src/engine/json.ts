/** Lossless JSON for hosts: big integers and decimals survive both ways. */

import { SourceText } from '../base/source.ts';
import { Fault, Stop } from '../value/fault.ts';
import { JsonError, parseJson, printJson } from '../value/json.ts';
import { MillraceError, UsageError } from './errors.ts';
import type { NumberMode } from './options.ts';

/**
 * Reads JSON without rounding: integers beyond the safe range become bigint, decimals of more than 15 digits `Decimal`.
 *
 * @throws MillraceError with the place, for a text that is not JSON.
 */
export function parse(text: string, options: { readonly numbers?: NumberMode } = {}): unknown {
  try {
    return parseJson(text, { numbers: options.numbers ?? 'safe' });
  } catch (error) {
    throw error instanceof JsonError ? notJson(error, text) : error;
  }
}

/**
 * Prints any result losslessly. In `safe` mode big integers and decimals are texts, in `extended` mode raw numbers;
 * `strict` refuses them. `canonical` sorts keys and leaves no white space.
 *
 * @throws UsageError for a value that JSON cannot hold.
 */
export function stringify(
  value: unknown,
  options: { readonly numbers?: NumberMode; readonly indent?: 0 | 2 | 4; readonly canonical?: boolean } = {},
): string {
  try {
    return printJson(value, {
      numbers: options.numbers ?? 'safe',
      indent: options.indent ?? 0,
      canonical: options.canonical ?? false,
    });
  } catch (error) {
    if (error instanceof Fault || error instanceof Stop) throw new UsageError(error.message, error.code);
    throw error;
  }
}

function notJson({ message, fact, offset }: JsonError, text: string): MillraceError {
  const code = 'MR6025';
  const source = new SourceText('JSON', text);
  const labels = [{ span: { start: offset, end: offset + 1 }, text: '', primary: true }];
  return new MillraceError({
    code,
    message,
    diagnostics: [{ code, severity: 'error', message: fact, source, labels, notes: [] }],
  });
}
