/**
 * Verifies what is not code: every entry of every table is of its type, names what exists, and stands there once. Makes no
 * assumption about where the module comes from beyond being plain data of the declared types.
 */
import { LOAD_LIMITS } from '../base/limits.ts';
import { isCapabilityUri } from '../base/uris.ts';
import { type DecodedRow, opcodeTable } from '../bytecode/decoded-rows.ts';
import { type EffectsOfUnits, SHARED_URI } from '../bytecode/effects.ts';
import type { CallEntry, ConstantValue, Effects, Export, Import, Key, Module, Path, Unit } from '../bytecode/module.ts';
import { Refused } from './reasons.ts';

const MAX_IMPORTS = LOAD_LIMITS.imports.default;
const MAX_UNITS = LOAD_LIMITS.units.default;

/** @throws Refused */
export function checkTables(module: Module): void {
  const { units, constants, keys, shapes, paths, calls, shared, exports } = module;
  if (units.length > MAX_UNITS) throw new Refused('table-size', 0, 'units');
  every('constants', constants, isConstant);
  unique('constants', constants, itself);
  unique('keys', keys, itself);
  every('keys', keys, isKey);
  unique('shapes', shapes, JSON.stringify);
  for (let i = 0; i < shapes.length; i++) {
    const shape = shapes[i] as readonly string[];
    if (new Set(shape).size < shape.length) unique('shapes', shape, itself, i);
  }
  unique('paths', paths, pathText);
  every('paths', paths, isPath);
  checkImports(module);
  unique('calls', calls, callText);
  checkMembers(module);
  unique('shared', shared, sharedText);
  every('units', units, checkKind, 'unit-shape');
  unique('units', units.filter(isNamed), nameOf);
  unique('exports', exports, nameOf);
  for (let i = 0; i < exports.length; i++) {
    const { name, unit: index } = exports[i] as Export;
    const unit = units[index];
    if (unit === undefined || !isNamed(unit) || unit.name !== name) throw entry(`exports[${i}]`);
  }
}

/** What exports declare is what their code does, and shared state is imported. Units must have been verified. @throws Refused */
export function checkEffects(module: Module, effects: EffectsOfUnits): void {
  const { units, imports, exports } = module;
  let usesShared = false;
  for (let unit = 0; unit < units.length; unit++) usesShared ||= effects.usesShared(unit);
  if (usesShared && !imports.some((i) => i.uri === SHARED_URI)) throw entry('shared');
  for (let i = 0; i < exports.length; i++) {
    const { unit, effects: declared } = exports[i] as Export;
    if (!sameEffects(declared, effects.of(unit))) throw new Refused('undeclared-effect', 0, `exports[${i}]`);
  }
}

/** The line table of a verified unit: none at all, or a row for each instruction that may fault. @throws Refused */
export function checkPlaces({ code, places }: Unit): void {
  if (places.length === 0) return;
  const { rows } = opcodeTable();
  let row = 0;
  for (let offset = 0; offset < code.length; ) {
    const { faults, width } = rows[code[offset] as number] as DecodedRow;
    if (faults) {
      const start = places[row + 1] ?? -1;
      const end = places[row + 2] ?? -1;
      if (places[row] !== offset || start < 0 || end < start) throw new Refused('line-table', offset);
      row += 3;
    }
    offset += width;
  }
  if (row !== places.length) throw new Refused('line-table', code.length - 1);
}

/** What is called of an import, the import declares. */
function checkMembers({ imports, calls }: Module): void {
  if (imports.length === 0) {
    every('calls', calls, isStandard);
    return;
  }
  const members = imports.map((entry) => new Set(entry.members.map((m) => m.name)));
  every('calls', calls, ({ name, import: from }) => from === null || members[from]?.has(name) === true);
}

function checkImports({ imports }: Module): void {
  if (imports.length === 0) return;
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

// Loops and named functions here and below: every load passes once, when nothing is warm, and a function made for a call
// or handed to forEach costs more than what it does.

function itself<T>(entry: T): T {
  return entry;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function isNamed({ kind }: Unit): boolean {
  return kind !== 'lambda';
}

function callText(call: CallEntry): string {
  return `${call.import} ${call.name}`;
}

function isStandard({ import: from }: CallEntry): boolean {
  return from === null;
}

function sharedText({ mode, name }: Module['shared'][number]): string {
  return `${mode} ${name}`;
}

function pathText({ segments }: Path): string {
  return segments.map((s) => (s === null ? '*' : JSON.stringify(keyText(s)))).join();
}

function isPath({ segments }: Path): boolean {
  return segments.every((s) => s === null || isKey(s));
}

function isConstant(value: ConstantValue): boolean {
  return typeof value !== 'number' || !(Number.isNaN(value) || Object.is(value, -0));
}

/** `part`: the entries are those of an entry of the table. */
function unique<T>(table: string, entries: readonly T[], identify: (entry: T) => unknown, part = -1): void {
  if (entries.length < 2) return;
  const seen = new Set<unknown>();
  let seenBigs: Set<string> | null = null;
  for (let i = 0; i < entries.length; i++) {
    const id = identify(entries[i] as T);
    // V8 hashes big integers by their low 64 bits: chosen ones all collide. This radix is written in linear time.
    if (typeof id === 'bigint') {
      seenBigs ??= new Set();
      seenBigs.add(id.toString(32));
    } else seen.add(id);
    if (seen.size + (seenBigs === null ? 0 : seenBigs.size) <= i)
      throw new Refused('duplicate-entry', 0, `${table}${part < 0 ? '' : `[${part}]`}[${i}]`);
  }
}

function every<T>(
  table: string,
  entries: readonly T[],
  isGood: (entry: T) => boolean,
  reason: 'table-entry' | 'unit-shape' = 'table-entry',
): void {
  for (let i = 0; i < entries.length; i++) if (!isGood(entries[i] as T)) throw new Refused(reason, 0, `${table}[${i}]`);
}

function entry(table: string): Refused {
  return new Refused('table-entry', 0, table);
}
