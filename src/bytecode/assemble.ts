/**
 * Labelled instructions and their layout into words. Optimisations work on the labelled form (a label is a barrier), so
 * that jump targets are never patched twice.
 */
import { OP_NAMES, OPCODES, type OperandKind, type OpName } from './opcodes.ts';

/** A place in the code that jumps may name. */
export class Label {
  readonly kind = 'label';
  offset = -1;
  /** How many instructions name it; an unused label is no barrier. */
  uses = 0;
  /** Whether one that can be reached names it. */
  isReached = false;
}

export interface Instruction {
  readonly kind: 'instruction';
  readonly op: OpName;
  readonly operands: readonly (number | Label)[];
  readonly at: number;
  readonly end: number;
}

export type Item = Instruction | Label;

type OperandTuple<Kinds extends readonly OperandKind[]> = {
  -readonly [I in keyof Kinds]: Kinds[I] extends 'target' ? Label : number;
};

/** Operands an opcode takes, checked by the compiler against the table. */
export type OperandsOf<N extends OpName> = OperandTuple<(typeof OPCODES)[N]['operands']>;

export class Assembler {
  readonly items: Item[] = [];
  #at = 0;
  #end = 0;

  /** The source range given to the instructions that follow. */
  place(place: { readonly at: number; readonly end: number }): void {
    this.#at = place.at;
    this.#end = place.end;
  }

  emit<N extends OpName>(op: N, ...operands: OperandsOf<N>): void {
    const given: readonly (number | Label)[] = operands;
    for (let i = 0; i < given.length; i++) {
      const operand = given[i];
      if (typeof operand === 'object') operand.uses++;
    }
    this.items.push({ kind: 'instruction', op, operands: given, at: this.#at, end: this.#end });
  }

  label(label: Label): void {
    this.items.push(label);
  }
}

export interface AssembledCode {
  readonly code: Int32Array;
  readonly places: Int32Array;
}

interface Encoding {
  readonly code: number;
  readonly faults: boolean;
}

/** Rows of one shape, unlike the table's, so that reading one is fast. */
const ENCODINGS: ReadonlyMap<OpName, Encoding> = new Map(
  OP_NAMES.map((op) => {
    const { code, faults } = OPCODES[op];
    return [op, { code, faults }];
  }),
);

/** Lays labelled items out: every label gets its offset, targets become absolute word offsets. */
export function layOut(items: readonly Item[]): AssembledCode {
  let size = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    if (item.kind === 'label') item.offset = size;
    else size += 1 + item.operands.length;
  }
  const code = new Int32Array(size);
  const places: number[] = [];
  let word = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    if (item.kind === 'label') continue;
    const { op, operands, at, end } = item;
    const { code: opcode, faults } = ENCODINGS.get(op) as Encoding;
    if (faults) places.push(word, at, end);
    code[word++] = opcode;
    for (let o = 0; o < operands.length; o++) {
      const operand = operands[o] as number | Label;
      code[word++] = typeof operand === 'object' ? operand.offset : operand;
    }
  }
  return { code, places: new Int32Array(places) };
}
