/** What can be said of a piece of code in order: its instructions, what they change, where they lead, the blocks they need. */
import { endOf, type Instruction, type Item, type State, startOf } from './flow.ts';

/** Instructions that write through a variable, their first operand. */
export const WRITES: ReadonlySet<string> = new Set([
  'SET_STATIC',
  'SET_DYNAMIC',
  'SET_PATH',
  'APPEND',
  'APPEND_INIT',
  'APPEND_PATH',
  'MODIFY',
]);

const STORES: ReadonlySet<string> = new Set(['STORE_LOCAL', 'MAKE_CELL', 'CATCH']);
export const CALLS: ReadonlySet<string> = new Set(['CALL', 'CALL_HOST', 'CALL_FN', 'CALL_LAMBDA']);

/** Slots that are written through, and slots that get another value. */
export function slotsIn(instructions: readonly Instruction[]): {
  readonly written: ReadonlySet<number>;
  readonly stored: ReadonlySet<number>;
} {
  const written = new Set<number>();
  const stored = new Set<number>();
  for (const { name, operands } of instructions) {
    if (WRITES.has(name)) written.add(operands[0] as number);
    if (name === 'STORE_LOCAL' || name === 'CATCH') stored.add(operands[0] as number);
    if (name === 'INIT_FOREACH') stored.add(operands[1] as number);
  }
  return { written, stored };
}

/** Items that a forward jump leaves: [from, to) by position. */
export interface JumpedBlock {
  from: number;
  readonly to: number;
}

/** One for each item that a jump among the others leads to; of two that overlap the later one lies outside. */
export function blocksOf(items: readonly Item[]): readonly JumpedBlock[] {
  const position = new Map(items.map((item, i) => [startOf(item), i]));
  const first = new Map<number, number>();
  items.forEach((item, i) => {
    for (const target of targetsIn(item)) {
      const to = position.get(target);
      if (to !== undefined && to > i && !first.has(to)) first.set(to, i);
    }
  });
  const blocks = [...first].sort(([a], [b]) => a - b).map(([to, from]) => ({ from, to }));
  for (const [i, outer] of blocks.entries()) {
    for (let j = i - 1; j >= 0; j--) {
      const inner = blocks[j] as JumpedBlock;
      if (inner.from < outer.from && outer.from < inner.to) outer.from = inner.from;
    }
  }
  return blocks;
}

/** The lowest height that the operands sink to. */
export function floorOf(items: readonly Item[], states: ReadonlyMap<number, State>): number {
  let floor = Number.MAX_SAFE_INTEGER;
  for (const op of opsIn(items)) {
    const state = states.get(op.pc);
    if (state !== undefined) floor = Math.min(floor, state.stack.length - op.pops);
  }
  return floor;
}

export interface Changes {
  readonly stored: ReadonlySet<number>;
  /** Variables whose containers may become parts of others, or other than trees. */
  readonly taken: ReadonlySet<number>;
  readonly hasCalls: boolean;
}

/** What lies behind an item may be in another state than what stands before it. */
export function changesIn(item: Item): Changes {
  const stored = new Set<number>();
  const taken = new Set<number>();
  let hasCalls = false;
  for (const { name, operands } of opsIn([item])) {
    const slot = operands[name === 'INIT_FOREACH' ? 1 : 0] as number;
    const isStored = STORES.has(name) || WRITES.has(name) || name === 'INIT_FOREACH';
    if (isStored) stored.add(slot);
    if (name === 'LOAD_LOCAL' || (isStored && name !== 'APPEND')) taken.add(slot);
    hasCalls ||= CALLS.has(name);
  }
  return { stored, taken, hasCalls };
}

function* opsIn(items: readonly Item[]): Generator<Instruction> {
  for (const item of items) {
    yield item.op;
    if (item.kind === 'op') continue;
    yield* opsIn(item.body);
    yield item.last;
  }
}

/** Instructions behind an item that it may jump to. */
function targetsIn(item: Item): readonly number[] {
  const targets: number[] = [];
  for (const op of opsIn([item]))
    if (op.target >= 0 && op.name !== 'NEXT_FOREACH' && op.target >= endOf(item)) targets.push(op.target);
  return targets;
}
