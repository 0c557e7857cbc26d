/**
 * The file of records that could not be worked on: NDJSON, a line each, with the number of the record, its line in the
 * source, what is wrong, and the record.
 *
 * Promises: the file is emptied when the run starts, so that what stands in it is of this run; a line is in the file before
 * the next record is read, because a closed pipe may end the process at any time.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { jsonPrinter } from '../formats/json.ts';
import { CliFailure } from './failure.ts';

export interface BadRecord {
  /** From 1, counted among all records. */
  readonly record: number;
  readonly line: number;
  readonly source: string;
  readonly error: { readonly code?: string; readonly message: string };
  /** The value; its text where it could not be read; null where not even that is known. */
  readonly input: unknown;
}

/** Extended numbers, so that a record that is set aside can be read again as it was. */
const print = jsonPrinter('json-compact', 'extended', () => undefined);

export class SetAside {
  readonly path: string;
  readonly #file: number;
  count = 0;

  /** @throws CliFailure of kind `io`. */
  constructor(path: string) {
    this.path = path;
    this.#file = this.#guard(() => openSync(path, 'w'));
  }

  add(bad: BadRecord): void {
    this.count++;
    this.#guard(() => writeSync(this.#file, `${print(bad)}\n`));
  }

  close(): void {
    closeSync(this.#file);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new CliFailure('io', `cannot write ${this.path}: ${code}`);
    }
  }
}
