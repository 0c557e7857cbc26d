/**
 * Many small random programs, compiled and interpreted: value, error, place, effects, fuel and memory must agree. The other
 * campaign (campaign.ts) compares more ways to run fewer and larger programs.
 */
import { setImmediate } from 'node:timers/promises';
import { notationText } from '../../src/formats/notation.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import { loadHashLibrary } from '../../src/std/hash-library.ts';
import { loadPatternLibrary } from '../../src/std/pattern-library.ts';
import { loadDecimalLibrary } from '../../src/value/decimal-library.ts';
import { Coverage } from './coverage.ts';
import { minimise } from './minimise.ts';
import { constructsOf, type FuzzProgram, randomProgram, SMALL } from './programs.ts';
import { type Part, render } from './tree.ts';
import { type Difference, TwoTiers, type Way } from './two-tiers.ts';

export interface TierOptions {
  readonly seed: number;
  readonly programs: number;
  /** Number of the first program. */
  readonly from?: number;
  readonly maxFailures?: number;
  /** Milliseconds after which no further program is made. */
  readonly deadlineMs?: number;
  readonly onProgress?: (done: number) => void;
  /** A bug to plant, for the test of the test. */
  readonly distort?: (value: unknown) => unknown;
}

export interface TierReport {
  readonly coverage: Coverage;
  readonly failures: readonly string[];
  /** Those that loaded. */
  readonly programs: number;
  readonly units: number;
  readonly loops: number;
  /** Why units and loops were not compiled. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** In turn, one for each program: compiling takes longer than running. */
const WAYS: readonly Way[] = [
  { name: 'compiled', loopsOnly: false },
  { name: 'compiled, fuel by the unit', loopsOnly: false, fuelSlice: 1 },
  { name: 'compiled loops', loopsOnly: true },
  { name: 'compiled loops that are left', loopsOnly: true, leavesEach: 40 },
];

/** A unit may be too large, or have a shape with no way back; anything else is a fault of the compiler. */
const ALLOWED_REFUSALS: ReadonlySet<string> = new Set(['size', 'layout']);

/** Programs between two turns of the event loop, which whoever watches the process needs. */
const BATCH = 100;

export async function compareTiers(options: TierOptions): Promise<TierReport> {
  const { seed, programs, from = 0, maxFailures = 3, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const endsAt = performance.now() + deadlineMs;
  await Promise.all([loadPatternLibrary(), loadHashLibrary(), loadDecimalLibrary()]);
  const coverage = new Coverage();
  const comparer = new Comparer(coverage, options.distort);
  const failures: string[] = [];
  for (let number = from; number < from + programs && failures.length < maxFailures; number++) {
    if (performance.now() > endsAt) break;
    if (number % BATCH === 0) await setImmediate();
    const program = randomProgram(seed, number, SMALL);
    coverage.produced(constructsOf(program));
    if (comparer.compare(program, program.tree) !== undefined) failures.push(await failureText(comparer, program));
    options.onProgress?.(number - from + 1);
  }
  return { coverage, failures, refusals: comparer.refusals, ...comparer.seen };
}

interface Finding {
  readonly what: string;
  readonly difference?: Difference;
}

/** Compares programs in each way in turn, and counts what was compiled. */
class Comparer {
  readonly refusals = new Map<string, number>();
  readonly seen = { programs: 0, units: 0, loops: 0 };
  readonly #coverage: Coverage;
  readonly #tiers: readonly TwoTiers[];
  #refused = '';

  constructor(coverage: Coverage, distort: TierOptions['distort']) {
    this.#coverage = coverage;
    const { countOpcodes } = coverage;
    const onCompiled = (event: TierEvent): void => this.#note(event);
    this.#tiers = WAYS.map((way) => new TwoTiers(way, { onCompiled, countOpcodes, distort }));
  }

  /** `tree` in place of the program's own: undefined when the tiers agree, or when it does not load. */
  compare({ number, inputs }: FuzzProgram, tree: Part): Finding | undefined {
    const way = number % WAYS.length;
    this.#refused = '';
    const comparison = this.#tiers[way]?.compare(render(tree), inputs) ?? null;
    if (comparison === null) return undefined;
    this.seen.programs++;
    for (const ending of comparison.endings) this.#coverage.ended(ending);
    const { difference } = comparison;
    if (difference !== undefined) return { what: `${WAYS[way]?.name} differs`, difference };
    return this.#refused === '' ? undefined : { what: `the compiler refuses it: ${this.#refused}` };
  }

  #note({ refusal, loop }: TierEvent): void {
    if (refusal === null) this.seen[loop === null ? 'units' : 'loops']++;
    else {
      this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
      if (!ALLOWED_REFUSALS.has(refusal)) this.#refused = refusal;
    }
  }
}

/** The smallest program found that fails, and how. */
async function failureText(comparer: Comparer, program: FuzzProgram): Promise<string> {
  const tree = await minimise(program.tree, async (part) => comparer.compare(program, part) !== undefined);
  const finding = comparer.compare(program, tree);
  const { limits, input, interpreted, compiled } = finding?.difference ?? {};
  return [
    `seed ${program.seed}, program ${program.number}: ${finding?.what}`,
    `interpreted ${interpreted?.slice(0, 2000)}`,
    `compiled    ${compiled?.slice(0, 2000)}`,
    `input       ${notationText(input).slice(0, 2000)}`,
    `limits      ${JSON.stringify(limits)}`,
    render(tree),
  ].join('\n');
}

export function formatTiers({ programs, units, loops, refusals, coverage }: TierReport): string {
  const reasons = [...refusals].map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none';
  const endings = [...coverage.endings].map(([ending, count]) => `${ending} ${count}`).join(', ');
  return `${programs} programs, ${SMALL.inputs} inputs each and two tight limits: ${endings}; ${units} units and ${loops} loops compiled, refused: ${reasons}`;
}
