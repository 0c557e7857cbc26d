/**
 * Records that take the place of entries which nobody else refers to, as in
 * `SET groups[key] = { count: groups[key].count + 1 }`: compiled code writes their fields over those of the entry.
 *
 * That may be done for a variable of which the code says: it begins as `{}`; each entry is set to a record that is made for
 * it, all of one shape; and where an entry is set, no variable that is still read may hold an entry, and neither the
 * variable's value nor an entry has gone where it could be kept. Follows the code with what may lie in each place, until
 * nothing changes.
 */
import { opRow } from '../bytecode/opcodes.ts';
import type { Flow, Instruction } from './flow.ts';
import { isPlainKey } from './names.ts';
import { WRITES } from './ranges.ts';

/** What a place may hold, as bits: the variable's value, one of its entries. */
const ROOT = 1;
const ENTRY = 2;

interface Held {
  readonly holds: number;
  /** The instruction that made it, if it is a record that is nowhere else; or -1. */
  readonly madeAt: number;
}

interface Known {
  readonly stack: readonly Held[];
  /** Bits, by slot. */
  readonly slots: readonly number[];
}

const NOTHING: Held = { holds: 0, madeAt: -1 };

/** Operators and jumps that look at their operands and keep nothing of them. */
const LOOKS: ReadonlySet<string> = new Set([
  'POP',
  'JUMP_IF_TRUE',
  'JUMP_IF_FALSE',
  'JUMP_IF_NULL',
  'EQ',
  'NEQ',
  'NOT',
  'TO_BOOL',
  'AND',
  'OR',
  'COALESCE',
  'ACCESS_STATIC',
]);

/** Operands that name what an instruction reads or changes. */
const HOLDERS: ReadonlySet<string> = new Set(['slot', 'variable', 'cell']);

/** What may stand between the record and the write: it reads the key. */
const KEYS: ReadonlySet<string> = new Set(['LOAD_LOCAL', 'LOAD_PART', 'PUSH', 'ACCESS_STATIC', 'SWAP']);

/** The instructions that make such records. */
export function replacementsIn(flow: Flow): ReadonlySet<number> {
  const { instructions } = flow;
  const found = new Set<number>();
  if (instructions.some(({ name }) => name === 'TRY_START')) return found;
  const roots = new Set(
    instructions.flatMap(({ name, operands }) => (name === 'SET_DYNAMIC' ? [operands[0] as number] : [])),
  );
  for (const root of roots) for (const pc of new Inquiry(flow, root).answer()) found.add(pc);
  return found;
}

class Inquiry {
  readonly #flow: Flow;
  readonly #root: number;
  readonly #positions: ReadonlyMap<number, number>;
  readonly #joins = new Map<number, Known>();
  /** By the pc of the write: where its record is made. */
  readonly #writes = new Map<number, number>();
  readonly #before = new Map<number, Known>();
  /** Where something may have been kept. */
  readonly #escapes = new Set<Instruction>();
  #isFit: boolean;
  #hasChanged = true;

  constructor(flow: Flow, root: number) {
    this.#flow = flow;
    this.#root = root;
    this.#positions = new Map(flow.instructions.map(({ pc }, position) => [pc, position]));
    const { parameterCount, captures, cells } = flow.unit;
    this.#isFit = root >= parameterCount + captures.length && !cells.includes(root);
  }

  answer(): Iterable<number> {
    while (this.#isFit && this.#hasChanged) this.#goRound();
    return this.#isFit && this.#areAlike() && this.#areAlone() ? this.#writes.values() : [];
  }

  #goRound(): void {
    this.#hasChanged = false;
    let known: Known | null = { stack: [], slots: Array.from({ length: this.#flow.unit.slotCount }, () => 0) };
    for (const op of this.#flow.instructions) {
      if (known !== null && this.#joins.has(op.pc)) this.#reach(op.pc, known);
      known = this.#joins.get(op.pc) ?? known;
      if (known === null) continue;
      this.#before.set(op.pc, known);
      known = this.#step(op, known);
    }
  }

  #reach(pc: number, known: Known): void {
    const before = this.#joins.get(pc);
    const after = before === undefined ? known : either(before, known);
    if (before !== undefined && areSame(before, after)) return;
    this.#joins.set(pc, after);
    this.#hasChanged = true;
  }

  /** What is known behind an instruction; null where nothing goes on. */
  #step(op: Instruction, { stack, slots }: Known): Known | null {
    const [first, second] = op.operands as [number, number];
    const below = stack.slice(0, stack.length - op.pops);
    const operands = stack.slice(stack.length - op.pops);
    switch (op.name) {
      case 'LOAD_LOCAL':
        return { stack: [...stack, { holds: this.#heldBy(first, slots), madeAt: -1 }], slots };
      case 'LOAD_PART':
        return { stack: [...stack, partOf(this.#heldBy(first, slots))], slots };
      case 'STORE_LOCAL':
        return { stack: below, slots: this.#stored(op, first, operands[0] as Held, slots) };
      case 'MAKE_RECORD':
        this.#keep(op, operands);
        return { stack: [...below, { holds: 0, madeAt: op.pc }], slots };
      case 'DUP':
        return { stack: [...below, ...[0, 1].map(() => ({ ...(operands[0] as Held), madeAt: -1 }))], slots };
      case 'SWAP':
        return { stack: [...below, ...operands.toReversed()], slots };
      case 'ACCESS_DYNAMIC':
        this.#keep(op, operands.slice(1));
        return { stack: [...below, partOf((operands[0] as Held).holds)], slots };
      case 'CLOSURE':
        for (const slot of this.#capturesOf(first)) if (this.#heldBy(slot, slots) !== 0) this.#escapes.add(op);
        break;
      case 'INIT_FOREACH':
      case 'NEXT_FOREACH': {
        if (second === this.#root) this.#isFit = false;
        this.#keep(op, operands);
        const bound = { stack: below, slots: slots.map((bits, slot) => (slot === second ? 0 : bits)) };
        const isStart = op.name === 'INIT_FOREACH';
        this.#reach(op.target, isStart ? { stack: below, slots } : bound);
        return isStart ? bound : { stack: below, slots };
      }
      default:
        if (WRITES.has(op.name)) this.#write(op, operands, slots);
        else if (!LOOKS.has(op.name)) this.#keep(op, operands);
    }
    return this.#flowOn(op, below, operands, slots);
  }

  #flowOn(op: Instruction, below: readonly Held[], operands: readonly Held[], slots: readonly number[]): Known | null {
    const top = operands.at(-1) ?? NOTHING;
    switch (opRow(op.name).flow) {
      case 'end':
        return null;
      case 'jump':
        this.#reach(op.target, { stack: below, slots });
        return null;
      case 'branch':
        // AND, OR and ?? keep their operand when they jump.
        this.#reach(op.target, {
          stack: op.pushes === 0 ? below : [...below, op.name === 'COALESCE' ? { ...top, madeAt: -1 } : NOTHING],
          slots,
        });
        return { stack: below, slots };
      default: {
        const made = op.name === 'ACCESS_STATIC' ? partOf(top.holds) : NOTHING;
        return { stack: [...below, ...Array.from({ length: op.pushes }, () => made)], slots };
      }
    }
  }

  #capturesOf(unit: number): readonly number[] {
    return [...(this.#flow.unit.module.units[unit]?.captures ?? [])];
  }

  #heldBy(slot: number, slots: readonly number[]): number {
    return slot === this.#root ? ROOT : (slots[slot] as number);
  }

  #stored(op: Instruction, slot: number, value: Held, slots: readonly number[]): readonly number[] {
    if (slot === this.#root) {
      if (this.#shapeMadeAt(value.madeAt)?.length !== 0) this.#isFit = false;
      return slots;
    }
    if ((value.holds & ROOT) !== 0) this.#escapes.add(op);
    return slots.map((bits, other) => (other === slot ? value.holds & ENTRY : bits));
  }

  #write(op: Instruction, operands: readonly Held[], slots: readonly number[]): void {
    const slot = op.operands[0] as number;
    const value = operands.at(-1) ?? NOTHING;
    if (slot !== this.#root) {
      this.#keep(op, operands);
      if (slots[slot] !== 0) this.#escapes.add(op);
    } else if (op.name === 'SET_DYNAMIC' && value.madeAt >= 0) {
      this.#keep(op, operands);
      this.#writes.set(op.pc, value.madeAt);
    } else this.#isFit = false;
  }

  #keep(op: Instruction, operands: readonly Held[]): void {
    if (operands.some(({ holds }) => holds !== 0)) this.#escapes.add(op);
  }

  #shapeMadeAt(pc: number): readonly string[] | undefined {
    const op = this.#flow.instructions[this.#positions.get(pc) ?? -1];
    return op === undefined ? undefined : this.#flow.unit.module.shapes[op.operands[0] as number];
  }

  /** Whether all entries have one shape, of fields that compiled code may write. */
  #areAlike(): boolean {
    const [first, ...others] = [...this.#writes.values()].map((pc) => this.#shapeMadeAt(pc) ?? []);
    if (first === undefined || first.length === 0) return false;
    const isWritable = first.every(isPlainKey) && new Set(first).size === first.length;
    return (
      isWritable && others.every((shape) => shape.length === first.length && shape.every((key, i) => key === first[i]))
    );
  }

  /** Whether at each write the entry is referred to by the variable's value alone. */
  #areAlone(): boolean {
    for (const [pc, madeAt] of this.#writes) {
      const { stack, slots } = this.#before.get(pc) as Known;
      if (stack.some(({ holds }) => holds !== 0) || !this.#isNextTo(madeAt, pc)) return false;
      const end = this.#flow.instructions[this.#positions.get(pc) as number] as Instruction;
      if (slots.some((bits, slot) => bits !== 0 && this.#isReadAfter(end, slot))) return false;
    }
    for (const op of this.#escapes) {
      const writes = (other: Instruction): boolean => this.#writes.has(other.pc);
      const beginsAnew = ({ name, operands }: Instruction): boolean =>
        name === 'STORE_LOCAL' && operands[0] === this.#root;
      if (this.#comesTo(op, writes, beginsAnew)) return false;
    }
    return true;
  }

  #isNextTo(from: number, to: number): boolean {
    const { instructions } = this.#flow;
    const between = instructions.slice((this.#positions.get(from) as number) + 1, this.#positions.get(to));
    return between.every(({ name }) => KEYS.has(name));
  }

  #isReadAfter(op: Instruction, slot: number): boolean {
    const reads = ({ name, operands }: Instruction): boolean => {
      if (name === 'CLOSURE') return this.#capturesOf(operands[0] as number).includes(slot);
      return opRow(name).operands.some((kind, i) => HOLDERS.has(kind) && operands[i] === slot);
    };
    const stores = ({ name, operands }: Instruction): boolean => name === 'STORE_LOCAL' && operands[0] === slot;
    return this.#comesTo(op, (other) => reads(other) && !stores(other), stores);
  }

  /** Whether a way from behind the instruction leads to one that is wanted, past none that ends it. */
  #comesTo(from: Instruction, isWanted: (op: Instruction) => boolean, isEnd: (op: Instruction) => boolean): boolean {
    const { instructions } = this.#flow;
    const seen = new Set<number>();
    const open = this.#behind(from);
    for (let position = open.pop(); position !== undefined; position = open.pop()) {
      const op = instructions[position];
      if (op === undefined || seen.has(position)) continue;
      seen.add(position);
      if (isWanted(op)) return true;
      if (!isEnd(op)) open.push(...this.#behind(op));
    }
    return false;
  }

  #behind(op: Instruction): number[] {
    const { flow } = opRow(op.name);
    const target = op.target < 0 ? [] : [this.#positions.get(op.target) as number];
    return flow === 'end' || flow === 'jump' ? target : [(this.#positions.get(op.pc) as number) + 1, ...target];
  }
}

function partOf(holds: number): Held {
  return (holds & ROOT) === 0 ? NOTHING : { holds: ENTRY, madeAt: -1 };
}

function either(a: Known, b: Known): Known {
  return {
    stack: a.stack.map(({ holds, madeAt }, i) => {
      const other = b.stack[i] ?? NOTHING;
      return { holds: holds | other.holds, madeAt: madeAt === other.madeAt ? madeAt : -1 };
    }),
    slots: a.slots.map((bits, i) => bits | (b.slots[i] as number)),
  };
}

function areSame(a: Known, b: Known): boolean {
  return (
    a.stack.every(({ holds, madeAt }, i) => holds === b.stack[i]?.holds && madeAt === b.stack[i]?.madeAt) &&
    a.slots.every((bits, i) => bits === b.slots[i])
  );
}
