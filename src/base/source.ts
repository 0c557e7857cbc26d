/**
 * Source text and places in it.
 *
 * Owns: the mapping from offsets (UTF-16 units, 0-based) to lines and columns (1-based; a tab or CR counts one, only LF
 * ends a line). Promises: never fails for an offset inside or just past the text.
 */

/** A half-open range of UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place for people: 1-based line and column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const NOWHERE: Position = { line: 0, column: 0 };

/** One text with the name it is reported under. */
export class SourceText {
  readonly name: string;
  readonly text: string;
  /** False for a module in compiled form: of its source only the name is known, and perhaps where lines start. */
  readonly hasText: boolean;
  #lineStarts: readonly number[] | undefined;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
    this.hasText = true;
  }

  /** A source whose text is not at hand. Without `lineStarts` every place is line 0, column 0. */
  static withoutText(name: string, lineStarts: readonly number[]): SourceText {
    const source = new SourceText(name, '');
    Object.assign(source, { hasText: false });
    source.#lineStarts = lineStarts;
    return source;
  }

  get lineCount(): number {
    return this.#starts().length;
  }

  positionAt(offset: number): Position {
    const starts = this.#starts();
    if (starts.length === 0) return NOWHERE;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 };
  }

  /** The text of a line (1-based) without its line end. */
  lineText(line: number): string {
    if (!this.hasText) return '';
    const starts = this.#starts();
    const start = starts[line - 1] as number;
    const end = line < starts.length ? (starts[line] as number) - 1 : this.text.length;
    return this.text.slice(start, end).replace(/\r$/, '');
  }

  #starts(): readonly number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}
