/**
 * Runs every example of the specifications in every configuration: all must agree, and the outcome must be the one that
 * the specification, or the decision that overrides it, asks for.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { CONFIGURATIONS } from '../support/configurations.ts';
import { isComparable, type Outcome, runProgram } from '../support/run-program.ts';
import { isAsExpected, programOf, readSpecFile, type SpecCase } from '../support/spec-cases.ts';

const FILES = { runtime: 152, stdlib: 187, regressions: 21 } as const;

/** Cases that wait but whose program runs already; only a form of it (snapshot, binary) waits. */
const RUN_MEANWHILE = new Set(['regression-13', 'regression-14']);

async function outcomeInEveryConfiguration(c: SpecCase): Promise<Outcome> {
  const [plain, ...others] = CONFIGURATIONS;
  if (plain === undefined) throw new Error('there is no configuration');
  const first = await runProgram(programOf(c), plain);
  // Not run otherwise: what `run()` refuses because it would have to wait may wait for ever.
  for (const configuration of others.filter((other) => isComparable(first, other))) {
    expect(await runProgram(programOf(c), configuration), configuration.name).toEqual(first);
  }
  return first;
}

for (const [name, count] of Object.entries(FILES) as readonly ['runtime' | 'stdlib' | 'regressions', number][]) {
  const { cases, overrides } = readSpecFile(name);
  const tally = { asSpecified: 0, overridden: 0, later: 0 };

  describe(`specification: ${name}`, () => {
    it(`has all ${count} cases, each once, and no override without a case`, () => {
      const ids = new Set(cases.map((c) => c.id));
      expect(cases.length).toBe(count);
      expect(ids.size).toBe(count);
      expect([...overrides.keys()].filter((id) => !ids.has(id))).toEqual([]);
    });

    it('waits for nothing that is here', () => {
      const later = [...overrides.values()].flatMap((override) => ('later' in override ? [override.id] : []));
      expect(later.filter((id) => !RUN_MEANWHILE.has(id))).toEqual([]);
    });

    for (const c of cases) {
      const override = overrides.get(c.id);
      if (override === undefined) {
        it(`${c.id} ${c.section}`, async () => {
          const outcome = await outcomeInEveryConfiguration(c);
          expect(isAsExpected(outcome, c.expected), describeMiss(c, c.expected, outcome)).toBe(true);
          tally.asSpecified++;
        });
      } else if ('later' in override) {
        it(`${c.id} ${c.section} (later: ${override.later})`, async () => {
          const outcome = await outcomeInEveryConfiguration(c);
          expect(isAsExpected(outcome, c.expected), describeMiss(c, c.expected, outcome)).toBe(RUN_MEANWHILE.has(c.id));
          tally.later++;
        });
      } else {
        it(`${c.id} ${c.section} (decided: ${override.decision})`, async () => {
          expect(override.old, 'the override speaks of another outcome than the case has').toEqual(c.expected);
          const outcome = await outcomeInEveryConfiguration(c);
          expect(isAsExpected(outcome, override.new), describeMiss(c, override.new, outcome)).toBe(true);
          expect(isAsExpected(outcome, c.expected), 'the override is needless: the specified outcome holds').toBe(
            false,
          );
          tally.overridden++;
        });
      }
    }

    afterAll(() => {
      const { asSpecified, overridden, later } = tally;
      console.info(
        `${name}: ${cases.length} cases, ${asSpecified} as specified, ${overridden} as decided, ${later} later`,
      );
    });
  });
}

describe('the comparison of outcomes', () => {
  it('can fail: a wrong expectation is noticed', async () => {
    const c: SpecCase = { id: 'wrong', section: '', source: 'OUTPUT { v: 1 + 1 }', expected: { value: { v: 3 } } };
    const outcome = await outcomeInEveryConfiguration(c);
    expect(isAsExpected(outcome, c.expected)).toBe(false);
    expect(isAsExpected(outcome, { value: { v: 2 } })).toBe(true);
  });

  it('tells apart what only looks alike', async () => {
    const c: SpecCase = {
      id: 'order',
      section: '',
      source: 'OUTPUT { b: 1, a: DEC("1.0") }',
      expected: { value: null },
    };
    const outcome = await outcomeInEveryConfiguration(c);
    expect(isAsExpected(outcome, { value: { b: 1, a: { $dec: '1.0' } } })).toBe(true);
    expect(isAsExpected(outcome, { value: { a: { $dec: '1.0' }, b: 1 } })).toBe(false);
    expect(isAsExpected(outcome, { value: { b: 1, a: { $dec: '1.00' } } })).toBe(false);
    expect(isAsExpected(outcome, { value: { b: 1, a: 1 } })).toBe(false);
  });
});

function describeMiss(c: SpecCase, expected: unknown, outcome: Outcome): string {
  return `${c.source}\nexpected ${JSON.stringify(expected)}\nfound    ${JSON.stringify(outcome)}`;
}
