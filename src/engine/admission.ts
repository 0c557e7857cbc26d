/** What every form of a module has in common on its way to a verified module. */
import { InternalError } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceText } from '../base/source.ts';
import type { Module } from '../bytecode/module.ts';
import { compileModule } from '../compile/compile.ts';
import type { IrModule } from '../ir/nodes.ts';
import type { VerifiedModule } from '../verify/verified.ts';
import { LoadError } from './errors.ts';
import type { Library } from './library.ts';
import type { InternalOptions } from './options.ts';

/** What admission needs of the host. */
export interface Admission {
  readonly library: Library;
  readonly internals: InternalOptions;
  /** Public keys (32 bytes each): when given, only what one of them has signed is admitted. */
  readonly signedBy?: readonly Uint8Array[] | undefined;
}

/** A program text, a JSON AST as text or as an object, or the bytes of a binary module. */
export type ModuleSource = string | Uint8Array | object;

export interface Admitted {
  readonly source: SourceText;
  readonly verified: VerifiedModule;
  readonly warnings: readonly Diagnostic[];
  /** The same module with what traced runs report. */
  traced(): VerifiedModule;
}

/** Compiles IR for normal or for traced runs. */
export function compile(
  ir: IrModule,
  source: SourceText,
  { library, internals }: Admission,
  kind: 'plain' | 'traced',
): Module {
  const lines = { lineOf: (offset: number) => source.positionAt(offset).line };
  return compileModule(ir, {
    optimise: internals.optimise ?? true,
    isNative: (name) => library.isNative(name),
    ...(internals.debug === true ? { debug: lines } : {}),
    ...(kind === 'traced' || internals.debug === true ? { trace: lines } : {}),
  });
}

export function refused(module: string, diagnostics: readonly Diagnostic[]): LoadError {
  const [first] = diagnostics;
  if (first === undefined) throw new InternalError('a program was refused without a reason');
  const more = diagnostics.length === 1 ? '' : ` (and ${diagnostics.length - 1} more)`;
  return new LoadError({ code: first.code, message: `${first.message}${more}`, diagnostics, module });
}
