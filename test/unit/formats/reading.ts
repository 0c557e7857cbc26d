/** Reads texts with sources of records, cut into chunks of any size; and with readers of one value. */
import type { Reading } from '../../../src/formats/codecs.ts';
import type { FormatError } from '../../../src/formats/format-error.ts';
import type { Loss } from '../../../src/formats/losses.ts';
import type { RecordSource } from '../../../src/formats/records.ts';

export const CHUNK_SIZES = [1, 2, 3, 7, 16, 100_000];

export function reading(options: Partial<Reading> = {}): Reading {
  return { numbers: 'safe', numericKeys: false, delimiter: ',', note: () => undefined, ...options };
}

/** Notes each loss once, in order. */
export class Losses {
  readonly noted = new Set<Loss>();
  readonly note = (loss: Loss): void => {
    this.noted.add(loss);
  };
}

/** `[line, value]` of a good record, `[line, place and fact, text]` of a bad one; an error that ends the stream is last. */
export type Outcome =
  | readonly [line: number, value: unknown]
  | readonly [line: number, fact: string, text: string | null];

export async function readRecords(
  source: RecordSource,
  input: string | Uint8Array,
  chunkSize: number,
): Promise<readonly Outcome[]> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const outcomes: Outcome[] = [];
  try {
    for await (const batch of source(chunksOf(bytes, chunkSize))) {
      for (const { line, value, failure, text } of batch)
        outcomes.push(failure === null ? [line, value] : [line, shownError(failure), text]);
    }
  } catch (error) {
    outcomes.push([0, shownError(error as FormatError)]);
  }
  return outcomes;
}

export function shownError(error: FormatError): string {
  if (error.name !== 'FormatError') throw error;
  return `${error.line}:${error.column ?? '-'}: ${error.message}`;
}

/** The place and fact of what is thrown. */
export function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return shownError(error as FormatError);
  }
  return 'no error';
}

/** Each chunk is overwritten when the next is drawn, as a stream may do. */
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    yield chunk;
    chunk.fill(0x21);
  }
}
