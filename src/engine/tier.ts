/** Fetches the compiler to JavaScript in the background: a first result does not wait for it. */
import type { Tier } from '../vm/compiled.ts';
import type { HostOptions, InternalOptions } from './options.ts';

export class TierLoader {
  readonly #mode: NonNullable<HostOptions['jit']>;
  readonly #internals: InternalOptions;
  #loading: Promise<void> | null = null;
  #tier: Tier | null = null;

  constructor(mode: NonNullable<HostOptions['jit']>, internals: InternalOptions) {
    this.#mode = mode;
    this.#internals = internals;
  }

  /** Null while there is no compiler (yet). */
  get tier(): Tier | null {
    return this.#tier;
  }

  /** Called when a module has been loaded; only hosts that compile eagerly wait. */
  async load(): Promise<void> {
    if (this.#mode === 'off') return;
    this.#loading ??= this.#fetch();
    if (this.#mode === 'eager') await this.#loading;
    // Nobody waits for it: without a compiler the interpreter does all the work.
    else this.#loading.catch(() => {});
  }

  async #fetch(): Promise<void> {
    const { HotTier } = await import('../jit/index.ts');
    this.#tier = new HotTier({
      isEager: this.#mode === 'eager',
      leavesHere: this.#internals.jitLeavesHere,
      loopsOnly: this.#internals.jitLoopsOnly === true,
      onEvent: this.#internals.onCompiled,
    });
  }
}
