/**
 * Values are values: whatever a program writes through one name, no other name, container, output record or the host's
 * input changes. Random straight-line programs are compared with a model that copies everything deeply.
 *
 * A program is built from a list of numbers, each choosing the next step among those that are possible in the state
 * reached so far, so that every program runs without faults and a failing one shrinks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAliasingProgram } from '../support/aliasing-programs.ts';
import { CONFIGURATIONS } from '../support/configurations.ts';
import { runProgram } from '../support/run-program.ts';

const SEED = 20260801;

describe('aliasing', () => {
  for (const { form, runs } of [
    { form: 'plain', runs: 120 },
    { form: 'captured', runs: 80 },
    { form: 'input', runs: 60 },
  ] as const) {
    it(`agrees with a model that copies everything (${form} variables)`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(0xffff), { minLength: 6, maxLength: 90 }), async (choices) => {
          const { program, expected } = buildAliasingProgram(choices, form);
          for (const configuration of CONFIGURATIONS) {
            const outcome = await runProgram(program, configuration);
            const found = outcome.kind === 'value' ? outcome.value : outcome;
            expect(JSON.stringify(found), `${configuration.name}\n${program.source}`).toBe(JSON.stringify(expected));
          }
        }),
        { seed: SEED, numRuns: runs },
      );
    });
  }
});
