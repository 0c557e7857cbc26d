/** What is wrong with a JSON text, and where. The message holds nothing but the text's own content. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  /** The message without source and place. */
  readonly fact: string;
  /** UTF-16 offset, 0-based. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;

  constructor(fact: string, text: string, offset: number, source: string | undefined) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`${source === undefined ? '' : `${source}: `}${fact} at line ${line}, column ${column}`);
    this.fact = fact;
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}
