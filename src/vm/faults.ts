/** What is thrown becomes a fault or a stop; a fault becomes the record that CATCH binds; an uncaught one gets a trail. */
import { InternalError } from '../base/assert.ts';
import { CODES, type Code } from '../base/codes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import { Fault, Stop, stateFault } from '../value/fault.ts';
import { isRecord, type Value } from '../value/kinds.ts';
import { getOwn } from '../value/path.ts';
import { textOf } from '../value/text.ts';
import type { Frame } from './frame.ts';
import { outputForbidden } from './output.ts';
import type { Run } from './run.ts';

/** A step of the way to a fault: the unit and the source range in it, innermost first. */
export interface TrailStep {
  readonly unit: LinkedUnit;
  readonly at: number;
  readonly end: number;
}

export type Reason = Fault | Stop | InternalError;

/** What ended a run. */
export class Failure {
  readonly reason: Reason;
  readonly trail: readonly TrailStep[];
  /** How many calls further out are not in the trail. */
  readonly leftOut: number;

  constructor(reason: Reason, trail: readonly TrailStep[], leftOut: number) {
    this.reason = reason;
    this.trail = trail;
    this.leftOut = leftOut;
  }
}

/** Steps of one trail that are kept. */
export const MAX_TRAIL = 20;

/** A failure with the steps from the frame to its base behind those of `inner`; a caller's pc is already past its call. */
export function failureAt(frame: Frame, reason: Reason, inner: Failure | null): Failure {
  return failureBehind(frame, reason, inner, [placeOf(frame.unit, pastDiagnostics(frame.unit.code, frame.pc))], 0);
}

/** With the first steps of the frame's base given. */
export function failureBehind(
  frame: Frame,
  reason: Reason,
  inner: Failure | null,
  steps: readonly TrailStep[],
  stepsLeftOut: number,
): Failure {
  const all = [...(inner?.trail ?? []), ...steps];
  const trail = all.slice(0, MAX_TRAIL);
  let leftOut = stepsLeftOut + (inner?.leftOut ?? 0) + all.length - trail.length;
  for (let f = frame; !f.isBase && f.caller !== null; ) {
    f = f.caller;
    if (trail.length < MAX_TRAIL) trail.push(placeOf(f.unit, f.pc - 1));
    else leftOut++;
  }
  return new Failure(reason, trail, leftOut);
}

/** A stop at the head of a block is the place of its first real instruction, traced or not. */
function pastDiagnostics(code: Int32Array, pc: number): number {
  let at = pc;
  while (code[at] === 0xf0 || code[at] === 0xf1 || code[at] === 0xf2) at += code[at] === 0xf1 ? 3 : 2;
  return at;
}

/** The source range of the instruction at a word offset of linked code; the nearest one before it when it has none. */
export function placeOf(unit: LinkedUnit, pc: number): TrailStep {
  const { places } = unit;
  let low = 0;
  let high = places.length / 3 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((places[3 * middle] as number) <= pc) low = middle;
    else high = middle - 1;
  }
  return { unit, at: places[3 * low + 1] ?? 0, end: places[3 * low + 2] ?? 0 };
}

/** Sorts what JavaScript threw. An engine RangeError is a limit that we did not foresee; anything else unknown is our bug. */
export function classify(error: unknown): Reason {
  if (error instanceof Fault || error instanceof Stop || error instanceof InternalError) return error;
  if (error instanceof RangeError) {
    return isStackOverflow(error)
      ? new Stop('MR5003', 'the run reached the limit of the JavaScript stack')
      : new Stop('MR5002', 'the run asked for a value larger than the engine can hold');
  }
  const internal = new InternalError(error instanceof Error ? error.message : 'unknown failure');
  internal.cause = error;
  return internal;
}

/** V8's own limit, reached where ours was set beyond it. Never throws, whatever a host function has thrown. */
export function isStackOverflow(error: unknown): boolean {
  try {
    if (!(error instanceof RangeError)) return false;
    const message: unknown = Object.getOwnPropertyDescriptor(error, 'message')?.value;
    return typeof message === 'string' && /call stack/i.test(message);
  } catch {
    return false;
  }
}

/** The error record of CATCH. */
export function errorRecord(fault: Fault): Value {
  return { message: fault.message, type: fault.type, code: fault.code };
}

/** The faults that compiled code names by number. */
export function foreseenFault(number: number): Fault {
  return number === 1 ? outputForbidden() : stateFault('MR6010', 'ABORT');
}

/** THROW: a record with a text `message` (such as a caught error) keeps its message, type and code. */
export function thrownFault(run: Run, value: Value): Fault {
  if (!isRecord(value)) return new Fault('ThrownException', 'MR6011', textOf(run, value));
  const message = getOwn(value, 'message');
  const type = getOwn(value, 'type');
  const code = getOwn(value, 'code');
  return new Fault(
    typeof type === 'string' ? type : 'ThrownException',
    isFaultCode(code) ? code : 'MR6011',
    typeof message === 'string' ? message : textOf(run, value),
  );
}

/** Limits and load errors have codes that a program cannot give out as its own. */
function isFaultCode(code: Value): code is Code {
  return typeof code === 'string' && code.startsWith('MR6') && Object.hasOwn(CODES, code);
}
