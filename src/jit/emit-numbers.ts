/** Operators: the fast pair of operands inline, everything else as a call that seldom runs. */

import { BOOLEAN, UNOWNED } from './emit-parts.ts';
import {
  all,
  assign,
  type BinaryOperator,
  binary,
  call,
  choose,
  type Expression,
  evaluate,
  hasType,
  id,
  literal,
  member,
  not,
  number,
  RUN,
  when,
} from './estree.ts';
import type { Instruction } from './flow.ts';
import { KIND, type Operand } from './operand.ts';
import type { Translator } from './translate.ts';

const SHORT_TEXT = 64;
const MAX_SAFE = number(Number.MAX_SAFE_INTEGER);

export function isOf(kind: number, { node, kinds }: Operand): Expression {
  if (kinds === kind) return literal(true);
  if ((kinds & kind) === 0) return literal(false);
  return hasType(node, kind === KIND.number ? 'number' : 'string');
}

function areNumbers(a: Operand, b: Operand): Expression {
  return all(isOf(KIND.number, a), isOf(KIND.number, b));
}

export function arithmetic(t: Translator, op: Instruction, operator: BinaryOperator, word: string, slow: string): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  numeric(t, op, a, b, operator, word, slow);
}

/** One test finds NaN, infinities and what is no longer a safe integer; the cold side sorts them. */
function numeric(
  t: Translator,
  op: Instruction,
  a: Operand,
  b: Operand,
  operator: BinaryOperator,
  word: string,
  slow: string,
): void {
  const computed = binary('+', binary(operator, a.node, b.node), number(0));
  const name = t.variableOf(word, choose(areNumbers(a, b), computed, t.group.constant(Number.NaN)));
  const isExact = binary('<=', call('abs', id(name)), MAX_SAFE);
  t.emit(when(not(isExact), evaluate(assign(id(name), call(slow, RUN, a.node, b.node, number(op.pc))))));
  t.push(id(name), UNOWNED);
}

export function add(t: Translator, op: Instruction): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  if (a.kinds !== KIND.text && b.kinds !== KIND.text) {
    numeric(t, op, a, b, '+', 'sum', 'add');
    return;
  }
  const areTexts = all(isOf(KIND.text, a), isOf(KIND.text, b));
  const joined = call('join', RUN, a.node, b.node, number(op.pc));
  const text = choose(areTexts, joined, call('add', RUN, a.node, b.node, number(op.pc)));
  t.push(id(t.constant('text', text)), { kinds: KIND.text, mayBeOwned: false });
}

export function division(t: Translator, op: Instruction, operator: '/' | '%', word: string, slow: string): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const isConstant = b.node.type === 'Literal' && b.node.value !== 0;
  const test = all(areNumbers(a, b), isConstant ? null : binary('!==', b.node, number(0)));
  const computed = binary('+', binary(operator, a.node, b.node), number(0));
  t.push(id(t.constant(word, choose(test, computed, call(slow, RUN, a.node, b.node, number(op.pc))))), UNOWNED);
}

export function binaryCall(t: Translator, op: Instruction, helper: string, word: string): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  t.push(id(t.constant(word, call(helper, RUN, a.node, b.node, number(op.pc)))), UNOWNED);
}

export function comparison(t: Translator, op: Instruction, operator: '<' | '<=' | '>' | '>='): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const isOrdered = [a, b].map(({ node }) => (node.type === 'Literal' ? null : binary('===', node, node)));
  const slow = binary(operator, call('order', RUN, a.node, b.node, number(op.pc)), number(0));
  const test = choose(all(areNumbers(a, b), ...isOrdered), binary(operator, a.node, b.node), slow);
  t.push(id(t.constant('is', test)), BOOLEAN);
}

export function equality(t: Translator, op: Instruction, wanted: boolean): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const slow = call('equals', RUN, a.node, b.node, number(op.pc));
  const fast = binary(wanted ? '===' : '!==', a.node, b.node);
  const test = choose(isFastPair(t, a, b), fast, wanted ? slow : not(slow));
  t.push(id(t.constant('is', test)), BOOLEAN);
}

/** Pairs whose equality is that of JavaScript, at no charge. */
function isFastPair(t: Translator, a: Operand, b: Operand): Expression {
  for (const [known, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const text = t.group.textOf(known.node);
    if (text !== null && text.length <= SHORT_TEXT) return isOf(KIND.text, other);
    if (known.node.type === 'Literal' && typeof known.node.value === 'number') return isOf(KIND.number, other);
  }
  if (a.node.type === 'Literal' || b.node.type === 'Literal' || t.group.isConstant(a.node)) return literal(false);
  const isShort = binary('<=', member(a.node, 'length'), number(SHORT_TEXT));
  return all(isOf(KIND.text, a), isOf(KIND.text, b), isShort);
}
