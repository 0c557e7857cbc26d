/**
 * Measures cases: time for each unit of fuel beside that of a plain loop, and what stays on the heap beside what was
 * charged for it.
 */
import type { LinkedUnit } from '../../src/link/linked-module.ts';
import type { Case } from './case.ts';
import type { Machine, Usage } from './measure.ts';

const PLAIN_LOOP =
  'TRANSFORM T { LET s = 0; FOR EACH i IN RANGE(0, input.n - 1) { SET s = (s + i * 3) % 1009; } OUTPUT { s: s }; }';
const PLAIN_LOOP_TURNS = 300_000;
/** Copies of a repetition in one turn of the loop, so that the loop itself hardly counts. */
const COPIES = 16;
const MAX_TURNS = 1 << 16;
const MAX_KEPT_TURNS = 1 << 15;
const MEGABYTE = 1 << 20;
/** What a measurement of memory should be charged, so that the free 8 MB hide little. */
const KEPT_BYTES = 16 * MEGABYTE;

export interface Bounds {
  /** Time for a unit of fuel, over that of the plain loop. */
  readonly time: number;
  /** Growth of the heap over what was charged, after what is free. */
  readonly memory: number;
  readonly freeBytes: number;
}

export interface Effort {
  /** How long one measurement should take, and how many there are; the best counts. */
  readonly ms: number;
  readonly rounds: number;
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

  constructor(machine: Machine, bounds: Bounds, effort: Effort, gc: () => void) {
    this.#machine = machine;
    this.#bounds = bounds;
    this.#effort = effort;
    this.#gc = gc;
    this.#plainLoop = machine.load(PLAIN_LOOP);
  }

  /** Milliseconds for a unit of fuel in a plain loop, now. */
  base(): number {
    return this.#best(() => this.#machine.run(this.#plainLoop, { n: PLAIN_LOOP_TURNS }), 1);
  }

  row(subject: Case, size: number, base: number): Row {
    const inputs = subject.inputs(size);
    const { fuel, cpuMs } = this.#timed(subject, size, inputs);
    const { charged, growth } = this.#keptBy(subject, size, inputs);
    const timeRatio = cpuMs / fuel / base;
    const { time, memory, freeBytes } = this.#bounds;
    const isHonest = timeRatio <= time && growth <= memory * charged + freeBytes;
    return { name: subject.name, size, fuel, us: 1000 * cpuMs, timeRatio, charged, growth, isHonest };
  }

  /** Fuel and time of one repetition. */
  #timed(subject: Case, size: number, inputs: object): { readonly fuel: number; readonly cpuMs: number } {
    const copies = subject.module === undefined && size <= 1000 ? COPIES : 1;
    const unit =
      subject.module === undefined
        ? this.#machine.load(programOf(subject, size, subject.statements(size, copies), ''))
        : this.#machine.link(subject.module(size));
    const run = (turns: number) => this.#machine.run(unit, { ...inputs, times: turnsOf(turns) });
    const empty = run(0).fuel;
    let turns = 1;
    let usage = run(turns);
    while (usage.cpuMs < this.#effort.ms && turns < MAX_TURNS) {
      turns = Math.min(MAX_TURNS, Math.ceil(turns * Math.min(16, (1.2 * this.#effort.ms) / (usage.cpuMs + 0.01))));
      usage = run(turns);
    }
    let { cpuMs } = usage;
    for (let i = 1; i < this.#effort.rounds; i++) cpuMs = Math.min(cpuMs, run(turns).cpuMs);
    const repetitions = turns * copies;
    return { fuel: (usage.fuel - empty) / repetitions, cpuMs: cpuMs / repetitions };
  }

  /** What repetitions whose results are kept were charged, and what they made the heap grow by. */
  #keptBy(subject: Case, size: number, inputs: object): { readonly charged: number; readonly growth: number } {
    if (subject.kept === '') return { charged: 0, growth: 0 };
    const unit = this.#machine.load(programOf(subject, size, subject.kept, 'OUTPUT { out: out };'));
    const run = (turns: number) => this.#machine.run(unit, { ...inputs, times: turnsOf(turns) });
    let turns = 1;
    for (let usage = run(turns); isSmall(usage, this.#effort) && turns < MAX_KEPT_TURNS; usage = run(turns)) turns *= 4;
    this.#gc();
    const before = heapBytes();
    const { memory, held } = run(turns);
    this.#gc();
    const growth = heapBytes() - before;
    if (held.outputs.length > 1) throw new Error('what was measured is no longer alive');
    return { charged: memory, growth };
  }

  #best(measure: () => { readonly cpuMs: number; readonly fuel: number }, units: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#effort.rounds + 2; i++) {
      const { cpuMs, fuel } = measure();
      best = Math.min(best, cpuMs / fuel / units);
    }
    return best;
  }
}

function isSmall({ memory, cpuMs }: Usage, effort: Effort): boolean {
  return memory < KEPT_BYTES / 4 && cpuMs < 6 * effort.ms;
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
