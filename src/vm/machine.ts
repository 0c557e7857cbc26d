/** Starting a run and moving it on. The machine knows no timers and no promises: a driver in `engine` waits for it. */

import type { LinkedUnit } from '../link/linked-module.ts';
import type { Closure } from '../value/closure.ts';
import { Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { enterUnit, unitOfClosure } from './calls.ts';
import { codeOf, invoke } from './compiled.ts';
import { DONE, type ExitCode, execute, PAUSED, type Resumption } from './dispatch.ts';
import { classify, Failure } from './faults.ts';
import type { Frame } from './frame.ts';
import { Run, type RunOptions, stopIfRevoked } from './run.ts';
import { Unwinding } from './unwinding.ts';

/** A run at the first instruction of `unit`. */
export function beginRun(unit: LinkedUnit, args: readonly Value[], options: RunOptions): Run {
  const run = new Run(unit.module, options);
  run.callBack = (closure, given) => callBack(run, closure, given);
  try {
    run.checkSignal();
    stopIfRevoked(run.module.revocations);
    const code = codeOf(run, unit);
    if (code === null) run.frame = enterUnit(run, unit, null, null, [...args], 0, args.length, true);
    else run.start = () => invoke(run, unit, code, null, args, null);
  } catch (error) {
    throw new Failure(classify(error), [], 0);
  }
  return run;
}

/** Runs until it is done or has to wait; pauses between slices are returned as PAUSED. */
export function advance(run: Run, resumption: Resumption): ExitCode {
  return execute(run, resumption);
}

/** Runs to the end in one go. Only for runs in mode `sync`, which never wait. */
export function runToEnd(run: Run): Value {
  if (run.start !== null) return runCompiled(run, run.start);
  let code = execute(run, null);
  while (code === PAUSED) code = execute(run, null);
  return run.result;
}

function runCompiled(run: Run, start: () => Value): Value {
  try {
    run.result = start();
    return run.result;
  } catch (error) {
    throw Unwinding.of(error).toFailure();
  }
}

/** Runs an activation in the interpreter, called from compiled code or at the end of one. */
export function interpret(run: Run, frame: Frame): Value {
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
