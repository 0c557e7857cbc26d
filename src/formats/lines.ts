/**
 * Cuts a stream of bytes into lines of text.
 *
 * Promises: holds at most one line beyond the chunk in hand. A line that is too long or not UTF-8 is handed out as its
 * error, and reading goes on behind it. Bytes are decoded strictly; a line break is LF and never part of another
 * character in UTF-8, so chunks may end anywhere.
 */
import { FormatError } from './format-error.ts';
import { MAX_RECORD_SIZE } from './records.ts';

const LINE_FEED = 10;

export class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #limit: number;
  #rest: Uint8Array[] = [];
  #restLength = 0;
  #lineCount = 0;

  constructor(limit = MAX_RECORD_SIZE) {
    this.#limit = limit;
  }

  /** The lines that end in this chunk, without their ends. */
  push(chunk: Uint8Array): readonly (string | FormatError)[] {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    const lines = end === 0 ? [] : this.#completed(chunk.subarray(0, end - 1));
    this.#keep(chunk.subarray(end));
    return lines;
  }

  /** What stands after the last line end, if anything. */
  finish(): readonly (string | FormatError)[] {
    return this.#restLength === 0 ? [] : this.#completed(new Uint8Array(0));
  }

  #keep(part: Uint8Array): void {
    this.#restLength += part.length;
    if (this.#restLength > this.#limit) this.#rest = [];
    // A copy: the chunk belongs to the stream, which may use its memory again. (`slice` of a Buffer would be none.)
    else if (part.length > 0) this.#rest.push(new Uint8Array(part));
  }

  /** The lines of the rest and what follows it up to a line end. */
  #completed(bytes: Uint8Array): (string | FormatError)[] {
    const firstEnd = bytes.indexOf(LINE_FEED);
    if (this.#restLength + (firstEnd < 0 ? bytes.length : firstEnd) <= this.#limit) {
      return this.#linesOf(this.#join(bytes));
    }
    this.#rest = [];
    this.#restLength = 0;
    const error = new FormatError(`the line is longer than ${this.#limit} bytes`, ++this.#lineCount);
    return firstEnd < 0 ? [error] : [error, ...this.#linesOf(bytes.subarray(firstEnd + 1))];
  }

  #join(end: Uint8Array): Uint8Array {
    if (this.#restLength === 0) return end;
    const whole = new Uint8Array(this.#restLength + end.length);
    let at = 0;
    for (const part of [...this.#rest, end]) {
      whole.set(part, at);
      at += part.length;
    }
    this.#rest = [];
    this.#restLength = 0;
    return whole;
  }

  #linesOf(bytes: Uint8Array): (string | FormatError)[] {
    const text = this.#decode(bytes);
    const lines: (string | FormatError)[] = text === undefined ? this.#eachLineOf(bytes) : text.split('\n');
    const first = lines[0];
    if (this.#lineCount === 0 && typeof first === 'string' && first.startsWith('\ufeff')) lines[0] = first.slice(1);
    this.#lineCount += lines.length;
    return lines;
  }

  /** Line by line, because one of them cannot be decoded. */
  #eachLineOf(bytes: Uint8Array): (string | FormatError)[] {
    const lines: (string | FormatError)[] = [];
    for (let start = 0; ; ) {
      const end = bytes.indexOf(LINE_FEED, start);
      const text = this.#decode(bytes.subarray(start, end < 0 ? bytes.length : end));
      lines.push(text ?? new FormatError('the line is not UTF-8', this.#lineCount + lines.length + 1));
      if (end < 0) return lines;
      start = end + 1;
    }
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
}
