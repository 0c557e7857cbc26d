/** What is wrong with an input text, and where. The message holds nothing but the text's own content. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units; undefined where only the line is known. */
  readonly column: number | undefined;

  constructor(fact: string, line: number, column?: number) {
    super(fact);
    this.line = line;
    this.column = column;
  }
}

/** The line and column of an offset, both 1-based. */
export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** Part of an input in a message: quoted, controls escaped, short. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
