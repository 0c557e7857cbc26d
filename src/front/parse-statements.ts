/** Statements and blocks, with recovery: a block goes on behind a statement that cannot be read. */
import type { AccessExpr, CodeBlock, Expression, Property, Segment, Statement, StatementOf } from './ast.ts';
import { BAIL } from './cursor.ts';
import { ExpressionParser } from './parse-expressions.ts';
import type { Token } from './token.ts';

export class StatementParser extends ExpressionParser {
  protected block(what = '`{` and a block'): CodeBlock {
    const opening = this.expect('LEFT_BRACE', what);
    const depth = this.enter();
    const statements = this.statements(opening);
    const closing = this.expect('RIGHT_BRACE', '`}` at the end of the block', {
      related: [{ span: opening, text: 'opened here' }],
    });
    this.leave(depth);
    return { token: opening, start: opening.start, end: closing.end, statements };
  }

  /** Up to the closing brace or the end of the source; `opening` is null for a source without declarations. */
  protected statements(opening: Token | null): readonly Statement[] {
    const statements: Statement[] = [];
    const mark = this.mark();
    let hasRecovered = false;
    while (!this.at('EOF') && !this.at('RIGHT_BRACE')) {
      if (this.take('SEMICOLON')) continue;
      if (this.startsLine() && this.looksLikeDeclaration()) {
        if (opening === null) return statements;
        if (!hasRecovered) this.#reportOpenBlock(opening);
        throw BAIL;
      }
      const from = this.index;
      const height = this.siblings();
      try {
        statements.push(this.#statement());
      } catch (error) {
        if (error !== BAIL) throw error;
        this.recover(mark, from);
        if (this.isStopped) throw BAIL;
        hasRecovered = true;
      }
      this.merge(height);
    }
    if (hasRecovered && this.at('EOF') && opening !== null) throw BAIL;
    return statements;
  }

  #reportOpenBlock(opening: Token): void {
    this.problems.report('MR1009', this.token, 'a declaration stands inside a block', {
      label: 'declarations stand outside of blocks',
      related: [{ span: opening, text: 'this block is not closed' }],
      help: 'close the block with `}`',
    });
  }

  #statement(): Statement {
    const { token } = this;
    switch (token.kind) {
      case 'LET':
        return this.#let();
      case 'SET':
        return this.#set();
      case 'APPEND':
        return this.#append();
      case 'MODIFY':
        return this.#modify();
      case 'OUTPUT':
        return this.#output();
      case 'IF':
        return this.#if();
      case 'FOR':
        this.advance();
        this.take('EACH');
        return this.#forEach(token);
      case 'FOREACH':
        if (!this.peek(1).isName || this.peek(2).kind !== 'IN') break;
        this.advance();
        return this.#forEach(token);
      case 'TRY':
        return this.#try();
      case 'RETURN': {
        this.advance();
        const value = this.#valueOnLine(token);
        this.separator();
        return { kind: 'ReturnStmt', token, start: token.start, end: value?.end ?? token.end, value };
      }
      case 'ABORT':
        return this.#abort();
      case 'THROW':
        if (!this.#startsThrow()) break;
        return this.#throw();
      default:
        if (token.isName && this.peek(1).kind === 'LEFT_BRACKET' && this.peek(2).kind === 'RIGHT_BRACKET')
          return this.#keylessWrite();
    }
    return this.#expressionStatement();
  }

  #let(): Statement {
    const token = this.advance();
    const name = this.expectName('a name after LET');
    if (!this.take('ASSIGN')) this.fail(`\`=\` and the value of \`${name.text}\``);
    const value = this.expression();
    this.separator();
    return { kind: 'LetStmt', token, start: token.start, end: value.end, name, value };
  }

  #set(): Statement {
    const token = this.advance();
    const target = this.postfix();
    const { start } = token;
    const { end } = target;
    if (target.kind !== 'IdentifierExpr' && target.kind !== 'AccessExpr') this.#failTarget(token, target, 'SET');
    this.expect('ASSIGN', '`=` after the target of SET');
    const value = this.expression();
    this.separator();
    if (target.kind === 'AccessExpr') return { kind: 'SetStmt', token, start, end, target, value };
    return { kind: 'SetVarStmt', token, start, end, name: target.token, value };
  }

  #failTarget(token: Token, target: Expression, word: string): never {
    const what =
      target.kind === 'CallExpr' || target.kind === 'InvokeExpr'
        ? 'a call'
        : target.kind === 'SliceExpr'
          ? 'a slice'
          : 'this';
    return this.failAt('MR1011', { start: token.start, end: target.end }, `${word} cannot write to ${what}`, {
      label: 'expected a variable or a path that starts with one',
      help: `for example ${word} total${word === 'SET' ? ' = 1' : ' 1'}, ${word} order.lines[0]${word === 'SET' ? ' = 1' : ' 1'}`,
    });
  }

  #append(): Statement {
    const token = this.advance();
    this.expect('TO', '`TO` after APPEND', {
      help: 'APPEND TO list value; the function APPEND(list, value) stands in expressions',
    });
    const target = this.postfix({ calls: false });
    const { start } = token;
    const { end } = target;
    if (target.kind !== 'IdentifierExpr' && target.kind !== 'AccessExpr') this.#failTarget(token, target, 'APPEND TO');
    const value = this.#appended(target);
    const init = this.take('INIT') ? this.expression() : null;
    this.separator();
    if (target.kind === 'AccessExpr') return { kind: 'AppendToStmt', token, start, end, target, value, init };
    return { kind: 'AppendToVarStmt', token, start, end, name: target.token, value, init };
  }

  /** Brackets directly behind the target were taken for an index; say so when the value is missing then. */
  #appended(target: Expression): Expression {
    const last = target.kind === 'AccessExpr' ? target.segments.at(-1) : undefined;
    const isStatementEnd = this.at('RIGHT_BRACE') || this.at('SEMICOLON') || this.at('EOF');
    if (!isStatementEnd || last?.kind !== 'Dynamic') return this.expression();
    return this.fail('the value to append', {
      related: [{ span: { start: last.key.start - 1, end: last.key.end + 1 }, text: 'this is an index of the target' }],
      help: 'put a list that is to be appended in parentheses: APPEND TO list ([1])',
    });
  }

  #modify(): Statement {
    this.advance();
    const target = this.postfix();
    const path = modifiable(target);
    if (path === undefined) {
      return this.failAt('MR1011', this.previous, 'MODIFY takes a variable or a dotted path', {
        label: 'the path may not have brackets or calls',
        help: 'take the part into a variable first, or use SET',
      });
    }
    const opening = this.expect('LEFT_BRACE', '`{` and the fields to change');
    const updates: Property[] = [];
    while (!this.at('RIGHT_BRACE')) {
      updates.push(this.property('MODIFY'));
      if (!this.take('COMMA') && !this.take('SEMICOLON')) break;
    }
    this.expectClosing('RIGHT_BRACE', opening, '`,` or `}` after a field of MODIFY');
    this.separator();
    return { kind: 'ModifyStmt', token: opening, start: path.start, end: path.end, target: path, updates };
  }

  #output(): Statement {
    const token = this.advance();
    const template = this.expression();
    this.take('SEMICOLON');
    return { kind: 'OutputStmt', token, start: token.start, end: template.end, template };
  }

  #if(): Statement {
    const first = this.token;
    const arms: { token: Token; condition: Expression; block: CodeBlock }[] = [];
    let otherwise: CodeBlock | null = null;
    for (;;) {
      const token = this.advance();
      const condition = this.expression();
      this.expect('THEN', '`THEN` after the condition', { help: 'IF condition THEN { … } ELSE { … }' });
      arms.push({ token, condition, block: this.block('`{` and a block after THEN') });
      this.grow(1);
      if (!this.take('ELSE')) break;
      if (this.at('IF')) continue;
      otherwise = this.block('`{` or `IF` after ELSE');
      break;
    }
    return { kind: 'IfStmt', token: first, start: first.start, end: this.previous.end, arms, otherwise };
  }

  #forEach(token: Token): Statement {
    const variable = this.expectName('a name for the element');
    this.expect('IN', `\`IN\` and the list after \`${variable.text}\``, { help: 'FOR EACH x IN list { … }' });
    const iterable = this.expression();
    const where = this.take('WHERE') ? this.expression() : null;
    const body = this.block('`{` and the body of the loop');
    return { kind: 'ForEachStmt', token, start: token.start, end: body.end, variable, iterable, where, body };
  }

  #try(): Statement {
    const token = this.advance();
    if (this.at('LEFT_BRACE') && this.#looksLikeBlock()) {
      this.fail('an expression', { help: 'TRY takes an expression, not a block: TRY expression CATCH(e) -> value' });
    }
    const head = this.tryHead(this.expression());
    if (this.at('ABORT')) {
      const abort = this.#abort();
      this.take('SEMICOLON');
      return { kind: 'TryCatchStmt', token, start: token.start, end: abort.end, head, fallback: null, abort };
    }
    const fallback = this.expression();
    this.take('SEMICOLON');
    return { kind: 'TryCatchStmt', token, start: token.start, end: fallback.end, head, fallback, abort: null };
  }

  /** At `{`: whether statements seem to follow. */
  #looksLikeBlock(): boolean {
    const first = this.peek(1);
    const second = this.peek(2);
    return first.isName && second.kind !== 'COLON' && second.kind !== 'COMMA';
  }

  #abort(): StatementOf<'AbortStmt'> {
    const token = this.advance();
    const value = this.#valueOnLine(token);
    this.separator();
    return { kind: 'AbortStmt', token, start: token.start, end: value?.end ?? token.end, value };
  }

  /** The value of RETURN and ABORT starts on their line or is absent. */
  #valueOnLine(token: Token): Expression | null {
    if (this.token.line !== token.line || this.at('SEMICOLON') || this.at('RIGHT_BRACE') || this.at('EOF')) return null;
    return this.expression();
  }

  /** THROW is also a name: it throws where no expression could go on like that. `THROW (e)` is told apart by scope. */
  #startsThrow(): boolean {
    const next = this.peek(1);
    if (next.line !== this.token.line) return false;
    switch (next.kind) {
      case 'STRING':
      case 'NUMBER':
      case 'LEFT_BRACE':
      case 'BANG':
      case 'NULL':
      case 'TRUE':
      case 'FALSE':
      case 'CASE':
      case 'TRY':
      case 'IF':
      case 'AWAIT':
      case 'SUSPEND':
      case 'DOLLAR':
        return true;
      default:
        return next.isName;
    }
  }

  #throw(): Statement {
    const token = this.advance();
    const value = this.expression();
    this.separator();
    return { kind: 'ThrowStmt', token, start: token.start, end: value.end, value };
  }

  /** `name[] = value` */
  #keylessWrite(): Statement {
    const resource = this.advance();
    this.advance();
    this.advance();
    const targetEnd = this.previous.end;
    this.expect('ASSIGN', '`=` and the value to share', { help: 'to read an element put its index in the brackets' });
    return this.#sharedWrite(resource, null, targetEnd);
  }

  #sharedWrite(resource: Token, key: Expression | null, targetEnd: number): Statement {
    const value = this.expression();
    this.separator();
    return {
      kind: 'SharedWriteStmt',
      token: resource,
      start: resource.start,
      end: value.end,
      resource,
      key,
      value,
      targetEnd,
    };
  }

  #expressionStatement(): Statement {
    const { token } = this;
    const isIndexed = this.peek(1).kind === 'LEFT_BRACKET';
    const expr = this.expression();
    const key = isIndexed && this.at('ASSIGN') ? sharedKey(expr, token) : undefined;
    if (key !== undefined) {
      this.advance();
      return this.#sharedWrite(token, key, expr.end);
    }
    this.separator();
    return { kind: 'ExprStmt', token, start: expr.start, end: expr.end, expr };
  }
}

/** The key when `expr` is `name[key]` and nothing else; `first` is the statement's first token. */
function sharedKey(expr: Expression, first: Token): Expression | undefined {
  if (expr.kind !== 'AccessExpr' || expr.base.token !== first || !first.isName) return undefined;
  const [segment, ...more] = expr.segments;
  return segment?.kind === 'Dynamic' && more.length === 0 ? segment.key : undefined;
}

function modifiable(target: Expression): AccessExpr | undefined {
  if (target.kind === 'IdentifierExpr') {
    const { token, start, end } = target;
    return { kind: 'AccessExpr', token, start, end, base: target, segments: [] };
  }
  if (target.kind !== 'AccessExpr' || target.base.kind !== 'IdentifierExpr') return undefined;
  return target.segments.every((s: Segment) => s.kind === 'Static') ? target : undefined;
}
