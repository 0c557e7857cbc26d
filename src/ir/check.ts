/**
 * What the front end checks in a text, for IR that no front end made: names and tables of the module here, variables and
 * bodies in check-unit.ts. Promises: the compiler does not fail on IR that has passed, and the verifier finds nothing in
 * its code but parts that are too large.
 */
import { LOAD_LIMITS } from '../base/limits.ts';
import { isCapabilityUri } from '../base/uris.ts';
import { INPUT_NAMES, UnitChecker } from './check-unit.ts';
import type { IrImport, IrModule } from './nodes.ts';
import { type IrReason, type IrRefusal, IrRefused } from './reasons.ts';
import type { IrSource } from './schema.ts';

/** What the checks must know of a standard function. */
export interface StandardFunction {
  readonly kind: 'native' | 'prelude' | 'implied';
  /** A FUNC or variable of the same name takes its place. */
  readonly yields: boolean;
  /** The capability and member that an implied function stands for. */
  readonly uri?: string;
  readonly member?: string;
}

export interface CheckOptions {
  readonly standard: ReadonlyMap<string, StandardFunction>;
}

/** One less than the verifier takes: shared state may add one. */
const MAX_IMPORTS = LOAD_LIMITS.imports.default - 1;
const MAX_UNITS = LOAD_LIMITS.units.default;

/** The first rule that is broken, or undefined. */
export function checkModule(
  module: IrModule,
  options: CheckOptions,
  source: IrSource | null = null,
): IrRefusal | undefined {
  try {
    new ModuleChecker(module, options).run(source);
    return undefined;
  } catch (error) {
    if (error instanceof IrRefused) return error.refusal;
    throw error;
  }
}

class ModuleChecker {
  readonly #module: IrModule;
  readonly #standard: CheckOptions['standard'];

  constructor(module: IrModule, { standard }: CheckOptions) {
    this.#module = module;
    this.#standard = standard;
  }

  run(source: IrSource | null): void {
    if (source !== null) checkLines(source);
    this.#checkImports();
    this.#checkShared();
    this.#checkStandard();
    this.#checkUnits();
    this.#checkExports();
    const checker = new UnitChecker(this.#module, { isFirm: (name) => this.#isFirm(name), maxUnits: MAX_UNITS });
    this.#module.units.forEach((unit, i) => {
      checker.check(unit, ['module', 'units', i]);
    });
  }

  #isFirm(name: string): boolean {
    return !name.includes('.') && this.#standard.get(name)?.yields === false;
  }

  #checkStandard(): void {
    const functions = new Set(this.#module.units.filter((u) => u.kind === 'function').map((u) => u.name));
    const seen = new Set<string>();
    this.#module.standard.forEach((name, i) => {
      const row = name.includes('.') ? undefined : this.#standard.get(name);
      if (row === undefined || row.kind === 'implied') refuse('unknown-standard', ['standard', i], name);
      if (seen.has(name)) refuse('duplicate-name', ['standard', i], name);
      if (functions.has(name)) refuse('hidden-standard', ['standard', i], `a FUNC is called ${name}`);
      seen.add(name);
    });
  }

  #checkShared(): void {
    const seen = new Set<string>();
    this.#module.shared.forEach(({ name, mode, at, end }, i) => {
      if (end < at) refuse('place-order', ['shared', i, 'end']);
      if (seen.has(`${mode} ${name}`)) refuse('duplicate-name', ['shared', i, 'name'], name);
      seen.add(`${mode} ${name}`);
    });
  }

  #checkUnits(): void {
    const { units, imports } = this.#module;
    if (units.length > MAX_UNITS) refuse('too-many', ['units']);
    const seen = new Set(imports.filter((i) => !i.implied).map((i) => i.alias));
    units.forEach(({ kind, name }, i) => {
      if (kind === 'lambda') refuse('unit-shape', ['units', i, 'kind'], 'lambdas stand inside expressions');
      if (seen.has(name)) refuse('duplicate-name', ['units', i, 'name'], name);
      if (kind === 'function' && this.#isFirm(name)) refuse('hidden-standard', ['units', i, 'name'], name);
      seen.add(name);
    });
  }

  #checkExports(): void {
    const { units, exports } = this.#module;
    let before = -1;
    exports.forEach(({ name, unit }, i) => {
      if (unit >= units.length) refuse('no-such-entry', ['exports', i, 'unit']);
      if (units[unit]?.name !== name || unit <= before) refuse('export-shape', ['exports', i]);
      before = unit;
    });
  }

  // --- imports

  #checkImports(): void {
    const { imports } = this.#module;
    if (imports.length > MAX_IMPORTS) refuse('too-many', ['imports']);
    const aliases = new Set<string>();
    const implied = new Set<string>();
    imports.forEach((entry, i) => {
      const seen = entry.implied ? implied : aliases;
      const id = entry.implied ? entry.uri : entry.alias;
      if (seen.has(id)) refuse('duplicate-name', ['imports', i], id);
      seen.add(id);
      this.#checkImport(entry, i);
    });
  }

  #checkImport(entry: IrImport, i: number): void {
    const { uri, alias, implied, members, handedOn, pin } = entry;
    const isCapability = isCapabilityUri(uri);
    if (uri === 'host:') refuse('import-shape', ['imports', i, 'uri'], 'it names nothing');
    if (!implied && INPUT_NAMES.has(alias))
      refuse('import-shape', ['imports', i, 'alias'], `${alias} always means the input`);
    if (isCapability && (pin !== null || handedOn.length > 0))
      refuse('import-shape', ['imports', i, pin === null ? 'handedOn' : 'pin'], 'only modules have WITH and PIN');
    if (implied) this.#checkImplied(entry, i);
    const given = new Set<number>();
    handedOn.forEach((index, h) => {
      const target = this.#module.imports[index];
      if (target === undefined) refuse('no-such-entry', ['imports', i, 'handedOn', h]);
      if (target.implied || !isCapabilityUri(target.uri) || given.has(index))
        refuse('import-shape', ['imports', i, 'handedOn', h], 'WITH names capabilities of this module, each once');
      given.add(index);
    });
    const seen = new Set<string>();
    members.forEach(({ name, arity, at, end }, m) => {
      if (seen.has(`${arity} ${name}`)) refuse('duplicate-name', ['imports', i, 'members', m], name);
      if (end < at) refuse('place-order', ['imports', i, 'members', m, 'end']);
      seen.add(`${arity} ${name}`);
    });
    if (entry.end < entry.at) refuse('place-order', ['imports', i, 'end']);
  }

  /** Only what a standard function brings along is implied: everything else is written, for people to see. */
  #checkImplied({ uri, alias, members }: IrImport, i: number): void {
    const known = new Set<string>();
    for (const row of this.#standard.values())
      if (row.kind === 'implied' && row.uri === uri && row.member !== undefined) known.add(row.member);
    if (known.size === 0 || alias !== uri.slice(uri.indexOf(':') + 1))
      refuse('import-shape', ['imports', i, 'implied'], 'no standard function needs this');
    const strange = members.findIndex((m) => !known.has(m.name));
    if (strange >= 0) refuse('import-shape', ['imports', i, 'members', strange], 'no standard function calls this');
  }
}

function checkLines({ lineStarts }: IrSource): void {
  lineStarts.forEach((start, i) => {
    if (i === 0 ? start !== 0 : start <= (lineStarts[i - 1] as number))
      throw new IrRefused('place-order', ['source', 'lineStarts', i]);
  });
}

function refuse(reason: IrReason, path: readonly (string | number)[], detail = ''): never {
  throw new IrRefused(reason, ['module', ...path], detail);
}
