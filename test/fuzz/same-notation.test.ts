/** The comparison without text says what the texts say. */
import { expect, it } from 'vitest';
import { notationText } from '../../src/formats/notation.ts';
import { Decimal } from '../../src/index.ts';
import { hasSameNotation } from './same-notation.ts';

const VALUES: readonly unknown[] = [
  ...[null, undefined, true, 0, -0, 1, 1n, Number.NaN, Infinity, '', '1', 'null'],
  ...[Decimal.of('1'), Decimal.of('1.0'), Uint8Array.of(1), Uint8Array.of(2), new Set([1]), new Set([1, 2])],
  ...[[], [[]], [null], [0], [-0], [1, 2], [2, 1], [Decimal.of('1.0')], [undefined]],
  ...[{}, { a: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }, { a: { a: 1 } }, { 0: 1 }, { a: Decimal.of('1.0') }, { a: null }],
  ...[{ ['__proto__']: 1 }, Object.create(null), new Map(), () => 1],
];

it('values are alike where their notations are', () => {
  for (const one of VALUES) {
    for (const other of VALUES) {
      expect(hasSameNotation(one, other), `${notationText(one)} ${notationText(other)}`).toBe(
        notationText(one) === notationText(other),
      );
    }
  }
});
