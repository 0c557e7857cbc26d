import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areSame,
  differenceOf,
  eitherOf,
  type Facts,
  factsOf,
  KIND,
  mayGiveMinusZero,
  negativeOf,
  productOf,
  quotientOf,
  remainderOf,
  sumOf,
  UNKNOWN,
  WHOLE_QUOTIENT,
  widened,
} from '../../../src/jit/facts.ts';
import { add, divide, integerDivide, multiply, negate, remainder, subtract } from '../../../src/value/arithmetic.ts';
import { Fault } from '../../../src/value/fault.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { CountingMeter } from '../value/metering.ts';

const OPERATORS = {
  '+': [add, sumOf],
  '-': [subtract, differenceOf],
  '*': [multiply, productOf],
  '/': [divide, quotientOf],
  '//': [integerDivide, () => WHOLE_QUOTIENT],
  '%': [remainder, remainderOf],
} as const;

const number = fc.oneof(
  fc.constantFrom(0, 1, -1, 7, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, -(2 ** 53 - 1), 0.5, -0, 1e300),
  fc.integer({ min: -20, max: 20 }),
  fc.maxSafeInteger(),
);
const value = fc.oneof({ weight: 6, arbitrary: number }, fc.constantFrom<Value>('7', '', null, true, 12n, 2n ** 70n));

/** Facts that hold of the values, with bounds that are no tighter than they must be. */
const known = fc.tuple(fc.array(value, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([values, isLoose]) => {
  const facts = values.map(factsOf).reduce(eitherOf);
  return { values, facts: isLoose ? eitherOf(facts, factsOf(3)) : facts };
});

function holds({ kinds, bounds }: Facts, result: Value): boolean {
  if ((factsOf(result).kinds & kinds) === 0) return false;
  if (typeof result !== 'number' || bounds === null) return true;
  return Number.isSafeInteger(result) && !Object.is(result, -0) && result >= bounds.low && result <= bounds.high;
}

function resultOf(operation: () => Value): Value | undefined {
  try {
    return operation();
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

describe('what is known of a value before it is there', () => {
  it('holds of the results of every operator', () => {
    fc.assert(
      fc.property(known, known, fc.constantFrom(...Object.values(OPERATORS)), (a, b, [operation, rule]) => {
        const facts = rule(a.facts, b.facts);
        for (const left of a.values)
          for (const right of b.values) {
            const result = resultOf(() => operation(new CountingMeter(), left, right));
            if (result !== undefined) expect(holds(facts, result), `${left} and ${right} give ${result}`).toBe(true);
          }
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('holds of a negated value and of a product that is said not to be −0', () => {
    fc.assert(
      fc.property(known, known, (a, b) => {
        for (const left of a.values) {
          const result = resultOf(() => negate(new CountingMeter(), left));
          if (result !== undefined) expect(holds(negativeOf(a.facts), result)).toBe(true);
          for (const right of b.values)
            if (typeof left === 'number' && typeof right === 'number' && !mayGiveMinusZero(a.facts, b.facts))
              expect(Object.is(left * right, -0)).toBe(false);
        }
      }),
      { seed: 7, numRuns: 1_000 },
    );
  });

  it('stops changing after few rounds of a loop', () => {
    let facts = factsOf(0);
    let rounds = 0;
    for (let before = UNKNOWN; !areSame(before, facts); rounds++) {
      before = facts;
      facts = widened(facts, sumOf(facts, factsOf(1)));
    }
    expect(rounds).toBeLessThan(5);
    expect(facts).toEqual({ kinds: KIND.number | KIND.big, bounds: { low: 0, high: Number.MAX_SAFE_INTEGER } });
  });
});
