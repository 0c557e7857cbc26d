/**
 * One program in both tiers: loaded once, run compiled and interpreted on the bare machine. Hosts and public errors are the
 * business of other parts of the room; without them a program costs a fraction.
 */
import { InternalError, invariant } from '../../src/base/assert.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/base/limits.ts';
import { SourceText } from '../../src/base/source.ts';
import { compileModule } from '../../src/compile/compile.ts';
import { Library } from '../../src/engine/library.ts';
import { usedBy } from '../../src/engine/usage.ts';
import { notationText } from '../../src/formats/notation.ts';
import { readModule } from '../../src/front/front.ts';
import { HotTier, type TierEvent } from '../../src/jit/index.ts';
import type { LinkedModule, LinkedUnit } from '../../src/link/linked-module.ts';
import { type Grants, linkModule } from '../../src/link/linker.ts';
import { STANDARD } from '../../src/std/index.ts';
import { Fault, Stop } from '../../src/value/fault.ts';
import type { Value } from '../../src/value/kinds.ts';
import { verifyModule } from '../../src/verify/verify.ts';
import { classify, Failure, type TrailStep } from '../../src/vm/faults.ts';
import { makeRun, runUnit } from '../../src/vm/machine.ts';
import { exportedResult } from '../../src/vm/output.ts';
import type { Run, RunOptions } from '../../src/vm/run.ts';
import { fuzzGrants } from './differential.ts';
import { hasSameNotation } from './same-notation.ts';

/** How a run ended and what it did: two runs are alike when these are. */
export interface Ending {
  readonly kind: 'value' | 'fault' | 'limit' | 'broken';
  readonly value: unknown;
  /** Code, class, message and place of what failed; empty for a value. */
  readonly failure: string;
  readonly fuel: number;
  readonly memory: number;
  /** What the host was given with each call, in order. */
  readonly calls: readonly unknown[];
}

/** How a program is compiled. */
export interface Way {
  readonly name: string;
  readonly loopsOnly: boolean;
  readonly fuelSlice?: number;
  /** Compiled code is left for the interpreter at each place whose number this divides. */
  readonly leavesEach?: number;
}

interface Subject {
  readonly input: unknown;
  readonly limits: Partial<Limits>;
}

export interface Difference extends Subject {
  readonly interpreted: string;
  readonly compiled: string;
}

export interface Comparison {
  /** Of the interpreted runs. */
  readonly endings: readonly Ending['kind'][];
  readonly difference: Difference | undefined;
}

const ROOM: Limits = { ...DEFAULT_LIMITS, fuel: 200_000, memory: 8 << 20, deadlineMs: 60_000 };

export interface TwoTiersOptions {
  readonly onCompiled: (event: TierEvent) => void;
  /** Counts what the interpreter executes. */
  readonly countOpcodes: Uint32Array;
  /** A bug to plant, for the test of the test. */
  readonly distort?: ((value: unknown) => unknown) | undefined;
}

/** What all programs that are compiled in one way share. */
export class TwoTiers {
  readonly #way: Way;
  readonly #distort: (value: unknown) => unknown;
  readonly #tier: HotTier;
  readonly #library = new Library({ optimise: true });
  readonly #grants: Grants;
  readonly #countOpcodes: Uint32Array;
  #calls: unknown[] = [];

  constructor(way: Way, { onCompiled, countOpcodes, distort = (value) => value }: TwoTiersOptions) {
    this.#countOpcodes = countOpcodes;
    this.#way = way;
    this.#distort = distort;
    const { loopsOnly, leavesEach } = way;
    let passed = 0;
    const leavesHere = leavesEach === undefined ? undefined : (): boolean => ++passed % leavesEach === 0;
    this.#tier = new HotTier({ isEager: true, loopsOnly, leavesHere, onEvent: onCompiled });
    this.#grants = fuzzGrants((...args) => this.#calls.push(args)) as Grants;
  }

  /** Null for a text that is no program. */
  compare(source: string, inputs: readonly unknown[]): Comparison | null {
    const linked = this.#link(source);
    if (linked === null) return null;
    const { unit: index } = linked.exports.find(({ unit }) => linked.units[unit]?.kind === 'transform') ?? { unit: 0 };
    const unit = linked.units[index] as LinkedUnit;
    const endings: Ending['kind'][] = [];
    const subjects: Subject[] = inputs.map((input) => ({ input, limits: {} }));
    for (const subject of subjects) {
      // Compiled first: a unit that the interpreter has entered is looked at less often.
      const compiled = this.#run(unit, subject, true);
      const interpreted = this.#run(unit, subject, false);
      endings.push(interpreted.kind);
      if (interpreted.kind === 'broken' || !areAlike(interpreted, compiled))
        return { endings, difference: { ...subject, interpreted: told(interpreted), compiled: told(compiled) } };
      if (endings.length === inputs.length) subjects.push(...scarce(subject, interpreted, source.length));
    }
    return { endings, difference: undefined };
  }

  #link(source: string): LinkedModule | null {
    const { ir } = readModule(new SourceText('fuzz', source), { standard: STANDARD });
    if (ir === null) return null;
    const module = compileModule(ir, { optimise: true, isNative: (name) => this.#library.isNative(name) });
    const verification = verifyModule(module);
    invariant(verification.ok, 'what is compiled verifies');
    const result = linkModule(verification.verified, {
      id: 'fuzz',
      grants: this.#grants,
      modules: new Map(),
      standard: (name) => this.#library.row(name),
      prelude: (name) => this.#library.prelude(name),
    });
    invariant(result.ok, 'everything is granted');
    return result.linked;
  }

  #run(unit: LinkedUnit, { input, limits }: Subject, isCompiled: boolean): Ending {
    this.#calls = [];
    const options: RunOptions = {
      limits: { ...ROOM, ...limits },
      mode: 'sync',
      ...(isCompiled ? { tier: this.#tier, fuelSlice: this.#way.fuelSlice } : { countOpcodes: this.#countOpcodes }),
    };
    const run = makeRun(unit, options);
    try {
      const value = exportedResult(run, unit, runUnit(run, unit, input as Value, []));
      return this.#ending(run, 'value', isCompiled ? this.#distort(value) : value, '');
    } catch (error) {
      const { kind, text } = failureOf(error);
      return this.#ending(run, kind, null, text);
    }
  }

  #ending(run: Run, kind: Ending['kind'], value: unknown, failure: string): Ending {
    return { kind, value, failure, ...usedBy(run), calls: this.#calls };
  }
}

/** The same with less fuel, and with less memory, than the run took. */
function scarce({ input }: Subject, { fuel, memory }: Ending, choice: number): readonly Subject[] {
  const part = (whole: number, sixteenths: number) => Math.max(1, (whole * sixteenths) >> 4);
  const limits = [{ fuel: part(fuel, 1 + (choice % 15)) }, { memory: part(memory, 1 + (choice % 13)) }];
  return limits.map((limit) => ({ input, limits: limit }));
}

function areAlike(one: Ending, other: Ending): boolean {
  return (
    one.kind === other.kind &&
    one.fuel === other.fuel &&
    one.memory === other.memory &&
    one.failure === other.failure &&
    hasSameNotation(one.value, other.value) &&
    hasSameNotation(one.calls, other.calls)
  );
}

function failureOf(error: unknown): { readonly kind: Ending['kind']; readonly text: string } {
  // What cannot be given out fails behind the run.
  const { reason, trail, leftOut } = error instanceof Failure ? error : new Failure(classify(error), [], 0);
  if (reason instanceof InternalError) return { kind: 'broken', text: storyOf(reason.cause ?? reason) };
  const type = reason instanceof Fault ? reason.type : 'Stop';
  const way = trail.map(stepText).join(' ');
  return {
    kind: reason instanceof Stop ? 'limit' : 'fault',
    text: `${type} ${reason.code} ${reason.message} at ${way} (${leftOut} left out)`,
  };
}

function stepText({ unit, at, end }: TrailStep): string {
  return `${unit.name}:${at}-${end}`;
}

function told({ value, failure, fuel, memory, calls }: Ending): string {
  const what = failure === '' ? notationText(value) : failure;
  return `${what} (${fuel} fuel, ${memory} bytes, calls of the host ${notationText(calls)})`;
}

function storyOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
