/**
 * The standard library as one host sees it: native rows as they are, prelude functions compiled on first use. Owned by a
 * host, so that nothing is process-global.
 */
import { invariant } from '../base/assert.ts';
import { SourceText } from '../base/source.ts';
import { type CompileOptions, compileModule } from '../compile/compile.ts';
import { readModule } from '../front/front.ts';
import type { LinkedModule, LinkedUnit } from '../link/linked-module.ts';
import { LIBRARY_ID, linkModule } from '../link/linker.ts';
import type { StdRow } from '../link/native.ts';
import { PRELUDE_HELPERS, STANDARD } from '../std/index.ts';
import { verifyModule } from '../verify/verify.ts';

const PRELUDE_NAMES: ReadonlyMap<string, StdRow> = new Map([...STANDARD, ...PRELUDE_HELPERS]);

const NO_MODULES: ReadonlyMap<number, LinkedModule> = new Map();

export class Library {
  readonly #linked = new Map<string, LinkedUnit>();
  readonly #options: Pick<CompileOptions, 'optimise'>;

  constructor(options: Pick<CompileOptions, 'optimise'>) {
    this.#options = options;
  }

  row(name: string): StdRow | undefined {
    return STANDARD.get(name) ?? PRELUDE_HELPERS.get(name);
  }

  isNative(name: string): boolean {
    return this.row(name)?.kind === 'native';
  }

  /** A prelude function, compiled and linked. */
  prelude(name: string): LinkedUnit {
    const known = this.#linked.get(name);
    if (known !== undefined) return known;
    const row = STANDARD.get(name);
    invariant(row?.kind === 'prelude', `${name} is a prelude function`);
    const { ir, diagnostics } = readModule(new SourceText(`std/${name}`, row.source), {
      standard: PRELUDE_NAMES,
      internal: true,
    });
    invariant(ir !== null, `the prelude function ${name} is valid: ${diagnostics[0]?.message ?? ''}`);
    const verification = verifyModule(compileModule(ir, { ...this.#options, isNative: (n) => this.isNative(n) }));
    invariant(verification.ok, `the prelude function ${name} verifies`);
    const result = linkModule(verification.verified, {
      id: LIBRARY_ID,
      grants: {},
      modules: NO_MODULES,
      standard: (n) => this.row(n),
      prelude: (n) => this.prelude(n),
    });
    invariant(result.ok, `the prelude function ${name} links`);
    const unit = result.linked.units[0];
    invariant(unit !== undefined, `the prelude function ${name} is a unit`);
    this.#linked.set(name, unit);
    return unit;
  }
}
