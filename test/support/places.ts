/** Where errors point: lines and columns of diagnostics, as tests write them (`line:column`). */
import type { Diagnostic, MillraceError } from '../../src/index.ts';

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly place: string;
}

/** The place of an error's first diagnostic; empty when it has none. */
export function placeOf(error: MillraceError): string {
  const first = error.diagnostics[0];
  return first === undefined ? '' : placeOfDiagnostic(first);
}

export function findingsOf(error: MillraceError): readonly Finding[] {
  return error.diagnostics.map((d) => ({
    code: d.code,
    severity: d.severity,
    message: d.message,
    place: placeOfDiagnostic(d),
  }));
}

function placeOfDiagnostic(diagnostic: Diagnostic): string {
  const label = diagnostic.labels.find((l) => l.primary) ?? diagnostic.labels[0];
  if (label === undefined) return '';
  const { line, column } = diagnostic.source.positionAt(label.span.start);
  return `${line}:${column}`;
}
