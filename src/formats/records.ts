/** Streams of records: what a reader of a format hands out, whatever the format is. */
import type { Value } from '../value/kinds.ts';
import type { FormatError } from './format-error.ts';

/** One record, or what is wrong with it. The stream goes on behind a bad one. */
export interface ReadRecord {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly value: Value;
  readonly failure: FormatError | null;
  /** Of a bad record, as far as it can be told apart. */
  readonly text: string | null;
}

/**
 * Reads records from chunks of bytes, one batch a chunk. Holds no more than the chunk in hand and one record.
 *
 * @throws FormatError where nothing behind the place can be read any more; the records before it have been handed out.
 */
export type RecordSource = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Iterable<ReadRecord>>;

/** The limit of one record, in bytes or characters. A record is meant to fit in memory many times. */
export const MAX_RECORD_SIZE = 64 << 20;

export function goodRecord(line: number, value: Value): ReadRecord {
  return { line, value, failure: null, text: null };
}

export function badRecord(failure: FormatError, text: string | null): ReadRecord {
  return { line: failure.line, value: null, failure, text };
}
