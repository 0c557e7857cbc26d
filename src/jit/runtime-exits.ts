/** How generated code is left: by a fault, or for the interpreter, which goes on with the frame. */
import { OPCODES } from '../bytecode/opcodes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import { Fault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { errorRecord, Failure, foreseenFault, thrownFault } from '../vm/faults.ts';
import { Frame } from '../vm/frame.ts';
import { interpret } from '../vm/machine.ts';
import { giveMark } from '../vm/ownership.ts';
import type { Run } from '../vm/run.ts';
import { Unwinding } from '../vm/unwinding.ts';

export const EXITS = {
  // --- faults
  throwValue(run: Run, value: Value, pc: number): void {
    run.faultPc = pc;
    throw thrownFault(run, value);
  },
  foreseen(run: Run, which: number, pc: number): void {
    run.faultPc = pc;
    throw foreseenFault(which);
  },
  errorRecord: (fault: Fault): Value => errorRecord(fault),
  /** The fault that a TRY of compiled code has caught; anything else goes on its way. */
  caught(run: Run, error: unknown, depth: number): Fault {
    if (error instanceof Unwinding && error.hasLeft) throw error;
    const reason = error instanceof Unwinding || error instanceof Failure ? error.reason : error;
    if (!(reason instanceof Fault)) throw error;
    run.depth = depth;
    return reason;
  },
  /** Leaves an activation: `at` is its last call, for what was thrown further in. */
  unwind(run: Run, error: unknown, unit: LinkedUnit, at: number): Unwinding {
    const isOwn = !(error instanceof Unwinding || error instanceof Failure);
    const unwinding = Unwinding.of(error);
    if (unwinding.hasLeft) {
      unwinding.hasLeft = false;
      return unwinding;
    }
    return unwinding.leave(unit, isOwn ? run.faultPc : at);
  },
  /** A compiled loop leaves its frame to the interpreter's search for a handler. */
  strand(
    run: Run,
    frame: Frame,
    error: unknown,
    at: number,
    slots: readonly Value[],
    marks: readonly Value[],
  ): Unwinding {
    const isOwn = !(error instanceof Unwinding || error instanceof Failure);
    const unwinding = Unwinding.of(error);
    unwinding.pc = isOwn ? run.faultPc : at;
    writeSlots(frame.registers, slots);
    giveMarks(run, marks);
    return unwinding;
  },

  // --- back to the interpreter
  /** Goes on there with the activation, to its end. */
  leave(
    run: Run,
    unit: LinkedUnit,
    pc: number,
    slots: readonly Value[],
    operands: readonly Value[],
    tries: readonly number[],
    marks: readonly Value[],
  ): Value {
    giveMarks(run, marks);
    const registers: Value[] = [];
    for (let i = 0; i < unit.frameSize; i++) registers.push(null);
    const frame = new Frame(unit, run.frame, registers, true);
    restore(frame, pc, slots, operands, tries);
    try {
      return interpret(run, frame);
    } catch (error) {
      const unwinding = Unwinding.of(error);
      unwinding.hasLeft = true;
      throw unwinding;
    }
  },
  leaveLoop(
    run: Run,
    frame: Frame,
    pc: number,
    slots: readonly Value[],
    operands: readonly Value[],
    tries: readonly number[],
    marks: readonly Value[],
  ): number {
    giveMarks(run, marks);
    restore(frame, pc, slots, operands, tries);
    return pc;
  },
} as const;

function restore(
  frame: Frame,
  pc: number,
  slots: readonly Value[],
  operands: readonly Value[],
  tries: readonly number[],
): void {
  const { registers, unit } = frame;
  writeSlots(registers, slots);
  for (let i = 0; i < operands.length; i++) registers[unit.slotCount + i] = operands[i];
  frame.sp = unit.slotCount + operands.length;
  frame.pc = pc;
  for (let i = 0; i < tries.length; i += 2) {
    const start = tries[i] as number;
    frame.handlers ??= [];
    frame.handlers.push({
      catchPc: unit.code[start + 1] as number,
      startPc: start + 1 + OPCODES.TRY_START.operands.length,
      sp: unit.slotCount + (tries[i + 1] as number),
      attempts: 0,
    });
  }
}

/** Value, mark, value, mark … */
function giveMarks(run: Run, marks: readonly Value[]): void {
  for (let i = 0; i < marks.length; i += 2) giveMark(run, marks[i], marks[i + 1] as number);
}

function writeSlots(registers: Value[], pairs: readonly Value[]): void {
  for (let i = 0; i < pairs.length; i += 2) registers[pairs[i] as number] = pairs[i + 1];
}
