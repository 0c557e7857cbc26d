/**
 * What is known of the variables where the body of a loop begins, whichever pass it is. Follows the code with facts in place
 * of values until nothing changes; what comes round a loop is widened, so that this takes few rounds.
 *
 * Invariant: a fact holds in every tier, for compiled loops are entered half-way. Hence nothing is known of what a guarded
 * region changes, where a fault arrives or a retry begins anew, nor of what lies in cells or is written through.
 */
import type { OpName } from '../bytecode/opcodes.ts';
import { opRow, opWidth } from '../bytecode/opcodes.ts';
import {
  A_BOOLEAN,
  areSame,
  differenceOf,
  eitherOf,
  elementOfSeries,
  type Facts,
  factsOf,
  negativeOf,
  productOf,
  quotientOf,
  remainderOf,
  sumOf,
  UNKNOWN,
  WHOLE_QUOTIENT,
  widened,
} from './facts.ts';
import type { Flow, Instruction, Item } from './flow.ts';
import { changesIn, WRITES } from './ranges.ts';

/** Rounds after which nothing is claimed of any loop. */
const MAX_ROUNDS = 24;

interface Known {
  readonly stack: readonly Facts[];
  readonly slots: readonly Facts[];
}

const OF_TWO: Partial<Record<OpName, (a: Facts, b: Facts) => Facts>> = {
  ADD: sumOf,
  SUB: differenceOf,
  MUL: productOf,
  DIV: quotientOf,
  IDIV: () => WHOLE_QUOTIENT,
  MOD: remainderOf,
  EQ: () => A_BOOLEAN,
  NEQ: () => A_BOOLEAN,
  LT: () => A_BOOLEAN,
  LE: () => A_BOOLEAN,
  GT: () => A_BOOLEAN,
  GE: () => A_BOOLEAN,
};

/** Facts about the slots by the pc of the loop's first instruction; a loop that is missing has none. */
export function factsAtLoops(flow: Flow): ReadonlyMap<number, readonly Facts[]> {
  if (!flow.instructions.some(({ name }) => name === 'INIT_FOREACH')) return new Map();
  const follower = new Follower(flow);
  for (let round = 0; round < MAX_ROUNDS; round++) if (!follower.goesRound()) return follower.loops();
  return new Map();
}

class Follower {
  readonly #flow: Flow;
  readonly #joins = new Map<number, Known>();
  readonly #heads: ReadonlySet<number>;
  /** What a guarded region changes, by the pc of its start. */
  readonly #tried = new Map<number, ReadonlySet<number>>();
  /** What a loop binds, by the pc of its body. */
  readonly #elements = new Map<number, Facts>();
  #hasChanged = false;

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#findTried(flow.items);
    this.#heads = new Set(flow.instructions.flatMap(({ name, next }) => (name === 'INIT_FOREACH' ? [next] : [])));
  }

  loops(): ReadonlyMap<number, readonly Facts[]> {
    return new Map([...this.#joins].filter(([pc]) => this.#heads.has(pc)).map(([pc, { slots }]) => [pc, slots]));
  }

  #findTried(items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind === 'op') continue;
      if (item.kind === 'try') this.#tried.set(item.op.pc, changesIn(item).stored);
      this.#findTried(item.body);
    }
  }

  /** Whether anything new was learnt. */
  goesRound(): boolean {
    const { unit, instructions } = this.#flow;
    this.#hasChanged = false;
    let known: Known | null = { stack: [], slots: nothingOf(unit.slotCount) };
    for (const op of instructions) {
      if (this.#joins.has(op.pc) || this.#heads.has(op.pc)) {
        if (known !== null) this.#reach(op.pc, known);
        known = this.#joins.get(op.pc) ?? null;
      }
      if (known !== null) known = this.#step(op, known);
    }
    return this.#hasChanged;
  }

  #reach(pc: number, known: Known): void {
    const before = this.#joins.get(pc);
    const join = this.#heads.has(pc) ? widened : eitherOf;
    const after = before === undefined ? known : joined(before, known, join);
    if (before !== undefined && isSame(before.stack, after.stack) && isSame(before.slots, after.slots)) return;
    this.#joins.set(pc, after);
    this.#hasChanged = true;
  }

  /** What is known behind an instruction; null where nothing goes on. */
  #step(op: Instruction, known: Known): Known | null {
    const [first] = op.operands as [number];
    const { stack } = known;
    let { slots } = known;
    switch (op.name) {
      case 'INIT_FOREACH':
      case 'NEXT_FOREACH':
        return this.#loop(op, known);
      case 'LOAD_LOCAL':
        return { stack: [...stack, slots[first] as Facts], slots };
      case 'STORE_LOCAL':
        return { stack: stack.slice(0, -1), slots: holding(slots, first, stack.at(-1) ?? UNKNOWN) };
      case 'CALL_HOST':
        if (this.#flow.counted.has(op.pc)) {
          this.#elements.set(op.next + opWidth('INIT_FOREACH'), elementOfSeries(stack.slice(stack.length - op.pops)));
        }
        break;
      case 'TRY_START':
        for (const slot of this.#tried.get(op.pc) ?? []) slots = holding(slots, slot, UNKNOWN);
        this.#reach(op.target, { stack, slots });
        break;
      default:
        if (op.name === 'MAKE_CELL' || op.name === 'CATCH' || WRITES.has(op.name))
          slots = holding(slots, first, UNKNOWN);
    }
    return this.#flowOn(op, stack, slots);
  }

  #flowOn(op: Instruction, stack: readonly Facts[], slots: readonly Facts[]): Known | null {
    const below = stack.slice(0, stack.length - op.pops);
    switch (opRow(op.name).flow) {
      case 'end':
        return null;
      case 'jump':
        this.#reach(op.target, { stack: below, slots });
        return null;
      case 'branch':
        // AND, OR and ?? keep their operand when they jump.
        this.#reach(op.target, {
          stack: op.pushes === 0 ? below : [...below, keptBy(op, stack.at(-1) ?? UNKNOWN)],
          slots,
        });
        return { stack: below, slots };
      default:
        return { stack: [...below, ...this.#results(op, stack)], slots };
    }
  }

  #loop(op: Instruction, { stack, slots }: Known): Known {
    const [, slot] = op.operands as [number, number];
    const isStart = op.name === 'INIT_FOREACH';
    const element = this.#elements.get(isStart ? op.next : op.target) ?? UNKNOWN;
    const after = { stack: isStart ? stack.slice(0, -1) : stack, slots };
    const bound = { stack: after.stack, slots: holding(slots, slot, element) };
    this.#reach(op.target, isStart ? after : bound);
    return isStart ? bound : after;
  }

  #results(op: Instruction, stack: readonly Facts[]): readonly Facts[] {
    const a = stack.at(-1) ?? UNKNOWN;
    const below = stack.at(-2) ?? UNKNOWN;
    switch (op.name) {
      case 'PUSH':
        return [factsOf(this.#flow.unit.module.constants[op.operands[0] as number])];
      case 'DUP':
        return [a, a];
      case 'SWAP':
        return [a, below];
      case 'NEG':
        return [negativeOf(a)];
      case 'NOT':
      case 'TO_BOOL':
        return [A_BOOLEAN];
      default: {
        const ofTwo = OF_TWO[op.name];
        if (ofTwo !== undefined) return [ofTwo(below, a)];
        return nothingOf(op.pushes);
      }
    }
  }
}

function keptBy({ name }: Instruction, operand: Facts): Facts {
  return name === 'COALESCE' ? operand : A_BOOLEAN;
}

function joined(a: Known, b: Known, join: (a: Facts, b: Facts) => Facts): Known {
  return {
    stack: a.stack.map((facts, i) => join(facts, b.stack[i] ?? UNKNOWN)),
    slots: a.slots.map((facts, i) => join(facts, b.slots[i] ?? UNKNOWN)),
  };
}

function isSame(a: readonly Facts[], b: readonly Facts[]): boolean {
  return a.every((facts, i) => areSame(facts, b[i] as Facts));
}

function holding(slots: readonly Facts[], slot: number, facts: Facts): readonly Facts[] {
  return slots.map((old, i) => (i === slot ? facts : old));
}

function nothingOf(count: number): readonly Facts[] {
  return Array.from({ length: count }, () => UNKNOWN);
}
