/** A program text → verified module: read and compiled here, and then verified like any other. */
import { InternalError } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { LOAD_LIMITS } from '../base/limits.ts';
import { SourceText, type Span } from '../base/source.ts';
import type { Module } from '../bytecode/module.ts';
import { readModule } from '../front/front.ts';
import { STANDARD } from '../std/index.ts';
import { isSizeReason, REASONS, type Refusal } from '../verify/reasons.ts';
import type { VerifiedModule } from '../verify/verified.ts';
import { verifyModule } from '../verify/verify.ts';
import { type Admission, type Admitted, compile, refused } from './admission.ts';

/** What `check` sees: errors and warnings; `module` is null when there is an error. */
export interface Reading {
  readonly module: Module | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function readAndCompile(source: SourceText, admission: Admission, kind: 'plain' | 'traced' = 'plain'): Reading {
  const { ir, diagnostics } = readModule(source, { standard: STANDARD });
  return { module: ir === null ? null : compile(ir, source, admission, kind), diagnostics };
}

/** Admits a program text under the name that its diagnostics carry. @throws LoadError */
export function admitText(text: string, name: string, admission: Admission): Admitted {
  const source = new SourceText(name, text);
  const { module, diagnostics } = readAndCompile(source, admission);
  if (module === null)
    throw refused(
      name,
      diagnostics.filter((d) => d.severity === 'error'),
    );
  return {
    source,
    verified: verified(module, source),
    warnings: diagnostics,
    traced: () => {
      const { module: traced } = readAndCompile(source, admission, 'traced');
      if (traced === null) throw new InternalError(`${name} compiles, but not for tracing`);
      return verified(traced, source);
    },
  };
}

function verified(module: Module, source: SourceText): VerifiedModule {
  const verification = verifyModule(module);
  if (verification.ok) return verification.verified;
  throw refused(
    source.name,
    verification.refusals.map((refusal) => tooLarge(refusal, module, source)),
  );
}

/** The one thing that verification may find in code of our own compiler: a part beyond what the format or a frame holds. */
function tooLarge(refusal: Refusal, module: Module, source: SourceText): Diagnostic {
  const { reason, unitIndex, offset, what } = refusal;
  const unit = module.units[unitIndex];
  if (reason === 'table-size') return tooMany(what === 'imports' ? 'imports' : 'units', module, source);
  if (!isSizeReason(reason) || unit === undefined)
    throw new InternalError(`our own compiler made malformed code: ${reason} in ${refusal.unit} at ${offset} ${what}`);
  let place = 0;
  while (place + 3 < unit.places.length && (unit.places[place] as number) < offset) place += 3;
  return sizeDiagnostic(source, {
    message: `${unit.name} has a part that is too large`,
    span: { start: unit.places[place + 1] ?? 0, end: unit.places[place + 2] ?? 1 },
    note: REASONS[reason],
    help: 'pass large tables as input, or build them in a loop',
  });
}

/** Placed at the first that is too many; a unit in which nothing can fail has no place, so there at the next that has. */
function tooMany(table: 'imports' | 'units', { imports, units }: Module, source: SourceText): Diagnostic {
  const { default: most, doc } = LOAD_LIMITS[table];
  const count = (n: number): string => n.toLocaleString('en-US');
  const [, start = 0, end = 1] = units.slice(most).find((unit) => unit.places.length > 0)?.places ?? [];
  const extra = imports[most];
  const isImports = table === 'imports';
  return sizeDiagnostic(source, {
    message: isImports
      ? `the program has ${count(imports.length)} imports`
      : `the program has ${count(units.length)} FUNCs, TRANSFORMs and lambdas`,
    span: isImports && extra !== undefined ? { start: extra.at, end: extra.end } : { start, end },
    note: `the limit is ${count(most)} ${doc}`,
    help: 'split the program into modules',
  });
}

interface SizeParts {
  readonly message: string;
  readonly span: Span;
  readonly note: string;
  readonly help: string;
}

function sizeDiagnostic(source: SourceText, { message, span, note, help }: SizeParts): Diagnostic {
  const labels = [{ span, text: '', primary: true }];
  return { code: 'MR1016', severity: 'error', message, source, labels, notes: [note], help };
}
