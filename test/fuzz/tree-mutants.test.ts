/**
 * Changed JSON ASTs, a tenth of `npm run fuzz -- --parts trees` and the same on every machine; in a bundle whose interpreter
 * loop is watched.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IR_REASONS } from '../../src/ir/reasons.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { paranoidLoop } from '../support/paranoid-loop.mjs';
import { openBundle } from './bundle.mjs';
import type * as TreeMutants from './tree-mutants.ts';

const SEED = 20261122;
/** Twenty times what it takes on a machine of its own. */
const PATIENCE_MS = 600_000;
const MUTANTS = 20_000;
/** Reasons that chance need not meet: test/unit/ir meets every one by hand. */
const RARE = ['too-long', 'constant-form', 'shared-unreadable', 'two-handlers', 'too-many', 'duplicate-key'];

let bundle: { readonly exports: typeof TreeMutants; close(): Promise<void> };
beforeAll(async () => {
  bundle = await openBundle('tree-mutants.ts', [paranoidLoop()]);
});
afterAll(() => bundle.close());

it(
  `${MUTANTS} changed JSON ASTs are refused, or compile, verify, and run within limits and grants`,
  async () => {
    const scripts = readLangScripts().map(({ source }) => source);
    const report = await bundle.exports.mutateTrees({ seed: SEED, modules: MUTANTS, scripts });
    const story = bundle.exports.formatMutants('JSON ASTs', report);
    expect(report.failures).toEqual([]);
    expect(report.mutants).toBe(MUTANTS);
    const { decoder, checker, run } = report.stages;
    const missed = Object.keys(IR_REASONS).filter((reason) => !decoder.has(reason) && !checker.has(reason));
    expect(RARE, story).toEqual(expect.arrayContaining(missed));
    expect(report.linked, story).toBeGreaterThan(MUTANTS / 8);
    expect(run.get('value'), story).toBeGreaterThan(MUTANTS / 12);
    expect(report.hostCalls, story).toBeGreaterThan(MUTANTS / 200);
  },
  PATIENCE_MS,
);
