/** Declarations and the program as a whole, with recovery: reading goes on at the next declaration after an error. */
import type { DiagnosticParts } from '../base/diagnostic.ts';
import type {
  Declaration,
  FuncBody,
  ImportDecl,
  Program,
  SharedDecl,
  Signature,
  TransformDecl,
  TypeDecl,
  TypeRef,
} from './ast.ts';
import { BAIL } from './cursor.ts';
import { OptionsParser } from './parse-options.ts';
import { describeToken, type Token } from './token.ts';

export class DeclarationParser extends OptionsParser {
  #isOutsideReported = false;

  /** Never throws. */
  program(): Program {
    const declarations: Declaration[] = [];
    try {
      this.#skipEmpty();
      if (!this.at('EOF') && !this.#startsDeclaration() && !this.at('ERROR') && !this.at('RIGHT_BRACE'))
        this.#script(declarations);
      this.#declarations(declarations);
    } catch (error) {
      if (error !== BAIL) throw error;
    }
    return { declarations };
  }

  /** A source that starts with a statement is the body of one anonymous transform. */
  #script(declarations: Declaration[]): void {
    const first = this.token;
    const statements = this.statements(null);
    if (this.at('EOF')) {
      const { end } = this.previous;
      const body = { token: first, start: first.start, end, statements };
      declarations.push({
        kind: 'TransformDecl',
        token: first,
        start: first.start,
        end,
        name: null,
        signature: null,
        options: null,
        body,
        isExported: false,
      });
      return;
    }
    if (!this.at('RIGHT_BRACE')) {
      this.#reportOutside(first, [{ span: this.token, text: 'because this source has declarations' }]);
    }
  }

  /** Once per source: one misplaced statement is seldom alone. */
  #reportOutside(first: Token, related: NonNullable<DiagnosticParts['related']>): void {
    if (this.#isOutsideReported) return;
    this.#isOutsideReported = true;
    this.problems.report('MR1014', first, `${describeToken(first)} starts a statement outside of a TRANSFORM`, {
      label: 'expected a declaration',
      related,
      help: 'put the statements into TRANSFORM main { … }',
    });
  }

  #declarations(declarations: Declaration[]): void {
    const mark = this.mark();
    for (;;) {
      this.#skipEmpty();
      if (this.at('EOF')) return;
      const from = this.index;
      try {
        declarations.push(this.#declaration());
      } catch (error) {
        if (error !== BAIL) throw error;
        this.#recoverDeclaration(mark, from);
        if (this.isStopped) throw BAIL;
      }
    }
  }

  #recoverDeclaration(mark: ReturnType<DeclarationParser['mark']>, from: number): void {
    this.recover(mark, from);
    while (!this.isStopped && !this.at('EOF') && !this.#startsDeclaration()) {
      if (this.advance().kind !== 'RIGHT_BRACE') this.recover(mark, from);
    }
  }

  #skipEmpty(): void {
    while (this.take('SEMICOLON'));
  }

  #startsDeclaration(): boolean {
    switch (this.token.kind) {
      case 'TRANSFORM':
      case 'SHARED':
      case 'FUNC':
      case 'TYPE':
      case 'IMPORT':
      case 'EXPORT':
      case 'PIPELINE':
        return true;
      default:
        return false;
    }
  }

  #declaration(): Declaration {
    const { token } = this;
    switch (token.kind) {
      case 'SHARED':
        return this.#shared();
      case 'IMPORT':
        return this.#import();
      case 'EXPORT':
        this.advance();
        return this.#exportable(token, true);
      default:
        return this.#exportable(token, false);
    }
  }

  #exportable(first: Token, isExported: boolean): Declaration {
    switch (this.token.kind) {
      case 'TRANSFORM':
        return this.#transform(first);
      case 'FUNC': {
        const token = this.advance();
        const name = this.expectName('a name after FUNC');
        const params = this.#parameters(name);
        const body = this.#funcBody();
        return { kind: 'FuncDecl', token, start: first.start, end: this.previous.end, name, params, body, isExported };
      }
      case 'TYPE':
        return { ...this.#type(), start: first.start, isExported };
      case 'PIPELINE': {
        const token = this.advance();
        const name = this.expectName('a name after PIPELINE');
        const signature = this.at('LEFT_PAREN') ? this.#signature() : null;
        this.expect('ASSIGN', '`=` and the stages');
        const flow = this.flow();
        const { end } = this.previous;
        this.separator();
        return { kind: 'PipelineDecl', token, start: first.start, end, name, signature, flow, isExported };
      }
      case 'RIGHT_BRACE':
        return this.failAt('MR1009', this.token, '`}` closes nothing', { label: 'no block is open here' });
      default:
    }
    if (isExported) return this.fail('FUNC, TRANSFORM, PIPELINE or TYPE after EXPORT');
    if (this.looksLikeStatement()) {
      this.#reportOutside(this.token, []);
      throw BAIL;
    }
    return this.fail('a declaration', {
      help: 'a program consists of IMPORT, SHARED, TYPE, FUNC, TRANSFORM and PIPELINE declarations; statements stand inside TRANSFORM { … }',
    });
  }

  // --- FUNC

  #parameters(name: Token): readonly Token[] {
    const opening = this.expect('LEFT_PAREN', `\`(\` and the parameters of \`${name.text}\``);
    const params: Token[] = [];
    if (!this.at('RIGHT_PAREN')) {
      do params.push(this.expectName('a name of a parameter'));
      while (this.take('COMMA'));
    }
    if (this.at('COLON')) this.fail('`,` or `)` after a parameter', { help: 'parameters of a FUNC have no types' });
    this.expectClosing('RIGHT_PAREN', opening, '`,` or `)` after a parameter');
    return params;
  }

  #funcBody(): FuncBody {
    if (this.at('LEFT_BRACE')) return { kind: 'BlockBody', block: this.block() };
    this.expect('ASSIGN', '`=` and an expression, or a block');
    const expr = this.expression();
    this.separator();
    return { kind: 'ExprBody', expr };
  }

  // --- TRANSFORM

  /** `first` is its first token: EXPORT or TRANSFORM. */
  #transform(first: Token): TransformDecl {
    const token = this.advance();
    const name = this.token.isName && !this.at('OPTIONS') ? this.takeName() : null;
    const signature = this.at('LEFT_PAREN') ? this.#signature() : null;
    const options = this.at('OPTIONS') ? this.options() : null;
    const body = this.block('`{` and the statements of the TRANSFORM');
    return {
      kind: 'TransformDecl',
      token,
      start: first.start,
      end: body.end,
      name,
      signature,
      options,
      body,
      isExported: first !== token,
    };
  }

  #signature(): Signature {
    const opening = this.advance();
    const parameters: Signature['parameters'][number][] = [];
    if (!this.at('RIGHT_PAREN')) {
      do {
        const name = this.expectName('a name of a parameter');
        this.expect('COLON', `\`:\` and the type of \`${name.text}\``, {
          help: `for any value write ${name.text}: any`,
        });
        parameters.push({ name, type: this.typeExpression() });
      } while (this.take('COMMA'));
    }
    this.expectClosing('RIGHT_PAREN', opening, '`,` or `)` after a parameter');
    this.expect('ARROW', '`->` and the type of the output', { help: 'for any output write -> any' });
    const output = this.typeExpression();
    return { parameters, output, start: opening.start, end: output.end };
  }

  // --- SHARED, TYPE, IMPORT

  #shared(): SharedDecl {
    const token = this.advance();
    const declaration = this.sharedResource(token);
    this.separator();
    return declaration;
  }

  #type(): TypeDecl {
    const token = this.advance();
    const name = this.expectName('a name after TYPE');
    this.expect('ASSIGN', `\`=\` and what \`${name.text}\` stands for`);
    const start = this.token;
    let form: TypeDecl['form'] = 'STRUCTURE';
    let type: TypeRef;
    if (this.at('ENUM') && this.peek(1).kind === 'LEFT_BRACE') {
      form = 'ENUM';
      this.advance();
      type = this.enumType(start);
    } else if (this.at('UNION') && (this.peek(1).isName || this.peek(1).kind === 'NULL')) {
      form = 'UNION';
      this.advance();
      const members = [this.typeName('the name of a type')];
      while (this.take('PIPE')) members.push(this.typeName('the name of a type'));
      type = { kind: 'UnionTypeRef', token: start, start: start.start, end: this.previous.end, members };
    } else type = this.typeExpression();
    this.separator();
    return { kind: 'TypeDecl', token, start: token.start, end: type.end, name, form, type, isExported: false };
  }

  #import(): ImportDecl {
    const token = this.advance();
    const uri = this.expect('STRING', 'a text with the URI of what is imported', {
      help: 'IMPORT "host:clock" AS clock',
    });
    const alias = this.take('AS') ? this.expectName('a name after AS') : null;
    const members = this.at('LEFT_BRACE') ? this.#members() : null;
    const handedOn: Token[] = [];
    let pin: Token | null = null;
    for (;;) {
      if (handedOn.length === 0 && this.take('WITH')) {
        const opening = this.expect('LEFT_BRACE', '`{` and the capabilities to hand on');
        do handedOn.push(this.expectName('a name of an import of this module'));
        while (this.take('COMMA') && !this.at('RIGHT_BRACE'));
        this.expectClosing('RIGHT_BRACE', opening, '`,` or `}` after a capability');
      } else if (pin === null && this.take('PIN')) pin = this.expect('STRING', 'a text such as "sha256:…" after PIN');
      else break;
    }
    const { end } = this.previous;
    this.separator();
    return { kind: 'ImportDecl', token, start: token.start, end, uri, alias, members, handedOn, pin };
  }

  #members(): NonNullable<ImportDecl['members']> {
    const opening = this.advance();
    const members: { name: Token; params: readonly Token[] | null }[] = [];
    while (!this.at('RIGHT_BRACE')) {
      const name = this.expectName('a name of a member');
      members.push({ name, params: this.at('LEFT_PAREN') ? this.#parameters(name) : null });
      if (!this.take('COMMA')) break;
    }
    this.expectClosing('RIGHT_BRACE', opening, '`,` or `}` after a member');
    return members;
  }
}
