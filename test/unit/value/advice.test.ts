/** What a diagnostic shows of a value: its kind, 40 characters at most, and no work that grows with it. */
import { describe, expect, it, test } from 'vitest';
import { adviceOnIndex, adviceOnListKey, adviceOnParts, renderFound } from '../../../src/value/advice.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { stateFault } from '../../../src/value/fault.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { readStatic } from '../../../src/value/path.ts';
import { errorRecord } from '../../../src/vm/faults.ts';
import { CountingMeter } from './metering.ts';

test.each<[Value, string]>([
  [null, 'null'],
  [undefined, 'null'],
  [true, 'true'],
  [1.5, 'the number 1.5'],
  [2n ** 70n, 'the integer 1180591620717411303424'],
  [10n ** 5_000n, 'an integer of many digits'],
  [Decimal.of('1.10'), 'the decimal 1.10'],
  [Decimal.of('9'.repeat(500)), 'a decimal of many digits'],
  ['', 'the text ""'],
  ['a "b"\n', 'the text "a \\"b\\"\\n"'],
  ['x'.repeat(41), `the text "${'x'.repeat(40)}"…`],
  [[], 'an empty list'],
  [[1], 'a list of 1 element'],
  [[1, [2]], 'a list of 2 elements'],
  [new Set([1, 2]), 'a set of 2 elements'],
  [{ secret: 1 }, 'an object'],
  [new OrderedMap([[1, 2]]), 'an object'],
  [new Bytes(new Uint8Array(3)), 'bytes'],
  [() => 1, 'a value of the host'],
  [new Date(0), 'a value of the host'],
])('%o is %s', (value, text) => {
  expect(renderFound(value)).toBe(text);
});

describe('a key', () => {
  it.each<[Value, string]>([
    ['name', '`.name` is read from null'],
    ['a b', '`["a b"]` is read from null'],
    ['k'.repeat(50), `\`["${'k'.repeat(40)}"…]\` is read from null`],
    [7, '`[7]` is read from null'],
    [[], '`[an empty list]` is read from null'],
  ])('%o', (key, note) => {
    expect(adviceOnParts(null, key).notes).toEqual([note]);
  });
});

it('suggests what fits the key', () => {
  expect(adviceOnListKey([1], 'price').help).toContain('[x.price FOR EACH x IN list]');
  expect(adviceOnListKey([1], '0').help).toContain('convert with INT');
  expect(adviceOnListKey([1], 0.5).help).toContain('convert with INT');
  expect(adviceOnIndex([], 0).notes).toEqual(['the list is empty']);
  expect(adviceOnIndex([1], -1).help).toContain('list[-1:]');
});

it('is not seen by programs, and not made before it is asked for', () => {
  let asked = 0;
  const fault = stateFault('MR6005', 'message', () => {
    asked++;
    return { notes: ['note'] };
  });
  expect(errorRecord(fault)).toEqual({ message: 'message', type: 'IllegalStateException', code: 'MR6005' });
  expect(asked).toBe(0);
});

it('looks into no value of the host', () => {
  const foreign = Object.create({ inherited: 1 }, { trap: { get: () => expect.unreachable(), enumerable: true } });
  expect(renderFound(foreign)).toBe('a value of the host');
  expect(() => readStatic(new CountingMeter(), foreign, 'trap')).toThrow();
});
