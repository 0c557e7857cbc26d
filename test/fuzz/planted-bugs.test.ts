/** The comparison of `programs.test.ts` finds differences: each sort of bug is planted once, and shown small. */
import { describe, expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';
import { Differential, VARIANTS, type Variant } from './differential.ts';
import { randomProgram, sourceOf } from './programs.ts';
import { STYLES } from './styles.ts';
import { smaller } from './tree.ts';
import { withInstantTurns } from './turns.ts';

const SEED = 20261121;

/** The comparison must be able to fail, and to fail for each sort of difference. */
describe('a planted bug is found', () => {
  const plant = (distort: (value: unknown) => unknown): readonly Variant[] => [
    ...VARIANTS,
    { name: 'planted', internals: { optimise: false }, group: 'planted', isRepeated: false, isAsync: false, distort },
  ];
  const bugs: { readonly [bug: string]: (value: unknown) => unknown } = {
    'a zero turns negative': (value) => changed(value, (v) => (Object.is(v, 0) ? -0 : v)),
    'an integer turns big': (value) => changed(value, (v) => (v === 1 ? 1n : v)),
    'keys change places': (value) =>
      changed(value, (v) => (isRecord(v) ? Object.fromEntries(Object.entries(v).reverse()) : v)),
    'a record is lost': (value) => (Array.isArray(value) ? value.slice(1) : value),
  };
  for (const [bug, distort] of Object.entries(bugs)) {
    it(bug, async () => {
      const report = await withInstantTurns(() =>
        runCampaign({ seed: SEED, programs: 300, variants: plant(distort), markedEvery: 1000, maxFailures: 1 }),
      );
      expect(report.failures).toHaveLength(1);
      const [failure = ''] = report.failures;
      expect(failure).toContain('planted differs');
      // Minimised: nothing of a random program is left but what shows the bug.
      expect(failure.slice(failure.indexOf('IMPORT')).length).toBeLessThan(200);
    });
  }

  it('a second run that differs', async () => {
    let runs = 0;
    const [first, ...rest] = VARIANTS;
    const counting = { ...(first as Variant), distort: (value: unknown) => [runs++, value] };
    const differential = new Differential([counting, ...rest]);
    const source = 'OUTPUT { v: 1 }';
    const [comparison] = await differential.compare({ source, inputs: [null], waits: false });
    await differential.close();
    expect(comparison?.difference?.actual).toContain('a second run gives');
  });

  it('a style that changes the meaning', async () => {
    const differential = new Differential();
    const of = (source: string) => ({ source, inputs: [{ a: 1 }], waits: false });
    const [comparison] = await differential.compare(of('OUTPUT { v: input.a }'));
    const outcomes = comparison === undefined ? [] : [comparison.outcome];
    const same = await differential.compareStyle(of('OUTPUT { v: (() -> input.a)() }'), 'same', outcomes);
    const other = await differential.compareStyle(of('OUTPUT { v: input.b }'), 'other', outcomes);
    await differential.close();
    expect(same).toBeUndefined();
    expect(other?.actual).toBe('{"v":null}');
  });

  it('every style writes some program differently, and every program can be made smaller', () => {
    const programs = Array.from({ length: 20 }, (_, number) => randomProgram(SEED, number));
    for (const { make } of STYLES) {
      expect(programs.some((p) => sourceOf(p, make(1)) !== sourceOf(p))).toBe(true);
    }
    for (const { tree } of programs) expect(smaller(tree).next().done).toBe(false);
  });
});

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A copy with every scalar and record replaced. */
function changed(value: unknown, replace: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => changed(v, replace));
  if (!isRecord(value)) return replace(value);
  const entries = Object.entries(value).map(([key, part]) => [key, changed(part, replace)] as const);
  return replace(Object.fromEntries(entries));
}
