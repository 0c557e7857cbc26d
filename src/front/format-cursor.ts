/**
 * The place in the tokens of a program that is being formatted, and what happens to the comments on the way: each token
 * that is taken brings along the comments before it. Knows brackets and lists, not the grammar.
 *
 * Invariant: every token but separators, and every comment, is taken exactly once and in order; what is taken is in the
 * document. Separators may be left out or added where the grammar does not care.
 */
import { type Gap, isLineComment, readGaps, type SourceComment } from './format-comments.ts';
import {
  BLANK_LINE,
  brokenGroup,
  comment,
  type Doc,
  group,
  HARD_LINE,
  hug,
  indent,
  LINE,
  needsLines,
  SOFT_LINE,
} from './format-layout.ts';
import type { Token, TokenKind } from './token.ts';

export interface ListStyle {
  /** A space inside the brackets, `{ a }`. */
  readonly spaced: boolean;
  /** Broken where the writer broke behind the opening bracket. */
  readonly keepsBreak: boolean;
  /**
   * Asked behind an item: whether it may be broken while the others stay on the lines of the brackets. That is done for
   * the last item, and for the first if nothing but paths and tokens follow.
   */
  readonly hugs?: () => boolean;
}

interface Item {
  readonly line: Doc;
  readonly leading: Doc;
  readonly doc: Doc;
  readonly separator: Doc;
}

export abstract class FormatCursor {
  protected token: Token;
  protected index = 0;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #gaps: Gap[];

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.#gaps = readGaps(text, tokens);
    this.token = tokens[0] as Token;
  }

  // --- tokens

  protected at(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  protected peek(distance: number): Token {
    return this.#tokens[Math.min(this.index + distance, this.#tokens.length - 1)] as Token;
  }

  protected get previous(): Token {
    return this.#tokens[Math.max(this.index - 1, 0)] as Token;
  }

  /** Whether the token stands on a later line than the one before it. */
  protected startsLine(): boolean {
    return this.index === 0 || this.token.line > this.previous.line;
  }

  /** The token as it is written. */
  protected take(): Doc {
    return this.#taken(this.#text.slice(this.token.start, this.token.end));
  }

  /** A keyword, in capitals. */
  protected keyword(): Doc {
    return this.#taken(this.token.text.toUpperCase());
  }

  /** The token in the spelling of the house. */
  protected takeAs(text: string): Doc {
    return this.#taken(text);
  }

  #taken(text: string): Doc {
    const { comments, linesBefore } = this.#gap();
    const docs: Doc[] = [];
    for (const [i, c] of comments.entries()) {
      const linesAfter = comments[i + 1]?.linesBefore ?? linesBefore;
      docs.push(inExpression(c, linesAfter));
      if (i === comments.length - 1 && linesAfter === 0) docs.push(/^[,;)\]]/.test(text) ? '' : ' ');
    }
    this.#move();
    return docs.length === 0 ? text : [...docs, text];
  }

  #move(): void {
    this.token = this.#tokens[Math.min(++this.index, this.#tokens.length - 1)] as Token;
  }

  // --- comments

  #gap(): Gap {
    return this.#gaps[this.index] as Gap;
  }

  #setComments(comments: readonly SourceComment[]): void {
    this.#gaps[this.index] = { ...this.#gap(), comments };
  }

  /** Comments behind the last token that reach to the end of its line. */
  protected trailing(): Doc {
    const { comments, linesBefore } = this.#gap();
    const end = comments.findIndex((c) => c.linesBefore > 0);
    const count = end < 0 ? (linesBefore > 0 || this.at('EOF') ? comments.length : 0) : end;
    this.#setComments(comments.slice(count));
    return comments.slice(0, count).map((c, i) => comment(c.text, { isAlone: false, endsLine: i === count - 1 }));
  }

  /** Comments on lines of their own before an item of a list or block, with the empty lines between them. */
  protected leading(): Doc {
    const { comments, linesBefore } = this.#gap();
    const linesAfter = (i: number) => comments[i + 1]?.linesBefore ?? linesBefore;
    let count = comments.length;
    while (count > 0 && linesAfter(count - 1) === 0) count--;
    this.#setComments(comments.slice(count));
    return comments.slice(0, count).map((c, i) => {
      const lines = linesAfter(i);
      const place = { isAlone: i === 0 || c.linesBefore > 0, endsLine: isLineComment(c) || lines > 0 };
      return [comment(c.text, place), lines > 1 ? BLANK_LINE : lines > 0 ? HARD_LINE : ''];
    });
  }

  /** Whether an empty line stands before the next item. */
  protected isBlankBefore(): boolean {
    const { comments, linesBefore } = this.#gap();
    return (comments[0]?.linesBefore ?? linesBefore) > 1;
  }

  /** Whether anything but blanks stands before the token. */
  protected hasComments(): boolean {
    return this.#gap().comments.length > 0;
  }

  /**
   * Passes a separator. Comments before it on the line of the item stay there; others go behind the separator, so that
   * it does not end up on a line of its own.
   */
  protected skipSeparator(): Doc {
    const { comments } = this.#gap();
    const isStaying = (c: SourceComment) => c.linesBefore === 0 && !isLineComment(c);
    const end = comments.findIndex((c) => !isStaying(c));
    const count = end < 0 ? comments.length : end;
    const staying = comments.slice(0, count).map((c) => comment(c.text, { isAlone: false, endsLine: false }));
    this.#move();
    this.#prepend(comments.slice(count));
    return staying;
  }

  /** Passes an empty statement; its comments belong to what follows. */
  protected dropSeparator(): void {
    const { comments } = this.#gap();
    this.#move();
    this.#prepend(comments);
  }

  #prepend(moved: readonly SourceComment[]): void {
    const last = moved.at(-1);
    if (last === undefined) return;
    const { comments, linesBefore } = this.#gap();
    const atLeast = isLineComment(last) || last.text.includes('\n') ? 1 : 0;
    const [first, ...more] = comments;
    const below = first === undefined ? [] : [{ ...first, linesBefore: Math.max(first.linesBefore, atLeast) }, ...more];
    const lines = first === undefined ? Math.max(linesBefore, atLeast) : linesBefore;
    this.#gaps[this.index] = { comments: [...moved, ...below], linesBefore: lines };
  }

  // --- lists

  /** A bracketed list with separators. The opening bracket is the token now. */
  protected list(closing: TokenKind, style: ListStyle, element: () => Doc): Doc {
    const opening = this.take();
    const isKeptBroken = style.keepsBreak && this.startsLine() && !this.at(closing);
    const after = this.trailing();
    const items: Item[] = [];
    const huggable: boolean[] = [];
    while (!this.at(closing)) {
      const before = items.length === 0 ? '' : style.hugs === undefined ? this.betweenItems(LINE) : LINE;
      const leading = this.leading();
      const doc = element();
      huggable.push(style.hugs?.() ?? false);
      items.push({ line: before, leading, doc, separator: this.#separator(closing) });
    }
    const dangling = this.dangling(items.length > 0);
    const end = this.take();
    if (items.length === 0 && !needsLines([after, dangling]))
      return [opening, after, dangling, style.spaced && dangling !== '' ? ' ' : '', end];
    const line = style.spaced ? LINE : SOFT_LINE;
    const all = dangling === '' && items.every(isToken) ? items.map((item) => group(allOf(item))) : items.map(allOf);
    const inner = items.length === 0 && dangling === '' ? '' : indent(line, all, dangling);
    const make = isKeptBroken ? brokenGroup : group;
    const broken = make(opening, after, inner, line, end);
    const hugged = huggable.at(-1) === true ? items.length - 1 : items.slice(1).every(isPlain) ? 0 : -1;
    const item = items[hugged];
    if (huggable[hugged] !== true || item === undefined || dangling !== '') return broken;
    const [before, behind] = [items.slice(0, hugged).map(allOf), items.slice(hugged + 1).map(onSameLine)];
    if (needsLines([after, before, item.leading, item.separator, behind])) return broken;
    return hug(
      [opening, after, before, before.length > 0 ? ' ' : ''],
      [item.leading, item.doc, item.separator, behind, end],
      broken,
    );
  }

  /** What stands behind an item of a list: a comma unless it is the last, and comments. */
  #separator(closing: TokenKind): Doc {
    // Entries of OPTIONS may be separated by a line end.
    if (!this.at('COMMA') && !this.at('SEMICOLON')) return [this.at(closing) ? '' : ',', this.trailing()];
    const staying = this.skipSeparator();
    const trailing = this.trailing();
    // Why a comma before a last comment: behind a name or number `//` would divide.
    return [staying, this.at(closing) && !needsLines(trailing) ? '' : ',', trailing];
  }

  protected betweenItems(line: Doc): Doc {
    return this.isBlankBefore() ? BLANK_LINE : line;
  }

  /** A place for a line end inside an expression; comments that end the line before it stay on that line. */
  protected line(): Doc {
    return [this.trailing(), LINE];
  }

  /** Comments before a closing bracket or the end of the source, which belong to no item. */
  protected dangling(isAfterItem: boolean): Doc {
    const { comments, linesBefore } = this.#gap();
    this.#setComments([]);
    if (comments.length === 0) return '';
    return comments.map((c, i) => {
      const isOnLine = c.linesBefore === 0;
      const line = isOnLine || (i === 0 && !isAfterItem) ? '' : c.linesBefore > 1 ? BLANK_LINE : HARD_LINE;
      const linesAfter = comments[i + 1]?.linesBefore ?? linesBefore;
      return [line, comment(c.text, { isAlone: !isOnLine, endsLine: isLineComment(c) || linesAfter > 0 })];
    });
  }
}

function allOf({ line, leading, doc, separator }: Item): Doc {
  return [line, leading, doc, separator];
}

function onSameLine({ leading, doc, separator }: Item): Doc {
  return [' ', leading, doc, separator];
}

/** Whether an item is a token, perhaps with a sign. */
function isToken(item: Item): boolean {
  const { doc } = item;
  return isPlain(item) && (typeof doc === 'string' || (Array.isArray(doc) && doc.length === 2));
}

/** Whether an item is a path or token, with nothing between its parts. */
function isPlain({ line, leading, doc, separator }: Item): boolean {
  return line !== BLANK_LINE && isText([leading, doc, separator]);
}

function isText(doc: Doc): boolean {
  return typeof doc === 'string' || (Array.isArray(doc) && doc.every(isText));
}

/** Inside an expression line comments, and block comments on lines of their own, keep such lines. */
function inExpression(c: SourceComment, linesAfter: number): Doc {
  return comment(c.text, {
    isAlone: c.linesBefore > 0 && linesAfter > 0,
    endsLine: isLineComment(c) || linesAfter > 0,
  });
}
