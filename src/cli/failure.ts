/**
 * How a command fails: a kind, its exit code, one text for people and fields for machines.
 *
 * The exit codes are a contract (README); they follow sysexits where one fits. Invariant: a command never ends the process
 * itself; it throws a CliFailure or returns, so that what is already printed is flushed.
 */

export const EXIT_CODES = {
  ok: 0,
  /** The command did its work and has findings to report. */
  findings: 1,
  usage: 64,
  /** The program text or the input data is at fault. */
  input: 65,
  limit: 69,
  runtime: 70,
  io: 74,
  /** A grant is missing: nothing of the program has run. */
  refused: 77,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type FailureKind = Exclude<keyof typeof EXIT_CODES, 'ok' | 'findings' | 'interrupted'>;

export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly kind: FailureKind;
  /** The rendered frame when there is one, else the message. */
  readonly text: string;
  /** Further fields of the JSON form. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    kind: FailureKind,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    text = `millrace: ${message}`,
  ) {
    super(message);
    this.kind = kind;
    this.text = text;
    this.details = details;
  }
}

export function usageFailure(message: string): CliFailure {
  return new CliFailure('usage', message);
}

export type ErrorFormat = 'text' | 'json';

/** One frame of text, or one line of JSON with stable fields. */
export function renderFailure(
  failure: CliFailure,
  format: ErrorFormat,
  command: string | null,
  version: string,
): string {
  if (format === 'text') return failure.text;
  const { kind, message, details } = failure;
  return JSON.stringify({ error: { message, kind, exitCode: EXIT_CODES[kind], command, ...details }, version });
}
