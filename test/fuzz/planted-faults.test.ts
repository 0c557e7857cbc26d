/**
 * Each fault of the compiler that is planted is found, by the gate or by the comparison with the interpreter that
 * test/lang/compiled.test.ts and the fuzz room make: how programs end, what they are charged, wherever they are left.
 */
import { describe, expect, it } from 'vitest';
import { FAULTS } from './compiler-faults.ts';
import { findFault } from './fault-finder.ts';
import { faultProbes } from './fault-programs.ts';

const probes = faultProbes();
const found: string[] = [];

it('no program tells compiled code without a fault', async () => {
  const finding = await findFault(() => ({ undo: () => {}, applied: () => 0 }), probes);
  expect(finding.by).toBeNull();
});

describe('is found:', () => {
  it.each(Object.entries(FAULTS))('%s', async (_, plant) => {
    const { by, applied } = await findFault(plant, probes);
    expect(applied, 'the generator makes nothing that this fault changes').toBeGreaterThan(0);
    expect(by).not.toBeNull();
    found.push(by as string);
  });

  it('sixty at least, by the gate and by each way to compare', () => {
    expect(found.length).toBeGreaterThan(60);
    for (const way of [/^the gate$/, /, compiled$/, /, under limits$/, /, compiled loops$/, /, left$/])
      expect(found.filter((by) => way.test(by)).length, String(way)).toBeGreaterThan(1);
  });
});
