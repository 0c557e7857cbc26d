/**
 * What generated code calls. Each helper does what the interpreter does at the same instruction, and notes the instruction
 * first, so that a fault finds its place. Invariant: only names of this table may be called from generated code (gate.ts).
 */

import type { Key } from '../bytecode/module.ts';
import { OPCODES } from '../bytecode/opcodes.ts';
import type { CallTarget, LinkedUnit } from '../link/linked-module.ts';
import type { NativeCall, SeriesCall } from '../link/native.ts';
import { add, concatenate, divide, integerDivide, multiply, negate, remainder, subtract } from '../value/arithmetic.ts';
import { Closure } from '../value/closure.ts';
import { equals, order } from '../value/compare.ts';
import { Fault, Stop } from '../value/fault.ts';
import { isTrue, type PlainRecord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { readDynamic, readPart, readStatic, setOwn, slice } from '../value/path.ts';
import { Sequence } from '../value/sequence.ts';
import { Series } from '../value/series.ts';
import { SharedHandle } from '../value/shared-handle.ts';
import { arityFault, chargeJoinedTexts, notCallable, Pending, undefinedFunction, unitOfClosure } from '../vm/calls.ts';
import { call, codeOf, type UnitCode } from '../vm/compiled.ts';
import { errorRecord, Failure, foreseenFault, thrownFault } from '../vm/faults.ts';
import { Cell, Frame } from '../vm/frame.ts';
import { callHost } from '../vm/host-calls.ts';
import { Cursor, startCursor } from '../vm/iterate.ts';
import { interpret, interpretCall } from '../vm/machine.ts';
import { makeObject, setField } from '../vm/make.ts';
import { abortWith, emitRecord, emitValue, toldTree } from '../vm/output.ts';
import { dropMark, giveMark, keepMark, share, takeMark } from '../vm/ownership.ts';
import { realmIsClean } from '../vm/realm.ts';
import { type Run, stopAtLimit } from '../vm/run.ts';
import { Unwinding } from '../vm/unwinding.ts';
import {
  appendAtPath,
  appendableList,
  appendToVariable,
  checkPath,
  modifyAtPath,
  setPart,
  setPath,
} from '../vm/writes.ts';
import { TEXTS } from './runtime-texts.ts';

type Segments = readonly (Key | null)[];

const NONE: readonly Value[] = [];

export const RUNTIME = {
  // --- limits
  refill(run: Run, pc: number): void {
    run.faultPc = pc;
    run.refill();
  },
  charge(run: Run, fuel: number, pc: number): void {
    run.faultPc = pc;
    run.charge(fuel);
  },
  outOfMemory(run: Run, pc: number): void {
    run.faultPc = pc;
    run.outOfMemory();
  },
  /** For a frame whose slots are not part of a call's price. */
  chargeFrame(run: Run, fuel: number): void {
    try {
      run.charge(fuel);
    } catch (error) {
      throw Unwinding.of(error);
    }
  },
  /** No room for the frame of a call: the place is the caller's. */
  noRoom(run: Run): void {
    throw new Unwinding(stopAtLimit('memory', run.limits), [], 0);
  },
  /** The call is too deep for the JavaScript stack: the interpreter makes it. */
  deepCall(run: Run, unit: LinkedUnit, captured: readonly Value[] | null, args: readonly Value[]): Value {
    try {
      const closure = captured === null ? null : new Closure(unit, captured);
      return interpretCall(run, unit, closure, args);
    } catch (error) {
      throw Unwinding.of(error);
    }
  },
  probe: (run: Run): boolean => run.tier?.leavesHere() === true,

  // --- values
  absent: (): null => null,
  abs: Math.abs,
  trunc: Math.trunc,
  isTrue,
  share(run: Run, value: Value): void {
    share(run.owned, value);
  },
  takeMark,
  keepMark,
  dropMark,
  giveMark,
  push(list: Value[], value: Value): void {
    list.push(value);
  },
  /** In a plain record that the program owns. */
  put(run: Run, record: PlainRecord, key: string, value: Value, pc: number): void {
    if (record[key] === undefined) {
      run.faultPc = pc;
      run.allocate(BYTES.mapEntry);
    }
    setOwn(record, key, value);
  },
  add(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return add(run, a, b);
  },
  ...TEXTS,
  subtract(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return subtract(run, a, b);
  },
  multiply(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return multiply(run, a, b);
  },
  divide(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return divide(run, a, b);
  },
  integerDivide(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return integerDivide(run, a, b);
  },
  remainder(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return remainder(run, a, b);
  },
  negate(run: Run, a: Value, pc: number): Value {
    run.faultPc = pc;
    return negate(run, a);
  },
  concatenate(run: Run, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    return concatenate(run, a, b);
  },
  equals(run: Run, a: Value, b: Value, pc: number): boolean {
    run.faultPc = pc;
    return equals(run, a, b);
  },
  order(run: Run, a: Value, b: Value, pc: number): number {
    run.faultPc = pc;
    return order(run, a, b);
  },
  readStatic(run: Run, container: Value, key: Key, pc: number): Value {
    run.faultPc = pc;
    return readStatic(run, container, key);
  },
  readDynamic(run: Run, container: Value, key: Value, pc: number): Value {
    run.faultPc = pc;
    return readDynamic(run, container, key);
  },
  readPart,
  slice(run: Run, base: Value, from: Value, to: Value, pc: number): Value {
    run.faultPc = pc;
    return slice(run, base, from, to);
  },
  makeObject(run: Run, parts: readonly Value[], isOutput: boolean, pc: number): Value {
    run.faultPc = pc;
    return makeObject(run, parts, 0, parts.length / 2, isOutput);
  },
  /** A record with keys that need care; its memory is charged. */
  makeRecord(run: Run, shape: readonly string[], values: readonly Value[], pc: number): Value {
    run.faultPc = pc;
    const record: PlainRecord = {};
    for (let i = 0; i < shape.length; i++) setField(run, record, shape[i] as string, values[i]);
    return record;
  },
  handle: (name: string): Value => new SharedHandle(name),

  // --- variables
  cell: (value: Value): Cell => new Cell(value),
  closure(run: Run, unit: LinkedUnit, captured: readonly Value[], pc: number): Value {
    run.faultPc = pc;
    run.allocate(BYTES.closure + 8 * captured.length);
    for (const value of captured) if (!(value instanceof Cell)) share(run.owned, value);
    return new Closure(unit, captured);
  },
  setStatic(run: Run, name: string, root: Value, key: Key, value: Value, pc: number): Value {
    run.faultPc = pc;
    return setPart(run, name, root, key, false, value);
  },
  setDynamic(run: Run, name: string, root: Value, key: Value, value: Value, pc: number): Value {
    run.faultPc = pc;
    return setPart(run, name, root, key, true, value);
  },
  setPath(run: Run, name: string, root: Value, segments: Segments, keysAndValue: readonly Value[], pc: number): Value {
    run.faultPc = pc;
    return setPath(run, name, root, segments, keysAndValue, keysAndValue.at(-1));
  },
  appendable(run: Run, name: string, current: Value, pc: number): Value[] {
    run.faultPc = pc;
    return appendableList(run, name, current, undefined);
  },
  appendableInit(run: Run, name: string, current: Value, init: Value, pc: number): Value[] {
    run.faultPc = pc;
    return appendableList(run, name, current, init);
  },
  append(run: Run, name: string, current: Value, value: Value, pc: number): Value {
    run.faultPc = pc;
    return appendToVariable(run, name, current, value, undefined);
  },
  appendInit(run: Run, name: string, current: Value, value: Value, init: Value, pc: number): Value {
    run.faultPc = pc;
    return appendToVariable(run, name, current, value, init);
  },
  appendPath(
    run: Run,
    name: string,
    root: Value,
    segments: Segments,
    parts: readonly Value[],
    hasInit: boolean,
    pc: number,
  ): Value {
    run.faultPc = pc;
    const top = hasInit ? parts.length - 2 : parts.length - 1;
    return appendAtPath(run, name, root, segments, parts, parts[top], hasInit ? parts[top + 1] : undefined);
  },
  modify(run: Run, name: string, root: Value, segments: Segments, pairs: readonly Value[], pc: number): Value {
    run.faultPc = pc;
    return modifyAtPath(run, name, root, segments, pairs);
  },
  checkPath(
    run: Run,
    name: string,
    root: Value,
    segments: Segments,
    keys: readonly Value[],
    isAppend: boolean,
    pc: number,
  ): void {
    run.faultPc = pc;
    checkPath(run, name, isAppend ? 'APPEND TO' : 'SET', root, segments, keys);
  },

  // --- iteration
  isArray: Array.isArray,
  isSequence: (value: Value): boolean => typeof value === 'object' && value instanceof Sequence,
  iterate(run: Run, iterable: Value, form: number, pc: number): readonly Value[] {
    run.faultPc = pc;
    return startCursor(run, iterable, form).list ?? NONE;
  },
  /** A call whose list only a loop would see. */
  series(run: Run, target: CallTarget, args: readonly Value[], pc: number): Series {
    run.faultPc = pc;
    run.charge(target.cost);
    chargeJoinedTexts(run, args, 0, args.length);
    return (target.series as SeriesCall)(run, ...args);
  },
  startOf: Series.startOf,
  stepOf: Series.stepOf,
  countOf: Series.countOf,
  listOfSeries: Series.listOf,
  cursorOver: (series: Series, index: number): Cursor => RUNTIME.cursorAt(Series.listOf(series), index),
  /** Where a loop of the interpreter goes on that stands at the element with this index. */
  cursorAt(list: readonly Value[], index: number): Cursor {
    const cursor = new Cursor(list, null);
    cursor.index = index + 1;
    return cursor;
  },

  // --- calls
  native(run: Run, target: CallTarget, pc: number): Value {
    run.faultPc = pc;
    run.charge(target.cost);
    return (target.native as NativeCall)(run) ?? null;
  },
  nativeOfOne(run: Run, target: CallTarget, a: Value, pc: number): Value {
    run.faultPc = pc;
    run.charge(target.cost);
    if (!run.joinedTexts.isEmpty) chargeJoinedTexts(run, [a], 0, 1);
    return (target.native as NativeCall)(run, a) ?? null;
  },
  nativeOfTwo(run: Run, target: CallTarget, a: Value, b: Value, pc: number): Value {
    run.faultPc = pc;
    run.charge(target.cost);
    if (!run.joinedTexts.isEmpty) chargeJoinedTexts(run, [a, b], 0, 2);
    return (target.native as NativeCall)(run, a, b) ?? null;
  },
  nativeOfThree(run: Run, target: CallTarget, a: Value, b: Value, c: Value, pc: number): Value {
    run.faultPc = pc;
    run.charge(target.cost);
    if (!run.joinedTexts.isEmpty) chargeJoinedTexts(run, [a, b, c], 0, 3);
    return (target.native as NativeCall)(run, a, b, c) ?? null;
  },
  nativeOf(run: Run, target: CallTarget, args: readonly Value[], pc: number): Value {
    run.faultPc = pc;
    run.charge(target.cost);
    chargeJoinedTexts(run, args, 0, args.length);
    return (target.native as NativeCall)(run, ...args) ?? null;
  },
  refuseArity(run: Run, target: CallTarget, pc: number): void {
    run.faultPc = pc;
    throw arityFault(target);
  },
  checkCallable(run: Run, callee: Value, pc: number): void {
    run.faultPc = pc;
    if (!(callee instanceof Closure)) throw notCallable();
  },
  checkVariable(run: Run, callee: Value, name: string, pc: number): void {
    run.faultPc = pc;
    if (!(callee instanceof Closure)) throw undefinedFunction(name);
  },
  capturedOf: Closure.capturedOf,
  callLambda: (run: Run, callee: Closure): Value => callClosure(run, callee, NONE),
  callLambdaOfOne(run: Run, callee: Closure, a: Value): Value {
    const unit = unitOfClosure(callee);
    const code = unit.parameterCount === 1 ? codeHere(run, unit) : null;
    if (code === null) return callClosure(run, callee, [a]);
    share(run.owned, a);
    return code(run, Closure.capturedOf(callee), a);
  },
  callLambdaOfTwo(run: Run, callee: Closure, a: Value, b: Value): Value {
    const unit = unitOfClosure(callee);
    const code = unit.parameterCount === 2 ? codeHere(run, unit) : null;
    if (code === null) return callClosure(run, callee, [a, b]);
    share(run.owned, a);
    share(run.owned, b);
    return code(run, Closure.capturedOf(callee), a, b);
  },
  callLambdaOf: (run: Run, callee: Closure, args: readonly Value[]): Value => callClosure(run, callee, args),
  /** A function that has no compiled code, or lies in another module. */
  callUnit(run: Run, unit: LinkedUnit, args: readonly Value[]): Value {
    return callAny(run, unit, null, args);
  },
  callHost(run: Run, target: CallTarget, args: readonly Value[], pc: number): Value {
    const answer = callHostAt(run, target, args, pc);
    if (answer instanceof Pending) throw new Stop('MR4010', `${target.name} answered with a promise`);
    return answer;
  },
  isClean: realmIsClean,

  // --- output
  emitRecord(run: Run, record: Value, pc: number): void {
    run.faultPc = pc;
    emitRecord(run, record);
  },
  emitValue(run: Run, value: Value, mayEmit: boolean, pc: number): void {
    run.faultPc = pc;
    emitValue(run, value, mayEmit);
  },
  emitTree(run: Run, record: Value, isShared: boolean, levels: number, pc: number): void {
    run.faultPc = pc;
    const { mustExport } = run;
    emitRecord(run, record);
    if (!isShared) toldTree(run, levels, mustExport);
  },
  emitTrees(run: Run, value: Value, isShared: boolean, levels: number, pc: number): void {
    run.faultPc = pc;
    const { mustExport } = run;
    emitValue(run, value, true);
    if (!isShared) toldTree(run, levels, mustExport);
  },
  abortWith(run: Run, record: Value, pc: number): void {
    run.faultPc = pc;
    abortWith(run, record);
  },

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
  slotOf: (frame: Frame, slot: number): Value => frame.registers[slot],
  operandOf: (frame: Frame, position: number): Value => frame.registers[frame.unit.slotCount + position],
  listOf: (frame: Frame, cursor: number): readonly Value[] => (frame.registers[cursor] as Cursor).list ?? NONE,
  /** Of the element that is bound. */
  indexOf: (frame: Frame, cursor: number): number => (frame.registers[cursor] as Cursor).index - 1,
} as const;

export type Helper = keyof typeof RUNTIME;

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

/** Lambdas that the host calls meanwhile note places of their own. */
function callHostAt(run: Run, target: CallTarget, args: readonly Value[], pc: number): Value | Pending {
  try {
    return callHost(run, target.host as NonNullable<CallTarget['host']>, args);
  } finally {
    run.faultPc = pc;
  }
}

function callClosure(run: Run, callee: Closure, args: readonly Value[]): Value {
  return callAny(run, unitOfClosure(callee), callee, args);
}

function callAny(run: Run, unit: LinkedUnit, closure: Closure | null, args: readonly Value[]): Value {
  const code = codeHere(run, unit);
  if (code !== null) return call(run, unit, code, closure, args);
  try {
    return interpretCall(run, unit, closure, args);
  } catch (error) {
    throw Unwinding.of(error);
  }
}

/**
 * Compiled code of a unit that can be called without a frame of its own. What looks for the module at work (capabilities,
 * shared state) finds that of `run.frame`, so a module that has any needs a frame when another one calls it.
 */
function codeHere(run: Run, unit: LinkedUnit): UnitCode | null {
  if (unit.module.imports.length > 0 && run.frame?.unit.module !== unit.module) return null;
  try {
    return codeOf(run, unit);
  } catch (error) {
    throw Unwinding.of(error);
  }
}
