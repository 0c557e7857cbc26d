/** Unwinding: a fault goes to the innermost open TRY of its base frame; anything else, or none open, ends the run. */
import { Fault } from '../value/fault.ts';
import { classify, Failure, failureAt, failureBehind } from './faults.ts';
import type { Frame } from './frame.ts';
import type { Run } from './run.ts';
import { Unwinding } from './unwinding.ts';

/** Makes the frame with the handler current and ready to go on at its CATCH. Throws `Failure` when there is none. */
export function recoverFrom(run: Run, error: unknown): void {
  const inner = error instanceof Failure ? error : null;
  const unwinding = error instanceof Unwinding ? error : null;
  const reason = unwinding?.reason ?? (inner === null ? classify(error) : inner.reason);
  const origin = run.frame as Frame;
  if (reason instanceof Fault && catchIn(run, origin, reason)) {
    run.observer?.unwound(reason.message, run, run.frame, true);
    return;
  }
  const left = unwinding?.leave(origin.unit, unwinding.pc >= 0 ? unwinding.pc : origin.pc);
  const failure =
    left === undefined
      ? failureAt(origin, reason, inner)
      : failureBehind(origin, reason, null, left.steps, left.leftOut);
  leaveBase(run, origin);
  run.observer?.unwound(reason.message, run, run.frame, false);
  throw failure;
}

function catchIn(run: Run, origin: Frame, fault: Fault): boolean {
  let left = 0;
  for (let frame: Frame = origin; ; frame = frame.caller as Frame, left++) {
    const handler = frame.handlers?.at(-1);
    if (handler !== undefined) {
      run.frame = frame;
      run.depth -= left;
      frame.sp = handler.sp;
      frame.pc = handler.catchPc;
      frame.caught = fault;
      return true;
    }
    if (frame.isBase) return false;
  }
}

/** Drops all frames from `origin` to its base. */
function leaveBase(run: Run, origin: Frame): void {
  for (let frame: Frame = origin; ; frame = frame.caller as Frame) {
    run.depth--;
    if (frame.isBase) {
      run.frame = frame.caller;
      return;
    }
  }
}
