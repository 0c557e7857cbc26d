/** What tools need beside running: checking and disassembling a text, and printing errors. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { SourceText } from '../base/source.ts';
import { disassembleModule } from '../bytecode/disassemble.ts';
import { readAndCompile } from './admit-text.ts';
import { type ErrorJson, MillraceError } from './errors.ts';
import { Library } from './library.ts';

/** Errors and warnings of a program, without linking it. */
export function checkSource(text: string, name: string): readonly Diagnostic[] {
  return readAndCompile(new SourceText(name, text), { library: new Library({ optimise: true }), internals: {} })
    .diagnostics;
}

/** The listing, or the errors that keep the program from being compiled. */
export type Disassembly = { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] };

/** The bytecode of a program with its source lines; `optimise: false` shows it before any rewriting. */
export function disassembleSource(
  text: string,
  name: string,
  options: { readonly optimise?: boolean } = {},
): Disassembly {
  const source = new SourceText(name, text);
  const optimise = options.optimise ?? true;
  const { module, diagnostics } = readAndCompile(source, {
    library: new Library({ optimise }),
    internals: { optimise },
  });
  return module === null ? { diagnostics } : { text: disassembleModule(module, source) };
}

/** Any error as text for people: ours as frames, others by their message. */
export function renderError(error: unknown): string {
  if (error instanceof MillraceError) return error.toString();
  return error instanceof Error ? `error: ${error.message}` : `error: ${String(error)}`;
}

/** Any error as plain data with stable fields. */
export function errorToJson(error: unknown): ErrorJson | { readonly message: string } {
  if (error instanceof MillraceError) return error.toJSON();
  return { message: error instanceof Error ? error.message : String(error) };
}
