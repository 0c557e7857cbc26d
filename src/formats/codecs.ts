/**
 * The formats behind one door: a reader of one value, a source of records, a writer. What a format needs is loaded when it
 * is asked for, so that JSON loads nothing.
 */
import type { Value } from '../value/kinds.ts';
import type { RecordsWriter } from './csv-writer.ts';
import { asPrintError, type JsonReading, jsonPrinter, type NumberMode, readJson } from './json.ts';
import type { NoteLoss } from './losses.ts';
import type { InputFormat, OutputFormat } from './names.ts';
import type { RecordSource } from './records.ts';

export interface Reading extends JsonReading {
  readonly delimiter: string;
  readonly note: NoteLoss;
}

export interface Writing {
  readonly numbers: NumberMode;
  readonly delimiter: string;
  readonly note: NoteLoss;
  /** Whether more values will follow the first, which some formats have to mark. */
  readonly isStream: boolean;
}

/** The formats that are one value a text. */
export type ValueFormat = Exclude<InputFormat, 'ndjson' | 'csv'>;

export type { RecordsWriter };

/** A reader of a whole text that is not blank; it throws FormatError. */
export async function valueReader(format: ValueFormat, options: Reading): Promise<(text: string) => Value> {
  switch (format) {
    case 'json':
      return (text) => readJson(text, options);
    case 'xml':
      return (await import('./xml-reader.ts')).xmlReader(options.note);
    case 'yaml':
      return (await import('./yaml-reader.ts')).yamlReader(options, options.note);
  }
}

export async function recordSource(format: 'ndjson' | 'csv', options: Reading): Promise<RecordSource> {
  if (format === 'csv') return (await import('./csv-reader.ts')).csvSource(options);
  return (await import('./ndjson.ts')).ndjsonSource(options);
}

/** The items of one JSON document that a path picks. @throws FormatError for the path. */
export async function itemSource(path: string, options: Reading): Promise<RecordSource> {
  const { parsePath } = await import('./json-path.ts');
  return (await import('./json-walk.ts')).jsonItemsSource(parsePath(path), options);
}

/** The writer throws PrintError, and has then written nothing. */
export async function recordsWriter(format: OutputFormat, options: Writing): Promise<RecordsWriter> {
  const write = await writerOf(format, options);
  return (values) => asPrintError(() => write(values));
}

async function writerOf(format: OutputFormat, options: Writing): Promise<RecordsWriter> {
  const { numbers, note, isStream } = options;
  switch (format) {
    case 'csv':
      return (await import('./csv-writer.ts')).csvWriter(options);
    case 'xml':
    case 'xml-compact': {
      const print = (await import('./xml-writer.ts')).xmlPrinter(format, note);
      return lines((value) => print(value).replace(/\n$/, ''));
    }
    case 'yaml': {
      const print = await (await import('./yaml-writer.ts')).yamlPrinter({ numbers, note });
      return (values) => values.map((value) => (isStream ? `---\n${print(value)}` : print(value))).join('');
    }
    case 'ndjson':
      return lines(jsonPrinter('json-compact', numbers, note));
    default:
      return lines(jsonPrinter(format, numbers, note));
  }
}

function lines(print: (value: Value) => string): RecordsWriter {
  return (values) => values.map((value) => `${print(value)}\n`).join('');
}
