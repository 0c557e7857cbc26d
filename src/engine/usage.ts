/**
 * What runs use, told to the host: for bills, quotas and rankings of tenants. Where nobody asks there is no account, and
 * runs pay nothing for it.
 */
import type { Code } from '../base/codes.ts';
import type { Run } from '../vm/run.ts';

/** What a run used since it was last told of. */
export interface Usage {
  /** The id of the module that was loaded, and the name of its export that ran. */
  readonly module: string;
  readonly export: string;
  /** A started run that SUSPENDs is told of each time; what it uses after an answer is told later, on top. */
  readonly outcome: 'done' | 'suspended' | 'failed';
  /** Of the error, where it failed. */
  readonly code: Code | null;
  /** Fuel spent and bytes charged, as the limits count them. */
  readonly fuel: number;
  readonly memory: number;
  /** Milliseconds on this thread, host functions included; waiting is not. */
  readonly ms: number;
}

/** Called when a run ends or suspends, before its caller sees the outcome. What it throws, the caller gets instead. */
export type UsageSink = (usage: Usage) => void;

/** The account of one run. Its clock goes from the start, and rests while the run waits. */
export class Account {
  readonly #sinks: readonly UsageSink[];
  readonly #module: string;
  readonly #export: string;
  /** 0 while it rests. */
  #worksSince = performance.now();
  #ms = 0;
  #fuelTold = 0;
  #memoryTold = 0;

  constructor(sinks: readonly UsageSink[], module: string, exported: string) {
    this.#sinks = sinks;
    this.#module = module;
    this.#export = exported;
  }

  rest(): void {
    if (this.#worksSince !== 0) this.#ms += performance.now() - this.#worksSince;
    this.#worksSince = 0;
  }

  goOn(): void {
    if (this.#worksSince === 0) this.#worksSince = performance.now();
  }

  /** Tells what was used since the last time; the clock rests from then on. */
  tell(run: Run, outcome: Usage['outcome'], code: Code | null): void {
    this.rest();
    const { fuel, memory } = usedBy(run);
    const usage: Usage = Object.freeze({
      module: this.#module,
      export: this.#export,
      outcome,
      code,
      fuel: fuel - this.#fuelTold,
      memory: memory - this.#memoryTold,
      ms: this.#ms,
    });
    this.#fuelTold = fuel;
    this.#memoryTold = memory;
    this.#ms = 0;
    for (const sink of this.#sinks) sink(usage);
  }
}

/** Never more than the limits: what would have been too much was charged, and then did not happen. */
export function usedBy({ limits, fuelUsed, memoryUsed }: Run): { readonly fuel: number; readonly memory: number } {
  return {
    fuel: Math.min(fuelUsed, limits.fuel),
    memory: memoryUsed,
  };
}
