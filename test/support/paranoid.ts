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
import { OPCODES, type OpName, type OpRow, opName, opRow, opWidth } from '../../src/bytecode/opcodes.ts';
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

/** What instructions of linked code are, and where they came from. */
interface UnitPlan {
  /** By word: the opcode's name where an instruction begins. */
  readonly names: readonly (OpName | undefined)[];
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
  scopes: Scope[];
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

/** Called before each instruction. @throws PromiseBroken */
export function step(run: Run, frame: Frame, pc: number, sp: number): void {
  const shadow = shadows.get(frame) ?? enter(frame);
  const { plan, slots } = shadow;
  const { unit } = frame;
  const height = sp - unit.slotCount;
  const fail = (what: string): never => {
    throw new PromiseBroken(`${what} at ${plan.sources[pc]} (${plan.names[pc]}) of ${unit.name}`);
  };
  if (shadow.last >= 0) follow(shadow, frame, pc, fail);
  else if (pc !== 0) fail('a unit is entered elsewhere than at its beginning');
  const name = plan.names[pc] ?? fail('no instruction begins here');
  if (height !== shadow.height) fail(`the stack is ${height} high, not ${shadow.height}`);
  if (height < 0 || sp > unit.frameSize) fail('the stack is outside its frame');
  checkRegions(shadow, frame, fail);
  checkJoin(shadow, pc, fail);
  checkInstruction(run, frame, shadow, name, pc, sp, fail);
  for (let slot = 0; slot < slots.length; slot++) checkSlot(frame.registers[slot], slots[slot] as number, fail);
  watched.opcodes[OPCODES[name].code] = (watched.opcodes[OPCODES[name].code] as number) + 1;
  watched.steps++;
  shadow.last = pc;
}

type Fail = (what: string) => never;

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
  const shadow: Shadow = { plan, slots, height: 0, scopes: [], paid: 0, last: -1 };
  shadows.set(frame, shadow);
  return shadow;
}

/** Brings the shadow from the last instruction to this one. */
function follow(shadow: Shadow, frame: Frame, pc: number, fail: Fail): void {
  const { code } = frame.unit;
  const { last, plan } = shadow;
  const name = plan.names[last] as OpName;
  const innermost = shadow.scopes.findLast((scope) => scope.isTry);
  const wasFault = innermost !== undefined && pc === innermost.target && frame.caught !== null;
  if (wasFault) {
    // A fault in the middle of an instruction: it may or may not have changed its slot.
    forgetHalfDone(shadow, code, last, name);
    while (shadow.scopes.at(-1) !== innermost) {
      const left = shadow.scopes.pop() as Scope;
      shadow.slots[code[left.at + 1] as number] = SLOT.empty;
    }
    shadow.height = innermost.height;
    shadow.paid = 0;
    watched.faults++;
    return;
  }
  // A pause in the middle of a CHARGE, a call that returned, a run that goes on: the frame is where it stopped.
  const row = opRow(name);
  const operands = Array.from(code.subarray(last + 1, last + opWidth(name)));
  const target = operands[row.operands.indexOf('target')];
  const next = last + opWidth(name);
  const isBack = name === 'CATCH' && innermost !== undefined && pc !== next;
  const isAllowed = pc === next || pc === target || isBack;
  if (!isAllowed || row.flow === 'end' || (name === 'JUMP' && pc !== target))
    fail(`control comes from ${plan.sources[last]}`);
  shadow.height += effectOn(frame, row, operands);
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
    case 'TRY_START':
      shadow.scopes.push({ at: last, isTry: true, height: shadow.height, target: target as number });
      watched.deepestTry = Math.max(watched.deepestTry, shadow.scopes.filter((scope) => scope.isTry).length);
      return;
    case 'TRY_END':
      shadow.scopes.pop();
      return;
    case 'CATCH':
      if (isBack) {
        const start = (innermost as Scope).at + opWidth('TRY_START');
        if (pc !== start) fail('a retry goes on elsewhere than at the head of its region');
        watched.retries++;
        return;
      }
      shadow.scopes.pop();
      shadow.slots[first] = SLOT.value;
      return;
    case 'AND':
    case 'OR':
    case 'COALESCE':
      if (!jumped) shadow.height--;
  }
}

function effectOn(frame: Frame, row: OpRow, operands: readonly number[]): number {
  return count(frame, row.pushes, operands) - count(frame, row.pops, operands);
}

function count(frame: Frame, amount: OpRow['pops'], operands: readonly number[]): number {
  if (typeof amount === 'number') return amount;
  const { shapes, paths } = frame.unit.module;
  return amount(operands, {
    shapeSize: (index) => shapes[index]?.length ?? 0,
    dynamicKeyCount: (path) => paths[path]?.segments.filter((segment) => segment === null).length ?? 0,
  });
}

/** What a faulting instruction may have done to slots before its fault. */
function forgetHalfDone(shadow: Shadow, code: Int32Array, last: number, name: OpName): void {
  if (name !== 'INIT_FOREACH' && name !== 'NEXT_FOREACH') return;
  shadow.slots[code[last + 1] as number] = SLOT.empty;
}

function checkRegions(shadow: Shadow, frame: Frame, fail: Fail): void {
  const tries = shadow.scopes.filter((scope) => scope.isTry);
  const handlers = frame.handlers ?? [];
  if (handlers.length !== tries.length) fail(`${handlers.length} handlers are open, not ${tries.length}`);
  for (const [i, { catchPc, sp }] of handlers.entries()) {
    const scope = tries[i] as Scope;
    if (catchPc !== scope.target || sp - frame.unit.slotCount !== scope.height)
      fail('a handler is not that of its region');
  }
}

/** At a declared join: exactly its height and regions, at least its slots. From then on nothing else is known. */
function checkJoin(shadow: Shadow, pc: number, fail: Fail): void {
  const { plan, slots } = shadow;
  const source = plan.sources[pc] as number;
  // The fuel of a block is charged at its join, before its first instruction.
  if (
    plan.joins === null ||
    plan.unit === null ||
    (pc > 0 && plan.sources[pc - 1] === source && plan.names[pc] !== 'CHARGE')
  )
    return;
  const index = plan.joins[source] as number;
  if (index < 0) return;
  const join = plan.unit.joins[index] as Module['units'][number]['joins'][number];
  if (plan.names[pc] !== 'CHARGE') fail('no fuel is charged at a join');
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

function checkInstruction(
  run: Run,
  frame: Frame,
  shadow: Shadow,
  name: OpName,
  pc: number,
  sp: number,
  fail: Fail,
): void {
  const { unit, registers } = frame;
  const { code } = unit;
  const row = opRow(name);
  const operands = Array.from(code.subarray(pc + 1, pc + opWidth(name)));
  if (name === 'CHARGE') shadow.paid = operands[0] as number;
  else shadow.paid -= name === 'LOAD_PART' ? costOf('LOAD_LOCAL') + costOf('ACCESS_STATIC') : costOf(name);
  if (shadow.paid < 0) fail('an instruction is not paid for');
  const pops = count(frame, row.pops, operands);
  const floor = shadow.scopes.findLast((scope) => scope.isTry)?.height ?? 0;
  if (shadow.height - pops < floor) fail('an instruction takes values that are not its own');
  for (let i = sp - pops; i < sp; i++) if (isHidden(registers[i])) fail('the stack holds what is no value');
  row.operands.forEach((kind, i) => {
    const operand = operands[i] as number;
    const holds = shadow.slots[operand];
    if (kind === 'slot' && (name === 'LOAD_LOCAL' || name === 'LOAD_PART') && holds !== SLOT.value)
      fail('a slot is read that is not set');
    if (kind === 'cell' && name !== 'MAKE_CELL' && holds !== SLOT.cell) fail('a cell is read that is none');
    if (kind === 'variable' && holds !== SLOT.value && holds !== SLOT.cell) fail('a variable is used that is not set');
    if (kind === 'target' && shadow.plan.names[operand] === undefined) fail('a target is no instruction');
  });
  switch (name) {
    case 'STORE_LOCAL':
    case 'MAKE_CELL':
    case 'INIT_FOREACH':
      if (shadow.slots[operands[0] as number] === SLOT.cursor) fail('a cursor is overwritten');
      break;
    case 'NEXT_FOREACH': {
      const { at, isTry } = shadow.scopes.at(-1) ?? fail('no loop is open');
      if (isTry || code[at + 1] !== operands[0] || code[at + 2] !== operands[1])
        fail('a loop goes on with another cursor');
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
  checkEffect(run, unit, name, row, operands, fail);
}

function checkEffect(
  run: Run,
  unit: LinkedUnit,
  name: OpName,
  { effect }: OpRow,
  operands: readonly number[],
  fail: Fail,
): void {
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

function checkSlot(value: unknown, holds: number, fail: Fail): void {
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
  const names: (OpName | undefined)[] = new Array(code.length).fill(undefined);
  const sources = new Int32Array(code.length);
  let source = 0;
  for (let offset = 0; offset < code.length; ) {
    const name = opName(code[offset] as number);
    if (name === undefined) throw new PromiseBroken(`no instruction at ${offset} of ${unit.name}`);
    names[offset] = name;
    sources.fill(source, offset, offset + opWidth(name));
    if (name === 'LOAD_PART') source += opWidth('LOAD_LOCAL') + opWidth('ACCESS_STATIC');
    else if (name !== 'CHARGE') source += opWidth(name);
    offset += opWidth(name);
  }
  let joins: Int32Array | null = null;
  if (original !== null) {
    joins = new Int32Array(original.code.length).fill(-1);
    for (const [i, { at }] of original.joins.entries()) joins[at] = i;
    if (source !== original.code.length) throw new PromiseBroken(`${unit.name} is not the unit that was verified`);
  }
  const plan = { names, sources, joins, unit: original };
  plans.set(unit, plan);
  return plan;
}
