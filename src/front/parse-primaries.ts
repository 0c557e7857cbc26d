/** What expressions are made of: literals, names, CASE, TRY, comprehensions, lambdas, and keys of objects. */
import type { CodeBlock, Expression, ExpressionOf, FuncBody, Key, Property, TryHead } from './ast.ts';
import { TypeParser } from './parse-types.ts';
import type { Token } from './token.ts';

const MAX_RETRIES = 2 ** 31 - 1;

export abstract class PrimaryParser extends TypeParser {
  protected abstract expression(): Expression;

  /** Lambdas have statement bodies; statements are the business of a subclass. */
  protected abstract block(): CodeBlock;

  protected primary(): Expression {
    const { token } = this;
    const { start, end } = token;
    switch (token.kind) {
      case 'IDENTIFIER':
        this.takeName();
        return { kind: 'IdentifierExpr', token, start, end, name: token.text };
      case 'STRING':
        this.advance();
        return { kind: 'StringExpr', token, start, end, value: token.text };
      case 'NUMBER':
        this.advance();
        return {
          kind: 'NumberLiteral',
          token,
          start,
          end,
          value: numberOf(token.text),
          isFloat: token.text.includes('.'),
        };
      case 'NULL':
        this.advance();
        return { kind: 'NullLiteral', token, start, end };
      case 'TRUE':
      case 'FALSE':
        this.advance();
        return { kind: 'BoolExpr', token, start, end, value: token.kind === 'TRUE' };
      case 'DOLLAR':
        this.advance();
        return { kind: 'IdentifierExpr', token, start, end, name: '$' };
      case 'CASE':
        return this.#caseExpression();
      case 'TRY':
        return this.#tryExpression();
      case 'LEFT_BRACE':
        return this.#objectLiteral();
      case 'LEFT_BRACKET':
        return this.#arrayLiteral();
      case 'LEFT_PAREN': {
        if (this.startsLambda()) return this.lambda();
        this.advance();
        const inner = this.expression();
        this.expectClosing('RIGHT_PAREN', token, '`)` after the expression');
        return inner;
      }
      default:
    }
    if (!token.isName || this.#isForgottenExpression()) return this.failExpression();
    this.takeName();
    return { kind: 'IdentifierExpr', token, start, end, name: token.text };
  }

  /** A new line whose first word begins a statement: what should stand before it is missing. */
  #isForgottenExpression(): boolean {
    if (!this.startsLine() || !this.looksLikeStatement()) return false;
    const next = this.peek(1);
    return (
      next.line === this.token.line &&
      (next.isName || next.kind === 'STRING' || next.kind === 'NUMBER' || next.kind === 'LEFT_BRACE')
    );
  }

  #caseExpression(): Expression {
    const token = this.advance();
    const opening = this.expect('LEFT_BRACE', '`{` after CASE', {
      help: 'CASE { WHEN condition THEN value … ELSE value }',
    });
    const whens: { condition: Expression; result: Expression }[] = [];
    while (this.take('WHEN')) {
      const condition = this.expression();
      this.expect('THEN', '`THEN` after the condition of WHEN');
      whens.push({ condition, result: this.expression() });
      this.grow(1);
    }
    if (whens.length === 0) {
      return this.failAt('MR1001', token, 'a CASE needs at least one WHEN', {
        label: 'no WHEN follows',
        help: 'CASE { WHEN condition THEN value … ELSE value }',
      });
    }
    this.expect('ELSE', '`WHEN` or `ELSE` in CASE', {
      related: [{ span: token, text: 'of this CASE' }],
      help: 'every CASE ends with ELSE: CASE { WHEN condition THEN value ELSE NULL }',
    });
    const otherwise = this.expression();
    this.expectClosing('RIGHT_BRACE', opening, '`}` after the ELSE of CASE');
    return { kind: 'CaseExpr', token, start: token.start, end: this.previous.end, whens, otherwise };
  }

  #tryExpression(): Expression {
    const token = this.advance();
    const head = this.tryHead(this.expression());
    const fallback = this.expression();
    return { kind: 'TryCatchExpr', token, start: token.start, end: fallback.end, head, fallback };
  }

  /** From CATCH to the arrow. */
  protected tryHead<Body>(body: Body): TryHead<Body> {
    this.expect('CATCH', '`CATCH` after the tried expression', { help: 'TRY expression CATCH(e) -> value' });
    const opening = this.expect('LEFT_PAREN', '`(` and a name for the error after CATCH', {
      help: 'TRY expression CATCH(e) -> value',
    });
    const variable = this.expectName('a name for the error');
    if (this.take('COLON')) this.expectName('a name of an error type');
    this.expectClosing('RIGHT_PAREN', opening, '`)` after the name of the error');
    let retries: number | null = null;
    let backoff: Token | null = null;
    if (this.take('RETRY')) {
      retries = this.#retryCount();
      this.expect('TIMES', '`TIMES` after the number of retries');
      if (this.take('BACKOFF')) backoff = this.expect('STRING', 'a text such as "200ms" after BACKOFF');
    }
    this.expect('ARROW', '`->` and what to do instead');
    return { body, variable, retries, backoff };
  }

  #retryCount(): number {
    const token = this.expect('NUMBER', 'the number of retries');
    const count = Number(token.text);
    if (token.text.includes('.') || count > MAX_RETRIES) {
      return this.failAt('MR1013', token, `${token.text} is not a number of retries`, {
        label: `expected an integer from 0 to ${MAX_RETRIES}`,
      });
    }
    return count;
  }

  #objectLiteral(): Expression {
    const token = this.advance();
    const fields: Property[] = [];
    while (!this.at('RIGHT_BRACE')) {
      fields.push(this.property('an object'));
      if (!this.take('COMMA')) break;
    }
    this.expectClosing('RIGHT_BRACE', token, '`,` or `}` after a field');
    return { kind: 'ObjectExpr', token, start: token.start, end: this.previous.end, fields };
  }

  protected property(where: string): Property {
    const { token } = this;
    if (token.kind === 'LEFT_BRACKET') {
      this.advance();
      const key = this.expression();
      this.expectClosing('RIGHT_BRACKET', token, '`]` after the key');
      this.expect('COLON', '`:` after the key');
      return { kind: 'ComputedProperty', key, token, value: this.expression() };
    }
    const key = this.#literalKey(where);
    if (!this.take('COLON'))
      this.fail('`:` and a value after the key', { related: [{ span: token, text: 'the key' }] });
    return { kind: 'LiteralProperty', key, token, value: this.expression() };
  }

  #literalKey(where: string): Key {
    const { token } = this;
    if (token.kind === 'STRING') return this.advance().text;
    if (token.kind === 'NUMBER') return this.numericKey();
    if (token.kind === 'MINUS' && this.peek(1).kind === 'NUMBER') {
      this.advance();
      return this.failAt('MR1010', this.token, `-${this.token.text} is not a key`, {
        label: 'numeric keys are integers from 0 up',
        help: `for a text key write "-${this.token.text}"`,
      });
    }
    return this.expectField(`a key in ${where}`).text;
  }

  protected numericKey(): number | bigint {
    const { token } = this;
    if (token.text.includes('.')) {
      return this.failAt('MR1010', token, `${token.text} is not a key or index`, {
        label: 'numeric keys are integers from 0 up',
        help:
          this.previous.kind === 'DOT'
            ? `for two steps write .${token.text.replace('.', ' .')}`
            : `for a text key write "${token.text}"`,
      });
    }
    this.advance();
    return numberOf(token.text);
  }

  #arrayLiteral(): Expression {
    const token = this.advance();
    if (this.at('FOR')) return this.#prefixComprehension(token);
    const elements: Expression[] = [];
    while (!this.at('RIGHT_BRACKET')) {
      elements.push(this.expression());
      if (elements.length === 1 && this.at('FOR')) return this.#comprehension(token, elements[0] as Expression);
      if (!this.take('COMMA')) break;
    }
    this.expectClosing('RIGHT_BRACKET', token, '`,` or `]` after an element');
    return { kind: 'ArrayExpr', token, start: token.start, end: this.previous.end, elements };
  }

  #comprehension(token: Token, map: Expression): Expression {
    const headerStart = this.advance().start;
    this.expect('EACH', '`EACH` after FOR in a comprehension', { help: '[value FOR EACH x IN list WHERE condition]' });
    const variable = this.expectName('a name for the element');
    this.expect('IN', '`IN` and the list');
    const iterable = this.expression();
    const where = this.take('WHERE') ? this.expression() : null;
    this.expectClosing('RIGHT_BRACKET', token, '`]` after the comprehension');
    return {
      kind: 'ArrayCompExpr',
      token,
      start: token.start,
      end: this.previous.end,
      variable,
      iterable,
      map,
      where,
      headerStart,
    };
  }

  /** `[FOR (x IN xs) IF c => e]`, the documented form. */
  #prefixComprehension(token: Token): Expression {
    const headerStart = this.advance().start;
    const opening = this.expect('LEFT_PAREN', '`(` after FOR', { help: '[value FOR EACH x IN list WHERE condition]' });
    const variable = this.expectName('a name for the element');
    this.expect('IN', '`IN` and the list');
    const iterable = this.expression();
    this.expectClosing('RIGHT_PAREN', opening, '`)` after the list');
    const where = this.take('IF') ? this.expression() : null;
    this.expect('ARROW', '`=>` and the value for each element');
    const map = this.expression();
    this.expectClosing('RIGHT_BRACKET', token, '`]` after the comprehension');
    return {
      kind: 'ArrayCompExpr',
      token,
      start: token.start,
      end: this.previous.end,
      variable,
      iterable,
      map,
      where,
      headerStart,
    };
  }

  // --- lambdas

  /** At `(`: whether it opens the parameters of a lambda. */
  protected startsLambda(): boolean {
    let i = 1;
    if (this.peek(i).kind !== 'RIGHT_PAREN') {
      for (; ; i += 2) {
        if (!this.peek(i).isName) return false;
        const { kind } = this.peek(i + 1);
        if (kind === 'RIGHT_PAREN') break;
        if (kind !== 'COMMA') return false;
      }
      i++;
    }
    return this.peek(i + 1).kind === 'ARROW';
  }

  protected lambda(): ExpressionOf<'LambdaExpr'> {
    const token = this.advance();
    const params: Token[] = [];
    while (!this.take('RIGHT_PAREN')) {
      params.push(this.takeName());
      this.take('COMMA');
    }
    this.advance();
    const body: FuncBody = this.at('LEFT_BRACE')
      ? { kind: 'BlockBody', block: this.block() }
      : { kind: 'ExprBody', expr: this.expression() };
    return { kind: 'LambdaExpr', token, start: token.start, end: this.previous.end, params, body };
  }
}

function numberOf(text: string): number | bigint {
  const value = Number(text);
  return text.includes('.') || Number.isSafeInteger(value) ? value : BigInt(text);
}
