/**
 * Records that take the place of entries which nobody else refers to, as in
 * `SET groups[key] = { count: groups[key].count + 1 }`: compiled code writes their fields over those of the entry.
 *
 * That may be done for a variable of which the code says: it begins as `{}`; each entry is set to a record that is made for
 * it, all of one shape; and where an entry is set, no variable that is still read may hold an entry, and neither the
 * variable's value nor an entry has gone where it could be kept.
 */
import { opRow } from '../bytecode/opcodes.ts';
import { type Analysis, follow, type Known } from './analysis.ts';
import type { Flow, Instruction } from './flow.ts';
import { isPlainKey } from './names.ts';
import { WRITES } from './ranges.ts';

/** What a place may hold, as bits: the variable's value, one of its entries. */
const ROOT = 1;
const ENTRY = 2;

interface Held {
  readonly bits: number;
  /** The instruction that made it, if it is a record that is nowhere else; or -1. */
  readonly madeAt: number;
}

const NOTHING: Held = { bits: 0, madeAt: -1 };

/** Instructions that look at their operands, or move them, and keep nothing of them. */
const LOOKS: ReadonlySet<string> = new Set([
  'POP',
  'DUP',
  'SWAP',
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
  const { instructions, unit } = flow;
  if (instructions.some(({ name }) => name === 'TRY_START')) return new Set();
  const written = instructions.flatMap(({ name, operands }) => (name === 'SET_DYNAMIC' ? [operands[0] as number] : []));
  const isOwn = (slot: number): boolean => slot >= unit.parameterCount + unit.captures.length;
  const roots = [...new Set(written)].filter((slot) => isOwn(slot) && !unit.cells.includes(slot));
  return new Set(roots.flatMap((root) => [...new Inquiry(flow, root).answer()]));
}

class Inquiry implements Analysis<Held> {
  readonly entry: readonly Held[];
  readonly #flow: Flow;
  readonly #root: number;
  readonly #positions: ReadonlyMap<number, number>;
  /** By the pc of the write: where its record is made. */
  readonly #writes = new Map<number, number>();
  readonly #known: ReadonlyMap<number, Known<Held>>;
  /** Where something may have been kept. */
  readonly #escapes = new Set<Instruction>();

  constructor(flow: Flow, root: number) {
    this.#flow = flow;
    this.#root = root;
    this.#positions = new Map(flow.instructions.map(({ pc }, position) => [pc, position]));
    this.entry = Array.from({ length: flow.unit.slotCount }, (_, slot) => held(slot === root ? ROOT : 0));
    this.#known = follow(flow.instructions, this);
  }

  pushed(op: Instruction, operands: readonly Held[], slots: readonly Held[]): readonly Held[] {
    const slot = op.operands[0] as number;
    const [first = NOTHING] = operands;
    switch (op.name) {
      case 'LOAD_LOCAL':
        return [slots[slot] as Held];
      case 'LOAD_PART':
        return [partOf(slots[slot] as Held)];
      case 'ACCESS_STATIC':
      case 'ACCESS_DYNAMIC':
        return [partOf(first)];
      case 'MAKE_RECORD':
        return [{ bits: 0, madeAt: op.pc }];
      case 'DUP':
        return [held(first.bits), held(first.bits)];
      case 'SWAP':
        return operands.toReversed();
      case 'COALESCE':
        return [held(first.bits)];
      default:
        return Array.from({ length: op.pushes }, () => NOTHING);
    }
  }

  stored({ name, operands }: Instruction, [value = NOTHING]: readonly Held[], slots: readonly Held[]): readonly Held[] {
    const slot = operands[0] as number;
    return name === 'STORE_LOCAL' && slot !== this.#root ? slots.with(slot, held(value.bits & ENTRY)) : slots;
  }

  elementOf(): Held {
    return NOTHING;
  }

  join(a: Held, b: Held): Held {
    return { bits: a.bits | b.bits, madeAt: a.madeAt === b.madeAt ? a.madeAt : -1 };
  }

  isSame(a: Held, b: Held): boolean {
    return a.bits === b.bits && a.madeAt === b.madeAt;
  }

  answer(): Iterable<number> {
    const isFit = this.#flow.instructions.every((op) => {
      const known = this.#known.get(op.pc);
      return known === undefined || this.#looksAt(op, known);
    });
    return isFit && this.#areAlike() && this.#areAlone() ? this.#writes.values() : [];
  }

  /** Notes what the instruction writes and keeps; whether the variable may yet be such a one. */
  #looksAt(op: Instruction, { stack, slots }: Known<Held>): boolean {
    const operands = stack.slice(stack.length - op.pops);
    if (this.#keeps(op, operands, slots)) this.#escapes.add(op);
    const value = operands.at(-1) ?? NOTHING;
    const [first, second] = op.operands;
    if (op.name === 'INIT_FOREACH' || op.name === 'NEXT_FOREACH') return second !== this.#root;
    if (first !== this.#root) return true;
    if (op.name === 'STORE_LOCAL') return this.#shapeMadeAt(value.madeAt)?.length === 0;
    if (op.name === 'SET_DYNAMIC' && value.madeAt >= 0) this.#writes.set(op.pc, value.madeAt);
    return !WRITES.has(op.name) || this.#writes.has(op.pc);
  }

  #keeps({ name, operands }: Instruction, values: readonly Held[], slots: readonly Held[]): boolean {
    const slot = operands[0] as number;
    const isHeld = ({ bits }: Held): boolean => bits !== 0;
    if (name === 'STORE_LOCAL') return slot !== this.#root && ((values[0] as Held).bits & ROOT) !== 0;
    if (name === 'ACCESS_DYNAMIC') return isHeld(values[1] as Held);
    if (name === 'CLOSURE') return this.#capturesOf(slot).some((captured) => isHeld(slots[captured] as Held));
    if (WRITES.has(name) && slot !== this.#root && isHeld(slots[slot] as Held)) return true;
    return !LOOKS.has(name) && values.some(isHeld);
  }

  #capturesOf(unit: number): readonly number[] {
    return [...(this.#flow.unit.module.units[unit]?.captures ?? [])];
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
      const { stack, slots } = this.#known.get(pc) as Known<Held>;
      if (stack.some(({ bits }) => bits !== 0) || !this.#isNextTo(madeAt, pc)) return false;
      const end = this.#flow.instructions[this.#positions.get(pc) as number] as Instruction;
      if (slots.some(({ bits }, slot) => bits === ENTRY && this.#isReadAfter(end, slot))) return false;
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

function held(bits: number): Held {
  return { bits, madeAt: -1 };
}

function partOf({ bits }: Held): Held {
  return held((bits & ROOT) === 0 ? 0 : ENTRY);
}
