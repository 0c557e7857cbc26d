/**
 * The scripts of this folder called again and again, as hosts do: what a call finds in the record of the call before is
 * what a new record holds, whichever tier ran.
 */
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Run } from '../../src/vm/run.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { runProgram } from '../support/run-program.ts';

const fieldsOf = (run: Run) => ({
  ...run,
  joinedTexts: run.joinedTexts.isEmpty,
  cutTexts: run.cutTexts.isEmpty,
  used: [run.fuelUsed, run.memoryUsed],
  callBack: null,
});

function expectNew(run: Run): void {
  const { module, limits, mode, occupancy, audit, tier } = run;
  const options = { limits, mode, occupancy, audit: audit ?? undefined, tier: tier ?? undefined };
  expect(fieldsOf(run)).toEqual(fieldsOf(new Run(module, options)));
}

const seen = { off: 0, eager: 0 };

afterEach(() => void vi.restoreAllMocks());

describe.each(['off', 'eager'] as const)('scripts called again, jit %s', (jit) => {
  it.each(readLangScripts())('$name', async ({ expectations }) => {
    const { restart, renew } = Run.prototype;
    vi.spyOn(Run.prototype, 'restart').mockImplementation(function (this: Run) {
      restart.call(this);
      // Otherwise it is being renewed.
      if (!this.isTouched) expectNew(this);
      seen[jit]++;
    });
    vi.spyOn(Run.prototype, 'renew').mockImplementation(function (this: Run) {
      renew.call(this);
      expectNew(this);
    });
    const configuration = { name: `again, jit ${jit}`, internals: {}, ...(jit === 'eager' ? { jit } : {}) };
    for (const { program } of expectations) await runProgram(program, configuration);
  });
});

afterAll(() => {
  expect(Math.min(seen.off, seen.eager)).toBeGreaterThan(100);
});
