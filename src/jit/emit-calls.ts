/** Calls of functions, lambdas, the standard library and the host. */
import type { CallTarget, LinkedUnit } from '../link/linked-module.ts';
import { BYTES } from '../value/meter.ts';
import { frameCost } from '../vm/calls.ts';
import { mayRunHost } from './effects.ts';
import { forgetForeign, isList, isVariable, share, UNOWNED } from './emit-parts.ts';
import {
  array,
  assign,
  binary,
  call,
  decide,
  type Expression,
  evaluate,
  giveBack,
  hasType,
  type Identifier,
  id,
  member,
  NULL,
  not,
  number,
  RUN,
  type Statement,
  when,
} from './estree.ts';
import { KIND } from './facts.ts';
import type { Instruction } from './flow.ts';
import { allocation, type Operand } from './operand.ts';
import type { Translator } from './translate.ts';

/** Waiting operands that a call shares at no extra charge. */
const WAITING_IN_PRICE = 16;

/** What is referred to from the caller's stack is no longer anybody's own, nor is what is passed on. */
function beforeCall(t: Translator, op: Instruction, passed: readonly Operand[], waiting = t.stack.length): void {
  if (waiting > WAITING_IN_PRICE) t.body.emit(evaluate(call('charge', RUN, number(waiting), number(op.pc))));
  for (const operand of [...t.stack, ...passed]) share(t, operand);
  t.body.put(t.variables.noteCall(op.pc));
}

/** What a call costs before its first instruction; too deep a call is made by the interpreter. */
export function entrance({ frameSize }: LinkedUnit, deepCall: Expression): Statement[] {
  const { fuel, bytes } = frameCost(frameSize);
  return [
    when(binary('>=', member(RUN, 'depth'), member(RUN, 'compiledLimit')), giveBack(deepCall)),
    ...(fuel > 0 ? [evaluate(call('chargeFrame', RUN, number(fuel)))] : []),
    when(binary('<', assign(member(RUN, 'memoryLeft'), number(bytes), '-='), number(0)), evaluate(call('noRoom', RUN))),
    evaluate(assign(member(RUN, 'depth'), number(1), '+=')),
  ];
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
  t.give(args);
  const nodes = args.map(({ node }) => node);
  const helper = LAMBDA_CALLS[nodes.length];
  result(
    t,
    'result',
    helper === undefined ? call('callLambdaOf', RUN, callee, array(nodes)) : call(helper, RUN, callee, ...nodes),
  );
  afterCall(t, op);
}

/** A lambda whose code is known is called like a function. False if it has none that can be called from here. */
export function callKnown(
  t: Translator,
  op: Instruction,
  unit: LinkedUnit,
  callee: Expression,
  args: readonly Operand[],
  waiting: number,
): boolean {
  const name = t.group.callee(unit, t.home);
  if (name === null) return false;
  const passed = args.slice(0, unit.parameterCount);
  beforeCall(t, op, passed, waiting);
  const given = passed.map(({ node }) => node);
  while (given.length < unit.parameterCount) given.push(NULL);
  const captured = unit.captures.length === 0 ? NULL : call('capturedOf', callee);
  result(t, 'result', call(name, RUN, captured, ...given));
  if (mayRunHost(unit, [])) afterCall(t, op);
  return true;
}

function result(t: Translator, word: string, value: Expression): void {
  t.push(id(t.body.constant(word, value)));
}

export function callUnit(t: Translator, op: Instruction, unit: LinkedUnit, args: readonly Operand[]): void {
  beforeCall(t, op, args.slice(0, unit.parameterCount));
  const given = args.slice(0, unit.parameterCount).map(({ node }) => node);
  while (given.length < unit.parameterCount) given.push(NULL);
  const lambdas = args.slice(0, unit.parameterCount).map(({ lambda }) => lambda);
  const callee = t.group.variant(unit, lambdas, t.home) ?? t.group.callee(unit, t.home);
  if (callee === null) result(t, unit.name, call('callUnit', RUN, t.group.unit(unit), array(given), number(op.pc)));
  else result(t, unit.name, call(callee, RUN, ...given));
  if (mayRunHost(unit, lambdas)) afterCall(t, op);
}

export function callTarget(t: Translator, op: Instruction): void {
  const [index, count] = op.operands as [number, number];
  const target = t.unit.module.calls[index] as LinkedUnit['module']['calls'][number];
  const args = t.popMany(count);
  const isArityRight = count >= target.minArgs && count <= target.maxArgs;
  const reference = t.group.target(target);
  if (target.host === null && !isArityRight) {
    t.body.emit(evaluate(call('refuseArity', RUN, reference, number(op.pc))));
    t.push(NULL, UNOWNED);
    return;
  }
  if (target.native !== null) {
    // What is only borrowed may still come back as the result.
    if (target.borrows) t.give(args);
    else for (const operand of args) share(t, operand);
    const nodes = args.map(({ node }) => node);
    if (t.flow.counted.has(op.pc)) {
      const series = t.body.constant('series', call('series', RUN, reference, array(nodes), number(op.pc)));
      t.push(id(series), { kinds: KIND.other, mayBeOwned: false, isSeries: true });
      return;
    }
    const helper = NATIVE_CALLS[count];
    const made =
      helper === undefined
        ? call('nativeOf', RUN, reference, array(nodes), number(op.pc))
        : call(helper, RUN, reference, ...nodes, number(op.pc));
    const inline = INLINE[target.name];
    if (inline === undefined || args[0] === undefined || !isVariable(args[0].node)) result(t, target.name, made);
    else inlineNative(t, op, target, args[0].node, inline, made);
    return;
  }
  if (target.unit !== null) {
    callUnit(t, op, target.unit, args);
    return;
  }
  beforeCall(t, op, args, t.stack.length + args.length);
  const answer = t.body.constant(
    'answer',
    call('callHost', RUN, reference, array(args.map(({ node }) => node)), number(op.pc)),
  );
  t.push(id(answer));
  afterCall(t, op);
}

/** Code of the host may have run, and changed what compiled code relies on: its own input, or the realm. */
function afterCall(t: Translator, op: Instruction): void {
  forgetForeign(t);
  t.body.emit(when(not(call('isClean')), t.leaving(op.next)));
}

/** The elements that a loop goes over: the list itself, or what `slow` makes of another value. */
export function iteration({ node, mayBeOwned }: Operand, pc: number, slow: readonly Statement[]): readonly Statement[] {
  if (!isVariable(node)) return slow;
  const shared = mayBeOwned ? [evaluate(call('share', RUN, node))] : [];
  return [decide(isList(node), [allocation(BYTES.cursor, pc), ...shared], slow)];
}

/** A function of the library for the kind of argument that it mostly gets. */
interface Inline {
  readonly isFast: (value: Identifier) => Expression;
  readonly result: (value: Identifier) => Expression;
  readonly kinds: number;
}

const INLINE: Readonly<Record<string, Inline>> = {
  LENGTH: { isFast: isList, result: (list) => member(list, 'length'), kinds: KIND.number },
  BOOLEAN: { isFast: (value) => hasType(value, 'boolean'), result: (value) => value, kinds: KIND.boolean },
};

function inlineNative(
  t: Translator,
  op: Instruction,
  { name, cost }: CallTarget,
  value: Identifier,
  { isFast, result: fast, kinds }: Inline,
  slow: Expression,
): void {
  const result = t.body.variable(name, fast(value).type === 'Identifier' ? value : NULL);
  t.body.emit(
    decide(
      isFast(value),
      [
        evaluate(call('charge', RUN, number(cost), number(op.pc))),
        ...(fast(value).type === 'Identifier' ? [] : [evaluate(assign(id(result), fast(value)))]),
      ],
      [evaluate(assign(id(result), slow))],
    ),
  );
  t.push(id(result), { kinds, mayBeOwned: false });
}

const NATIVE_CALLS = ['native', 'nativeOfOne', 'nativeOfTwo', 'nativeOfThree'];
