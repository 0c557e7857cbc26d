/** Marks that compiled code keeps count like those in the set: both tiers forget them at the same container. */
import { describe, expect, it } from 'vitest';
import { dropMark, giveMark, keepMark, type Owner, own, takeMark } from '../../../src/vm/ownership.ts';

const LIMIT = 1 << 18;
const owner = (): Owner => ({ owned: new Set(), keptMarks: 0, markEpoch: 1, isTouched: false });
const fill = (run: Owner, count: number): void => {
  for (let i = 0; i < count; i++) own(run, {});
};

describe('marks of ownership', () => {
  it('move between the set and a variable', () => {
    const run = owner();
    const list: unknown[] = [];
    own(run, list);
    const mark = takeMark(run, list);
    expect([mark, run.owned.size, run.keptMarks]).toEqual([run.markEpoch, 0, 1]);
    expect(giveMark(run, list, mark)).toBe(0);
    expect([run.owned.has(list), run.keptMarks]).toEqual([true, 0]);
    expect(keepMark(run, list)).toBe(run.markEpoch);
    expect([run.owned.size, run.keptMarks]).toEqual([0, 1]);
    expect([dropMark(run, mark), run.keptMarks]).toEqual([0, 0]);
    expect([takeMark(run, list), takeMark(run, 1), run.keptMarks]).toEqual([0, 0, 0]);
  });

  it('are all forgotten at the limit, kept ones too', () => {
    const run = owner();
    const kept = keepMark(run, []);
    fill(run, LIMIT - 1);
    expect(run.markEpoch).toBe(kept);
    fill(run, 1);
    expect([run.owned.size, run.keptMarks]).toEqual([1, 0]);
    expect(run.markEpoch).not.toBe(kept);
    const list: unknown[] = [];
    giveMark(run, list, kept);
    dropMark(run, kept);
    expect([run.owned.has(list), run.keptMarks]).toEqual([false, 0]);
  });

  it('kept beyond the limit forget all others', () => {
    const run = owner();
    fill(run, LIMIT);
    const mark = keepMark(run, []);
    expect([run.owned.size, run.keptMarks, mark === run.markEpoch, mark === 1]).toEqual([0, 1, true, false]);
  });
});
