/** Compiles a program text and lists its code, for goldens. */
import { SourceText } from '../../../src/base/source.ts';
import { disassembleModule } from '../../../src/bytecode/disassemble.ts';
import { compileModule } from '../../../src/compile/compile.ts';
import { readModule } from '../../../src/front/front.ts';
import { STANDARD } from '../../../src/std/index.ts';

export function listingOf(text: string, options: { readonly optimise: boolean }): string {
  const source = new SourceText('program.bl', text);
  const { ir, diagnostics } = readModule(source, { standard: STANDARD });
  if (ir === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const module = compileModule(ir, { ...options, isNative: (name) => STANDARD.get(name)?.kind === 'native' });
  return disassembleModule(module, source);
}
