/**
 * Runs one program in one configuration of the engine and reports everything a test may compare: the value, or the error
 * with its code, type, message and place, or what loading found.
 *
 * A program is run twice on the same module and its input is compared with its former self: a difference between the
 * two runs or a change of the input is an outcome of its own, so that no test can overlook it.
 */

import { printedLine } from '../../src/formats/printed.ts';
import {
  capability,
  createHost,
  type Limits,
  LoadError,
  type LoadedModule,
  MemoryStore,
  MillraceError,
  RunError,
  type StartedRun,
  sharedState,
} from '../../src/index.ts';
import type { Configuration } from './configurations.ts';
import { fromNotation, type Notation, notationText, toNotation } from './notation.ts';
import { type Finding, findingsOf, placeOf } from './places.ts';

export type Outcome = ValueOutcome | ErrorOutcome | LoadOutcome | BrokenOutcome;

export interface ValueOutcome {
  readonly kind: 'value';
  readonly value: Notation;
  readonly printed: readonly string[];
  /** What the program asked for with SUSPEND. */
  readonly requests: readonly Notation[];
  /** How long BACKOFF wanted to wait, in milliseconds; the tests do not wait. */
  readonly waits: readonly number[];
}

export interface ErrorOutcome {
  readonly kind: 'error';
  /** The class of the error as the host sees it. */
  readonly name: string;
  readonly code: string;
  /** The class name that programs see; empty for what they cannot catch. */
  readonly type: string;
  readonly message: string;
  /** `line:column`, or empty when the error has no place. */
  readonly place: string;
}

export interface LoadOutcome {
  readonly kind: 'load';
  readonly findings: readonly Finding[];
}

/** A promise of the engine that no program may break. */
export interface BrokenOutcome {
  readonly kind: 'broken';
  readonly reason: string;
}

export interface Program {
  readonly source: string;
  readonly input?: Notation;
  readonly limits?: Partial<Limits>;
  /** Runs this export; the first one unless given. */
  readonly exportName?: string;
  /** `host:console` records what is printed; `host:shared` is granted anyway and starts empty. */
  readonly grants?: readonly string[];
  /** Answers to SUSPEND, in order; the program is then started instead of run. */
  readonly answers?: readonly Notation[];
  /** True for a program that may wait: every configuration then goes through `runAsync`. */
  readonly mayWait?: true;
}

/** What the world outside saw of one run. */
interface Observed {
  readonly printed: string[];
  readonly waits: number[];
  readonly store: MemoryStore;
}

export async function runProgram(program: Program, configuration: Configuration): Promise<Outcome> {
  const observed: Observed = { printed: [], waits: [], store: new MemoryStore() };
  const console = capability('host:console', {
    print: (...values: readonly unknown[]) => {
      observed.printed.push(...values.map(printedLine));
      return null;
    },
  });
  const host = createHost({
    internals: configuration.internals,
    timer: async (milliseconds) => {
      observed.waits.push(milliseconds);
    },
  });
  try {
    const shared = { 'host:shared': sharedState(observed.store) };
    const grants = program.grants?.includes('host:console') ? { ...shared, 'host:console': console } : shared;
    const module = await host.load(program.source, { id: 'program.bl', grants });
    const first = await attempt(module, program, configuration, observed);
    const second = await attempt(module, program, configuration, observed);
    if (JSON.stringify(first) === JSON.stringify(second)) return first;
    return {
      kind: 'broken',
      reason: `a second run of the module differs: ${JSON.stringify(second)} after ${JSON.stringify(first)}`,
    };
  } catch (error) {
    if (error instanceof LoadError) return { kind: 'load', findings: findingsOf(error) };
    throw error;
  } finally {
    await host.close();
  }
}

async function attempt(
  module: LoadedModule,
  program: Program,
  configuration: Configuration,
  observed: Observed,
): Promise<Outcome> {
  emptyStore(observed.store);
  observed.printed.length = 0;
  observed.waits.length = 0;
  const input = program.input === undefined ? undefined : fromNotation(program.input);
  const before = notationText(input);
  const outcome = await outcomeOf(module, program, configuration, input, observed);
  if (notationText(input) === before) return outcome;
  return { kind: 'broken', reason: `the input was changed from ${before} to ${notationText(input)}` };
}

async function outcomeOf(
  module: LoadedModule,
  program: Program,
  configuration: Configuration,
  input: unknown,
  observed: Observed,
): Promise<Outcome> {
  const options = program.limits === undefined ? {} : { limits: program.limits };
  const exportName = program.exportName ?? firstTransformOf(module);
  const valueOutcome = (value: unknown, requests: readonly Notation[]): ValueOutcome => ({
    kind: 'value',
    value: toNotation(value),
    printed: [...observed.printed],
    requests,
    waits: [...observed.waits],
  });
  try {
    if (program.answers !== undefined) {
      const requests: Notation[] = [];
      const run = await converse(await module.start(exportName, input, options), program.answers, requests);
      if (run.state === 'done') return valueOutcome(run.value, requests);
      return { kind: 'broken', reason: `still suspended after ${program.answers.length} answers` };
    }
    const isAsync = configuration.isAsync === true || program.mayWait === true;
    const value = isAsync ? await module.runAsync(exportName, input, options) : module.run(exportName, input, options);
    return valueOutcome(value, []);
  } catch (error) {
    return errorOutcome(error);
  }
}

async function converse(run: StartedRun, answers: readonly Notation[], requests: Notation[]): Promise<StartedRun> {
  let now = run;
  for (const answer of answers) {
    if (now.state !== 'suspended') break;
    requests.push(toNotation(now.request));
    now = await now.resume(fromNotation(answer));
  }
  return now;
}

/** Why by name: a text given alone would be taken for the name of an export. */
export function firstTransformOf(module: LoadedModule): string {
  return module.exports.find((e) => e.kind === 'transform')?.name ?? 'main';
}

function errorOutcome(error: unknown): Outcome {
  if (!(error instanceof MillraceError)) throw error;
  return {
    kind: 'error',
    name: error.name,
    code: error.code,
    type: error instanceof RunError ? (error.type ?? '') : '',
    message: error.message,
    place: placeOf(error),
  };
}

/** A program that must wait is refused by `run` only; any other has the same outcome in every configuration. */
export function isComparable(outcomeOfRun: Outcome, configuration: Configuration): boolean {
  return configuration.isAsync !== true || outcomeOfRun.kind !== 'error' || outcomeOfRun.code !== 'MR4010';
}

/** Deletes every key; the resources stay. */
function emptyStore(store: MemoryStore): void {
  const delta = Object.entries(store.snapshot()).map(([resource, values]) => [
    resource,
    Object.fromEntries(Object.keys(values).map((key) => [key, null])),
  ]);
  store.commit(Object.fromEntries(delta));
}
