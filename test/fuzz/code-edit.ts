/** Changes to a module that keep everything else as it was: what is inserted moves targets, joins, regions and places along. */
import type { Join, Module, Unit } from '../../src/bytecode/module.ts';
import { OPCODES, type OpName, opName, opRow, opWidth } from '../../src/bytecode/opcodes.ts';

export interface Found {
  readonly offset: number;
  readonly name: OpName;
  readonly operands: readonly number[];
}

const known = new WeakMap<object, readonly Found[]>();

/** Found once for each object: nothing of it may change afterwards. */
export function instructionsOf(unit: Pick<Unit, 'code'>): readonly Found[] {
  const found = known.get(unit) ?? decoded(unit);
  known.set(unit, found);
  return found;
}

function decoded({ code }: Pick<Unit, 'code'>): readonly Found[] {
  const found: Found[] = [];
  for (let offset = 0; offset < code.length; ) {
    const name = opName(code[offset] as number) as OpName;
    const width = opWidth(name);
    found.push({ offset, name, operands: [...code.subarray(offset + 1, offset + width)] });
    offset += width;
  }
  return found;
}

export function withUnit(module: Module, index: number, change: Partial<Unit>): Module {
  return { ...module, units: module.units.map((unit, i) => (i === index ? { ...unit, ...change } : unit)) };
}

export function withJoin(unit: Unit, index: number, change: Partial<Join>): Pick<Unit, 'joins'> {
  return { joins: unit.joins.map((join, i) => (i === index ? { ...join, ...change } : join)) };
}

/** Some words replaced, by offset. */
export function patched(
  unit: Unit,
  ...words: readonly (readonly [offset: number, word: number])[]
): Pick<Unit, 'code'> {
  const code = unit.code.slice();
  for (const [offset, word] of words) code[offset] = word;
  return { code };
}

export type NewInstruction = readonly [OpName, ...number[]];

/** The unit with instructions before the one at `offset`; jumps to that one now lead to them. Targets of the new ones count after the change. */
export function inserted(
  unit: Unit,
  offset: number,
  instructions: readonly NewInstruction[],
): Pick<Unit, 'code' | 'joins' | 'places'> {
  const words = instructions.flatMap(([op, ...operands]) => [OPCODES[op].code, ...operands]);
  const by = words.length;
  const moveTarget = (at: number): number => (at > offset ? at + by : at);
  const move = (at: number): number => (at >= offset ? at + by : at);
  const code = new Int32Array(unit.code.length + by);
  code.set(unit.code.subarray(0, offset));
  code.set(words, offset);
  code.set(unit.code.subarray(offset), offset + by);
  for (const { offset: from, name, operands } of instructionsOf(unit)) {
    const target = opRow(name).operands.indexOf('target');
    if (target >= 0) code[move(from) + 1 + target] = moveTarget(operands[target] as number);
  }
  const joins = unit.joins.map((join) => ({ ...join, at: moveTarget(join.at), scopes: join.scopes.map(move) }));
  return { code, joins, places: placesWith(unit, offset, instructions, move) };
}

function placesWith(
  { places }: Unit,
  offset: number,
  instructions: readonly NewInstruction[],
  move: (at: number) => number,
): Int32Array {
  if (places.length === 0) return places;
  const rows: number[][] = [];
  for (let row = 0; row < places.length; row += 3) {
    const [at = 0, start = 0, end = 0] = places.subarray(row, row + 3);
    rows.push([move(at), start, end]);
  }
  let at = offset;
  for (const [op] of instructions) {
    if (OPCODES[op].faults) rows.push([at, 0, 0]);
    at += opWidth(op);
  }
  return Int32Array.from(rows.sort(([a = 0], [b = 0]) => a - b).flat());
}
