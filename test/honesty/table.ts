/**
 * Measures cases: time for each unit of fuel beside that of a plain loop, and what stays on the heap beside what was
 * charged for it.
 *
 * A busy machine only ever adds time, as do V8's compilers, which work in threads of their own until a loop is hot: the
 * least of several measurements counts, for the plain loop, too, and what seems undercharged is measured again, for longer.
 */
import type { LinkedUnit } from '../../src/link/linked-module.ts';
import type { Run } from '../../src/vm/run.ts';
import type { Case } from './case.ts';
import type { Machine, Usage } from './measure.ts';

const PLAIN_LOOP =
  'TRANSFORM T { LET s = 0; FOR EACH i IN RANGE(0, input.n - 1) { SET s = (s + i * 3) % 1009; } OUTPUT { s: s }; }';
const PLAIN_LOOP_TURNS = 20_000;
const WARM_UP_ROUNDS = 100;
/** A plain loop that takes longer than so often the least is no measure: too much else went on beside it. */
const SLOWEST_MACHINE = 1.5;
/** Copies of a repetition in one turn of the loop, so that the loop itself hardly counts. */
const COPIES = 16;
const MAX_TURNS = 1 << 16;
const MAX_KEPT_TURNS = 1 << 15;
const MEGABYTE = 1 << 20;
/** What a measurement of memory should be charged, so that the free 8 MB hide little. */
const KEPT_BYTES = 16 * MEGABYTE;
/** Longer than most need on a slow machine: what is measured must not depend on the machine. */
const LONGEST_KEPT_MS = 100;

export interface Bounds {
  /** Time for a unit of fuel, over that of the plain loop. */
  readonly time: number;
  /** Growth of the heap over what was charged, after what is free. */
  readonly memory: number;
  readonly freeBytes: number;
}

export interface Effort {
  /** How long one measurement should take, and how many there are; the least counts. */
  readonly ms: number;
  readonly rounds: number;
  /** How often what exceeds a bound is measured, each time for twice as long. */
  readonly chances: number;
}

export interface Row {
  readonly name: string;
  readonly size: number;
  /** Of one repetition. */
  readonly fuel: number;
  readonly us: number;
  readonly timeRatio: number;
  /** Of all that is kept alive together. */
  readonly charged: number;
  readonly growth: number;
  readonly isHonest: boolean;
}

export class Table {
  readonly #machine: Machine;
  readonly #bounds: Bounds;
  readonly #effort: Effort;
  readonly #gc: () => void;
  readonly #plainLoop: LinkedUnit;
  #leastBase = Number.POSITIVE_INFINITY;

  constructor(machine: Machine, bounds: Bounds, effort: Effort, gc: () => void) {
    this.#machine = machine;
    this.#bounds = bounds;
    this.#effort = effort;
    this.#gc = gc;
    this.#plainLoop = machine.load(PLAIN_LOOP);
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.#measureBase();
  }

  /** Milliseconds for a unit of fuel in a plain loop: the least so far. */
  get base(): number {
    return this.#leastBase;
  }

  row(subject: Case, size: number): Row {
    const inputs = subject.inputs(size);
    const time = this.#timed(subject, size, inputs);
    const memory = this.#keptBy(subject, size, inputs);
    const isHonest = time.timeRatio <= this.#bounds.time && memory.growth <= this.#mayGrow(memory.charged);
    return { name: subject.name, size, ...time, ...memory, isHonest };
  }

  #measureBase(): number {
    const { cpuMs, fuel } = this.#machine.run(this.#plainLoop, { n: PLAIN_LOOP_TURNS });
    const base = cpuMs / fuel;
    this.#leastBase = Math.min(this.#leastBase, base);
    return base;
  }

  #mayGrow(charged: number): number {
    return this.#bounds.memory * charged + this.#bounds.freeBytes;
  }

  /** Fuel and time of one repetition. */
  #timed(subject: Case, size: number, inputs: object): Pick<Row, 'fuel' | 'us' | 'timeRatio'> {
    const copies = subject.module === undefined && size <= 1000 ? COPIES : 1;
    const unit =
      subject.module === undefined
        ? this.#machine.load(programOf(subject, size, subject.statements(size, copies), ''))
        : this.#machine.link(subject.module(size));
    const run = (turns: number) => this.#machine.run(unit, { ...inputs, times: turnsOf(turns) });
    const empty = run(0).fuel;
    let cpuMs = Number.POSITIVE_INFINITY;
    let base = Number.POSITIVE_INFINITY;
    let fuel = 0;
    for (let chance = 0; chance < this.#effort.chances; chance++) {
      const turns = turnsTaking(this.#effort.ms * 2 ** chance, run);
      for (let i = 0; i < this.#effort.rounds; i++) {
        base = Math.min(base, this.#measureBase());
        const usage = run(turns);
        fuel = (usage.fuel - empty) / (turns * copies);
        cpuMs = Math.min(cpuMs, usage.cpuMs / (turns * copies));
      }
      base = Math.min(base, SLOWEST_MACHINE * this.#leastBase);
      if (cpuMs / fuel / base <= this.#bounds.time) break;
    }
    return { fuel, us: 1000 * cpuMs, timeRatio: cpuMs / fuel / base };
  }

  /** What repetitions whose results are kept were charged, and what they made the heap grow by. */
  #keptBy(subject: Case, size: number, inputs: object): Pick<Row, 'charged' | 'growth'> {
    if (subject.kept === '') return { charged: 0, growth: 0 };
    const unit = this.#machine.load(programOf(subject, size, subject.kept, 'OUTPUT { out: out };'));
    const run = (turns: number) => this.#machine.run(unit, { ...inputs, times: turnsOf(turns) });
    const isSmallFor = (count: number) => isSmall(run(count));
    let turns = 1;
    // Why twice: what goes on beside a run must not make it look large.
    while (turns < MAX_KEPT_TURNS && (isSmallFor(turns) || isSmallFor(turns))) turns *= 4;
    let best = this.#grow(() => run(turns));
    for (let chance = 1; chance < this.#effort.chances && best.growth > this.#mayGrow(best.charged); chance++) {
      const { charged, growth } = this.#grow(() => run(turns));
      best = { charged, growth: Math.min(best.growth, growth) };
    }
    return best;
  }

  /** Why a function of its own: what the last run holds must be dead when the next one is measured. */
  #grow(run: () => Usage & { readonly held: Run }): Pick<Row, 'charged' | 'growth'> {
    this.#gc();
    const before = heapBytes();
    const { memory, held } = run();
    this.#gc();
    const growth = heapBytes() - before;
    if (held.outputCount > 1) throw new Error('what was measured is no longer alive');
    return { charged: memory, growth };
  }
}

/** As many turns as take so long. */
function turnsTaking(ms: number, run: (turns: number) => Usage): number {
  let turns = 1;
  for (let { cpuMs } = run(turns); cpuMs < ms && turns < MAX_TURNS; { cpuMs } = run(turns))
    turns = Math.min(MAX_TURNS, Math.ceil(turns * Math.min(16, (1.2 * ms) / (cpuMs + 0.01))));
  return turns;
}

function isSmall({ memory, cpuMs }: Usage): boolean {
  return memory < KEPT_BYTES / 4 && cpuMs < LONGEST_KEPT_MS;
}

/** Lists to loop over, which the program is given so that it does not pay for making them. */
const TURNS = new Map<number, readonly number[]>();

function turnsOf(count: number): readonly number[] {
  const known = TURNS.get(count) ?? Array.from({ length: count }, (_, i) => i);
  TURNS.set(count, known);
  return known;
}

export function programOf(subject: Case, size: number, statements: string, end: string): string {
  return `${subject.declarations(size)}
TRANSFORM T {
  LET a = input.a; LET b = input.b; LET c = input.c; LET out = [];
  FOR EACH i IN input.times { ${statements} }
  ${end}
}`;
}

function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
