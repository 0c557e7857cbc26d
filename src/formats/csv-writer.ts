/**
 * Records to CSV. The fields of the first record are the header; quoting is csv-stringify's work.
 *
 * Promises: a record with a field that the header lacks is refused, because it would be lost; one that lacks a field gets
 * an empty one.
 */
import type { Options } from 'csv-stringify/sync';
import { isObject, isRecord, type Value } from '../value/kinds.ts';
import { OrderedMap } from '../value/ordered-map.ts';
import { shown } from './format-error.ts';
import { jsonPrinter, type NumberMode, PrintError } from './json.ts';
import type { NoteLoss } from './losses.ts';
import { scalarText } from './scalar-text.ts';

export interface CsvWriting {
  readonly delimiter: string;
  readonly numbers: NumberMode;
  readonly note: NoteLoss;
  /** Whether all that is written has one header, else each result has its own. */
  readonly isStream: boolean;
}

/** Writes the records of one result: all of them or, with a PrintError, none. */
export type RecordsWriter = (records: readonly Value[]) => string;

export async function csvWriter({ delimiter, numbers, note, isStream }: CsvWriting): Promise<RecordsWriter> {
  const { stringify } = await import('csv-stringify/sync');
  const printNested = jsonPrinter('json-compact', numbers, note);
  let header: readonly string[] | undefined;

  const fieldOf = (value: Value): string => {
    const text = scalarText(value, note);
    if (text !== undefined) return text;
    if (value === null || value === undefined) {
      note('csv-null');
      return '';
    }
    note('csv-nested');
    return printNested(value);
  };

  return (records) => {
    if (records.length === 0) return '';
    const rows = records.map(fieldsOf);
    const names = header ?? [...rows[0].keys()];
    if (names.length === 0) throw new PrintError('MR6030', 'a record without fields cannot be written as CSV');
    const known = new Set(names);
    const lines = rows.map((row) => {
      for (const name of row.keys()) {
        if (!known.has(name)) {
          throw new PrintError('MR6030', `the field ${shown(name)} is not among those of the first record of the CSV`);
        }
      }
      return names.map((name) => (row.has(name) ? fieldOf(row.get(name)) : ''));
    });
    // Why quotes: an empty line would be no record.
    const options: Options = { delimiter, quoted_empty: names.length === 1 };
    const text = stringify(header === undefined ? [[...names], ...lines] : lines, options);
    if (isStream) header = names;
    return text;
  };
}

function fieldsOf(record: Value): ReadonlyMap<string, Value> {
  if (!isObject(record)) throw new PrintError('MR6030', 'only objects can be written as records of CSV');
  const entries = isRecord(record) ? Object.entries(record) : OrderedMap.entriesOf(record);
  const fields = new Map<string, Value>();
  for (const [key, value] of entries) fields.set(String(key), value);
  return fields;
}
