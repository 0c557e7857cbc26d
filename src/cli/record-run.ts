/**
 * A stream of records through a program: record by record, in order, in flat memory.
 *
 * Promises: results of the records before a bad one are out when it is reported. Without a file for them the first bad
 * record ends the run, named by its line; with one it is set aside and the run goes on. Ctrl-C ends after the record in
 * hand with a summary; a second one ends the process at once.
 */
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { MillraceError } from '../engine/errors.ts';
import { FormatError } from '../formats/format-error.ts';
import { areNumbersLoaded, loadNumbers, PrintError } from '../formats/json.ts';
import type { ReadRecord, RecordSource } from '../formats/records.ts';
import { EXIT_CODES } from './failure.ts';
import { readFailure } from './formats.ts';
import { displayName, readChunks, STDIN, sizeOf } from './input.ts';
import { writeData } from './output.ts';
import { Progress } from './progress.ts';
import { failureOf } from './report.ts';
import { type BadRecordError, SetAside } from './set-aside.ts';

export interface RecordRunOptions {
  readonly run: (input: unknown) => unknown;
  /** Whether `run` gives a promise. */
  readonly waits: boolean;
  readonly render: (result: unknown) => string;
  readonly path: string;
  readonly programPath: string;
  /** Where bad records are set aside; undefined ends the run at the first. */
  readonly errorsPath: string | undefined;
  readonly each: string | undefined;
  /** Told the number of each record, from 1, before it is run. */
  readonly onRecord: ((record: number) => void) | undefined;
  readonly programTalks: boolean;
}

/** Results wait for the end of a chunk of input, but no longer than this many characters. */
const FLUSH_LENGTH = 1 << 20;
/** How long signals and terminals wait at most. */
const TURN_MS = 50;

export class RecordRun {
  readonly #options: RecordRunOptions;
  readonly #source: string;
  readonly #progress: Progress;
  readonly #interrupt = new AbortController();
  #setAside: SetAside | undefined;
  #recordCount = 0;
  #lastLine = 0;
  #results = '';
  #turnEndMs = 0;

  constructor(options: RecordRunOptions) {
    this.#options = options;
    this.#source = displayName(options.path);
    this.#progress = new Progress({
      totalBytes: sizeOf(options.path),
      terminal: process.stderr,
      isQuiet: options.programTalks || process.stdout.isTTY === true,
      clock: () => performance.now(),
    });
  }

  /** Resolves to the exit code. */
  async runAll(source: RecordSource): Promise<number> {
    const { errorsPath, path, programPath } = this.#options;
    const filesRead = [path, programPath].map((file) => (file === STDIN ? 0 : file));
    this.#setAside = errorsPath === undefined ? undefined : new SetAside(errorsPath, filesRead);
    const interrupt = () => this.#interrupt.abort();
    process.once('SIGINT', interrupt);
    try {
      await this.#runBatches(source);
    } finally {
      process.off('SIGINT', interrupt);
      this.#progress.clear();
      this.#setAside?.close();
    }
    return this.#finish();
  }

  async #runBatches(source: RecordSource): Promise<void> {
    try {
      for await (const batch of source(this.#chunks())) {
        for (const record of batch) {
          if (this.#interrupt.signal.aborted) return;
          this.#recordCount++;
          this.#lastLine = record.line;
          // Why not await each: a turn of the event loop costs as much as a small run, and the engine looks at its realm anew.
          if (this.#options.waits || !areNumbersLoaded()) await this.#runWaiting(record);
          else this.#run(record);
          if (this.#results.length > FLUSH_LENGTH) await this.#flush();
          if (performance.now() > this.#turnEndMs) await this.#giveWay();
        }
        await this.#flush();
        await this.#progress.show(this.#recordCount);
      }
    } catch (error) {
      this.#progress.clear();
      if (!(error instanceof FormatError)) throw error;
      // What Ctrl-C has cut off is no fault of the input.
      if (!this.#interrupt.signal.aborted) throw readFailure(this.#source, error);
    } finally {
      await this.#flush();
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of readChunks(this.#options.path, this.#interrupt.signal)) {
      this.#progress.addBytes(chunk.length);
      yield chunk;
    }
  }

  #run(record: ReadRecord): void {
    try {
      this.#results += this.#options.render(this.#start(record));
    } catch (error) {
      this.#takeFailure(record, error);
    }
  }

  async #runWaiting(record: ReadRecord): Promise<void> {
    try {
      if (!areNumbersLoaded()) await loadNumbers();
      this.#results += this.#options.render(await this.#start(record));
    } catch (error) {
      this.#takeFailure(record, error);
    }
  }

  /** The result, or a promise of it. */
  #start({ failure, value }: ReadRecord): unknown {
    if (failure !== null) throw readFailure(this.#source, failure);
    this.#options.onRecord?.(this.#recordCount);
    return this.#options.run(value);
  }

  #takeFailure(record: ReadRecord, error: unknown): void {
    const { line, failure } = record;
    if (this.#setAside === undefined || (failure === null && !isOfRecord(error))) {
      throw failureOf(error, { source: this.#source, line });
    }
    this.#setAside.add({
      record: this.#recordCount,
      line,
      source: this.#source,
      error: failure === null ? errorOfRun(error as Error) : { message: failure.message },
      input: failure === null ? record.value : record.text,
    });
  }

  /** So that a slow program leaves room for Ctrl-C and for readers of its results. */
  async #giveWay(): Promise<void> {
    if (this.#turnEndMs > 0) {
      await this.#flush();
      await this.#progress.show(this.#recordCount);
      await setImmediate();
    }
    this.#turnEndMs = performance.now() + TURN_MS;
  }

  async #flush(): Promise<void> {
    const text = this.#results;
    this.#results = '';
    await writeData(text, this.#interrupt.signal);
  }

  /** Sums up on stderr what is not plain success. */
  #finish(): number {
    const { each } = this.#options;
    const aside = this.#setAside?.count ?? 0;
    const records = `${this.#recordCount.toLocaleString('en')} record${this.#recordCount === 1 ? '' : 's'}`;
    const isInterrupted = this.#interrupt.signal.aborted;
    const lines: string[] = [];
    if (isInterrupted) lines.push(`interrupted after ${records}, at line ${this.#lastLine} of ${this.#source}`);
    if (aside > 0) lines.push(`${aside.toLocaleString('en')} of ${records} set aside in ${this.#setAside?.name}`);
    if (each !== undefined && this.#recordCount === 0) lines.push(`nothing in ${this.#source} is at ${each}`);
    process.stderr.write(lines.map((line) => `millrace: ${line}\n`).join(''));
    if (isInterrupted) return EXIT_CODES.interrupted;
    return aside > 0 ? EXIT_CODES.findings : EXIT_CODES.ok;
  }
}

function errorOfRun(error: Error): BadRecordError {
  const code = 'code' in error ? { code: String(error.code) } : {};
  const { message } = error;
  if (!(error instanceof MillraceError) || error.trail.length === 0) return { ...code, message };
  return { ...code, message, trail: error.trail.map(({ unit, line, column }) => ({ unit, line, column })) };
}

/** What the record, or the program on it, is to blame for; not a bug of ours, and not a mistake in the call. */
function isOfRecord(error: unknown): boolean {
  const code = error instanceof MillraceError || error instanceof PrintError ? error.code : '';
  return code.startsWith('MR5') || code.startsWith('MR6');
}
