/** The attacks in which the host takes part, in every form of modules, and their controls. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inForm } from '../support/forms.ts';
import { endingOf, FORMS, loadIn } from './attack.ts';
import { HOST_ATTACKS } from './attacks-host.ts';
import { HOST_LIMIT_ATTACKS } from './attacks-host-limits.ts';
import { LINKING_ATTACKS } from './attacks-linking.ts';
import { REALM_ATTACKS } from './attacks-realm.ts';
import { VALUE_ATTACKS } from './attacks-values.ts';
import { expectEnding } from './expect-ending.ts';
import { REALMS } from './realms.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeAll(() => {
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe.each(VALUE_ATTACKS.map((attack) => [`${attack.number} ${attack.idea}, ${attack.mode}`, attack] as const))(
  'a host value: %s',
  (_, { make, mode, expected, inPlace, naively }) => {
    describe.each(REALMS)('in a realm that is $name', ({ during }) => {
      it.each(FORMS)('is refused by name in the input of a module as %s, and nothing of it runs', async (form) => {
        const { value, touched } = make();
        const ending = await during(() =>
          endingOf(async () =>
            (await loadIn(form)('OUTPUT { v: input.x }')).run(undefined, { x: value }, { input: mode }),
          ),
        );
        expectEnding(ending, expected);
        expect(touched()).toBe(0);
      });
    });

    it(`${inPlace ?? 'does not run'} where the input is read in place`, async () => {
      const { value, touched } = make();
      const module = await loadIn('source')(
        'OUTPUT { v: input.x, w: [TRY "" + input.x CATCH(e) -> e.code, TRY input.x + 1 CATCH(e) -> e.code] }',
      );
      const ending = await endingOf(() => module.run({ x: value }));
      expect(ending).toHaveProperty('result.w');
      expect(touched() > 0).toBe(inPlace === 'runs');
    });

    it('runs where JavaScript handles it', () => {
      const { value, touched } = make();
      try {
        naively(value as never);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
      expect(touched()).toBeGreaterThan(0);
    });
  },
);

const WITH_HOSTS = [...HOST_ATTACKS, ...REALM_ATTACKS, ...LINKING_ATTACKS, ...HOST_LIMIT_ATTACKS];

describe.each(WITH_HOSTS.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const))('%s', (_, attack) => {
  describe.each(REALMS)('in a realm that is $name', ({ during }) => {
    it.each(attack.forms ?? FORMS)('as %s', async (form) => {
      let isReached = false;
      const reached = (): void => {
        isReached = true;
      };
      const ending = await during(() =>
        endingOf(() => attack.attack(reached, loadIn(form), (text) => inForm(form, text))),
      );
      expectEnding(ending, attack.expected);
      expect(isReached, 'the hostile operation was not reached').toBe(true);
    });
  });

  it('succeeds without the defence', async () => {
    expect(await attack.control()).toBe(true);
  });
});
