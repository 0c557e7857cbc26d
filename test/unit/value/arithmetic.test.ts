import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  add,
  concatenate,
  divide,
  integerDivide,
  multiply,
  negate,
  remainder,
  subtract,
} from '../../../src/value/arithmetic.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { loadDecimalLibrary } from '../../../src/value/decimal-library.ts';
import type { Value } from '../../../src/value/kinds.ts';
import type { Meter } from '../../../src/value/meter.ts';
import { textOf } from '../../../src/value/text.ts';
import { CountingMeter, refusalOf } from './metering.ts';

type Operation = (meter: Meter, a: Value, b: Value) => Value;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '//': integerDivide,
  '%': remainder,
};
const meter = () => new CountingMeter();
const dec = (text: string) => Decimal.of(text);

/** The kind and text of a value: `1n`, `dec(1.50)`. */
function shown(value: Value): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Decimal) return `dec(${Decimal.textOf(value)})`;
  return typeof value === 'string' ? JSON.stringify(value) : textOf(meter(), value);
}

function outcome(a: Value, operator: string, b: Value): string {
  try {
    return shown((OPERATIONS[operator] as Operation)(meter(), a, b));
  } catch {
    return refusalOf(() => (OPERATIONS[operator] as Operation)(meter(), a, b));
  }
}

const MIX = (operator: string) =>
  `IllegalArgumentException MR6002 Operator '${operator}' does not allow mixing decimal and float; wrap floats with DEC()`;
const MAX = Number.MAX_SAFE_INTEGER;

beforeAll(loadDecimalLibrary);

describe('operators', () => {
  it.each([
    [7, '/', 2, '3.5'],
    [6, '/', 3, '2'],
    [7, '//', 2, '3'],
    [-7, '//', 2, '-3'],
    [5.0, '//', 2, '2'],
    [-7, '%', 3, '-1'],
    [5, '%', -3, '2'],
    [5.5, '%', 2, '1.5'],
    [-5.5, '%', 2, '-1.5'],
    [MAX, '+', 1, '9007199254740992n'],
    [-MAX, '-', 1, '-9007199254740992n'],
    [MAX, '*', 2, '18014398509481982n'],
    [3037000500, '*', 3037000500, '9223372037000250000n'],
    [100000000000000000000n, '+', 1, '100000000000000000001n'],
    [5n, '-', 4n, '1n'],
    [5n, '+', 0.5, '5.5'],
    [7n, '/', 2, '3.5'],
    [-7n, '//', 2, '-3n'],
    [7, '//', 2n, '3n'],
    [7n, '%', 2.5, '2'],
    [-7n, '%', 3, '-1n'],
    [2.5, '*', 1e300, '2.5e+300'],
    [1e308, '*', 10, 'Infinity'],
    [dec('1.10'), '+', dec('2.20'), 'dec(3.30)'],
    [dec('1.10'), '-', 1, 'dec(0.10)'],
    [dec('1.10'), '*', dec('2.0'), 'dec(2.200)'],
    [dec('2.5'), '*', 2, 'dec(5.0)'],
    [2n, '+', dec('0.50'), 'dec(2.50)'],
    [dec('1.0'), '/', 3, 'dec(0.3333333333333333333333333333333333)'],
    [dec('7.5'), '%', 2, 'dec(1.5)'],
    ['a', '+', 1, '"a1"'],
    [null, '+', 'a', '"nulla"'],
    ['a', '+', dec('2.50'), '"a2.50"'],
    ['', '+', [1, 'b', null], '"[1, b, null]"'],
  ] as const)('%s %s %s = %s', (a, operator, b, expected) => {
    expect(outcome(a, operator, b)).toBe(expected);
  });

  it.each([
    [1, '/', 0, 'IllegalArgumentException MR6003 Division by zero'],
    [1.5, '/', -0, 'IllegalArgumentException MR6003 Division by zero'],
    [1n, '/', 0n, 'IllegalArgumentException MR6003 Division by zero'],
    [1, '//', 0, 'IllegalArgumentException MR6003 Division by zero'],
    [1, '%', 0, 'IllegalArgumentException MR6003 Division by zero'],
    [1.5, '%', 0, 'IllegalArgumentException MR6003 Division by zero'],
    [5n, '//', 0, 'ArithmeticException MR6003 Division by zero'],
    [5, '%', 0n, 'ArithmeticException MR6003 Division by zero'],
    [dec('1.0'), '/', 0, 'ArithmeticException MR6003 Division by zero'],
    [dec('0.0'), '/', 0, 'ArithmeticException MR6003 Division undefined'],
    [dec('1.0'), '%', 0n, 'ArithmeticException MR6003 Division by zero'],
    [dec('1.5'), '+', 1.5, MIX('+')],
    [1.5, '*', dec('1.5'), MIX('*')],
    [dec('2.5'), '%', 1.5, MIX('%')],
    [dec('7.5'), '//', 2, "IllegalArgumentException MR6001 Operator '//' does not support decimal values"],
    [5, '//', 2.5, "IllegalArgumentException MR6001 Operator '//' expects integer values; wrap floats with INT()"],
    [5n, '//', 2.5, "IllegalArgumentException MR6001 Operator '//' expects integer values; wrap floats with INT()"],
    [1, '+', null, "IllegalArgumentException MR6001 Operator '+' expects numbers or strings"],
    [[1], '+', 1, "IllegalArgumentException MR6001 Operator '+' expects numbers or strings"],
    ['3', '*', 2, "IllegalArgumentException MR6001 Operator '*' expects numbers"],
    [dec('1.5'), '-', 'x', "IllegalArgumentException MR6001 Operator '-' expects numbers"],
    [dec('1.5'), '-', true, "IllegalArgumentException MR6001 Operator '-' expects numbers"],
    [undefined, '%', 1, "IllegalArgumentException MR6001 Operator '%' expects numbers"],
  ] as const)('%s %s %s is refused', (a, operator, b, expected) => {
    expect(outcome(a, operator, b)).toBe(expected);
  });

  it.each(['+', '-', '*', '/', '//', '%'])('does not touch host values: %s', (operator) => {
    const trap = { valueOf: () => expect.fail('called'), toString: () => expect.fail('called') };
    for (const foreign of [() => 1, Symbol('s'), new Date(0), Object.assign(new (class Money {})(), trap)]) {
      const fact = 'IllegalStateException MR6016 a value of the host cannot be ';
      expect(outcome(foreign, operator, 1)).toContain(fact);
      expect(outcome(dec('1'), operator, foreign)).toContain(fact);
      if (operator === '+') expect(outcome('text', operator, foreign)).toBe(`${fact}turned into text`);
    }
  });
});

describe('negation and concatenation', () => {
  it('negates every kind of number', () => {
    expect(negate(meter(), 5)).toBe(-5);
    expect(Object.is(negate(meter(), 0), 0)).toBe(true);
    expect(negate(meter(), 5n)).toBe(-5n);
    expect(shown(negate(meter(), dec('2.50')))).toBe('dec(-2.50)');
    expect(refusalOf(() => negate(meter(), 'x'))).toBe(
      "IllegalStateException MR6001 Operator '-' expects numeric operands",
    );
    expect(refusalOf(() => negate(meter(), Symbol('x')))).toContain('MR6016');
  });

  it('joins two lists into a new one', () => {
    const left = [1];
    expect(concatenate(meter(), left, [2, [3]])).toEqual([1, 2, [3]]);
    expect(left).toEqual([1]);
    expect(concatenate(meter(), [undefined], [])).toEqual([null]);
    expect(refusalOf(() => concatenate(meter(), 'a', 'b'))).toBe(
      "IllegalArgumentException MR6001 Operator '++' expects two lists",
    );
    expect(refusalOf(() => concatenate(new CountingMeter({ bytes: 1_000 }), new Array(1e9), []))).toBe('stop MR5002');
  });
});

describe('integers', () => {
  const integer = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer(),
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom(MAX, -MAX),
  );
  const exact = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

  it('are exact and have no negative zero, as an oracle on bigints', () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const [x, y] = [BigInt(a), BigInt(b)];
        expect(add(meter(), a, b)).toBe(exact(x + y));
        expect(subtract(meter(), a, b)).toBe(exact(x - y));
        expect(multiply(meter(), a, b)).toBe(exact(x * y));
        expect(negate(meter(), a)).toBe(exact(-x));
        if (b !== 0) {
          expect(integerDivide(meter(), a, b)).toBe(exact(x / y));
          expect(remainder(meter(), a, b)).toBe(exact(x % y));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never become −0', () => {
    for (const [a, operator, b] of [
      [0, '*', -1],
      [-1, '//', 2],
      [-4, '%', 2],
      [-0, '+', -0],
      [-0, '-', 0],
      [0, '/', -5],
      [-4.5, '%', 1.5],
    ] as const) {
      expect(Object.is((OPERATIONS[operator] as Operation)(meter(), a, b), 0)).toBe(true);
    }
  });

  it('stop at 2^20 bits', () => {
    const large = 1n << (2n ** 20n - 1n);
    expect(refusalOf(() => multiply(meter(), large, 2))).toBe(
      'ArithmeticException MR6023 BigInteger would overflow supported range',
    );
    expect(refusalOf(() => add(meter(), large, large))).toContain('MR6023');
    expect(refusalOf(() => multiply(meter(), 1n << (2n ** 22n), 2))).toContain('MR6023');
  });

  it('are charged by their size before the work', () => {
    const large = 1n << 1_000_000n;
    for (const operation of [multiply, integerDivide, remainder]) {
      expect(refusalOf(() => operation(new CountingMeter({ fuel: 100_000 }), large, large - 1n))).toBe('stop MR5001');
    }
    expect(refusalOf(() => add(new CountingMeter({ bytes: 1_000 }), large, 1))).toBe('stop MR5002');
    expect(refusalOf(() => add(new CountingMeter({ fuel: 100_000 }), 'x', large))).toBe('stop MR5001');
  });
});

describe('texts', () => {
  it('are charged by the shorter part', () => {
    const counting = meter();
    add(counting, 'x'.repeat(1_000), 'ab');
    expect(counting.bytes).toBe(36);
  });

  it('stop before V8 would refuse them', () => {
    const long = 'x'.repeat(2 ** 28);
    expect(refusalOf(() => add(new CountingMeter({ bytes: 2 ** 40 }), long, long))).toBe('stop MR5002');
  });
});
