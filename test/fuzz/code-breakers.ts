/** Breakers of single instructions and of jumps. */
import { type ConstantValue, type Module, SLOT, type Unit } from '../../src/bytecode/module.ts';
import { OP_NAMES, OPCODES, type OperandKind, opRow, opWidth } from '../../src/bytecode/opcodes.ts';
import { packedSlot } from '../../src/bytecode/packed-slots.ts';
import type { Reason } from '../../src/verify/reasons.ts';
import type { Breaker } from './breakers.ts';
import { type Found, inserted, instructionsOf, patched, withUnit } from './code-edit.ts';
import type { Random } from './random.ts';

/** An instruction of a module that a breaker works on, and its unit. */
export interface Spot extends Found {
  readonly unit: Unit;
  readonly unitIndex: number;
  readonly all: readonly Found[];
}

type Change = Partial<Unit> | null;

/** Breaks one of the instructions that fit. */
export function at(
  name: string,
  reasons: Reason | readonly Reason[],
  fits: (spot: Spot, module: Module) => boolean,
  change: (spot: Spot, random: Random, module: Module) => Change,
): Breaker {
  return {
    name,
    reasons: typeof reasons === 'string' ? [reasons] : reasons,
    apply: (module, random) => {
      const spots = spotsOf(module).filter((spot) => fits(spot, module));
      if (spots.length === 0) return null;
      const spot = random.pick(spots);
      const changed = change(spot, random, module);
      return changed === null ? null : withUnit(module, spot.unitIndex, changed);
    },
  };
}

const spots = new WeakMap<Module, readonly Spot[]>();

/** Found once: dozens of breakers look at each module. */
function spotsOf(module: Module): readonly Spot[] {
  const known = spots.get(module);
  if (known !== undefined) return known;
  const found = module.units.flatMap((unit, unitIndex) => {
    const all = instructionsOf(unit);
    return all.map((each) => ({ ...each, unit, unitIndex, all }));
  });
  spots.set(module, found);
  return found;
}

export const isFirst = ({ offset }: Spot): boolean => offset === 0;
/** What is put before a CATCH is reached by the fault instead. */
export const isNoCatch = ({ name }: Spot): boolean => name !== 'CATCH';
export const targetOf = ({ name, operands }: Found): number =>
  operands[(opRow(name).operands as readonly OperandKind[]).indexOf('target')] as number;
const isForwardJump = ({ name }: Spot): boolean => name === 'JUMP' || name.startsWith('JUMP_IF');
const joinIndex = (unit: Unit, offset: number): number => unit.joins.findIndex((join) => join.at === offset);
const stripped = { places: new Int32Array(0) };

const UNUSED = Array.from({ length: 256 }, (_, code) => code).filter(
  (code) => !OP_NAMES.some((name) => OPCODES[name].code === code),
);

/** Some operand of one of these kinds becomes what `word` says. */
function operand(
  name: string,
  kinds: readonly OperandKind[],
  word: (spot: Spot, module: Module, kind: OperandKind) => number,
): Breaker {
  const positions = ({ name: op }: Spot): readonly number[] =>
    (opRow(op).operands as readonly OperandKind[]).flatMap((kind, i) => (kinds.includes(kind) ? [i] : []));
  return at(
    name,
    'operand-range',
    (spot) => positions(spot).length > 0,
    (spot, random, module) => {
      const position = random.pick(positions(spot));
      const kind = opRow(spot.name).operands[position] as OperandKind;
      return patched(spot.unit, [spot.offset + 1 + position, word(spot, module, kind)]);
    },
  );
}

const TABLES = ['constant', 'key', 'shape', 'path', 'call', 'unit', 'shared'] as const;
const TABLE_OF = {
  constant: 'constants',
  key: 'keys',
  shape: 'shapes',
  path: 'paths',
  call: 'calls',
  unit: 'units',
  shared: 'shared',
} as const;

export const CODE_BREAKERS: readonly Breaker[] = [
  at('opcode: none of this number', 'unknown-opcode', isNoCatch, ({ unit, offset }, random) =>
    patched(unit, [offset, random.pick([...UNUSED, -1, 256, 0x7fffffff, -(2 ** 31)])]),
  ),
  at('opcode: a charge', 'runtime-only-opcode', isNoCatch, ({ unit, offset }) =>
    inserted(unit, offset, [['CHARGE', 0]]),
  ),
  at('opcode: a fused load', 'runtime-only-opcode', isNoCatch, ({ unit, offset }) =>
    inserted(unit, offset, [['LOAD_PART', 0, 0]]),
  ),
  at('opcode: zeroed', 'runtime-only-opcode', isNoCatch, ({ unit, offset }) => patched(unit, [offset, 0])),
  at(
    'opcode: cut off',
    'truncated-instruction',
    ({ all, offset, name, unit }) => all.at(-1)?.offset === offset && opWidth(name) === 1 && unit.code.length > 1,
    ({ unit, offset }) => ({ ...patched(unit, [offset, OPCODES.LOAD_LOCAL.code]), ...stripped }),
  ),
  operand('operand: at the end of its table', TABLES, (_, module, kind) => module[TABLE_OF[kind as 'key']].length),
  operand(
    'operand: negative',
    [...TABLES, 'slot', 'cell', 'variable', 'cursor', 'loop', 'count', 'flag', 'number', 'target'],
    () => -1,
  ),
  operand('operand: a slot beyond the last', ['slot', 'cell', 'variable', 'cursor'], ({ unit }) => unit.slotCount),
  operand('operand: a back edge beyond the last', ['loop'], ({ unit }) => unit.loopCount),
  operand('operand: a target behind the code', ['target'], ({ unit }) => unit.code.length),
  operand('operand: a flag of 2', ['flag'], () => 2),
  operand('operand: the largest count', ['count'], () => 65_535),
  at(
    'operand: a name that is no text',
    'entry-kind',
    ({ name }, { constants }) => name === 'CALL' && constants.some(isNoText),
    ({ unit, offset }, _, { constants }) => patched(unit, [offset + 2, constants.findIndex(isNoText)]),
  ),
  at(
    'operand: a path of nothing',
    'entry-kind',
    ({ name, operands }, { paths }) => name === 'SET_PATH' && staticPath(paths, operands[1]) && paths.some(isEmptyPath),
    ({ unit, offset }, _, { paths }) => patched(unit, [offset + 2, paths.findIndex(isEmptyPath)]),
  ),
  at(
    'operand: a computed path to modify',
    'entry-kind',
    ({ name }, { paths }) => name === 'MODIFY' && paths.some(({ segments }) => segments.includes(null)),
    ({ unit, offset }, _, { paths }) =>
      patched(unit, [offset + 2, paths.findIndex(({ segments }) => segments.includes(null))]),
  ),
  at(
    'call: a lambda by index',
    'unit-kind',
    ({ name }, { units }) => name === 'CALL_FN' && units.some(({ kind }) => kind === 'lambda'),
    ({ unit, offset }, _, { units }) => patched(unit, [offset + 1, units.findIndex(({ kind }) => kind === 'lambda')]),
  ),
  at(
    'call: a TRANSFORM',
    'unit-kind',
    ({ name }, { units }) => name === 'CALL_FN' && units.some(({ kind }) => kind === 'transform'),
    ({ unit, offset }, _, { units }) =>
      patched(unit, [offset + 1, units.findIndex(({ kind }) => kind === 'transform')]),
  ),
  at(
    'call: a lambda made of a FUNC',
    'unit-kind',
    ({ name }, { units }) => name === 'CLOSURE' && units.some(({ kind }) => kind === 'function'),
    ({ unit, offset }, _, { units }) => patched(unit, [offset + 1, units.findIndex(({ kind }) => kind === 'function')]),
  ),
  {
    name: 'call: another arity declared',
    reasons: ['call-arity'],
    apply: (module) => {
      const called = module.units.flatMap(instructionsOf).filter(({ name }) => name === 'CALL_HOST');
      const used = called.map(({ operands }) => module.calls[operands[0] as number]?.import ?? null);
      const index = used.find((from) => from !== null);
      if (index === undefined || index === null) return null;
      // A member may be declared for several arities; each needs one of its own.
      const members = module.imports[index]?.members.map((member, i) => ({ ...member, arity: 77 + i }));
      const imports = module.imports.map((entry, i) => (i === index ? { ...entry, members: members ?? [] } : entry));
      return { ...module, imports };
    },
  },
  at(
    'output: outside a TRANSFORM',
    'output-outside-transform',
    ({ unit, name }) => unit.kind === 'transform' && (name === 'OUTPUT' || name === 'OUTPUT_RECORD'),
    () => ({ kind: 'function' }),
  ),
  at(
    'flow: falls off the end',
    'falls-off',
    ({ all, offset, name }) => all.at(-1)?.offset === offset && name === 'RETURN',
    ({ unit, offset }) => patched(unit, [offset, OPCODES.NOP.code]),
  ),
  at(
    'flow: code that nothing leads to',
    'unreachable-code',
    ({ name, all, offset }) => opRow(name).flow === 'end' && all.at(-1)?.offset === offset,
    ({ unit }) => ({ code: Int32Array.from([...unit.code, OPCODES.RETURN.code]) }),
  ),
  at(
    'flow: code behind a jump',
    'unreachable-code',
    ({ name }) => name === 'JUMP',
    ({ unit, offset }) => {
      // In front of what follows, behind the declaration of it.
      const behind = inserted(unit, offset + 2, [['NOP']]);
      const back = (at: number): number => (at === offset + 2 ? at + 1 : at);
      const joins = behind.joins.map((join) => ({ ...join, at: back(join.at) }));
      const code = behind.code.slice();
      for (const found of instructionsOf({ code })) {
        const position = (opRow(found.name).operands as readonly OperandKind[]).indexOf('target');
        if (position >= 0) code[found.offset + 1 + position] = back(found.operands[position] as number);
      }
      return { ...behind, code, joins };
    },
  ),
  at(
    'flow: a jump into an instruction',
    'target-boundary',
    (spot) => isForwardJump(spot) && spot.all.some((f) => f.offset === targetOf(spot) && opWidth(f.name) > 1),
    (spot) => patched(spot.unit, [spot.offset + 1, targetOf(spot) + 1]),
  ),
  at(
    'flow: a jump into an instruction, and declared',
    ['target-boundary', 'unreachable-code'],
    (spot) => isForwardJump(spot) && spot.all.some((f) => f.offset === targetOf(spot) && opWidth(f.name) > 1),
    (spot) => {
      const target = targetOf(spot);
      const joins = spot.unit.joins.map((join) => (join.at === target ? { ...join, at: target + 1 } : join));
      const all = spot.all.flatMap((f) => {
        const position = (opRow(f.name).operands as readonly OperandKind[]).indexOf('target');
        return position >= 0 && f.operands[position] === target ? [[f.offset + 1 + position, target + 1] as const] : [];
      });
      return { ...patched(spot.unit, ...all), joins };
    },
  ),
  at(
    'flow: a jump to what is not declared',
    'target-boundary',
    (spot) => isForwardJump(spot),
    (spot) => ({ joins: spot.unit.joins.filter((join) => join.at !== targetOf(spot)) }),
  ),
  at(
    'flow: a jump back',
    'backward-jump',
    (spot) => isForwardJump(spot),
    (spot, random) =>
      patched(spot.unit, [spot.offset + 1, random.pick(spot.all.filter((f) => f.offset <= spot.offset)).offset]),
  ),
  at(
    'flow: a loop to another head',
    'backward-jump',
    ({ name }) => name === 'NEXT_FOREACH',
    (spot, random) => {
      const others = spot.all.filter((f) => f.offset !== targetOf(spot));
      return patched(spot.unit, [spot.offset + 3, random.pick(others).offset]);
    },
  ),
  at(
    'join: out of order',
    'join-shape',
    ({ unit, offset }) => offset === 0 && unit.joins.length > 1,
    ({ unit }, random) => {
      const first = random.below(unit.joins.length - 1);
      const [a, b] = unit.joins.slice(first, first + 2) as [Unit['joins'][number], Unit['joins'][number]];
      return { joins: unit.joins.with(first, b).with(first + 1, a) };
    },
  ),
  at(
    'join: twice',
    'join-shape',
    ({ unit, offset }) => joinIndex(unit, offset) >= 0,
    ({ unit, offset }) => {
      const index = joinIndex(unit, offset);
      return { joins: unit.joins.toSpliced(index, 0, unit.joins[index] as Unit['joins'][number]) };
    },
  ),
  at('join: behind the code', 'join-shape', isFirst, ({ unit }) => ({
    joins: [...unit.joins, { at: unit.code.length, height: 0, scopes: [], slots: packed(unit) }],
  })),
  at(
    'join: that nothing names',
    'join-shape',
    ({ unit, offset, name }) => name !== 'CATCH' && joinIndex(unit, offset) >= 0,
    ({ unit, offset }) => {
      const index = joinIndex(unit, offset);
      const behind = inserted(unit, offset, [['NOP']]);
      const same = behind.joins[index] as Unit['joins'][number];
      return { ...behind, joins: behind.joins.toSpliced(index + 1, 0, { ...same, at: offset + 1 }) };
    },
  ),
  at(
    'join: too many slots',
    'join-shape',
    ({ unit, offset }) => joinIndex(unit, offset) >= 0,
    ({ unit, offset }) => changedJoin(unit, offset, (slots) => Uint8Array.of(...slots, 0)),
  ),
  at(
    'join: a slot that there is not',
    'join-shape',
    ({ unit, offset }) => joinIndex(unit, offset) >= 0 && unit.slotCount % 4 !== 0,
    ({ unit, offset }) =>
      changedJoin(unit, offset, (slots) =>
        slots.with(-1, (slots.at(-1) as number) | (SLOT.value << (2 * (unit.slotCount % 4)))),
      ),
  ),
];

function isNoText(value: ConstantValue): boolean {
  return typeof value !== 'string';
}

function isEmptyPath({ segments }: Module['paths'][number]): boolean {
  return segments.length === 0;
}

function staticPath(paths: Module['paths'], index: number | undefined): boolean {
  return paths[index as number]?.segments.includes(null) === false;
}

function packed({ slotCount }: Unit): Uint8Array {
  return new Uint8Array((slotCount + 3) >> 2);
}

export function changedJoin(
  unit: Unit,
  offset: number,
  change: (slots: Uint8Array) => Uint8Array,
): Pick<Unit, 'joins'> {
  return { joins: unit.joins.map((join) => (join.at === offset ? { ...join, slots: change(join.slots) } : join)) };
}

export function slotOf(slots: Uint8Array, slot: number): number {
  return packedSlot(slots, slot);
}
