/**
 * Runs every script of this folder compiled to JavaScript, and leaves compiled code at each place where that is possible:
 * nothing may tell which tier ran.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { ScriptProgram } from '../../src/cli/script.ts';
import { differencesOf } from '../../src/cli/script-report.ts';
import { loadScript } from '../../src/cli/script-run.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import { COMPILED, CONFIGURATIONS } from '../support/configurations.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { runProgram } from '../support/run-program.ts';

const SCRIPT_TIMEOUT_MS = 60_000;
/** Places of one program at which it is left, spread over all that it passes. */
const MAX_PLACES = 12;
const [INTERPRETED] = CONFIGURATIONS as readonly [(typeof CONFIGURATIONS)[number]];
const scripts = readLangScripts();
const seen = { units: 0, loops: 0, places: 0, refusals: new Map<string, number>() };

function count(event: TierEvent): void {
  const { loop, refusal } = event;
  if (refusal !== null) seen.refusals.set(refusal, (seen.refusals.get(refusal) ?? 0) + 1);
  else if (loop === null) seen.units++;
  else seen.loops++;
}

/** Runs whose outcomes must be `expected`, each leaving compiled code at another place. */
async function leaveEverywhere(program: ScriptProgram, expected: unknown, where: string): Promise<void> {
  let passed = 0;
  let leaveAt = 0;
  const internals = { jitLeavesHere: () => ++passed === leaveAt, onCompiled: count };
  const script = await loadScript(program, { jit: 'eager', internals });
  if (script.kind === 'load') return;
  try {
    expect(await script.run(), `${where}, passing all places`).toEqual(expected);
    const places = passed;
    const step = Math.max(1, Math.ceil(places / MAX_PLACES));
    for (let place = 1; place <= places; place += step) {
      passed = 0;
      leaveAt = place;
      expect(await script.run(), `${where}, left at place ${place} of ${places}`).toEqual(expected);
      seen.places++;
    }
  } finally {
    await script.close();
  }
}

describe('compiled scripts', () => {
  for (const { name, expectations } of scripts) {
    it(
      name,
      async () => {
        for (const { program, wanted, line } of expectations) {
          const interpreted = await runProgram(program, INTERPRETED);
          for (const configuration of COMPILED) {
            const internals = { ...configuration.internals, onCompiled: count };
            const outcome = await runProgram(program, { ...configuration, internals });
            const where = `${name}.bl:${line}, ${configuration.name}`;
            expect(differencesOf(outcome, wanted), where).toBeUndefined();
            expect(outcome, where).toEqual(interpreted);
          }
          await leaveEverywhere(program, interpreted, `${name}.bl:${line}`);
        }
      },
      SCRIPT_TIMEOUT_MS,
    );
  }

  afterAll(() => {
    // Nothing above says anything of compiled code unless there was some, and it was left.
    expect(seen.units).toBeGreaterThan(3 * scripts.length);
    expect(seen.loops).toBeGreaterThan(scripts.length / 4);
    expect(seen.places).toBeGreaterThan(7 * scripts.length);
    // A loop that never goes round has no way back in its code; two scripts have one.
    const { layout = 0, ...others } = Object.fromEntries(seen.refusals);
    expect(others).toEqual({});
    expect(layout).toBeLessThan(20);
  });
});
