/**
 * How far a long input has been read, shown on a terminal only: a bar where the size is known, else a count.
 *
 * Promises: nothing is shown, and nothing loaded, in the first moments and where there is no terminal; and the line is
 * cleared before anything else is said.
 */
import type { SingleBar } from 'cli-progress';

export interface ProgressOptions {
  /** Undefined where it is not known. */
  readonly totalBytes: number | undefined;
  readonly terminal: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Whether something else is written to the same terminal meanwhile. */
  readonly isQuiet: boolean;
  /** In milliseconds, from any start. */
  readonly clock: () => number;
}

const QUIET_MS = 500;
const REDRAW_MS = 100;
const MEGABYTE = 1e6;

export class Progress {
  readonly #options: ProgressOptions;
  readonly #isShown: boolean;
  readonly #startMs: number;
  #bar: SingleBar | undefined;
  #nextMs: number;
  #bytes = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#isShown = options.terminal.isTTY === true && !options.isQuiet;
    this.#startMs = options.clock();
    this.#nextMs = this.#startMs + QUIET_MS;
  }

  addBytes(count: number): void {
    this.#bytes += count;
  }

  /** Redraws if it is time to. */
  async show(recordCount: number): Promise<void> {
    const nowMs = this.#options.clock();
    if (!this.#isShown || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + REDRAW_MS;
    const shown = {
      size: Math.round((this.#options.totalBytes ?? this.#bytes) / MEGABYTE).toLocaleString('en'),
      records: recordCount.toLocaleString('en'),
      left: this.#secondsLeft(nowMs).toLocaleString('en'),
    };
    if (this.#bar === undefined) this.#bar = await this.#start(shown);
    else this.#bar.update(this.#bytes, shown);
  }

  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #secondsLeft(nowMs: number): number {
    const { totalBytes = this.#bytes } = this.#options;
    const share = Math.max(0, totalBytes - this.#bytes) / Math.max(1, this.#bytes);
    return Math.ceil((share * (nowMs - this.#startMs)) / 1_000);
  }

  async #start(shown: object): Promise<SingleBar> {
    const { default: progress } = await import('cli-progress');
    const { totalBytes, terminal } = this.#options;
    const bar = new progress.SingleBar(
      {
        format:
          totalBytes === undefined
            ? '{size} MB | {records} records'
            : '[{bar}] {percentage}% of {size} MB | {records} records | {left} s left',
        stream: terminal,
        barsize: 30,
        clearOnComplete: true,
        gracefulExit: false,
      },
      progress.Presets.legacy,
    );
    bar.start(totalBytes ?? 0, this.#bytes, shown);
    return bar;
  }
}
