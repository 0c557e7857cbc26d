/**
 * Diagnostics: what every stage before the run reports. A stage collects them and returns; only `engine` throws.
 * Invariant: a diagnostic of severity error has at least one label, hence a place.
 */
import { CODES, type Code } from './codes.ts';
import type { SourceText, Span } from './source.ts';

export type Severity = 'error' | 'warning';

export interface Label {
  readonly span: Span;
  readonly text: string;
  /** The primary label gives the diagnostic its place; the others show the cause or the context. */
  readonly primary: boolean;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** One-line fact, lower case. */
  readonly message: string;
  readonly source: SourceText;
  readonly labels: readonly Label[];
  /** Lines starting with `=`: what was found, what was expected, who can change it. */
  readonly notes: readonly string[];
  readonly help?: string;
}

export interface DiagnosticParts {
  readonly label?: string;
  readonly related?: readonly { readonly span: Span; readonly text: string }[];
  readonly notes?: readonly string[];
  readonly help?: string;
}

/** Collects the diagnostics of one source; keeps the first at any one offset and at most `limit` errors. */
export class DiagnosticCollector {
  readonly source: SourceText;
  readonly #list: Diagnostic[] = [];
  readonly #errorStarts = new Set<number>();
  readonly #limit: number;

  constructor(source: SourceText, limit: number) {
    this.source = source;
    this.#limit = limit;
  }

  get list(): readonly Diagnostic[] {
    return this.#list;
  }

  get hasErrors(): boolean {
    return this.#errorStarts.size > 0;
  }

  get isFull(): boolean {
    return this.#errorStarts.size >= this.#limit;
  }

  report(code: Code, span: Span, message: string, parts: DiagnosticParts = {}): void {
    const severity = CODES[code].severity;
    if (severity === 'error') {
      if (this.isFull || this.#errorStarts.has(span.start)) return;
      this.#errorStarts.add(span.start);
    }
    const labels: Label[] = [{ span, text: parts.label ?? '', primary: true }];
    for (const r of parts.related ?? []) labels.push({ ...r, primary: false });
    this.#list.push({
      code,
      severity,
      message,
      source: this.source,
      labels,
      notes: parts.notes ?? [],
      ...(parts.help === undefined ? {} : { help: parts.help }),
    });
  }
}

/** A place in a text: lines and columns count from 1, columns in UTF-16 units, and the end is behind the last one. */
export interface PlaceJson {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic as plain data. Stable: fields may be added, none goes or changes its meaning. */
export interface DiagnosticJson {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  /** The name of the text. */
  readonly source: string;
  /** The place is that of the primary one. */
  readonly labels: readonly (PlaceJson & { readonly text: string; readonly primary: boolean })[];
  readonly notes: readonly string[];
  readonly help?: string;
}

export function diagnosticToJson(d: Diagnostic): DiagnosticJson {
  const place = (span: Span) => {
    const start = d.source.positionAt(span.start);
    const end = d.source.positionAt(span.end);
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  return {
    code: d.code,
    severity: d.severity,
    message: d.message,
    source: d.source.name,
    labels: d.labels.map((l) => ({ ...place(l.span), text: l.text, primary: l.primary })),
    notes: [...d.notes],
    ...(d.help === undefined ? {} : { help: d.help }),
  };
}
