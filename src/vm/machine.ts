/** Starting a run and moving it on. The machine knows no timers and no promises: a driver in `engine` waits for it. */

import type { LinkedUnit } from '../link/linked-module.ts';
import type { Closure } from '../value/closure.ts';
import { Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { enterUnit, unitOfClosure } from './calls.ts';
import { call, codeOf, type UnitCode } from './compiled.ts';
import { DONE, type ExitCode, execute, PAUSED, type Resumption } from './dispatch.ts';
import { classify, Failure } from './faults.ts';
import { Frame } from './frame.ts';
import { Run, type RunOptions } from './run.ts';
import { Unwinding } from './unwinding.ts';

/** A run at the first instruction of `unit`. */
export function beginRun(unit: LinkedUnit, args: readonly Value[], options: RunOptions): Run {
  const run = makeRun(unit, options);
  run.checkPermission();
  enterRun(run, unit, args);
  return run;
}

/** A run that has not begun. */
export function makeRun(unit: LinkedUnit, options: RunOptions): Run {
  const run = new Run(unit.module, options);
  run.callBack = (closure, given) => callBack(run, closure, given);
  return run;
}

/**
 * Makes a run in one go, in compiled code where there is some for its unit. Only for runs in mode `sync`, which never wait.
 * Why the first argument stands apart: mostly it is the only one, and a list for it costs more than the call.
 */
export function runUnit(run: Run, unit: LinkedUnit, first: Value, others: readonly Value[]): Value {
  const code = codeOf(run, unit);
  if (code !== null) return runCompiled(run, unit, code, first, others);
  enterRun(run, unit, [first, ...others]);
  return runToEnd(run);
}

/** Puts a run at its first instruction. */
export function enterRun(run: Run, unit: LinkedUnit, args: readonly Value[]): void {
  run.isTouched = true;
  try {
    run.frame = enterUnit(run, unit, null, null, [...args], 0, args.length, true);
  } catch (error) {
    throw new Failure(classify(error), [], 0);
  }
}

/** Runs until it is done or has to wait; pauses between slices are returned as PAUSED. */
export function advance(run: Run, resumption: Resumption): ExitCode {
  return execute(run, resumption);
}

/** Runs to the end in one go. Only for runs in mode `sync`. */
export function runToEnd(run: Run): Value {
  let code = execute(run, null);
  while (code === PAUSED) code = execute(run, null);
  return run.result;
}

function runCompiled(run: Run, unit: LinkedUnit, code: UnitCode, first: Value, others: readonly Value[]): Value {
  openRun(run, unit);
  try {
    return unit.parameterCount === 1 ? code(run, first) : call(run, unit, code, null, [first, ...others]);
  } catch (error) {
    throw Unwinding.of(error).toFailure();
  }
}

/** Before a run in compiled code: who looks for the module at work finds it in the frame. */
export function openRun(run: Run, unit: LinkedUnit): void {
  const { module } = unit;
  if (module.imports.length === 0 && module.store === null) return;
  run.isTouched = true;
  run.frame = new Frame(unit, null, [], true);
}

/** Runs an activation in the interpreter, called from compiled code or at the end of one. */
export function interpret(run: Run, frame: Frame): Value {
  run.isTouched = true;
  run.frame = frame;
  let code = execute(run, null);
  while (code === PAUSED) code = execute(run, null);
  if (code !== DONE) throw new Stop('MR6021', 'the run cannot wait here');
  return run.result;
}

/** A call that compiled code leaves to the interpreter. */
export function interpretCall(run: Run, unit: LinkedUnit, closure: Closure | null, args: readonly Value[]): Value {
  const caller = run.frame;
  return interpret(run, enterUnit(run, unit, closure, caller, [...args], 0, args.length, true));
}

/** A lambda called by a host function: its own base frame, run to its end before the host goes on. */
function callBack(run: Run, closure: Closure, args: readonly Value[]): Value {
  run.nestedCalls++;
  const wasWaiting = run.waitingSince !== 0;
  run.endWait();
  const outer = run.frame as Frame;
  try {
    run.frame = enterUnit(run, unitOfClosure(closure), closure, outer, [...args], 0, args.length, true);
    let code = execute(run, null);
    while (code === PAUSED) code = execute(run, null);
    if (code !== DONE) throw new Stop('MR6021', 'a callback of a host function cannot wait');
    return run.result;
  } finally {
    run.nestedCalls--;
    run.frame = outer;
    if (wasWaiting) run.beginWait();
  }
}
