/**
 * Runs a verified module on the bare machine and says how that ended. Whatever a run waits for comes at once or is given up,
 * so that a run is one call and the same on every machine.
 */
import { InternalError } from '../../src/base/assert.ts';
import type { Effects } from '../../src/bytecode/module.ts';
import { Library } from '../../src/engine/library.ts';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import type { Limits } from '../../src/index.ts';
import type { LinkedModule } from '../../src/link/linked-module.ts';
import { type Grants, type LinkResult, linkModule } from '../../src/link/linker.ts';
import { sharedState } from '../../src/link/shared-store.ts';
import { loadHashLibrary } from '../../src/std/hash-library.ts';
import { loadPatternLibrary } from '../../src/std/pattern-library.ts';
import { loadDecimalLibrary } from '../../src/value/decimal-library.ts';
import { Stop, stateFault } from '../../src/value/fault.ts';
import type { VerifiedModule } from '../../src/verify/verified.ts';
import { DONE, PAUSED, PENDING, type Resumption, SUSPENDED, TIMER } from '../../src/vm/dispatch.ts';
import { Failure } from '../../src/vm/faults.ts';
import { advance, beginRun } from '../../src/vm/machine.ts';
import type { Run, RunMode } from '../../src/vm/run.ts';
import { expectModule } from '../support/paranoid.ts';
import { fuzzGrants } from './differential.ts';

export type Ending = 'value' | 'fault' | 'limit' | 'broken';

export interface Outcome {
  readonly ending: Ending;
  /** The code of what ended it; of what is broken, the whole story. */
  readonly text: string;
  readonly suspensions: number;
}

const LIMITS: Limits = { fuel: 20_000, memory: 4 << 20, depth: 40, deadlineMs: 600_000, output: 1000, nesting: 64 };
const ANSWERS = [1, 'answer', null, [1, 2], { a: 1 }];
const MAX_SUSPENSIONS = 20;

/** Links modules and runs them; one for a campaign. */
export class Machine {
  readonly #library = new Library({ optimise: true });
  readonly #grants: Grants = fuzzGrants() as Grants;

  /** What runs may need is loaded before they begin. */
  static async start(): Promise<Machine> {
    await Promise.all([loadPatternLibrary(), loadHashLibrary(), loadDecimalLibrary()]);
    return new Machine();
  }

  /** Null when the module wants what it was not granted. */
  link(verified: VerifiedModule): LinkedModule | null {
    const result = this.linkTo(verified, this.#grants);
    return result.ok ? result.linked : null;
  }

  linkTo(verified: VerifiedModule, grants: Grants): LinkResult {
    const { module } = verified;
    const store = new MemoryStore();
    for (const { name, mode } of module.shared) store.addResource(name, mode);
    return linkModule(verified, {
      id: 'fuzz',
      grants: { ...grants, 'host:shared': sharedState(store) },
      modules: new Map(),
      standard: (name) => this.#library.row(name),
      prelude: (name) => this.#library.prelude(name),
    });
  }

  run(verified: VerifiedModule, linked: LinkedModule, exported: number, options: RunChoices): Outcome {
    const { unit, effects } = verified.module.exports[exported] as (typeof verified.module.exports)[number];
    const linkedUnit = linked.units[unit] as LinkedModule['units'][number];
    expectModule(linked, verified.module, effects);
    const limits = { ...LIMITS, ...(options.fuel === undefined ? {} : { fuel: options.fuel }) };
    let suspensions = 0;
    try {
      const mode = modeFor(effects, linked.effectsOf(unit).waits, options.mode);
      const run = beginRun(linkedUnit, options.args, { limits, mode, fuelSlice: options.fuelSlice });
      let next: Resumption = null;
      for (;;) {
        const code = advance(run, next);
        next = null;
        if (code === DONE) return { ending: 'value', text: '', suspensions };
        if (mode === 'sync' && code !== PAUSED) return broken(`a run that cannot wait came back with ${code}`);
        if (code === SUSPENDED) {
          if (++suspensions > MAX_SUSPENSIONS) return { ending: 'value', text: 'suspended', suspensions };
          next = { kind: 'value', value: ANSWERS[suspensions % ANSWERS.length] };
        } else if (code === PENDING) next = giveUp(run);
        else if (code !== TIMER && code !== PAUSED) return broken(`an exit code ${code}`);
      }
    } catch (error) {
      return { ...outcomeOf(error), suspensions };
    }
  }
}

export interface RunChoices {
  readonly args: readonly unknown[];
  readonly mode: RunMode;
  readonly fuelSlice?: number;
  readonly fuel?: number;
}

/** What a host would be told to use instead. */
function modeFor(effects: Effects, waits: boolean, wanted: RunMode): RunMode {
  if (effects.suspends) return 'start';
  return wanted === 'sync' && (waits || effects.awaits) ? 'async' : wanted;
}

function giveUp(run: Run): Resumption {
  run.pending?.waiting.promise.catch(() => undefined);
  run.pending?.waiting.finish();
  run.pending = null;
  return { kind: 'fault', fault: stateFault('MR6018', 'nobody answers') };
}

function outcomeOf(error: unknown): Omit<Outcome, 'suspensions'> {
  if (!(error instanceof Failure)) return broken(`an exception: ${storyOf(error)}`);
  const { reason } = error;
  if (reason instanceof InternalError) return broken(`${reason.message}\n${storyOf(reason.cause ?? reason)}`);
  const { code } = reason;
  if (code.startsWith('MR9')) return broken(`${code} ${reason.message}`);
  return { ending: reason instanceof Stop ? 'limit' : 'fault', text: code };
}

function broken(text: string): Outcome {
  return { ending: 'broken', text, suspensions: 0 };
}

function storyOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
