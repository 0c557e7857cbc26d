/**
 * Runs one program in one configuration of the engine. It is run twice on the same module: a difference between the two
 * runs is an outcome of its own, so that no test can overlook it.
 */
import type { Outcome, ScriptProgram } from '../../src/cli/script.ts';
import { loadScript } from '../../src/cli/script-run.ts';
import type { Configuration } from './configurations.ts';
import { inForm } from './forms.ts';

export { firstTransformOf } from '../../src/cli/script-run.ts';
export type { Outcome };
export type Program = ScriptProgram;

export async function runProgram(program: Program, configuration: Configuration): Promise<Outcome> {
  const { internals, isAsync = false, form = 'source', jit } = configuration;
  const script = await loadScript(program, {
    ...(jit === undefined ? {} : { jit }),
    internals,
    isAsync,
    inForm: (text, name) => inForm(form, text, name),
  });
  if (script.kind === 'load') return script;
  try {
    const first = await script.run();
    const second = await script.run();
    if (JSON.stringify(first) === JSON.stringify(second)) return first;
    return {
      kind: 'broken',
      reason: `a second run of the module differs: ${JSON.stringify(second)} after ${JSON.stringify(first)}`,
    };
  } finally {
    await script.close();
  }
}

/** A program that must wait is refused by `run` only; any other has the same outcome in every configuration. */
export function isComparable(outcomeOfRun: Outcome, configuration: Configuration): boolean {
  return configuration.isAsync !== true || outcomeOfRun.kind !== 'error' || outcomeOfRun.code !== 'MR4010';
}
