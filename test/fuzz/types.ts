/**
 * What the generator believes about a value: just enough that most operations of a random program find operands that they
 * accept. Beliefs may be wrong (a field may be missing in the second input); then the program faults, which is fine.
 */
import type { Random } from './random.ts';

export type Type =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'record'; readonly fields: readonly Field[] }
  /** An object whose keys the program computes. */
  | { readonly kind: 'dictionary'; readonly of: Type }
  | FunctionType;

export interface FunctionType {
  readonly kind: 'function';
  readonly parameters: readonly Type[];
  readonly result: Type;
}

export type ScalarKind = 'integer' | 'number' | 'decimal' | 'big' | 'text' | 'boolean' | 'null' | 'bytes' | 'any';

export interface Field {
  readonly key: string;
  readonly type: Type;
}

const scalar = (kind: ScalarKind): Type => ({ kind });

export const INTEGER = scalar('integer');
export const NUMBER = scalar('number');
export const DECIMAL = scalar('decimal');
export const BIG = scalar('big');
export const TEXT = scalar('text');
export const BOOLEAN = scalar('boolean');
export const BYTES = scalar('bytes');
export const ANY = scalar('any');

export function listOf(of: Type): Type {
  return { kind: 'list', of };
}

export function functionOf(parameters: readonly Type[], result: Type): FunctionType {
  return { kind: 'function', parameters, result };
}

/** Names of record fields; some of them mean something to JavaScript. */
export const FIELD_KEYS: readonly string[] = [
  ...['id', 'name', 'qty', 'price', 'tags', 'lines', 'a', 'b', 'x', 'y', 'total', 'note', 'kind', 'state', 'é', 'type'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON', 'valueOf', 'push', 'key'],
  ...['0', '1', '17', '01', '-1', 'a b', '', 'in', 'set', 'null', '4294967295', 'prototype', 'message', 'value'],
];

export function fits(wanted: Type, found: Type): boolean {
  if (wanted.kind === 'any') return found.kind !== 'function';
  if (wanted.kind === 'number') return found.kind === 'number' || found.kind === 'integer';
  if (wanted.kind !== found.kind) return false;
  switch (wanted.kind) {
    case 'list':
      return fits(wanted.of, (found as typeof wanted).of);
    case 'dictionary':
      return fits(wanted.of, (found as typeof wanted).of);
    case 'record': {
      const { fields } = found as typeof wanted;
      return wanted.fields.every((w) => fields.some((f) => f.key === w.key && fits(w.type, f.type)));
    }
    case 'function': {
      const { parameters, result } = found as typeof wanted;
      return parameters.length === wanted.parameters.length && fits(wanted.result, result);
    }
    default:
      return true;
  }
}

export function randomScalar(random: Random): Type {
  return random.weighted<Type>([
    [8, () => INTEGER],
    [4, () => NUMBER],
    [2, () => DECIMAL],
    [1, () => BIG],
    [7, () => TEXT],
    [4, () => BOOLEAN],
  ]);
}

export function randomType(random: Random, depth: number): Type {
  if (depth <= 0) return randomScalar(random);
  return random.weighted<Type>([
    [6, () => randomScalar(random)],
    [3, () => listOf(randomType(random, depth - 1))],
    [3, () => randomRecord(random, depth - 1)],
    [1, () => ({ kind: 'dictionary', of: randomType(random, depth - 1) })],
  ]);
}

export function randomRecord(random: Random, depth: number): Type {
  const fields = new Map<string, Type>();
  for (let n = random.between(1, 4); n > 0; n--) {
    const key = random.chance(75) ? FIELD_KEYS[random.below(16)] : random.pick(FIELD_KEYS);
    fields.set(key as string, randomType(random, depth));
  }
  return { kind: 'record', fields: [...fields].map(([key, type]) => ({ key, type })) };
}
