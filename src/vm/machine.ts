/** Starting a run and moving it on. The machine knows no timers and no promises: a driver in `engine` waits for it. */

import type { LinkedUnit } from '../link/linked-module.ts';
import type { Closure } from '../value/closure.ts';
import { Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { enterUnit, unitOfClosure } from './calls.ts';
import { DONE, type ExitCode, execute, PAUSED, type Resumption } from './dispatch.ts';
import { classify, Failure } from './faults.ts';
import type { Frame } from './frame.ts';
import { Run, type RunOptions, stopIfRevoked } from './run.ts';

/** A run at the first instruction of `unit`. */
export function beginRun(unit: LinkedUnit, args: readonly Value[], options: RunOptions): Run {
  const run = new Run(unit.module, options);
  run.callBack = (closure, given) => callBack(run, closure, given);
  try {
    run.checkSignal();
    stopIfRevoked(run.module.revocations);
    run.frame = enterUnit(run, unit, null, null, [...args], 0, args.length, true);
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
  let code = execute(run, null);
  while (code === PAUSED) code = execute(run, null);
  return run.result;
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
