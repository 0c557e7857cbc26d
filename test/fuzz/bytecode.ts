/**
 * Random valid modules made as bytecode, not by the compiler: structured code without sense or types. Values meet
 * instructions that cannot take them, slots change what they hold, regions are left from the middle, retries are endless.
 * The verifier must accept every one, and no run of one may end otherwise than in a value, a fault or a limit.
 */
import { EffectsOfUnits } from '../../src/bytecode/effects.ts';
import type { CallEntry, Import, Module, Unit } from '../../src/bytecode/module.ts';
import { STANDARD } from '../../src/std/index.ts';
import { SHARED_IMPORT } from '../support/hand-made.ts';
import { NUMBERS, TEXTS } from './inputs.ts';
import { Random } from './random.ts';
import { makeUnit } from './unit-maker.ts';

/** What the units of a module may name. */
export interface Tables {
  readonly constants: Module['constants'];
  readonly keys: Module['keys'];
  readonly shapes: Module['shapes'];
  readonly paths: Module['paths'];
  readonly calls: readonly CallEntry[];
  readonly imports: readonly Import[];
  readonly shared: Module['shared'];
}

/** What is known of a unit before its code is made. */
export interface Head {
  readonly name: string;
  readonly kind: Unit['kind'];
  readonly parameterCount: number;
  readonly captures: readonly { readonly slot: number; readonly isCell: boolean }[];
}

/** What makes code rare or common in one module, so that not all modules are alike. */
export interface Mood {
  readonly suspends: boolean;
  readonly shares: boolean;
  readonly waits: boolean;
  readonly statements: number;
}

const FUZZ_IMPORT: Import = {
  uri: 'host:fuzz',
  alias: 'h',
  implied: false,
  members: [{ name: 'echo', arity: 1 }],
  handedOn: [],
  pin: null,
  at: 0,
  end: 0,
};
const FUNCTIONS = [...STANDARD.values()].filter((row) => row.kind !== 'implied').map((row) => row.name);
const NAMES = ['a', 'b', 'items', '__proto__', 'constructor', 'length', ''];

export function randomModule(seed: number, number: number): Module {
  const random = new Random(seed, number);
  const mood = {
    suspends: random.chance(20),
    shares: random.chance(20),
    waits: random.chance(20),
    // Small ones mostly: many small modules meet more than few large ones.
    statements: random.pick([1, 2, 2, 3, 3, 4, 8, 20]),
  };
  const tables = randomTables(random, mood);
  const heads = randomHeads(random);
  const units = heads.map((head) => makeUnit(random, { head, heads, tables, mood }));
  const effects = new EffectsOfUnits({ ...tables, units });
  const exported = heads.flatMap(({ kind, name }, unit) => (kind === 'lambda' ? [] : [{ name, unit }]));
  return { ...tables, units, exports: exported.map((e) => ({ ...e, effects: effects.of(e.unit) })) };
}

function randomTables(random: Random, mood: Mood): Tables {
  const some = <T>(from: readonly T[], count: number): readonly T[] => [
    ...new Set(Array.from({ length: count }, () => random.pick(from))),
  ];
  const keys = [...some(NAMES, 4), random.below(4), 2n ** 70n];
  const segments = (length: number) => Array.from({ length }, () => (random.chance(30) ? null : random.pick(keys)));
  const paths = Array.from({ length: 5 }, (_, i) => segments(i % 4)).map((list) => ({ segments: list }));
  const calls = [
    ...some(FUNCTIONS, 8).map((name) => ({ name, import: null })),
    ...(random.chance(60) ? [{ name: 'echo', import: 0 }] : []),
  ];
  return {
    constants: [null, true, false, ...some(NUMBERS, 6), 12n, ...some(TEXTS, 5)],
    keys,
    shapes: [[], ['a'], some(NAMES, 3)].filter((shape, i, all) => i < 2 || shape.join() !== (all[1] ?? []).join()),
    paths: distinct(paths),
    calls,
    imports: mood.shares ? [FUZZ_IMPORT, SHARED_IMPORT] : [FUZZ_IMPORT],
    shared: mood.shares
      ? [
          { name: 'a', mode: 'SINGLE' },
          { name: 'b', mode: 'MANY' },
        ]
      : [],
  };
}

function distinct(paths: Module['paths']): Module['paths'] {
  const text = ({ segments }: Module['paths'][number]) => segments.map((s) => `${typeof s} ${s}`).join();
  return paths.filter((path, i) => paths.findIndex((other) => text(other) === text(path)) === i);
}

function randomHeads(random: Random): readonly Head[] {
  const transforms = Array.from({ length: random.pick([1, 1, 1, 2]) }, (_, i) => ({
    name: `T${i}`,
    kind: 'transform' as const,
    parameterCount: 1,
    captures: [],
  }));
  const functions = Array.from({ length: random.pick([0, 0, 1, 2]) }, (_, i) => ({
    name: `f${i}`,
    kind: 'function' as const,
    parameterCount: random.below(3),
    captures: [],
  }));
  const lambdas = Array.from({ length: random.pick([0, 0, 1, 1, 2, 3]) }, (_, i) => ({
    name: `lambda ${i}`,
    kind: 'lambda' as const,
    parameterCount: random.below(3),
    captures: Array.from({ length: random.below(3) }, () => ({ slot: random.below(6), isCell: random.chance(60) })),
  }));
  return [...transforms, ...functions, ...lambdas];
}
