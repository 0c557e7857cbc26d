/** What mutants are made of: programs of the language suite and of the generator, as trees and compiled. */
import { SourceText } from '../../src/base/source.ts';
import type { Module } from '../../src/bytecode/module.ts';
import { compileModule } from '../../src/compile/compile.ts';
import { readModule } from '../../src/front/front.ts';
import type { IrModule } from '../../src/ir/nodes.ts';
import type { IrSource } from '../../src/ir/schema.ts';
import { STANDARD } from '../../src/std/index.ts';
import { randomProgram, sourceOf } from './programs.ts';
import type { Random } from './random.ts';

const GENERATED = 150;
/** Most damage is done to small programs: it is as telling, and takes less time. */
const SMALL = 500;

/** Each uses what is granted in another way. */
const WITH_IMPORTS = [
  'IMPORT "host:files" AS files;\nTRANSFORM T { OUTPUT { text: files.read("a") }; files.write("a", input); }',
  'IMPORT "host:mail" AS mail;\nFUNC tell(x) { RETURN mail.send(x); }\nTRANSFORM T { FOR EACH x IN [1, 2] { tell(x); } }',
  'IMPORT "host:fuzz" AS h;\nIMPORT "host:files" AS f;\nTRANSFORM T { LET g = (x) -> h.echo(x);\nTRY { OUTPUT g(f.read(1)); } CATCH(e) -> { f.remove(1); } }',
  'SHARED SINGLE count;\nTRANSFORM T { SET count = NOW(); OUTPUT { count: AWAIT count }; }',
];

export interface Seed {
  readonly text: string;
  readonly ir: IrModule;
  readonly module: Module;
  readonly lines: IrSource;
}

/** What is made of seeds, by what it is good for. The first seeds are those with imports. */
export class SeedPool<T> {
  readonly #all: readonly T[];
  readonly #small: readonly T[];
  readonly #importing: readonly T[];

  constructor(seeds: readonly Seed[], make: (seed: Seed, index: number) => T) {
    const made = seeds.map((seed, i) => ({ isSmall: seed.text.length <= SMALL, value: make(seed, i) }));
    this.#all = made.map(({ value }) => value);
    this.#importing = this.#all.slice(0, WITH_IMPORTS.length);
    this.#small = made.flatMap(({ isSmall, value }) => (isSmall ? [value] : []));
  }

  pick(random: Random): T {
    if (random.chance(10)) return random.pick(this.#importing);
    return random.pick(random.chance(95) ? this.#small : this.#all);
  }
}

export function seedsOf(scripts: readonly string[], seed: number): readonly Seed[] {
  const generated = Array.from({ length: GENERATED }, (_, number) => sourceOf(randomProgram(seed, number)));
  return [...WITH_IMPORTS, ...scripts, ...generated].flatMap((text, i) => seedOf(text, i % 3 > 0) ?? []);
}

/** Null for a text that is no program, or only together with others. */
function seedOf(text: string, optimise: boolean): Seed | null {
  const ir = irOf(text);
  if (ir === null) return null;
  return { text, ir, module: compileIr(ir, optimise), lines: { name: 'seed', lineStarts: lineStartsOf(text) } };
}

/** Null for a text that the front end refuses. */
export function irOf(text: string): IrModule | null {
  return readModule(new SourceText('seed', text), { standard: STANDARD }).ir;
}

export function compileIr(ir: IrModule, optimise = true): Module {
  return compileModule(ir, { optimise, isNative: (name) => STANDARD.get(name)?.kind === 'native' });
}

function lineStartsOf(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
