/** What each instruction becomes. One row an opcode: `tsc` refuses a missing one. */
import type { OpName } from '../bytecode/opcodes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import { recordBytes } from '../value/charges.ts';
import { BYTES } from '../value/meter.ts';
import { callKnown, callLambda, callTarget, callUnit } from './emit-calls.ts';
import { add, binaryCall, comparison, divide, equality, isOf, multiply, remainder, subtract } from './emit-numbers.ts';
import { BOOLEAN, forgetForeign, isVariable, share, shareVariable, take, UNOWNED } from './emit-parts.ts';
import { append, isShortText, path, setDynamic, setStatic, store, writeBelow } from './emit-writes.ts';
import {
  all,
  array,
  assign,
  binary,
  call,
  choose,
  type Expression,
  either,
  evaluate,
  giveBack,
  type Identifier,
  id,
  literal,
  member,
  NULL,
  not,
  number,
  object,
  RUN,
  when,
} from './estree.ts';
import { A_BOOLEAN, factsOf, KIND, negativeOf, UNKNOWN, WHOLE_QUOTIENT } from './facts.ts';
import type { Instruction } from './flow.ts';
import { isPlainKey } from './names.ts';
import { allocation, type Operand, type SlotFacts, UNKNOWN_SLOT } from './operand.ts';
import { isPlainRecord } from './records.ts';
import type { Translator } from './translate.ts';

export type Emitter = (t: Translator, op: Instruction) => void;

export const EMITTERS: { readonly [K in OpName]: Emitter } = {
  UNREACHABLE: leaveHere,
  RETURN: (t, op) => giveResult(t, NULL, op),
  RETURN_VALUE: (t, op) => {
    if (t.isLoop) {
      t.leave(op.pc);
      return;
    }
    const value = t.pop();
    giveResult(t, t.unit.kind === 'transform' ? NULL : value.node, op);
  },
  NOP: () => {},
  JUMP: (t, op) => {
    t.body.emit(...t.walk.jump(op.target));
    t.body.die();
  },
  JUMP_IF_TRUE: (t, op) => branch(t, truth(t.pop()), op),
  JUMP_IF_FALSE: (t, op) => branch(t, not(truth(t.pop())), op),
  JUMP_IF_NULL: (t, op) => branch(t, isNull(t.pop()), op),
  LOAD_PART: (t, op) => {
    load(t, op.operands[0] as number);
    readKey(t, op.operands[1] as number, op.pc);
  },
  CHARGE: (t, op) =>
    t.body.emit(
      when(
        binary('<', assign(member(RUN, 'fuel'), number(op.operands[0] as number), '-='), number(0)),
        evaluate(call('refill', RUN, number(op.next))),
      ),
    ),
  PUSH: (t, op) => {
    const value = t.unit.module.constants[op.operands[0] as number];
    t.push(t.group.literal(value), { ...factsOf(value), mayBeOwned: false });
  },
  DUP: (t) => {
    const top = t.named(t.pop());
    t.stack.push(top, { ...top, isTree: false });
  },
  POP: (t) => {
    t.pop();
  },
  SWAP: (t) => {
    // The names of joins belong to their positions.
    const [a, b] = t.popMany(2).map((operand) => t.named(operand)) as [Operand, Operand];
    t.stack.push(b, a);
  },
  CLOSURE: (t, op) => {
    const unit = t.unit.module.units[op.operands[0] as number] as LinkedUnit;
    for (const slot of unit.captures) if (t.marks.has(slot)) t.body.emit(t.marks.give(slot, t.variables.value(slot)));
    const captured = Array.from(unit.captures, (slot) => t.variables.captured(slot, op.pc));
    const made = call('closure', RUN, t.group.unit(unit), array(captured), number(op.pc));
    t.push(id(t.body.constant('lambda', made)), { kinds: KIND.other, mayBeOwned: false, lambda: unit });
  },
  LOAD_LOCAL: (t, op) => load(t, op.operands[0] as number),
  STORE_LOCAL: (t, op) => store(t, op.operands[0] as number, t.pop()),
  LOAD_VAR: (t, op) =>
    t.push(id(t.body.constant('value', member(id(t.variables.cell(op.operands[0] as number)), 'value')))),
  STORE_VAR: (t, op) => {
    const value = t.pop();
    share(t, value);
    t.body.emit(evaluate(assign(member(id(t.variables.cell(op.operands[0] as number)), 'value'), value.node)));
  },
  MAKE_CELL: (t, op) => {
    const slot = op.operands[0] as number;
    t.body.emit(allocation(BYTES.cell, op.pc));
    const value = t.pop();
    share(t, value);
    t.body.emit(evaluate(assign(id(t.variables.cell(slot)), call('cell', value.node))));
    t.overwrite(slot, UNKNOWN_SLOT);
  },
  LOAD_SCOPE: (t, op) => {
    const name = t.unit.module.shared[op.operands[0] as number]?.name ?? '';
    t.push(id(t.body.constant('handle', call('handle', t.group.literal(name)))), UNOWNED);
  },
  ADD: (t, op) => add(t, op),
  SUB: (t, op) => subtract(t, op),
  MUL: (t, op) => multiply(t, op),
  DIV: (t, op) => divide(t, op),
  IDIV: (t, op) => binaryCall(t, op, 'integerDivide', 'quotient', WHOLE_QUOTIENT),
  MOD: (t, op) => remainder(t, op),
  NEG: (t, op) => {
    const a = t.pop();
    const negated = choose(
      isOf(KIND.number, a),
      binary('-', number(0), a.node),
      call('negate', RUN, a.node, number(op.pc)),
    );
    t.push(id(t.body.constant('negative', negated)), { ...negativeOf(a), mayBeOwned: false });
  },
  EQ: (t, op) => equality(t, op, true),
  NEQ: (t, op) => equality(t, op, false),
  LT: (t, op) => comparison(t, op, '<'),
  LE: (t, op) => comparison(t, op, '<='),
  GT: (t, op) => comparison(t, op, '>'),
  GE: (t, op) => comparison(t, op, '>='),
  AND: (t, op) => {
    const a = t.pop();
    shortCircuit(t, op, not(truth(a)), { ...UNNAMED, ...A_BOOLEAN, node: literal(false) });
  },
  OR: (t, op) => {
    const a = t.pop();
    shortCircuit(t, op, truth(a), { ...UNNAMED, ...A_BOOLEAN, node: literal(true) });
  },
  NOT: (t) => t.push(id(t.body.constant('negated', not(truth(t.pop())))), BOOLEAN),
  COALESCE: (t, op) => {
    const a = t.pop();
    shortCircuit(t, op, not(isNull(a)), a);
  },
  TO_BOOL: (t) => t.push(id(t.body.constant('is', truth(t.pop()))), BOOLEAN),
  MAKE_OBJECT: (t, op) => {
    const parts = t.popMany(2 * (op.operands[0] as number));
    t.give(parts);
    const made = call('makeObject', RUN, array(parts.map(({ node }) => node)), literal(false), number(op.pc));
    t.push(id(t.body.constant('object', made)), { kinds: KIND.other, mayBeOwned: false });
  },
  MAKE_ARRAY: (t, op) => {
    const parts = t.popMany(op.operands[0] as number);
    t.body.emit(allocation(BYTES.list + BYTES.listSlot * parts.length, op.pc));
    for (const part of parts) {
      share(t, part);
      take(t, part);
    }
    const made = array(parts.map(({ node }) => node));
    t.push(id(t.body.constant('list', made)), { kinds: KIND.other, mayBeOwned: false, isTree: true });
  },
  MAKE_RECORD: (t, op) => {
    const made = record(t, op);
    const facts = { kinds: KIND.other, mayBeOwned: false, isTree: true };
    if (t.replacements.has(op.pc)) {
      t.push(made, facts);
      return;
    }
    const name = t.body.constant('record', made);
    t.records.isMade(name);
    t.push(id(name), facts);
  },
  ACCESS_STATIC: (t, op) => readKey(t, op.operands[0] as number, op.pc),
  ACCESS_DYNAMIC: (t, op) => {
    const [container, key] = t.popMany(2) as [Operand, Operand];
    const slow = call('readDynamic', RUN, container.node, key.node, number(op.pc));
    const isShort = isShortText(t, key);
    const part =
      isShort === null || !isVariable(container.node)
        ? slow
        : choose(all(recordFlag(t, container.node), isShort), call('readPart', container.node, key.node), slow);
    const name = t.body.constant('part', part);
    if (isVariable(container.node) && isVariable(key.node))
      t.records.setElement(container.node.name, key.node.name, name);
    t.push(id(name), { isInput: container.isInput, mayBeOwned: !container.isInput });
  },
  SLICE: (t, op) => {
    const [base, from, to] = t.popMany(3) as [Operand, Operand, Operand];
    share(t, base);
    const part = call('slice', RUN, base.node, from.node, to.node, number(op.pc));
    t.push(id(t.body.constant('part', part)));
  },
  SET_STATIC: setStatic,
  SET_DYNAMIC: setDynamic,
  SET_PATH: (t, op) => {
    const keysAndValue = t.popMany(op.pops);
    writeBelow(t, op, keysAndValue, (name, place, values) =>
      call('setPath', RUN, name, place, path(t, op), values, number(op.pc)),
    );
  },
  APPEND: append,
  APPEND_INIT: append,
  APPEND_PATH: (t, op) => {
    const hasInit = literal(op.operands[2] === 1);
    writeBelow(t, op, t.popMany(op.pops), (name, place, parts) =>
      call('appendPath', RUN, name, place, path(t, op), parts, hasInit, number(op.pc)),
    );
  },
  CONCAT: (t, op) => {
    for (const operand of t.stack.slice(-2)) share(t, operand);
    binaryCall(t, op, 'concatenate', 'list', UNKNOWN);
  },
  MODIFY: (t, op) => {
    writeBelow(t, op, t.popMany(op.pops), (name, place, pairs) =>
      call('modify', RUN, name, place, path(t, op), pairs, number(op.pc)),
    );
  },
  CHECK_PATH: (t, op) => {
    const slot = op.operands[0] as number;
    const keys = t.stack.slice(t.stack.length - op.pops).map(({ node }) => node);
    const isAppend = literal(op.operands[2] === 1);
    const name = t.group.literal(t.unit.slotNames[slot] ?? '');
    const place = t.variables.place(slot, op.pc);
    const check = evaluate(call('checkPath', RUN, name, place, path(t, op), array(keys), isAppend, number(op.pc)));
    const isShort = t.unit.module.paths[op.operands[1] as number]?.segments.length === 0;
    t.body.emit(isShort ? when(binary('===', place, NULL), check) : check);
  },
  INIT_FOREACH: leaveHere,
  NEXT_FOREACH: leaveHere,
  CALL: (t, op) => {
    const [slot, name, count] = op.operands as [number, number, number];
    const args = t.popMany(count);
    const callee = t.variables.place(slot, op.pc);
    const known = t.variables.isCell(slot, op.pc) ? undefined : t.slots[slot]?.lambda;
    if (known !== undefined && callKnown(t, op, known, callee, args, t.stack.length)) return;
    const wanted = t.group.literal(t.unit.module.constants[name]);
    t.body.emit(evaluate(call('checkVariable', RUN, callee, wanted, number(op.pc))));
    callLambda(t, op, callee, args, t.stack.length);
  },
  CALL_HOST: (t, op) => callTarget(t, op),
  CALL_FN: (t, op) => {
    const [unit, count] = op.operands as [number, number];
    const args = t.popMany(count);
    callUnit(t, op, t.unit.module.units[unit] as LinkedUnit, args);
  },
  CALL_LAMBDA: (t, op) => {
    const args = t.popMany(op.operands[0] as number);
    const callee = t.pop();
    const { lambda } = callee;
    if (lambda !== undefined && callKnown(t, op, lambda, callee.node, args, t.stack.length + 1)) return;
    t.body.emit(evaluate(call('checkCallable', RUN, callee.node, number(op.pc))));
    // The callee waits among the operands.
    callLambda(t, op, callee.node, args, t.stack.length + 1);
  },
  CHECK_CALLABLE: (t, op) => {
    const { node, lambda } = t.stack.at(-1) as Operand;
    if (lambda === undefined) t.body.emit(evaluate(call('checkCallable', RUN, node, number(op.pc))));
  },
  OUTPUT: (t, op) => {
    const parts = t.popMany(2 * (op.operands[0] as number));
    t.give(parts);
    const made = call('makeObject', RUN, array(parts.map(({ node }) => node)), literal(true), number(op.pc));
    t.body.emit(evaluate(call('emitRecord', RUN, id(t.body.constant('output', made)), number(op.pc))));
  },
  OUTPUT_RECORD: (t, op) => {
    const made = id(t.body.constant('output', record(t, op)));
    const { flag, levels } = t.trees;
    const end = t.flow.instructions.find(({ pc }) => pc === op.next);
    if (flag !== null && end?.name === 'RETURN') {
      giveResult(t, call('lastTree', RUN, made, flag, number(levels), number(op.pc)), end);
      return;
    }
    t.body.emit(
      flag === null
        ? evaluate(call('emitRecord', RUN, made, number(op.pc)))
        : evaluate(call('emitTree', RUN, made, flag, number(levels), number(op.pc))),
    );
  },
  OUTPUT_VALUE: (t, op) => {
    const mayEmit = literal(t.unit.kind === 'transform');
    const value = t.pop();
    const { flag, levels } = t.trees;
    t.give([value]);
    take(t, value);
    t.body.emit(
      flag === null
        ? evaluate(call('emitValue', RUN, value.node, mayEmit, number(op.pc)))
        : evaluate(call('emitTrees', RUN, value.node, flag, number(levels), number(op.pc))),
    );
  },
  // The translator makes both of the nesting of the code.
  TRY_START: leaveHere,
  TRY_END: leaveHere,
  CATCH: (t, op) => {
    const slot = op.operands[0] as number;
    t.body.emit(allocation(BYTES.record + 3 * BYTES.recordField, op.pc));
    t.overwrite(slot, { kinds: KIND.other, bounds: null, isInput: false });
    t.body.emit(evaluate(assign(id(t.variables.value(slot)), call('errorRecord', id(t.variables.fault(op.pc - 2))))));
    // A call that threw may have run code of the host, too.
    forgetForeign(t);
    t.body.emit(when(not(call('isClean')), t.leaving(op.next)));
  },
  ABORT: (t, op) => {
    if (t.unit.kind !== 'transform' || t.isLoop) {
      leaveHere(t, op);
      return;
    }
    const record = t.pop();
    t.give([record]);
    t.body.emit(evaluate(call('abortWith', RUN, record.node, number(op.pc))));
    t.finish(NULL, op.pc);
  },
  THROW: (t, op) => raised(t, call('throwValue', RUN, t.pop().node, number(op.pc))),
  FAULT: (t, op) => raised(t, call('foreseen', RUN, number(op.operands[0] as number), number(op.pc))),
  SUSPEND: leaveHere,
  SHARED_WRITE: leaveHere,
  SHARED_AWAIT: leaveHere,
  LINE: leaveHere,
  TRACE: leaveHere,
  BREAKPOINT: leaveHere,
};

const UNNAMED = { mayBeOwned: false, isInput: false, slot: -1, isTree: false, isSeries: false } as const;

/** Left to the interpreter, with the rest of the activation. */
function leaveHere(t: Translator, op: Instruction): void {
  t.leave(op.pc);
}

function raised(t: Translator, thrown: Expression): void {
  t.body.emit(evaluate(thrown), giveBack(NULL));
  t.body.die();
}

// --- variables

function load(t: Translator, slot: number): void {
  t.push(id(t.variables.value(slot)), {
    ...(t.slots[slot] as SlotFacts),
    isTree: false,
    slot,
    mayBeOwned: t.written.has(slot),
  });
}

// --- control

function branch(t: Translator, test: Expression, op: Instruction): void {
  t.body.emit(when(test, ...t.walk.jump(op.target)));
}

/** AND, OR and ??: the operand that goes along when they jump. */
function shortCircuit(t: Translator, op: Instruction, test: Expression, kept: Operand): void {
  t.stack.push(kept);
  const jump = t.walk.jump(op.target);
  t.pop();
  t.body.emit(when(test, ...jump));
}

function giveResult(t: Translator, value: Expression, op: Instruction): void {
  if (t.isLoop) {
    t.leave(op.pc);
    return;
  }
  for (const slot of t.written) if (!t.variables.isCell(slot, op.pc)) shareVariable(t, slot);
  t.finish(value, op.pc);
}

/** Language truth. */
function truth({ node, kinds }: Operand): Expression {
  if (kinds === KIND.boolean) return node;
  return either(binary('===', node, literal(true)), all(binary('!==', node, literal(false)), call('isTrue', node)));
}

function isNull({ node, kinds }: Operand): Expression {
  return (kinds & KIND.nothing) === 0 ? literal(false) : binary('===', node, NULL);
}

// --- containers

/** Reads a part by a key of the program from the operand on top. */
function readKey(t: Translator, index: number, pc: number): void {
  const container = t.pop();
  const key = t.unit.module.keys[index];
  const facts = { isInput: container.isInput, mayBeOwned: !container.isInput };
  const slow = call('readStatic', RUN, container.node, t.group.literal(key), t.joins.at(pc));
  if (!isPlainKey(key) || !isVariable(container.node)) {
    t.push(id(t.body.constant('part', slow)), facts);
    return;
  }
  const known = t.records.partOf(container.node.name, key);
  if (known !== undefined) {
    t.push(id(known), facts);
    return;
  }
  const flag = recordFlag(t, container.node);
  const name = t.body.variable(key, choose(flag, member(container.node, key), slow));
  t.body.emit(when(binary('===', id(name), id('undefined')), evaluate(assign(id(name), call('absent')))));
  t.records.setPart(container.node.name, key, name);
  t.push(id(name), facts);
}

function recordFlag(t: Translator, value: Identifier): Expression {
  const known = t.records.flagOf(value.name);
  if (known !== null) return known;
  const flag = t.body.constant('isRecord', isPlainRecord(value));
  t.records.ask(value.name, flag);
  return id(flag);
}

function record(t: Translator, op: Instruction): Expression {
  const index = op.operands[0] as number;
  const shape = t.unit.module.shapes[index] as readonly string[];
  const parts = t.popMany(shape.length);
  t.body.emit(allocation(recordBytes(shape.length), op.pc));
  for (const part of parts) {
    share(t, part);
    take(t, part);
  }
  const values = parts.map(({ node }) => node);
  if (shape.every(isPlainKey) && new Set(shape).size === shape.length) return object(shape, values);
  return call('makeRecord', RUN, t.group.constant(shape), array(values), number(op.pc));
}
