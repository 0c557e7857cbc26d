/** Calls: frames for units, natives, host functions, and lambdas that a host function calls back. */

import type { HostFunction } from '../link/capability.ts';
import type { CallTarget, LinkedUnit } from '../link/linked-module.ts';
import { copyInput, exportValue } from '../value/border.ts';
import { Closure } from '../value/closure.ts';
import { argumentFault, Fault, Stop, stateFault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { Failure, isStackOverflow } from './faults.ts';
import { Cell, Frame, makeRegisters } from './frame.ts';
import { share, shareRange } from './ownership.ts';
import { forgetRealm, realmIsClean } from './realm.ts';
import { type Run, stopAtLimit } from './run.ts';

const WAITING_IN_PRICE = 16;

/**
 * A frame for `unit` with `argumentCount` arguments taken from `registers` at `from`. Extra arguments are dropped, missing
 * ones are null. Waiting operands of the caller are shared: the callee may write variables they were read from.
 */
export function enterUnit(
  run: Run,
  unit: LinkedUnit,
  closure: Closure | null,
  caller: Frame | null,
  registers: Value[],
  from: number,
  argumentCount: number,
  isBase: boolean,
): Frame {
  if (run.depth >= run.limits.depth) throw stopAtLimit('depth', run.limits);
  if (caller !== null) shareWaiting(run, registers, caller.unit.slotCount, from);
  run.allocate(BYTES.frame + 8 * unit.frameSize);
  run.depth++;
  unit.counters[0] = (unit.counters[0] as number) + 1;
  const slots = makeRegisters(unit);
  const taken = argumentCount < unit.parameterCount ? argumentCount : unit.parameterCount;
  for (let i = 0; i < taken; i++) {
    const value = registers[from + i];
    share(run.owned, value);
    slots[i] = value;
  }
  if (closure !== null) {
    const captured = Closure.capturedOf(closure);
    for (let i = 0; i < captured.length; i++) slots[unit.parameterCount + i] = captured[i];
  }
  return new Frame(unit, caller, slots, isBase);
}

/** Shares the operands that wait below a call. A few are part of the call's price; a literal of thousands is not. */
export function shareWaiting(run: Run, registers: readonly Value[], from: number, to: number): void {
  if (to - from > WAITING_IN_PRICE) run.charge(to - from);
  shareRange(run.owned, registers, from, to);
}

export function makeClosure(run: Run, unit: LinkedUnit, registers: readonly Value[]): Closure {
  const { captures } = unit;
  run.allocate(BYTES.closure + 8 * captures.length);
  const captured: Value[] = [];
  for (let i = 0; i < captures.length; i++) {
    const value = registers[captures[i] as number];
    if (!(value instanceof Cell)) share(run.owned, value);
    captured.push(value);
  }
  return new Closure(unit, captured);
}

export function unitOfClosure(closure: Closure): LinkedUnit {
  return Closure.unitOf(closure) as LinkedUnit;
}

export function notCallable(): Fault {
  return stateFault('MR6008', 'Value is not callable');
}

/** Calling a variable that holds no lambda reads, to the program, like calling a function that nobody declared. */
export function undefinedFunction(name: string): Fault {
  return stateFault('MR6008', `FUNC '${name}' undefined`);
}

/** Calls a native with the arguments below `sp`. */
export function callNative(
  run: Run,
  target: CallTarget,
  registers: readonly Value[],
  sp: number,
  argumentCount: number,
): Value {
  const { native } = target;
  if (native === null) return null;
  if (argumentCount < target.minArgs || argumentCount > target.maxArgs) throw arityFault(target);
  run.charge(target.cost);
  const from = sp - argumentCount;
  if (!target.borrows) shareRange(run.owned, registers, from, sp);
  let result: Value;
  switch (argumentCount) {
    case 0:
      result = native(run);
      break;
    case 1:
      result = native(run, registers[from]);
      break;
    case 2:
      result = native(run, registers[from], registers[from + 1]);
      break;
    case 3:
      result = native(run, registers[from], registers[from + 1], registers[from + 2]);
      break;
    default:
      result = native(run, ...registers.slice(from, sp));
  }
  return result === undefined ? null : result;
}

export function arityFault(target: CallTarget): Fault {
  return argumentFault('MR6012', target.usage);
}

/** Something the run has to wait for, and how the answer becomes a value or a fault of the program. */
export interface Waiting {
  readonly promise: Promise<unknown>;
  /** Ends what the call lent out: lambdas given to a host function die with the call, a waiter leaves the queue. */
  finish(): void;
  accept(result: unknown): Value;
  refuse(error: unknown): Fault | Stop | Failure;
}

export class Pending {
  readonly waiting: Waiting;

  constructor(waiting: Waiting) {
    this.waiting = waiting;
  }
}

/**
 * Calls a host function. Values cross by copy in both directions; lambdas become functions that work until the call is
 * over. A promise is returned as `Pending`; in a run that cannot wait it is a stop.
 */
export function callHost(run: Run, host: HostFunction, args: readonly Value[]): Value | Pending {
  run.charge(host.fuel);
  let isOver = false;
  const lend =
    (closure: Closure) =>
    (...given: unknown[]) => {
      if (isOver) throw new TypeError('this lambda belonged to a call that is over');
      return copyOut(
        run,
        run.callBack(
          closure,
          given.map((value) => copyInput(value, run.nestingLimit, run)),
        ),
      );
    };
  const passed = args.map((value) => (value instanceof Closure ? lend(value) : copyOut(run, value)));
  const finish = (): void => {
    isOver = true;
  };
  let result: unknown;
  let mustWait: boolean;
  try {
    result = host.call(...passed);
    mustWait = isThenable(result);
  } catch (error) {
    finish();
    throw hostFault(host, error);
  } finally {
    forgetRealm();
  }
  if (mustWait) {
    if (run.mode === 'sync' || run.isNested) {
      finish();
      // Nobody waits for it any more: its rejection must not become an unhandled one.
      Promise.resolve(result).catch(() => {});
      throw new Stop('MR4010', `${host.name} answered with a promise; the run cannot wait here`);
    }
    return new Pending({
      promise: Promise.resolve(result),
      finish,
      accept: (answer) => fromHost(run, host, answer),
      refuse: (error) => hostFault(host, error),
    });
  }
  finish();
  return fromHost(run, host, result);
}

/** A host's answer as a value of the program: copied, foreign parts refused. */
export function fromHost(run: Run, host: HostFunction, result: unknown): Value {
  realmIsClean();
  try {
    return copyInput(result, run.nestingLimit, run);
  } catch (error) {
    if (error instanceof Stop) throw error;
    // A refusal of ours, or what a proxy of the host threw.
    throw new Fault('HostException', 'MR6015', `${host.name} answered with a value that programs cannot hold`, error);
  }
}

/** What the program sees of a host's error: its message only if the host marked it as meant for guests. */
export function hostFault(host: HostFunction, error: unknown): Fault | Stop | Failure {
  if (error instanceof Fault || error instanceof Stop || error instanceof Failure) return error;
  if (error instanceof GuestError) return new Fault('HostException', 'MR6015', error.message, error);
  if (isStackOverflow(error)) return new Stop('MR5003', 'the run reached the limit of the JavaScript stack');
  return new Fault('HostException', 'MR6015', `${host.name} failed`, error);
}

/** Thrown by a host function to tell the program something: the message, and nothing else, reaches it. */
export class GuestError extends Error {
  override readonly name = 'GuestError';
}

/** What the host may keep and change: shares nothing with the program. */
export function copyOut(run: Run, value: Value): unknown {
  return copyInput(exportValue(run, value), run.nestingLimit, run);
}

function isThenable(value: unknown): boolean {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
