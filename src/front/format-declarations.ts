/** How declarations, types and pipelines are laid out, and the program as a whole. */
import type { Program } from './ast.ts';
import { LIST_STYLE, OBJECT_STYLE } from './format-expressions.ts';
import { choice, type Doc, group, HARD_LINE, indent, LINE, SOFT_LINE } from './format-layout.ts';
import { StatementFormatter } from './format-statements.ts';

export class DeclarationFormatter extends StatementFormatter {
  program({ declarations }: Program): Doc {
    const [first] = declarations;
    this.skipEmpty();
    if (first?.kind === 'TransformDecl' && first.token === first.body.token) {
      const { statements } = first.body;
      return [this.statements(statements), this.dangling(statements.length > 0)];
    }
    const docs = declarations.map((_, i) => {
      const between = i === 0 ? '' : this.betweenItems(HARD_LINE);
      const leading = this.leading();
      const doc = this.#declaration();
      this.skipEmpty();
      return [between, leading, doc, this.trailing()];
    });
    return [docs, this.dangling(declarations.length > 0)];
  }

  #declaration(): Doc {
    const exported = this.at('EXPORT') ? [this.keyword(), ' '] : '';
    const keyword = this.token.kind;
    const head = [exported, this.keyword()];
    switch (keyword) {
      case 'TRANSFORM':
        return [head, this.#transform()];
      case 'FUNC':
        return [head, ' ', this.take(), this.#funcBody()];
      case 'SHARED':
        return [head, ' ', this.take(), ' ', this.keyword(), this.semicolon()];
      case 'TYPE':
        return [head, ' ', this.take(), ' ', this.take(), ' ', this.#typeBody(), this.semicolon()];
      case 'PIPELINE': {
        const name = [head, ' ', this.take(), this.at('LEFT_PAREN') ? this.#signature() : '', ' ', this.take()];
        const steps = indent(this.line(), this.#steps(choice('  ', '')));
        return [group(name, steps), this.semicolon()];
      }
      default:
        return [head, this.#import(), this.semicolon()];
    }
  }

  #transform(): Doc {
    const name = this.token.isName && !this.at('OPTIONS') ? [' ', this.take()] : '';
    const space = name === '' && this.at('LEFT_PAREN') ? ' ' : '';
    const signature = this.at('LEFT_PAREN') ? [space, this.#signature()] : '';
    const options = this.at('OPTIONS') ? [' ', this.keyword(), ' ', this.#options()] : '';
    return [name, signature, options, ' ', this.block()];
  }

  #signature(): Doc {
    const parameters = this.list('RIGHT_PAREN', LIST_STYLE, () => [this.take(), this.take(), ' ', this.#type()]);
    return [parameters, ' ', this.takeAs('->'), ' ', this.#type()];
  }

  #funcBody(): Doc {
    const params = this.names();
    if (this.at('LEFT_BRACE')) return [params, ' ', this.block()];
    return [params, ' ', this.take(), ' ', this.value(), this.semicolon()];
  }

  #import(): Doc {
    const parts: Doc[] = [' ', this.take()];
    if (this.at('AS')) parts.push(' ', this.keyword(), ' ', this.take());
    if (this.at('LEFT_BRACE'))
      parts.push(
        ' ',
        this.list('RIGHT_BRACE', OBJECT_STYLE, () => this.#member()),
      );
    for (;;) {
      if (this.at('WITH'))
        parts.push(
          ' ',
          this.keyword(),
          ' ',
          this.list('RIGHT_BRACE', OBJECT_STYLE, () => this.take()),
        );
      else if (this.at('PIN')) parts.push(' ', this.keyword(), ' ', this.take());
      else return parts;
    }
  }

  #member(): Doc {
    return [this.take(), this.at('LEFT_PAREN') ? this.names() : ''];
  }

  // --- OPTIONS

  /** The names of options are the writer's; so are those of modes and adapters. */
  #options(): Doc {
    return this.list('RIGHT_BRACE', OBJECT_STYLE, () => {
      const key = [this.take(), this.take(), ' '];
      if (this.at('LEFT_BRACE')) return [key, this.#options()];
      if (this.at('LEFT_BRACKET')) return [key, this.list('RIGHT_BRACKET', LIST_STYLE, () => this.#resource())];
      const value = this.take();
      if (!this.at('LEFT_PAREN')) return [key, value];
      return [key, value, this.list('RIGHT_PAREN', LIST_STYLE, () => this.expression())];
    });
  }

  #resource(): Doc {
    return [this.take(), ' ', this.keyword()];
  }

  // --- types

  #typeBody(): Doc {
    if (!this.at('UNION') || !(this.peek(1).isName || this.peek(1).kind === 'NULL')) return this.#type();
    return [this.keyword(), ' ', this.#type()];
  }

  #type(): Doc {
    const first = this.#typeTerm();
    const rest: Doc[] = [];
    while (this.at('PIPE')) rest.push([this.line(), this.take(), ' ', this.#typeTerm()]);
    return rest.length === 0 ? first : group(first, indent(rest));
  }

  #typeTerm(): Doc {
    const type = this.#plainType();
    return this.at('QUESTION') ? [type, this.take()] : type;
  }

  #plainType(): Doc {
    switch (this.token.kind) {
      case 'LEFT_BRACE':
        return this.list('RIGHT_BRACE', OBJECT_STYLE, () => this.#field());
      case 'LEFT_BRACKET':
        return [this.take(), this.#type(), this.take()];
      case 'NULL':
        return this.takeAs('null');
      case 'ENUM':
        if (this.peek(1).kind !== 'LEFT_BRACE') return this.take();
        return [this.keyword(), ' ', this.list('RIGHT_BRACE', OBJECT_STYLE, () => this.take())];
      case 'SET':
        if (this.peek(1).kind !== 'LT') return this.take();
        return [this.keyword(), this.take(), this.#type(), this.take()];
      default:
        return this.take();
    }
  }

  #field(): Doc {
    const name = [this.take(), this.at('QUESTION') ? this.take() : ''];
    return [name, this.take(), ' ', this.#type()];
  }

  // --- pipelines

  #flow(): Doc {
    return group(this.#steps(''));
  }

  /** `before` stands before the first step, so that the steps of a broken flow are aligned. */
  #steps(before: Doc): Doc {
    const parts: Doc[] = [before, this.#step()];
    while (this.at('PIPE')) parts.push(this.line(), this.take(), ' ', this.#step());
    return parts;
  }

  #step(): Doc {
    switch (this.token.kind) {
      case 'WHERE':
        return [this.keyword(), ' ', this.lambda()];
      case 'EACH': {
        const each = this.keyword();
        return this.at('LEFT_PAREN') ? [each, ' ', this.lambda()] : each;
      }
      case 'BATCH':
        if (this.peek(1).kind === 'NUMBER') return [this.keyword(), ' ', this.take()];
        break;
      case 'LEFT_BRACKET':
        return this.list('RIGHT_BRACKET', LIST_STYLE, () => this.#flow());
      case 'LEFT_BRACE':
        return this.list('RIGHT_BRACE', OBJECT_STYLE, () => [this.take(), this.take(), ' ', this.#flow()]);
      case 'CASE':
        return this.#choice();
      case 'TRY': {
        const tried = [this.keyword(), ' ', this.#step()];
        const line = this.line();
        return group(tried, indent(line, this.tryHead(), ' ', this.#step()));
      }
      case 'LEFT_PAREN':
        if (this.marks.lambdas.has(this.token.start)) return this.lambda();
        return this.#nested();
      default:
    }
    const name = this.take();
    return this.at('DOT') ? [name, this.take(), this.take()] : name;
  }

  #nested(): Doc {
    const opening = this.take();
    const flow = [this.#flow(), this.trailing(), this.dangling(true)];
    return group(opening, indent(SOFT_LINE, flow), SOFT_LINE, this.take());
  }

  #choice(): Doc {
    const head = [this.keyword(), ' ', this.take(), this.take(), this.take(), ' ', this.take()];
    const arms: Doc[] = [this.trailing()];
    while (this.at('WHEN')) {
      arms.push(this.betweenItems(LINE), this.leading());
      const when = [this.keyword(), ' ', this.expression()];
      const line = this.line();
      arms.push(group(when, indent(line, this.keyword(), ' ', this.#flow())), this.trailing());
    }
    arms.push(this.betweenItems(LINE), this.leading(), this.keyword(), ' ', this.#flow(), this.trailing());
    return group(head, indent(arms, this.dangling(true)), LINE, this.take());
  }
}
