/** Which formats a run reads and writes: what the flags say, else what the name of the input file says, else JSON. */
import process from 'node:process';
import { itemSource, type Reading, type RecordsWriter, recordSource, recordsWriter } from '../formats/codecs.ts';
import { FormatError } from '../formats/format-error.ts';
import type { NumberMode } from '../formats/json.ts';
import { LOSSES, type Loss, type NoteLoss } from '../formats/losses.ts';
import { delimiterOfFile, formatOfFile, type InputFormat, type OutputFormat } from '../formats/names.ts';
import type { RecordSource } from '../formats/records.ts';
import type { ParsedArguments } from './arguments.ts';
import { CliFailure, usageFailure } from './failure.ts';

export interface Formats extends Reading {
  readonly from: InputFormat;
  readonly to: OutputFormat;
  /** The path of the items of one JSON document. */
  readonly each: string | undefined;
  /** Whether the input is a stream of records, each of which is run. */
  readonly isStream: boolean;
}

/** `input` is a path, or undefined where nothing is read. */
export function chooseFormats(args: ParsedArguments, input: string | undefined): Formats {
  const from = (args.text('from') as InputFormat | undefined) ?? formatOfFile(input ?? '') ?? 'json';
  const each = args.text('each');
  if (each !== undefined && from !== 'json') throw usageFailure(`--each walks a JSON document, not ${from}`);
  const isStream = from === 'ndjson' || from === 'csv' || each !== undefined;
  if (args.has('errors') && !isStream) {
    throw usageFailure('--errors sets records of a stream aside: --from ndjson, --from csv, or --each');
  }
  // Why not CSV for CSV: JSON can say whatever a program puts out.
  const to = (args.text('to') as OutputFormat | undefined) ?? (isStream ? 'ndjson' : 'json');
  if (args.has('delimiter') && from !== 'csv' && to !== 'csv') throw usageFailure('--delimiter is for CSV');
  return {
    from,
    to,
    each,
    isStream,
    numbers: (args.text('json-numbers') ?? 'safe') as NumberMode,
    numericKeys: args.text('json-key-mode') === 'numeric',
    delimiter: chooseDelimiter(args.text('delimiter'), input),
    note: lossReporter(),
  };
}

export async function sourceOf(formats: Formats): Promise<RecordSource> {
  if (formats.each === undefined) return recordSource(formats.from === 'csv' ? 'csv' : 'ndjson', formats);
  try {
    return await itemSource(formats.each, formats);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw usageFailure(`--each ${formats.each}: ${error.message} (column ${error.column})`);
  }
}

/** Writes the values of one result. A writer of one value gives its text once, a writer of a stream piece by piece. */
export function writerOf(formats: Formats): Promise<RecordsWriter> {
  return recordsWriter(formats.to, formats);
}

/** A failure of reading, with its place in the source. */
export function readFailure(source: string, error: FormatError): CliFailure {
  const { line, column } = error;
  const place = column === undefined ? `${source}:${line}` : `${source}:${line}:${column}`;
  return new CliFailure('input', `${place}: ${error.message}`, { place: { source, line, column: column ?? null } });
}

function chooseDelimiter(given: string | undefined, input: string | undefined): string {
  if (given === undefined) return delimiterOfFile(input ?? '');
  const delimiter = given === '\\t' || given === 'tab' ? '\t' : given;
  if (!/^[\t\x20-\x7e]$/.test(delimiter) || delimiter === '"') {
    throw usageFailure(`--delimiter takes one character of ASCII that is no quote, or 'tab'; found '${given}'`);
  }
  return delimiter;
}

/** Each loss is told once, on stderr. */
function lossReporter(): NoteLoss {
  const told = new Set<Loss>();
  return (loss) => {
    if (told.has(loss)) return;
    told.add(loss);
    process.stderr.write(`Conversion warning: ${LOSSES[loss]}\n`);
  };
}
