/**
 * The type texts of contracts: `'string'`, `'{ id: string, n?: integer }'`, `'number[] | null'`. The module type language as
 * a host writes it, read when the capability is made and checked against plain data (copies) at each call.
 *
 * Promises: records are closed, so that nothing undeclared passes; a check runs no code of the value and recurses by the
 * depth of the type, not of the data.
 */
import { elementsOf } from '../value/iterate.ts';
import { kindOf } from '../value/kinds.ts';

export interface Mismatch {
  /** Keys and indexes that lead to the part. */
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly found: string;
}

export interface ContractType {
  readonly text: string;
  /** Null when the value is of the type. */
  mismatch(value: unknown): Mismatch | null;
}

const PRIMITIVES = new Map<string, (value: unknown) => boolean>([
  ['any', () => true],
  ['null', (value) => value === null || value === undefined],
  ['boolean', (value) => typeof value === 'boolean'],
  ['string', (value) => typeof value === 'string'],
  ['text', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number' && Number.isFinite(value)],
  ['integer', (value) => Number.isSafeInteger(value)],
  ['bigint', (value) => typeof value === 'bigint'],
  ['decimal', (value) => kindOf(value) === 'decimal'],
  ['bytes', (value) => kindOf(value) === 'bytes'],
  ['function', (value) => typeof value === 'function'],
]);

const TOKEN = /\s*(?:([A-Za-z_]\w*)|"([^"\\]*)"|(\[\]|[{}[\]()<>|?:,]))/y;

/** @throws SyntaxError that says what stands where something else was expected. */
export function readContractType(text: string): ContractType {
  const reader = new TypeReader(text);
  const type = reader.union();
  reader.end();
  return type;
}

/** What a value is, in the words of contracts. */
export function foundIn(value: unknown): string {
  if (typeof value === 'function') return 'function';
  const kind = kindOf(value);
  return kind === 'text' ? 'string' : kind;
}

interface Token {
  readonly kind: 'name' | 'quoted' | 'sign' | 'end';
  readonly text: string;
}

class TypeReader {
  readonly #text: string;
  #at = 0;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#read();
  }

  union(): ContractType {
    const members = [this.#postfix()];
    while (this.#take('|')) members.push(this.#postfix());
    const [only] = members;
    return members.length === 1 ? (only as ContractType) : new UnionType(members);
  }

  end(): void {
    if (this.#token.kind !== 'end') throw this.#unexpected('the end');
  }

  #postfix(): ContractType {
    let type = this.#primary();
    for (;;) {
      if (this.#take('[]')) type = new ListType(type);
      else if (this.#take('?')) type = new UnionType([type, primitive('null')]);
      else return type;
    }
  }

  #primary(): ContractType {
    if (this.#take('(')) {
      const inner = this.union();
      this.#expect(')');
      return inner;
    }
    if (this.#take('[')) {
      const element = this.union();
      this.#expect(']');
      return new ListType(element);
    }
    if (this.#take('{')) return this.#record();
    const { kind, text } = this.#token;
    if (kind !== 'name') throw this.#unexpected('a type');
    const name = text.toLowerCase();
    if (name === 'set') {
      this.#next();
      this.#expect('<');
      const element = this.union();
      this.#expect('>');
      return new SetType(element);
    }
    if (!PRIMITIVES.has(name)) throw this.#unexpected(`a type (${[...PRIMITIVES.keys()].join(', ')}, set<…>)`);
    this.#next();
    return primitive(name);
  }

  #record(): ContractType {
    const fields = new Map<string, Field>();
    while (!this.#take('}')) {
      const { kind, text: name } = this.#token;
      if (kind !== 'name' && kind !== 'quoted') throw this.#unexpected('the name of a field');
      if (fields.has(name)) throw new SyntaxError(`the field "${name}" stands twice in the type "${this.#text}"`);
      this.#next();
      const isOptional = this.#take('?');
      this.#expect(':');
      fields.set(name, { type: this.union(), isOptional });
      if (this.#take(',')) continue;
      this.#expect('}');
      break;
    }
    return new RecordType(fields);
  }

  #take(sign: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.text !== sign) return false;
    this.#next();
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected(`"${sign}"`);
  }

  #next(): void {
    this.#token = this.#read();
  }

  #read(): Token {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      const rest = this.#text.slice(this.#at).trim();
      if (rest === '') return { kind: 'end', text: 'the end' };
      throw new SyntaxError(
        `the type "${this.#text}" has ${JSON.stringify(rest.slice(0, 20))}, which is no part of a type`,
      );
    }
    this.#at = TOKEN.lastIndex;
    const [, name, quoted, sign] = match;
    if (name !== undefined) return { kind: 'name', text: name };
    return quoted === undefined ? { kind: 'sign', text: sign ?? '' } : { kind: 'quoted', text: quoted };
  }

  #unexpected(wanted: string): SyntaxError {
    return new SyntaxError(`the type "${this.#text}" has ${this.#token.text} where ${wanted} should be`);
  }
}

function primitive(text: string): ContractType {
  const isOf = PRIMITIVES.get(text) as (value: unknown) => boolean;
  return { text, mismatch: (value) => (isOf(value) ? null : { path: [], expected: text, found: foundIn(value) }) };
}

class UnionType implements ContractType {
  readonly text: string;
  readonly #members: readonly ContractType[];

  constructor(members: readonly ContractType[]) {
    this.text = members.map((member) => member.text).join(' | ');
    this.#members = members;
  }

  mismatch(value: unknown): Mismatch | null {
    if (this.#members.some((member) => member.mismatch(value) === null)) return null;
    return { path: [], expected: this.text, found: foundIn(value) };
  }
}

class ListType implements ContractType {
  readonly text: string;
  readonly #element: ContractType;

  constructor(element: ContractType) {
    this.text = `[${element.text}]`;
    this.#element = element;
  }

  mismatch(value: unknown): Mismatch | null {
    if (kindOf(value) !== 'list') return { path: [], expected: this.text, found: foundIn(value) };
    return firstMismatch(this.#element, value as readonly unknown[]);
  }
}

class SetType implements ContractType {
  readonly text: string;
  readonly #element: ContractType;

  constructor(element: ContractType) {
    this.text = `set<${element.text}>`;
    this.#element = element;
  }

  mismatch(value: unknown): Mismatch | null {
    if (kindOf(value) !== 'set') return { path: [], expected: this.text, found: foundIn(value) };
    return firstMismatch(this.#element, elementsOf(value as ReadonlySet<unknown>));
  }
}

function firstMismatch(element: ContractType, values: readonly unknown[]): Mismatch | null {
  for (let i = 0; i < values.length; i++) {
    const found = element.mismatch(values[i]);
    if (found !== null) return { ...found, path: [i, ...found.path] };
  }
  return null;
}

interface Field {
  readonly type: ContractType;
  readonly isOptional: boolean;
}

class RecordType implements ContractType {
  readonly text: string;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(fields: ReadonlyMap<string, Field>) {
    const shown = [...fields].map(([name, { type, isOptional }]) => `${name}${isOptional ? '?' : ''}: ${type.text}`);
    this.text = `{ ${shown.join(', ')} }`;
    this.#fields = fields;
  }

  mismatch(value: unknown): Mismatch | null {
    if (kindOf(value) !== 'record') return { path: [], expected: this.text, found: foundIn(value) };
    const record = value as { readonly [key: string]: unknown };
    for (const [name, { type, isOptional }] of this.#fields) {
      if (!Object.hasOwn(record, name)) {
        if (isOptional) continue;
        return { path: [name], expected: type.text, found: 'nothing' };
      }
      const part = record[name];
      // The language has one nothing: an optional field that is null is an absent one.
      if (isOptional && (part === null || part === undefined)) continue;
      const found = type.mismatch(part);
      if (found !== null) return { ...found, path: [name, ...found.path] };
    }
    for (const name of Object.keys(record))
      if (!this.#fields.has(name)) return { path: [name], expected: 'absent', found: foundIn(record[name]) };
    return null;
  }
}
