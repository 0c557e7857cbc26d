/** A program text → verified module: read and compiled here, and then verified like any other. */
import { InternalError } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { SourceText } from '../base/source.ts';
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
  if (module === null) throw refused(diagnostics.filter((d) => d.severity === 'error'));
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
  throw refused(verification.refusals.map((refusal) => tooLarge(refusal, module, source)));
}

/** The one thing that verification may find in code of our own compiler: a part beyond what a frame or a table holds. */
function tooLarge(refusal: Refusal, module: Module, source: SourceText): Diagnostic {
  const { reason, offset, what } = refusal;
  if (!isSizeReason(reason))
    throw new InternalError(`our own compiler made malformed code: ${reason} in ${refusal.unit} at ${offset} ${what}`);
  const parts = { code: 'MR1016', severity: 'error', source, notes: [REASONS[reason]] } as const;
  const unit = module.units[refusal.unitIndex];
  if (unit === undefined)
    return { ...parts, message: `the program has too many ${what}`, labels: [], help: 'make several modules of it' };
  let place = 0;
  while (place + 3 < unit.places.length && (unit.places[place] as number) < offset) place += 3;
  return {
    ...parts,
    message: `${unit.name} has a part that is too large`,
    labels: [
      { span: { start: unit.places[place + 1] ?? 0, end: unit.places[place + 2] ?? 1 }, text: '', primary: true },
    ],
    help: 'pass large tables as input, or build them in a loop',
  };
}
