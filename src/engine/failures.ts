/** From what ended a run inside the VM to the public error: place, trail, and the code's own page. */
import { InternalError } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceText } from '../base/source.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import { Fault } from '../value/fault.ts';
import type { Failure, TrailStep } from '../vm/faults.ts';
import { AsyncNeededError, type ErrorParts, LimitError, RunError, type TrailEntry } from './errors.ts';

/** `sourceOf` gives the text of a module, or undefined for the standard library's own. */
export function publicError(failure: Failure, sourceOf: (module: LinkedModule) => SourceText | undefined): RunError {
  const { reason } = failure;
  const steps = failure.trail.filter((step) => sourceOf(step.unit.module) !== undefined);
  const trail = steps.map((step) => trailEntry(step, sourceOf(step.unit.module) as SourceText));
  if (reason instanceof InternalError) {
    return new RunError(
      { ...parts('MR9001', `internal error: ${reason.message}`, steps, trail, sourceOf), cause: reason },
      'InternalError',
    );
  }
  const common = parts(reason.code, reason.message, steps, trail, sourceOf);
  if (reason instanceof Fault) {
    const { hostOnlyCause } = reason;
    return new RunError(hostOnlyCause === undefined ? common : { ...common, cause: hostOnlyCause }, reason.type);
  }
  if (reason.code === 'MR4010' || reason.code === 'MR6022') return new AsyncNeededError(common, 'AsyncNeeded');
  return reason.code.startsWith('MR5') ? new LimitError(common, 'Limit') : new RunError(common, 'Stop');
}

function parts(
  code: ErrorParts['code'],
  message: string,
  steps: readonly TrailStep[],
  trail: readonly TrailEntry[],
  sourceOf: (module: LinkedModule) => SourceText | undefined,
): ErrorParts {
  const [first, ...rest] = steps;
  const source = first === undefined ? undefined : sourceOf(first.unit.module);
  if (first === undefined || source === undefined) return { code, message, diagnostics: [], trail };
  const notes =
    rest.length === 0
      ? []
      : [
          `trail: ${[...trail]
            .reverse()
            .map((t) => t.unit)
            .join(' › ')}`,
        ];
  const diagnostic: Diagnostic = {
    code,
    severity: 'error',
    message,
    source,
    labels: [{ span: { start: first.at, end: Math.max(first.end, first.at + 1) }, text: '', primary: true }],
    notes,
  };
  return { code, message, diagnostics: [diagnostic], trail };
}

function trailEntry(step: TrailStep, source: SourceText): TrailEntry {
  const { line, column } = source.positionAt(step.at);
  return { unit: step.unit.name, source: source.name, line, column };
}
