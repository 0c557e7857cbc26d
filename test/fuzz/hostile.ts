/**
 * Modules that no compiler vouches for: what the verifier passes keeps its promises while it runs (`paranoid.ts` watches each
 * step), what breaks one rule is refused with the reason of that rule. Runs in a bundle whose loop is watched.
 */

import { disassembleModule } from '../../src/bytecode/disassemble.ts';
import { EffectsOfUnits } from '../../src/bytecode/effects.ts';
import type { Module } from '../../src/bytecode/module.ts';
import { OP_NAMES, OPCODES } from '../../src/bytecode/opcodes.ts';
import type { Reason } from '../../src/verify/reasons.ts';
import type { VerifiedModule } from '../../src/verify/verified.ts';
import { verifyModule } from '../../src/verify/verify.ts';
import { handMade } from '../support/hand-made.ts';
import { type Watched, watch } from '../support/paranoid.ts';
import { BREAKERS } from './breakers.ts';
import { randomModule } from './bytecode.ts';
import { instructionsOf } from './code-edit.ts';
import { compiled, compiledAsWritten } from './compiled.ts';
import { deepFreeze, randomValue } from './inputs.ts';
import { randomProgram, sourceOf } from './programs.ts';
import { Random } from './random.ts';
import { randomRecord } from './types.ts';
import { Machine } from './watched-run.ts';

/** Little, so that endless retries take no time; and now and then enough for deep calls and large values. */
const FUELS = [500, 500, 500, 2_000, 20_000];
/** How many modules are tried for each that a breaker is wanted to break, where few have what it needs. */
const MOST_TRIED = 20;

export interface HostileOptions {
  readonly seed: number;
  readonly modules: number;
  readonly from?: number;
  readonly maxFailures?: number;
  /** Milliseconds after which no further module is made. */
  readonly deadlineMs?: number;
}

export interface WatchedReport {
  readonly modules: number;
  readonly linked: number;
  readonly runs: number;
  readonly endings: ReadonlyMap<string, number>;
  readonly suspensions: number;
  readonly watched: Watched;
  readonly failures: readonly string[];
}

/** Valid bytecode of the generator: every module is accepted, none trips the watcher. */
export async function watchBytecode(options: HostileOptions): Promise<WatchedReport> {
  return watchModules(options, randomModule, (random) => [randomValue(random, randomRecord(random, 3), 10)]);
}

/** Programs of the generator, compiled with and without optimisation. */
export async function watchPrograms(options: HostileOptions): Promise<WatchedReport> {
  return watchModules(
    options,
    (seed, number) => compiledModule(seed, number, number % 2 === 0),
    (_, { seed, number }) => randomProgram(seed, number).inputs,
  );
}

function compiledModule(seed: number, number: number, isOptimised: boolean): Module | null {
  const text = sourceOf(randomProgram(seed, number));
  return isOptimised ? compiled(text) : compiledAsWritten(text);
}

type Make = (seed: number, number: number) => Module | null;
type Inputs = (random: Random, from: { readonly seed: number; readonly number: number }) => readonly unknown[];

async function watchModules(options: HostileOptions, make: Make, inputs: Inputs): Promise<WatchedReport> {
  const { seed, modules, from = 0, maxFailures = 3, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const machine = await Machine.start();
  const watched = watch();
  const endings = new Map<string, number>();
  const failures: string[] = [];
  const counts = { modules: 0, linked: 0, runs: 0, suspensions: 0 };
  const endsAt = performance.now() + deadlineMs;
  for (let number = from; number < from + modules && failures.length < maxFailures; number++) {
    if (performance.now() > endsAt) break;
    const module = make(seed, number);
    if (module === null) continue;
    counts.modules++;
    const where = `seed ${seed}, module ${number}`;
    const verification = verifyModule(module);
    if (!verification.ok) {
      failures.push(`${where} is refused: ${JSON.stringify(verification.refusals)}\n${listing(module)}`);
      continue;
    }
    const linked = machine.link(verification.verified);
    if (linked === null) continue;
    counts.linked++;
    const random = new Random(seed + 1, number);
    module.exports.forEach((_, exported) => {
      for (const input of inputs(random, { seed, number })) {
        const choices = {
          args: [deepFreeze(input)],
          mode: random.pick(['sync', 'async', 'start'] as const),
          fuelSlice: random.pick([1, 7, 1 << 16]),
          fuel: random.pick(FUELS),
        };
        const { ending, text, suspensions } = machine.run(verification.verified, linked, exported, choices);
        counts.runs++;
        counts.suspensions += suspensions;
        const how = text === '' || ending === 'broken' ? ending : `${ending} ${text}`;
        endings.set(how, (endings.get(how) ?? 0) + 1);
        if (ending === 'broken') failures.push(`${where}, export ${exported}: ${text}\n${listing(module)}`);
      }
    });
  }
  return { ...counts, endings, watched, failures };
}

export function listing(module: Module): string {
  try {
    return disassembleModule(module);
  } catch (error) {
    return `(no listing: ${String(error)})`;
  }
}

export function formatWatched(title: string, report: WatchedReport): string {
  const { watched, modules, linked, runs, suspensions, endings } = report;
  const hit = OP_NAMES.filter((name) => (watched.opcodes[OPCODES[name].code] as number) > 0);
  const missed = OP_NAMES.filter((name) => !hit.includes(name));
  const share = modules === 0 ? 0 : (100 * linked) / modules;
  return [
    `${title}: ${modules} modules, ${share.toFixed(1)} % linked, ${runs} runs, ${watched.steps} steps watched`,
    `  joins ${watched.joins}, faults caught ${watched.faults}, retries ${watched.retries}, loop passes ${watched.passes}, TRY depth up to ${watched.deepestTry}, suspensions ${suspensions}`,
    `  opcodes hit ${hit.length}, not hit: ${missed.join(', ')}`,
    `  endings: ${[...endings]
      .sort(([, a], [, b]) => b - a)
      .map(([how, n]) => `${how} ${n}`)
      .join(', ')}`,
  ].join('\n');
}

export interface BreakerCount {
  readonly name: string;
  readonly reasons: readonly Reason[];
  refused: number;
}

export interface BreakersReport {
  readonly counts: readonly BreakerCount[];
  /** Modules that breakers looked at. */
  readonly modules: number;
  readonly failures: readonly string[];
}

/** Each breaker on `modules` modules of both generators; every one must be refused with its reason. */
export function breakModules(options: HostileOptions): BreakersReport {
  const { seed, modules: wanted, from = 0, maxFailures = 5, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const counts: BreakerCount[] = BREAKERS.map(({ name, reasons }) => ({ name, reasons, refused: 0 }));
  const failures: string[] = [];
  const endsAt = performance.now() + deadlineMs;
  let modules = 0;
  for (let number = from; failures.length < maxFailures && performance.now() < endsAt; number++) {
    if (counts.every(({ refused }) => refused >= wanted) || number - from > MOST_TRIED * wanted) break;
    const module = number % 2 === 0 ? randomModule(seed, number) : compiledModule(seed, number, number % 4 === 1);
    if (module === null || !verifyModule(module).ok) continue;
    modules++;
    const random = new Random(seed + 2, number);
    for (const [i, breaker] of BREAKERS.entries()) {
      const count = counts[i] as BreakerCount;
      const broken = count.refused >= wanted ? null : breaker.apply(module, random);
      if (broken === null) continue;
      const verification = verifyModule(broken);
      const reasons = verification.ok ? [] : verification.refusals.map(({ reason }) => reason);
      if (reasons.length > 0 && reasons.every((reason) => breaker.reasons.includes(reason))) count.refused++;
      else
        failures.push(
          `seed ${seed}, module ${number}, ${breaker.name}: ${verification.ok ? 'accepted' : JSON.stringify(verification.refusals)}\n${listing(broken)}`,
        );
    }
  }
  return { counts, modules, failures };
}

export function formatBreakers({ counts, modules }: BreakersReport): string {
  const rows = counts.map(
    ({ name, reasons, refused }) => `  ${String(refused).padStart(6)}  ${name.padEnd(48)} ${reasons.join(' or ')}`,
  );
  return [`${counts.length} breakers over ${modules} modules; refused with their reason:`, ...rows].join('\n');
}

/** Modules that the verifier would refuse, passed off as verified: the watcher must notice each. */
const LIES: { readonly [promise: string]: Parameters<typeof handMade>[0] } = {
  height: { code: [['PUSH', 0], ['JUMP_IF_TRUE', 'on'], ['PUSH', 0], 'on:', ['POP'], ['RETURN']] },
  slot: { code: [['LOAD_LOCAL', 1], ['RETURN_VALUE']] },
  cell: { code: [['LOAD_VAR', 0], ['RETURN_VALUE']] },
  region: { code: [['TRY_END'], ['RETURN']] },
};

/** How the run of one of them ended. */
export async function runUnverified(promise: string): Promise<string> {
  const module = handMade({ ...LIES[promise], calls: [], imports: [], shared: [] });
  const machine = await Machine.start();
  const offsets = instructionsOf(module.units[0] as Module['units'][number]).map(({ offset }) => offset);
  const facts = [{ maxStack: 4, leaders: offsets, blockCosts: offsets.map(() => 50) }];
  const verified = { module, facts, effects: new EffectsOfUnits(module) } as unknown as VerifiedModule;
  const linked = machine.link(verified);
  if (linked === null) return 'not linked';
  return machine.run(verified, linked, 0, { args: [null], mode: 'sync' }).text;
}
