/**
 * Makes the code of one random unit. It knows of each place what it may rely on: how high the stack is, what the slots hold,
 * and which of them must go on holding it because a loop or a TRY around comes back to where that was relied on.
 */
import { Assembler, Label, layOut } from '../../src/bytecode/assemble.ts';
import { declareJoins } from '../../src/bytecode/joins.ts';
import { SLOT, type Unit } from '../../src/bytecode/module.ts';
import type { OpName } from '../../src/bytecode/opcodes.ts';
import type { Head, Mood, Tables } from './bytecode.ts';
import type { Random } from './random.ts';

export interface UnitPlan {
  readonly head: Head;
  readonly heads: readonly Head[];
  readonly tables: Tables;
  readonly mood: Mood;
}

const SLOTS = 12;
const MAX_HEIGHT = 40;
const MAX_REGIONS = 4;

/** What holds at a place. */
interface State {
  readonly holds: readonly number[];
  /** What a slot must go on holding; -1 is anything. */
  readonly pins: readonly number[];
  readonly height: number;
  readonly regions: number;
}

export function makeUnit(random: Random, plan: UnitPlan): Unit {
  return new UnitMaker(random, plan).make();
}

class UnitMaker {
  readonly #random: Random;
  readonly #plan: UnitPlan;
  readonly #asm = new Assembler();
  /** Code that is entered by a jump and does not come back; emitted last. */
  readonly #cold: (() => void)[] = [];
  #holds: number[];
  #pins: number[] = new Array(SLOTS).fill(-1);
  #height = 0;
  #regions = 0;
  #loops = 0;
  #statementsLeft: number;
  #isAlive = true;

  constructor(random: Random, plan: UnitPlan) {
    this.#random = random;
    this.#plan = plan;
    const { parameterCount, captures } = plan.head;
    this.#holds = new Array(SLOTS).fill(SLOT.empty);
    this.#holds.fill(SLOT.value, 0, parameterCount);
    for (const [i, { isCell }] of captures.entries()) this.#holds[parameterCount + i] = isCell ? SLOT.cell : SLOT.value;
    this.#statementsLeft = plan.mood.statements;
  }

  make(): Unit {
    const { head, tables } = this.#plan;
    this.#block(this.#statementsLeft);
    if (this.#isAlive) this.#end();
    while (this.#cold.length > 0) this.#cold.pop()?.();
    const { code, places } = layOut(this.#asm.items);
    const { parameterCount, captures } = head;
    const bare = {
      name: head.name,
      kind: head.kind,
      parameterCount,
      captures: captures.map(({ slot }) => slot),
      cells: captures.flatMap(({ isCell }, i) => (isCell ? [parameterCount + i] : [])),
      slotCount: SLOTS,
      slotNames: Array.from({ length: SLOTS }, (_, i) => `s${i}`),
      loopCount: this.#loops,
      code,
      places: this.#random.chance(50) ? places : new Int32Array(0),
    };
    return { ...bare, joins: declareJoins(bare, tables) };
  }

  // --- state

  #state(): State {
    return { holds: [...this.#holds], pins: [...this.#pins], height: this.#height, regions: this.#regions };
  }

  #goOn({ holds, pins, height, regions }: State): void {
    this.#holds = [...holds];
    this.#pins = [...pins];
    this.#height = height;
    this.#regions = regions;
    this.#isAlive = true;
  }

  /** Goes on where these ways meet; null is a way that did not arrive. */
  #meet(label: Label, ways: readonly (State | null)[]): void {
    const arrived = ways.filter((way) => way !== null);
    const [first] = arrived;
    if (first === undefined) {
      this.#isAlive = false;
      return;
    }
    this.#goOn(first);
    this.#holds = first.holds.map((holds, slot) =>
      arrived.every((w) => w.holds[slot] === holds) ? holds : SLOT.empty,
    );
    if (label.uses > 0) this.#asm.label(label);
  }

  /** Before code that is come back to: what is kept must be kept, and nothing else is relied on. */
  #pinSome(): void {
    this.#holds.forEach((holds, slot) => {
      if (holds === SLOT.empty || holds === SLOT.cursor) return;
      if (this.#random.chance(60)) this.#pins[slot] = holds;
      else this.#holds[slot] = SLOT.empty;
    });
  }

  #slotsThatMayHold(holds: number): readonly number[] {
    return this.#holds.flatMap((present, slot) => {
      const pin = this.#pins[slot];
      return present !== SLOT.cursor && (pin === -1 || pin === holds) ? [slot] : [];
    });
  }

  #slotFor(holds: number): number | undefined {
    const free = this.#slotsThatMayHold(holds);
    return free.length === 0 ? undefined : this.#random.pick(free);
  }

  #slotHolding(...kinds: readonly number[]): number | undefined {
    const found = this.#holds.flatMap((holds, slot) => (kinds.includes(holds) ? [slot] : []));
    return found.length === 0 ? undefined : this.#random.pick(found);
  }

  // --- emitting

  #emit(effect: number, op: OpName, ...operands: readonly (number | Label)[]): void {
    (this.#asm.emit as (op: OpName, ...operands: readonly (number | Label)[]) => void).call(this.#asm, op, ...operands);
    this.#height += effect;
  }

  /** Behind operands of any sort. */
  #emitAfter(values: number, effect: number, op: OpName, ...operands: readonly number[]): void {
    this.#values(values);
    this.#emit(effect, op, ...operands);
  }

  #index(table: readonly unknown[]): number {
    return this.#random.below(table.length);
  }

  #block(count: number): void {
    for (let i = 0; i < count && this.#isAlive; i++) this.#statement();
  }

  #statement(): void {
    if (this.#statementsLeft-- <= 0) {
      this.#emit(0, 'NOP');
      return;
    }
    const isNarrow = this.#regions >= MAX_REGIONS || this.#height > MAX_HEIGHT;
    this.#random.weighted([
      [8, () => this.#store()],
      [6, () => this.#write()],
      [3, () => this.#output()],
      [isNarrow ? 0 : 4, () => this.#branch()],
      [isNarrow ? 0 : 4, () => this.#loop()],
      [isNarrow ? 0 : this.#regions === 0 ? 25 : 5, () => this.#try()],
      [2, () => this.#leaveSometimes()],
      [1, () => this.#turn()],
      [1, () => this.#emit(0, 'NOP')],
    ]);
  }

  #store(): void {
    const holds = this.#random.chance(60) ? SLOT.value : SLOT.cell;
    this.#value(3);
    const boxed = this.#slotHolding(SLOT.cell);
    const slot = this.#slotFor(holds);
    if (boxed !== undefined && this.#random.chance(25)) this.#emit(-1, 'STORE_VAR', boxed);
    else if (slot === undefined) this.#emit(-1, 'POP');
    else {
      this.#emit(-1, holds === SLOT.value ? 'STORE_LOCAL' : 'MAKE_CELL', slot);
      this.#holds[slot] = holds;
    }
  }

  /** Computed keys of a path, then what is written there. */
  #keysOf(path: number): number {
    const count = this.#plan.tables.paths[path]?.segments.filter((segment) => segment === null).length ?? 0;
    for (let i = 0; i < count; i++) this.#value(1);
    return count;
  }

  #write(): void {
    const slot = this.#slotHolding(SLOT.value, SLOT.cell);
    if (slot === undefined) this.#store();
    else this.#keeping(slot, () => this.#writeTo(slot));
  }

  /** The slot holds the same kind of thing all the while. */
  #keeping(slot: number, action: () => void): void {
    const pin = this.#pins[slot] as number;
    this.#pins[slot] = this.#holds[slot] as number;
    action();
    this.#pins[slot] = pin;
  }

  #writeTo(slot: number): void {
    const random = this.#random;
    const { keys, paths } = this.#plan.tables;
    const path = this.#index(paths);
    const isEmpty = paths[path]?.segments.length === 0;
    random.weighted([
      [3, () => this.#emitAfter(1, -1, 'SET_STATIC', slot, this.#index(keys))],
      [3, () => this.#emitAfter(2, -2, 'SET_DYNAMIC', slot)],
      [3, () => this.#emitAfter(1, -1, 'APPEND', slot)],
      [2, () => this.#emitAfter(2, -2, 'APPEND_INIT', slot)],
      [
        isEmpty ? 0 : 3,
        () => {
          const dynamic = this.#keysOf(path);
          this.#value(2);
          this.#emit(-dynamic - 1, 'SET_PATH', slot, path);
        },
      ],
      [
        isEmpty ? 0 : 3,
        () => {
          const dynamic = this.#keysOf(path);
          const hasInit = random.below(2);
          this.#value(2);
          if (hasInit === 1) this.#value(2);
          this.#emit(-dynamic - 1 - hasInit, 'APPEND_PATH', slot, path, hasInit);
        },
      ],
      [
        3,
        () => {
          const dynamic = this.#keysOf(path);
          this.#emit(0, 'CHECK_PATH', slot, path, random.below(2));
          for (let i = 0; i < dynamic; i++) this.#emit(-1, 'POP');
        },
      ],
      [
        3,
        () => {
          const fixed = paths.findIndex(({ segments }) => !segments.includes(null));
          if (fixed < 0) return;
          const count = this.#values(random.below(3) * 2);
          this.#emit(-count, 'MODIFY', slot, fixed, count / 2);
        },
      ],
    ]);
  }

  #values(count: number): number {
    for (let i = 0; i < count; i++) this.#value(1);
    return count;
  }

  #output(): void {
    const { shapes } = this.#plan.tables;
    if (this.#plan.head.kind !== 'transform' || this.#random.chance(40)) {
      this.#value(2);
      this.#emit(-1, 'OUTPUT_VALUE');
    } else if (this.#random.chance(50)) {
      const pairs = this.#random.below(3);
      this.#emit(-this.#values(2 * pairs), 'OUTPUT', pairs);
    } else {
      const shape = this.#index(shapes);
      this.#emit(-this.#values(shapes[shape]?.length ?? 0), 'OUTPUT_RECORD', shape);
    }
  }

  #branch(): void {
    const otherwise = new Label();
    const end = new Label();
    this.#value(2);
    this.#emit(-1, this.#random.pick(['JUMP_IF_TRUE', 'JUMP_IF_FALSE', 'JUMP_IF_NULL'] as const), otherwise);
    const before = this.#state();
    this.#block(this.#random.between(1, 3));
    const then = this.#isAlive ? this.#state() : null;
    if (this.#random.chance(40)) {
      this.#meet(otherwise, [before, then]);
      return;
    }
    if (then !== null) this.#emit(0, 'JUMP', end);
    this.#asm.label(otherwise);
    this.#goOn(before);
    this.#block(this.#random.between(1, 3));
    this.#meet(end, [then, this.#isAlive ? this.#state() : null]);
  }

  #loop(): void {
    const cursor = this.#holds.findLastIndex((holds, slot) => holds !== SLOT.cursor && this.#pins[slot] === -1);
    const elements = this.#slotsThatMayHold(SLOT.value).filter((slot) => slot !== cursor);
    if (cursor < 0 || elements.length === 0) return;
    const element = this.#random.pick(elements);
    const end = new Label();
    const head = new Label();
    this.#iterable();
    this.#emit(-1, 'INIT_FOREACH', cursor, element, end, this.#random.below(2));
    this.#holds[cursor] = SLOT.empty;
    const none = this.#state();
    this.#pinSome();
    this.#holds[cursor] = SLOT.cursor;
    this.#holds[element] = SLOT.value;
    this.#regions++;
    this.#asm.label(head);
    this.#block(this.#random.between(1, 4));
    let last: State | null = null;
    if (this.#isAlive) {
      this.#emit(0, 'NEXT_FOREACH', cursor, element, head, this.#loops++);
      this.#holds[cursor] = SLOT.empty;
      last = { ...this.#state(), pins: none.pins, regions: none.regions };
    }
    this.#meet(end, [none, last]);
  }

  /** Mostly something that a loop can go over. */
  #iterable(): void {
    if (this.#random.chance(30)) this.#value(2);
    else {
      const count = this.#random.below(4);
      for (let i = 0; i < count; i++) this.#load();
      this.#emit(1 - count, 'MAKE_ARRAY', count);
    }
  }

  /** Mostly a number, so that arithmetic gets somewhere. */
  #operand(depth: number): void {
    const numbers = this.#plan.tables.constants.flatMap((value, i) => (typeof value === 'number' ? [i] : []));
    if (this.#random.chance(30)) this.#value(depth);
    else this.#emit(1, 'PUSH', this.#random.pick(numbers));
  }

  #try(): void {
    if (this.#slotFor(SLOT.value) === undefined) return;
    const outer = this.#state();
    const caught = new Label();
    const end = new Label();
    this.#emit(0, 'TRY_START', caught);
    this.#pinSome();
    const head = { ...this.#state(), pins: outer.pins, regions: outer.regions };
    this.#regions++;
    this.#block(this.#random.between(1, 4));
    let whole: State | null = null;
    if (this.#isAlive) {
      this.#emit(0, 'TRY_END');
      whole = { ...this.#state(), pins: outer.pins, regions: outer.regions };
    }
    const enter = (): void => {
      this.#goOn(head);
      this.#asm.label(caught);
      const slot = this.#slotFor(SLOT.value) as number;
      const wait = this.#plan.mood.waits ? this.#random.pick([0, 1, 2 ** 31 - 1]) : 0;
      this.#emit(0, 'CATCH', slot, this.#random.pick([0, 0, 0, 1, 3, 2 ** 31 - 1]), wait);
      this.#holds[slot] = SLOT.value;
      this.#block(this.#random.below(3));
    };
    if (whole !== null && this.#random.chance(25)) {
      // The handler stands somewhere else and does not come back.
      this.#cold.push(() => {
        enter();
        if (this.#isAlive) this.#end();
      });
      this.#goOn(whole);
      return;
    }
    if (whole !== null) this.#emit(0, 'JUMP', end);
    enter();
    this.#meet(end, [whole, this.#isAlive ? this.#state() : null]);
  }

  /** Turns operands around and leaves the stack as high as it was. */
  #turn(): void {
    this.#value(1);
    this.#value(1);
    this.#emit(0, 'SWAP');
    this.#emit(1, 'DUP');
    for (let i = 0; i < 3; i++) this.#emit(-1, 'POP');
  }

  #leaveSometimes(): void {
    if (this.#random.chance(50)) {
      const cold = new Label();
      this.#value(1);
      this.#emit(-1, 'JUMP_IF_TRUE', cold);
      const there = this.#state();
      this.#cold.push(() => {
        this.#goOn(there);
        this.#asm.label(cold);
        this.#block(this.#random.below(3));
        if (this.#isAlive) this.#end();
      });
    } else if (this.#regions > 0) this.#end();
  }

  /** The last instruction of a way. */
  #end(): void {
    const random = this.#random;
    random.weighted([
      [5, () => this.#emit(0, 'RETURN')],
      [5, () => this.#emitAfter(1, -1, 'RETURN_VALUE')],
      [2, () => this.#emitAfter(1, -1, 'THROW')],
      [1, () => this.#emitAfter(1, -1, 'ABORT')],
      [1, () => this.#emit(0, 'FAULT', random.below(2))],
    ]);
    this.#isAlive = false;
  }

  // --- values

  /** Pushes one value. */
  #value(depth: number): void {
    const random = this.#random;
    const { constants, keys, shapes, shared } = this.#plan.tables;
    const { mood } = this.#plan;
    const deep = depth > 0 && this.#height < MAX_HEIGHT ? 1 : 0;
    const next = depth - 1;
    const unary = (op: OpName) => () => this.#emitAfter(1, 0, op);
    random.weighted([
      [6, () => this.#emit(1, 'PUSH', this.#index(constants))],
      [8, () => this.#load()],
      [
        8 * deep,
        () => {
          this.#operand(next);
          this.#operand(next);
          this.#emit(-1, random.pick(BINARY));
        },
      ],
      [2 * deep, unary(random.pick(UNARY))],
      [2 * deep, () => this.#emitAfter(1, 0, 'ACCESS_STATIC', this.#index(keys))],
      [deep, () => this.#emitAfter(3, -2, 'SLICE')],
      [3 * deep, () => this.#shortCircuit(next)],
      [
        4 * deep,
        () => {
          const count = random.below(4);
          this.#emit(1 - this.#values(count), 'MAKE_ARRAY', count);
        },
      ],
      [
        2 * deep,
        () => {
          const pairs = random.below(3);
          this.#emit(1 - this.#values(2 * pairs), 'MAKE_OBJECT', pairs);
        },
      ],
      [
        3 * deep,
        () => {
          const shape = this.#index(shapes);
          this.#emit(1 - this.#values(shapes[shape]?.length ?? 0), 'MAKE_RECORD', shape);
        },
      ],
      [6 * deep, () => this.#call()],
      [3 * deep, () => this.#closure()],
      // A whole statement while values wait on the stack.
      [
        deep,
        () => {
          this.#value(next);
          const before = this.#statementsLeft;
          this.#statementsLeft = Math.min(before, 2);
          const isPlain = this.#random.chance(50);
          if (isPlain) this.#store();
          else this.#loop();
          this.#statementsLeft = before;
        },
      ],
      [mood.suspends ? 2 * deep : 0, unary('SUSPEND')],
      [shared.length > 0 ? 2 : 0, () => this.#emit(1, 'LOAD_SCOPE', this.#index(shared))],
      [mood.shares ? 2 * deep : 0, () => this.#emitAfter(3, -2, 'SHARED_WRITE')],
      [mood.shares ? deep : 0, () => this.#emitAfter(2, -1, 'SHARED_AWAIT')],
    ]);
  }

  #load(): void {
    const slot = this.#slotHolding(SLOT.value, SLOT.cell);
    if (slot === undefined) this.#emit(1, 'PUSH', this.#index(this.#plan.tables.constants));
    else this.#emit(1, this.#holds[slot] === SLOT.cell ? 'LOAD_VAR' : 'LOAD_LOCAL', slot);
  }

  #shortCircuit(depth: number): void {
    const end = new Label();
    this.#value(depth);
    this.#emit(-1, this.#random.pick(['AND', 'OR', 'COALESCE'] as const), end);
    const jumped = { ...this.#state(), height: this.#height + 1 };
    this.#value(depth);
    this.#meet(end, [jumped, this.#state()]);
  }

  #call(): void {
    const random = this.#random;
    const { calls, constants } = this.#plan.tables;
    const { heads } = this.#plan;
    const functions = heads.flatMap(({ kind }, i) => (kind === 'function' ? [i] : []));
    const variable = this.#slotHolding(SLOT.value, SLOT.cell);
    const count = random.below(4);
    const names = constants.flatMap((value, i) => (typeof value === 'string' ? [i] : []));
    random.weighted([
      [
        6,
        () => {
          const call = this.#index(calls);
          const given = calls[call]?.import === null ? count : 1;
          this.#emit(1 - this.#values(given), 'CALL_HOST', call, given);
        },
      ],
      [
        functions.length > 0 ? 3 : 0,
        () => this.#emit(1 - this.#values(count), 'CALL_FN', random.pick(functions), count),
      ],
      [3, () => this.#emitAfter(1, -this.#values(count), 'CALL_LAMBDA', count)],
      [
        3,
        () => {
          this.#closure();
          this.#emit(-this.#values(count), 'CALL_LAMBDA', count);
        },
      ],
      [1, () => this.#emitAfter(1, 0, 'CHECK_CALLABLE')],
      [
        variable === undefined ? 0 : 2,
        () =>
          this.#keeping(variable as number, () =>
            this.#emit(1 - this.#values(count), 'CALL', variable as number, random.pick(names), count),
          ),
      ],
    ]);
  }

  /** A lambda, once the slots that it captures hold what it wants; null where they cannot. */
  #closure(): void {
    const lambdas = this.#plan.heads.flatMap((head, unit) => (head.kind === 'lambda' ? [{ head, unit }] : []));
    const chosen = lambdas.length === 0 ? undefined : this.#random.pick(lambdas);
    for (const { slot, isCell } of chosen?.head.captures ?? []) {
      const wanted = isCell ? SLOT.cell : SLOT.value;
      if (this.#holds[slot] === wanted) continue;
      if (!this.#slotsThatMayHold(wanted).includes(slot)) break;
      this.#emit(1, 'PUSH', this.#index(this.#plan.tables.constants));
      this.#emit(-1, isCell ? 'MAKE_CELL' : 'STORE_LOCAL', slot);
      this.#holds[slot] = wanted;
    }
    const isReady = chosen?.head.captures.every((c) => this.#holds[c.slot] === (c.isCell ? SLOT.cell : SLOT.value));
    if (chosen !== undefined && isReady === true) this.#emit(1, 'CLOSURE', chosen.unit);
    else this.#emit(1, 'PUSH', 0);
  }
}

const BINARY = [
  'ADD',
  'SUB',
  'MUL',
  'DIV',
  'IDIV',
  'MOD',
  'EQ',
  'NEQ',
  'LT',
  'LE',
  'GT',
  'GE',
  'ACCESS_DYNAMIC',
  'CONCAT',
] as const satisfies readonly OpName[];
const UNARY = ['NEG', 'NOT', 'TO_BOOL'] as const satisfies readonly OpName[];
