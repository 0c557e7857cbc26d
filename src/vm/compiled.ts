/**
 * Where the interpreter hands over to compiled code and takes back. The VM knows no compiler: it calls what a unit carries,
 * and tells the tier of its run which units and loops are at work.
 *
 * Only synchronous, untraced runs have a tier: compiled code cannot pause. Compiled activations live on the JavaScript
 * stack, so only calls above `run.compiledLimit` are; deeper ones the interpreter makes in heap frames.
 */
import type { LinkedUnit } from '../link/linked-module.ts';
import { Closure } from '../value/closure.ts';
import type { Value } from '../value/kinds.ts';
import { shareWaiting } from './calls.ts';
import { Frame } from './frame.ts';
import { share } from './ownership.ts';
import { realmIsClean } from './realm.ts';
import type { Run } from './run.ts';
import { Unwinding } from './unwinding.ts';

/** A whole activation. Lambdas take the values they captured before their arguments; missing arguments are null. */
export type UnitCode = (run: Run, ...given: Value[]) => Value;

/** Compiled code for a loop, entered where its body begins; leaves the frame at the instruction that it answers with. */
export type LoopCode = (run: Run, frame: Frame) => number;

/** What the tier has made of a unit. */
export interface CompiledUnit {
  call: UnitCode | null;
  /** By index of the back edge. */
  readonly loops: (LoopCode | undefined)[];
}

/** Decides what is compiled. */
export interface Tier {
  /** After how many passes of a loop it wants to see it again. */
  readonly loopLook: number;
  /** For tests: whether compiled code is to be left at the place that it passes. */
  leavesHere(): boolean;
  /** A unit is about to be entered for the n-th time. */
  entered(unit: LinkedUnit): void;
  /** A loop of a unit has gone round many times; `pc` is where its body begins. */
  looped(unit: LinkedUnit, loop: number, pc: number): void;
}

const CALL_LOOK = 16;

/** The code to call now, or null. */
export function codeOf(run: Run, unit: LinkedUnit): UnitCode | null {
  const { tier } = run;
  if (tier === null || run.depth >= run.compiledLimit || !realmIsClean()) return null;
  const compiled = unit.compiled as CompiledUnit | null;
  if (compiled !== null && compiled.call !== null) return compiled.call;
  if (((unit.counters[0] as number) & (CALL_LOOK - 1)) === 0) tier.entered(unit);
  return (unit.compiled as CompiledUnit | null)?.call ?? null;
}

/**
 * Makes a call of the current frame in compiled code, if there is any: the arguments are registers from `from`, the result
 * goes to the register `result`, and the frame goes on behind it at `next`.
 */
export function callCompiled(
  run: Run,
  unit: LinkedUnit,
  closure: Closure | null,
  from: number,
  argumentCount: number,
  result: number,
  next: number,
): boolean {
  const code = codeOf(run, unit);
  if (code === null) return false;
  const frame = run.frame as Frame;
  const { registers } = frame;
  shareWaiting(run, registers, frame.unit.slotCount, from);
  registers[result] = invoke(run, unit, code, closure, registers.slice(from, from + argumentCount), frame);
  frame.sp = result + 1;
  frame.pc = next;
  return true;
}

/** Calls compiled code from the interpreter, with the frame that is current for whatever looks for the module at work. */
function invoke(
  run: Run,
  unit: LinkedUnit,
  code: UnitCode,
  closure: Closure | null,
  args: readonly Value[],
  caller: Frame,
): Value {
  const { depth } = run;
  if (caller.unit.module !== unit.module && unit.module.imports.length > 0)
    run.frame = new Frame(unit, caller, [], true);
  try {
    return call(run, unit, code, closure, args);
  } catch (error) {
    run.depth = depth;
    throw Unwinding.of(error);
  } finally {
    run.frame = caller;
  }
}

/** With as many arguments as the unit has parameters. */
export function call(
  run: Run,
  unit: LinkedUnit,
  code: UnitCode,
  closure: Closure | null,
  args: readonly Value[],
): Value {
  const given: Value[] = closure === null ? [] : [Closure.capturedOf(closure)];
  for (let i = 0; i < unit.parameterCount; i++) {
    const value = i < args.length ? args[i] : null;
    share(run.owned, value);
    given.push(value);
  }
  return code(run, ...given);
}

/** Goes on in compiled code for the loop, if there is any; the instruction to go on at, or -1. */
export function loopCompiled(run: Run, frame: Frame, loop: number, pc: number): number {
  const { unit } = frame;
  const { tier } = run;
  if (tier === null || run.depth >= run.compiledLimit || !realmIsClean()) return -1;
  if ((unit.compiled as CompiledUnit | null)?.loops[loop] === undefined) tier.looped(unit, loop, pc);
  const code = (unit.compiled as CompiledUnit | null)?.loops[loop];
  if (code === undefined) return -1;
  const { depth } = run;
  try {
    return code(run, frame);
  } catch (error) {
    run.depth = depth;
    throw error;
  }
}
