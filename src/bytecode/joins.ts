/**
 * What the compiler declares of jump targets (`Unit.joins`), found by following the code until nothing changes. The
 * verifier does not trust it: it checks each declaration in one pass of its own.
 */
import { type DecodedRow, opcodeTable } from './decoded-rows.ts';
import { dynamicKeyCount, type Join, type Module, SLOT, type Unit } from './module.ts';
import { OPCODES, type ShapeSizes } from './opcodes.ts';
import { entrySlots, packedSlot, setPackedSlot } from './packed-slots.ts';

/** A unit without its declarations. */
export type BareUnit = Omit<Unit, 'joins'>;

export interface JoinTables {
  readonly shapes: Module['shapes'];
  readonly paths: Module['paths'];
}

const NO_SCOPES: readonly number[] = [];

/** Declares the joins of well-formed code; what it says of other code is refused by the verifier. */
export function declareJoins(unit: BareUnit, tables: JoinTables): readonly Join[] {
  const isTarget = targetsOf(unit.code);
  if (isTarget === null) return [];
  const follower = new Follower(unit, tables, isTarget);
  while (follower.sweep()) {}
  return [...follower.joins.values()].sort((a, b) => a.at - b.at);
}

/** By word offset: 1 for what some instruction names. Null when none does. */
function targetsOf(code: Int32Array): Uint8Array | null {
  const { rows } = opcodeTable();
  let isTarget: Uint8Array | null = null;
  for (let offset = 0; offset < code.length; ) {
    const { target, width } = rows[code[offset] as number] as DecodedRow;
    if (target >= 0) {
      isTarget ??= new Uint8Array(code.length);
      isTarget[code[offset + 1 + target] as number] = 1;
    }
    offset += width;
  }
  return isTarget;
}

class Follower implements ShapeSizes {
  readonly joins = new Map<number, Join>();
  readonly #unit: BareUnit;
  readonly #tables: JoinTables;
  readonly #isTarget: Uint8Array;
  readonly #entry: Uint8Array;
  /** What holds at the present instruction. */
  readonly #slots: Uint8Array;
  #height = 0;
  #scopes = NO_SCOPES;
  readonly #operands: number[] = [0, 0, 0, 0];
  #hasChanged = false;

  constructor(unit: BareUnit, tables: JoinTables, isTarget: Uint8Array) {
    this.#unit = unit;
    this.#tables = tables;
    this.#isTarget = isTarget;
    this.#entry = entrySlots(unit);
    this.#slots = new Uint8Array(this.#entry.length);
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
    const { rows } = opcodeTable();
    this.#hasChanged = false;
    this.#height = 0;
    this.#scopes = NO_SCOPES;
    this.#slots.set(this.#entry);
    let isAlive = true;
    for (let offset = 0; offset < code.length; ) {
      if (this.#isTarget[offset] === 1) {
        if (isAlive) this.#reach(offset, offset);
        isAlive = this.#take(offset);
      }
      const row = rows[code[offset] as number] as DecodedRow;
      if (isAlive) isAlive = this.#step(row, offset);
      offset += row.width;
    }
    return this.#hasChanged;
  }

  /** Goes on with what is known of a join; false when nothing has led there. */
  #take(offset: number): boolean {
    const join = this.joins.get(offset);
    if (join === undefined) return false;
    this.#height = join.height;
    this.#scopes = join.scopes;
    this.#slots.set(join.slots);
    return true;
  }

  /** False when nothing goes on behind the instruction. */
  #step(row: DecodedRow, offset: number): boolean {
    if (row.isPlain && row.varying === null) {
      this.#height += row.pushes - row.pops;
      return true;
    }
    const { code } = this.#unit;
    const operands = this.#operands;
    for (let i = 1; i < row.width; i++) operands[i - 1] = code[offset + i] as number;
    const { pops, pushes } = row.varying === null ? row : row.varying(operands, this);
    this.#height += pushes - pops;
    if (row.isPlain) return true;
    const first = operands[0] as number;
    const second = operands[1] as number;
    switch (row.name) {
      case 'LOAD_LOCAL':
        return true;
      case 'STORE_LOCAL':
        this.#set(first, SLOT.value);
        return true;
      case 'MAKE_CELL':
        this.#set(first, SLOT.cell);
        return true;
      case 'INIT_FOREACH':
        this.#set(first, SLOT.empty);
        this.#reach(operands[row.target] as number, offset);
        this.#set(first, SLOT.cursor);
        this.#set(second, SLOT.value);
        this.#scopes = [...this.#scopes, offset];
        return true;
      case 'NEXT_FOREACH': {
        const last = packedSlot(this.#slots, second);
        this.#set(second, SLOT.value);
        this.#reach(operands[row.target] as number, offset);
        setPackedSlot(this.#slots, second, last);
        this.#set(first, SLOT.empty);
        this.#scopes = this.#scopes.slice(0, -1);
        return true;
      }
      case 'TRY_START': {
        const target = operands[row.target] as number;
        this.#scopes = [...this.#scopes, offset];
        this.#reach(target, offset);
        this.#slots.set((this.joins.get(target) as Join).slots);
        return true;
      }
      case 'TRY_END':
        this.#scopes = this.#scopes.slice(0, -1);
        return true;
      case 'CATCH':
        this.#scopes = this.#scopes.slice(0, -1);
        this.#set(first, SLOT.value);
        return true;
    }
    if (!row.isJump) return row.flow !== 'end';
    this.#reach(operands[row.target] as number, offset);
    // AND, OR and ?? keep their operand when they jump.
    if (row.pushes === 1) this.#height--;
    return row.flow === 'branch';
  }

  /** Also tells the handlers around: a fault may come before or after the change. */
  #set(slot: number, holds: number): void {
    setPackedSlot(this.#slots, slot, holds);
    for (const scope of this.#scopes) {
      if (this.#unit.code[scope] !== OPCODES.TRY_START.code) continue;
      const join = this.joins.get(this.#unit.code[scope + 1] as number);
      if (join === undefined) continue;
      const known = packedSlot(join.slots, slot);
      if (known === holds || known === SLOT.empty) continue;
      setPackedSlot(join.slots, slot, SLOT.empty);
      this.#hasChanged = true;
    }
  }

  /** The present state leads from `from` to `target`. What lies ahead is read with what is known when it is met. */
  #reach(target: number, from: number): void {
    const known = this.joins.get(target);
    if (known === undefined) {
      this.joins.set(target, {
        at: target,
        height: this.#height,
        scopes: this.#scopes,
        slots: this.#slots.slice(),
      });
      this.#hasChanged ||= target < from;
    } else if (lower(known.slots, this.#slots)) this.#hasChanged ||= target < from;
  }
}

/** Declares empty what differs, four slots at a time; true when that changed anything. */
function lower(known: Uint8Array, state: Uint8Array): boolean {
  let hasChanged = false;
  for (let i = 0; i < known.length; i++) {
    const before = known[i] as number;
    const bits = before ^ (state[i] as number);
    if (bits === 0) continue;
    const differs = (bits | (bits >> 1)) & 0b01_01_01_01;
    const after = before & ~(differs | (differs << 1));
    known[i] = after;
    hasChanged ||= after !== before;
  }
  return hasChanged;
}
