/** The attacks by programs: each in every form of modules, in a clean and in a polluted realm, and its control. */
import { describe, expect, it } from 'vitest';
import { OPCODES } from '../../src/bytecode/opcodes.ts';
import type { Form } from '../support/forms.ts';
import { type Ending, endingOf, FORMS, loadIn, type ProgramAttack } from './attack.ts';
import { BOUNDED_ATTACKS } from './attacks-bounded.ts';
import { LIMIT_ATTACKS } from './attacks-limits.ts';
import { PROTOTYPE_ATTACKS } from './attacks-prototype.ts';
import { expectEnding } from './expect-ending.ts';
import { naively } from './naive.ts';
import { REALMS } from './realms.ts';

const OPCODE_NUMBERS = 256;

async function run({ program, input, limits = {} }: ProgramAttack, form: Form) {
  const countOpcodes = new Uint32Array(OPCODE_NUMBERS);
  const given = input === undefined ? {} : input();
  const ending: Ending = await endingOf(async () => {
    const module = await loadIn(form, { countOpcodes })(program);
    return module.run(module.exports.find((e) => e.kind === 'transform')?.name, given, { limits });
  });
  const count = (name: keyof typeof OPCODES): number => countOpcodes[OPCODES[name].code] as number;
  return { ending, count, executed: countOpcodes.reduce((sum, n) => sum + n, 0) };
}

const titled = <A extends ProgramAttack>(attacks: readonly A[]) =>
  attacks.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const);

/** The attack itself, in every realm and form. */
function itEndsAsItMust(attack: ProgramAttack): void {
  describe.each(REALMS)('in a realm that is $name', ({ during }) => {
    it.each(FORMS)('as %s', async (form) => {
      const { ending, count } = await during(() => run(attack, form));
      expectEnding(ending, attack.expected);
      expect(
        attack.reached.some((name) => count(name) > 0),
        'the hostile operation was not reached',
      ).toBe(true);
    });
  });
}

describe.each(titled([...PROTOTYPE_ATTACKS, ...BOUNDED_ATTACKS]))('%s', (_, attack) => {
  itEndsAsItMust(attack);

  it('succeeds against a naive evaluator', () => {
    expect(naively(attack.naive)).toBe(true);
  });
});

describe.each(titled(LIMIT_ATTACKS))('%s', (_, attack) => {
  itEndsAsItMust(attack);

  it('goes beyond the limit where it is lifted', async () => {
    const { lifted, beyond } = attack;
    const before = await run(attack, 'source');
    const after = await run({ ...attack, limits: lifted }, 'source');
    if (beyond === 'further') expect(after.executed).toBeGreaterThan(10 * before.executed);
    else expect(after.ending).toEqual(beyond);
  });
});

it('the polluted realm is polluted: its additions show and its replaced built-ins are called', async () => {
  const [, polluted] = REALMS;
  const before = polluted.spied();
  await polluted.during(async () => {
    expect(Reflect.get({}, 'polluted')).toBe('from Object.prototype');
    await run(PROTOTYPE_ATTACKS[0] as ProgramAttack, 'source');
  });
  expect(polluted.spied()).toBeGreaterThan(before);
  expect(Reflect.has({}, 'polluted')).toBe(false);
});
