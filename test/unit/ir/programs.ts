/** Programs for tests of the JSON AST: read, compiled, verified, and compared by what they compile to. */
import { SourceText } from '../../../src/base/source.ts';
import type { Module } from '../../../src/bytecode/module.ts';
import { compileModule } from '../../../src/compile/compile.ts';
import { readModule } from '../../../src/front/front.ts';
import { checkModule } from '../../../src/ir/check.ts';
import { type Decoding, decodeModuleText, decodeModuleValue } from '../../../src/ir/decode.ts';
import { encodeModule } from '../../../src/ir/encode.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import type { IrRefusal } from '../../../src/ir/reasons.ts';
import type { IrSource } from '../../../src/ir/schema.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { isSizeReason } from '../../../src/verify/reasons.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { randomProgram, sourceOf } from '../../fuzz/programs.ts';
import type { Mutable } from '../../fuzz/tree-edits.ts';
import { readLangScripts } from '../../support/lang-scripts.ts';

/** Null for a text that does not load. */
export function irOf(text: string): IrModule | null {
  return readModule(new SourceText('test.bl', text), { standard: STANDARD }).ir;
}

export function sourceLines(text: string): IrSource {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { name: 'test.bl', lineStarts };
}

export function compile(ir: IrModule): Module {
  return compileModule(ir, { optimise: true, isNative: (name) => STANDARD.get(name)?.kind === 'native' });
}

/** The module without its places and the names that only messages about places need. */
export function withoutPlaces(module: Module): unknown {
  return {
    ...module,
    units: module.units.map((unit) => ({ ...unit, places: [] })),
    imports: module.imports.map((entry) => ({ ...entry, at: 0, end: 0 })),
  };
}

/** Reasons of the verifier, but for those of parts that are too large. */
export function refusals(ir: IrModule): readonly string[] {
  const verification = verifyModule(compile(ir));
  if (verification.ok) return [];
  return verification.refusals.filter((r) => !isSizeReason(r.reason)).map((r) => `${r.reason} ${r.unit} ${r.what}`);
}

/** Shape and rules; what `load` does with a JSON AST. */
export function admit(input: unknown): Decoding {
  const decoding = typeof input === 'string' ? decodeModuleText(input) : decodeModuleValue(input);
  if (!decoding.ok) return decoding;
  const refusal = checkModule(decoding.module, { standard: STANDARD }, decoding.source);
  return refusal === undefined ? decoding : { ok: false, refusal };
}

/** The refusal as `reason pointer`; undefined when there is none. */
export function refusalOf(input: unknown): string | undefined {
  const decoding = admit(input);
  return decoding.ok ? undefined : shownRefusal(decoding.refusal);
}

export function shownRefusal({ reason, pointer }: IrRefusal): string {
  return `${reason} ${pointer}`;
}

/** The JSON AST of a program, as a value of its own that a test may change. */
export function astOf(text: string): Mutable {
  const ir = irOf(text);
  if (ir === null) throw new Error(`the program does not load: ${text}`);
  return structuredClone(encodeModule(ir, { source: null })) as Mutable;
}

export interface NamedProgram {
  readonly name: string;
  readonly source: string;
}

export function langPrograms(): readonly NamedProgram[] {
  return readLangScripts().filter(({ source }) => irOf(source) !== null);
}

export function* generatedPrograms(seed: number, count: number): Iterable<NamedProgram> {
  for (let number = 0; number < count; number++) {
    const source = sourceOf(randomProgram(seed, number));
    if (irOf(source) !== null) yield { name: `seed ${seed}, program ${number}`, source };
  }
}
