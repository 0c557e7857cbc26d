/** Breakers of what holds at a place: stack heights, regions, cursors, slots. */
import { type Join, SLOT, type Unit } from '../../src/bytecode/module.ts';
import { OPCODES, opRow } from '../../src/bytecode/opcodes.ts';
import type { Breaker } from './breakers.ts';
import { at, changedJoin, isFirst, isNoCatch, type Spot, slotOf, targetOf } from './code-breakers.ts';
import { inserted, instructionsOf, patched, withUnit } from './code-edit.ts';

const joinOf = ({ unit, offset }: Spot): Join | undefined => unit.joins.find((join) => join.at === offset);
const isJoin = (spot: Spot): boolean => joinOf(spot) !== undefined;
const isCatch = ({ name }: Spot): boolean => name === 'CATCH';
const isTryStart = ({ name }: Spot): boolean => name === 'TRY_START';
const isNext = ({ name }: Spot): boolean => name === 'NEXT_FOREACH';
const isLoop = ({ name }: Spot): boolean => name === 'INIT_FOREACH';
/** Where a loop's first instruction stands. */
const headOf = ({ offset }: Spot): number => offset + 1 + OPCODES.INIT_FOREACH.operands.length;
const changed = (unit: Unit, offset: number, change: Partial<Join>): Pick<Unit, 'joins'> => ({
  joins: unit.joins.map((join) => (join.at === offset ? { ...join, ...change } : join)),
});
const withSlot = (slots: Uint8Array, slot: number, holds: number): Uint8Array => {
  const byte = slots[slot >> 2] as number;
  return slots.with(slot >> 2, (byte & ~(3 << (2 * (slot & 3)))) | (holds << (2 * (slot & 3))));
};
/** A slot more, which nothing has set. */
const withFreshSlot = (unit: Unit): Partial<Unit> => ({
  slotCount: unit.slotCount + 1,
  slotNames: [...unit.slotNames, 'fresh'],
  joins: unit.joins.map((join) =>
    unit.slotCount % 4 === 0 ? { ...join, slots: Uint8Array.of(...join.slots, 0) } : join,
  ),
});
const slotsWhere = ({ unit, offset }: Spot, holds: number): readonly number[] => {
  const slots = unit.joins.find((join) => join.at === offset)?.slots ?? new Uint8Array(0);
  return Array.from({ length: unit.slotCount }, (_, slot) => slot).filter((slot) => slotOf(slots, slot) === holds);
};
/** A TRY whose guarded part can be left: what stands before its CATCH is the jump around it. */
const isJumpBeforeCatch = ({ name, offset, all }: Spot): boolean =>
  name === 'JUMP' && all.some((f) => f.name === 'CATCH' && f.offset === offset + 2);
const deepest = 65_536;

export const STATE_BREAKERS: readonly Breaker[] = [
  // The stack
  at('stack: a pop too many', 'stack-underflow', isFirst, ({ unit }) => inserted(unit, 0, [['POP']])),
  at('stack: two operands of one', 'stack-underflow', isFirst, ({ unit }) =>
    inserted(unit, 0, [['PUSH', 0], ['ADD'], ['POP']]),
  ),
  at(
    'stack: more elements than there are',
    'stack-underflow',
    ({ name }) => name === 'MAKE_ARRAY',
    ({ unit, offset }) => patched(unit, [offset + 1, 50_000]),
  ),
  at(
    'stack: what was there before the TRY',
    'stack-underflow',
    (spot) => isTryStart(spot),
    ({ unit, offset }) => {
      const first = offset + 2;
      const inside = inserted(unit, first, [['POP'], ['PUSH', 0]]);
      const under = inserted({ ...unit, ...inside }, offset, [['PUSH', 0]]);
      return {
        ...under,
        joins: under.joins.map(({ scopes, height, ...join }) => ({
          ...join,
          scopes,
          height: scopes.includes(offset + 2) ? height + 1 : height,
        })),
      };
    },
  ),
  at('stack: beyond the limit', 'stack-overflow', isFirst, ({ unit }) =>
    inserted(
      unit,
      0,
      Array.from({ length: deepest }, () => ['PUSH', 0] as const),
    ),
  ),
  at(
    'height: a value left in a way',
    'height-mismatch',
    ({ name }) => name === 'JUMP',
    ({ unit, offset }) => inserted(unit, offset, [['PUSH', 0]]),
  ),
  at('height: a value left in a loop', 'height-mismatch', isNext, ({ unit, offset }) =>
    inserted(unit, offset, [['PUSH', 0]]),
  ),
  at('height: declared higher', 'height-mismatch', isJoin, ({ unit, offset }, random) =>
    changed(unit, offset, { height: (unit.joins.find((j) => j.at === offset)?.height ?? 0) + random.between(1, 5) }),
  ),
  at(
    'height: declared lower',
    'height-mismatch',
    (spot) => (joinOf(spot)?.height ?? 0) > 0,
    ({ unit, offset }) => changed(unit, offset, { height: (unit.joins.find((j) => j.at === offset)?.height ?? 0) - 1 }),
  ),
  // Regions
  at('region: an end without a TRY', 'scope-mismatch', isFirst, ({ unit }) => inserted(unit, 0, [['TRY_END']])),
  at(
    'region: a next without a loop',
    'scope-mismatch',
    ({ offset, unit }) => offset === 0 && unit.slotCount > 0,
    ({ unit }) => ({
      ...inserted({ ...unit, loopCount: unit.loopCount + 1 }, 0, [['NEXT_FOREACH', 0, 0, 5, 0]]),
      loopCount: unit.loopCount + 1,
    }),
  ),
  at(
    'region: not ended',
    'scope-mismatch',
    ({ name, offset, all }) => name === 'TRY_END' && all.some((f) => f.name === 'JUMP' && f.offset === offset + 1),
    ({ unit, offset }) => patched(unit, [offset, OPCODES.NOP.code]),
  ),
  at(
    'region: ended twice',
    'scope-mismatch',
    ({ name, offset, all }) => name === 'TRY_END' && all.some((f) => f.name === 'JUMP' && f.offset === offset + 1),
    ({ unit, offset }) => inserted(unit, offset, [['TRY_END']]),
  ),
  at(
    'region: a join that declares one too few',
    ['scope-mismatch', 'catch-entry'],
    (spot) => (joinOf(spot)?.scopes.length ?? 0) > 0,
    (spot) => changed(spot.unit, spot.offset, { scopes: joinOf(spot)?.scopes.slice(1) ?? [] }),
  ),
  at('region: a join that declares one too many', ['scope-mismatch', 'catch-entry'], isJoin, (spot) =>
    changed(spot.unit, spot.offset, { scopes: [...(joinOf(spot)?.scopes ?? []), 0] }),
  ),
  at(
    'region: a jump out of a loop',
    'scope-mismatch',
    (spot) => isLoop(spot) && heightAt(spot, targetOf(spot)) === heightAt(spot, headOf(spot)),
    (spot) => {
      const by = 2 + 2;
      const end = targetOf(spot) + by;
      return inserted(spot.unit, headOf(spot), [
        ['PUSH', 0],
        ['JUMP_IF_TRUE', end],
      ]);
    },
  ),
  at('region: the end of another sort', 'scope-mismatch', isLoop, (spot) =>
    inserted(spot.unit, headOf(spot), [['TRY_END']]),
  ),
  // CATCH
  at(
    'catch: without a TRY',
    'catch-entry',
    ({ offset, unit }) => offset === 0 && unit.slotCount > 0,
    ({ unit }) => inserted(unit, 0, [['CATCH', 0, 0, 0]]),
  ),
  at('catch: fallen into', 'catch-entry', isJumpBeforeCatch, ({ unit, offset }) =>
    patched(unit, [offset, OPCODES.NOP.code], [offset + 1, OPCODES.NOP.code]),
  ),
  at(
    'catch: jumped to',
    'catch-entry',
    ({ name, offset, all }) => name === 'JUMP' && all.some((f) => f.name === 'CATCH' && f.offset > offset),
    ({ unit, offset, all }, random) =>
      patched(unit, [offset + 1, random.pick(all.filter((f) => f.name === 'CATCH' && f.offset > offset)).offset]),
  ),
  at('catch: of another TRY', 'catch-entry', isTryStart, (spot) =>
    inserted(spot.unit, spot.offset, [['TRY_START', targetOf(spot) + 2]]),
  ),
  at(
    'catch: none is named',
    'catch-entry',
    (spot) => isTryStart(spot) && spot.all.some((f) => f.offset > spot.offset && f.name !== 'CATCH'),
    (spot, random) => {
      const others = spot.all.filter((f) => f.offset > spot.offset && f.name !== 'CATCH');
      return patched(spot.unit, [spot.offset + 1, random.pick(others).offset]);
    },
  ),
  at('catch: twice', 'catch-entry', isCatch, (spot) => {
    const [slot = 0] = spot.operands;
    // Behind the first: the first has ended the region.
    return inserted(spot.unit, spot.offset + 4, [['CATCH', slot, 0, 0]]);
  }),
  // Cursors
  at('cursor: of another loop', 'cursor-use', isNext, (spot) => {
    const [cursor = 0] = spot.operands;
    return patched(spot.unit, [spot.offset + 1, (cursor + 1) % spot.unit.slotCount]);
  }),
  at('cursor: another element', 'cursor-use', isNext, (spot) => {
    const [, element = 0] = spot.operands;
    return patched(spot.unit, [spot.offset + 2, (element + 1) % spot.unit.slotCount]);
  }),
  at('cursor: also the element', 'cursor-use', isLoop, (spot) =>
    patched(spot.unit, [spot.offset + 2, spot.operands[0] as number]),
  ),
  at('cursor: loaded', 'cursor-use', isLoop, (spot) =>
    inserted(spot.unit, headOf(spot), [['LOAD_LOCAL', spot.operands[0] as number], ['POP']]),
  ),
  at('cursor: loaded as a cell', 'cursor-use', isLoop, (spot) =>
    inserted(spot.unit, headOf(spot), [['LOAD_VAR', spot.operands[0] as number], ['POP']]),
  ),
  at('cursor: stored over', 'cursor-use', isLoop, (spot) =>
    inserted(spot.unit, headOf(spot), [
      ['PUSH', 0],
      ['STORE_LOCAL', spot.operands[0] as number],
    ]),
  ),
  at('cursor: made a cell', 'cursor-use', isLoop, (spot) =>
    inserted(spot.unit, headOf(spot), [
      ['PUSH', 0],
      ['MAKE_CELL', spot.operands[0] as number],
    ]),
  ),
  at('cursor: written through', 'cursor-use', isLoop, (spot) =>
    inserted(spot.unit, headOf(spot), [
      ['PUSH', 0],
      ['APPEND', spot.operands[0] as number],
    ]),
  ),
  at(
    'cursor: forgotten by a join',
    'cursor-use',
    (spot) => slotsWhere(spot, SLOT.cursor).length > 0,
    (spot, random) =>
      changedJoin(spot.unit, spot.offset, (slots) =>
        withSlot(slots, random.pick(slotsWhere(spot, SLOT.cursor)), random.pick([SLOT.empty, SLOT.value, SLOT.cell])),
      ),
  ),
  // Slots
  at('slot: read before it is set', 'slot-empty', isNoCatch, (spot) => {
    const fresh = { ...spot.unit, ...withFreshSlot(spot.unit) };
    return { ...fresh, ...inserted(fresh, spot.offset, [['LOAD_LOCAL', spot.unit.slotCount], ['POP']]) };
  }),
  at('slot: read as a cell before it is set', 'slot-empty', isNoCatch, (spot) => {
    const fresh = { ...spot.unit, ...withFreshSlot(spot.unit) };
    return { ...fresh, ...inserted(fresh, spot.offset, [['LOAD_VAR', spot.unit.slotCount], ['POP']]) };
  }),
  at('slot: written to before it is set', 'slot-empty', isNoCatch, (spot) => {
    const fresh = { ...spot.unit, ...withFreshSlot(spot.unit) };
    return {
      ...fresh,
      ...inserted(fresh, spot.offset, [
        ['PUSH', 0],
        ['APPEND', spot.unit.slotCount],
      ]),
    };
  }),
  at(
    'slot: called before it is set',
    'slot-empty',
    (spot) => opRow(spot.name).operands[0] === 'variable',
    (spot) => {
      const fresh = { ...spot.unit, ...withFreshSlot(spot.unit) };
      return { ...fresh, ...patched(fresh, [spot.offset + 1, spot.unit.slotCount]) };
    },
  ),
  at(
    'slot: a value taken for a cell',
    'slot-kind',
    ({ name }) => name === 'LOAD_LOCAL',
    ({ unit, offset }) => patched(unit, [offset, OPCODES.LOAD_VAR.code]),
  ),
  at(
    'slot: a cell taken for a value',
    'slot-kind',
    ({ name }) => name === 'LOAD_VAR',
    ({ unit, offset }) => patched(unit, [offset, OPCODES.LOAD_LOCAL.code]),
  ),
  at(
    'slot: a store into a cell that is none',
    'slot-kind',
    ({ offset, unit }) => offset === 0 && unit.parameterCount > 0,
    ({ unit }) =>
      inserted(unit, 0, [
        ['PUSH', 0],
        ['STORE_VAR', 0],
      ]),
  ),
  at(
    'slot: declared set where it is not',
    'slot-mismatch',
    (spot) => isJoin(spot) && slotsWhere(spot, SLOT.empty).length > 0,
    (spot, random) =>
      changedJoin(spot.unit, spot.offset, (slots) =>
        withSlot(slots, random.pick(slotsWhere(spot, SLOT.empty)), random.pick([SLOT.value, SLOT.cell, SLOT.cursor])),
      ),
  ),
  at(
    'slot: declared of another kind',
    'slot-mismatch',
    (spot) => slotsWhere(spot, SLOT.value).length > 0,
    (spot, random) =>
      changedJoin(spot.unit, spot.offset, (slots) =>
        withSlot(slots, random.pick(slotsWhere(spot, SLOT.value)), SLOT.cell),
      ),
  ),
  at(
    'slot: forgotten by a join and read there',
    'slot-empty',
    (spot) => isJoin(spot) && spot.name === 'LOAD_LOCAL',
    (spot) => changedJoin(spot.unit, spot.offset, (slots) => withSlot(slots, spot.operands[0] as number, SLOT.empty)),
  ),
  at(
    'slot: changed in a TRY that relies on it',
    'slot-mismatch',
    (spot) => isTryStart(spot) && valuesAtCatch(spot).length > 0,
    (spot, random) =>
      inserted(spot.unit, spot.offset + 2, [
        ['PUSH', 0],
        ['MAKE_CELL', random.pick(valuesAtCatch(spot))],
      ]),
  ),
  capture('of a slot that there is not', ({ captures }) => ({ captures: captures.with(0, 60_000) })),
  capture('of the other kind', ({ cells, parameterCount }) => ({
    cells: cells.includes(parameterCount)
      ? cells.filter((cell) => cell !== parameterCount)
      : [...cells, parameterCount].sort((a, b) => a - b),
  })),
];

function heightAt({ unit }: Spot, offset: number): number {
  return unit.joins.find((join) => join.at === offset)?.height ?? -1;
}

function valuesAtCatch(spot: Spot): readonly number[] {
  return slotsWhere({ ...spot, offset: targetOf(spot) }, SLOT.value);
}

/** Changes what a lambda captures that another unit makes; its own code becomes one that does not touch it. */
function capture(name: string, change: (unit: Unit) => Partial<Unit>): Breaker {
  const idle = { code: Int32Array.of(OPCODES.RETURN.code), joins: [], places: new Int32Array(0) };
  return {
    name: `capture: ${name}`,
    reasons: ['capture-kind'],
    apply: (module, random) => {
      const made = module.units.flatMap((unit, maker) =>
        instructionsOf(unit).flatMap(({ name: op, operands: [index = 0] }) =>
          op === 'CLOSURE' && index !== maker && module.units[index]?.captures.length !== 0 ? [index] : [],
        ),
      );
      if (made.length === 0) return null;
      const index = random.pick(made);
      return withUnit(module, index, { ...change(module.units[index] as Unit), ...idle });
    },
  };
}
