/** From what ended a run inside the VM to the public error: place, trail, and the code's own page. */
import { InternalError } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceText } from '../base/source.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import { type Advice, Fault } from '../value/fault.ts';
import type { Failure, TrailStep } from '../vm/faults.ts';
import { AsyncNeededError, type ErrorParts, LimitError, RunError, type TrailEntry } from './errors.ts';

/** `sourceOf` gives the text of a module, or undefined for the standard library's own. */
export function publicError(failure: Failure, sourceOf: (module: LinkedModule) => SourceText | undefined): RunError {
  const { reason, leftOut } = failure;
  const steps = failure.trail.filter((step) => sourceOf(step.unit.module) !== undefined);
  const trail = steps.map((step) => trailEntry(step, sourceOf(step.unit.module) as SourceText));
  const advice = (reason instanceof Fault ? reason.hostOnlyAdviser?.() : undefined) ?? NO_ADVICE;
  const code = reason instanceof InternalError ? 'MR9001' : reason.code;
  const message = reason instanceof InternalError ? `internal error: ${reason.message}` : reason.message;
  const [first, ...rest] = steps;
  const source = first === undefined ? undefined : sourceOf(first.unit.module);
  const way = rest.length === 0 ? [] : [`trail: ${renderTrail(trail, leftOut)}`];
  const diagnostics =
    first === undefined || source === undefined
      ? []
      : [diagnosticAt(first, source, { code, message, advice: { ...advice, notes: [...advice.notes, ...way] } })];
  const parts: ErrorParts = { code, message, diagnostics, trail };
  if (reason instanceof InternalError) return new RunError({ ...parts, cause: reason }, 'InternalError');
  if (reason instanceof Fault) {
    const { hostOnlyCause } = reason;
    return new RunError(hostOnlyCause === undefined ? parts : { ...parts, cause: hostOnlyCause }, reason.type);
  }
  if (code === 'MR4010' || code === 'MR6022') return new AsyncNeededError(parts, 'AsyncNeeded');
  return code.startsWith('MR5') ? new LimitError(parts, 'Limit') : new RunError(parts, 'Stop');
}

const NO_ADVICE: Advice = { notes: [] };

function diagnosticAt(
  step: TrailStep,
  source: SourceText,
  fact: { readonly code: ErrorParts['code']; readonly message: string; readonly advice: Advice },
): Diagnostic {
  const { code, message, advice } = fact;
  const span = { start: step.at, end: Math.max(step.end, step.at + 1) };
  return { code, severity: 'error', message, source, labels: [{ span, text: '', primary: true }], ...advice };
}

/** Outermost first; calls of one unit in a row are one word with their number. */
function renderTrail(trail: readonly TrailEntry[], leftOut: number): string {
  const words: string[] = leftOut === 0 ? [] : [`(${leftOut} ${leftOut === 1 ? 'call' : 'calls'} left out)`];
  for (let i = trail.length - 1; i >= 0; ) {
    const { unit, source } = trail[i] as TrailEntry;
    let count = 0;
    while (i >= 0 && trail[i]?.unit === unit && trail[i]?.source === source) {
      i--;
      count++;
    }
    words.push(count === 1 ? unit : `${unit} ×${count}`);
  }
  return words.join(' › ');
}

function trailEntry(step: TrailStep, source: SourceText): TrailEntry {
  const { line, column } = source.positionAt(step.at);
  return { unit: step.unit.name, source: source.name, line, column };
}
