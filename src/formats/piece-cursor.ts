/**
 * A place in a text that comes in pieces, and the token that started at an earlier one.
 *
 * Invariant: between `end` and the next `begin` there is no text, only the place and the pieces of an open token.
 */
import { FormatError } from './format-error.ts';

/** Both from 1; columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export class PieceCursor {
  readonly #tokenLimit: number;
  /** The piece in hand. */
  text = '';
  /** How far it has been walked. */
  at = 0;
  /** Where the last token starts. */
  tokenPlace: Place = { line: 1, column: 1 };
  #line = 1;
  /** In the piece in hand, or before it. */
  #lineStart = 0;
  /** The first line end that is not counted yet. */
  #lineEnd = Number.POSITIVE_INFINITY;
  /** The token, if one is open: its former pieces, and where it starts in this one. */
  #isOpen = false;
  #pieces: string[] = [];
  #piecesLength = 0;
  #tokenStart = 0;

  constructor(tokenLimit: number) {
    this.#tokenLimit = tokenLimit;
  }

  begin(text: string): void {
    this.text = text;
    this.at = 0;
    this.#tokenStart = 0;
    this.#lineEnd = this.#lineEndFrom(0);
  }

  /** @throws FormatError where the open token has become too long. */
  end(): void {
    this.#countLines(this.text.length);
    this.#lineStart -= this.text.length;
    if (this.#isOpen) this.#keepPiece();
    this.text = '';
    this.at = 0;
    this.#tokenStart = 0;
  }

  place(): Place {
    this.#countLines(this.at);
    return { line: this.#line, column: this.at - this.#lineStart + 1 };
  }

  startToken(): void {
    this.tokenPlace = this.place();
    this.#tokenStart = this.at;
    this.#isOpen = true;
  }

  /** The token up to here; it ends. */
  takeToken(): string {
    const last = this.text.slice(this.#tokenStart, this.at);
    const text = this.#pieces.length === 0 ? last : this.#pieces.join('') + last;
    this.#pieces = [];
    this.#piecesLength = 0;
    this.#isOpen = false;
    return text;
  }

  tokenLengthTo(at: number): number {
    return this.#piecesLength + at - this.#tokenStart;
  }

  #keepPiece(): void {
    this.#pieces.push(this.text.slice(this.#tokenStart));
    this.#piecesLength += this.text.length - this.#tokenStart;
    if (this.#piecesLength <= this.#tokenLimit) return;
    const { line, column } = this.tokenPlace;
    throw new FormatError(`an item or token is longer than ${this.#tokenLimit} characters`, line, column);
  }

  #countLines(to: number): void {
    while (this.#lineEnd < to) {
      this.#line++;
      this.#lineStart = this.#lineEnd + 1;
      this.#lineEnd = this.#lineEndFrom(this.#lineStart);
    }
  }

  #lineEndFrom(start: number): number {
    const at = this.text.indexOf('\n', start);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }
}
