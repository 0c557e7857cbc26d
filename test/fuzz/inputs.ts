/** Random host values of a type, for inputs: edge cases of every kind, and now and then a value of another type. */
import { Decimal } from '../../src/index.ts';
import type { Random } from './random.ts';
import { FIELD_KEYS, randomType, type Type } from './types.ts';

export const NUMBERS: readonly number[] = [
  ...[0, -0, 1, 2, 3, 7, 10, -1, -5, 100, 255, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53],
  ...[0.1, 0.5, 1.5, -2.5, 3.999, 1e21, 1e-7, 1.7976931348623157e308, 5e-324, 12345.678, 1e15, 99.995],
];
const DECIMALS = ['0', '1.50', '-2.5', '0.001', '1E+3', '123456789012345678.90', '0.00', '99.995', '1E-10'];
const BIGS = [0n, 1n, -1n, 2n ** 53n, -(2n ** 53n), 2n ** 64n, 10n ** 30n, 7n];
export const TEXTS: readonly string[] = [
  ...['', 'a', 'abc', 'Hello, World', ' padded ', '12', '-7', '1.5', '1e3', 'true', 'null', 'a,b,,c', 'x=1;y=2'],
  ...['é', '😀', 'ß', 'ŉ', '\ud800', '\u2028', '\u0000', 'line\nline\ttab', '"quoted"', '\\', '{0} {name}', 'aGVsbG8='],
  ...['__proto__', 'constructor', 'length', '0', '9007199254740993', '(', '[a-z]+', '007', 'ABC abc'],
];

export function randomNumber(random: Random): number {
  return random.chance(60) ? random.between(-3, 12) : random.pick(NUMBERS);
}

/** `wrongness` is how often, in percent, a part is null, missing or of another type. */
export function randomValue(random: Random, type: Type, wrongness: number): unknown {
  if (random.chance(wrongness)) return random.chance(50) ? null : randomValue(random, randomType(random, 1), 0);
  switch (type.kind) {
    case 'integer':
      return Math.trunc(randomNumber(random) % 1e6) + 0;
    case 'number':
      return randomNumber(random);
    case 'decimal':
      return Decimal.of(random.pick(DECIMALS));
    case 'big':
      return random.pick(BIGS);
    case 'text':
      return random.pick(TEXTS);
    case 'boolean':
      return random.chance(50);
    case 'bytes':
      return Uint8Array.from({ length: random.below(5) }, () => random.below(256));
    case 'list': {
      const length = random.chance(10) ? 0 : random.between(1, 5);
      const list = Array.from({ length }, () => randomValue(random, type.of, wrongness));
      return random.chance(2) ? new Set(list) : list;
    }
    case 'record':
      return recordOf(
        type.fields
          .filter(() => !random.chance(wrongness))
          .map(({ key, type: field }) => [key, randomValue(random, field, wrongness)]),
      );
    case 'dictionary':
      return recordOf(
        Array.from({ length: random.below(4) }, () => [
          random.pick(FIELD_KEYS),
          randomValue(random, type.of, wrongness),
        ]),
      );
    case 'any':
      return randomValue(random, randomType(random, 2), wrongness);
    case 'null':
    case 'function':
      return null;
  }
}

/** Freezes what can be frozen, so that a write to the host's input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Set) for (const element of value) deepFreeze(element);
  else for (const element of Object.values(value)) deepFreeze(element);
  return Object.freeze(value);
}

function recordOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return record;
}
