/**
 * Random programs in every configuration, a bounded run that is the same on every machine; `npm run fuzz` is the full size.
 * Every failure names its seed and shows the smallest program found.
 */
import { describe, expect, it } from 'vitest';
import type { OPCODES } from '../../src/bytecode/opcodes.ts';
import { type CampaignReport, runCampaign } from './campaign.ts';
import { VARIANTS } from './differential.ts';
import { randomProgram, sourceOf } from './programs.ts';
import { GENERATED_ROWS } from './standard-calls.ts';
import { withInstantTurns } from './turns.ts';

const SEED = 20261121;
const PROGRAMS = 1000;
/** Compiled code is compared in tiers.test.ts, with more programs. */
const variants = VARIANTS.filter(({ jit }) => jit !== 'eager');

/** Opcodes that no generated program executes, and why. */
const UNREACHED: { readonly [K in keyof typeof OPCODES]?: string } = {
  UNREACHABLE: 'never compiled',
  LOAD_SCOPE: 'shared state is not generated: it outlives a run',
  SHARED_WRITE: 'shared state is not generated: it outlives a run',
  SHARED_AWAIT: 'shared state is not generated: it outlives a run',
};

describe('random programs', () => {
  it(`agree in all configurations and styles, and reach what there is (${PROGRAMS} programs)`, async () => {
    const report = await withInstantTurns(() =>
      runCampaign({ seed: SEED, programs: PROGRAMS, markedEvery: 2, variants }),
    );
    expect(report.failures).toEqual([]);
    expectValid(report);
    expectReach(report);
  });

  it('are the same for the same seed', () => {
    const texts = [0, 1, 2].map((number) => sourceOf(randomProgram(SEED, number)));
    expect(texts).toEqual([0, 1, 2].map((number) => sourceOf(randomProgram(SEED, number))));
    expect(new Set(texts).size).toBe(3);
  });
});

function expectValid({ refusals, coverage }: CampaignReport): void {
  expect(refusals.length, refusals.slice(0, 3).join('\n')).toBeLessThan(PROGRAMS / 50);
  const count = (kind: string) =>
    [...coverage.endings].reduce((sum, [how, n]) => (how.startsWith(kind) ? sum + n : sum), 0);
  expect(count('value')).toBeGreaterThan(PROGRAMS * 0.8);
  expect(count('fault')).toBeGreaterThan(PROGRAMS * 0.3);
}

function expectReach({ coverage }: CampaignReport): void {
  const rows = new Map(coverage.rows.map((row) => [row.name, row]));
  const declarations = ['func', 'func block', 'func recursive', 'transform'];
  const unreached = [...rows.values()].filter((row) => row.reached === 0 && !declarations.includes(row.name));
  expect(unreached.map((row) => row.name)).toEqual([]);
  const neverReturned = GENERATED_ROWS.map((row) => row.name).filter(
    (name) => (rows.get(`std:${name}`)?.returned ?? 0) === 0,
  );
  expect(neverReturned).toEqual([]);
  const neverExecuted = coverage.opcodes.filter(({ executed, name }) => executed === 0 && !(name in UNREACHED));
  expect(neverExecuted.map(({ name }) => name)).toEqual([]);
}
