/**
 * Verified module + grants → linked module, or what is missing. Fails closed: an import that was not granted, a member
 * that does not exist, or a wrong number of arguments refuses the whole module before anything of it has run.
 */

import { invariant } from '../base/assert.ts';
import type { Code } from '../base/codes.ts';
import type { EffectsOfUnits } from '../bytecode/effects.ts';
import type { CallEntry, Import, Key, Module, Unit } from '../bytecode/module.ts';
import { RESERVED_KEYS } from '../value/path.ts';
import type { UnitFacts, VerifiedModule } from '../verify/verified.ts';
import { Capability, type HostFunction } from './capability.ts';
import type { CallTarget, LinkedModule, LinkedUnit, UnitEffects } from './linked-module.ts';
import type { NativeRow, StdRow } from './native.ts';
import { prepareCode } from './prepare.ts';
import type { Revocation } from './revocation.ts';
import { SHARED_URI, storeOf } from './shared-store.ts';

/** The id under which the library's own functions are linked. */
export const LIBRARY_ID = 'std';
const NO_POINTS: LinkedModule['points'] = [];
const NO_REVOCATIONS: readonly Revocation[] = [];
const NO_CAPTURES = new Int32Array(0);

export type Grants = { readonly [uri: string]: Capability };

export interface LinkOptions {
  readonly id: string;
  readonly grants: Grants;
  /** The modules behind the imports that are no capabilities, by index of the import. */
  readonly modules: ReadonlyMap<number, LinkedModule>;
  /** A native or helper by name. */
  standard(name: string): StdRow | undefined;
  /** A standard function written in the language, linked. */
  prelude(name: string): LinkedUnit;
}

export interface LinkProblem {
  readonly code: Extract<Code, 'MR4001' | 'MR4002' | 'MR4003' | 'MR4009' | 'MR4016'>;
  /** Null for what no import stands for. */
  readonly import: Import | null;
  readonly message: string;
  readonly notes: readonly string[];
  readonly help: string;
}

export type LinkResult =
  | { readonly ok: true; readonly linked: LinkedModule }
  | { readonly ok: false; readonly problems: readonly LinkProblem[] };

export function linkModule(verified: VerifiedModule, options: LinkOptions): LinkResult {
  const { module, facts, effects } = verified;
  const problems: LinkProblem[] = [];
  for (let i = 0; i < module.imports.length; i++) {
    const entry = module.imports[i] as Import;
    const imported = options.modules.get(i);
    problems.push(...(imported === undefined ? checkGrant(entry, options) : checkModule(entry, imported)));
  }
  for (const { name, import: from } of module.calls)
    if (from === null && !isKnown(name, options)) problems.push(unknownFunction(name, options));
  if (problems.length > 0) return { ok: false, problems };
  const units: LinkedUnit[] = [];
  const calls: CallTarget[] = [];
  for (const entry of module.calls) calls.push(bindCall(module, entry, options));
  const linked: LinkedModule = {
    id: options.id,
    units,
    constants: module.constants,
    keys: module.keys,
    plainKeys: module.keys.map(isPlainKey),
    shapes: module.shapes,
    plainShapes: module.shapes.map(isPlainShape),
    paths: module.paths,
    calls,
    imports: module.imports,
    revocations: revocationsOf(module, options),
    store: module.imports.some(isShared) ? storeOf(grantFor(options.grants, SHARED_URI)) : null,
    shared: module.shared,
    exports: module.exports,
    points: module.points ?? NO_POINTS,
    cache: new Map(),
    effectsOf: answererOf(effects, calls),
  };
  for (let i = 0; i < module.units.length; i++) {
    const unitFacts = facts[i];
    invariant(unitFacts !== undefined, 'verification has facts for each unit');
    units.push(linkUnit(linked, module.units[i] as Unit, i, unitFacts));
  }
  return { ok: true, linked };
}

function linkUnit(module: LinkedModule, unit: Unit, index: number, facts: UnitFacts): LinkedUnit {
  const { code, places } = prepareCode(unit, facts);
  return {
    name: unit.name,
    kind: unit.kind,
    index,
    parameterCount: unit.parameterCount,
    slotCount: unit.slotCount,
    frameSize: unit.slotCount + facts.maxStack,
    captures: unit.captures.length === 0 ? NO_CAPTURES : new Int32Array(unit.captures),
    cells: unit.cells,
    slotNames: unit.slotNames,
    code,
    places,
    module,
    counters: new Int32Array(1 + unit.loopCount),
    compiled: null,
  };
}

function isPlainKey(key: Key): boolean {
  return typeof key === 'string' && !RESERVED_KEYS.has(key);
}

function isPlainShape(shape: readonly string[]): boolean {
  for (let i = 0; i < shape.length; i++) if (RESERVED_KEYS.has(shape[i] as string)) return false;
  return true;
}

function isShared({ uri }: Import): boolean {
  return uri === SHARED_URI;
}

/** Only modules made by hand name functions that the library does not have, or keeps to itself. */
function isKnown(name: string, { id, standard }: LinkOptions): boolean {
  const row = standard(name);
  if (row === undefined || row.kind === 'implied') return false;
  return !name.includes('.') || id === LIBRARY_ID || (row.kind === 'native' && row.isEmitted === true);
}

function unknownFunction(name: string, { id }: LinkOptions): LinkProblem {
  return {
    code: 'MR4009',
    import: null,
    message: `module "${id}" calls ${name}, which is no function of the library`,
    notes: ['nothing of the module was run'],
    help: 'build the module with a version of Millrace that this one knows',
  };
}

function grantFor(grants: Grants, uri: string): Capability | undefined {
  return Object.hasOwn(grants, uri) ? grants[uri] : undefined;
}

function revocationsOf(module: Module, { grants, modules }: LinkOptions): readonly Revocation[] {
  if (module.imports.length === 0) return NO_REVOCATIONS;
  const found = new Set<Revocation>();
  module.imports.forEach(({ uri }, index) => {
    const granted = grantFor(grants, uri);
    const own = granted === undefined ? [] : Capability.revocationsOf(granted);
    for (const revocation of modules.get(index)?.revocations ?? own) found.add(revocation);
  });
  return [...found];
}

function checkGrant(entry: Import, options: LinkOptions): LinkProblem[] {
  const granted = grantFor(options.grants, entry.uri);
  if (granted === undefined) {
    const names = Object.keys(options.grants);
    return [
      {
        code: 'MR4001',
        import: entry,
        message: `module "${options.id}" may not import "${entry.uri}"`,
        notes: [
          `wanted: ${entry.members.map((m) => m.name).join(', ') || 'the capability itself'}`,
          `granted to this module: ${names.join(', ') || 'nothing'}`,
          'nothing of the module was run',
        ],
        help: `the host can add ${JSON.stringify(entry.uri)} to the grants it passes to load() or createHost()`,
      },
    ];
  }
  if (Capability.revocationsOf(granted).some((revocation) => revocation.isRevoked))
    return [
      {
        code: 'MR4016',
        import: entry,
        message: `the grant of "${entry.uri}" to module "${options.id}" was revoked`,
        notes: ['nothing of the module was run'],
        help: 'the host can grant a capability that it has not revoked',
      },
    ];
  const problems: LinkProblem[] = [];
  for (const wanted of entry.members) {
    const member = Capability.functionOf(granted, wanted.name);
    if (member === undefined) {
      problems.push({
        code: 'MR4002',
        import: entry,
        message: `the capability "${entry.uri}" has no member "${wanted.name}"`,
        notes: [`it has: ${granted.members.join(', ') || 'none'}`, 'nothing of the module was run'],
        help: 'check the name, or ask the host for a capability that has it',
      });
    } else if (wanted.arity !== null && member.arity !== null && wanted.arity !== member.arity) {
      problems.push({
        code: 'MR4003',
        import: entry,
        message: `"${entry.uri}" ${wanted.name} takes ${count(member.arity)}, the module passes ${wanted.arity}`,
        notes: ['nothing of the module was run'],
        help: `call it with ${count(member.arity)}`,
      });
    }
  }
  return problems;
}

/** Members of a module are its exported FUNCs. */
function checkModule(entry: Import, imported: LinkedModule): LinkProblem[] {
  const problems: LinkProblem[] = [];
  for (const wanted of entry.members) {
    const unit = functionOf(imported, wanted.name);
    if (unit === undefined) {
      problems.push({
        code: 'MR4002',
        import: entry,
        message: `the module "${entry.uri}" exports no FUNC "${wanted.name}"`,
        notes: [`its FUNCs: ${functionNames(imported).join(', ') || 'none'}`, 'nothing of the module was run'],
        help: 'check the name, or mark the FUNC with EXPORT in that module',
      });
    } else if (wanted.arity !== null && wanted.arity !== unit.parameterCount) {
      problems.push({
        code: 'MR4003',
        import: entry,
        message: `"${entry.uri}" ${wanted.name} takes ${count(unit.parameterCount)}, the module passes ${wanted.arity}`,
        notes: ['nothing of the module was run'],
        help: `call it with ${count(unit.parameterCount)}`,
      });
    }
  }
  return problems;
}

function functionOf(module: LinkedModule, name: string): LinkedUnit | undefined {
  const found = module.exports.find((e) => e.name === name);
  const unit = found === undefined ? undefined : module.units[found.unit];
  return unit?.kind === 'function' ? unit : undefined;
}

function functionNames(module: LinkedModule): string[] {
  return module.exports.filter((e) => module.units[e.unit]?.kind === 'function').map((e) => e.name);
}

function count(n: number): string {
  return n === 1 ? '1 argument' : `${n} arguments`;
}

function bindCall(module: Module, entry: CallEntry, options: LinkOptions): CallTarget {
  if (entry.import === null) return bindStandard(entry.name, options);
  const { uri } = module.imports[entry.import] as Import;
  const imported = options.modules.get(entry.import);
  if (imported !== undefined) {
    const unit = functionOf(imported, entry.name);
    invariant(unit !== undefined, 'imports were checked');
    return {
      name: entry.name,
      usage: `${uri} ${entry.name}`,
      minArgs: unit.parameterCount,
      maxArgs: unit.parameterCount,
      cost: 0,
      borrows: false,
      native: null,
      series: null,
      unit,
      host: null,
    };
  }
  const host = Capability.functionOf(grantFor(options.grants, uri) as Capability, entry.name) as HostFunction;
  return {
    name: entry.name,
    usage: `${uri} ${entry.name}`,
    minArgs: 0,
    maxArgs: Number.POSITIVE_INFINITY,
    cost: host.fuel,
    borrows: false,
    native: null,
    series: null,
    unit: null,
    host,
  };
}

function bindStandard(name: string, options: LinkOptions): CallTarget {
  const row = options.standard(name);
  invariant(row !== undefined && row.kind !== 'implied', `standard function ${name} is known`);
  const { usage, minArgs, maxArgs } = row;
  if (row.kind === 'prelude')
    return {
      name,
      usage,
      minArgs,
      maxArgs,
      cost: 0,
      borrows: false,
      native: null,
      series: null,
      unit: options.prelude(name),
      host: null,
    };
  const native: NativeRow = row;
  return {
    name,
    usage,
    minArgs,
    maxArgs,
    cost: native.cost,
    borrows: native.borrows,
    native: native.call,
    series: native.series ?? null,
    unit: null,
    host: null,
  };
}

/** Why apart: a function made where the module is at hand would keep all of it. */
function answererOf(effects: EffectsOfUnits, calls: readonly CallTarget[]): LinkedModule['effectsOf'] {
  return (index) => effectsOf(index, effects, calls);
}

function effectsOf(index: number, effects: EffectsOfUnits, calls: readonly CallTarget[]): UnitEffects {
  const { suspends, backsOff, calls: reached } = effects.reachOf(index);
  const sum = { waits: backsOff, suspends };
  for (const call of reached) {
    const { host, unit } = calls[call] as CallTarget;
    sum.waits ||= host?.async === true;
    if (unit === null) continue;
    const imported = unit.module.effectsOf(unit.index);
    sum.waits ||= imported.waits;
    sum.suspends ||= imported.suspends;
  }
  return sum;
}
