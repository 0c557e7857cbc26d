/**
 * Cuts a stream of bytes into lines of text.
 *
 * Promises: holds at most one line beyond the chunk in hand, and refuses a line over the limit before it is whole; the
 * lines before a bad one are given out first, the error comes with the next call. Bytes are decoded strictly; a line
 * break is LF and never part of another character in UTF-8, so chunks may end anywhere.
 */

const LINE_FEED = 10;

/** The limit of one line, in bytes. A record is meant to fit in memory many times. */
export const MAX_LINE_BYTES = 64 << 20;

/** A line that is too long or not UTF-8; lines are counted from 1. */
export class LineError extends Error {
  override readonly name = 'LineError';
  readonly line: number;

  constructor(line: number, what: string) {
    super(what);
    this.line = line;
  }
}

export class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #limit: number;
  #rest: Uint8Array[] = [];
  #restLength = 0;
  #lineCount = 0;
  #failure: LineError | undefined;

  constructor(limit = MAX_LINE_BYTES) {
    this.#limit = limit;
  }

  /** The lines that end in this chunk, without their ends. */
  push(chunk: Uint8Array): readonly string[] {
    if (this.#failure !== undefined) throw this.#failure;
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    const lines = end === 0 ? [] : this.#linesOf(this.#join(chunk.subarray(0, end - 1)));
    this.#keep(chunk.subarray(end));
    return lines;
  }

  /** What stands after the last line end, if anything. */
  finish(): readonly string[] {
    if (this.#failure !== undefined) throw this.#failure;
    const lines = this.#restLength === 0 ? [] : this.#linesOf(this.#join(new Uint8Array(0)));
    if (this.#failure !== undefined) throw this.#failure;
    return lines;
  }

  #keep(part: Uint8Array): void {
    this.#restLength += part.length;
    if (this.#restLength > this.#limit) this.#fail(`the line is longer than ${this.#limit} bytes`);
    // A copy: the chunk belongs to the stream, which may use its memory again.
    else if (part.length > 0) this.#rest.push(part.slice());
  }

  #join(end: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return end;
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

  #linesOf(bytes: Uint8Array): readonly string[] {
    const text = this.#decode(bytes);
    const lines = text === undefined ? this.#goodLines(bytes) : text.split('\n');
    if (this.#lineCount === 0 && lines[0]?.startsWith('\ufeff')) lines[0] = lines[0].slice(1);
    this.#lineCount += lines.length;
    if (text === undefined) this.#fail('the line is not UTF-8');
    return lines;
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }

  /** The lines before the first that cannot be decoded. */
  #goodLines(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    for (let start = 0; ; ) {
      const end = bytes.indexOf(LINE_FEED, start);
      const text = this.#decode(bytes.subarray(start, end < 0 ? bytes.length : end));
      if (text === undefined || end < 0) return lines;
      lines.push(text);
      start = end + 1;
    }
  }

  #fail(what: string): void {
    this.#failure ??= new LineError(this.#lineCount + 1, what);
  }
}
