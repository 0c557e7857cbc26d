/**
 * What is known of the variables where the body of a loop begins, whichever pass it is. What comes round a loop is widened, so
 * that following the code takes few rounds.
 *
 * Invariant: a fact holds in every tier, for compiled loops are entered half-way. Hence nothing is known of what a guarded
 * region changes, where a fault arrives or a retry begins anew, nor of what lies in cells or is written through.
 */
import type { OpName } from '../bytecode/opcodes.ts';
import { opWidth } from '../bytecode/opcodes.ts';
import { type Analysis, follow, type Known } from './analysis.ts';
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

/** By the pc of the loop's first instruction, among others; a loop that is missing has none. */
export function factsAtLoops(flow: Flow): ReadonlyMap<number, Known<Facts>> {
  const hasLoops = flow.instructions.some(({ name }) => name === 'INIT_FOREACH');
  return hasLoops ? follow(flow.instructions, new LoopFacts(flow), MAX_ROUNDS) : new Map();
}

class LoopFacts implements Analysis<Facts> {
  readonly entry: readonly Facts[];
  readonly #flow: Flow;
  readonly #heads: ReadonlySet<number>;
  /** What a guarded region changes, by the pc of its start. */
  readonly #tried = new Map<number, ReadonlySet<number>>();
  /** What a loop binds, by the pc of its body. */
  readonly #elements = new Map<number, Facts>();

  constructor(flow: Flow) {
    this.#flow = flow;
    this.entry = nothingOf(flow.unit.slotCount);
    this.#findTried(flow.items);
    this.#heads = new Set(flow.instructions.flatMap(({ name, next }) => (name === 'INIT_FOREACH' ? [next] : [])));
  }

  #findTried(items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind === 'op') continue;
      if (item.kind === 'try') this.#tried.set(item.op.pc, changesIn(item).stored);
      this.#findTried(item.body);
    }
  }

  pushed(op: Instruction, operands: readonly Facts[], slots: readonly Facts[]): readonly Facts[] {
    const [first] = op.operands as [number];
    const [a, b] = operands as [Facts, Facts];
    switch (op.name) {
      case 'LOAD_LOCAL':
        return [slots[first] as Facts];
      case 'PUSH':
        return [factsOf(this.#flow.unit.module.constants[first])];
      case 'DUP':
        return [a, a];
      case 'SWAP':
        return [b, a];
      case 'NEG':
        return [negativeOf(a)];
      case 'NOT':
      case 'TO_BOOL':
      case 'AND':
      case 'OR':
        return [A_BOOLEAN];
      case 'COALESCE':
        return [a];
      case 'CALL_HOST':
        if (this.#flow.counted.has(op.pc))
          this.#elements.set(op.next + opWidth('INIT_FOREACH'), elementOfSeries(operands));
        return [UNKNOWN];
      default: {
        const ofTwo = OF_TWO[op.name];
        return ofTwo === undefined ? nothingOf(op.pushes) : [ofTwo(a, b)];
      }
    }
  }

  stored({ name, operands, pc }: Instruction, [value]: readonly Facts[], slots: readonly Facts[]): readonly Facts[] {
    const slot = operands[0] as number;
    if (name === 'STORE_LOCAL') return slots.with(slot, value as Facts);
    if (name === 'TRY_START') return slots.map((facts, i) => (this.#tried.get(pc)?.has(i) ? UNKNOWN : facts));
    return name === 'MAKE_CELL' || name === 'CATCH' || WRITES.has(name) ? slots.with(slot, UNKNOWN) : slots;
  }

  elementOf(head: number): Facts {
    return this.#elements.get(head) ?? UNKNOWN;
  }

  join(before: Facts, arriving: Facts, pc: number): Facts {
    return this.#heads.has(pc) ? widened(before, arriving) : eitherOf(before, arriving);
  }

  isSame(a: Facts, b: Facts): boolean {
    return areSame(a, b);
  }
}

function nothingOf(count: number): readonly Facts[] {
  return Array.from({ length: count }, () => UNKNOWN);
}
