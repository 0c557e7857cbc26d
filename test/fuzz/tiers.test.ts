/**
 * Random programs interpreted and compiled, a bounded run that is the same on every machine; `npm run fuzz -- --parts tiers`
 * is the full size.
 */
import { expect, it } from 'vitest';
import { compareTiers, formatTiers } from './tiers.ts';
import { withInstantTurns } from './turns.ts';

const SEED = 20261121;
const PROGRAMS = 800;
const PATIENCE_MS = 300_000;

it(
  `${PROGRAMS} programs end alike in both tiers, charges included`,
  async () => {
    const report = await withInstantTurns(() => compareTiers({ seed: SEED, programs: PROGRAMS }));
    expect(report.failures).toEqual([]);
    const story = formatTiers(report);
    expect(report.programs, story).toBeGreaterThan(0.9 * PROGRAMS);
    expect(report.units, story).toBeGreaterThan(PROGRAMS / 2);
    expect(report.loops, story).toBeGreaterThan(PROGRAMS / 6);
    expect(report.coverage.endings.get('value'), story).toBeGreaterThan(PROGRAMS);
  },
  PATIENCE_MS,
);

it('a value that only compiled code changes is found', async () => {
  const distort = (value: unknown): unknown => (value === null ? 0 : value);
  const report = await compareTiers({ seed: SEED, programs: 200, maxFailures: 1, distort });
  expect(report.failures).toHaveLength(1);
});
