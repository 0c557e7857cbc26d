/** Calls of functions, lambdas, the standard library and the host. */
import type { LinkedUnit } from '../link/linked-module.ts';
import { share, UNOWNED } from './emit-parts.ts';
import { array, call, type Expression, evaluate, id, NULL, not, number, RUN, when } from './estree.ts';
import type { Instruction } from './flow.ts';
import type { Operand } from './operand.ts';
import type { Translator } from './translate.ts';

/** Waiting operands that a call shares at no extra charge. */
const WAITING_IN_PRICE = 16;

/** What is referred to from the caller's stack is no longer anybody's own, nor is what is passed on. */
function beforeCall(t: Translator, op: Instruction, passed: readonly Operand[], waiting = t.stack.length): void {
  if (waiting > WAITING_IN_PRICE) t.emit(evaluate(call('charge', RUN, number(waiting), number(op.pc))));
  for (const operand of [...t.stack, ...passed]) share(t, operand);
  t.calling(op.pc);
}

const LAMBDA_CALLS = ['callLambda', 'callLambdaOfOne', 'callLambdaOfTwo'];

/** How many arguments the lambda takes is known to the helper, which shares those. */
export function callLambda(
  t: Translator,
  op: Instruction,
  callee: Expression,
  args: readonly Operand[],
  waiting: number,
): void {
  beforeCall(t, op, [], waiting);
  const nodes = args.map(({ node }) => node);
  const helper = LAMBDA_CALLS[nodes.length];
  result(
    t,
    'result',
    helper === undefined ? call('callLambdaOf', RUN, callee, array(nodes)) : call(helper, RUN, callee, ...nodes),
  );
  afterCall(t, op);
}

function result(t: Translator, word: string, value: Expression): void {
  t.push(id(t.constant(word, value)));
}

export function callUnit(t: Translator, op: Instruction, unit: LinkedUnit, args: readonly Operand[]): void {
  beforeCall(t, op, args.slice(0, unit.parameterCount));
  const given = args.slice(0, unit.parameterCount).map(({ node }) => node);
  while (given.length < unit.parameterCount) given.push(NULL);
  const callee = t.group.callee(unit, t.unit);
  if (callee === null) result(t, unit.name, call('callUnit', RUN, t.group.unit(unit), array(given), number(op.pc)));
  else result(t, unit.name, call(callee, RUN, ...given));
  if (unit.module.imports.length > 0) afterCall(t, op);
  else t.forgetRecords();
}

export function callTarget(t: Translator, op: Instruction): void {
  const [index, count] = op.operands as [number, number];
  const target = t.unit.module.calls[index] as LinkedUnit['module']['calls'][number];
  const args = t.popMany(count);
  const isArityRight = count >= target.minArgs && count <= target.maxArgs;
  const reference = t.group.target(target);
  if (target.host === null && !isArityRight) {
    t.emit(evaluate(call('refuseArity', RUN, reference, number(op.pc))));
    t.push(NULL, UNOWNED);
    return;
  }
  if (target.native !== null) {
    if (!target.borrows) for (const operand of args) share(t, operand);
    const nodes = args.map(({ node }) => node);
    const helper = NATIVE_CALLS[count];
    const made =
      helper === undefined
        ? call('nativeOf', RUN, reference, array(nodes), number(op.pc))
        : call(helper, RUN, reference, ...nodes, number(op.pc));
    result(t, target.name, made);
    return;
  }
  if (target.unit !== null) {
    callUnit(t, op, target.unit, args);
    return;
  }
  beforeCall(t, op, args, t.stack.length + args.length);
  const answer = t.constant(
    'answer',
    call('callHost', RUN, reference, array(args.map(({ node }) => node)), number(op.pc)),
  );
  t.push(id(answer));
  afterCall(t, op);
}

/** Code of the host may have run, and changed what compiled code relies on: its own input, or the realm. */
function afterCall(t: Translator, op: Instruction): void {
  t.forgetRecords();
  t.emit(when(not(call('isClean')), t.leaving(op.next)));
}

const NATIVE_CALLS = ['native', 'nativeOfOne', 'nativeOfTwo', 'nativeOfThree'];
