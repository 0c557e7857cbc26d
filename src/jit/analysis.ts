/**
 * What holds where each instruction begins, found by following the code forward with facts in place of values: where ways
 * meet, what holds on each of them; loops are gone round until nothing changes.
 */
import { opRow } from '../bytecode/opcodes.ts';
import type { Instruction } from './flow.ts';
import { Refused } from './refusals.ts';

export interface Known<V> {
  /** Operands, bottom first. */
  readonly stack: readonly V[];
  readonly slots: readonly V[];
}

/** What is followed, and what instructions make of it. */
export interface Analysis<V> {
  /** By slot, at the start. */
  readonly entry: readonly V[];
  /** The results; of AND, OR and ?? what stays on the stack where they jump. */
  pushed(op: Instruction, operands: readonly V[], slots: readonly V[]): readonly V[];
  /** The slots behind an instruction, but for the variable that a loop binds. */
  stored(op: Instruction, operands: readonly V[], slots: readonly V[]): readonly V[];
  /** What the loop binds whose body begins at `head`. */
  elementOf(head: number): V;
  /** What holds of both; `before` is what was known at `pc` until now. */
  join(before: V, arriving: V, pc: number): V;
  isSame(a: V, b: V): boolean;
}

/** By pc; instructions that nothing reaches have none. Nothing is claimed of any if it takes more rounds. @throws Refused */
export function follow<V>(
  instructions: readonly Instruction[],
  analysis: Analysis<V>,
  maxRounds = Number.POSITIVE_INFINITY,
): ReadonlyMap<number, Known<V>> {
  const follower = new Follower(instructions, analysis);
  for (let round = 0; round < maxRounds; round++) if (!follower.goesRound()) return follower.known;
  return new Map();
}

class Follower<V> {
  readonly known = new Map<number, Known<V>>();
  readonly #instructions: readonly Instruction[];
  readonly #analysis: Analysis<V>;
  readonly #targets: ReadonlySet<number>;
  /** What has reached the targets. */
  readonly #joins = new Map<number, Known<V>>();
  #hasChanged = false;

  constructor(instructions: readonly Instruction[], analysis: Analysis<V>) {
    this.#instructions = instructions;
    this.#analysis = analysis;
    this.#targets = new Set(instructions.map(({ target }) => target));
  }

  /** Whether anything new came round a loop. */
  goesRound(): boolean {
    this.#hasChanged = false;
    let known: Known<V> | null = { stack: [], slots: this.#analysis.entry };
    for (const op of this.#instructions) {
      if (this.#targets.has(op.pc)) {
        if (known !== null) this.#reach(op.pc, known);
        known = this.#joins.get(op.pc) ?? null;
      }
      if (known === null) continue;
      this.known.set(op.pc, known);
      known = this.#step(op, known);
    }
    return this.#hasChanged;
  }

  /** Whether it says anything new there. */
  #reach(pc: number, arriving: Known<V>): boolean {
    const before = this.#joins.get(pc) ?? null;
    const stack = before === null ? arriving.stack : this.#joined(pc, before.stack, arriving.stack);
    const slots = before === null ? arriving.slots : this.#joined(pc, before.slots, arriving.slots);
    if (stack === before?.stack && slots === before.slots) return false;
    this.#joins.set(pc, { stack, slots });
    return true;
  }

  /** `before` itself if nothing is new. */
  #joined(pc: number, before: readonly V[], arriving: readonly V[]): readonly V[] {
    if (before.length !== arriving.length) throw new Refused('layout');
    if (before === arriving) return before;
    const joined = before.map((value, i) => this.#analysis.join(value, arriving[i] as V, pc));
    return joined.every((value, i) => this.#analysis.isSame(value, before[i] as V)) ? before : joined;
  }

  /** What holds behind an instruction; null where nothing goes on. */
  #step(op: Instruction, { stack, slots }: Known<V>): Known<V> | null {
    const below = stack.slice(0, stack.length - op.pops);
    const operands = stack.slice(below.length);
    const after = {
      stack: [...below, ...this.#analysis.pushed(op, operands, slots)],
      slots: this.#analysis.stored(op, operands, slots),
    };
    const { flow } = opRow(op.name);
    if (op.target >= 0) {
      const isNew = this.#reach(op.target, flow === 'loop' ? this.#bound(op, op.target, after) : after);
      // What goes forward is followed in the same round.
      if (isNew && op.target <= op.pc) this.#hasChanged = true;
    }
    if (flow === 'end' || flow === 'jump') return null;
    if (op.name === 'INIT_FOREACH') return this.#bound(op, op.next, after);
    // AND, OR and ?? keep their operand when they jump.
    return flow === 'branch' ? { stack: below, slots: after.slots } : after;
  }

  #bound({ operands }: Instruction, head: number, { stack, slots }: Known<V>): Known<V> {
    return { stack, slots: slots.with(operands[1] as number, this.#analysis.elementOf(head)) };
  }
}
