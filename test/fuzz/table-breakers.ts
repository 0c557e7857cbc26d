/** Breakers of tables, counts, places and declared effects. */
import type { Effects, Module, Unit } from '../../src/bytecode/module.ts';
import { opRow } from '../../src/bytecode/opcodes.ts';
import type { Reason } from '../../src/verify/reasons.ts';
import type { Breaker } from './breakers.ts';
import { instructionsOf, withUnit } from './code-edit.ts';
import type { Random } from './random.ts';

const NONE: Effects = { emits: false, suspends: false, awaits: false, imports: [] };

type Table = 'constants' | 'keys' | 'shapes' | 'paths' | 'calls' | 'imports' | 'exports';

const twice = (table: Table): Breaker => ({
  name: `${table}: an entry twice`,
  reasons: ['duplicate-entry'],
  apply: (module, random) =>
    module[table].length === 0 ? null : { ...module, [table]: [...module[table], random.pick<unknown>(module[table])] },
});

const added = (name: string, reason: Reason, change: (module: Module) => Partial<Module>): Breaker => ({
  name,
  reasons: [reason],
  apply: (module) => ({ ...module, ...change(module) }),
});

const ofImport = (name: string, reason: Reason, change: (entry: Module['imports'][number]) => object): Breaker => ({
  name,
  reasons: [reason],
  apply: (module, random) => {
    if (module.imports.length === 0) return null;
    const index = random.below(module.imports.length);
    return { ...module, imports: module.imports.map((e, i) => (i === index ? { ...e, ...change(e) } : e)) };
  },
});

const ofUnit = (
  name: string,
  reason: Reason,
  change: (unit: Unit, random: Random) => Partial<Unit> | null,
): Breaker => ({
  name,
  reasons: [reason],
  apply: (module, random) => {
    const index = random.below(module.units.length);
    const changed = change(module.units[index] as Unit, random);
    return changed === null ? null : withUnit(module, index, changed);
  },
});

const ofEffects = (name: string, change: (effects: Effects, module: Module) => Partial<Effects> | null): Breaker => ({
  name: `effects: ${name}`,
  reasons: ['undeclared-effect'],
  apply: (module, random) => {
    if (module.exports.length === 0) return null;
    const index = random.below(module.exports.length);
    const changed = change((module.exports[index] as Module['exports'][number]).effects, module);
    if (changed === null) return null;
    const exports = module.exports.map((e, i) => (i === index ? { ...e, effects: { ...e.effects, ...changed } } : e));
    return { ...module, exports };
  },
});

/** Places of a unit that has some, row by row. */
const ofPlaces = (
  name: string,
  change: (rows: (readonly number[])[], unit: Unit, random: Random) => readonly (readonly number[])[] | null,
): Breaker => ({
  name: `places: ${name}`,
  reasons: ['line-table'],
  apply: (module, random) => {
    const with2 = module.units.flatMap(({ places }, i) => (places.length >= 6 ? [i] : []));
    if (with2.length === 0) return null;
    const index = random.pick(with2);
    const unit = module.units[index] as Unit;
    const rows = Array.from({ length: unit.places.length / 3 }, (_, i) => [...unit.places.subarray(3 * i, 3 * i + 3)]);
    const changed = change(rows, unit, random);
    return changed === null ? null : withUnit(module, index, { places: Int32Array.from(changed.flat()) });
  },
});

export const TABLE_BREAKERS: readonly Breaker[] = [
  twice('constants'),
  twice('keys'),
  twice('shapes'),
  twice('paths'),
  twice('calls'),
  twice('exports'),
  added('imports: an alias twice', 'duplicate-entry', ({ imports }) => ({
    imports: [...imports, ...[0, 1].map(() => importOf('host:other', 'other'))],
  })),
  added('shapes: a key twice', 'duplicate-entry', ({ shapes }) => ({
    shapes: [...shapes, ['twice', 'once', 'twice']],
  })),
  added('keys: a negative one', 'table-entry', ({ keys }) => ({ keys: [...keys, -7] })),
  added('paths: a bad segment', 'table-entry', ({ paths }) => ({ paths: [...paths, { segments: ['a', 1.5, 'z'] }] })),
  added('calls: of an import that is not there', 'table-entry', ({ calls, imports }) => ({
    calls: [...calls, { name: 'any', import: imports.length }],
  })),
  added('calls: of a member that is not declared', 'table-entry', ({ calls, imports }) => ({
    imports: [...imports, importOf('host:other', 'other')],
    calls: [...calls, { name: 'secret', import: imports.length }],
  })),
  added('exports: of no unit', 'table-entry', ({ exports, units }) => ({
    exports: [...exports, { name: 'X', unit: units.length, effects: NONE }],
  })),
  added('exports: under another name', 'table-entry', ({ exports }) => ({
    exports: [...exports, { name: 'not its name', unit: 0, effects: NONE }],
  })),
  added('imports: too many', 'table-size', ({ imports }) => ({
    imports: [...imports, ...Array.from({ length: 257 }, (_, i) => importOf('host:other', `o${i}`))],
  })),
  ofImport('imports: a pinned capability', 'table-entry', () => ({ pin: `sha256:${'a'.repeat(64)}` })),
  ofImport('imports: a bad pin', 'table-entry', () => ({ uri: './m.bl', implied: false, pin: 'sha256:zz' })),
  ofImport('imports: hands on what is not there', 'table-entry', () => ({
    uri: './m.bl',
    implied: false,
    handedOn: [999],
  })),
  ofImport('imports: a bad arity', 'table-entry', ({ members }) => ({
    members: [...members, { name: 'm', arity: -2 }],
  })),
  ofImport('imports: a member twice', 'duplicate-entry', ({ members }) => ({
    members: [...members, ...[0, 1].map(() => ({ name: 'm', arity: 5 }))],
  })),
  {
    name: 'units: a name twice',
    reasons: ['duplicate-entry'],
    apply: (module) => {
      const named = module.units.find((unit) => unit.kind !== 'lambda');
      return named === undefined ? null : { ...module, units: [...module.units, named] };
    },
  },
  ofUnit('units: a name too few', 'unit-shape', ({ slotNames }) =>
    slotNames.length === 0 ? null : { slotNames: slotNames.slice(1) },
  ),
  ofUnit('units: more slots than names', 'unit-shape', ({ slotCount }) => ({ slotCount: slotCount + 1 })),
  ofUnit('units: too many slots', 'unit-shape', () => ({ slotCount: 65_536, slotNames: new Array(65_536).fill('') })),
  ofUnit('units: a cell that is no slot', 'unit-shape', ({ cells, slotCount }) => ({ cells: [...cells, slotCount] })),
  ofUnit('units: a cell twice', 'unit-shape', ({ cells }) =>
    cells.length === 0 ? null : { cells: [...cells, ...cells] },
  ),
  ofUnit('units: loops beyond counting', 'unit-shape', () => ({ loopCount: 2 ** 31 })),
  ofUnit('units: a parameter too many', 'unit-shape', ({ kind, slotCount }) =>
    kind === 'lambda' ? null : { parameterCount: slotCount + 1 },
  ),
  ofUnit('units: a FUNC that captures', 'unit-shape', ({ kind }) => (kind === 'lambda' ? null : { captures: [0] })),
  ofUnit('units: a capture of no slot', 'unit-shape', ({ kind, captures }) =>
    kind === 'lambda' && captures.length > 0 ? { captures: captures.with(0, -1) } : null,
  ),
  ofUnit('units: no code', 'empty-unit', () => ({ code: new Int32Array(0), joins: [], places: new Int32Array(0) })),
  ofEffects('output', ({ emits }) => ({ emits: !emits })),
  ofEffects('suspension', ({ suspends }) => ({ suspends: !suspends })),
  ofEffects('waiting', ({ awaits }) => ({ awaits: !awaits })),
  ofEffects('an import too many', ({ imports }, module) =>
    imports.length === module.imports.length ? null : { imports: [...module.imports.keys()] },
  ),
  ofEffects('an import too few', ({ imports }) => (imports.length === 0 ? null : { imports: imports.slice(1) })),
  ofPlaces('a row too few', (rows, _, random) => rows.toSpliced(random.below(rows.length), 1)),
  ofPlaces('a row twice', (rows, _, random) => {
    const row = random.below(rows.length);
    return rows.toSpliced(row, 0, rows[row] as readonly number[]);
  }),
  ofPlaces('out of order', (rows, _, random) => {
    const row = random.below(rows.length - 1);
    return rows.with(row, rows[row + 1] as readonly number[]).with(row + 1, rows[row] as readonly number[]);
  }),
  ofPlaces('a range that runs backwards', (rows, _, random) => {
    const row = random.below(rows.length);
    const [at = 0] = rows[row] as readonly number[];
    return rows.with(row, [at, 9, 8]);
  }),
  ofPlaces('of what cannot fault', (rows, unit, random) => {
    const quiet = instructionsOf(unit).filter(({ name }) => !opRow(name).faults);
    if (quiet.length === 0) return null;
    const { offset } = random.pick(quiet);
    return [...rows, [offset, 0, 0]].sort(([a = 0], [b = 0]) => a - b);
  }),
];

function importOf(uri: string, alias: string): Module['imports'][number] {
  return { uri, alias, implied: false, members: [{ name: 'm', arity: 0 }], handedOn: [], pin: null, at: 0, end: 0 };
}
