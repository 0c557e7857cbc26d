/**
 * Verifies one unit in one pass over its code, in order: each instruction known and whole, operands in range, stack heights,
 * regions that nest, slots that are set before they are read and hold what is asked of them, control that stays inside.
 *
 * Where ways meet, the unit declares what holds (`Unit.joins`); each way is compared with that, so nothing is iterated.
 * All jumps lead forward but NEXT_FOREACH, which leads to the head of its own loop, and the retry of a CATCH, to the head
 * of its own region; so flow is reducible. What holds at the head of a TRY region is what its CATCH declares: no
 * instruction inside may change a slot that the CATCH declares, nor take what stood on the stack before; a fault may come
 * at any of them.
 *
 * Cost: linear in the unit's size. A join costs its slots and scopes; a unit whose jumps would compare more than a fixed
 * multiple of what it declares is refused (`verification-cost`).
 */
import { type DecodedRow, opcodeTable } from '../bytecode/decoded-rows.ts';
import { type Join, SLOT, type Unit } from '../bytecode/module.ts';
import { OPCODES, type OpName } from '../bytecode/opcodes.ts';
import { packedLength, packedSlot } from '../bytecode/packed-slots.ts';
import type { ModuleIndex } from './module-index.ts';
import { Refused } from './reasons.ts';
import { SlotStates } from './slot-states.ts';
import type { UnitFacts } from './verified.ts';

/** Entries; a frame of this size is half a megabyte, charged when it is made. */
const MAX_STACK = 65_535;
const MAX_SLOTS = 65_535;
/** Steps of comparing per word of code and declarations; what compilers make takes fewer than two. */
const WORK_PER_WORD = 64;
const FREE_WORK = 1 << 16;

const NO_SCOPES: readonly number[] = [];

export class UnitVerifier {
  readonly #index: ModuleIndex;
  readonly #unit: Unit;
  readonly #rows: readonly (DecodedRow | undefined)[];
  /** By kind of operand. */
  readonly #limits: readonly number[];
  /** By word offset: index in `joins`. */
  readonly #joinAt = new Map<number, number>();
  /** By index in `joins`: whether a jump names it. */
  readonly #isNamed: Uint8Array;
  readonly #operands: number[] = [0, 0, 0, 0];
  #height = 0;
  #maxHeight = 0;
  /** No instruction may take what lies below: the fault of an open TRY restores it. */
  #floor = 0;
  #scopes: readonly number[] = NO_SCOPES;
  readonly #slots: SlotStates;
  /** How many open TRY regions there are, to skip what only they need. */
  #openTries = 0;
  #workLeft = FREE_WORK;

  constructor(index: ModuleIndex, unit: Unit) {
    this.#index = index;
    this.#unit = unit;
    this.#checkShape();
    const { rows, kinds } = opcodeTable();
    this.#rows = rows;
    const limits = index.limitsIn(unit);
    this.#limits = kinds.map((kind) => limits[kind]);
    this.#isNamed = new Uint8Array(unit.joins.length);
    this.#readJoins();
    this.#slots = new SlotStates(unit);
  }

  /** @throws Refused */
  run(): UnitFacts {
    const { code, joins } = this.#unit;
    const leaders: number[] = [];
    const blockCosts: number[] = [];
    let cost = 0;
    let isLeader = true;
    let isAlive = true;
    let passed = 0;
    let nextJoin = joins[0]?.at ?? code.length;
    for (let offset = 0; offset < code.length; ) {
      if (offset >= nextJoin) {
        if (offset > nextJoin) throw new Refused('target-boundary', nextJoin);
        this.#arrive(passed++, isAlive, offset);
        nextJoin = joins[passed]?.at ?? code.length;
        isAlive = true;
        isLeader = true;
      } else if (!isAlive) throw new Refused('unreachable-code', offset);
      const decoded = this.#rows[code[offset] as number];
      if (decoded === undefined) throw new Refused('unknown-opcode', offset);
      if (isLeader) {
        if (leaders.length > 0) blockCosts.push(cost);
        leaders.push(offset);
        cost = 0;
      }
      cost += decoded.cost;
      isLeader = decoded.splits;
      this.#read(decoded, offset);
      if (decoded.isJump) isAlive = this.#jump(decoded, offset);
      else if (!decoded.isPlain) isAlive = this.#step(decoded, offset);
      offset += decoded.width;
    }
    if (isAlive) throw new Refused('falls-off', code.length - 1);
    if (passed < joins.length) throw new Refused('target-boundary', (joins[passed] as Join).at);
    blockCosts.push(cost);
    const unnamed = this.#isNamed.indexOf(0);
    if (unnamed >= 0) throw new Refused('join-shape', (joins[unnamed] as Join).at);
    return { maxStack: this.#maxHeight, leaders, blockCosts };
  }

  // --- before the pass

  #checkShape(): void {
    const { code, parameterCount, captures, slotCount, slotNames, cells, loopCount } = this.#unit;
    if (code.length === 0) throw new Refused('empty-unit', 0);
    if (!isCount(parameterCount) || !isCount(slotCount) || !isCount(loopCount)) throw new Refused('unit-shape', 0);
    if (parameterCount + captures.length > slotCount || slotNames.length !== slotCount)
      throw new Refused('unit-shape', 0);
    let before = -1;
    for (const cell of cells) {
      if (!Number.isInteger(cell) || cell <= before || cell >= slotCount) throw new Refused('unit-shape', 0);
      before = cell;
    }
  }

  #readJoins(): void {
    const { joins, slotCount, code } = this.#unit;
    let before = -1;
    let words = code.length;
    for (let i = 0; i < joins.length; i++) {
      const { at, height, scopes, slots } = joins[i] as Join;
      const isInPlace = Number.isInteger(at) && at > before && at < code.length;
      const isHeight = Number.isInteger(height) && height >= 0 && height <= MAX_STACK;
      if (!isInPlace || !isHeight || slots.length !== packedLength(slotCount))
        throw new Refused('join-shape', Math.max(0, before));
      if (slotCount % 4 !== 0 && (slots[slots.length - 1] as number) >> (2 * (slotCount % 4)) !== 0)
        throw new Refused('join-shape', at);
      this.#joinAt.set(at, i);
      before = at;
      words += slots.length + scopes.length;
    }
    this.#workLeft += WORK_PER_WORD * words;
  }

  /** Counts work that an instruction causes beyond its own. */
  #work(steps: number, offset: number): void {
    this.#workLeft -= steps;
    if (this.#workLeft < 0) throw new Refused('verification-cost', offset);
  }

  // --- joins

  /** Takes up what the join declares. */
  #arrive(index: number, isAlive: boolean, offset: number): void {
    const join = this.#unit.joins[index] as Join;
    if (isAlive) {
      if (this.#unit.code[offset] === OPCODES.CATCH.code) throw new Refused('catch-entry', offset);
      this.#compare(join, index, offset);
    } else if (this.#isNamed[index] === 0) throw new Refused('unreachable-code', offset);
    this.#height = join.height;
    this.#scopes = join.scopes;
    this.#slots.take(index);
    this.#lookAround();
  }

  /** Finds what the open regions demand. */
  #lookAround(): void {
    this.#openTries = 0;
    this.#floor = 0;
    for (const scope of this.#scopes) {
      if (!this.#isTry(scope)) continue;
      this.#openTries++;
      this.#floor = this.#catchOf(scope)?.height ?? 0;
    }
  }

  /** A way from `from` with the present state. The index of the join it leads to. */
  #reach(target: number, from: number): number {
    const index = this.#joinAt.get(target);
    if (index === undefined) throw new Refused('target-boundary', from);
    this.#isNamed[index] = 1;
    this.#compare(this.#unit.joins[index] as Join, index, from);
    return index;
  }

  #compare({ height, scopes }: Join, index: number, from: number): void {
    this.#work(scopes.length + this.#slots.size, from);
    if (height !== this.#height) throw new Refused('height-mismatch', from);
    if (!sameScopes(scopes, this.#scopes)) throw new Refused('scope-mismatch', from);
    const mismatch = this.#slots.mismatch(index);
    if (mismatch !== null) throw new Refused(mismatch, from);
  }

  // --- the pass

  /** Operands and stack: what all instructions have in common. */
  #read(decoded: DecodedRow, offset: number): void {
    const { isRuntimeOnly, width, kinds, isOutput } = decoded;
    const { code } = this.#unit;
    if (isRuntimeOnly) throw new Refused('runtime-only-opcode', offset);
    if (offset + width > code.length) throw new Refused('truncated-instruction', offset);
    for (let i = 0; i < kinds.length; i++) {
      const value = code[offset + 1 + i] as number;
      if (value < 0 || value >= (this.#limits[kinds[i] as number] as number))
        throw new Refused('operand-range', offset);
      this.#operands[i] = value;
    }
    if (isOutput && this.#unit.kind !== 'transform') throw new Refused('output-outside-transform', offset);
    const { pops, pushes } = decoded.varying === null ? decoded : decoded.varying(this.#operands, this.#index);
    if (this.#height - pops < this.#floor) throw new Refused('stack-underflow', offset);
    this.#height += pushes - pops;
    if (this.#height > this.#maxHeight) {
      this.#maxHeight = this.#height;
      if (this.#height > MAX_STACK) throw new Refused('stack-overflow', offset);
    }
  }

  /** What an instruction does besides. False when nothing goes on behind it. */
  #step({ name, flow, takesVariable, target }: DecodedRow, offset: number): boolean {
    const first = this.#operands[0] as number;
    const second = this.#operands[1] as number;
    switch (name) {
      case 'LOAD_LOCAL':
        this.#expect(first, SLOT.value, offset);
        return true;
      case 'LOAD_VAR':
      case 'STORE_VAR':
        this.#expect(first, SLOT.cell, offset);
        return true;
      case 'STORE_LOCAL':
        this.#set(first, SLOT.value, offset);
        return true;
      case 'MAKE_CELL':
        this.#set(first, SLOT.cell, offset);
        return true;
      case 'CLOSURE':
        this.#checkCaptures(first, offset);
        return true;
      case 'CALL_FN':
        if (this.#index.module.units[first]?.kind !== 'function') throw new Refused('unit-kind', offset);
        return true;
      case 'CALL_HOST':
        if (!this.#index.acceptsArguments(first, second)) throw new Refused('call-arity', offset);
        return true;
      case 'INIT_FOREACH':
        this.#set(first, SLOT.empty, offset);
        this.#reachForward(this.#operands[target] as number, offset);
        this.#set(first, SLOT.cursor, offset);
        this.#set(second, SLOT.value, offset);
        this.#scopes = [...this.#scopes, offset];
        return true;
      case 'NEXT_FOREACH':
        this.#goRound(first, second, this.#operands[target] as number, offset);
        return true;
      case 'TRY_START':
        this.#openTry(this.#operands[target] as number, offset);
        return true;
      case 'TRY_END':
        if (!this.#isTry(this.#innermost())) throw new Refused('scope-mismatch', offset);
        this.#closeScope(offset);
        return true;
      case 'CATCH': {
        // Only a fault inside its own TRY may have led here: the join's innermost scope names it.
        const own = this.#innermost();
        if (!this.#joinAt.has(offset) || !this.#isTry(own) || this.#unit.code[(own as number) + 1] !== offset)
          throw new Refused('catch-entry', offset);
        this.#closeScope(offset);
        this.#set(first, SLOT.value, offset);
        return true;
      }
    }
    if (takesVariable) this.#checkVariable(name, first, second, offset);
    return flow !== 'end';
  }

  /** False when it always jumps. */
  #jump({ flow, pushes, target }: DecodedRow, offset: number): boolean {
    this.#reachForward(this.#operands[target] as number, offset);
    // AND, OR and ?? keep their operand when they jump.
    if (pushes === 1) this.#height--;
    return flow === 'branch';
  }

  #reachForward(target: number, offset: number): void {
    if (target <= offset) throw new Refused('backward-jump', offset);
    if (this.#unit.code[target] === OPCODES.CATCH.code && this.#joinAt.has(target))
      throw new Refused('catch-entry', offset);
    this.#reach(target, offset);
  }

  /** The way back to the head of the innermost loop, and the one behind it. */
  #goRound(cursor: number, element: number, target: number, offset: number): void {
    const { code } = this.#unit;
    const head = this.#innermost();
    if (head === undefined || code[head] !== OPCODES.INIT_FOREACH.code) throw new Refused('scope-mismatch', offset);
    if (code[head + 1] !== cursor || code[head + 2] !== element) throw new Refused('cursor-use', offset);
    if (target !== head + 1 + OPCODES.INIT_FOREACH.operands.length) throw new Refused('backward-jump', offset);
    const last = this.#slots.get(element);
    this.#set(element, SLOT.value, offset);
    this.#reach(target, offset);
    this.#slots.set(element, last);
    this.#slots.set(cursor, SLOT.empty);
    this.#closeScope(offset);
  }

  #openTry(target: number, offset: number): void {
    if (target <= offset) throw new Refused('backward-jump', offset);
    const declared = this.#catchOf(offset);
    if (this.#unit.code[target] !== OPCODES.CATCH.code) throw new Refused('catch-entry', offset);
    if (declared !== undefined && declared.scopes.at(-1) !== offset) throw new Refused('catch-entry', offset);
    this.#scopes = [...this.#scopes, offset];
    const join = this.#reach(target, offset);
    this.#openTries++;
    this.#floor = this.#height;
    this.#slots.take(join);
  }

  #closeScope(offset: number): void {
    this.#work(this.#scopes.length, offset);
    this.#scopes = this.#scopes.slice(0, -1);
    this.#lookAround();
  }

  #innermost(): number | undefined {
    return this.#scopes[this.#scopes.length - 1];
  }

  #isTry(scope: number | undefined): boolean {
    return scope !== undefined && this.#unit.code[scope] === OPCODES.TRY_START.code;
  }

  /** What the CATCH of the TRY_START at `scope` declares. */
  #catchOf(scope: number): Join | undefined {
    const index = this.#joinAt.get(this.#unit.code[scope + 1] as number);
    return index === undefined ? undefined : this.#unit.joins[index];
  }

  // --- slots

  #expect(slot: number, wanted: number, offset: number): void {
    const present = this.#slots.get(slot);
    if (present === wanted) return;
    if (present === SLOT.cursor) throw new Refused('cursor-use', offset);
    throw new Refused(present === SLOT.empty ? 'slot-empty' : 'slot-kind', offset);
  }

  /** A variable of either sort, and what is written through it. */
  #checkVariable(name: OpName, slot: number, second: number, offset: number): void {
    const present = this.#slots.get(slot);
    if (present === SLOT.cursor) throw new Refused('cursor-use', offset);
    if (present === SLOT.empty) throw new Refused('slot-empty', offset);
    const { constants, paths } = this.#index.module;
    switch (name) {
      case 'CALL':
        if (typeof constants[second] !== 'string') throw new Refused('entry-kind', offset);
        break;
      case 'SET_PATH':
      case 'APPEND_PATH':
        if (paths[second]?.segments.length === 0) throw new Refused('entry-kind', offset);
        break;
      case 'MODIFY':
        if (this.#index.dynamicKeyCount(second) > 0) throw new Refused('entry-kind', offset);
    }
  }

  #set(slot: number, holds: number, offset: number): void {
    if (this.#slots.get(slot) === SLOT.cursor) throw new Refused('cursor-use', offset);
    this.#slots.set(slot, holds);
    if (this.#openTries > 0) this.#checkHandlers(slot, holds, offset);
  }

  /** A fault here or later enters the CATCH of an open region, which must find what it declares. */
  #checkHandlers(slot: number, holds: number, offset: number): void {
    this.#work(this.#scopes.length, offset);
    for (const scope of this.#scopes) {
      if (!this.#isTry(scope)) continue;
      const join = this.#catchOf(scope);
      const declared = join === undefined ? SLOT.empty : packedSlot(join.slots, slot);
      if (declared !== SLOT.empty && declared !== holds) throw new Refused('slot-mismatch', offset);
    }
  }

  #checkCaptures(index: number, offset: number): void {
    if (this.#index.module.units[index]?.kind !== 'lambda') throw new Refused('unit-kind', offset);
    const captures = this.#index.capturesOf(index);
    this.#work(captures.length, offset);
    for (const { slot, holds } of captures)
      if (slot >= this.#unit.slotCount || this.#slots.get(slot) !== holds) throw new Refused('capture-kind', offset);
  }
}

function isCount(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= MAX_SLOTS;
}

function sameScopes(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((scope, i) => scope === b[i]));
}
