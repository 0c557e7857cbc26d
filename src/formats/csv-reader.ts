/**
 * CSV to records: the first line names the fields, every field is text. Cutting is csv-parse's work; here are records,
 * their places, and how reading goes on behind a line that cannot be cut.
 *
 * Promises: nothing is guessed (a number stays the text it is) and nothing is lost: a record with more or fewer fields
 * than the header, or bytes that are not UTF-8, is a bad record.
 */
import type { Options, Parser } from 'csv-parse';
import type { PlainRecord } from '../value/kinds.ts';
import { setOwn } from '../value/path.ts';
import { FormatError, shown } from './format-error.ts';
import { badRecord, goodRecord, type ReadRecord, type RecordSource } from './records.ts';

/** An unclosed quote takes in all that follows, so this is less than a line of other formats may have. */
const MAX_CSV_RECORD = 16 << 20;
const QUOTED = /"(?:[^"]|"")*"/g;
const BARE_RETURN = /\r(?!\n)/;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = new Uint8Array(0);

const FACTS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text of the field',
  INVALID_OPENING_QUOTE: 'a quote stands inside a field that does not start with one',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_MAX_RECORD_SIZE: `the record is longer than ${MAX_CSV_RECORD} characters; a quote may not be closed`,
};

/** @throws FormatError from the stream where the header is bad: without names there are no records. */
export function csvSource(options: { readonly delimiter: string }): RecordSource {
  return async function* (chunks) {
    const { parse } = await import('csv-parse');
    const reader = new CsvReader((parserOptions) => parse({ ...parserOptions, delimiter: options.delimiter }));
    for await (const chunk of chunks) yield await reader.push(chunk);
    yield await reader.finish();
  };
}

interface Cut {
  readonly fields: readonly string[];
  /** Where the record ends, in bytes from the start of the parser's input. */
  readonly end: number;
}

/** Invariant: `#kept` are the bytes since the last record that was handed out, and `#line` is the line they start at. */
class CsvReader {
  readonly #makeParser: (options: Options) => Parser;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #parser: Parser;
  #cuts: Cut[] = [];
  #kept: Uint8Array[] = [];
  /** Of the first byte kept, in bytes from the start of the parser's input. */
  #offset = 0;
  #line = 1;
  #isStart = true;
  #header: readonly string[] | undefined;
  /** The error that ended the parser, until the line it is about has been skipped. */
  #failure: string | undefined;

  constructor(makeParser: (options: Options) => Parser) {
    this.#makeParser = makeParser;
    this.#parser = this.#startParser();
  }

  async push(chunk: Uint8Array): Promise<readonly ReadRecord[]> {
    const records: ReadRecord[] = [];
    // A copy: the chunk belongs to the stream, which may use its memory again; the parser looks back at it too.
    const bytes = new Uint8Array(chunk);
    this.#kept.push(bytes);
    await this.#feed(this.#failure === undefined ? bytes : this.#skipBadLine(records, false), records);
    return records;
  }

  async finish(): Promise<readonly ReadRecord[]> {
    const records: ReadRecord[] = [];
    for (;;) {
      if (this.#failure === undefined) {
        this.#failure = await this.#end();
        this.#handOut(records);
        if (this.#failure === undefined) return records;
      }
      await this.#feed(this.#skipBadLine(records, true), records);
    }
  }

  /** Bytes that are among those kept. */
  async #feed(bytes: Uint8Array, records: ReadRecord[]): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      this.#failure = await this.#write(rest);
      this.#handOut(records);
      if (this.#failure === undefined) return;
      rest = this.#skipBadLine(records, false);
    }
  }

  #startParser(): Parser {
    const parser = this.#makeParser({
      bom: this.#isStart,
      columns: false,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_CSV_RECORD,
      on_record: (fields: readonly string[], info) => {
        this.#cuts.push({ fields, end: info.bytes });
        // Why null: records are taken here, in order with the errors, and never wait in the stream.
        return null;
      },
    });
    this.#isStart = false;
    // Told by the callbacks below as well.
    parser.on('error', () => undefined);
    return parser;
  }

  /** The code of the error that ended the parser, if any. */
  #write(bytes: Uint8Array): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#parser.write(bytes, (error) => resolve(codeOf(error)));
    });
  }

  #end(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#parser.once('error', (error) => resolve(codeOf(error)));
      this.#parser.once('end', () => resolve(undefined));
      this.#parser.end();
      this.#parser.resume();
    });
  }

  /** Makes records of what was cut; keeps the bytes behind the last of them. */
  #handOut(records: ReadRecord[]): void {
    const bytes = joined(this.#kept);
    const cuts = this.#cuts;
    this.#cuts = [];
    const soundEnd = cuts.length === 0 ? 0 : cuts[cuts.length - 1].end - this.#offset;
    const isSound = this.#isUtf8(bytes.subarray(0, soundEnd));
    let from = 0;
    for (const { fields, end } of cuts) {
      const to = end - this.#offset;
      const part = bytes.subarray(from, to);
      this.#line += countBlank(part);
      const record = this.#recordOf(fields, part, isSound || this.#isUtf8(part));
      if (record !== undefined) records.push(record);
      this.#line += countLines(trimStart(part));
      from = to;
    }
    this.#offset += from;
    // A copy, so that it does not hold what is done with.
    this.#kept = from === 0 ? [bytes] : [bytes.slice(from)];
  }

  #recordOf(fields: readonly string[], bytes: Uint8Array, isSound: boolean): ReadRecord | undefined {
    const line = this.#line;
    if (this.#header === undefined) {
      if (!isSound) throw new FormatError('the header is not UTF-8', line);
      // Else a whole file with such lines would be one header and no records.
      if (BARE_RETURN.test(new TextDecoder().decode(bytes).replace(QUOTED, ''))) {
        throw new FormatError('the header holds a bare carriage return; lines end with LF or CRLF', line);
      }
      this.#header = checkedHeader(fields, line);
      return undefined;
    }
    if (!isSound) return badRecord(new FormatError('the record is not UTF-8', line), null);
    const header = this.#header;
    if (fields.length !== header.length) {
      const fact = `the record has ${fields.length} field${fields.length === 1 ? '' : 's'}, the header ${header.length}`;
      return badRecord(new FormatError(fact, line), textOf(trimStart(bytes)));
    }
    const record: PlainRecord = {};
    for (let i = 0; i < header.length; i++) setOwn(record, header[i], fields[i]);
    return goodRecord(line, record);
  }

  /** Sets the first line of the bytes kept aside and starts again behind it, as soon as its end has come. */
  #skipBadLine(records: ReadRecord[], isLast: boolean): Uint8Array {
    const bytes = joined(this.#kept);
    this.#line += countBlank(bytes);
    const part = trimStart(bytes);
    const failure = new FormatError(factOf(this.#failure as string), this.#line);
    const end = part.indexOf(LINE_FEED);
    if (this.#header === undefined || (end < 0 && part.length > 2 * MAX_CSV_RECORD)) throw failure;
    if (end < 0 && !isLast) {
      this.#kept = [part.slice()];
      return NOTHING;
    }
    const bad = end < 0 ? part : part.subarray(0, end);
    records.push(badRecord(failure, textOf(bad)));
    this.#line++;
    const rest = end < 0 ? NOTHING : part.slice(end + 1);
    this.#kept = [rest];
    this.#offset = 0;
    this.#failure = undefined;
    this.#parser = this.#startParser();
    return rest;
  }

  #isUtf8(bytes: Uint8Array): boolean {
    try {
      this.#decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  }
}

function checkedHeader(names: readonly string[], line: number): readonly string[] {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new FormatError(`the header names ${shown(name)} twice`, line);
    seen.add(name);
  }
  return names;
}

function codeOf(error: Error | null | undefined): string | undefined {
  if (error === null || error === undefined) return undefined;
  return 'code' in error ? String(error.code) : error.message;
}

function factOf(code: string): string {
  return FACTS[code] ?? `the record cannot be read (${code})`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Without its line end. */
function textOf(record: Uint8Array): string {
  return new TextDecoder().decode(record).replace(/\r?\n?$/, '');
}

/** Line ends before anything else. */
function trimStart(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (bytes[at] === LINE_FEED || (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED)) at++;
  return bytes.subarray(at);
}

function countBlank(bytes: Uint8Array): number {
  return countLines(bytes.subarray(0, bytes.length - trimStart(bytes).length));
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
