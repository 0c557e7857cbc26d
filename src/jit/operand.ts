/** What the translator knows of the values that generated code handles. */
import type { LinkedUnit } from '../link/linked-module.ts';
import {
  assign,
  binary,
  call,
  declare,
  type Expression,
  evaluate,
  id,
  member,
  number,
  RUN,
  type Statement,
  when,
} from './estree.ts';
import { eitherOf, type Facts, UNKNOWN } from './facts.ts';
import type { Names } from './names.ts';
import { Records } from './records.ts';

export interface Operand extends Facts {
  readonly node: Expression;
  /** Only containers that the program has written may be owned (see vm/ownership.ts). */
  readonly mayBeOwned: boolean;
  /** Read out of the input: no program owns any of it. */
  readonly isInput: boolean;
  /** The variable it stands for, or -1. */
  readonly slot: number;
  /** See trees.ts; of what stands for a variable the variable says it. */
  readonly isTree: boolean;
  /** What it calls, if it is a lambda and that is known. */
  readonly lambda?: LinkedUnit | undefined;
  /** A series that stands for the list of its elements, which is made only where the interpreter goes on. */
  readonly isSeries: boolean;
}

export interface SlotFacts extends Facts {
  readonly isInput: boolean;
  readonly isTree: boolean;
  readonly lambda?: LinkedUnit | undefined;
}

export const UNKNOWN_SLOT: SlotFacts = { ...UNKNOWN, isInput: false, isTree: false };

/** What a name may stand for of which nothing is known. */
export function anything(name: string): Operand {
  return { node: id(name), ...UNKNOWN, mayBeOwned: true, isInput: false, slot: -1, isTree: false, isSeries: false };
}

/** What to hand to the interpreter for an operand. */
export function leftOf({ node, isSeries }: Operand): Expression {
  return isSeries ? call('listOfSeries', node) : node;
}

/** What is known where control stands. */
export interface Knowledge {
  readonly stack: readonly Operand[];
  readonly slots: readonly SlotFacts[];
  readonly records: Records;
}

export interface Join {
  readonly label: string;
  /** Operands below are the same on every way. */
  readonly floor: number;
  readonly arrivals: Knowledge[];
}

export interface Loop {
  /** The list, or the series that it would be made of. */
  readonly list: string;
  readonly isSeries: boolean;
  readonly index: string;
  readonly cursor: number;
}

/** `if ((run.memoryLeft -= bytes) < 0) refillMemory(run, pc);` */
export function allocation(bytes: number, pc: number): Statement {
  return when(
    binary('<', assign(member(RUN, 'memoryLeft'), number(bytes), '-='), number(0)),
    evaluate(call('refillMemory', RUN, number(pc))),
  );
}

/** What holds on every way to a join: flags only if they are declared outside of its block. */
export function merged(arrivals: readonly Knowledge[], flags: ReadonlySet<string>): Knowledge {
  const [first, ...others] = arrivals as [Knowledge, ...Knowledge[]];
  return {
    stack: first.stack,
    slots: first.slots.map((facts, i) => ({
      ...others.reduce<Facts>((sum, other) => eitherOf(sum, other.slots[i] as SlotFacts), facts),
      isInput: others.every((other) => (other.slots[i] as SlotFacts).isInput) && facts.isInput,
      isTree: others.every((other) => (other.slots[i] as SlotFacts).isTree) && facts.isTree,
      lambda: others.every((other) => (other.slots[i] as SlotFacts).lambda === facts.lambda) ? facts.lambda : undefined,
    })),
    records: Records.common(
      arrivals.map((arrival) => arrival.records),
      flags,
    ),
  };
}

/**
 * Moves operands into the variables of their positions, so that every way to a join brings the same names; positions with
 * no name stay. A variable that is about to be overwritten is copied for the operands that still stand for it.
 */
export function settled(
  stack: readonly Operand[],
  names: readonly (string | null)[],
  fresh: Names,
  out: Statement[],
): readonly Operand[] {
  const isNamed = ({ node }: Operand, name: string | null | undefined): boolean =>
    node.type === 'Identifier' && node.name === name;
  const kept = stack.map((operand, position) => {
    if (!names.some((name, other) => name !== null && other < position && isNamed(operand, name))) return operand;
    const copy = fresh.next('operand');
    out.push(declare('const', copy, operand.node));
    return { ...operand, node: id(copy) };
  });
  kept.forEach((operand, position) => {
    const name = names[position];
    if (name !== null && name !== undefined && !isNamed(operand, name))
      out.push(evaluate(assign(id(name), operand.node)));
  });
  return kept;
}
