/**
 * Changes of a module that was taken apart: instructions, operands, tables, declarations. Most of the time joins and effects
 * are declared anew afterwards, as whoever forges a module would, so that the change itself is what gets judged.
 */
import { EffectsOfUnits } from '../../src/bytecode/effects.ts';
import { declareJoins } from '../../src/bytecode/joins.ts';
import type { ConstantValue, Module, Unit } from '../../src/bytecode/module.ts';
import { OP_NAMES, OPCODES, type OperandKind, type OpName, opRow, opWidth } from '../../src/bytecode/opcodes.ts';
import { packedLength } from '../../src/bytecode/packed-slots.ts';
import { STANDARD } from '../../src/std/index.ts';
import { type Found, inserted, instructionsOf, patched, withJoin, withUnit } from './code-edit.ts';
import { NUMBERS, TEXTS } from './inputs.ts';
import type { Random } from './random.ts';

export interface EditedModule {
  readonly name: string;
  readonly module: Module;
}

/** Another module, or the same one where there is nothing of that sort. */
type Edit = (random: Random, module: Module, donor: Module) => Module;
type UnitEdit = (random: Random, unit: Unit, module: Module, donor: Module) => Partial<Unit>;
type FoundEdit = (random: Random, found: Found, unit: Unit, module: Module) => Partial<Unit>;

const NO_PLACES = new Int32Array(0);
const ODD_WORDS = [-1, 255, 65_535, 0x7fff_ffff];
const FUNCTIONS = [...STANDARD.keys()];
const URIS = [
  'host:fuzz',
  'host:files',
  'host:mail',
  'host:clock',
  'host:random',
  'host:secret',
  'host:shared',
  './other.bl',
];
const MEMBERS = ['echo', 'read', 'write', 'send', 'now', 'random', 'constructor', '__proto__', 'toString'];
const SLOT_BITS = 256;

/** What may stand in a file. */
const STORED = OP_NAMES.filter((name) => opRow(name).effect !== 'trace');
/** For each, the operations that have operands of the same kinds. */
const ALIKE: ReadonlyMap<OpName, readonly OpName[]> = new Map(
  STORED.map((name) => [name, STORED.filter((other) => kindsOf(other) === kindsOf(name))]),
);

function kindsOf(name: OpName): string {
  return opRow(name).operands.join();
}

/** One to three changes. */
export function editModule(random: Random, original: Module, donor: Module): EditedModule {
  const names: string[] = [];
  let module = original;
  for (let n = random.pick([1, 1, 1, 2, 3]); n > 0; n--) {
    const name = random.weighted(EDITS.map(([weight, name]) => [weight, () => name] as const));
    names.push(name);
    module = (BY_NAME.get(name) as Edit)(random, module, donor);
  }
  const isRepaired = random.chance(85);
  if (isRepaired) names.push('repaired');
  return { name: names.join(', '), module: isRepaired ? repaired(original, module) : module };
}

/** Joins of changed units and effects of exports, where they can be found for such code. */
function repaired(original: Module, module: Module): Module {
  const units = module.units.map((unit) => {
    if (original.units.includes(unit)) return unit;
    const joins = attempt(() => declareJoins(unit, module));
    // What a file cannot even say is left out.
    return joins === undefined ? unit : { ...unit, joins: joins.filter(({ at, height }) => Math.min(at, height) >= 0) };
  });
  const effects = new EffectsOfUnits({ ...module, units });
  const exports = module.exports.map((e) => ({ ...e, effects: attempt(() => effects.of(e.unit)) ?? e.effects }));
  return { ...module, units, exports };
}

/** What is made of such code may not exist. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

// --- code

const inUnit =
  (edit: UnitEdit): Edit =>
  (random, module, donor) => {
    if (module.units.length === 0) return module;
    const index = random.below(module.units.length);
    return withUnit(module, index, edit(random, module.units[index] as Unit, module, donor));
  };

const inCode = (edit: FoundEdit): Edit =>
  inUnit((random, unit, module) => {
    const all = instructionsOf(unit);
    return all.length === 0 ? {} : edit(random, random.pick(all), unit, module);
  });

/** Another number of the same sort, mostly one that exists. */
function operandOf(random: Random, kind: OperandKind, unit: Unit, module: Module): number {
  if (random.chance(4)) return random.pick(ODD_WORDS);
  const sizes: { readonly [K in OperandKind]?: number } = {
    constant: module.constants.length,
    key: module.keys.length,
    shape: module.shapes.length,
    path: module.paths.length,
    call: module.calls.length,
    unit: module.units.length,
    shared: module.shared.length,
    slot: unit.slotCount,
    cell: unit.slotCount,
    variable: unit.slotCount,
    cursor: unit.slotCount,
    loop: unit.loopCount,
    flag: 2,
    count: 5,
    number: 5,
  };
  if (kind === 'target') return random.pick(instructionsOf(unit)).offset;
  return random.below((sizes[kind] ?? 0) + (random.chance(10) ? 1 : 0));
}

function operandsFor(random: Random, name: OpName, unit: Unit, module: Module): readonly number[] {
  return opRow(name).operands.map((kind) => operandOf(random, kind, unit, module));
}

const changeOperand: FoundEdit = (random, { offset, name, operands }, unit, module) => {
  if (operands.length === 0) return {};
  const position = random.below(operands.length);
  const kind = opRow(name).operands[position] as OperandKind;
  return patched(unit, [offset + 1 + position, operandOf(random, kind, unit, module)]);
};

const changeOpcode: FoundEdit = (random, { offset, name }, unit) => {
  const alike = random.pick(ALIKE.get(name) ?? [name]);
  return { ...patched(unit, [offset, OPCODES[alike].code]), places: NO_PLACES };
};

/** What does nothing stands where it was. */
const blankOut: FoundEdit = (_, { offset, name }, unit) => {
  const words = Array.from({ length: opWidth(name) }, (_, i) => [offset + i, OPCODES.NOP.code] as const);
  return { ...patched(unit, ...words), places: NO_PLACES };
};

const insert: FoundEdit = (random, { offset }, unit, module) => {
  const name = random.pick(STORED);
  return { ...inserted(unit, offset, [[name, ...operandsFor(random, name, unit, module)]]), places: NO_PLACES };
};

/** Takes values and puts as many back, or the other way round: the height stays what it was. */
const insertBalanced: FoundEdit = (random, { offset }, unit, module) => {
  const slot = operandOf(random, 'slot', unit, module);
  const constant = operandOf(random, 'constant', unit, module);
  const found = random.pick([
    [['PUSH', constant], ['POP']],
    [['LOAD_LOCAL', slot], ['POP']],
    [
      ['PUSH', constant],
      ['STORE_LOCAL', slot],
    ],
    [
      ['PUSH', constant],
      ['MAKE_CELL', slot],
    ],
    [['PUSH', constant], ['OUTPUT_VALUE']],
    [['PUSH', constant], ['SUSPEND'], ['POP']],
    [['LOAD_VAR', slot], ['POP']],
  ] as const);
  return { ...inserted(unit, offset, found), places: NO_PLACES };
};

const repeat: FoundEdit = (_, { offset, name, operands }, unit) => ({
  ...inserted(unit, offset, [[name, ...operands]]),
  places: NO_PLACES,
});

const exchange: FoundEdit = (random, { offset, name, operands }, unit) => {
  const all = instructionsOf(unit).filter((other) => opWidth(other.name) === opWidth(name));
  const other = random.pick(all);
  const words = (at: number, found: Found): readonly (readonly [number, number])[] =>
    [OPCODES[found.name].code, ...found.operands].map((word, i) => [at + i, word] as const);
  return {
    ...patched(unit, ...words(other.offset, { offset, name, operands }), ...words(offset, other)),
    places: NO_PLACES,
  };
};

const foreignCode: UnitEdit = (random, _, module, donor) => {
  const { code, joins, slotNames, slotCount, loopCount } = random.pick(
    random.chance(50) || donor.units.length === 0 ? module.units : donor.units,
  );
  return { code, joins, slotNames, slotCount, loopCount, places: NO_PLACES };
};

// --- declarations

const changeJoin: UnitEdit = (random, unit) => {
  if (unit.joins.length === 0) return {};
  const index = random.below(unit.joins.length);
  const join = unit.joins[index] as Unit['joins'][number];
  return random.weighted<Partial<Unit>>([
    [2, () => withJoin(unit, index, { height: Math.max(0, join.height + random.pick([-1, 1])) })],
    [2, () => withJoin(unit, index, { scopes: random.chance(50) ? join.scopes.slice(1) : [...join.scopes, 0] })],
    [4, () => withJoin(unit, index, { slots: join.slots.map((byte) => byte ^ random.below(SLOT_BITS)) })],
    [4, () => withJoin(unit, index, { slots: join.slots.map((byte) => byte & random.below(SLOT_BITS)) })],
    [1, () => ({ joins: unit.joins.toSpliced(index, 1) })],
  ]);
};

const changeCounts: UnitEdit = (random, unit) => {
  const { parameterCount, slotNames, loopCount, cells, captures, kind } = unit;
  return random.weighted<Partial<Unit>>([
    [2, () => ({ parameterCount: Math.max(0, parameterCount + random.pick([-1, 1])) })],
    [2, () => ({ slotNames: [...slotNames, 'more'], slotCount: slotNames.length + 1, joins: wider(unit) })],
    [1, () => ({ slotNames: slotNames.slice(1), slotCount: Math.max(0, slotNames.length - 1) })],
    [1, () => ({ loopCount: loopCount + 1 })],
    [
      2,
      () => ({
        cells: cells.length > 0 && random.chance(50) ? cells.slice(1) : [...cells, random.below(unit.slotCount)],
      }),
    ],
    [
      2,
      () => ({
        captures: captures.length > 0 && random.chance(50) ? captures.slice(1) : [...captures, random.below(4)],
      }),
    ],
    [1, () => ({ kind: random.pick(['transform', 'function', 'lambda'] as const), name: `${kind}?` })],
  ]);
};

function wider({ joins, slotNames }: Unit): Unit['joins'] {
  return joins.map((join) => {
    const slots = new Uint8Array(packedLength(slotNames.length + 1));
    slots.set(join.slots);
    return { ...join, slots };
  });
}

const changeExports: Edit = (random, module) => {
  const { exports, units } = module;
  const index = random.below(exports.length);
  const change = (to: Partial<Module['exports'][number]>): Module => ({
    ...module,
    exports: exports.map((e, i) => (i === index ? { ...e, ...to } : e)),
  });
  const effects = exports[index]?.effects;
  if (effects === undefined) return module;
  return random.weighted([
    [1, () => ({ ...module, exports: exports.toSpliced(index, 1) })],
    [1, () => ({ ...module, exports: [...exports, { ...(exports[index] as Module['exports'][number]) }] })],
    [2, () => change({ unit: random.below(units.length + 1) })],
    [1, () => change({ name: random.pick(TEXTS) })],
    [2, () => change({ effects: { ...effects, emits: !effects.emits } })],
    [2, () => change({ effects: { ...effects, suspends: !effects.suspends } })],
    [2, () => change({ effects: { ...effects, imports: effects.imports.length > 0 ? [] : [random.below(2)] } })],
  ]);
};

// --- tables

const changeImports: Edit = (random, module) => {
  const { imports } = module;
  if (imports.length === 0) return module;
  const index = random.below(imports.length);
  const entry = imports[index] as Module['imports'][number];
  const change = (to: Partial<typeof entry>): Module => ({
    ...module,
    imports: imports.with(index, { ...entry, ...to }),
  });
  const member = { name: random.pick(MEMBERS), arity: random.chance(50) ? null : random.below(3) };
  return random.weighted([
    [3, () => change({ uri: random.pick(URIS) })],
    [2, () => change({ members: [...entry.members, member] })],
    [2, () => change({ members: entry.members.map((m) => ({ ...m, arity: random.below(3) })) })],
    [1, () => change({ members: entry.members.map(() => member) })],
    [1, () => change({ implied: !entry.implied })],
    [1, () => change({ alias: random.pick(TEXTS) })],
    [1, () => change({ handedOn: [random.below(imports.length + 1)] })],
    [1, () => change({ pin: 'sha256:00' })],
    [1, () => ({ ...module, imports: [...imports, entry] })],
  ]);
};

const changeCalls: Edit = (random, module) => {
  const { calls, imports } = module;
  if (calls.length === 0) return module;
  const index = random.below(calls.length);
  const entry = calls[index] as Module['calls'][number];
  const to = random.weighted<Partial<typeof entry>>([
    [4, () => ({ name: random.pick(FUNCTIONS), import: null })],
    [1, () => ({ name: random.pick(['LIST.each', 'toString', '__proto__', '']) })],
    [2, () => ({ name: random.pick(MEMBERS), import: random.below(imports.length + 1) })],
  ]);
  return { ...module, calls: calls.with(index, { ...entry, ...to }) };
};

function constantOf(random: Random): ConstantValue {
  return random.weighted<ConstantValue>([
    [3, () => random.pick(NUMBERS)],
    [3, () => random.pick(TEXTS)],
    [1, () => random.pick([null, true, false])],
    [1, () => random.pick([0n, -1n, 2n ** 64n, 2n ** 2000n])],
  ]);
}

const changeConstants: Edit = (random, module) => {
  const { constants, keys, shapes, paths } = module;
  const key = random.chance(70) ? random.pick(TEXTS) : random.pick(NUMBERS);
  return random.weighted([
    [4, () => ({ ...module, constants: replaced(random, constants, constantOf(random)) })],
    [2, () => ({ ...module, keys: replaced(random, keys, key) })],
    [1, () => ({ ...module, shapes: replaced(random, shapes, ['a', random.pick(TEXTS)].slice(random.below(2))) })],
    [2, () => ({ ...module, paths: replaced(random, paths, { segments: [key, null].slice(random.below(3)) }) })],
    [1, () => ({ ...module, constants: [...constants, constantOf(random)] })],
  ]);
};

function replaced<T>(random: Random, entries: readonly T[], entry: T): readonly T[] {
  return entries.length === 0 ? [entry] : entries.with(random.below(entries.length), entry);
}

const changeUnits: Edit = (random, module, donor) => {
  const { units } = module;
  return random.weighted<Module>([
    [1, () => ({ ...module, units: units.slice(1) })],
    [1, () => ({ ...module, units: [...units, ...donor.units.slice(0, 1)] })],
    [1, () => ({ ...module, units: units.toReversed() })],
    [
      1,
      () => ({ ...module, shared: [...module.shared, { name: 's', mode: random.pick(['SINGLE', 'MANY'] as const) }] }),
    ],
  ]);
};

const EDITS: readonly (readonly [weight: number, name: string, edit: Edit])[] = [
  [10, 'operand', inCode(changeOperand)],
  [8, 'opcode', inCode(changeOpcode)],
  [3, 'blanked', inCode(blankOut)],
  [3, 'inserted', inCode(insert)],
  [6, 'inserted in balance', inCode(insertBalanced)],
  [3, 'repeated', inCode(repeat)],
  [3, 'exchanged', inCode(exchange)],
  [2, 'code of another unit', inUnit(foreignCode)],
  [2, 'join', inUnit(changeJoin)],
  [3, 'counts', inUnit(changeCounts)],
  [2, 'exports', changeExports],
  [3, 'imports', changeImports],
  [3, 'calls', changeCalls],
  [5, 'constants', changeConstants],
  [1, 'units', changeUnits],
];
const BY_NAME: ReadonlyMap<string, Edit> = new Map(EDITS.map(([, name, edit]) => [name, edit]));
