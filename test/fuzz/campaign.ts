/** Many random programs through every configuration, with an account of what they were made of. */

import { notationText } from '../../src/formats/notation.ts';
import { createHost, type Host, type InternalOptions } from '../../src/index.ts';
import { firstTransformOf } from '../support/run-program.ts';
import { Coverage } from './coverage.ts';
import {
  type Comparison,
  type Difference,
  Differential,
  errorOutcome,
  fuzzGrants,
  LIMITS,
  type Variant,
} from './differential.ts';
import { minimise } from './minimise.ts';
import { constructsOf, type FuzzProgram, markedSourceOf, randomProgram } from './programs.ts';
import { type NamedStyle, STYLES } from './styles.ts';
import { type Part, render } from './tree.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly programs: number;
  /** Number of the first program. */
  readonly from?: number;
  readonly variants?: readonly Variant[];
  /** Every how manieth program is also run with marks, for the account. */
  readonly markedEvery?: number;
  readonly maxFailures?: number;
  /** Milliseconds after which no further program is made. */
  readonly deadlineMs?: number;
  readonly onProgress?: (done: number) => void;
}

export interface CampaignReport {
  readonly coverage: Coverage;
  /** Each with seed, number, smallest program, input and what differs. */
  readonly failures: readonly string[];
  /** Programs of the generator that do not load, which it promises to make rarely, and why. */
  readonly refusals: readonly string[];
  /** The longest time that one program took, all its runs together. */
  readonly slowestMs: number;
  readonly slowest: string;
}

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, programs, from = 0, markedEvery = 5, maxFailures = 3 } = options;
  const endsAt = performance.now() + (options.deadlineMs ?? Number.POSITIVE_INFINITY);
  const coverage = new Coverage();
  const differential = new Differential(options.variants);
  const marked = new MarkedRuns(coverage);
  const failures: string[] = [];
  const refusals: string[] = [];
  let slowestMs = 0;
  let slowest = '';
  for (let number = from; number < from + programs && failures.length < maxFailures; number++) {
    if (performance.now() > endsAt) break;
    const program = randomProgram(seed, number);
    const startedAt = performance.now();
    coverage.produced(constructsOf(program));
    const comparisons = await compare(differential, program, program.tree, program.inputs);
    for (const { outcome } of comparisons) coverage.ended(endingOf(outcome));
    const [first] = comparisons;
    if (first?.outcome.kind === 'load') refusals.push(`seed ${seed}, program ${number}: ${first.outcome.text}`);
    const failed = comparisons.find(({ difference }) => difference !== undefined);
    const style = STYLES[number % STYLES.length] as NamedStyle;
    if (failed !== undefined) failures.push(await failureText(differential, program, [failed.input], undefined));
    else if ((await styleDifference(differential, program, program.tree, comparisons, style)) !== undefined)
      failures.push(await failureText(differential, program, program.inputs, style));
    const spentMs = performance.now() - startedAt;
    if (spentMs > slowestMs) [slowestMs, slowest] = [spentMs, `seed ${seed}, program ${number}`];
    if (number % markedEvery === 0) await marked.run(program);
    options.onProgress?.(number - from + 1);
  }
  await differential.close();
  await marked.close();
  return { coverage, failures, refusals, slowestMs, slowest };
}

function compare(
  d: Differential,
  program: FuzzProgram,
  tree: Part,
  inputs: readonly unknown[],
): Promise<readonly Comparison[]> {
  return d.compare({ source: render(tree), inputs, waits: program.waits, number: program.number });
}

async function styleDifference(
  d: Differential,
  program: FuzzProgram,
  tree: Part,
  comparisons: readonly Comparison[],
  style: NamedStyle,
): Promise<Difference | undefined> {
  const source = render(tree, style.make(program.number));
  const subject = { source, inputs: comparisons.map(({ input }) => input), waits: program.waits };
  return d.compareStyle(
    subject,
    style.name,
    comparisons.map(({ outcome }) => outcome),
  );
}

function endingOf(outcome: Comparison['outcome']): string {
  const code = /^\w+ (MR\d{4})/.exec(outcome.text)?.[1];
  return outcome.kind === 'load' || outcome.kind === 'value' || code === undefined
    ? outcome.kind
    : `${outcome.kind} ${code}`;
}

/** The smallest program found that fails the same way, and how. */
export async function failureText(
  d: Differential,
  program: FuzzProgram,
  inputs: readonly unknown[],
  style: NamedStyle | undefined,
): Promise<string> {
  const differenceOf = async (tree: Part): Promise<Difference | undefined> => {
    const comparisons = await compare(d, program, tree, inputs);
    const found = comparisons.find(({ difference }) => difference !== undefined)?.difference;
    return found ?? (style === undefined ? undefined : styleDifference(d, program, tree, comparisons, style));
  };
  const tree = await minimise(program.tree, async (candidate) => (await differenceOf(candidate)) !== undefined);
  const difference = await differenceOf(tree);
  return [
    `seed ${program.seed}, program ${program.number}: ${difference?.variant} differs`,
    `expected ${difference?.expected.slice(0, 2000)}`,
    `actual   ${difference?.actual.slice(0, 2000)}`,
    `inputs   ${inputs.map(notationText).join('\n         ').slice(0, 2000)}`,
    render(tree),
    ...(style === undefined ? [] : [`written as\n${render(tree, style.make(program.number))}`]),
  ].join('\n');
}

/** Runs programs that report what they execute. */
class MarkedRuns {
  readonly #coverage: Coverage;
  readonly #hosts: readonly [optimised: Host, debug: Host];

  constructor(coverage: Coverage) {
    this.#coverage = coverage;
    const grants = { ...fuzzGrants(), 'host:marks': coverage.capability };
    const { countOpcodes } = coverage;
    const limits = { ...LIMITS, fuel: 1_000_000, memory: 32 << 20 };
    const host = (internals: InternalOptions) =>
      createHost({ internals, limits, grants, timer: () => Promise.resolve() });
    this.#hosts = [host({ countOpcodes }), host({ countOpcodes, optimise: false, debug: true })];
  }

  async run(program: FuzzProgram): Promise<void> {
    const [optimised, debug] = this.#hosts;
    await this.#runOn(optimised, render(program.tree), program);
    await this.#runOn(debug, render(program.tree), program);
    const marked = markedSourceOf(program, this.#coverage.marks);
    await this.#runOn(program.number % 4 < 2 ? optimised : debug, marked, program);
  }

  async #runOn(host: Host, source: string, { inputs }: FuzzProgram): Promise<void> {
    const module = await unlessItFails(() => host.load(source));
    if (module === undefined) return;
    for (const input of inputs) {
      await unlessItFails(async () => {
        let run = await module.start(firstTransformOf(module), input);
        for (let n = 0; n < 5 && run.state === 'suspended'; n++) run = await run.resume(n);
      });
    }
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.close();
  }
}

/** Undefined for what may go wrong with a program. */
async function unlessItFails<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (errorOutcome(error).kind === 'broken') throw error;
    return undefined;
  }
}
