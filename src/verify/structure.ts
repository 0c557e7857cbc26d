/**
 * The structural check of one unit: every opcode known, every operand in range, every jump on an instruction, one stack
 * height and one nesting of guarded regions per instruction, no fall off the end, nothing unreachable.
 *
 * What it does not prove yet: definite initialisation, kinds of slots (cells, cursors), arity, effects.
 * Cost: each instruction is visited once.
 */
import { costOf } from '../bytecode/cost.ts';
import { dynamicKeyCount, type Module, type Unit } from '../bytecode/module.ts';
import { type OperandKind, type OpName, type OpRow, opName, opRow, type ShapeSizes } from '../bytecode/opcodes.ts';
import type { Reason, Refusal } from './reasons.ts';
import type { UnitFacts } from './verified.ts';

/** Entries; a frame of this size is half a megabyte, charged when it is made. */
const MAX_STACK = 65_535;
const MAX_SLOTS = 65_535;

interface State {
  readonly height: number;
  readonly handlers: number;
}

export function checkUnit(module: Module, unit: Unit, unitIndex: number): UnitFacts | Refusal {
  try {
    return new UnitCheck(module, unit).run();
  } catch (refusal) {
    if (refusal instanceof Refused)
      return { reason: refusal.reason, unit: unit.name, unitIndex, offset: refusal.offset };
    throw refusal;
  }
}

class Refused {
  readonly reason: Reason;
  readonly offset: number;

  constructor(reason: Reason, offset: number) {
    this.reason = reason;
    this.offset = offset;
  }
}

class UnitCheck implements ShapeSizes {
  readonly #module: Module;
  readonly #unit: Unit;
  readonly #starts = new Set<number>();
  readonly #leaders = new Set<number>([0]);
  readonly #states = new Map<number, State>();
  #maxStack = 0;

  constructor(module: Module, unit: Unit) {
    this.#module = module;
    this.#unit = unit;
  }

  shapeSize(index: number): number {
    return this.#module.shapes[index]?.length ?? 0;
  }

  dynamicKeyCount(path: number): number {
    const entry = this.#module.paths[path];
    return entry === undefined ? 0 : dynamicKeyCount(entry);
  }

  run(): UnitFacts {
    this.#checkShape();
    this.#checkInstructions();
    this.#checkFlow();
    const leaders = [...this.#leaders].sort((a, b) => a - b);
    return { maxStack: this.#maxStack, leaders, blockCosts: this.#blockCosts(leaders) };
  }

  #checkShape(): void {
    const { code, parameterCount, captures, slotCount, cells, loopCount } = this.#unit;
    if (code.length === 0) throw new Refused('empty-unit', 0);
    const counts = [parameterCount, slotCount, loopCount];
    if (!counts.every((n) => Number.isInteger(n) && n >= 0 && n <= MAX_SLOTS)) throw new Refused('unit-shape', 0);
    if (parameterCount + captures.length > slotCount || cells.some((c) => c < 0 || c >= slotCount))
      throw new Refused('unit-shape', 0);
  }

  #checkInstructions(): void {
    const { code } = this.#unit;
    for (let offset = 0; offset < code.length; ) {
      const { name, row } = this.#rowAt(offset);
      if (row.runtimeOnly === true) throw new Refused('runtime-only-opcode', offset);
      const next = offset + 1 + row.operands.length;
      if (next > code.length) throw new Refused('truncated-instruction', offset);
      this.#starts.add(offset);
      row.operands.forEach((kind, i) => {
        const value = code[offset + 1 + i] as number;
        if (value < 0 || value >= this.#sizeOf(kind, name)) throw new Refused('operand-range', offset);
      });
      offset = next;
    }
  }

  /** What an operand of this kind must be below. */
  #sizeOf(kind: OperandKind, name: OpName): number {
    const module = this.#module;
    switch (kind) {
      case 'constant':
        return module.constants.length;
      case 'key':
        return module.keys.length;
      case 'shape':
        return module.shapes.length;
      case 'path':
        return module.paths.length;
      case 'call':
        return module.calls.length;
      case 'unit':
        return module.units.length;
      case 'shared':
        return module.shared.length;
      case 'point':
        return module.points?.length ?? 0;
      case 'slot':
      case 'cell':
      case 'variable':
      case 'cursor':
        return this.#unit.slotCount;
      case 'loop':
        return this.#unit.loopCount;
      case 'target':
        return this.#unit.code.length;
      case 'count':
        return MAX_STACK;
      case 'number':
        return name === 'FAULT' || name === 'INIT_FOREACH' || name === 'APPEND_PATH' || name === 'CHECK_PATH'
          ? 2
          : Infinity;
    }
  }

  #checkFlow(): void {
    const { code } = this.#unit;
    const pending: number[] = [];
    const reach = (offset: number, state: State, from: number): void => {
      if (offset >= code.length) throw new Refused('falls-off', from);
      if (!this.#starts.has(offset)) throw new Refused('target-boundary', from);
      const known = this.#states.get(offset);
      if (known === undefined) {
        this.#states.set(offset, state);
        pending.push(offset);
        return;
      }
      if (known.height !== state.height) throw new Refused('height-mismatch', offset);
      if (known.handlers !== state.handlers) throw new Refused('handler-mismatch', offset);
    };
    reach(0, { height: 0, handlers: 0 }, 0);
    for (let offset = pending.pop(); offset !== undefined; offset = pending.pop()) this.#step(offset, reach);
    for (const start of this.#starts) if (!this.#states.has(start)) throw new Refused('unreachable-code', start);
  }

  #step(offset: number, reach: (offset: number, state: State, from: number) => void): void {
    const { name, row } = this.#rowAt(offset);
    const before = this.#states.get(offset) as State;
    const operands = this.#operandsAt(offset, row);
    const pops = typeof row.pops === 'number' ? row.pops : row.pops(operands, this);
    const pushes = typeof row.pushes === 'number' ? row.pushes : row.pushes(operands, this);
    if (before.height < pops) throw new Refused('stack-underflow', offset);
    const height = before.height - pops + pushes;
    this.#maxStack = Math.max(this.#maxStack, height, before.height);
    if (this.#maxStack > MAX_STACK) throw new Refused('stack-overflow', offset);
    const handlers = before.handlers + handlerChange(name);
    if (handlers < 0) throw new Refused('handler-mismatch', offset);
    const next = offset + 1 + row.operands.length;
    const target = operands[row.operands.indexOf('target')];
    const isShortCircuit = name === 'AND' || name === 'OR' || name === 'COALESCE';
    switch (row.flow) {
      case 'end':
        return;
      case 'jump':
        this.#lead(target as number);
        reach(target as number, { height, handlers }, offset);
        return;
      case 'branch':
      case 'loop':
        this.#lead(target as number);
        this.#lead(next);
        reach(target as number, { height, handlers }, offset);
        reach(next, { height: isShortCircuit ? height - 1 : height, handlers }, offset);
        return;
      case 'try':
        this.#lead(target as number);
        this.#lead(next);
        reach(target as number, { height, handlers }, offset);
        reach(next, { height, handlers }, offset);
        return;
      default:
        reach(next, { height, handlers }, offset);
    }
  }

  #lead(offset: number): void {
    this.#leaders.add(offset);
  }

  #blockCosts(leaders: readonly number[]): number[] {
    const { code } = this.#unit;
    return leaders.map((leader, i) => {
      const end = leaders[i + 1] ?? code.length;
      let cost = 0;
      for (let offset = leader; offset < end; ) {
        const { name, row } = this.#rowAt(offset);
        cost += costOf(name);
        offset += 1 + row.operands.length;
      }
      return cost;
    });
  }

  #rowAt(offset: number): { readonly name: OpName; readonly row: OpRow } {
    const name = opName(this.#unit.code[offset] as number);
    if (name === undefined) throw new Refused('unknown-opcode', offset);
    return { name, row: opRow(name) };
  }

  #operandsAt(offset: number, row: OpRow): readonly number[] {
    const { code } = this.#unit;
    return row.operands.map((_, i) => code[offset + 1 + i] as number);
  }
}

function handlerChange(name: OpName): number {
  if (name === 'TRY_START') return 1;
  return name === 'TRY_END' || name === 'CATCH' ? -1 : 0;
}
