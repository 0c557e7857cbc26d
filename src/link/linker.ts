/**
 * Verified module + grants → linked module, or what is missing. Fails closed: an import that was not granted, a member
 * that does not exist, or a wrong number of arguments refuses the whole module before anything of it has run.
 */

import { invariant } from '../base/assert.ts';
import type { Code } from '../base/codes.ts';
import type { CallEntry, Import, Module } from '../bytecode/module.ts';
import { OPCODES, opName, opWidth } from '../bytecode/opcodes.ts';
import { RESERVED_KEYS } from '../value/path.ts';
import type { VerifiedModule } from '../verify/verified.ts';
import type { Capability, HostFunction } from './capability.ts';
import type { CallTarget, LinkedModule, LinkedUnit, UnitEffects } from './linked-module.ts';
import type { NativeRow, StdRow } from './native.ts';
import { prepareCode } from './prepare.ts';
import { SHARED_URI, storeOf } from './shared-store.ts';

const NO_POINTS: LinkedModule['points'] = [];

export type Grants = { readonly [uri: string]: Capability };

export interface LinkOptions {
  readonly id: string;
  readonly grants: Grants;
  /** A native or helper by name. */
  standard(name: string): StdRow | undefined;
  /** A standard function written in the language, linked. */
  prelude(name: string): LinkedUnit;
}

export interface LinkProblem {
  readonly code: Extract<Code, 'MR4001' | 'MR4002' | 'MR4003'>;
  readonly import: Import;
  readonly message: string;
  readonly notes: readonly string[];
  readonly help: string;
}

export type LinkResult =
  | { readonly ok: true; readonly linked: LinkedModule }
  | { readonly ok: false; readonly problems: readonly LinkProblem[] };

export function linkModule(verified: VerifiedModule, options: LinkOptions): LinkResult {
  const { module, facts } = verified;
  const problems = module.imports.flatMap((entry) => checkImport(entry, options));
  if (problems.length > 0) return { ok: false, problems };
  const units: LinkedUnit[] = [];
  const linked: LinkedModule = {
    id: options.id,
    units,
    constants: module.constants,
    keys: module.keys,
    plainKeys: module.keys.map((key) => typeof key === 'string' && !RESERVED_KEYS.has(key)),
    shapes: module.shapes,
    plainShapes: module.shapes.map((shape) => !shape.some((key) => RESERVED_KEYS.has(key))),
    paths: module.paths,
    calls: module.calls.map((entry) => bindCall(module, entry, options)),
    imports: module.imports,
    store: storeOf(grantFor(options.grants, SHARED_URI)),
    shared: module.shared,
    exports: module.exports,
    points: module.points ?? NO_POINTS,
    cache: new Map(),
    effectsOf: (index) => effects.of(index),
  };
  const effects = new EffectsOfUnits(module, linked.calls);
  module.units.forEach((unit, index) => {
    const unitFacts = facts[index];
    invariant(unitFacts !== undefined, 'verification has facts for each unit');
    units.push({
      name: unit.name,
      kind: unit.kind,
      index,
      parameterCount: unit.parameterCount,
      slotCount: unit.slotCount,
      frameSize: unit.slotCount + unitFacts.maxStack,
      captures: Int32Array.from(unit.captures),
      slotNames: unit.slotNames,
      ...prepareCode(unit, unitFacts),
      module: linked,
      counters: new Int32Array(1 + unit.loopCount),
    });
  });
  return { ok: true, linked };
}

function grantFor(grants: Grants, uri: string): Capability | undefined {
  return Object.hasOwn(grants, uri) ? grants[uri] : undefined;
}

function checkImport(entry: Import, options: LinkOptions): LinkProblem[] {
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
  const problems: LinkProblem[] = [];
  for (const wanted of entry.members) {
    const member = granted.members.get(wanted.name);
    if (member === undefined) {
      problems.push({
        code: 'MR4002',
        import: entry,
        message: `the capability "${entry.uri}" has no member "${wanted.name}"`,
        notes: [`it has: ${[...granted.members.keys()].join(', ') || 'none'}`, 'nothing of the module was run'],
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

function count(n: number): string {
  return n === 1 ? '1 argument' : `${n} arguments`;
}

function bindCall(module: Module, entry: CallEntry, options: LinkOptions): CallTarget {
  if (entry.import === null) return bindStandard(entry.name, options);
  const { uri } = module.imports[entry.import] as Import;
  const host = grantFor(options.grants, uri)?.members.get(entry.name) as HostFunction;
  return {
    name: entry.name,
    usage: `${uri} ${entry.name}`,
    minArgs: 0,
    maxArgs: Number.POSITIVE_INFINITY,
    cost: host.fuel,
    borrows: false,
    native: null,
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
    unit: null,
    host: null,
  };
}

/** Transitive effects over the units that a unit calls or makes lambdas of; found when asked for. */
class EffectsOfUnits {
  readonly #module: Module;
  readonly #calls: readonly CallTarget[];
  readonly #known = new Map<number, UnitEffects>();

  constructor(module: Module, calls: readonly CallTarget[]) {
    this.#module = module;
    this.#calls = calls;
  }

  of(index: number): UnitEffects {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    const seen = new Set<number>([index]);
    let waits = false;
    let suspends = false;
    for (const i of seen) {
      const unit = this.#module.units[i];
      if (unit === undefined) continue;
      const { effects, callees } = directEffects(unit.code, this.#calls);
      waits ||= effects.waits;
      suspends ||= effects.suspends;
      for (const callee of callees) seen.add(callee);
    }
    const effects = { waits, suspends };
    this.#known.set(index, effects);
    return effects;
  }
}

function directEffects(
  code: Int32Array,
  calls: readonly CallTarget[],
): { readonly effects: UnitEffects; readonly callees: readonly number[] } {
  const callees: number[] = [];
  let waits = false;
  let suspends = false;
  for (let offset = 0; offset < code.length; ) {
    const name = opName(code[offset] as number);
    invariant(name !== undefined, 'verified code has known opcodes only');
    const operand = code[offset + 1] as number;
    if (name === 'CALL_FN' || name === 'CLOSURE') callees.push(operand);
    else if (name === 'CALL_HOST') waits ||= calls[operand]?.host?.async === true;
    else if (name === 'CATCH') waits ||= code[offset + OPCODES.CATCH.operands.length] !== 0;
    else if (name === 'SUSPEND') suspends = true;
    offset += opWidth(name);
  }
  return { effects: { waits, suspends }, callees };
}
