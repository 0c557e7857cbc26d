/** Source text → linked module, through every step and no other way; or a `LoadError` with all diagnostics. */
import { InternalError } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { SourceText } from '../base/source.ts';
import type { Module } from '../bytecode/module.ts';
import { compileModule } from '../compile/compile.ts';
import { readModule } from '../front/front.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import { type Grants, type LinkProblem, linkModule } from '../link/linker.ts';
import { loadHashLibrary } from '../std/hash-library.ts';
import { STANDARD } from '../std/index.ts';
import { loadPatternLibrary } from '../std/pattern-library.ts';
import { decimalsWereMade } from '../value/decimal.ts';
import { loadDecimalLibrary } from '../value/decimal-library.ts';
import { REASONS, type Refusal } from '../verify/reasons.ts';
import { verifyModule } from '../verify/verify.ts';
import { LoadError } from './errors.ts';
import type { Library } from './library.ts';
import type { InternalOptions } from './options.ts';

/** What `check` sees: errors and warnings; `module` is null when there is an error. */
export interface Reading {
  readonly module: Module | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function readAndCompile(
  source: SourceText,
  library: Library,
  internals: InternalOptions,
  isTraced = internals.debug === true,
): Reading {
  const { ir, diagnostics } = readModule(source, { standard: STANDARD });
  if (ir === null) return { module: null, diagnostics };
  const lines = { lineOf: (offset: number) => source.positionAt(offset).line };
  const module = compileModule(ir, {
    optimise: internals.optimise ?? true,
    isNative: (name) => library.isNative(name),
    ...(internals.debug === true ? { debug: lines } : {}),
    ...(isTraced ? { trace: lines } : {}),
  });
  return { module, diagnostics };
}

export interface Loaded {
  readonly linked: LinkedModule;
  readonly source: SourceText;
  readonly warnings: readonly Diagnostic[];
  /** The same program with what traced runs report; compiled when first asked for. */
  traced(): LinkedModule;
  owns(module: LinkedModule): boolean;
}

export async function loadText(
  text: string,
  id: string,
  grants: Grants,
  library: Library,
  internals: InternalOptions,
): Promise<Loaded> {
  const source = new SourceText(id, text);
  const { module, diagnostics } = readAndCompile(source, library, internals);
  const linked = linkReading({ module, diagnostics }, source, grants, library);
  await loadLibraries(linked, library);
  let traced = internals.debug === true ? linked : undefined;
  return {
    linked,
    source,
    warnings: diagnostics,
    traced: () => {
      traced ??= linkReading(readAndCompile(source, library, internals, true), source, grants, library);
      return traced;
    },
    owns: (module) => module === linked || module === traced,
  };
}

function linkReading(
  { module, diagnostics }: Reading,
  source: SourceText,
  grants: Grants,
  library: Library,
): LinkedModule {
  if (module === null) throw refused(diagnostics.filter((d) => d.severity === 'error'));
  const verification = verifyModule(module);
  if (!verification.ok) throw refused(verification.refusals.map((refusal) => tooLarge(refusal, module, source)));
  const result = linkModule(verification.verified, {
    id: source.name,
    grants,
    standard: (name) => library.row(name),
    prelude: (name) => library.prelude(name),
  });
  if (!result.ok) throw refused(result.problems.map((problem) => linkDiagnostic(problem, source)));
  return result.linked;
}

/** Nothing is imported during a synchronous run, so what the module may use is loaded now. */
async function loadLibraries({ calls }: LinkedModule, library: Library): Promise<void> {
  const needs = new Set<string>();
  for (const call of calls) {
    const row = call.host === null ? library.row(call.name) : undefined;
    if (row?.kind === 'native' && row.needs !== undefined) needs.add(row.needs);
  }
  if (needs.has('patterns')) await loadPatternLibrary();
  if (needs.has('hashes')) await loadHashLibrary();
  if (needs.has('decimals') || decimalsWereMade()) await loadDecimalLibrary();
}

function refused(diagnostics: readonly Diagnostic[]): LoadError {
  const [first] = diagnostics;
  if (first === undefined) throw new InternalError('a program was refused without a reason');
  const more = diagnostics.length === 1 ? '' : ` (and ${diagnostics.length - 1} more)`;
  return new LoadError({ code: first.code, message: `${first.message}${more}`, diagnostics });
}

/** The one thing that verification may find in code of our own compiler: a literal or unit beyond what a frame holds. */
function tooLarge(refusal: Refusal, module: Module, source: SourceText): Diagnostic {
  const isSize =
    refusal.reason === 'stack-overflow' || refusal.reason === 'unit-shape' || refusal.reason === 'operand-range';
  const unit = module.units[refusal.unitIndex];
  if (!isSize || unit === undefined)
    throw new InternalError(
      `our own compiler made malformed code: ${refusal.reason} in ${refusal.unit} at ${refusal.offset}`,
    );
  let place = 0;
  while (place + 3 < unit.places.length && (unit.places[place] as number) < refusal.offset) place += 3;
  return {
    code: 'MR1016',
    severity: 'error',
    message: `${unit.name} has a part that is too large`,
    source,
    labels: [
      { span: { start: unit.places[place + 1] ?? 0, end: unit.places[place + 2] ?? 1 }, text: '', primary: true },
    ],
    notes: [REASONS[refusal.reason]],
    help: 'pass large tables as input, or build them in a loop',
  };
}

function linkDiagnostic(problem: LinkProblem, source: SourceText): Diagnostic {
  const { at, end } = problem.import;
  return {
    code: problem.code,
    severity: 'error',
    message: problem.message,
    source,
    labels: [
      {
        span: { start: at, end },
        text: problem.import.implied ? 'this call needs it' : 'imported here',
        primary: true,
      },
    ],
    notes: problem.notes,
    help: problem.help,
  };
}
