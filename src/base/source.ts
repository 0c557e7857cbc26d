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

/** One text with the name it is reported under. */
export class SourceText {
  readonly name: string;
  readonly text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  get lineCount(): number {
    return this.#starts().length;
  }

  positionAt(offset: number): Position {
    const starts = this.#starts();
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
