/**
 * Random programs interpreted and compiled, a tenth of the full size, the same on every machine; `npm run fuzz -- --parts
 * tiers` is all of it.
 */
import { expect, it } from 'vitest';
import type { OPCODES } from '../../src/bytecode/opcodes.ts';
import { FAULTS, type Plant } from './compiler-faults.ts';
import { compareTiers, formatTiers, type TierReport } from './tiers.ts';

const SEED = 20261121;
const PROGRAMS = Number(process.env['TIER_PROGRAMS'] ?? 20_000);
const PATIENCE_MS = 900_000;

/** Opcodes that programs of both tiers do not execute, and why. */
const UNREACHED: { readonly [K in keyof typeof OPCODES]?: string } = {
  UNREACHABLE: 'never compiled',
  NOP: 'never compiled',
  LOAD_SCOPE: 'shared state is not generated: it outlives a run',
  SHARED_WRITE: 'shared state is not generated: it outlives a run',
  SHARED_AWAIT: 'what may wait is interpreted',
  SUSPEND: 'what may suspend is interpreted',
  LINE: 'what is traced is interpreted',
  TRACE: 'what is traced is interpreted',
  BREAKPOINT: 'what is traced is interpreted',
};

it(
  `${PROGRAMS} programs end alike in both tiers, charges included`,
  async () => {
    const report = await compareTiers({ seed: SEED, programs: PROGRAMS });
    expect(report.failures).toEqual([]);
    expectReach(report);
  },
  PATIENCE_MS,
);

function expectReach(report: TierReport): void {
  const story = formatTiers(report);
  const { coverage, programs, units, loops } = report;
  expect(programs, story).toBe(PROGRAMS);
  expect(units, story).toBeGreaterThan(PROGRAMS / 2);
  expect(loops, story).toBeGreaterThan(PROGRAMS / 10);
  expect(coverage.endings.get('value'), story).toBeGreaterThan(2 * PROGRAMS);
  expect(coverage.endings.get('fault'), story).toBeGreaterThan(PROGRAMS);
  expect(coverage.endings.get('limit'), story).toBeGreaterThan(PROGRAMS);
  const neverExecuted = coverage.opcodes.filter(({ executed, name }) => executed === 0 && !(name in UNREACHED));
  expect(neverExecuted.map(({ name }) => name)).toEqual([]);
}

it('a value that only compiled code changes is found, and shown small', async () => {
  const distort = (value: unknown): unknown => (value === null ? 0 : value);
  const { failures } = await compareTiers({ seed: SEED, programs: 200, maxFailures: 1, distort });
  expect(failures).toHaveLength(1);
  const [failure = ''] = failures;
  expect(failure).toContain('compiled    0 (');
  expect(failure.slice(failure.indexOf('IMPORT')).length).toBeLessThan(100);
});

/** One for each thing that is compared; planted-faults.test.ts finds all of them, with programs made for it. */
it.each([
  'a record loses its last field',
  'a block costs one less',
  'a container takes eight bytes less',
  'fuel ends at another place',
  'memory ends at another place',
  'arguments for the host are the other way round',
  'arithmetic fails at another place',
  'a loop leaves out its first element',
  'names of programs stand as they are',
])('found among the first programs: %s', async (fault) => {
  const { undo } = (FAULTS[fault] as Plant)();
  try {
    const { failures } = await compareTiers({ seed: SEED, programs: 300, maxFailures: 1 });
    expect(failures).toHaveLength(1);
  } finally {
    undo();
  }
});
