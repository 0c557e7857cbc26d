/**
 * Modules changed by chance, whatever their form: refused with a typed reason, or verified and run within limits, watched
 * step by step, without an effect on the world that was not granted. Anything else is a failure, which seed and number
 * make again.
 */
import type { Refusal } from '../../src/verify/reasons.ts';
import type { VerifiedModule } from '../../src/verify/verified.ts';
import type { verifyModule } from '../../src/verify/verify.ts';
import { type Watched, watch } from '../support/paranoid.ts';
import { type HostileOptions, listing } from './hostile.ts';
import { deepFreeze, randomValue } from './inputs.ts';
import { Random } from './random.ts';
import { Recorder, Traps } from './recording.ts';
import { randomRecord } from './types.ts';
import { Machine } from './watched-run.ts';

export interface MutantOptions extends HostileOptions {
  /** Program texts to start from, beside generated ones. */
  readonly scripts: readonly string[];
}

/** How far mutants got. */
export type Stage = 'decoder' | 'checker' | 'verifier' | 'linker' | 'run';

export interface MutantReport {
  readonly mutants: number;
  /** Mutants by the stage that ended them and how; of `run`, runs. */
  readonly stages: { readonly [S in Stage]: ReadonlyMap<string, number> };
  readonly verified: number;
  readonly linked: number;
  /** Calls of granted capabilities. */
  readonly hostCalls: number;
  readonly watched: Watched;
  /** The longest time that reading or refusing one mutant took. */
  readonly slowestMs: number;
  readonly failures: readonly string[];
}

/** A changed module before anybody has looked at it. */
export interface Mutant {
  /** What was done to it. */
  readonly name: string;
  /** Decoded and checked. */
  judge(): Judged;
  /** As text, to be kept. */
  show(): string;
}

export type Judged =
  | { readonly refusedBy: Exclude<Stage, 'verifier' | 'linker' | 'run'>; readonly reason: string }
  | { readonly verification: ReturnType<typeof verifyModule> }
  /** It broke a promise before it could be verified. */
  | { readonly problem: string };

/** What is wrong with a refusal by the verifier, if anything. */
export type JudgeRefusal = (refusals: readonly Refusal[]) => string | undefined;

const FUELS = [300, 300, 300, 2_000];
const INPUTS = 64;
const MAX_EXPORTS = 3;
const SLOW_MS = 100;

export async function runMutants(
  options: MutantOptions,
  mutantOf: (random: Random) => Mutant,
  judgeRefusal: JudgeRefusal = () => undefined,
): Promise<MutantReport> {
  const { seed, modules, from = 0, maxFailures = 3, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const campaign = new Campaign(await Machine.start(), seed, judgeRefusal);
  const endsAt = performance.now() + deadlineMs;
  let number = from;
  for (; number < from + modules && campaign.failures.length < maxFailures; number++) {
    if (performance.now() > endsAt) break;
    campaign.try(number, mutantOf);
  }
  return campaign.close(number - from);
}

class Campaign {
  readonly failures: string[] = [];
  readonly #machine: Machine;
  readonly #seed: number;
  readonly #judgeRefusal: JudgeRefusal;
  readonly #recorder = new Recorder();
  readonly #traps = new Traps();
  readonly #inputs: readonly unknown[];
  readonly #watched = watch();
  readonly #stages: { readonly [S in Stage]: Map<string, number> } = {
    decoder: new Map(),
    checker: new Map(),
    verifier: new Map(),
    linker: new Map(),
    run: new Map(),
  };
  #verified = 0;
  #linked = 0;
  #slowestMs = 0;

  constructor(machine: Machine, seed: number, judgeRefusal: JudgeRefusal) {
    this.#machine = machine;
    this.#seed = seed;
    this.#judgeRefusal = judgeRefusal;
    const random = new Random(seed, -2);
    this.#inputs = Array.from({ length: INPUTS }, () => deepFreeze(randomValue(random, randomRecord(random, 3), 10)));
  }

  try(number: number, mutantOf: (random: Random) => Mutant): void {
    const random = new Random(this.#seed, number);
    const mutant = mutantOf(random);
    const problems: string[] = [];
    try {
      problems.push(...this.#judge(mutant, random));
    } catch (error) {
      problems.push(`an exception: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    problems.push(...this.#traps.take().map((touched) => `${touched} was touched`));
    if (problems.length === 0) return;
    this.failures.push(
      `seed ${this.#seed}, mutant ${number} (${mutant.name}): ${problems.join('\n')}\n${mutant.show()}`,
    );
  }

  close(mutants: number): MutantReport {
    this.#traps.close();
    return {
      mutants,
      stages: this.#stages,
      verified: this.#verified,
      linked: this.#linked,
      hostCalls: this.#recorder.callCount,
      watched: this.#watched,
      slowestMs: this.#slowestMs,
      failures: this.failures,
    };
  }

  #judge(mutant: Mutant, random: Random): readonly string[] {
    const judged = this.#timed(() => mutant.judge());
    if ('problem' in judged) return [judged.problem];
    if ('refusedBy' in judged) {
      this.#count(judged.refusedBy, judged.reason);
      return [];
    }
    const { verification } = judged;
    if (!verification.ok) {
      for (const { reason } of verification.refusals.slice(0, 1)) this.#count('verifier', reason);
      const problem = this.#judgeRefusal(verification.refusals);
      return problem === undefined ? [] : [problem];
    }
    this.#verified++;
    return this.#run(verification.verified, random);
  }

  /** A busy machine may hold up any of them, but not the same one again and again. */
  #timed(judge: () => Judged): Judged {
    let best = Number.POSITIVE_INFINITY;
    for (let n = 0; ; n++) {
      const startedAt = performance.now();
      const judged = judge();
      best = Math.min(best, performance.now() - startedAt);
      if (n < 2 && best > SLOW_MS) continue;
      this.#slowestMs = Math.max(this.#slowestMs, best);
      return judged;
    }
  }

  #run(verified: VerifiedModule, random: Random): readonly string[] {
    const { module } = verified;
    const grants = this.#recorder.grants(random);
    const linking = this.#machine.linkTo(verified, grants);
    if (!linking.ok) {
      for (const { code } of linking.problems.slice(0, 1)) this.#count('linker', code);
      return [];
    }
    this.#linked++;
    const problems: string[] = [];
    for (let exported = 0; exported < Math.min(MAX_EXPORTS, module.exports.length); exported++) {
      const { ending, text } = this.#machine.run(verified, linking.linked, exported, {
        args: [random.pick(this.#inputs)],
        mode: random.pick(['sync', 'async', 'start'] as const),
        fuelSlice: random.pick([1, 7, 1 << 16]),
        fuel: random.pick(FUELS),
      });
      if (ending === 'broken') problems.push(`export ${exported}: ${text}\n${listing(module)}`);
      else this.#count('run', text === '' ? ending : `${ending} ${text}`);
    }
    for (const { uri, member } of this.#recorder.take()) {
      const isDeclared = module.imports.some((i) => i.uri === uri && i.members.some((m) => m.name === member));
      if (!Object.hasOwn(grants, uri) || !isDeclared) problems.push(`${uri} ${member} was called`);
    }
    return problems;
  }

  #count(stage: Stage, how: string): void {
    const counts = this.#stages[stage];
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
}

export function formatMutants(title: string, report: MutantReport): string {
  const { mutants, stages, verified, linked, hostCalls, watched, slowestMs } = report;
  const rows = Object.entries(stages).map(([stage, counts]) => {
    const sorted = [...counts].sort(([, a], [, b]) => b - a);
    const sum = sorted.reduce((total, [, n]) => total + n, 0);
    return `  ${stage.padEnd(8)} ${String(sum).padStart(7)}  ${sorted.map(([how, n]) => `${how} ${n}`).join(', ')}`;
  });
  return [
    `${title}: ${mutants} mutants, ${verified} verified, ${linked} linked, ${hostCalls} calls of grants, ${watched.steps} steps watched, slowest ${slowestMs.toFixed(1)} ms`,
    ...rows,
  ].join('\n');
}
