/** Memory is handed out in slices; nobody but the run sees where one ends. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import { usedBy } from '../../../src/engine/usage.ts';
import type { LinkedModule } from '../../../src/link/linked-module.ts';
import { Stop } from '../../../src/value/fault.ts';
import { Run } from '../../../src/vm/run.ts';

const GIGA = 2 ** 30;

const runWith = (memory: number): Run =>
  new Run({ cache: new Map(), revocations: [] } as unknown as LinkedModule, {
    limits: { ...DEFAULT_LIMITS, memory },
    mode: 'sync',
  });

describe('memory of a run', () => {
  it('is the limit, to the byte, however many slices that takes', () => {
    for (const limit of [1, 1000, GIGA - 1, GIGA, 5 * GIGA + 7, 1e12]) {
      for (const piece of [limit, Math.ceil(limit / 3), GIGA - 1, GIGA].filter((bytes) => limit / bytes < 2000)) {
        const run = runWith(limit);
        let left = limit;
        for (; left > 0; left -= Math.min(left, piece)) run.allocate(Math.min(left, piece));
        expect(run.memoryUsed).toBe(limit);
        expect(() => run.allocate(1)).toThrow(Stop);
        expect(usedBy(run).memory).toBe(limit);
      }
    }
  });

  it('is counted by small integers, and anew in a renewed run', () => {
    const run = runWith(1e12);
    for (let i = 0; i < 5; i++) {
      run.allocate(GIGA - 3);
      expect(run.memoryLeft).toBeLessThan(GIGA);
      expect(run.memoryUsed).toBe((i + 1) * (GIGA - 3));
    }
    run.renew();
    expect(run.memoryUsed).toBe(0);
    expect(run.memoryLeft).toBe(GIGA - 1);
  });
});
