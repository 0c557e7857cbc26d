/** Runs every script of this folder in every configuration; its comments say what must come out. */
import { describe, expect, it } from 'vitest';
import { parseScript } from '../../src/cli/script.ts';
import { differencesOf } from '../../src/cli/script-report.ts';
import { CONFIGURATIONS } from '../support/configurations.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { isComparable, type Outcome, runProgram } from '../support/run-program.ts';

const SCRIPT_TIMEOUT_MS = 10_000;
const scripts = readLangScripts();

describe('language scripts', () => {
  it('are many, and each one expects something', () => {
    expect(scripts.length).toBeGreaterThanOrEqual(120);
    expect(scripts.filter((script) => script.expectations.length === 0).map((script) => script.name)).toEqual([]);
  });

  for (const { name, expectations } of scripts) {
    it(
      name,
      async () => {
        for (const { program, wanted, line } of expectations) {
          const outcomes = await Promise.all(CONFIGURATIONS.map((configuration) => runProgram(program, configuration)));
          for (const [i, configuration] of CONFIGURATIONS.entries()) {
            const outcome = outcomes[i] as Outcome;
            if (!isComparable(outcomes[0] as Outcome, configuration)) continue;
            const where = `${name}.bl:${line}, ${configuration.name}`;
            expect(differencesOf(outcome, wanted), where).toBeUndefined();
            expect(outcome, `${where} against ${CONFIGURATIONS[0]?.name}`).toEqual(outcomes[0]);
          }
        }
      },
      SCRIPT_TIMEOUT_MS,
    );
  }
});

describe('the script runner', () => {
  const firstOf = (source: string) => {
    const [expectation] = parseScript(source);
    const [configuration] = CONFIGURATIONS;
    if (expectation === undefined || configuration === undefined) throw new Error('the script expects nothing');
    return { expectation, configuration };
  };

  it.each([
    ['a wrong value', '// expect: {"v":3}\nOUTPUT { v: 2 }'],
    ['a wrong order of keys', '// expect: {"a":1,"b":2}\nOUTPUT { b: 2, a: 1 }'],
    ['a wrong code', '// expect error: MR6004\nOUTPUT { v: 1 // 0 }'],
    ['a wrong message', '// expect error: MR6003 IllegalArgumentException Division by one\nOUTPUT { v: 1 // 0 }'],
    ['a wrong line', '// expect error: MR6003 @1\nOUTPUT { v: 1 // 0 }'],
    ['a missing finding', '// expect load: MR2001\nOUTPUT { v: 1 }'],
    ['an error where a value should be', '// expect: null\nOUTPUT { v: 1 // 0 }'],
  ])('notices %s', async (_, source) => {
    const { expectation, configuration } = firstOf(source);
    expect(differencesOf(await runProgram(expectation.program, configuration), expectation.wanted)).toBeDefined();
  });
});
