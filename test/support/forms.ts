/** The compiled forms of a program text, made as `millrace build` makes them. A text that does not load stays a text. */
import { SourceText } from '../../src/base/source.ts';
import { encodeBinary } from '../../src/bytecode/encode.ts';
import type { Module } from '../../src/bytecode/module.ts';
import { compileModule } from '../../src/compile/compile.ts';
import { readModule } from '../../src/front/front.ts';
import type { ModuleSource } from '../../src/index.ts';
import { printModule } from '../../src/ir/encode.ts';
import type { IrModule } from '../../src/ir/nodes.ts';
import { STANDARD } from '../../src/std/index.ts';

export type Form = 'source' | 'json' | 'binary' | 'stripped';

export function inForm(form: Form, text: string, name = 'program.bl'): ModuleSource {
  if (form === 'source') return text;
  const { ir } = readModule(new SourceText(name, text), { standard: STANDARD });
  if (ir === null) return text;
  const lines = { name, lineStarts: lineStartsOf(text) };
  if (form === 'json') return printModule(ir, { source: lines });
  return encodeBinary({ module: moduleOf(ir), lines: form === 'stripped' ? null : lines, signature: null });
}

export function moduleOf(ir: IrModule): Module {
  return compileModule(ir, { optimise: true, isNative: (name) => STANDARD.get(name)?.kind === 'native' });
}

export function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
