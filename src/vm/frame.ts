/**
 * The heap record of a call: unit, place, slots and operands, open handlers. Nothing of a call is on the JavaScript
 * stack, so a run can stop between any two blocks and go on later.
 */
import type { LinkedUnit } from '../link/linked-module.ts';
import type { Value } from '../value/kinds.ts';

/** A captured variable. Shared by reference between the frame that declares it and the closures that capture it. */
export class Cell {
  value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** An open TRY region. */
export interface Handler {
  /** Where CATCH stands. */
  readonly catchPc: number;
  /** Where a retry starts again: right after TRY_START. */
  readonly startPc: number;
  /** Height to cut the operands back to. */
  readonly sp: number;
  attempts: number;
}

export class Frame {
  readonly unit: LinkedUnit;
  readonly caller: Frame | null;
  /** Slots [0, slotCount), then operands. */
  readonly registers: Value[];
  pc = 0;
  /** Where to go on once the answer that the frame waits for has been pushed. */
  resumePc = 0;
  sp: number;
  handlers: Handler[] | null = null;
  /** The fault that CATCH is about to bind. */
  caught: Value = null;
  /** A frame at which the interpreter returns to JavaScript: the entry, or a lambda called by a host function. */
  readonly isBase: boolean;

  constructor(unit: LinkedUnit, caller: Frame | null, registers: Value[], isBase: boolean) {
    this.unit = unit;
    this.caller = caller;
    this.registers = registers;
    this.sp = unit.slotCount;
    this.isBase = isBase;
  }
}

/** What V8 gives a list at its first push; beyond that, growing step by step costs more than copying a list of nulls. */
const FIRST_ROOM = 16;
const NULLS: readonly Value[] = Array.from({ length: 256 }, () => null);

/** Registers of a frame, all null. */
export function makeRegisters(unit: LinkedUnit): Value[] {
  if (unit.frameSize > FIRST_ROOM && unit.frameSize <= NULLS.length) return NULLS.slice(0, unit.frameSize);
  const registers: Value[] = [];
  for (let i = 0; i < unit.frameSize; i++) registers.push(null);
  return registers;
}
