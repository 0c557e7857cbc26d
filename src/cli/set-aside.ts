/**
 * The file of records that could not be worked on: NDJSON, a line each, with the number of the record, its line in the
 * source, what is wrong and where, and the record.
 *
 * Promises: the file is emptied when the run starts, so that what stands in it is of this run, unless the run reads it or
 * prints to it; a line is in the file before the next record is read, because a closed pipe may end the process at any
 * time. `-` is stderr, which is never emptied.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import process from 'node:process';
import type { TrailEntry } from '../engine/errors.ts';
import { jsonPrinter } from '../formats/json.ts';
import { usageFailure } from './failure.ts';
import { type FileName, isSameFile, isStderr } from './file-in-use.ts';
import { writeIoFailure } from './io-failure.ts';

export interface BadRecord {
  /** From 1, counted among all records. */
  readonly record: number;
  readonly line: number;
  readonly source: string;
  readonly error: BadRecordError;
  /** The value; its text where it could not be read; null where not even that is known. */
  readonly input: unknown;
}

export interface BadRecordError {
  readonly code?: string;
  readonly message: string;
  /** Where in the program: the place, and the calls that led there. */
  readonly trail?: readonly Omit<TrailEntry, 'source'>[];
}

/** Extended numbers, so that a record that is set aside can be read again as it was. */
const print = jsonPrinter('json-compact', 'extended', () => undefined);

export class SetAside {
  /** How the summary calls it. */
  readonly name: string;
  readonly #path: string;
  /** Null: stderr. */
  readonly #file: number | null;
  count = 0;

  /** @throws CliFailure of kind `io`; of kind `usage` for one of the files that the run reads. */
  constructor(path: string, filesRead: readonly FileName[]) {
    this.#path = path;
    this.name = isStderr(path) ? 'stderr' : path;
    if (isStderr(path)) {
      this.#file = null;
      return;
    }
    const inUse: readonly FileName[] = [...filesRead, 1, 2];
    if (inUse.some((file) => isSameFile(path, file)))
      throw usageFailure(`--errors ${path} would overwrite a file that this run reads or prints to`);
    this.#file = this.#guard(() => openSync(path, 'w'));
  }

  add(bad: BadRecord): void {
    this.count++;
    const line = `${print(bad)}\n`;
    const file = this.#file;
    if (file === null) process.stderr.write(line);
    else this.#guard(() => writeSync(file, line));
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw writeIoFailure(this.#path, error);
    }
  }
}
