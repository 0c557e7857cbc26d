/**
 * Modules that each break one rule, a tenth of `npm run fuzz -- --parts breakers` and the same on every machine: all are
 * refused, with the reason of that rule.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REASONS } from '../../src/verify/reasons.ts';
import { openBundle } from './bundle.mjs';
import type * as Hostile from './hostile.ts';

const SEED = 20261121;

let bundle: { readonly exports: typeof Hostile; close(): Promise<void> };
beforeAll(async () => {
  bundle = await openBundle('hostile.ts', []);
});
afterAll(() => bundle.close());

it('breakers each break one rule, and are refused with its reason', () => {
  const report = bundle.exports.breakModules({ seed: SEED, modules: 50 });
  expect(report.failures).toEqual([]);
  expect(report.counts.filter(({ refused }) => refused < 50)).toEqual([]);
  expect(report.counts.length).toBeGreaterThanOrEqual(40);
});

it('breakers break every rule but one', () => {
  const { counts } = bundle.exports.breakModules({ seed: SEED, modules: 0 });
  const broken = new Set(counts.flatMap(({ reasons }) => reasons));
  // A unit of that cost is made by hand in test/unit/verify.
  expect(Object.keys(REASONS).filter((reason) => !broken.has(reason as keyof typeof REASONS))).toEqual([
    'verification-cost',
  ]);
});
