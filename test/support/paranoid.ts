/**
 * A watcher of the machine that believes nothing: before each instruction it checks what the verifier promised, from its own
 * account of the run. `paranoid-loop.mjs` puts the calls of `step` into a copy of the interpreter's loop.
 *
 * It keeps a shadow of each frame: height, what each slot holds, open regions, fuel paid for the block. A shadow follows
 * the table of opcodes and what happened, not the verifier's reasoning; where declared joins are known, it also compares
 * with them.
 */
import { costOf } from '../../src/bytecode/cost.ts';
import { type CallEntry, type Effects, type Module, SLOT } from '../../src/bytecode/module.ts';
import { type OpName, type OpRow, opName, opRow, opWidth } from '../../src/bytecode/opcodes.ts';
import { packedSlot } from '../../src/bytecode/packed-slots.ts';
import type { LinkedModule, LinkedUnit } from '../../src/link/linked-module.ts';
import { Cell, type Frame } from '../../src/vm/frame.ts';
import { Cursor } from '../../src/vm/iterate.ts';
import type { Run } from '../../src/vm/run.ts';

/** A promise of the verifier that did not hold. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
}

interface Scope {
  readonly at: number;
  readonly isTry: boolean;
  readonly height: number;
  /** Where its CATCH stands. */
  readonly target: number;
}

/** What is known of an instruction before it is executed. */
interface Instruction {
  readonly name: OpName;
  readonly row: OpRow;
  readonly operands: readonly number[];
  /** Where it may jump to; -1 for nowhere. */
  readonly target: number;
  readonly next: number;
  readonly pops: number;
  readonly pushes: number;
  readonly cost: number;
}

/** What instructions of linked code are, and where they came from. */
interface UnitPlan {
  /** By word: the instruction that begins there. */
  readonly instructions: readonly (Instruction | undefined)[];
  /** By word: the offset in the unit that was verified. */
  readonly sources: Int32Array;
  /** By word of the unit that was verified: index of its join, or -1. */
  readonly joins: Int32Array | null;
  readonly unit: Module['units'][number] | null;
}

interface Shadow {
  readonly plan: UnitPlan;
  readonly slots: Uint8Array;
  height: number;
  readonly scopes: Scope[];
  /** Those of them that are TRY regions. */
  readonly tries: Scope[];
  /** Fuel that was paid and not used yet. */
  paid: number;
  /** The instruction that was about to be executed last; -1 before the first. */
  last: number;
}

/** What runs came to, so that nobody has to believe that they reached anything. */
export class Watched {
  readonly opcodes = new Uint32Array(256);
  steps = 0;
  joins = 0;
  faults = 0;
  retries = 0;
  passes = 0;
  deepestTry = 0;
}

const modules = new WeakMap<LinkedModule, { readonly module: Module; readonly effects: Effects | null }>();
const plans = new WeakMap<LinkedUnit, UnitPlan>();
const shadows = new WeakMap<Frame, Shadow>();
let watched = new Watched();

/** Starts a new account and returns it. */
export function watch(): Watched {
  watched = new Watched();
  return watched;
}

/** Tells what a linked module was made of, and the effects that were declared of the export that is run. */
export function expectModule(linked: LinkedModule, module: Module, effects: Effects | null): void {
  modules.set(linked, { module, effects });
}

/** Where the run is, for messages. */
let current: { plan: UnitPlan; pc: number; unit: LinkedUnit };

function fail(what: string): never {
  const { plan, pc, unit } = current;
  throw new PromiseBroken(`${what} at ${plan.sources[pc]} (${plan.instructions[pc]?.name}) of ${unit.name}`);
}

/** Called before each instruction. @throws PromiseBroken */
export function step(run: Run, frame: Frame, pc: number, sp: number): void {
  const shadow = shadows.get(frame) ?? enter(frame);
  const { plan, slots } = shadow;
  const { unit, registers } = frame;
  const height = sp - unit.slotCount;
  current = { plan, pc, unit };
  if (shadow.last >= 0) follow(shadow, frame, pc);
  else if (pc !== 0) fail('a unit is entered elsewhere than at its beginning');
  const instruction = plan.instructions[pc] ?? fail('no instruction begins here');
  if (height !== shadow.height) fail(`the stack is ${height} high, not ${shadow.height}`);
  if (height < 0 || sp > unit.frameSize) fail('the stack is outside its frame');
  checkRegions(shadow, frame);
  checkJoin(shadow, instruction, pc);
  checkInstruction(run, frame, shadow, instruction, sp);
  for (let slot = 0; slot < slots.length; slot++) checkSlot(registers[slot], slots[slot] as number);
  watched.opcodes[instruction.row.code] = (watched.opcodes[instruction.row.code] as number) + 1;
  watched.steps++;
  shadow.last = pc;
}

function enter(frame: Frame): Shadow {
  const { unit, registers } = frame;
  const plan = planOf(unit);
  const slots = new Uint8Array(unit.slotCount);
  slots.fill(SLOT.value, 0, unit.parameterCount);
  unit.captures.forEach((_, i) => {
    const slot = unit.parameterCount + i;
    slots[slot] = registers[slot] instanceof Cell ? SLOT.cell : SLOT.value;
    const isCell = plan.unit === null || plan.unit.cells.includes(slot) === (slots[slot] === SLOT.cell);
    if (!isCell) throw new PromiseBroken(`capture ${i} of ${unit.name} is not of the kind that it declares`);
  });
  const shadow: Shadow = { plan, slots, height: 0, scopes: [], tries: [], paid: 0, last: -1 };
  shadows.set(frame, shadow);
  return shadow;
}

/** Brings the shadow from the last instruction to this one. */
function follow(shadow: Shadow, frame: Frame, pc: number): void {
  const { last, plan } = shadow;
  const instruction = plan.instructions[last] as Instruction;
  const { name, row, operands, target, next } = instruction;
  const innermost = shadow.tries.at(-1);
  const wasFault = innermost !== undefined && pc === innermost.target && frame.caught !== null;
  if (wasFault) {
    // A fault in the middle of an instruction: it may or may not have changed its slot.
    forgetHalfDone(shadow, instruction);
    while (shadow.scopes.at(-1) !== innermost) {
      const left = shadow.scopes.pop() as Scope;
      shadow.slots[plan.instructions[left.at]?.operands[0] as number] = SLOT.empty;
    }
    shadow.height = innermost.height;
    shadow.paid = 0;
    watched.faults++;
    return;
  }
  // A pause in the middle of a CHARGE, a call that returned, a run that goes on: the frame is where it stopped.
  const isBack = name === 'CATCH' && innermost !== undefined && pc !== next;
  const isAllowed = pc === next || pc === target || isBack;
  if (!isAllowed || row.flow === 'end' || (name === 'JUMP' && pc !== target))
    fail(`control comes from ${plan.sources[last]}`);
  shadow.height += instruction.pushes - instruction.pops;
  const jumped = pc === target && (pc !== next || name === 'JUMP');
  const [first = 0, second = 0] = operands;
  switch (name) {
    case 'STORE_LOCAL':
      shadow.slots[first] = SLOT.value;
      return;
    case 'MAKE_CELL':
      shadow.slots[first] = SLOT.cell;
      return;
    case 'INIT_FOREACH':
      if (jumped) {
        shadow.slots[first] = SLOT.empty;
        return;
      }
      shadow.slots[first] = SLOT.cursor;
      shadow.slots[second] = SLOT.value;
      shadow.scopes.push({ at: last, isTry: false, height: shadow.height, target: -1 });
      return;
    case 'NEXT_FOREACH':
      if (jumped) {
        shadow.slots[second] = SLOT.value;
        watched.passes++;
        return;
      }
      shadow.slots[first] = SLOT.empty;
      shadow.scopes.pop();
      return;
    case 'TRY_START': {
      const scope = { at: last, isTry: true, height: shadow.height, target };
      shadow.scopes.push(scope);
      shadow.tries.push(scope);
      watched.deepestTry = Math.max(watched.deepestTry, shadow.tries.length);
      return;
    }
    case 'TRY_END':
      leaveTry(shadow);
      return;
    case 'CATCH':
      if (isBack) {
        const start = (innermost as Scope).at + opWidth('TRY_START');
        if (pc !== start) fail('a retry goes on elsewhere than at the head of its region');
        watched.retries++;
        return;
      }
      leaveTry(shadow);
      shadow.slots[first] = SLOT.value;
      return;
    case 'AND':
    case 'OR':
    case 'COALESCE':
      if (!jumped) shadow.height--;
  }
}

/** That the innermost region is a TRY was checked before the instruction. */
function leaveTry(shadow: Shadow): void {
  shadow.scopes.pop();
  shadow.tries.pop();
}

/** What a faulting instruction may have done to slots before its fault. */
function forgetHalfDone(shadow: Shadow, { name, operands }: Instruction): void {
  if (name !== 'INIT_FOREACH' && name !== 'NEXT_FOREACH') return;
  shadow.slots[operands[0] as number] = SLOT.empty;
}

const NO_HANDLERS: NonNullable<Frame['handlers']> = [];

function checkRegions({ tries }: Shadow, frame: Frame): void {
  const handlers = frame.handlers ?? NO_HANDLERS;
  if (handlers.length !== tries.length) fail(`${handlers.length} handlers are open, not ${tries.length}`);
  for (let i = 0; i < handlers.length; i++) {
    const { catchPc, sp } = handlers[i] as (typeof handlers)[number];
    const scope = tries[i] as Scope;
    if (catchPc !== scope.target || sp - frame.unit.slotCount !== scope.height)
      fail('a handler is not that of its region');
  }
}

/** At a declared join: exactly its height and regions, at least its slots. From then on nothing else is known. */
function checkJoin(shadow: Shadow, { name }: Instruction, pc: number): void {
  const { plan, slots } = shadow;
  const source = plan.sources[pc] as number;
  // The fuel of a block is charged at its join, before its first instruction.
  if (plan.joins === null || plan.unit === null || (pc > 0 && plan.sources[pc - 1] === source && name !== 'CHARGE'))
    return;
  const index = plan.joins[source] as number;
  if (index < 0) return;
  const join = plan.unit.joins[index] as Module['units'][number]['joins'][number];
  if (name !== 'CHARGE') fail('no fuel is charged at a join');
  if (join.height !== shadow.height) fail(`a join is ${shadow.height} high, declared ${join.height}`);
  const scopes = shadow.scopes.map((scope) => plan.sources[scope.at] as number);
  if (scopes.join() !== join.scopes.join()) fail(`the regions ${scopes} are open at a join, declared ${join.scopes}`);
  for (let slot = 0; slot < slots.length; slot++) {
    const declared = packedSlot(join.slots, slot);
    if (declared !== SLOT.empty && declared !== slots[slot]) fail(`slot ${slot} is not what a join declares`);
    slots[slot] = declared;
  }
  watched.joins++;
}

function checkInstruction(run: Run, frame: Frame, shadow: Shadow, instruction: Instruction, sp: number): void {
  const { unit, registers } = frame;
  const { name, row, operands, pops, cost } = instruction;
  if (name === 'CHARGE') shadow.paid = operands[0] as number;
  else shadow.paid -= cost;
  if (shadow.paid < 0) fail('an instruction is not paid for');
  const floor = shadow.tries.at(-1)?.height ?? 0;
  if (shadow.height - pops < floor) fail('an instruction takes values that are not its own');
  for (let i = sp - pops; i < sp; i++) if (isHidden(registers[i])) fail('the stack holds what is no value');
  for (let i = 0; i < operands.length; i++) {
    const kind = row.operands[i];
    const operand = operands[i] as number;
    const holds = shadow.slots[operand];
    if (kind === 'slot' && (name === 'LOAD_LOCAL' || name === 'LOAD_PART') && holds !== SLOT.value)
      fail('a slot is read that is not set');
    if (kind === 'cell' && name !== 'MAKE_CELL' && holds !== SLOT.cell) fail('a cell is read that is none');
    if (kind === 'variable' && holds !== SLOT.value && holds !== SLOT.cell) fail('a variable is used that is not set');
    if (kind === 'target' && shadow.plan.instructions[operand] === undefined) fail('a target is no instruction');
  }
  switch (name) {
    case 'STORE_LOCAL':
    case 'MAKE_CELL':
    case 'INIT_FOREACH':
      if (shadow.slots[operands[0] as number] === SLOT.cursor) fail('a cursor is overwritten');
      break;
    case 'NEXT_FOREACH': {
      const { at, isTry } = shadow.scopes.at(-1) ?? fail('no loop is open');
      const [cursor, element] = shadow.plan.instructions[at]?.operands ?? [];
      if (isTry || cursor !== operands[0] || element !== operands[1]) fail('a loop goes on with another cursor');
      break;
    }
    case 'TRY_END':
      if (shadow.scopes.at(-1)?.isTry !== true) fail('no TRY is open');
      break;
    case 'CATCH':
      if (frame.caught === null) fail('nothing was caught');
      if (shadow.scopes.at(-1)?.isTry !== true) fail('no TRY is open');
      break;
    case 'CLOSURE':
      for (const slot of unit.module.units[operands[0] as number]?.captures ?? [])
        if (shadow.slots[slot] !== SLOT.value && shadow.slots[slot] !== SLOT.cell)
          fail('a lambda captures what is not set');
  }
  checkEffect(run, unit, instruction);
}

function checkEffect(run: Run, unit: LinkedUnit, { name, row: { effect }, operands }: Instruction): void {
  if (effect === 'none' && name !== 'CATCH') return;
  const known = modules.get(unit.module);
  if (known === undefined || known.effects === null || unit.module !== run.module) return;
  const { module, effects } = known;
  if (effect === 'emit' && !effects.emits) fail('a record is output and that is not declared');
  if (effect === 'suspend' && !effects.suspends) fail('the run suspends and that is not declared');
  if (name === 'SHARED_AWAIT' && !effects.awaits) fail('shared state is awaited and that is not declared');
  if (name === 'CATCH' && operands[2] !== 0 && !effects.awaits) fail('a retry waits and that is not declared');
  if (name === 'CALL_HOST') {
    const from = (module.calls[operands[0] as number] as CallEntry).import;
    if (from !== null && !effects.imports.includes(from)) fail('an import is called that is not declared');
  }
  if (effect === 'shared') {
    const from = module.imports.findIndex((entry) => entry.uri === 'host:shared');
    if (!effects.imports.includes(from)) fail('shared state is used and that is not declared');
  }
}

function checkSlot(value: unknown, holds: number): void {
  if (holds === SLOT.value && isHidden(value)) fail('a slot of values holds what is no value');
  if (holds === SLOT.cell && !(value instanceof Cell)) fail('a slot of cells holds no cell');
  if (holds === SLOT.cursor && !(value instanceof Cursor)) fail('a slot of cursors holds no cursor');
}

function isHidden(value: unknown): boolean {
  return typeof value === 'symbol' || value instanceof Cell || value instanceof Cursor;
}

function planOf(unit: LinkedUnit): UnitPlan {
  const known = plans.get(unit);
  if (known !== undefined) return known;
  const { code } = unit;
  const original = modules.get(unit.module)?.module.units[unit.index] ?? null;
  const instructions: (Instruction | undefined)[] = new Array(code.length).fill(undefined);
  const sources = new Int32Array(code.length);
  let source = 0;
  for (let offset = 0; offset < code.length; ) {
    const instruction = instructionAt(unit, offset);
    const { name, next } = instruction;
    instructions[offset] = instruction;
    sources.fill(source, offset, next);
    if (name === 'LOAD_PART') source += opWidth('LOAD_LOCAL') + opWidth('ACCESS_STATIC');
    else if (name !== 'CHARGE') source += next - offset;
    offset = next;
  }
  let joins: Int32Array | null = null;
  if (original !== null) {
    joins = new Int32Array(original.code.length).fill(-1);
    for (const [i, { at }] of original.joins.entries()) joins[at] = i;
    if (source !== original.code.length) throw new PromiseBroken(`${unit.name} is not the unit that was verified`);
  }
  const plan = { instructions, sources, joins, unit: original };
  plans.set(unit, plan);
  return plan;
}

function instructionAt({ code, name: unitName, module }: LinkedUnit, offset: number): Instruction {
  const name = opName(code[offset] as number);
  if (name === undefined) throw new PromiseBroken(`no instruction at ${offset} of ${unitName}`);
  const row = opRow(name);
  const next = offset + opWidth(name);
  const operands = Array.from(code.subarray(offset + 1, next));
  const targetAt = row.operands.indexOf('target');
  const count = (amount: OpRow['pops']): number =>
    typeof amount === 'number'
      ? amount
      : amount(operands, {
          shapeSize: (index) => module.shapes[index]?.length ?? 0,
          dynamicKeyCount: (path) => module.paths[path]?.segments.filter((segment) => segment === null).length ?? 0,
        });
  return {
    name,
    row,
    operands,
    target: targetAt < 0 ? -1 : (operands[targetAt] as number),
    next,
    pops: count(row.pops),
    pushes: count(row.pushes),
    cost: name === 'LOAD_PART' ? costOf('LOAD_LOCAL') + costOf('ACCESS_STATIC') : costOf(name),
  };
}
