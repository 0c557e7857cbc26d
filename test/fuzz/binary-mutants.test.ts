/**
 * Damaged binary modules, a tenth of `npm run fuzz -- --parts binaries` and the same on every machine; in a bundle whose
 * interpreter loop is watched.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BINARY_REASONS } from '../../src/bytecode/binary-reasons.ts';
import { REASONS } from '../../src/verify/reasons.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { paranoidLoop } from '../support/paranoid-loop.mjs';
import type * as BinaryMutants from './binary-mutants.ts';
import { openBundle } from './bundle.mjs';

const SEED = 20261121;
/** Twenty times what it takes on a machine of its own. */
const PATIENCE_MS = 600_000;
const MUTANTS = 50_000;
const SLOWEST_MS = 100;

let bundle: { readonly exports: typeof BinaryMutants; close(): Promise<void> };
beforeAll(async () => {
  bundle = await openBundle('binary-mutants.ts', [paranoidLoop()]);
});
afterAll(() => bundle.close());

it(
  `${MUTANTS} damaged modules are refused, or run within limits and grants`,
  async () => {
    const scripts = readLangScripts().map(({ source }) => source);
    const report = await bundle.exports.mutateBinaries({ seed: SEED, modules: MUTANTS, scripts });
    const story = bundle.exports.formatMutants('binary modules', report);
    expect(report.failures).toEqual([]);
    expect(report.mutants).toBe(MUTANTS);
    expect(report.slowestMs, story).toBeLessThan(SLOWEST_MS);
    // Damage gets as far as it can: these are met by code or files too large to be made here, and by hand in test/unit.
    const { decoder, verifier, run } = report.stages;
    const unread = Object.keys(BINARY_REASONS).filter((reason) => !decoder.has(reason));
    expect(unread, story).toEqual(['too-long', 'bigint-too-large']);
    const unverified = Object.keys(REASONS).filter((reason) => !verifier.has(reason));
    expect(unverified, story).toEqual(['table-size', 'verification-cost', 'empty-unit', 'stack-overflow']);
    expect(report.linked, story).toBeGreaterThan(MUTANTS / 5);
    expect(run.get('value'), story).toBeGreaterThan(MUTANTS / 10);
    expect(report.hostCalls, story).toBeGreaterThan(MUTANTS / 100);
  },
  PATIENCE_MS,
);
