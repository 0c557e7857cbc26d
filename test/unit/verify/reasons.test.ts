// Each reason for refusal is met by modules made by hand, not by the compiler; the well-formed twin of each is accepted.
import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '../../../src/verify/reasons.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { handMade } from '../../support/hand-made.ts';
import { CASES } from './cases.ts';

describe.each(Object.entries(CASES))('%s', (reason, cases) => {
  it.each(cases.map((c) => [c.why, c] as const))('%s', (_, { broken, at, twin }) => {
    const verification = verifyModule(broken);
    const refusals = verification.ok ? [] : verification.refusals;
    expect(refusals.map((refusal) => refusal.reason)).toEqual([reason]);
    const [refusal] = refusals;
    if (typeof at === 'string') expect(refusal).toMatchObject({ unitIndex: -1, unit: '', what: at });
    else expect(refusal).toMatchObject({ unitIndex: at.unit, unit: broken.units[at.unit]?.name });
    if (typeof at !== 'string' && at.offset >= 0) expect(refusal?.offset).toBe(at.offset);
    expect(verifyModule(twin)).toMatchObject({ ok: true });
  });
});

it('there is a case for every reason, and a sentence for each', () => {
  const reasons = Object.keys(REASONS) as Reason[];
  expect(reasons.filter((reason) => (CASES[reason] ?? []).length === 0)).toEqual([]);
  expect(reasons.filter((reason) => REASONS[reason].length < 20)).toEqual([]);
});

it('finds blocks, their costs and the stack they need', () => {
  const module = handMade({ code: [['PUSH', 0], ['JUMP_IF_TRUE', 'end'], ['NOP'], ['NOP'], 'end:', ['RETURN']] });
  const result = verifyModule(module);
  expect(result.ok && result.verified.facts[0]).toEqual({ maxStack: 1, leaders: [0, 4, 6], blockCosts: [2, 2, 1] });
});

it('refuses each bad unit once, and looks at the others', () => {
  const bad = { code: [['POP'], ['POP']] } as const;
  const result = verifyModule(handMade({ units: [bad, { code: [['RETURN']] }, bad] }));
  expect(result.ok ? [] : result.refusals.map(({ unit, offset }) => [unit, offset])).toEqual([
    ['u', 0],
    ['u2', 0],
  ]);
});
