/**
 * What generated code calls. Each helper does what the interpreter does at the same instruction, and notes the instruction
 * first, so that a fault finds its place. Invariant: only names of this table may be called from generated code (gate.ts).
 *
 * Why each helper says `run.faultPc = pc` itself: one wrapper around all of them would call functions of many shapes from
 * one place, which V8 does not inline.
 */

import type { Key } from '../bytecode/module.ts';
import type { CallTarget, LinkedUnit } from '../link/linked-module.ts';
import type { SeriesCall } from '../link/native.ts';
import { add, concatenate, divide, integerDivide, multiply, negate, remainder, subtract } from '../value/arithmetic.ts';
import { Closure } from '../value/closure.ts';
import { equals, order } from '../value/compare.ts';
import { isTrue, type PlainRecord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { readDynamic, readPart, readStatic, setOwn, slice } from '../value/path.ts';
import { Sequence } from '../value/sequence.ts';
import { Series } from '../value/series.ts';
import { SharedHandle } from '../value/shared-handle.ts';
import { chargeJoinedTexts } from '../vm/calls.ts';
import { Cell, type Frame } from '../vm/frame.ts';
import { Cursor, startCursor } from '../vm/iterate.ts';
import { makeObject, setField } from '../vm/make.ts';
import { abortWith, emitRecord, emitValue, lastOutput, toldTree } from '../vm/output.ts';
import { dropMark, giveMark, keepMark, share, takeMark } from '../vm/ownership.ts';
import { realmIsClean } from '../vm/realm.ts';
import type { Run } from '../vm/run.ts';
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
import { CALLS } from './runtime-calls.ts';
import { EXITS } from './runtime-exits.ts';
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
  refillMemory(run: Run, pc: number): void {
    run.faultPc = pc;
    run.refillMemory();
  },
  /** For a frame whose slots are not part of a call's price. */
  chargeFrame(run: Run, fuel: number): void {
    try {
      run.charge(fuel);
    } catch (error) {
      throw Unwinding.of(error);
    }
  },
  /** The slice has no room for the frame of a call; where nothing is left, the place is the caller's. */
  noRoom(run: Run): void {
    try {
      run.refillMemory();
    } catch (error) {
      throw Unwinding.of(error);
    }
  },
  probe: (run: Run): boolean => run.tier?.leavesHere() === true,
  isClean: realmIsClean,

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
  /** In a plain record that the program owns; `before` is what the key is known to hold, or null. */
  put(run: Run, record: PlainRecord, key: string, value: Value, before: Value, pc: number): void {
    if (before !== null) {
      record[key] = value;
      return;
    }
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

  // --- from the interpreter, where a loop takes over
  slotOf: (frame: Frame, slot: number): Value => frame.registers[slot],
  operandOf: (frame: Frame, position: number): Value => frame.registers[frame.unit.slotCount + position],
  listOf: (frame: Frame, cursor: number): readonly Value[] => (frame.registers[cursor] as Cursor).list ?? NONE,
  /** Of the element that is bound. */
  indexOf: (frame: Frame, cursor: number): number => (frame.registers[cursor] as Cursor).index - 1,

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
  /** The last act of an activation: gives its value. */
  lastTree(run: Run, record: Value, isShared: boolean, levels: number, pc: number): Value {
    run.faultPc = pc;
    return lastOutput(run, record, !isShared && levels <= run.nestingLimit);
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

  ...TEXTS,
  ...CALLS,
  ...EXITS,
} as const;

export type Helper = keyof typeof RUNTIME;
