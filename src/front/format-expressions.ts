/**
 * How expressions are laid out. Follows the grammar of parse-expressions.ts and parse-primaries.ts over text that is
 * known to be right; parentheses, spellings of keys, names, numbers and texts stay as written.
 *
 * Invariants: no line ends before the operator `//` (a comment could not be told from it), none between RETURN, ABORT or
 * THROW and their value, and none before a name that could start a statement there.
 */
import { FormatCursor, type ListStyle } from './format-cursor.ts';
import { brokenGroup, type Doc, group, indent, LINE, SOFT_LINE } from './format-layout.ts';
import type { Marks } from './format-marks.ts';
import { precedenceOf } from './parse-expressions.ts';
import type { Token } from './token.ts';

export const OBJECT_STYLE: ListStyle = { spaced: true, keepsBreak: true };
export const LIST_STYLE: ListStyle = { spaced: false, keepsBreak: false };

/** From `++` on, as many operands as fit share a line; conditions and defaults have one line each. */
const FILLED_PRECEDENCE = precedenceOf('CONCAT');

export abstract class ExpressionFormatter extends FormatCursor {
  protected readonly marks: Marks;
  /** Whether the expression just read is a bracket of its own, so that it may be broken while what is around it is not. */
  #isBracket = false;
  readonly #callStyle: ListStyle = { spaced: false, keepsBreak: false, hugs: () => this.#isBracket };

  constructor(text: string, tokens: readonly Token[], marks: Marks) {
    super(text, tokens);
    this.marks = marks;
  }

  protected abstract block(): Doc;

  protected expression(): Doc {
    return this.at('IF') ? this.#ifExpression() : this.#binary(1);
  }

  /** What stands behind `=`: further in, if comments put it on lines of its own. */
  protected value(): Doc {
    const isBelow = this.hasComments();
    const value = this.expression();
    return isBelow ? indent(value) : value;
  }

  /** One choice stands in three lines, if not in one; of a chain each IF and its THEN keep to a line, if they fit. */
  #ifExpression(): Doc {
    const arms: { readonly condition: Doc; readonly result: Doc; readonly line: Doc }[] = [];
    let before: Doc = '';
    do {
      const condition = [before, this.keyword(), ' ', this.expression()];
      const result = [this.line(), this.keyword(), ' ', this.expression()];
      arms.push({ condition, result, line: this.line() });
      before = [this.keyword(), ' '];
    } while (this.at('IF'));
    const last = [before, this.#binary(1)];
    this.#isBracket = false;
    const [first] = arms;
    if (first !== undefined && arms.length === 1) return group(first.condition, indent(first.result, first.line, last));
    const chain = arms.map(({ condition, result, line }, i) => {
      const arm = group(condition, indent(result));
      return [i === 0 ? arm : indent(arm), indent(line)];
    });
    return group(chain, indent(last));
  }

  #binary(lowest: number): Doc {
    let left = this.#unary();
    for (;;) {
      const precedence = precedenceOf(this.token.kind);
      if (precedence < lowest) return left;
      const rest: Doc[] = [];
      while (precedenceOf(this.token.kind) === precedence) {
        const line = this.at('SLASH_SLASH') ? ' ' : this.line();
        const step = [line, this.take(), ' ', this.#binary(precedence + 1)];
        rest.push(precedence >= FILLED_PRECEDENCE ? group(step) : step);
      }
      this.#isBracket = false;
      left = group(left, indent(rest));
    }
  }

  #unary(): Doc {
    const prefixes: Doc[] = [];
    for (;;) {
      if (this.at('MINUS') || this.at('BANG')) prefixes.push(this.take());
      else if (this.at('SUSPEND') || this.at('AWAIT')) prefixes.push(this.keyword(), ' ');
      else break;
    }
    const operand = this.postfix({ calls: true });
    if (prefixes.length === 0) return operand;
    this.#isBracket = false;
    return [prefixes, operand];
  }

  protected postfix(allow: { readonly calls: boolean }): Doc {
    const parts = [this.#primary()];
    for (;;) {
      if (this.at('DOT')) parts.push(this.#dot(), this.at('LEFT_BRACKET') ? this.#pathKey() : this.take());
      else if (this.at('LEFT_BRACKET')) parts.push(this.#index());
      else if (this.at('LEFT_PAREN') && allow.calls)
        parts.push(this.list('RIGHT_PAREN', this.#callStyle, this.#element));
      else return parts.length === 1 ? (parts[0] as Doc) : parts;
      this.#isBracket = false;
    }
  }

  readonly #element = (): Doc => this.expression();

  /** Why the space: `.1.2` would be one number. */
  #dot(): Doc {
    const isBetweenNumbers = this.previous.kind === 'NUMBER' && this.peek(1).kind === 'NUMBER';
    return [isBetweenNumbers ? ' ' : '', this.take()];
  }

  #pathKey(): Doc {
    const parts = [this.take(), this.take()];
    while (this.at('DOT')) parts.push(this.#dot(), this.take());
    return [parts, this.take()];
  }

  #index(): Doc {
    const opening = this.take();
    const from = this.at('COLON') ? '' : this.expression();
    const colon = this.at('COLON') ? this.take() : '';
    const to = this.at('RIGHT_BRACKET') ? '' : this.expression();
    return [opening, indent(from, colon, to), this.dangling(true), this.take()];
  }

  // --- primaries

  #primary(): Doc {
    this.#isBracket = false;
    switch (this.token.kind) {
      case 'NULL':
      case 'TRUE':
      case 'FALSE':
        return this.takeAs(this.token.text.toLowerCase());
      case 'CASE':
        return this.#bracket(this.#case());
      case 'TRY': {
        const tried = this.#try();
        this.#isBracket = false;
        return tried;
      }
      case 'LEFT_BRACE':
        return this.#bracket(this.list('RIGHT_BRACE', OBJECT_STYLE, this.property));
      case 'LEFT_BRACKET':
        return this.#bracket(this.#array());
      case 'LEFT_PAREN':
        return this.marks.lambdas.has(this.token.start) ? this.lambda() : this.#parentheses();
      default:
        return this.take();
    }
  }

  #bracket(doc: Doc): Doc {
    this.#isBracket = true;
    return doc;
  }

  /** Keeps to what is inside: a bracket in parentheses breaks inside of both. */
  #parentheses(): Doc {
    const opening = this.take();
    const hasComments = this.hasComments();
    const inner = this.expression();
    const after = [this.trailing(), this.dangling(true)];
    const closing = this.take();
    if (this.#isBracket && !hasComments) return [opening, inner, after, closing];
    return group(opening, indent(SOFT_LINE, inner, after), SOFT_LINE, closing);
  }

  #array(): Doc {
    if (!this.marks.comprehensions.has(this.token.start)) return this.list('RIGHT_BRACKET', LIST_STYLE, this.#element);
    const opening = this.take();
    if (this.at('FOR')) return this.#prefixComprehension(opening);
    const parts: Doc[] = [this.expression(), this.line(), this.keyword(), ' ', this.keyword(), ' ', this.take()];
    parts.push(' ', this.keyword(), ' ', this.expression());
    if (this.at('WHERE')) parts.push(this.line(), this.keyword(), ' ', this.expression());
    return this.#closed(opening, parts);
  }

  #prefixComprehension(opening: Doc): Doc {
    const parts: Doc[] = [this.keyword(), ' ', this.take(), this.take(), ' ', this.keyword(), ' ', this.expression()];
    parts.push(this.take());
    if (this.at('IF')) parts.push(' ', this.keyword(), ' ', this.expression());
    parts.push(' ', this.takeAs('=>'), indent(this.line(), this.expression()));
    return this.#closed(opening, parts);
  }

  #closed(opening: Doc, parts: readonly Doc[]): Doc {
    const after = [this.trailing(), this.dangling(true)];
    return group(opening, indent(SOFT_LINE, parts, after), SOFT_LINE, this.take());
  }

  #case(): Doc {
    const head = [this.keyword(), ' ', this.take()];
    const make = this.startsLine() ? brokenGroup : group;
    const after = this.trailing();
    const arms: Doc[] = [];
    while (this.at('WHEN')) {
      arms.push(arms.length === 0 ? '' : this.betweenItems(LINE), this.leading());
      const when = [this.keyword(), ' ', this.expression()];
      const line = this.line();
      arms.push(group(when, indent(line, this.keyword(), ' ', this.expression())), this.trailing());
    }
    arms.push(this.betweenItems(LINE), this.leading(), this.keyword(), ' ', this.expression(), this.trailing());
    return make(head, after, indent(LINE, arms, this.dangling(true)), LINE, this.take());
  }

  #try(): Doc {
    const tried = [this.keyword(), ' ', this.expression()];
    const line = this.line();
    return group(tried, indent(line, this.tryHead(), ' ', this.expression()));
  }

  /** From CATCH to the arrow. */
  protected tryHead(): Doc {
    const parts: Doc[] = [this.keyword(), ' ', this.take(), this.take()];
    if (this.at('COLON')) parts.push(this.take(), ' ', this.take());
    parts.push(this.take(), ' ');
    if (this.at('RETRY')) parts.push(this.keyword(), ' ', this.take(), ' ', this.keyword(), ' ');
    if (this.at('BACKOFF')) parts.push(this.keyword(), ' ', this.take(), ' ');
    return [parts, this.takeAs('->')];
  }

  protected lambda(): Doc {
    const head = [this.names(), ' ', this.takeAs('->'), ' '];
    if (!this.at('LEFT_BRACE')) return [head, this.expression()];
    return this.#bracket([head, this.block()]);
  }

  /** Parameters in parentheses. */
  protected names(): Doc {
    return this.list('RIGHT_PAREN', LIST_STYLE, () => this.take());
  }

  protected readonly property = (): Doc => {
    const key = this.at('LEFT_BRACKET') ? [this.take(), this.expression(), this.take()] : this.take();
    return [key, this.take(), ' ', this.value()];
  };
}
