/** Turns what the engine throws or finds into a failure of the command: rendered by the engine, classified by its code. */
import { type Diagnostic, diagnosticToJson } from '../base/diagnostic.ts';
import { escapeControls, renderDiagnostic } from '../base/render.ts';
import { LoadError, MillraceError } from '../engine/errors.ts';
import { errorToJson, renderError } from '../engine/tools.ts';
import { CliFailure, type FailureKind } from './failure.ts';

/** The family of a code says who has to act, and so which exit code is due. */
const KIND_BY_FAMILY: Readonly<Record<string, FailureKind>> = {
  MR1: 'input',
  MR2: 'input',
  MR3: 'input',
  MR5: 'limit',
};

function kindOf(code: string, isRefusal: boolean): FailureKind {
  return KIND_BY_FAMILY[code.slice(0, 3)] ?? (isRefusal ? 'refused' : 'runtime');
}

/** A place in the input: the line of the record that was worked on. */
export interface RecordPlace {
  readonly source: string;
  readonly line: number;
}

export function failureOf(error: unknown, record?: RecordPlace): CliFailure {
  const where = record === undefined ? {} : { record };
  const note = record === undefined ? '' : `\nrecord: ${record.source}:${record.line}`;
  if (error instanceof CliFailure)
    return new CliFailure(error.kind, error.message, { ...error.details, ...where }, `${error.text}${note}`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (!code.startsWith('MR')) {
    const text = error instanceof Error ? (error.stack ?? message) : message;
    return new CliFailure('runtime', message, where, `millrace: internal error, please report it\n${text}`);
  }
  const kind = kindOf(code, error instanceof LoadError);
  const told = error instanceof MillraceError ? renderError(error) : `error[${code}]: ${escapeControls(message)}`;
  const reason = resolverReason(error);
  const text = reason === undefined ? told : `${told}\nreason: ${escapeControls(reason)}`;
  const because = reason === undefined ? {} : { reason };
  return new CliFailure(kind, message, { code, ...errorToJson(error), ...because, ...where }, `${text}${note}`);
}

/** Why a module was not found: here the host is this command, so that its reasons are for the user. */
function resolverReason(error: unknown): string | undefined {
  if (!(error instanceof LoadError) || error.code !== 'MR4004') return undefined;
  return error.cause instanceof Error ? error.cause.message : undefined;
}

/** The failure of a run, behind what was odd about its program when it was loaded: that may be why. */
export function withWarnings(error: unknown, warnings: readonly Diagnostic[]): unknown {
  if (warnings.length === 0) return error;
  const { kind, message, details, text } = failureOf(error);
  if (kind === 'usage') return error;
  const shown = [...warnings.map(renderDiagnostic), text].join('\n\n');
  return new CliFailure(kind, message, { ...details, warnings: warnings.map(diagnosticToJson) }, shown);
}

/** For findings of which at least one is an error. */
export function failureOfDiagnostics(diagnostics: readonly Diagnostic[]): CliFailure {
  const first = diagnostics.find((d) => d.severity === 'error');
  const details = { code: first?.code, diagnostics: diagnostics.map(diagnosticToJson) };
  return new CliFailure('input', first?.message ?? '', details, diagnostics.map(renderDiagnostic).join('\n\n'));
}
