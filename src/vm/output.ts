/** The rules of OUTPUT, and what a transform's outputs amount to. */
import type { LinkedUnit } from '../link/linked-module.ts';
import { exportValue } from '../value/border.ts';
import { argumentFault, Fault, stateFault } from '../value/fault.ts';
import { isList, isObject, kindOf, typeWord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { share } from './ownership.ts';
import { type Run, stopAtLimit } from './run.ts';

export function emitRecord(run: Run, record: Value): void {
  admitOutput(run, record);
  run.mustExport = true;
  run.isTouched = true;
  if (run.outputCount === 0) run.firstOutput = record;
  else {
    run.outputs ??= [run.firstOutput];
    run.outputs.push(record);
  }
  run.outputCount++;
}

/**
 * For compiled code: the last act of a transform is an output. The only one of a run is given back instead of kept: no
 * program can call a transform, so what that gives is the result of the run. `isTree`: see `toldTree`.
 *
 * Measured: keeping a new object in a run, which is old, costs the collector's barrier, a sixth of a tiny call.
 */
export function lastOutput(run: Run, record: Value, isTree: boolean): Value {
  if (run.outputCount > 0) {
    const { mustExport } = run;
    emitRecord(run, record);
    if (isTree) run.mustExport = mustExport;
    return null;
  }
  admitOutput(run, record);
  run.mustExport = !isTree;
  run.outputCount = 1;
  return record;
}

function admitOutput(run: Run, record: Value): void {
  if (run.outputCount >= run.limits.output) throw stopAtLimit('output', run.limits);
  run.allocate(BYTES.listSlot);
  share(run.owned, record);
}

/** `OUTPUT expr`: nothing for null, an object, or each object of a list. `mayEmit` is false in FUNC and lambda bodies. */
export function emitValue(run: Run, value: Value, mayEmit: boolean): void {
  if (value === null || value === undefined || (isList(value) && value.length === 0)) return;
  if (!mayEmit) throw outputForbidden();
  if (isObject(value)) {
    emitRecord(run, value);
    return;
  }
  if (!isList(value)) {
    if (kindOf(value) === 'foreign') throw stateFault('MR6016', 'a value of the host cannot be output');
    throw stateFault('MR6009', `Expected object or list of objects in OUTPUT, got ${typeWord(value)}`);
  }
  run.charge(value.length);
  for (const element of value) {
    if (!isObject(element))
      throw argumentFault('MR6009', `Expected list of objects in OUTPUT, got ${typeWord(element)}`);
  }
  share(run.owned, value);
  for (const element of value) emitRecord(run, element);
}

export function outputForbidden(): Fault {
  return stateFault('MR6009', 'OUTPUT is not allowed in this context');
}

/** `ABORT record`. */
export function abortWith(run: Run, record: Value): void {
  if (!isObject(record))
    throw new Fault('ClassCastException', 'MR6009', `ABORT expects an object, got ${typeWord(record)}`);
  emitRecord(run, record);
}

/**
 * What was put out last is a tree that the program has made of nothing but plain records, lists and scalars, `levels` deep
 * at most: hosts get it as it is, and its export would visit nothing that is not paid for. `before`: of `run.mustExport`.
 */
export function toldTree(run: Run, levels: number, before: boolean): void {
  if (levels <= run.nestingLimit) run.mustExport = before;
}

/**
 * What the host gets of a run of `unit` that has ended with `result`. Of a transform that is nothing or the only output
 * (see `lastOutput`); else its outputs are what the run has kept: null for none, one record, or a list.
 *
 * As many visits as fuel was spent are free: each part of a container took an instruction or more to make. What is referred
 * to from several places is visited more often than that.
 */
export function exportedResult(run: Run, unit: LinkedUnit, result: Value): unknown {
  const isTransform = unit.kind === 'transform';
  const value = isTransform ? (result ?? run.outputs ?? run.firstOutput) : result;
  if (isTransform && !run.mustExport) return value;
  return exportValue(run, value, run.fuelUsed);
}

/** The records put out since there were so many. */
export function outputsSince(run: Run, count: number): readonly Value[] {
  if (run.outputs !== null) return run.outputs.slice(count);
  return run.outputCount > count ? [run.firstOutput] : [];
}
