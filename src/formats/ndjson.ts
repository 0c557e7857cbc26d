/** NDJSON: a JSON value on each line. Blank lines are skipped. */
import { FormatError } from './format-error.ts';
import { type JsonReading, readJson } from './json.ts';
import { LineReader } from './lines.ts';
import { badRecord, goodRecord, type ReadRecord, type RecordSource } from './records.ts';

export function ndjsonSource(options: JsonReading): RecordSource {
  return async function* (chunks) {
    const lines = new LineReader();
    const counted = { line: 0 };
    for await (const chunk of chunks) yield recordsOf(lines.push(chunk), counted, options);
    yield recordsOf(lines.finish(), counted, options);
  };
}

/** Lazy: a bad line is found when those before it have been worked on. */
function* recordsOf(
  lines: readonly (string | FormatError)[],
  counted: { line: number },
  options: JsonReading,
): Generator<ReadRecord, void, undefined> {
  for (const text of lines) {
    const line = ++counted.line;
    if (typeof text !== 'string') yield badRecord(text, null);
    else if (text.trim() !== '') yield recordOf(text, { line, column: 1 }, options);
  }
}

/** The record that a text is; `place` is where the text starts. */
export function recordOf(
  text: string,
  place: { readonly line: number; readonly column: number },
  options: JsonReading,
): ReadRecord {
  try {
    return goodRecord(place.line, readJson(text, options, place));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { ...badRecord(error, text), line: place.line };
  }
}
