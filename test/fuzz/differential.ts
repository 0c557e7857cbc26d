/**
 * Runs one program in every configuration and says where they differ. All must agree in value (kinds, −0, scale and order
 * of keys count) or in code, class, type, message and place of the error.
 *
 * Fuel and memory of an optimised and an unoptimised compilation differ, so a run that ends at one of these limits is only
 * compared with runs of the same bytecode.
 */

import { findingsOf, placeOf } from '../../src/cli/script-run.ts';
import { notationText } from '../../src/formats/notation.ts';
import {
  capability,
  createHost,
  type GrantTable,
  type Host,
  type InternalOptions,
  type Limits,
  LoadError,
  type LoadedModule,
  MillraceError,
  RunError,
  type StartedRun,
  UsageError,
} from '../../src/index.ts';
import { STANDARD } from '../../src/std/index.ts';
import { COMPILED, CONFIGURATIONS } from '../support/configurations.ts';
import { firstTransformOf } from '../support/run-program.ts';

/** What the runs of one program on one input came to, as text: equal texts are equal outcomes. */
export interface Outcome {
  readonly kind: 'value' | 'fault' | 'limit' | 'load' | 'broken';
  readonly text: string;
  /** The text without the place of an error, where that is another text. */
  readonly placeless?: string;
  /** Fuel and memory that the run was charged. */
  readonly cost?: string | undefined;
}

export interface Variant {
  readonly name: string;
  readonly internals: InternalOptions;
  readonly jit?: 'eager' | 'off';
  /** Variants of one group run the same bytecode. */
  readonly group: string;
  /** Runs again on the same module, to see that nothing of the first run is left. */
  readonly isRepeated: boolean;
  readonly isAsync: boolean;
  /** A bug to plant, for the test of the test. */
  readonly distort?: (value: unknown) => unknown;
}

export interface Subject {
  readonly source: string;
  readonly inputs: readonly unknown[];
  /** Started and resumed instead of run. */
  readonly waits: boolean;
  /** Compiling takes longer than running: with a number, only one of the ways to compile is tried, in turn. */
  readonly number?: number;
}

export interface Difference {
  readonly variant: string;
  readonly expected: string;
  readonly actual: string;
}

export interface Comparison {
  readonly input: unknown;
  /** Of the first variant. */
  readonly outcome: Outcome;
  readonly difference: Difference | undefined;
}

export const LIMITS: Partial<Limits> = { fuel: 200_000, memory: 8 << 20, deadlineMs: 60_000 };

/** What the run that ended last was charged. */
let lastCost = '';

const ANSWERS: readonly unknown[] = [1, 'answer', [1, 2], null, { a: 1 }];
const MAX_ANSWERS = 12;

/** All are loaded from text. */
const FROM_TEXT = [...CONFIGURATIONS, ...COMPILED].filter(({ form }) => form === undefined);

export const VARIANTS: readonly Variant[] = FROM_TEXT.flatMap(({ name, internals, jit }) => {
  const isSame = internals.optimise !== false && internals.debug !== true;
  const base: Variant = {
    name,
    internals,
    jit: jit ?? 'off',
    group: isSame ? 'optimised' : internals.optimise === false ? 'unoptimised' : name,
    isRepeated: name === 'optimised',
    isAsync: false,
  };
  return internals.fuelSlice === 1 && jit === undefined
    ? [base, { ...base, name: `${name}, asynchronous`, isAsync: true }]
    : [base];
});

const ANY_TIME = '2026-11-21T10:00:00.000Z';

/** Grants of `host:fuzz` and of every capability that a standard function brings along; `onCall` sees what `host:fuzz` gets. */
export function fuzzGrants(onCall: (...args: readonly unknown[]) => void = () => {}): GrantTable {
  const call = (first: unknown, ...others: readonly unknown[]): unknown => {
    onCall(first, ...others);
    return first;
  };
  const echo = { params: ['any'], effect: 'pure', call } as const;
  const put = { params: ['any', 'any'], effect: 'write', call } as const;
  const grants: Record<string, GrantTable[string]> = { 'host:fuzz': capability('host:fuzz', { echo, put }) };
  const implied = new Map<string, string[]>();
  for (const row of STANDARD.values()) {
    if (row.kind === 'implied') implied.set(row.uri, [...(implied.get(row.uri) ?? []), row.member]);
  }
  for (const [uri, members] of implied) {
    grants[uri] = capability(uri, Object.fromEntries(members.map((m) => [m, () => (m === 'random' ? 0.5 : ANY_TIME)])));
  }
  return grants;
}

/** Holds one host for each variant, so that thousands of programs share them. */
export class Differential {
  readonly #variants: readonly Variant[];
  readonly #hosts = new Map<InternalOptions, Host>();
  readonly #grants = fuzzGrants();

  constructor(variants: readonly Variant[] = VARIANTS) {
    this.#variants = variants;
  }

  /** One comparison for each input, up to the first that finds a difference. */
  async compare(subject: Subject): Promise<readonly Comparison[]> {
    const modules = new Map<InternalOptions, LoadedModule | Outcome>();
    const variants = inTurn(this.#variants, subject.number);
    for (const variant of variants) {
      const { internals } = variant;
      if (!modules.has(internals)) modules.set(internals, await this.#load(variant, subject.source));
    }
    const comparisons: Comparison[] = [];
    for (const input of subject.inputs) {
      const comparison = await this.#compareOn(variants, modules, subject, input);
      comparisons.push(comparison);
      if (comparison.difference !== undefined) break;
    }
    return comparisons;
  }

  /** Compares another way to write the program with what the program itself came to; places and limits may differ. */
  async compareStyle(subject: Subject, name: string, outcomes: readonly Outcome[]): Promise<Difference | undefined> {
    const variant: Variant = { name, internals: {}, group: name, isRepeated: false, isAsync: false };
    const loaded = await this.#load(this.#variants[0] ?? variant, subject.source);
    for (const [i, expected] of outcomes.entries()) {
      const input = subject.inputs[i];
      const outcome = 'kind' in loaded ? loaded : await observe(loaded, { input, waits: subject.waits }, variant);
      const isTooDeep = outcome.kind === 'load' && outcome.text.includes('MR1003');
      if (expected.kind === 'limit' || expected.kind === 'load' || outcome.kind === 'limit' || isTooDeep) continue;
      if (placeless(outcome) === placeless(expected)) continue;
      return { variant: name, expected: expected.text, actual: outcome.text };
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts.values()) await host.close();
    this.#hosts.clear();
  }

  async #compareOn(
    variants: readonly Variant[],
    modules: ReadonlyMap<InternalOptions, LoadedModule | Outcome>,
    { waits }: Subject,
    input: unknown,
  ): Promise<Comparison> {
    const seen = new Map<string, Outcome>();
    let first: Outcome | undefined;
    for (const variant of variants) {
      const { internals, group, name } = variant;
      const loaded = modules.get(internals) as LoadedModule | Outcome;
      const outcome = 'kind' in loaded ? loaded : await observe(loaded, { input, waits }, variant);
      first ??= outcome;
      const known = seen.get(group);
      // Another compilation is charged otherwise.
      const expected = known ?? { ...first, cost: outcome.cost };
      const isComparable = known !== undefined || (outcome.kind !== 'limit' && first.kind !== 'limit');
      if (!seen.has(group)) seen.set(group, outcome);
      const isSame = outcome.text === expected.text && (outcome.cost === expected.cost || variant.isAsync);
      if (outcome.kind === 'broken' || (isComparable && !isSame)) {
        return {
          input,
          outcome: first,
          difference: { variant: name, expected: told(expected), actual: told(outcome) },
        };
      }
    }
    return { input, outcome: first as Outcome, difference: undefined };
  }

  async #load(variant: Variant, source: string): Promise<LoadedModule | Outcome> {
    try {
      return await this.#host(variant).load(source);
    } catch (error) {
      return errorOutcome(error);
    }
  }

  #host({ internals, jit }: Variant): Host {
    const known = this.#hosts.get(internals);
    if (known !== undefined) return known;
    const timer = () => Promise.resolve();
    const host = createHost({
      internals,
      limits: LIMITS,
      grants: this.#grants,
      timer,
      ...(jit === undefined ? {} : { jit }),
      onUsage: ({ fuel, memory }) => {
        lastCost = `${fuel} fuel, ${memory} bytes`;
      },
    });
    this.#hosts.set(internals, host);
    return host;
  }
}

function inTurn(variants: readonly Variant[], number: number | undefined): readonly Variant[] {
  const compiled = variants.filter(({ jit }) => jit === 'eager');
  if (number === undefined || compiled.length === 0) return variants;
  const chosen = compiled[number % compiled.length];
  return variants.filter((variant) => variant.jit !== 'eager' || variant === chosen);
}

function told({ text, cost }: Outcome): string {
  return `${text} (${cost ?? 'no cost'})`;
}

interface Situation {
  readonly input: unknown;
  readonly waits: boolean;
}

async function observe(module: LoadedModule, subject: Situation, variant: Variant): Promise<Outcome> {
  const before = notationText(subject.input);
  const outcome = await attempt(module, subject, variant);
  if (variant.isRepeated) {
    const again = await attempt(module, subject, variant);
    if (again.text !== outcome.text) return broken(`a second run gives ${again.text} after ${outcome.text}`);
  }
  const after = notationText(subject.input);
  return after === before ? outcome : broken(`the input was changed from ${before} to ${after}`);
}

async function attempt(module: LoadedModule, subject: Situation, variant: Variant): Promise<Outcome> {
  const { input, waits } = subject;
  const { distort } = variant;
  try {
    const name = firstTransformOf(module);
    const value = waits
      ? await converse(await module.start(name, input))
      : variant.isAsync
        ? await module.runAsync(name, input)
        : module.run(name, input);
    return { kind: 'value', text: notationText(distort === undefined ? value : distort(value)), cost: lastCost };
  } catch (error) {
    return { ...errorOutcome(error), cost: lastCost };
  }
}

/** Answers every request; what was asked for is part of the outcome. */
async function converse(started: StartedRun): Promise<unknown> {
  const requests: unknown[] = [];
  let run = started;
  while (run.state === 'suspended' && requests.length < MAX_ANSWERS) {
    requests.push(run.request);
    run = await run.resume(ANSWERS[requests.length % ANSWERS.length]);
  }
  return { state: run.state, requests, value: run.state === 'done' ? run.value : null };
}

export function errorOutcome(error: unknown): Outcome {
  if (!(error instanceof MillraceError)) return broken(`an exception: ${stackOf(error)}`);
  const { name, code, message } = error;
  if (code.startsWith('MR9') || error instanceof UsageError)
    return broken(`${code} ${message} ${stackOf(error.cause)}`);
  if (error instanceof LoadError) return { kind: 'load', text: `load ${JSON.stringify(findingsOf(error))}` };
  const type = error instanceof RunError ? error.type : '';
  return {
    kind: code.startsWith('MR5') ? 'limit' : 'fault',
    text: `${name} ${code} ${type} @${placeOf(error)} ${message}`,
    placeless: `${name} ${code} ${type} ${message}`,
  };
}

function placeless(outcome: Outcome): string {
  return outcome.placeless ?? outcome.text;
}

function broken(text: string): Outcome {
  return { kind: 'broken', text };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
