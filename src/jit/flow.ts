/**
 * Linked code as instructions, and the nesting of its loops and guarded regions.
 *
 * Verified code jumps forward only, but for NEXT_FOREACH, which leads to the head of its own loop, and retries. So control
 * flow is a list of instructions with nested ranges (loops, TRY regions) and forward jumps, and structured JavaScript comes
 * of it without a search: a range is a `for` or a `try`, a forward jump a `break` out of a labelled block.
 */
import { type OpName, opName, opRow, opWidth, type ShapeSizes } from '../bytecode/opcodes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';

/** Why a unit stays with the interpreter. */
export const JIT_REFUSALS = {
  layout: 'its code is laid out in a way that no compiler of ours emits',
  slots: 'a slot holds a captured variable at some times and a plain value at others',
  size: 'its compiled text would be too large for V8 to optimise',
  gate: 'the gate refused the compiled text',
  failed: 'the compiler failed',
  forbidden: 'this process forbids code generation from strings',
} as const;
export type JitRefusal = keyof typeof JIT_REFUSALS;

export class Refused {
  readonly reason: JitRefusal;

  constructor(reason: JitRefusal) {
    this.reason = reason;
  }
}

/** Slots and operands; the time of a translation grows with their number and that of the jumps. */
const MAX_FRAME = 256;
/** Words; more than this never fits a text that V8 optimises. */
const MAX_CODE = 6_000;
const MAX_NESTING = 32;

export interface Instruction {
  readonly name: OpName;
  readonly pc: number;
  /** Where the next one begins. */
  readonly next: number;
  readonly operands: readonly number[];
  readonly pops: number;
  readonly pushes: number;
  /** -1 when it has none. */
  readonly target: number;
}

/** A piece of code in order; ranges contain what lies inside them. */
export type Item =
  | { readonly kind: 'op'; readonly op: Instruction }
  | { readonly kind: 'loop'; readonly op: Instruction; readonly body: readonly Item[]; readonly last: Instruction }
  | { readonly kind: 'try'; readonly op: Instruction; readonly body: readonly Item[]; readonly last: Instruction };

export type LoopItem = Extract<Item, { kind: 'loop' }>;

/** What is known of the variables at an instruction. */
export const SLOT_STATES = { value: 0, cell: 1, mixed: 2 } as const;

export interface State {
  /** Operands on the stack. */
  readonly height: number;
  /** By slot, of SLOT_STATES. */
  readonly slots: Uint8Array;
}

export interface Flow {
  readonly unit: LinkedUnit;
  readonly instructions: readonly Instruction[];
  readonly items: readonly Item[];
  /** By pc; instructions that nothing reaches have none. */
  readonly states: ReadonlyMap<number, State>;
  /** Calls, by pc, whose result is a series that the FOR EACH behind them counts over, and nothing else sees. */
  readonly counted: ReadonlySet<number>;
}

/** @throws Refused */
export function readFlow(unit: LinkedUnit): Flow {
  if (unit.frameSize > MAX_FRAME || unit.code.length > MAX_CODE) throw new Refused('size');
  const instructions = decode(unit);
  const states = follow(unit, instructions);
  return { unit, instructions, items: nest(instructions), states, counted: countedIn(unit, instructions) };
}

function countedIn({ module }: LinkedUnit, instructions: readonly Instruction[]): ReadonlySet<number> {
  const counted = new Set<number>();
  const targets = new Set(instructions.map(({ target }) => target));
  instructions.forEach((op, i) => {
    const next = instructions[i + 1];
    if (op.name !== 'CALL_HOST' || next?.name !== 'INIT_FOREACH' || targets.has(next.pc)) return;
    const [index, count] = op.operands as [number, number];
    const target = module.calls[index] as LinkedUnit['module']['calls'][number];
    if (target.series !== null && count >= target.minArgs && count <= target.maxArgs) counted.add(op.pc);
  });
  return counted;
}

function decode({ code, module }: LinkedUnit): Instruction[] {
  const sizes: ShapeSizes = {
    shapeSize: (index) => (module.shapes[index] as readonly string[]).length,
    dynamicKeyCount: (index) => (module.paths[index]?.segments ?? []).filter((segment) => segment === null).length,
  };
  const found: Instruction[] = [];
  for (let pc = 0; pc < code.length; ) {
    const name = opName(code[pc] as number) as OpName;
    const row = opRow(name);
    const operands = Array.from(code.subarray(pc + 1, pc + 1 + row.operands.length));
    const pops = typeof row.pops === 'number' ? row.pops : row.pops(operands, sizes);
    const pushes = typeof row.pushes === 'number' ? row.pushes : row.pushes(operands, sizes);
    const target = row.operands.indexOf('target');
    const next = pc + opWidth(name);
    found.push({ name, pc, next, operands, pops, pushes, target: target < 0 ? -1 : (operands[target] as number) });
    pc = next;
  }
  return found;
}

function nest(instructions: readonly Instruction[]): readonly Item[] {
  const open: { readonly op: Instruction; readonly items: Item[] }[] = [];
  let items: Item[] = [];
  const outermost = items;
  for (const op of instructions) {
    if (op.name === 'INIT_FOREACH' || op.name === 'TRY_START') {
      if (open.length >= MAX_NESTING) throw new Refused('size');
      open.push({ op, items });
      items = [];
      continue;
    }
    if (op.name !== 'NEXT_FOREACH' && op.name !== 'TRY_END') {
      items.push({ kind: 'op', op });
      continue;
    }
    const start = open.pop();
    const kind = op.name === 'NEXT_FOREACH' ? 'loop' : 'try';
    if (start === undefined || (start.op.name === 'INIT_FOREACH') !== (kind === 'loop')) throw new Refused('layout');
    if (kind === 'loop' && op.target !== start.op.next) throw new Refused('layout');
    start.items.push({ kind, op: start.op, body: items, last: op });
    items = start.items;
  }
  if (open.length > 0) throw new Refused('layout');
  return outermost;
}

/** Heights and what slots hold, by following the code until nothing changes. */
function follow(unit: LinkedUnit, instructions: readonly Instruction[]): ReadonlyMap<number, State> {
  const joins = new Map<number, State>();
  const states = new Map<number, State>();
  let hasChanged = true;
  const reach = (pc: number, state: State): void => {
    const known = joins.get(pc);
    if (known === undefined) {
      joins.set(pc, state);
      hasChanged = true;
      return;
    }
    if (known.height !== state.height) throw new Refused('layout');
    const merged = known.slots.map((slot, i) => (slot === state.slots[i] ? slot : SLOT_STATES.mixed));
    if (merged.every((slot, i) => slot === known.slots[i])) return;
    joins.set(pc, { height: known.height, slots: merged });
    hasChanged = true;
  };
  const entry = new Uint8Array(unit.slotCount);
  unit.cells.forEach((slot) => {
    if (slot >= unit.parameterCount && slot < unit.parameterCount + unit.captures.length) entry[slot] = 1;
  });
  while (hasChanged) {
    hasChanged = false;
    let state: State | null = { height: 0, slots: entry };
    for (const op of instructions) {
      if (joins.has(op.pc)) {
        if (state !== null) reach(op.pc, state);
        state = joins.get(op.pc) as State;
      }
      if (state === null) {
        // A trap of the linker's or unreachable code: nothing is emitted for it.
        states.delete(op.pc);
        continue;
      }
      states.set(op.pc, state);
      state = step(op, state, reach);
    }
  }
  return states;
}

function step(op: Instruction, before: State, reach: (pc: number, state: State) => void): State | null {
  const after = { height: before.height - op.pops + op.pushes, slots: before.slots };
  switch (op.name) {
    case 'MAKE_CELL': {
      const slots = before.slots.slice();
      slots[op.operands[0] as number] = SLOT_STATES.cell;
      return { height: after.height, slots };
    }
    case 'STORE_LOCAL':
      return { height: after.height, slots: holding(after.slots, op.operands[0] as number) };
    case 'CATCH':
      return { height: after.height, slots: holding(after.slots, op.operands[0] as number) };
    case 'INIT_FOREACH': {
      reach(op.target, after);
      return { height: after.height, slots: holding(after.slots, op.operands[1] as number) };
    }
    case 'NEXT_FOREACH':
      reach(op.target, { height: after.height, slots: holding(after.slots, op.operands[1] as number) });
      return after;
    case 'TRY_START':
      reach(op.target, after);
      return after;
  }
  switch (opRow(op.name).flow) {
    case 'end':
      return null;
    case 'jump':
      reach(op.target, after);
      return null;
    case 'branch':
      reach(op.target, after);
      // AND, OR and ?? keep their operand when they jump.
      return op.pushes === 1 ? { height: after.height - 1, slots: after.slots } : after;
    default:
      return after;
  }
}

function holding(slots: Uint8Array, slot: number): Uint8Array {
  if (slots[slot] === SLOT_STATES.value) return slots;
  const changed = slots.slice();
  changed[slot] = SLOT_STATES.value;
  return changed;
}

/** The first instruction of an item. */
export function startOf(item: Item): number {
  return item.op.pc;
}

/** Where the code behind an item begins. */
export function endOf(item: Item): number {
  return item.kind === 'op' ? item.op.next : item.last.next;
}
