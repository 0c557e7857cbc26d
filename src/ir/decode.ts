/**
 * JSON AST → IR: its shape. What the language says beyond that is the business of check.ts, which every decoded module has
 * to pass before anything is made of it.
 *
 * Promises: what was given is only read, property by property through descriptors, each once, and never becomes part of
 * the IR; unknown fields, other types, accessors, class instances and cycles are refused; no depth, width or sharing of
 * what was given makes it work for more than its limits allow. Security: a proxy's traps are the host's code and are
 * called like `get` of a descriptor; what they throw is a refusal.
 */
import { LOAD_LIMITS } from '../base/limits.ts';
import { findProblem, findSyntaxError } from './json-text.ts';
import type { IrModule, IrPlace } from './nodes.ts';
import { type IrRefusal, IrRefused, pointerOf, shown } from './reasons.ts';
import {
  BIGINT_FORM,
  type FieldType,
  FLOAT_FORM,
  FORMAT_VERSION,
  type IrSource,
  MAX_INDEX,
  MAX_INT,
  NODES,
  type NodeName,
  type Row,
  TEXT_FORMS,
} from './schema.ts';

/** Expressions, statements and units inside each other. Twice what a source of the greatest height lowers to. */
export const MAX_DEPTH = LOAD_LIMITS.astNesting.default;
/** Brackets inside each other: a lambda that is a field of an object is the most for one level. */
const MAX_BRACKETS = 4 * MAX_DEPTH;
const MAX_SIZE = LOAD_LIMITS.astLength.default;
/** Characters that a field takes at least, in a text. */
const FIELD_SIZE = 6;
const NO_PLACE: IrPlace = { at: 0, end: 0 };

export interface DecodedModule {
  readonly module: IrModule;
  /** Null when the file says nothing of its text; then places say nothing either. */
  readonly source: IrSource | null;
}

export type Decoding = ({ readonly ok: true } & DecodedModule) | { readonly ok: false; readonly refusal: IrRefusal };

/** Decodes a text. */
export function decodeModuleText(text: string): Decoding {
  if (text.length > MAX_SIZE) return refusedText('too-long', `${text.length} characters`, 0);
  const problem = findProblem(text, MAX_BRACKETS);
  if (problem !== undefined) return refusedText(problem.reason, problem.detail, problem.offset);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { fact, offset } = findSyntaxError(text);
    return refusedText('not-json', fact, offset);
  }
  return decodeModuleValue(value);
}

/** Decodes what JSON.parse made, or any value that a host takes for that. */
export function decodeModuleValue(value: unknown): Decoding {
  const decoder = new Decoder();
  try {
    return { ok: true, ...decoder.file(value) };
  } catch (error) {
    if (error instanceof IrRefused) return { ok: false, refusal: error.refusal };
    // Only a trap of a proxy can throw anything else; what it threw is not looked at.
    return { ok: false, refusal: { reason: 'foreign-value', pointer: pointerOf(decoder.path), detail: '' } };
  }
}

function refusedText(reason: IrRefusal['reason'], detail: string, offset: number): Decoding {
  return { ok: false, refusal: { reason, pointer: '', detail, offset } };
}

class Decoder {
  readonly path: (string | number)[] = [];
  #depth = 0;
  /** What may still be read, in characters that it takes at least in a text: so it never runs out on one that is short enough. */
  #left = MAX_SIZE;

  file(value: unknown): DecodedModule {
    const fields = this.#fieldsOf(value);
    for (const name of fields) {
      if (name !== 'millrace' && name !== 'source' && name !== 'module') this.#refuse('unknown-field', shown(name));
    }
    this.path.push('millrace');
    const version = this.#read(value, 'millrace');
    if (version !== FORMAT_VERSION) this.#refuse('wrong-value', `this version reads version ${FORMAT_VERSION}`);
    this.path.pop();
    const source = fields.includes('source')
      ? this.#step(value, 'source', (v) => this.#node('Source', v, NO_PLACE))
      : null;
    const module = this.#step(value, 'module', (v) => this.#node('Module', v, NO_PLACE));
    // The table, whose rows are tied to these types, says what was made.
    return { module: module as unknown as IrModule, source: source as unknown as IrSource | null };
  }

  // --- nodes

  #node(name: NodeName, value: unknown, outer: IrPlace): object {
    const spec = NODES[name];
    const given = this.#fieldsOf(value);
    let row: Row = spec.fields;
    const node: { [field: string]: unknown } = {};
    if (spec.kinds !== null) {
      const kind = this.#step(value, 'kind', (v) => (typeof v === 'string' ? v : this.#refuse('wrong-type', 'a text')));
      const found = spec.kinds.get(kind);
      if (found === undefined) return this.#refuseAt('kind', 'unknown-kind', shown(kind));
      row = found;
      node['kind'] = kind;
    }
    const isDeep = spec.hasPlace;
    if (isDeep && ++this.#depth > MAX_DEPTH) this.#refuse('too-deep', `${MAX_DEPTH} nodes`);
    const place = spec.hasPlace ? this.#place(value, given, outer) : outer;
    if (spec.hasPlace) {
      node['at'] = place.at;
      node['end'] = place.end;
    }
    let known = spec.kinds === null ? 0 : 1;
    if (spec.hasPlace && given.includes('at')) known += 2;
    for (const field in row) {
      node[field] = this.#step(value, field, (v) => this.#field(row[field] as FieldType, v, place));
      known++;
    }
    if (given.length !== known) this.#refuseUnknown(name, row, given);
    if (isDeep) this.#depth--;
    return node;
  }

  /** A node that does not say its place has that of the node around it. */
  #place(value: unknown, given: readonly string[], outer: IrPlace): IrPlace {
    const hasStart = given.includes('at');
    if (hasStart !== given.includes('end')) this.#refuse('missing-field', hasStart ? '"end"' : '"at"');
    if (!hasStart) return outer;
    const at = this.#step(value, 'at', (v) => this.#integer(v, MAX_INT));
    return { at, end: this.#step(value, 'end', (v) => this.#integer(v, MAX_INT)) };
  }

  #refuseUnknown(name: NodeName, row: Row, given: readonly string[]): never {
    const { kinds, hasPlace } = NODES[name];
    const isKnown = (field: string): boolean =>
      field in row || (kinds !== null && field === 'kind') || (hasPlace && (field === 'at' || field === 'end'));
    return this.#refuse('unknown-field', shown(given.find((field) => !isKnown(field)) ?? ''));
  }

  #field(type: FieldType, value: unknown, place: IrPlace): unknown {
    switch (type.kind) {
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#refuse('wrong-type', 'true or false');
      case 'integer':
        return this.#integer(value, type.max);
      case 'index':
        return this.#integer(value, MAX_INDEX);
      case 'choice':
        if (typeof value !== 'string') return this.#refuse('wrong-type', 'a text');
        return type.values.includes(value) ? value : this.#refuse('wrong-value', shown(value));
      case 'text':
        if (typeof value !== 'string') return this.#refuse('wrong-type', 'a text');
        return TEXT_FORMS[type.form].test(this.#charged(value)) ? value : this.#refuse('wrong-value', shown(value));
      case 'constant':
        if (value === null || typeof value === 'boolean') return value;
        return typeof value === 'string' ? this.#charged(value) : this.#number(value);
      case 'key':
        if (typeof value === 'string')
          return TEXT_FORMS[type.form].test(this.#charged(value)) ? value : this.#refuse('wrong-value', shown(value));
        return this.#numericKey(value);
      case 'node':
        return this.#node(type.of, value, place);
      case 'list':
        return this.#list(value, type.min, (item) => this.#field(type.of, item, place));
      case 'nullable':
        return value === null ? null : this.#field(type.of, value, place);
    }
  }

  // --- numbers and texts

  #integer(value: unknown, max: number): number {
    if (typeof value !== 'number') return this.#refuse('wrong-type', 'an integer');
    if (!Number.isInteger(value) || value < 0 || value > max) return this.#refuse('wrong-value', `0 to ${max}`);
    return value === 0 ? 0 : value;
  }

  /** A number as JSON says it exactly, or tagged: `{ "bigint": "…" }`, `{ "float": "…" }`. */
  #number(value: unknown): number | bigint {
    if (typeof value === 'number') {
      if (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value))
        return this.#refuse(
          'wrong-value',
          'beyond the safe range a number is written {"bigint": "…"} or {"float": "…"}',
        );
      return Object.is(value, -0) ? this.#refuse('constant-form', 'no program says -0') : value;
    }
    if (typeof value !== 'object' || value === null) return this.#refuse('wrong-type', 'a constant');
    const [tag, ...more] = this.#fieldsOf(value);
    if (more.length > 0 || (tag !== 'bigint' && tag !== 'float')) return this.#refuse('wrong-type', 'a tagged number');
    const form = tag === 'bigint' ? BIGINT_FORM : FLOAT_FORM;
    const digits = this.#step(value, tag, (v) => {
      if (typeof v !== 'string') return this.#refuse('wrong-type', 'a text');
      return form.test(this.#charged(v)) ? v : this.#refuse('wrong-value', shown(v));
    });
    if (tag === 'bigint') {
      const number = BigInt(digits);
      return Number.isSafeInteger(Number(number)) ? this.#refuse('constant-form', 'a safe integer') : number;
    }
    const number = Number(digits);
    const isOwnForm = String(number) === digits && !Number.isSafeInteger(number);
    return isOwnForm ? number : this.#refuse('constant-form', `its own form is ${String(number)}`);
  }

  #numericKey(value: unknown): number | bigint {
    if (typeof value === 'number') return this.#integer(value, Number.MAX_SAFE_INTEGER);
    const key = this.#number(value);
    if (typeof key !== 'bigint') return this.#refuse('wrong-type', 'a key');
    return key > 0n ? key : this.#refuse('constant-form', 'keys are integers from 0 up');
  }

  #charged(text: string): string {
    this.#spend(text.length);
    return text;
  }

  #spend(size: number): void {
    this.#left -= size;
    if (this.#left < 0) this.#refuse('too-long', `more than ${MAX_SIZE} characters and values`);
  }

  // --- foreign values

  /** The own fields of a plain object. */
  #fieldsOf(value: unknown): readonly string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#refuse('wrong-type', 'an object');
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) this.#refuse('foreign-value', 'a class instance');
    const fields = Reflect.ownKeys(value);
    this.#spend(FIELD_SIZE * fields.length + 2);
    for (const field of fields) if (typeof field !== 'string') this.#refuse('foreign-value', 'a symbol as field');
    return fields as readonly string[];
  }

  #list<T>(value: unknown, min: number, each: (item: unknown) => T): readonly T[] {
    if (!Array.isArray(value)) return this.#refuse('wrong-type', 'a list');
    if (Object.getPrototypeOf(value) !== Array.prototype) this.#refuse('foreign-value', 'a class instance');
    const length = this.#integer(this.#read(value, 'length'), MAX_SIZE);
    if (length < min) this.#refuse('wrong-value', `a list of ${min} at least`);
    this.#spend(length + 1);
    if (Reflect.ownKeys(value).length !== length + 1) this.#refuse('foreign-value', 'a list with holes or fields');
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(this.#step(value, i, each));
    return items;
  }

  /** Reads one part and goes on with it. */
  #step<T>(value: unknown, part: string | number, then: (v: unknown) => T): T {
    const read = this.#read(value, part);
    this.path.push(part);
    const result = then(read);
    this.path.pop();
    return result;
  }

  #read(value: unknown, part: string | number): unknown {
    const descriptor = Reflect.getOwnPropertyDescriptor(value as object, part);
    if (descriptor === undefined) return this.#refuse('missing-field', shown(String(part)));
    return Object.hasOwn(descriptor, 'value') ? descriptor.value : this.#refuseAt(part, 'foreign-value', 'an accessor');
  }

  #refuse(reason: IrRefusal['reason'], detail = ''): never {
    throw new IrRefused(reason, this.path, detail);
  }

  #refuseAt(part: string | number, reason: IrRefusal['reason'], detail: string): never {
    throw new IrRefused(reason, [...this.path, part], detail);
  }
}
