/** Flows of PIPELINE declarations: stages, filters, forks, choices, tries. */
import type { Expression, Flow, Step } from './ast.ts';
import { StatementParser } from './parse-statements.ts';
import type { Token } from './token.ts';

export class PipelineParser extends StatementParser {
  protected flow(): Flow {
    const depth = this.enter();
    const steps = [this.#step()];
    while (this.take('PIPE')) steps.push(this.#step());
    this.leave(depth);
    return { steps };
  }

  #step(): Step {
    const { token } = this;
    const place = () => ({ token, start: token.start, end: this.previous.end });
    switch (token.kind) {
      case 'WHERE': {
        this.advance();
        const lambda = this.#stageLambda('WHERE');
        return { kind: 'Where', ...place(), lambda };
      }
      case 'EACH': {
        this.advance();
        const lambda = this.at('LEFT_PAREN') ? this.#stageLambda('EACH') : null;
        return { kind: 'Each', ...place(), lambda };
      }
      case 'BATCH':
        if (this.peek(1).kind === 'NUMBER') return this.#batch();
        break;
      case 'LEFT_BRACKET':
      case 'LEFT_BRACE':
        return this.#fork();
      case 'CASE':
        return this.#choice();
      case 'TRY':
        return this.#tryStep();
      case 'LEFT_PAREN': {
        if (this.startsLambda()) {
          const lambda = this.lambda();
          return { kind: 'Inline', ...place(), lambda };
        }
        this.advance();
        const flow = this.flow();
        this.expectClosing('RIGHT_PAREN', token, '`|` or `)` after a stage');
        return { kind: 'Nested', ...place(), flow };
      }
      default:
    }
    const first = this.expectName('a stage');
    if (!this.take('DOT')) return { kind: 'Stage', ...place(), alias: null, name: first };
    const name = this.expectName('the name of a stage of that module');
    return { kind: 'Stage', ...place(), alias: first, name };
  }

  #stageLambda(word: string) {
    if (this.at('LEFT_PAREN') && this.startsLambda()) return this.lambda();
    return this.fail(`a lambda after ${word}`, { help: `${word} (record) -> expression` });
  }

  #batch(): Step {
    const token = this.advance();
    const size = this.advance();
    if (size.text.includes('.') || Number(size.text) < 1 || !Number.isSafeInteger(Number(size.text))) {
      return this.failAt('MR1013', size, `${size.text} is not a size of a batch`, {
        label: 'expected an integer from 1 up',
      });
    }
    return { kind: 'Batch', token, start: token.start, end: size.end, size };
  }

  #fork(): Step {
    const token = this.advance();
    const isNamed = token.kind === 'LEFT_BRACE';
    const branches: { name: Token | null; flow: Flow }[] = [];
    do {
      const name = isNamed ? this.expectName('a name for the branch') : null;
      if (isNamed) this.expect('COLON', '`:` and the stages of the branch');
      branches.push({ name, flow: this.flow() });
    } while (this.take('COMMA'));
    if (isNamed) this.expectClosing('RIGHT_BRACE', token, '`,` or `}` after a branch');
    else this.expectClosing('RIGHT_BRACKET', token, '`,` or `]` after a branch');
    return { kind: 'Fork', token, start: token.start, end: this.previous.end, branches };
  }

  #choice(): Step {
    const token = this.advance();
    const opening = this.expect('LEFT_PAREN', '`(` and a name for the record after CASE');
    const record = this.expectName('a name for the record');
    this.expectClosing('RIGHT_PAREN', opening, '`)` after the name of the record');
    const body = this.expect('LEFT_BRACE', '`{` and the choices');
    const whens: { condition: Expression; flow: Flow }[] = [];
    do {
      this.expect('WHEN', '`WHEN` and a condition');
      const condition = this.expression();
      this.expect('THEN', '`THEN` and the stages for such records');
      whens.push({ condition, flow: this.flow() });
    } while (this.at('WHEN'));
    this.expect('ELSE', '`WHEN` or `ELSE`', { help: 'every CASE ends with ELSE, so that each record goes somewhere' });
    const otherwise = this.flow();
    this.expectClosing('RIGHT_BRACE', body, '`}` after the ELSE of CASE');
    return { kind: 'Choice', token, start: token.start, end: this.previous.end, record, whens, otherwise };
  }

  #tryStep(): Step {
    const token = this.advance();
    const depth = this.enter();
    const head = this.tryHead(this.#step());
    const fallback = this.#step();
    this.leave(depth);
    return { kind: 'TryStep', token, start: token.start, end: fallback.end, head, fallback };
  }
}
