/**
 * Random programs interpreted and compiled, nothing else: value, error, place, fuel and memory must agree. The other campaign
 * (campaign.ts) compares more ways to run fewer programs.
 */
import type { InternalOptions } from '../../src/index.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import { failureText } from './campaign.ts';
import { Coverage } from './coverage.ts';
import { Differential, type Variant } from './differential.ts';
import { constructsOf, randomProgram, sourceOf } from './programs.ts';

const INPUTS = 5;

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
  readonly programs: number;
  readonly units: number;
  readonly loops: number;
  /** Why units and loops were not compiled. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** A unit may be too large, or have a shape with no way back; anything else is a fault of the compiler. */
const ALLOWED_REFUSALS: ReadonlySet<string> = new Set(['size', 'layout']);

export async function compareTiers(options: TierOptions): Promise<TierReport> {
  const { seed, programs, from = 0, maxFailures = 3, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const endsAt = performance.now() + deadlineMs;
  const coverage = new Coverage();
  const failures: string[] = [];
  const refusals = new Map<string, number>();
  const seen = { programs: 0, units: 0, loops: 0 };
  let refused = '';
  const onCompiled = ({ refusal, loop }: TierEvent): void => {
    if (refusal === null) seen[loop === null ? 'units' : 'loops']++;
    else {
      refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
      if (!ALLOWED_REFUSALS.has(refusal)) refused = refusal;
    }
  };
  const differential = new Differential(variants(onCompiled, options.distort));
  for (let number = from; number < from + programs && failures.length < maxFailures; number++) {
    if (performance.now() > endsAt) break;
    const program = randomProgram(seed, number, INPUTS);
    // What may wait is interpreted.
    if (program.waits) continue;
    seen.programs++;
    coverage.produced(constructsOf(program));
    const { inputs, waits } = program;
    const comparisons = await differential.compare({ source: sourceOf(program), inputs, waits, number });
    for (const { outcome } of comparisons) coverage.ended(outcome.kind);
    const failed = comparisons.find(({ difference }) => difference !== undefined);
    if (failed !== undefined) failures.push(await failureText(differential, program, [failed.input], undefined));
    else if (refused !== '') failures.push(`seed ${seed}, program ${number} is refused by the compiler: ${refused}`);
    refused = '';
    options.onProgress?.(number - from + 1);
  }
  await differential.close();
  return { coverage, failures, refusals, ...seen };
}

function variants(onCompiled: (event: TierEvent) => void, distort: TierOptions['distort']): readonly Variant[] {
  const variant = (name: string, internals: InternalOptions, jit: 'eager' | 'off'): Variant => ({
    name,
    internals,
    jit,
    group: 'same',
    isRepeated: false,
    isAsync: false,
  });
  const compiled = (name: string, internals: InternalOptions): Variant => ({
    ...variant(name, { ...internals, onCompiled }, 'eager'),
    ...(distort === undefined ? {} : { distort }),
  });
  return [
    variant('interpreted', {}, 'off'),
    compiled('compiled', {}),
    compiled('compiled, fuel by the unit', { fuelSlice: 1 }),
    compiled('compiled loops', { jitLoopsOnly: true }),
  ];
}

export function formatTiers({ programs, units, loops, refusals, coverage }: TierReport): string {
  const reasons = [...refusals].map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none';
  const endings = [...coverage.endings].map(([ending, count]) => `${ending} ${count}`).join(', ');
  return `${programs} programs with ${INPUTS} inputs each: ${endings}; ${units} units and ${loops} loops compiled, refused: ${reasons}`;
}
