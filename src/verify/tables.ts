/**
 * Verifies what is not code: every entry of every table is of its type, names what exists, and stands there once. Makes no
 * assumption about where the module comes from beyond being plain data of the declared types.
 */
import { isCapabilityUri } from '../base/uris.ts';
import { EffectsOfUnits, SHARED_URI } from '../bytecode/effects.ts';
import type { Effects, Import, Key, Module, Unit } from '../bytecode/module.ts';
import { type DecodedRow, opcodeTable } from './decoded-rows.ts';
import { Refused } from './reasons.ts';

const MAX_IMPORTS = 256;
const MAX_UNITS = 65_535;

/** @throws Refused */
export function checkTables(module: Module): void {
  const { units, constants, keys, shapes, paths, calls, imports, shared, exports } = module;
  if (units.length > MAX_UNITS) throw new Refused('table-size', 0, 'units');
  every('constants', constants, (value) => !Number.isNaN(value) && !Object.is(value, -0));
  unique('constants', constants, (value) => value);
  unique('keys', keys, (key) => key);
  every('keys', keys, isKey);
  unique('shapes', shapes, (shape) => JSON.stringify(shape));
  for (const [i, shape] of shapes.entries()) unique(`shapes[${i}]`, shape, (key) => key);
  unique('paths', paths, (path) => path.segments.map((s) => (s === null ? '*' : JSON.stringify(keyText(s)))).join());
  every('paths', paths, (path) => path.segments.every((s) => s === null || isKey(s)));
  checkImports(module);
  unique('calls', calls, (call) => `${call.import} ${call.name}`);
  const members = imports.map((entry) => new Set(entry.members.map((m) => m.name)));
  every('calls', calls, ({ name, import: from }) => from === null || members[from]?.has(name) === true);
  unique('shared', shared, (resource) => `${resource.mode} ${resource.name}`);
  every('units', units, checkKind, 'unit-shape');
  const named = units.filter((unit) => unit.kind !== 'lambda');
  unique('units', named, (unit) => unit.name);
  unique('exports', exports, (e) => e.name);
  every('exports', exports, ({ name, unit: index }) => {
    const unit = units[index];
    return unit !== undefined && unit.kind !== 'lambda' && unit.name === name;
  });
}

/** What exports declare is what their code does, and shared state is imported. Units must have been verified. @throws Refused */
export function checkEffects(module: Module): void {
  const effects = new EffectsOfUnits(module);
  const usesShared = module.units.some((_, unit) => effects.usesShared(unit));
  if (usesShared && !module.imports.some((i) => i.uri === SHARED_URI)) throw entry('shared');
  module.exports.forEach((e, i) => {
    if (!sameEffects(e.effects, effects.of(e.unit))) throw new Refused('undeclared-effect', 0, `exports[${i}]`);
  });
}

/** The line table of a verified unit: none at all, or a row for each instruction that may fault. @throws Refused */
export function checkPlaces({ code, places }: Unit): void {
  if (places.length === 0) return;
  const { rows } = opcodeTable();
  let row = 0;
  for (let offset = 0; offset < code.length; ) {
    const { faults, width } = rows[code[offset] as number] as DecodedRow;
    if (faults) {
      const [at, start, end] = [places[row], places[row + 1] ?? -1, places[row + 2] ?? -1];
      if (at !== offset || start < 0 || end < start) throw new Refused('line-table', offset);
      row += 3;
    }
    offset += width;
  }
  if (row !== places.length) throw new Refused('line-table', code.length - 1);
}

function checkImports({ imports }: Module): void {
  if (imports.length > MAX_IMPORTS) throw new Refused('table-size', 0, 'imports');
  unique(
    'imports',
    imports.filter((i) => !i.implied),
    (i) => i.alias,
  );
  unique(
    'imports',
    imports.filter((i) => i.implied),
    (i) => i.uri,
  );
  every('imports', imports, (entry) => isImport(entry, imports));
  for (const [i, { handedOn, members }] of imports.entries()) {
    unique(`imports[${i}].handedOn`, handedOn, String);
    unique(`imports[${i}].members`, members, (m) => `${m.arity} ${m.name}`);
  }
}

function isImport(entry: Import, imports: readonly Import[]): boolean {
  const { uri, implied, handedOn, pin, members } = entry;
  const isCapability = isCapabilityUri(uri);
  if (uri === '' || (implied && !isCapability)) return false;
  if (isCapability && (handedOn.length > 0 || pin !== null)) return false;
  if (pin !== null && !/^sha256:[0-9a-f]{64}$/.test(pin)) return false;
  const isGiven = (index: number): boolean => {
    const given = imports[index];
    return given !== undefined && !given.implied && isCapabilityUri(given.uri);
  };
  return handedOn.every(isGiven) && members.every(({ arity }) => arity === null || isCount(arity));
}

function checkKind({ kind, parameterCount, captures }: Unit): boolean {
  switch (kind) {
    case 'transform':
      return parameterCount === 1 && captures.length === 0;
    case 'function':
      return captures.length === 0;
    case 'lambda':
      return captures.every((slot) => isCount(slot));
    default:
      return false;
  }
}

function isKey(key: Key): boolean {
  if (typeof key === 'string') return true;
  if (typeof key === 'number') return isCount(key) && !Object.is(key, -0);
  return key < 0n || key > BigInt(Number.MAX_SAFE_INTEGER);
}

function keyText(key: Key): string {
  return typeof key === 'bigint' ? `bigint ${key.toString(32)}` : `${typeof key} ${key}`;
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function sameEffects(a: Effects, b: Effects): boolean {
  const sameFlags = a.emits === b.emits && a.suspends === b.suspends && a.awaits === b.awaits;
  return sameFlags && a.imports.length === b.imports.length && a.imports.every((n, i) => n === b.imports[i]);
}

function unique<T>(table: string, entries: readonly T[], identify: (entry: T) => unknown): void {
  const seen = new Set<unknown>();
  const seenBigs = new Set<string>();
  entries.forEach((value, i) => {
    const id = identify(value);
    // V8 hashes big integers by their low 64 bits: chosen ones all collide. This radix is written in linear time.
    const [set, key] = typeof id === 'bigint' ? [seenBigs as Set<unknown>, id.toString(32)] : [seen, id];
    if (set.has(key)) throw new Refused('duplicate-entry', 0, `${table}[${i}]`);
    set.add(key);
  });
}

function every<T>(
  table: string,
  entries: readonly T[],
  isGood: (entry: T) => boolean,
  reason: 'table-entry' | 'unit-shape' = 'table-entry',
): void {
  const bad = entries.findIndex((value) => !isGood(value));
  if (bad >= 0) throw new Refused(reason, 0, `${table}[${bad}]`);
}

function entry(table: string): Refused {
  return new Refused('table-entry', 0, table);
}
