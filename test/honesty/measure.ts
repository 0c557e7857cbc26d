/**
 * Runs programs on the bare machine and counts what they take: fuel and memory by the run's own counters, time by the
 * processor's clock, memory by the heap after a collection.
 */
import { SourceText } from '../../src/base/source.ts';
import type { Module } from '../../src/bytecode/module.ts';
import { compileModule } from '../../src/compile/compile.ts';
import { Library } from '../../src/engine/library.ts';
import { MemoryStore } from '../../src/engine/memory-store.ts';
import { readModule } from '../../src/front/front.ts';
import type { LinkedUnit } from '../../src/link/linked-module.ts';
import { type Grants, linkModule } from '../../src/link/linker.ts';
import type { StdRow } from '../../src/link/native.ts';
import { sharedState } from '../../src/link/shared-store.ts';
import { loadHashLibrary } from '../../src/std/hash-library.ts';
import { STANDARD } from '../../src/std/index.ts';
import { loadPatternLibrary } from '../../src/std/pattern-library.ts';
import { loadDecimalLibrary } from '../../src/value/decimal-library.ts';
import { verifyModule } from '../../src/verify/verify.ts';
import { DONE, type Resumption, SUSPENDED } from '../../src/vm/dispatch.ts';
import { Failure } from '../../src/vm/faults.ts';
import { advance, beginRun } from '../../src/vm/machine.ts';
import type { Run } from '../../src/vm/run.ts';
import { fuzzGrants } from '../fuzz/differential.ts';

const ENOUGH = 1e15;
const LIMITS = { fuel: ENOUGH, memory: ENOUGH, depth: 256, deadlineMs: 1e9, output: 1e9, nesting: 1000 };

export interface Usage {
  readonly fuel: number;
  readonly memory: number;
  readonly cpuMs: number;
}

/** Changes a row of the library: for the test that an undercharged function is found. */
export type Distortion = (row: StdRow) => StdRow;

export class Machine {
  readonly #library = new Library({ optimise: true });
  readonly #grants = fuzzGrants() as Grants;
  readonly #distort: Distortion;

  private constructor(distort: Distortion) {
    this.#distort = distort;
  }

  static async start(distort: Distortion = (row) => row): Promise<Machine> {
    await Promise.all([loadPatternLibrary(), loadHashLibrary(), loadDecimalLibrary()]);
    return new Machine(distort);
  }

  load(text: string): LinkedUnit {
    const { ir, diagnostics } = readModule(new SourceText('honesty', text), { standard: STANDARD });
    if (ir === null) throw new Error(`${diagnostics[0]?.message} in ${text.slice(0, 500)}`);
    return this.link(compileModule(ir, { optimise: true, isNative: (name) => this.#library.isNative(name) }));
  }

  /** The first exported unit. */
  link(module: Module): LinkedUnit {
    const verification = verifyModule(module);
    if (!verification.ok) throw new Error(JSON.stringify(verification).slice(0, 500));
    const store = new MemoryStore();
    for (const { name, mode } of module.shared) store.addResource(name, mode);
    const result = linkModule(verification.verified, {
      id: 'honesty',
      grants: { ...this.#grants, 'host:shared': sharedState(store) },
      modules: new Map(),
      standard: (name) => {
        const row = this.#library.row(name);
        return row && this.#distort(row);
      },
      prelude: (name) => this.#library.prelude(name),
    });
    if (!result.ok) throw new Error(JSON.stringify(result).slice(0, 500));
    return result.linked.units[module.exports.at(-1)?.unit as number] as LinkedUnit;
  }

  /** One run, and what it took. What the run holds stays alive as long as the result. */
  run(unit: LinkedUnit, input: unknown, countOpcodes?: Uint32Array): Usage & { readonly held: Run } {
    const startedAt = process.cpuUsage();
    const run = beginRun(unit, [input], { limits: LIMITS, mode: 'start', countOpcodes });
    let next: Resumption = null;
    try {
      for (;;) {
        const code = advance(run, next);
        next = code === SUSPENDED ? { kind: 'value', value: 1 } : null;
        if (code === DONE) break;
      }
    } catch (error) {
      if (error instanceof Failure) throw new Error(error.reason.message, { cause: error });
      throw error;
    }
    const { user, system } = process.cpuUsage(startedAt);
    const cpuMs = (user + system) / 1000;
    return { fuel: run.fuelUsed, memory: run.memoryUsed, cpuMs, held: run };
  }
}
