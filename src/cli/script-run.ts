/**
 * Runs the program of a test script and reports everything that a test may compare: the value, or the error with its code,
 * type, message and place, or what loading found. Nothing of the world outside gets in: the clock stands still, nobody
 * waits, shared state starts empty.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Limits } from '../base/limits.ts';
import type { ModuleSource } from '../engine/admission.ts';
import { LoadError, MillraceError, RunError } from '../engine/errors.ts';
import { capability, createHost, sharedState } from '../engine/host.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import type { HostOptions, InternalOptions } from '../engine/options.ts';
import type { StartedRun } from '../engine/started-run.ts';
import { fromNotation, type Notation, notationText, toNotation } from '../formats/notation.ts';
import { printedLine } from '../formats/printed.ts';
import type { Finding, LoadOutcome, Outcome, ScriptProgram, ValueOutcome } from './script.ts';

export interface ScriptOptions {
  readonly internals?: InternalOptions;
  readonly jit?: HostOptions['jit'];
  readonly onUsage?: HostOptions['onUsage'];
  /** Through `runAsync` even if the program does not say that it may wait. */
  readonly isAsync?: boolean;
  /** What is loaded in place of the text. */
  readonly inForm?: (text: string, name: string) => ModuleSource;
}

/** A program that may be run any number of times; each run starts anew. */
export interface LoadedScript {
  readonly kind: 'loaded';
  /** Under other limits than those that it names, where some are given. */
  run(limits?: Partial<Limits>): Promise<Outcome>;
  close(): Promise<void>;
}

const STILL_TIME = '2026-01-01T00:00:00Z';

/** What the world outside saw of one run. */
interface Observed {
  readonly printed: string[];
  readonly waits: number[];
  readonly store: MemoryStore;
}

export async function loadScript(program: ScriptProgram, options: ScriptOptions): Promise<LoadedScript | LoadOutcome> {
  const observed: Observed = { printed: [], waits: [], store: new MemoryStore() };
  const host = createHost({
    ...(options.internals === undefined ? {} : { internals: options.internals }),
    ...(options.jit === undefined ? {} : { jit: options.jit }),
    ...(options.onUsage === undefined ? {} : { onUsage: options.onUsage }),
    timer: async (milliseconds) => {
      observed.waits.push(milliseconds);
    },
  });
  try {
    const grants = grantsFor(program, observed);
    const name = program.name ?? 'program.bl';
    const module = await host.load(options.inForm?.(program.source, name) ?? program.source, { id: name, grants });
    return {
      kind: 'loaded',
      run: (limits) => runOnce(module, limitedTo(program, limits), options, observed),
      close: () => host.close(),
    };
  } catch (error) {
    await host.close();
    if (error instanceof LoadError) return { kind: 'load', findings: findingsOf(error) };
    throw error;
  }
}

function grantsFor(program: ScriptProgram, observed: Observed) {
  const print = (...values: readonly unknown[]) => {
    observed.printed.push(...values.map(printedLine));
    return null;
  };
  const known = {
    'host:console': capability('host:console', { print }),
    'host:clock': capability('host:clock', { now: () => program.clock ?? STILL_TIME }),
    'host:shared': sharedState(observed.store),
  };
  const wanted = new Set(['host:shared', ...(program.grants ?? [])]);
  return Object.fromEntries(Object.entries(known).filter(([uri]) => wanted.has(uri)));
}

function limitedTo(program: ScriptProgram, limits: Partial<Limits> | undefined): ScriptProgram {
  return limits === undefined ? program : { ...program, limits: { ...program.limits, ...limits } };
}

/** A change of the input is an outcome of its own, so that no test can overlook it. */
async function runOnce(
  module: LoadedModule,
  program: ScriptProgram,
  options: ScriptOptions,
  observed: Observed,
): Promise<Outcome> {
  emptyStore(observed.store);
  observed.printed.length = 0;
  observed.waits.length = 0;
  const input = program.input === undefined ? undefined : fromNotation(program.input);
  const before = notationText(input);
  const outcome = await outcomeOf(module, program, options, input, observed);
  if (notationText(input) === before) return outcome;
  return { kind: 'broken', reason: `the input was changed from ${before} to ${notationText(input)}` };
}

async function outcomeOf(
  module: LoadedModule,
  program: ScriptProgram,
  { isAsync = false }: ScriptOptions,
  input: unknown,
  observed: Observed,
): Promise<Outcome> {
  // Without options a call is made as a host makes its second one: in the record of the one before.
  const options = program.limits === undefined ? undefined : { limits: program.limits };
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
    const waits = isAsync || program.mayWait === true;
    const value = waits ? await module.runAsync(exportName, input, options) : module.run(exportName, input, options);
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

/** The place of an error's first diagnostic; empty when it has none. */
export function placeOf(error: MillraceError): string {
  const first = error.diagnostics[0];
  return first === undefined ? '' : placeOfDiagnostic(first);
}

export function findingsOf(error: MillraceError): readonly Finding[] {
  return error.diagnostics.map((d) => ({
    code: d.code,
    severity: d.severity,
    message: d.message,
    place: placeOfDiagnostic(d),
  }));
}

function placeOfDiagnostic(diagnostic: Diagnostic): string {
  const label = diagnostic.labels.find((l) => l.primary) ?? diagnostic.labels[0];
  if (label === undefined) return '';
  const { line, column } = diagnostic.source.positionAt(label.span.start);
  return `${line}:${column}`;
}

/** Deletes every key; the resources stay. */
function emptyStore(store: MemoryStore): void {
  const delta = Object.entries(store.snapshot()).map(([resource, values]) => [
    resource,
    Object.fromEntries(Object.keys(values).map((key) => [key, null])),
  ]);
  store.commit(Object.fromEntries(delta));
}
