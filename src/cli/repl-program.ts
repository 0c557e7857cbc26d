/**
 * The program that the session builds around what was typed, and the way back: from its places to those that were typed.
 */
import type { Diagnostic, Label } from '../base/diagnostic.ts';
import { renderDiagnostic } from '../base/render.ts';
import type { SourceText, Span } from '../base/source.ts';
import { MillraceError } from '../engine/errors.ts';

/** A piece of text somewhere in what was typed or loaded. */
export interface Origin {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** A line as it was typed. */
export interface TypedLine {
  readonly source: SourceText;
  /** `entry 3`, or `entry 3:2` where it has several lines. */
  readonly place: string;
  readonly code: string;
}

interface Piece {
  readonly at: number;
  readonly origin: Origin;
}

/** A program made of typed and of added text, which can tell them apart again. */
export class ProgramBuilder {
  readonly #pieces: Piece[] = [];
  text = '';

  add(text: string): void {
    this.text += text;
  }

  addOrigin(origin: Origin, text = origin.source.text.slice(origin.start, origin.end)): void {
    this.#pieces.push({ at: this.text.length, origin });
    this.text += text;
  }

  /** The frames of an error, at the places that were typed. */
  errorText(error: unknown): string {
    if (!(error instanceof MillraceError)) return error instanceof Error ? error.message : String(error);
    if (error.diagnostics.length === 0) return error.toString();
    return this.frames(error.diagnostics);
  }

  /** The line that was typed where this line of the program stands; undefined for one that nobody has typed. */
  typedLine(line: number): TypedLine | undefined {
    const { start, end } = this.#rangeOf(line);
    const piece = this.#pieces.find(({ at, origin }) => at <= end && at + origin.end - origin.start > start);
    if (piece === undefined) return undefined;
    const { source } = piece.origin;
    const typed = source.positionAt(piece.origin.start + Math.max(0, start - piece.at)).line;
    const place = source.lineCount === 1 ? source.name : `${source.name}:${typed}`;
    return { source, place, code: source.lineText(typed).trim() };
  }

  #rangeOf(line: number): Span {
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    return { start: starts[line - 1] ?? 0, end: (starts[line] ?? this.text.length + 1) - 1 };
  }

  frames(diagnostics: readonly Diagnostic[]): string {
    return diagnostics.map((d) => renderDiagnostic(this.#typed(d))).join('\n\n');
  }

  #typed(diagnostic: Diagnostic): Diagnostic {
    const primary = diagnostic.labels.find((label) => label.primary) ?? diagnostic.labels[0];
    const piece = primary === undefined ? undefined : this.#pieceAt(primary.span.start);
    // In the text around the entry, which nobody has typed: the fact has to do without a place.
    if (piece === undefined) return { ...diagnostic, labels: [] };
    const { at, origin } = piece;
    const length = origin.end - origin.start;
    const labels = diagnostic.labels.flatMap((label): Label[] => {
      const start = label.span.start - at;
      if (start < 0 || start > length) return [];
      const end = Math.min(label.span.end - at, length);
      return [{ ...label, span: { start: origin.start + start, end: origin.start + end } }];
    });
    return { ...diagnostic, source: origin.source, labels };
  }

  #pieceAt(offset: number): Piece | undefined {
    return this.#pieces.find(({ at, origin }) => offset >= at && offset <= at + origin.end - origin.start);
  }
}
