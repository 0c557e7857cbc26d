/** Calls of units and natives, closures, and what a run waits for. Host functions are called in host-calls.ts. */

import type { CallTarget, LinkedUnit } from '../link/linked-module.ts';
import { copyInput, exportValue } from '../value/border.ts';
import { chargeFlattening } from '../value/charges.ts';
import { Closure } from '../value/closure.ts';
import { argumentFault, type Fault, type Stop, stateFault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import type { Failure } from './faults.ts';
import { Cell, Frame, makeRegisters } from './frame.ts';
import { share, shareRange } from './ownership.ts';
import { type Run, stopAtLimit } from './run.ts';

const WAITING_IN_PRICE = 16;
/** Filling the slots of a frame is part of a call's price, up to so many. Measured: 1 to 5 ns for each. */
const SLOTS_IN_PRICE = 64;
const SLOTS_PER_FUEL = 8;

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
  if (caller !== null) shareWaiting(run, registers, caller.unit.slotCount, from);
  if (run.depth >= run.limits.depth) throw stopAtLimit('depth', run.limits);
  const { fuel, bytes } = frameCost(unit.frameSize);
  if (fuel > 0) run.charge(fuel);
  run.allocate(bytes);
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

/** What a frame of so many slots and operands costs beside the price of the call. */
export function frameCost(frameSize: number): { readonly fuel: number; readonly bytes: number } {
  return {
    fuel: frameSize > SLOTS_IN_PRICE ? Math.ceil(frameSize / SLOTS_PER_FUEL) : 0,
    bytes: BYTES.frame + 8 * frameSize,
  };
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
  chargeJoinedTexts(run, registers, from, sp);
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

/** What a function reads its arguments for is its own business; that they may have to be put in one piece first is ours. */
export function chargeJoinedTexts(run: Run, registers: readonly Value[], from: number, to: number): void {
  if (run.joinedTexts.isEmpty) return;
  for (let i = from; i < to; i++) {
    const value = registers[i];
    if (typeof value === 'string') chargeFlattening(run, value.length);
  }
}

export function arityFault(target: CallTarget): Fault {
  return argumentFault('MR6012', target.usage);
}

/** Something the run has to wait for, and how the answer becomes a value or a fault of the program. */
export interface Waiting {
  readonly promise: Promise<unknown>;
  /** How long the run waits, and what it gets then. */
  readonly timeout: { readonly ms: number; fault(): Fault } | null;
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

/** What the host may keep and change: shares nothing with the program. */
export function copyOut(run: Run, value: Value): unknown {
  return copyInput(exportValue(run, value), run.nestingLimit, run);
}
