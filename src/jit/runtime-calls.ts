/** What generated code calls to call: the standard library, lambdas, other units, the host. */
import type { CallTarget, LinkedUnit } from '../link/linked-module.ts';
import type { NativeCall } from '../link/native.ts';
import { Closure } from '../value/closure.ts';
import { Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { arityFault, chargeJoinedTexts, notCallable, Pending, undefinedFunction, unitOfClosure } from '../vm/calls.ts';
import { call, codeOf, type UnitCode } from '../vm/compiled.ts';
import { callHost } from '../vm/host-calls.ts';
import { interpretCall } from '../vm/machine.ts';
import { share } from '../vm/ownership.ts';
import type { Run } from '../vm/run.ts';
import { Unwinding } from '../vm/unwinding.ts';

const NONE: readonly Value[] = [];

export const CALLS = {
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
  /** The call is too deep for the JavaScript stack: the interpreter makes it. */
  deepCall(run: Run, unit: LinkedUnit, captured: readonly Value[] | null, args: readonly Value[]): Value {
    return interpreted(run, unit, captured === null ? null : new Closure(unit, captured), args);
  },
  callHost(run: Run, target: CallTarget, args: readonly Value[], pc: number): Value {
    const answer = callHostAt(run, target, args, pc);
    if (answer instanceof Pending) throw new Stop('MR4010', `${target.name} answered with a promise`);
    return answer;
  },
} as const;

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
  return code === null ? interpreted(run, unit, closure, args) : call(run, unit, code, closure, args);
}

function interpreted(run: Run, unit: LinkedUnit, closure: Closure | null, args: readonly Value[]): Value {
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
