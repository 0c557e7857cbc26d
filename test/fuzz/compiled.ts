/** Programs as bytecode, for what looks at modules and not at runs. */
import { SourceText } from '../../src/base/source.ts';
import type { Module } from '../../src/bytecode/module.ts';
import { compileModule } from '../../src/compile/compile.ts';
import { readModule } from '../../src/front/front.ts';
import { STANDARD } from '../../src/std/index.ts';
import { instructionsOf } from './code-edit.ts';

export { verifyModule } from '../../src/verify/verify.ts';

/** Null for a text that the front end refuses. */
export function compiled(text: string): Module | null {
  return compile(text, { optimise: true });
}

export function compiledAsWritten(text: string): Module | null {
  return compile(text, { optimise: false });
}

function compile(text: string, options: { readonly optimise: boolean }): Module | null {
  const { ir } = readModule(new SourceText('fuzz', text), { standard: STANDARD });
  if (ir === null) return null;
  return compileModule(ir, { ...options, isNative: (name) => STANDARD.get(name)?.kind === 'native' });
}

export function countInstructions({ units }: Module): number {
  return units.reduce((sum, unit) => sum + instructionsOf(unit).length, 0);
}
