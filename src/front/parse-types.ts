/** Type expressions. Accepts, beyond the published grammar, `null` and a nullable `T?` for any T. */
import type { PrimitiveKind, TypeRef, TypeRefOf } from './ast.ts';
import { Cursor } from './cursor.ts';
import type { Token } from './token.ts';

const PRIMITIVES: ReadonlyMap<string, PrimitiveKind> = new Map([
  ['string', 'TEXT'],
  ['text', 'TEXT'],
  ['bytes', 'BYTES'],
  ['number', 'NUMBER'],
  ['boolean', 'BOOLEAN'],
  ['null', 'NULL'],
  ['any', 'ANY'],
]);

/** The primitive type that a name in any letter case means. */
export function primitiveOf(name: string): PrimitiveKind | undefined {
  return PRIMITIVES.get(name.toLowerCase());
}

export class TypeParser extends Cursor {
  protected typeExpression(): TypeRef {
    const depth = this.enter();
    const first = this.#typeTerm();
    let result = first;
    if (this.at('PIPE')) {
      const members = [first];
      while (this.take('PIPE')) members.push(this.#typeTerm());
      result = { kind: 'UnionTypeRef', token: first.token, start: first.start, end: this.previous.end, members };
    }
    this.leave(depth);
    return result;
  }

  /** A name in a place where only names of types stand: a member of a UNION. */
  protected typeName(what: string): TypeRef {
    const token = this.at('NULL') ? this.advance() : this.expectName(what);
    return namedType(token);
  }

  protected enumType(token: Token): TypeRefOf<'EnumTypeRef'> {
    const opening = this.expect('LEFT_BRACE', '`{` and the values of the ENUM');
    const values: Token[] = [];
    while (!this.at('RIGHT_BRACE')) {
      values.push(this.expectName('a name as a value of the ENUM'));
      if (!this.take('COMMA')) break;
    }
    this.expectClosing('RIGHT_BRACE', opening, '`,` or `}` after a value of the ENUM');
    return { kind: 'EnumTypeRef', token, start: token.start, end: this.previous.end, values };
  }

  #typeTerm(): TypeRef {
    const type = this.#plainType();
    if (!this.at('QUESTION')) return type;
    const question = this.advance();
    const place = { token: type.token, start: type.start, end: question.end };
    if (type.kind === 'PrimitiveTypeRef' && type.primitive === 'ANY')
      return { kind: 'PrimitiveTypeRef', ...place, primitive: 'ANY_NULLABLE' };
    const nothing: TypeRef = {
      kind: 'PrimitiveTypeRef',
      token: question,
      start: question.start,
      end: question.end,
      primitive: 'NULL',
    };
    return { kind: 'UnionTypeRef', ...place, members: [type, nothing] };
  }

  #plainType(): TypeRef {
    const { token } = this;
    switch (token.kind) {
      case 'LEFT_BRACE':
        return this.#recordType();
      case 'LEFT_BRACKET': {
        this.advance();
        const element = this.typeExpression();
        this.expectClosing('RIGHT_BRACKET', token, '`]` after the type of the elements');
        return { kind: 'ArrayTypeRef', token, start: token.start, end: this.previous.end, element };
      }
      case 'ENUM':
        if (this.peek(1).kind !== 'LEFT_BRACE') break;
        this.advance();
        return this.enumType(token);
      case 'SET': {
        if (this.peek(1).kind !== 'LT') break;
        this.advance();
        this.advance();
        const element = this.typeExpression();
        this.expect('GT', '`>` after the type of the elements');
        return { kind: 'SetTypeRef', token, start: token.start, end: this.previous.end, element };
      }
      case 'NULL':
        return namedType(this.advance());
      default:
    }
    if (!token.isName) {
      const help = token.kind === 'LEFT_PAREN' ? 'types have no parentheses; name the inner type with TYPE' : undefined;
      return this.fail('a type', help === undefined ? {} : { help });
    }
    this.advance();
    if (token.text === '_')
      return { kind: 'PrimitiveTypeRef', token, start: token.start, end: token.end, primitive: 'ANY' };
    return namedType(token);
  }

  #recordType(): TypeRef {
    const token = this.advance();
    const fields: { name: Token; type: TypeRef; isOptional: boolean }[] = [];
    while (!this.at('RIGHT_BRACE')) {
      const name = this.expectField('the name of a field');
      const isOptional = this.take('QUESTION');
      this.expect('COLON', `\`:\` and the type of \`${name.text}\``);
      fields.push({ name, type: this.typeExpression(), isOptional });
      if (!this.take('COMMA')) break;
    }
    this.expectClosing('RIGHT_BRACE', token, '`,` or `}` after a field');
    return { kind: 'RecordTypeRef', token, start: token.start, end: this.previous.end, fields };
  }
}

function namedType(token: Token): TypeRef {
  const place = { token, start: token.start, end: token.end };
  const primitive = primitiveOf(token.text);
  return primitive === undefined
    ? { kind: 'NamedTypeRef', ...place, name: token.text }
    : { kind: 'PrimitiveTypeRef', ...place, primitive };
}
