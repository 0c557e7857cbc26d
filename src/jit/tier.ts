/**
 * Decides what is worth compiling (design D12). Hotness is fuel spent: a unit or loop is compiled once the interpreter has
 * spent on it about what gate and compilation cost; the estimate of that cost follows what compilations have taken.
 */
import { opName, opWidth } from '../bytecode/opcodes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import type { Tier } from '../vm/compiled.ts';
import { type Compilation, type CompileOptions, compiledOf, compileLoop, compileUnit } from './compile.ts';
import { canGenerate } from './instantiate.ts';
import { type JitRefusal, Refused } from './refusals.ts';

/** One unit of fuel takes the interpreter about 10 ns. */
const FUEL_PER_MS = 100_000;
/** What a call takes beside its instructions, in fuel. Measured on W5. */
const CALL_FUEL = 50;
/** Of a first compilation, with cold libraries. */
const FIRST_COST_MS = 20;
const MIN_COST_MS = 1;
/** Passes of a loop between two looks at it. */
const LOOP_LOOK = 64;

/** What became of a unit or loop that was hot enough. */
export interface TierEvent {
  readonly unit: LinkedUnit;
  /** What was compiled in one text: the unit, and those it calls that had no code yet; empty when it was refused. */
  readonly units: readonly LinkedUnit[];
  /** The back edge of the loop, or null for the whole unit. */
  readonly loop: number | null;
  readonly refusal: JitRefusal | null;
  /** What was generated; empty when it was refused. */
  readonly text: string;
  readonly milliseconds: number;
}

export interface TierOptions {
  /** Compile at the first call, and loops at the first look. */
  readonly isEager: boolean;
  /** For tests: whole units stay with the interpreter. */
  readonly loopsOnly: boolean;
  /** For tests: asked before each instruction of compiled code that has such places. */
  readonly leavesHere?: (() => boolean) | undefined;
  readonly onEvent?: ((event: TierEvent) => void) | undefined;
}

interface Heat {
  /** Fuel of one call without what it calls and without loops, and of one pass of each loop. */
  readonly call: number;
  readonly passes: readonly number[];
  isSettled: boolean;
  readonly settledLoops: Set<number>;
}

export class HotTier implements Tier {
  readonly loopLook: number;
  readonly #options: TierOptions;
  readonly #how: CompileOptions;
  readonly #heat = new WeakMap<LinkedUnit, Heat>();
  #costMs = FIRST_COST_MS;
  #compilations = 0;

  constructor(options: TierOptions) {
    this.#options = options;
    this.#how = { hasProbes: options.leavesHere !== undefined };
    this.loopLook = options.isEager ? 1 : LOOP_LOOK;
  }

  leavesHere(): boolean {
    return this.#options.leavesHere?.() === true;
  }

  entered(unit: LinkedUnit): void {
    if (this.#isCold(unit, countOf(unit))) return;
    const heat = this.#heatOf(unit);
    if (heat.isSettled || this.#options.loopsOnly || !this.#isHot(fuelOf(unit, heat))) return;
    heat.isSettled = true;
    this.#compile(unit, null, () => compileUnit(unit, this.#how));
  }

  looped(unit: LinkedUnit, loop: number, pc: number): void {
    if (this.#isCold(unit, unit.counters[1 + loop] as number)) return;
    const heat = this.#heatOf(unit);
    if (heat.settledLoops.has(loop)) return;
    if (!this.#isHot((heat.passes[loop] ?? 0) * (unit.counters[1 + loop] as number))) return;
    heat.settledLoops.add(loop);
    this.#compile(unit, loop, () => compileLoop(unit, loop, pc, this.#how));
  }

  /** Asked before anything is found out about the unit, which programs of few calls would pay for: code costs about its length. */
  #isCold({ code }: LinkedUnit, passes: number): boolean {
    return !this.#isHot(passes * (code.length + CALL_FUEL));
  }

  #isHot(fuel: number): boolean {
    return this.#options.isEager || fuel > this.#costMs * FUEL_PER_MS;
  }

  #compile(unit: LinkedUnit, loop: number | null, compile: () => Compilation): void {
    const startedAt = performance.now();
    const made = canGenerate() ? attempted(compile) : 'forbidden';
    const milliseconds = performance.now() - startedAt;
    this.#compilations++;
    // The first ones pay for cold libraries; later ones for themselves.
    this.#costMs = Math.max(MIN_COST_MS, (this.#costMs + 2 * milliseconds) / 2);
    if (this.#compilations === 1) this.#costMs = Math.min(this.#costMs, FIRST_COST_MS);
    const { refusal, text, units } =
      typeof made === 'string' ? { refusal: made, text: '', units: [] } : { ...made, refusal: null };
    this.#options.onEvent?.({ unit, units, loop, refusal, text, milliseconds });
  }

  #heatOf(unit: LinkedUnit): Heat {
    let heat = this.#heat.get(unit);
    if (heat === undefined) {
      heat = { ...costsOf(unit), isSettled: compiledOf(unit).call !== null, settledLoops: new Set() };
      this.#heat.set(unit, heat);
    }
    return heat;
  }
}

/** Calls of a unit and passes of its loops. */
function countOf({ counters }: LinkedUnit): number {
  let count = 0;
  for (let i = 0; i < counters.length; i++) count += counters[i] as number;
  return count;
}

/** What the interpreter has spent on a unit: the first counter is of its calls, the others are of its loops. */
function fuelOf({ counters }: LinkedUnit, { call, passes }: Heat): number {
  let fuel = (call + CALL_FUEL) * (counters[0] as number);
  for (let i = 1; i < counters.length; i++) fuel += (passes[i - 1] ?? 0) * (counters[i] as number);
  return fuel;
}

/** A bug of the compiler costs speed, never a run. */
function attempted(compile: () => Compilation): Compilation | JitRefusal {
  try {
    return compile();
  } catch (error) {
    return error instanceof Refused ? error.reason : 'failed';
  }
}

/** Charges of the code by the innermost loop that they stand in. */
function costsOf({ code }: LinkedUnit): { readonly call: number; readonly passes: readonly number[] } {
  let call = 0;
  const passes: number[] = [];
  const open: number[] = [];
  const sums: number[] = [];
  for (let pc = 0; pc < code.length; ) {
    const name = opName(code[pc] as number);
    if (name === undefined) break;
    if (name === 'INIT_FOREACH') open.push(sums.push(0) - 1);
    else if (name === 'NEXT_FOREACH') {
      const own = open.pop();
      if (own !== undefined) passes[code[pc + 4] as number] = sums[own] as number;
    } else if (name === 'CHARGE') {
      const own = open.at(-1);
      if (own === undefined) call += code[pc + 1] as number;
      else sums[own] = (sums[own] as number) + (code[pc + 1] as number);
    }
    pc += opWidth(name);
  }
  return { call, passes };
}
