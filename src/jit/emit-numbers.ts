/** Operators: the fast pair of operands inline, everything else as a call that seldom runs. */

import { BOOLEAN, isVariable } from './emit-parts.ts';
import {
  all,
  assign,
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
import {
  differenceOf,
  type Facts,
  KIND,
  MAX_INT32,
  MAX_SAFE,
  mayGiveMinusZero,
  productOf,
  quotientOf,
  remainderOf,
  sumOf,
} from './facts.ts';
import type { Instruction } from './flow.ts';
import type { Operand } from './operand.ts';
import type { Translator } from './translate.ts';

const SHORT_TEXT = 64;

export function isOf(kind: number, { node, kinds }: Operand): Expression {
  if (kinds === kind) return literal(true);
  if ((kinds & kind) === 0) return literal(false);
  return hasType(node, kind === KIND.number ? 'number' : 'string');
}

function numbers(a: Operand, b: Operand): Expression {
  return all(isOf(KIND.number, a), isOf(KIND.number, b));
}

export function subtract(t: Translator, op: Instruction): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  numeric(t, a, b, '-', 'difference', differenceOf(a, b), () =>
    call('subtract', RUN, a.node, b.node, t.joins.at(op.pc)),
  );
}

export function multiply(t: Translator, op: Instruction): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  numeric(t, a, b, '*', 'product', productOf(a, b), () => call('multiply', RUN, a.node, b.node, t.joins.at(op.pc)));
}

/** One test finds NaN, infinities and what is no longer a safe integer; the cold side sorts them. */
function numeric(
  t: Translator,
  a: Operand,
  b: Operand,
  operator: '+' | '-' | '*',
  word: string,
  facts: Facts,
  slow: () => Expression,
): void {
  const isPlain = operator === '*' ? !mayGiveMinusZero(a, b) : isWhole(a) && isWhole(b);
  const computed = withoutMinusZero(binary(operator, a.node, b.node), isPlain);
  if (facts.kinds === KIND.number && facts.bounds !== null) {
    t.push(id(t.body.constant(word, computed)), { ...facts, mayBeOwned: false });
    return;
  }
  const name = t.body.variable(word, choose(numbers(a, b), computed, t.group.constant(Number.NaN)));
  const isExact = binary('<=', call('abs', id(name)), number(MAX_SAFE));
  t.body.emit(when(not(isExact), evaluate(assign(id(name), slow()))));
  t.push(id(name), { ...facts, mayBeOwned: false });
}

function withoutMinusZero(value: Expression, isNone: boolean): Expression {
  return isNone ? value : binary('+', value, number(0));
}

export function add(t: Translator, op: Instruction): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const facts = sumOf(a, b);
  if (facts.kinds === KIND.text) t.joins.join(a, b, op.pc);
  else numeric(t, a, b, '+', 'sum', facts, () => call('add', RUN, a.node, b.node, t.joins.at(op.pc)));
}

export function divide(t: Translator, op: Instruction): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const computed = withoutMinusZero(binary('/', a.node, b.node), false);
  const slow = call('divide', RUN, a.node, b.node, t.joins.at(op.pc));
  const quotient = choose(all(numbers(a, b), isNotZero(b)), computed, slow);
  t.push(id(t.body.constant('quotient', quotient)), { ...quotientOf(a, b), mayBeOwned: false });
}

/**
 * Measured: V8 computes `%` of 32-bit integers in place, that of other numbers by a call of 15 ns; the quotient, cut and
 * multiplied back, takes 3. Like `remainder` of value/arithmetic.ts, this is exact for safe integers.
 */
export function remainder(t: Translator, op: Instruction): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const areWhole = isWhole(a) && isWhole(b);
  const slow = call('remainder', RUN, a.node, b.node, t.joins.at(op.pc));
  const cut = binary('-', a.node, binary('*', call('trunc', binary('/', a.node, b.node)), b.node));
  const small = withoutMinusZero(binary('%', a.node, b.node), isWhole(a));
  const test = all(numbers(a, b), isNotZero(b));
  const rest = areWhole
    ? choose(test, choose(isSmall(a), small, cut), slow)
    : choose(all(test, isSmall(a)), small, slow);
  t.push(id(t.body.constant('rest', rest)), { ...remainderOf(a, b), mayBeOwned: false });
}

/** From 0 to the greatest integer of 32 bits. */
function isSmall({ node, bounds }: Operand): Expression {
  return all(
    bounds !== null && bounds.low >= 0 ? null : binary('>=', node, number(0)),
    bounds !== null && bounds.high <= MAX_INT32 ? null : binary('<=', node, number(MAX_INT32)),
  );
}

function isNotZero({ node, bounds }: Operand): Expression | null {
  return bounds !== null && (bounds.low > 0 || bounds.high < 0) ? null : binary('!==', node, number(0));
}

/** No number that it may be is a fraction, NaN or −0. */
function isWhole({ bounds }: Operand): boolean {
  return bounds !== null;
}

export function binaryCall(t: Translator, op: Instruction, helper: string, word: string, facts: Facts): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const made = call(helper, RUN, a.node, b.node, number(op.pc));
  t.push(id(t.body.constant(word, made)), { ...facts, mayBeOwned: false });
}

export function comparison(t: Translator, op: Instruction, operator: '<' | '<=' | '>' | '>='): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const isOrdered = [a, b].map((side) => (isWhole(side) ? null : binary('===', side.node, side.node)));
  const slow = binary(operator, call('order', RUN, a.node, b.node, number(op.pc)), number(0));
  const test = choose(all(numbers(a, b), ...isOrdered), binary(operator, a.node, b.node), slow);
  t.push(id(t.body.constant('is', test)), BOOLEAN);
}

export function equality(t: Translator, op: Instruction, wanted: boolean): void {
  const [a, b] = t.popMany(2) as [Operand, Operand];
  const slow = call('equals', RUN, a.node, b.node, number(op.pc));
  const fast = binary(wanted ? '===' : '!==', a.node, b.node);
  const test = choose(isFastPair(t, a, b), fast, wanted ? slow : not(slow));
  t.push(id(t.body.constant('is', test)), BOOLEAN);
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
  if (isWhole(a) && isWhole(b)) return numbers(a, b);
  if (!isVariable(a.node) || b.node.type === 'Literal') return literal(false);
  const isShort = binary('<=', member(a.node, 'length'), number(SHORT_TEXT));
  return all(isOf(KIND.text, a), isOf(KIND.text, b), isShort);
}
