/** A run that may stop for the host: its state, its request, and the way to go on. */
import type { Value } from '../value/kinds.ts';
import type { Resumption } from '../vm/dispatch.ts';
import { UsageError } from './errors.ts';

/** What a started run needs of the module it came from. */
export interface RunControl {
  advance(resumption: Resumption): Promise<'done' | 'suspended'>;
  result(): unknown;
  request(): unknown;
  takeAnswer(answer: unknown): Value;
  wasParkedFor(milliseconds: number): void;
}

export class StartedRun {
  readonly #control: RunControl;
  #state: 'running' | 'done' | 'suspended' | 'failed' = 'running';
  #value: unknown;
  #request: unknown;
  #parkedAt = 0;

  /** @internal made by `LoadedModule.start`. */
  constructor(control: RunControl) {
    this.#control = control;
  }

  get state(): 'running' | 'done' | 'suspended' | 'failed' {
    return this.#state;
  }

  /** The result, once done. */
  get value(): unknown {
    return this.#value;
  }

  /** What the program asked for with SUSPEND, while suspended. */
  get request(): unknown {
    return this.#request;
  }

  /** @internal */
  begin(): Promise<void> {
    return this.#advance(null);
  }

  /**
   * Gives the answer to the request and goes on; resolves to this run when it is done or suspended again.
   *
   * @throws UsageError when the run is not suspended; RunError and LimitError as `run` does.
   */
  async resume(answer: unknown): Promise<this> {
    if (this.#state !== 'suspended')
      throw new UsageError(`the run is ${this.#state}; only a suspended run can be resumed`);
    const value = this.#control.takeAnswer(answer);
    this.#control.wasParkedFor(Date.now() - this.#parkedAt);
    await this.#advance({ kind: 'value', value });
    return this;
  }

  async #advance(resumption: Resumption): Promise<void> {
    this.#state = 'running';
    this.#request = undefined;
    try {
      const state = await this.#control.advance(resumption);
      if (state === 'done') this.#value = this.#control.result();
      else this.#request = this.#control.request();
      this.#parkedAt = Date.now();
      this.#state = state;
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }
}
