/**
 * Expressions. Precedence, loosest first: IF; `??`; `||`; `&&`; `== !=`; `< <= > >=`; `++`; `+ -`; `* / // %`; unary;
 * postfix. All binary operators are left-associative.
 *
 * Chains (operators, calls, segments, IF … ELSE IF) are read by loops; only brackets and bodies recurse, and each of
 * those passes through `enter`.
 */
import type { AccessExpr, Expression, ExpressionOf, Segment } from './ast.ts';
import { PrimaryParser } from './parse-primaries.ts';
import type { Token, TokenKind } from './token.ts';

type BinaryExpr = ExpressionOf<'BinaryExpr'>;

const PRECEDENCES: ReadonlyMap<TokenKind, number> = new Map([
  ['COALESCE', 1],
  ['OR', 2],
  ['AND', 3],
  ['EQ', 4],
  ['NEQ', 4],
  ['LT', 5],
  ['LE', 5],
  ['GT', 5],
  ['GE', 5],
  ['CONCAT', 6],
  ['PLUS', 7],
  ['MINUS', 7],
  ['STAR', 8],
  ['SLASH', 8],
  ['SLASH_SLASH', 8],
  ['PERCENT', 8],
]);

const CALLS = { calls: true };

/** Zero for what is no binary operator; a higher one binds tighter. */
export function precedenceOf(kind: TokenKind): number {
  return PRECEDENCES.get(kind) ?? 0;
}

export abstract class ExpressionParser extends PrimaryParser {
  protected expression(): Expression {
    const depth = this.enter();
    const result = this.at('IF') ? this.#ifExpression() : this.#binary(1);
    this.leave(depth);
    return result;
  }

  #ifExpression(): Expression {
    const arms: { token: Token; condition: Expression; thenBranch: Expression }[] = [];
    do {
      const token = this.advance();
      const condition = this.expression();
      this.expect('THEN', '`THEN` after the condition', { related: [{ span: token, text: 'of this IF' }] });
      const thenBranch = this.expression();
      this.expect('ELSE', '`ELSE` and the other value', {
        related: [{ span: token, text: 'of this IF' }],
        help: 'an IF that gives a value needs ELSE: IF condition THEN a ELSE NULL',
      });
      arms.push({ token, condition, thenBranch });
      this.grow(1);
    } while (this.at('IF'));
    let result = this.#binary(1);
    for (const { token, condition, thenBranch } of arms.reverse()) {
      result = {
        kind: 'IfElseExpr',
        token,
        start: token.start,
        end: result.end,
        condition,
        thenBranch,
        elseBranch: result,
      };
    }
    return result;
  }

  #binary(lowest: number): Expression {
    let left = this.#unary();
    for (;;) {
      const { token } = this;
      const precedence = precedenceOf(token.kind);
      if (precedence < lowest) return left;
      this.advance();
      const before = this.siblings();
      const right = this.#binary(precedence + 1);
      this.merge(before);
      this.grow(1);
      left = {
        kind: 'BinaryExpr',
        token,
        start: left.start,
        end: right.end,
        operator: token.text as BinaryExpr['operator'],
        left,
        right,
      };
    }
  }

  #unary(): Expression {
    if (this.token.kind === 'IDENTIFIER') return this.postfix();
    const prefixes: Token[] = [];
    while (this.at('MINUS') || this.at('BANG') || this.at('SUSPEND')) prefixes.push(this.advance());
    let operand = this.at('AWAIT') ? this.#awaitExpression() : this.postfix();
    this.grow(prefixes.length);
    for (const token of prefixes.reverse()) {
      const operator = token.kind === 'MINUS' ? '-' : token.kind === 'BANG' ? '!' : 'SUSPEND';
      operand = { kind: 'UnaryExpr', token, start: token.start, end: operand.end, operator, operand };
    }
    return operand;
  }

  #awaitExpression(): Expression {
    const token = this.advance();
    const operand = this.postfix();
    const { start } = token;
    const { end } = operand;
    if (operand.kind === 'AccessExpr' && operand.segments.length === 1 && operand.base.kind === 'IdentifierExpr') {
      const segment = operand.segments[0] as Segment;
      if (segment.kind === 'Static' && segment.token.isName)
        return { kind: 'SharedStateAwaitExpr', token, start, end, resource: operand.base, key: segment.token };
    }
    this.grow(1);
    return { kind: 'UnaryExpr', token, start, end, operator: 'AWAIT', operand };
  }

  // --- postfix

  protected postfix(allow: { readonly calls: boolean } = CALLS): Expression {
    let node = this.primary();
    let segments: Segment[] | null = null;
    for (;;) {
      const { token } = this;
      if (token.kind === 'DOT') {
        this.advance();
        segments ??= [];
        segments.push(this.at('LEFT_BRACKET') ? this.#pathKey() : this.#dotSegment());
      } else if (token.kind === 'LEFT_BRACKET') {
        const index = this.#index(node, segments);
        if (index.kind === 'Dynamic') {
          segments ??= [];
          segments.push(index);
        } else {
          node = index;
          segments = null;
        }
      } else if (token.kind === 'LEFT_PAREN' && allow.calls) {
        node = this.#call(this.#path(node, segments));
        segments = null;
      } else return this.#path(node, segments);
    }
  }

  /** Closes a path: consecutive segments are one node. */
  #path(base: Expression, segments: readonly Segment[] | null, end = this.previous.end): Expression {
    if (segments === null) return base;
    const last = segments[segments.length - 1] as Segment;
    this.grow(1);
    const token = last.kind === 'Static' ? last.token : last.key.token;
    return { kind: 'AccessExpr', token, start: base.start, end, base, segments };
  }

  #call(target: Expression): Expression {
    const { token } = this;
    const args = this.#callArguments();
    this.grow(1);
    const { start } = target;
    const { end } = this.previous;
    if (target.kind === 'IdentifierExpr') return { kind: 'CallExpr', token, start, end, callee: target, args };
    return { kind: 'InvokeExpr', token, start, end, target, args };
  }

  /** `[key]` is one more segment, `[from:to]` closes the path so far. */
  #index(
    base: Expression,
    segments: readonly Segment[] | null,
  ): Extract<Segment, { kind: 'Dynamic' }> | ExpressionOf<'SliceExpr'> {
    const { end: pathEnd } = this.previous;
    const opening = this.advance();
    const key = this.at('COLON') ? null : this.expression();
    if (key !== null && !this.at('COLON')) {
      this.expectClosing('RIGHT_BRACKET', opening, '`]` after the index');
      return { kind: 'Dynamic', key };
    }
    this.advance();
    const to = this.at('RIGHT_BRACKET') ? null : this.expression();
    this.expectClosing('RIGHT_BRACKET', opening, '`]` after the slice');
    this.grow(1);
    return {
      kind: 'SliceExpr',
      token: opening,
      start: base.start,
      end: this.previous.end,
      base: this.#path(base, segments, pathEnd),
      from: key,
      to,
    };
  }

  #dotSegment(): Segment {
    const { token } = this;
    if (token.isName) return { kind: 'Static', key: this.advance().text, token };
    if (token.kind === 'NUMBER') return { kind: 'Static', key: this.numericKey(), token };
    const wildcard = { help: 'paths have no wildcards; use a comprehension: [x.name FOR EACH x IN list]' };
    return this.fail('a name or an index after `.`', token.kind === 'STAR' ? wildcard : this.keywordHelp());
  }

  /** `.[p.q.0]`: one dynamic segment whose key is the path in the brackets. */
  #pathKey(): Segment {
    const opening = this.advance();
    const first = this.expectName('a name after `.[`');
    const base: Expression = {
      kind: 'IdentifierExpr',
      token: first,
      start: first.start,
      end: first.end,
      name: first.text,
    };
    const segments: Segment[] = [];
    while (this.take('DOT')) {
      if (!this.token.isName && !this.at('NUMBER')) this.fail('a name or an index inside `.[ … ]`');
      segments.push(this.#dotSegment());
    }
    this.expectClosing('RIGHT_BRACKET', opening, '`.` or `]` inside `.[ … ]`');
    if (segments.length === 0) return { kind: 'Dynamic', key: base };
    const key: AccessExpr = {
      kind: 'AccessExpr',
      token: opening,
      start: base.start,
      end: this.previous.start,
      base,
      segments,
    };
    return { kind: 'Dynamic', key };
  }

  #callArguments(): readonly Expression[] {
    const opening = this.advance();
    const args: Expression[] = [];
    while (!this.at('RIGHT_PAREN')) {
      args.push(this.expression());
      if (!this.take('COMMA')) break;
    }
    this.expectClosing('RIGHT_PAREN', opening, '`,` or `)` after the argument');
    return args;
  }
}
