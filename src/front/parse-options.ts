/** OPTIONS of a TRANSFORM. Adapters are read and kept in the tree; nothing runs them. */
import type { Adapter, Expression, SharedDecl, TransformOptions } from './ast.ts';
import { PipelineParser } from './parse-pipelines.ts';
import type { Token } from './token.ts';

export class OptionsParser extends PipelineParser {
  /** At OPTIONS. */
  protected options(): TransformOptions {
    const token = this.advance();
    const seen = new Map<string, Token>();
    let input: Adapter | null = null;
    let output: Adapter | null = null;
    let shared: readonly SharedDecl[] = [];
    this.#entries('`{` after OPTIONS', () => {
      const name = this.expectName('a name of an option');
      const key = name.text.toLowerCase();
      this.#refuseSecond(seen, name, key);
      if (key === 'mode') this.#mode();
      else if (key === 'input') input = this.#adapterBlock(name);
      else if (key === 'output') output = this.#adapterBlock(name);
      else if (key === 'shared') shared = this.#sharedList();
      else this.#unknown(name, 'options are mode, input, output and shared');
    });
    return { token, input, output, shared };
  }

  /** `NAME SINGLE` or `NAME MANY`; `token` is SHARED, or null in OPTIONS. */
  protected sharedResource(token: Token | null): SharedDecl {
    const name = this.expectName('a name for the shared resource');
    const mode = this.token.kind;
    if (mode !== 'SINGLE' && mode !== 'MANY') {
      return this.fail(`\`SINGLE\` or \`MANY\` after \`${name.text}\``, {
        help: 'SINGLE: each key is written once; MANY: keys may be written again',
      });
    }
    this.advance();
    const first = token ?? name;
    return { kind: 'SharedDecl', token: first, start: first.start, end: this.previous.end, name, mode };
  }

  /** `{ entry, entry … }`, separated by comma, semicolon or line break. */
  #entries(what: string, entry: () => void): void {
    const opening = this.expect('LEFT_BRACE', what);
    while (!this.at('RIGHT_BRACE')) {
      entry();
      if (!this.#entrySeparator('RIGHT_BRACE')) break;
    }
    this.expectClosing('RIGHT_BRACE', opening, '`,`, `}` or a new line after an option');
  }

  #entrySeparator(closing: 'RIGHT_BRACE' | 'RIGHT_BRACKET'): boolean {
    if (this.take('COMMA') || this.take('SEMICOLON')) return true;
    return this.token.line > this.previous.line && !this.at(closing) && !this.at('EOF');
  }

  #refuseSecond(seen: Map<string, Token>, name: Token, key: string): void {
    const first = seen.get(key);
    if (first !== undefined) {
      this.failAt('MR1015', name, `the option \`${key}\` is given twice`, {
        label: 'again here',
        related: [{ span: first, text: 'first here' }],
      });
    }
    seen.set(key, name);
  }

  #unknown(name: Token, help: string): never {
    return this.failAt('MR1015', name, `there is no option \`${name.text.toLowerCase()}\``, {
      label: 'not known',
      help,
    });
  }

  #colon(): void {
    this.expect('COLON', '`:` after the option');
  }

  #mode(): void {
    this.#colon();
    const { token } = this;
    if (token.isName && token.text.toUpperCase() === 'STREAM') {
      this.failAt('MR1015', token, 'there is no mode `stream`', {
        label: 'the only mode is `buffer`',
        help: 'streams are the business of the host, which feeds records one by one',
      });
    }
    if (token.kind !== 'BUFFER') this.fail('`buffer` after `mode:`');
    this.advance();
  }

  #adapterBlock(option: Token): Adapter | null {
    this.#colon();
    const seen = new Map<string, Token>();
    let adapter: Adapter | null = null;
    this.#entries(`\`{\` after the option \`${option.text.toLowerCase()}\``, () => {
      const name = this.expectName('`adapter`');
      const key = name.text.toLowerCase();
      this.#refuseSecond(seen, name, key);
      if (key !== 'adapter') this.#unknown(name, 'the only entry here is adapter');
      this.#colon();
      adapter = this.#adapter();
    });
    return adapter;
  }

  #adapter(): Adapter {
    const name = this.expectName('a name of an adapter');
    const args: Expression[] = [];
    if (this.at('LEFT_PAREN')) {
      const opening = this.advance();
      while (!this.at('RIGHT_PAREN')) {
        args.push(this.expression());
        if (!this.take('COMMA')) break;
      }
      this.expectClosing('RIGHT_PAREN', opening, '`,` or `)` after an argument');
    }
    return { name, args };
  }

  #sharedList(): readonly SharedDecl[] {
    this.#colon();
    const opening = this.expect('LEFT_BRACKET', '`[` after the option `shared`');
    const shared: SharedDecl[] = [];
    while (!this.at('RIGHT_BRACKET')) {
      shared.push(this.sharedResource(null));
      if (!this.#entrySeparator('RIGHT_BRACKET')) break;
    }
    this.expectClosing('RIGHT_BRACKET', opening, '`,`, `]` or a new line after a resource');
    return shared;
  }
}
