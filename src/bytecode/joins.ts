/**
 * What the compiler declares of jump targets (`Unit.joins`), found by following the code until nothing changes. The
 * verifier does not trust it: it checks each declaration in one pass of its own.
 */
import { invariant } from '../base/assert.ts';
import { dynamicKeyCount, type Join, type Module, SLOT, type Unit } from './module.ts';
import { OPCODES, type OpName, type OpRow, opName, opRow, type ShapeSizes } from './opcodes.ts';

/** A unit without its declarations. */
export type BareUnit = Omit<Unit, 'joins'>;

export interface JoinTables {
  readonly shapes: Module['shapes'];
  readonly paths: Module['paths'];
}

interface Known {
  height: number;
  scopes: readonly number[];
  readonly slots: Uint8Array;
}

/** Declares the joins of well-formed code; what it says of other code is refused by the verifier. */
export function declareJoins(unit: BareUnit, tables: JoinTables): readonly Join[] {
  const targets = targetsOf(unit.code);
  if (targets.size === 0) return [];
  const follower = new Follower(unit, tables, targets);
  while (follower.sweep()) {}
  return [...follower.joins]
    .sort(([a], [b]) => a - b)
    .map(([at, { height, scopes, slots }]) => ({ at, height, scopes, slots: packSlots(slots) }));
}

/** The state of a unit's slots when it is entered. */
export function entrySlots(unit: Pick<Unit, 'slotCount' | 'parameterCount' | 'captures' | 'cells'>): Uint8Array {
  const slots = new Uint8Array(unit.slotCount);
  slots.fill(SLOT.value, 0, unit.parameterCount + unit.captures.length);
  for (const cell of unit.cells) if (cell >= unit.parameterCount && slots[cell] === SLOT.value) slots[cell] = SLOT.cell;
  return slots;
}

export function packSlots(slots: Uint8Array): Uint8Array {
  const packed = new Uint8Array(packedLength(slots.length));
  for (let i = 0; i < slots.length; i++)
    packed[i >> 2] = (packed[i >> 2] as number) | ((slots[i] as number) << (2 * (i & 3)));
  return packed;
}

/** Bytes that the states of so many slots take. */
export function packedLength(slotCount: number): number {
  return (slotCount + 3) >> 2;
}

function targetsOf(code: Int32Array): Set<number> {
  const targets = new Set<number>();
  for (let offset = 0; offset < code.length; ) {
    const row = rowAt(code, offset).row;
    const operand = row.operands.indexOf('target');
    if (operand >= 0) targets.add(code[offset + 1 + operand] as number);
    offset += 1 + row.operands.length;
  }
  return targets;
}

class Follower implements ShapeSizes {
  readonly joins = new Map<number, Known>();
  readonly #unit: BareUnit;
  readonly #tables: JoinTables;
  readonly #targets: ReadonlySet<number>;
  #hasChanged = false;

  constructor(unit: BareUnit, tables: JoinTables, targets: ReadonlySet<number>) {
    this.#unit = unit;
    this.#tables = tables;
    this.#targets = targets;
  }

  shapeSize(index: number): number {
    return this.#tables.shapes[index]?.length ?? 0;
  }

  dynamicKeyCount(path: number): number {
    const entry = this.#tables.paths[path];
    return entry === undefined ? 0 : dynamicKeyCount(entry);
  }

  /** Follows the code once in its order; true when that taught something about a place already passed. */
  sweep(): boolean {
    const { code } = this.#unit;
    this.#hasChanged = false;
    let state: Known | null = { height: 0, scopes: [], slots: entrySlots(this.#unit) };
    for (let offset = 0; offset < code.length; ) {
      if (this.#targets.has(offset)) {
        if (state !== null) this.#reach(offset, state);
        const join = this.joins.get(offset);
        state = join === undefined ? null : copyOf(join);
      }
      const { name, row } = rowAt(code, offset);
      if (state !== null) state = this.#step(state, offset, name, row);
      offset += 1 + row.operands.length;
    }
    return this.#hasChanged;
  }

  /** The state behind the instruction, null when nothing goes on there. */
  #step(state: Known, offset: number, name: OpName, row: OpRow): Known | null {
    const { code } = this.#unit;
    const operands = Array.from(code.subarray(offset + 1, offset + 1 + row.operands.length));
    const pops = typeof row.pops === 'number' ? row.pops : row.pops(operands, this);
    const pushes = typeof row.pushes === 'number' ? row.pushes : row.pushes(operands, this);
    const [first = 0, second = 0] = operands;
    const target = operands[row.operands.indexOf('target')] as number;
    state.height += pushes - pops;
    switch (name) {
      case 'STORE_LOCAL':
        this.#set(state, first, SLOT.value);
        return state;
      case 'MAKE_CELL':
        this.#set(state, first, SLOT.cell);
        return state;
      case 'INIT_FOREACH': {
        const ended = copyOf(state);
        this.#set(ended, first, SLOT.empty);
        this.#reach(target, ended);
        this.#set(state, first, SLOT.cursor);
        this.#set(state, second, SLOT.value);
        state.scopes = [...state.scopes, offset];
        return state;
      }
      case 'NEXT_FOREACH': {
        const again = copyOf(state);
        this.#set(again, second, SLOT.value);
        this.#reach(target, again);
        this.#set(state, first, SLOT.empty);
        state.scopes = state.scopes.slice(0, -1);
        return state;
      }
      case 'TRY_START': {
        state.scopes = [...state.scopes, offset];
        this.#reach(target, state);
        state.slots.set((this.joins.get(target) as Known).slots);
        return state;
      }
      case 'TRY_END':
        state.scopes = state.scopes.slice(0, -1);
        return state;
      case 'CATCH':
        state.scopes = state.scopes.slice(0, -1);
        this.#set(state, first, SLOT.value);
        return state;
    }
    switch (row.flow) {
      case 'end':
        return null;
      case 'jump':
        this.#reach(target, state);
        return null;
      case 'branch': {
        this.#reach(target, state);
        // AND, OR and ?? keep their operand when they jump.
        if (row.pushes === 1) state.height--;
        return state;
      }
      default:
        return state;
    }
  }

  /** Also tells the handlers around: a fault may come before or after the change. */
  #set(state: Known, slot: number, holds: number): void {
    state.slots[slot] = holds;
    for (const scope of state.scopes) {
      if (this.#unit.code[scope] !== OPCODES.TRY_START.code) continue;
      const join = this.joins.get(this.#unit.code[scope + 1] as number);
      if (join !== undefined) this.#lower(join, slot, holds);
    }
  }

  #reach(target: number, state: Known): void {
    const known = this.joins.get(target);
    if (known === undefined) {
      this.joins.set(target, copyOf(state));
      this.#hasChanged = true;
      return;
    }
    for (let slot = 0; slot < known.slots.length; slot++) this.#lower(known, slot, state.slots[slot] as number);
  }

  #lower(known: Known, slot: number, holds: number): void {
    const held = known.slots[slot];
    // There may be no such slot: then there is nothing to lower, again and again.
    if (held === undefined || held === holds || held === SLOT.empty) return;
    known.slots[slot] = SLOT.empty;
    this.#hasChanged = true;
  }
}

function copyOf({ height, scopes, slots }: Known): Known {
  return { height, scopes, slots: slots.slice() };
}

function rowAt(code: Int32Array, offset: number): { readonly name: OpName; readonly row: OpRow } {
  const name = opName(code[offset] as number);
  invariant(name !== undefined, 'the compiler emits known opcodes');
  return { name, row: opRow(name) };
}
