/**
 * Valid bytecode that no compiler made, and compiled programs, watched step by step (`test/support/paranoid.ts`): a tenth of
 * `npm run fuzz -- --parts bytecode`, the same on every machine.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OP_NAMES, OPCODES, type OpName } from '../../src/bytecode/opcodes.ts';
import { paranoidLoop } from '../support/paranoid-loop.mjs';
import { openBundle } from './bundle.mjs';
import type * as Hostile from './hostile.ts';

const SEED = 20261121;
/** Twenty times what it takes on a machine of its own. */
const PATIENCE_MS = 600_000;
const MODULES = 10_000;

/** What neither generator can execute, and why. */
const UNREACHED: { readonly [K in OpName]?: string } = {
  UNREACHABLE: 'refused',
  LINE: 'stands in traced code only',
  TRACE: 'stands in traced code only',
  BREAKPOINT: 'stands in traced code only',
};

let bundle: { readonly exports: typeof Hostile; close(): Promise<void> };
beforeAll(async () => {
  bundle = await openBundle('hostile.ts', [paranoidLoop()]);
});
afterAll(() => bundle.close());

describe('the paranoid interpreter', () => {
  it(
    'is not tripped by valid bytecode, of which all is accepted',
    async () => {
      const report = await bundle.exports.watchBytecode({ seed: SEED, modules: MODULES });
      expect(report.failures).toEqual([]);
      expect(report.linked).toBe(MODULES);
      const { watched, endings } = report;
      const missed = OP_NAMES.filter((name) => watched.opcodes[OPCODES[name].code] === 0);
      expect(missed.filter((name) => UNREACHED[name] === undefined)).toEqual([]);
      expect(endings.get('value')).toBeGreaterThan(MODULES / 5);
      expect(watched.deepestTry).toBeGreaterThan(2);
      expect(Math.min(watched.joins, watched.faults, watched.retries)).toBeGreaterThan(500);
      expect(Math.min(watched.passes, report.suspensions)).toBeGreaterThan(20);
    },
    PATIENCE_MS,
  );

  it('is not tripped by compiled programs', async () => {
    const report = await bundle.exports.watchPrograms({ seed: SEED, modules: 300 });
    expect(report.failures).toEqual([]);
    expect(report.watched.passes).toBeGreaterThan(500);
    expect(report.watched.faults).toBeGreaterThan(100);
  });

  it.each(['height', 'slot', 'cell', 'region'] as const)(
    'is tripped by a broken promise about a %s',
    async (promise) => {
      const story = await bundle.exports.runUnverified(promise);
      expect(story).toContain('PromiseBroken');
    },
  );
});
