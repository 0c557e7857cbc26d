/** How statements and blocks are laid out: one statement a line, each but IF and FOR closed by `;`. */
import { assertNever } from '../base/assert.ts';
import type { Statement } from './ast.ts';
import { ExpressionFormatter, OBJECT_STYLE } from './format-expressions.ts';
import { brokenGroup, type Doc, group, HARD_LINE, indent, LINE, needsLines } from './format-layout.ts';

interface Block {
  readonly doc: Doc;
  /** More than one plain statement, or written over several lines. */
  readonly isLong: boolean;
}

export class StatementFormatter extends ExpressionFormatter {
  protected block(): Doc {
    const { doc, isLong } = this.#openBlock();
    return isLong ? brokenGroup(doc) : group(doc);
  }

  /** A block whose lines are those of the group around it. */
  #openBlock(): Block {
    const statements = this.marks.blocks.get(this.token.start)?.statements ?? [];
    const opening = this.take();
    const isKeptBroken = this.startsLine() && statements.length > 0;
    const after = this.trailing();
    const docs = this.statements(statements);
    const dangling = this.dangling(statements.length > 0);
    const closing = this.take();
    const [first, second] = statements;
    if (first === undefined) {
      const needsLine = needsLines([after, dangling]);
      const inner = dangling === '' ? '' : needsLine ? indent(LINE, dangling) : [dangling, ' '];
      return { doc: [opening, after, inner, needsLine ? LINE : '', closing], isLong: false };
    }
    const isPlain = second === undefined && first.kind !== 'IfStmt' && first.kind !== 'ForEachStmt';
    const doc = [opening, after, indent(LINE, docs, dangling), LINE, closing];
    return { doc, isLong: isKeptBroken || !isPlain };
  }

  protected statements(list: readonly Statement[]): Doc {
    this.skipEmpty();
    return list.map((statement, i) => {
      const between = i === 0 ? '' : this.betweenItems(HARD_LINE);
      const leading = this.leading();
      const doc = this.#statement(statement);
      const isClosed = statement.kind === 'IfStmt' || statement.kind === 'ForEachStmt';
      const end = isClosed ? '' : this.semicolon();
      this.skipEmpty();
      return [between, leading, doc, end, this.trailing()];
    });
  }

  protected semicolon(): Doc {
    return this.at('SEMICOLON') ? [this.skipSeparator(), ';'] : ';';
  }

  protected skipEmpty(): void {
    while (this.at('SEMICOLON')) this.dropSeparator();
  }

  #statement(statement: Statement): Doc {
    switch (statement.kind) {
      case 'LetStmt':
        return [this.keyword(), ' ', this.take(), this.#assigned()];
      case 'SetStmt':
      case 'SetVarStmt':
        return [this.keyword(), ' ', this.postfix({ calls: true }), this.#assigned()];
      case 'SharedWriteStmt': {
        const target = [this.take(), this.take(), this.at('RIGHT_BRACKET') ? '' : this.expression(), this.take()];
        return [target, this.#assigned()];
      }
      case 'AppendToStmt':
      case 'AppendToVarStmt':
        return this.#append();
      case 'ModifyStmt': {
        const target = [this.keyword(), ' ', this.postfix({ calls: true }), ' '];
        return [target, this.list('RIGHT_BRACE', OBJECT_STYLE, this.property)];
      }
      case 'OutputStmt':
      case 'ThrowStmt':
        return [this.keyword(), ' ', this.value()];
      case 'IfStmt':
        return this.#if(statement.arms.length, statement.otherwise !== null);
      case 'ForEachStmt':
        return this.#forEach();
      case 'TryCatchStmt': {
        const tried = [this.keyword(), ' ', this.expression()];
        const line = this.line();
        const head = [line, this.tryHead(), ' '];
        const fallback = statement.abort === null ? this.expression() : this.#jump(statement.abort.value !== null);
        return group(tried, indent(head, fallback));
      }
      case 'ReturnStmt':
      case 'AbortStmt':
        return this.#jump(statement.value !== null);
      case 'ExprStmt':
        return this.expression();
      default:
        return assertNever(statement);
    }
  }

  #assigned(): Doc {
    return [' ', this.take(), ' ', this.value()];
  }

  #jump(hasValue: boolean): Doc {
    const keyword = this.keyword();
    return hasValue ? [keyword, ' ', this.expression()] : keyword;
  }

  #append(): Doc {
    const head = [this.keyword(), ' ', this.keyword(), ' ', this.postfix({ calls: false }), ' '];
    const value = this.expression();
    if (!this.at('INIT')) return [head, value];
    const line = this.line();
    return group(head, value, indent(line, this.keyword(), ' ', this.expression()));
  }

  #if(armCount: number, hasElse: boolean): Doc {
    const docs: Doc[] = [];
    let isLong = false;
    const addBlock = () => {
      const block = this.#openBlock();
      isLong ||= block.isLong;
      docs.push(block.doc);
    };
    for (let i = 0; i < armCount; i++) {
      if (i > 0) docs.push(' ', this.keyword(), ' ');
      docs.push(this.keyword(), ' ', this.expression(), ' ', this.keyword(), ' ');
      addBlock();
    }
    if (hasElse) {
      docs.push(' ', this.keyword(), ' ');
      addBlock();
    }
    return isLong ? brokenGroup(docs) : group(docs);
  }

  #forEach(): Doc {
    const parts: Doc[] = [this.keyword()];
    if (this.at('EACH')) parts.push(' ', this.keyword());
    parts.push(' ', this.take(), ' ', this.keyword(), ' ', this.expression());
    if (this.at('WHERE')) parts.push(indent(this.line(), this.keyword(), ' ', this.expression()));
    return [group(parts), ' ', this.block()];
  }
}
