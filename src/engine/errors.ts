/**
 * The public error classes. One family: every error has a stable `code`, diagnostics with places, and prints as a frame
 * with source lines. Only this room throws them; the rooms below return diagnostics or throw faults.
 */
import { CODES, type Code } from '../base/codes.ts';
import { type Diagnostic, type DiagnosticJson, diagnosticToJson } from '../base/diagnostic.ts';
import { escapeControls, renderDiagnostic } from '../base/render.ts';
import type { Position } from '../base/source.ts';

/** A step of the way to a fault, innermost first. */
export interface TrailEntry {
  readonly unit: string;
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

export interface ErrorParts {
  readonly code: Code;
  readonly message: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly trail?: readonly TrailEntry[];
  readonly cause?: unknown;
  /** Of a `LoadError`: the module that is refused. */
  readonly module?: string;
}

/** An error as plain data. Stable: fields may be added, none goes or changes its meaning. */
export interface ErrorJson {
  /** Of the class: `LoadError`, `LimitError`, … */
  readonly name: string;
  readonly code: Code;
  /** What the code means, the same for every error of the code. */
  readonly title: string;
  readonly message: string;
  /** Of a `RunError`: the type of the fault as programs see it. */
  readonly type?: string;
  /** Of a `LoadError`: the module that was refused. */
  readonly module?: string;
  readonly diagnostics: readonly DiagnosticJson[];
  readonly trail: readonly TrailEntry[];
}

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** Base of every error of Millrace. `message` is the one-line fact; `toString()` is the whole frame. */
export class MillraceError extends Error {
  override readonly name: string = 'MillraceError';
  readonly code: Code;
  readonly diagnostics: readonly Diagnostic[];
  readonly trail: readonly TrailEntry[];

  constructor(parts: ErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.diagnostics = parts.diagnostics ?? [];
    this.trail = parts.trail ?? [];
  }

  /** Where it happened, when a source text is concerned. */
  get position(): Position | null {
    const diagnostic = this.diagnostics[0];
    const label = diagnostic?.labels.find((l) => l.primary);
    return diagnostic === undefined || label === undefined ? null : diagnostic.source.positionAt(label.span.start);
  }

  override toString(): string {
    const frames = this.diagnostics.map(renderDiagnostic);
    return frames.length > 0
      ? frames.join('\n\n')
      : `error[${this.code}]: ${escapeControls(this.message)}\n  = ${CODES[this.code].doc}`;
  }

  /**
   * What `JSON.stringify` writes: for web editors, logs and other processes. The cause is not in it: it may be the host's own.
   *
   * @example response.status(422).json(error)
   */
  toJSON(): ErrorJson {
    const { name, code, message, diagnostics, trail } = this;
    return { name, code, title: CODES[code].title, message, diagnostics: diagnostics.map(diagnosticToJson), trail };
  }

  [inspect](): string {
    return `${this.name}: ${this.toString()}`;
  }
}

/** A program was refused when it was loaded; nothing of it has run. */
export class LoadError extends MillraceError {
  override readonly name = 'LoadError';
  /** The id or URI of the module that was refused: the one that was loaded, or one that it imports. */
  readonly module: string | null;

  constructor(parts: ErrorParts) {
    super(parts);
    this.module = parts.module ?? null;
  }

  override toJSON(): ErrorJson {
    return this.module === null ? super.toJSON() : { ...super.toJSON(), module: this.module };
  }
}

/** A run ended by a fault that the program did not catch. */
export class RunError extends MillraceError {
  override readonly name: string = 'RunError';
  /** The class of the fault as programs see it in `e.type`. */
  readonly type: string;

  constructor(parts: ErrorParts, type: string) {
    super(parts);
    this.type = type;
  }

  override toJSON(): ErrorJson {
    return { ...super.toJSON(), type: this.type };
  }
}

/** A run reached a limit or was cancelled; programs cannot catch this. */
export class LimitError extends RunError {
  override readonly name = 'LimitError';
}

/** The run would have to wait: use `runAsync` or `start`. */
export class AsyncNeededError extends RunError {
  override readonly name = 'AsyncNeededError';
}

/** The host used the API wrongly. */
export class UsageError extends MillraceError {
  override readonly name = 'UsageError';

  constructor(message: string, code: Code = 'MR4012') {
    super({ code, message });
  }
}
