/**
 * The place in the token list, and everything that the parts of the parser share: expectations and their messages,
 * limits, recovery.
 *
 * A syntax error is reported and then thrown as `BAIL`; the nearest statement list or the declaration list catches it,
 * skips to where a statement or declaration can start, and goes on. Invariant: BAIL never leaves parser.ts, each catch
 * moves forward, and the number of reports is bounded, so reading takes linear time.
 */
import type { Code } from '../base/codes.ts';
import type { DiagnosticCollector, DiagnosticParts } from '../base/diagnostic.ts';
import { LOAD_LIMITS } from '../base/limits.ts';
import type { Span } from '../base/source.ts';
import { hintForColon, hintForExpression, hintForRest, keywordHelp, lostComment, lostThrow } from './hints.ts';
import { describeToken, isHardKeyword, type Token, type TokenKind } from './token.ts';

/** Thrown after a report, caught where reading can go on. */
export const BAIL: unique symbol = Symbol('bail');

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/;

const BRACKETS: ReadonlySet<TokenKind> = new Set([
  'LEFT_BRACE',
  'LEFT_PAREN',
  'LEFT_BRACKET',
  'RIGHT_BRACE',
  'RIGHT_PAREN',
  'RIGHT_BRACKET',
]);

const MAX_NESTING = LOAD_LIMITS.sourceNesting.default;

/**
 * Height of the tree below one statement. Brackets and blocks nest `sourceNesting` deep; chains of operators, calls and
 * ELSE IFs, which people do write long, add to the height without nesting. Why so low: every later walk recurses.
 */
export const MAX_TREE_HEIGHT = 4 * MAX_NESTING;

export class Cursor {
  protected readonly tokens: readonly Token[];
  protected readonly problems: DiagnosticCollector;
  protected index = 0;
  protected token: Token;
  protected previous: Token;
  /** True once a limit was hit: nothing more is read. */
  protected isStopped = false;
  #nesting = 0;
  /** Height of the highest expression finished since the enclosing `enter`. */
  #height = 0;
  /** Open brackets of all kinds, and for each open brace how many were open before it. */
  #open = 0;
  readonly #braces: number[] = [];

  constructor(tokens: readonly Token[], problems: DiagnosticCollector) {
    this.tokens = tokens;
    this.problems = problems;
    this.token = tokens[0] as Token;
    this.previous = this.token;
  }

  // --- moving

  protected advance(): Token {
    const { token } = this;
    if (!token.isName) {
      if (token.kind === 'EOF') return token;
      if (BRACKETS.has(token.kind)) this.#countBracket(token.kind);
    }
    this.previous = token;
    this.token = this.tokens[++this.index] as Token;
    return token;
  }

  #countBracket(kind: TokenKind): void {
    switch (kind) {
      case 'LEFT_BRACE':
        this.#braces.push(this.#open++);
        return;
      case 'LEFT_PAREN':
      case 'LEFT_BRACKET':
        this.#open++;
        return;
      case 'RIGHT_BRACE':
        this.#open = this.#braces.pop() ?? 0;
        return;
      default:
        this.#open = Math.max(this.#open - 1, (this.#braces.at(-1) ?? -1) + 1);
    }
  }

  protected peek(distance: number): Token {
    return this.tokens[Math.min(this.index + distance, this.tokens.length - 1)] as Token;
  }

  protected at(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  protected take(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false;
    this.advance();
    return true;
  }

  protected startsLine(): boolean {
    return this.index === 0 || this.token.line > this.previous.line;
  }

  // --- expectations

  /** `what` completes "expected …". */
  protected expect(kind: TokenKind, what: string, parts?: DiagnosticParts): Token {
    if (this.token.kind === kind) return this.advance();
    return this.fail(what, parts);
  }

  /** The name of a field: any text. */
  protected expectField(what: string): Token {
    if (this.token.isName) return this.advance();
    return this.fail(what, this.keywordHelp());
  }

  protected expectName(what: string): Token {
    return this.token.isName ? this.takeName() : this.expectField(what);
  }

  /** A name of anything but a field appears in messages and in compiled forms, which have no control characters in names. */
  protected takeName(): Token {
    const { token } = this;
    const isQuoted = token.end - token.start > token.text.length;
    if (isQuoted && CONTROLS.test(token.text))
      this.problems.report('MR1008', token, 'a name in backticks has a control character', {
        label: 'only names of fields may have one',
      });
    return this.advance();
  }

  /** For a keyword in the place of a name. */
  protected keywordHelp(): DiagnosticParts {
    const { kind, text } = this.token;
    return isHardKeyword(kind) ? { help: keywordHelp(text) } : {};
  }

  /** The bracket that closes `opening`. */
  protected expectClosing(kind: 'RIGHT_PAREN' | 'RIGHT_BRACE' | 'RIGHT_BRACKET', opening: Token, what: string): Token {
    if (this.token.kind === kind) return this.advance();
    return this.fail(what, {
      related: [{ span: opening, text: 'opened here' }],
      ...hintForRest(this.tokens, this.index),
    });
  }

  /** `;`, or a line break, or the end of the block. */
  protected separator(): void {
    if (this.take('SEMICOLON')) return;
    const { token } = this;
    if (token.line > this.previous.line || token.kind === 'RIGHT_BRACE' || token.kind === 'EOF') return;
    if (token.kind === 'ERROR') throw BAIL;
    const hint = hintForColon(this.tokens, this.index) ?? hintForRest(this.tokens, this.index);
    const lost = lostComment(this.tokens, this.index) ?? lostThrow(this.tokens, this.index);
    this.problems.report('MR1012', token, `${describeToken(token)} does not continue what stands before it`, {
      label: 'expected `;` or a new line before this',
      ...(lost ?? hint ?? { help: 'end the statement before it with `;`' }),
    });
    throw BAIL;
  }

  // --- errors

  protected fail(what: string, parts: DiagnosticParts = {}): never {
    const { token } = this;
    if (token.kind === 'ERROR') throw BAIL;
    const opening = token.kind === 'EOF' && parts.related === undefined ? this.#lastOpen() : undefined;
    this.problems.report('MR1001', token, `expected ${what}, found ${describeToken(token)}`, {
      label: `expected ${what}`,
      ...(opening === undefined ? {} : { related: [{ span: opening, text: 'opened here and not closed' }] }),
      ...parts,
      ...(lostComment(this.tokens, this.index) ?? lostThrow(this.tokens, this.index)),
    });
    throw BAIL;
  }

  protected failExpression(): never {
    const hint = hintForExpression(this.tokens, this.index) ?? {};
    if (!this.startsLine() || this.at('EOF')) return this.fail('an expression', hint);
    return this.fail('an expression', { related: [{ span: this.previous, text: 'after this' }], ...hint });
  }

  /** The innermost bracket that is open at the end of the source. */
  #lastOpen(): Token | undefined {
    let closed = 0;
    for (let i = this.index - 1; i >= 0; i--) {
      const token = this.tokens[i] as Token;
      if (/^RIGHT_/.test(token.kind)) closed++;
      else if (/^LEFT_/.test(token.kind) && closed-- === 0) return token;
    }
    return undefined;
  }

  protected failAt(code: Code, span: Span, message: string, parts: DiagnosticParts): never {
    this.problems.report(code, span, message, parts);
    throw BAIL;
  }

  // --- limits

  /** One level deeper; the result goes to `leave`. */
  protected enter(): number {
    if (++this.#nesting > MAX_NESTING) {
      this.#stop(`expressions and blocks are nested more than ${MAX_NESTING} deep`);
    }
    const height = this.#height;
    this.#height = 0;
    return height;
  }

  protected leave(before: number): void {
    this.#nesting--;
    this.grow(1);
    this.merge(before);
  }

  /** Adds links of a chain to the expression that is being read. */
  protected grow(links: number): void {
    this.#height += links;
    if (this.#height > MAX_TREE_HEIGHT) this.#stop(`one expression or IF chains more than ${MAX_TREE_HEIGHT} parts`);
  }

  /** What is read between `siblings` and `merge` counts its height anew: siblings do not add up. */
  protected siblings(): number {
    const height = this.#height;
    this.#height = 0;
    return height;
  }

  protected merge(before: number): void {
    if (before > this.#height) this.#height = before;
  }

  #stop(message: string): never {
    this.isStopped = true;
    return this.failAt('MR1003', this.token, message, {
      label: 'reading stopped here',
      help: 'name parts of it with LET or FUNC',
    });
  }

  // --- recovery

  /** What `recover` needs to restore. */
  protected mark(): { readonly nesting: number; readonly braces: number; readonly height: number } {
    return { nesting: this.#nesting, braces: this.#braces.length, height: this.#height };
  }

  /**
   * After BAIL: skips to the next statement or declaration, or to the brace that closes the list where `mark` was
   * taken. `from` is the index at which the failed item started; at least one token behind it is passed unless the list
   * ends there.
   */
  protected recover(mark: ReturnType<Cursor['mark']>, from: number): void {
    this.#nesting = mark.nesting;
    this.#height = mark.height;
    if (this.problems.isFull) this.isStopped = true;
    if (this.isStopped) return;
    const deepest = this.#open;
    for (let isFirst = this.index === from; ; isFirst = false) {
      const isOwnLevel = this.#braces.length === mark.braces;
      if (this.at('EOF') || (this.at('RIGHT_BRACE') && isOwnLevel)) break;
      if (this.at('SEMICOLON') && isOwnLevel) {
        this.advance();
        break;
      }
      if (!isFirst && this.startsLine()) {
        // Why at any depth: no expression goes on like a declaration, so a bracket before it was left open.
        if (this.looksLikeDeclaration()) break;
        if (this.#open <= deepest && this.looksLikeStatement()) break;
      }
      this.advance();
    }
    this.#braces.length = Math.min(this.#braces.length, mark.braces);
    this.#open = (this.#braces.at(-1) ?? -1) + 1;
  }

  /** Only to find a place to go on after an error: a keyword that begins statements, used as one. */
  protected looksLikeStatement(): boolean {
    const next = this.peek(1);
    switch (this.token.kind) {
      case 'LET':
      case 'SET':
      case 'MODIFY':
        return next.isName;
      case 'APPEND':
        return next.kind === 'TO';
      case 'OUTPUT':
      case 'RETURN':
      case 'ABORT':
        return next.kind !== 'COLON' && next.kind !== 'COMMA' && next.kind !== 'RIGHT_PAREN';
      case 'IF':
      case 'FOR':
      case 'TRY':
        return true;
      default:
        return false;
    }
  }

  /** The start of a declaration, in a form that no statement or expression can have. */
  protected looksLikeDeclaration(): boolean {
    const next = this.peek(1);
    switch (this.token.kind) {
      case 'TRANSFORM':
        return next.line === this.token.line && (next.isName || next.kind === 'LEFT_BRACE');
      case 'FUNC':
      case 'SHARED':
      case 'TYPE':
      case 'PIPELINE':
        return next.line === this.token.line && next.isName;
      case 'IMPORT':
        return next.line === this.token.line && next.kind === 'STRING';
      case 'EXPORT':
        return next.line === this.token.line && /^(FUNC|TRANSFORM|PIPELINE|TYPE)$/.test(next.kind);
      default:
        return false;
    }
  }
}
