/**
 * Linked code as instructions, and the nesting of its loops and guarded regions.
 *
 * Verified code jumps forward only, but for NEXT_FOREACH, which leads to the head of its own loop, and retries. So control
 * flow is a list of instructions with nested ranges (loops, TRY regions) and forward jumps, and structured JavaScript comes
 * of it without a search: a range is a `for` or a `try`, a forward jump a `break` out of a labelled block.
 */
import { type OpName, opName, opRow, opWidth, type ShapeSizes } from '../bytecode/opcodes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import { type Analysis, follow, type Known } from './analysis.ts';
import { Refused } from './refusals.ts';

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

/** What is known of a variable at an instruction. */
export const SLOT_STATES = { value: 0, cell: 1, mixed: 2 } as const;
type SlotState = (typeof SLOT_STATES)[keyof typeof SLOT_STATES];

/** Of operands only that they are there. */
export type State = Known<SlotState>;

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
  const states = follow(instructions, slotStatesOf(unit));
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

function slotStatesOf({ slotCount, cells, parameterCount, captures }: LinkedUnit): Analysis<SlotState> {
  const { value, cell, mixed } = SLOT_STATES;
  const isCaptured = (slot: number): boolean => slot >= parameterCount && slot < parameterCount + captures.length;
  const isCell = (slot: number): boolean => isCaptured(slot) && cells.includes(slot);
  return {
    entry: Array.from({ length: slotCount }, (_, slot) => (isCell(slot) ? cell : value)),
    pushed: ({ pushes }) => Array.from({ length: pushes }, () => value),
    stored: ({ name, operands }, _, slots) => {
      if (name === 'MAKE_CELL') return slots.with(operands[0] as number, cell);
      return name === 'STORE_LOCAL' || name === 'CATCH' ? slots.with(operands[0] as number, value) : slots;
    },
    elementOf: () => value,
    join: (a, b) => (a === b ? a : mixed),
    isSame: (a, b) => a === b,
  };
}

/** The first instruction of an item. */
export function startOf(item: Item): number {
  return item.op.pc;
}

/** Where the code behind an item begins. */
export function endOf(item: Item): number {
  return item.kind === 'op' ? item.op.next : item.last.next;
}
