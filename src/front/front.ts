/**
 * The front end: source text → syntax tree, diagnostics and, if there are no errors, IR.
 *
 * Promises: never throws for any text; every error has a place; equal text and options give equal results. It must never
 * run anything of a program or look at a host.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceText } from '../base/source.ts';
import type { IrModule } from '../ir/nodes.ts';
import type { Program } from './ast.ts';
import { Globals, type ReadOptions } from './globals.ts';
import { lowerModule } from './lower-module.ts';
import { newCollector, parse, settled } from './parser.ts';
import { resolve } from './resolve.ts';

export type { ReadOptions, StdSignature } from './globals.ts';
export { lex, parse } from './parser.ts';
export { renderAst } from './render-ast.ts';

export interface ReadModule {
  /** What could be read of the text, whole if there is no syntax error. */
  readonly program: Program;
  /** Null if and only if `diagnostics` has an error. */
  readonly ir: IrModule | null;
  /** In the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
}

export function readModule(source: SourceText, options: ReadOptions): ReadModule {
  const { program, diagnostics } = parse(source);
  // Why: names resolved in a broken tree would be reported as unknown because their LET could not be read.
  if (diagnostics.some((d) => d.severity === 'error')) return { program, ir: null, diagnostics };
  const problems = newCollector(source);
  const globals = new Globals(program, options, problems);
  const resolution = resolve(program, globals, problems);
  const ir = problems.hasErrors ? null : lowerModule(globals, resolution);
  return { program, ir, diagnostics: settled(problems) };
}
