/**
 * The operators `+ - * / // %`, negation and `++`. Both tiers call these or inline their first lines.
 *
 * Numbers: I (safe integer) with I stays I or becomes a bigint, never a rounded number; F with anything but a decimal is
 * F; a decimal with a fractional number is a fault. Promises: no result is −0, so it cannot be told from 0.
 */
import { allocateBigint, boundedBigint, chargeLinear, chargeProduct, chargeQuotient, wordsOf } from './bigints.ts';
import { allocateList } from './charges.ts';
import { Decimal } from './decimal.ts';
import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  remainderDecimals,
  subtractDecimals,
} from './decimal-math.ts';
import { argumentFault, Fault, foreignFault, stateFault } from './fault.ts';
import { isList, kindOf, type Value } from './kinds.ts';
import type { Meter } from './meter.ts';
import { joinTexts, textOf } from './text.ts';

type Operator = '+' | '-' | '*' | '/' | '//' | '%';

const MAX = Number.MAX_SAFE_INTEGER;
const isSafeInteger = Number.isSafeInteger;

export function add(meter: Meter, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= MAX && sum >= -MAX) return sum + 0;
  }
  if (typeof a === 'string') return joinTexts(meter, a, typeof b === 'string' ? b : textOf(meter, b));
  if (typeof b === 'string') return joinTexts(meter, textOf(meter, a), b);
  return compute(meter, '+', a, b);
}

export function subtract(meter: Meter, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= MAX && difference >= -MAX) return difference + 0;
  }
  return compute(meter, '-', a, b);
}

export function multiply(meter: Meter, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (product <= MAX && product >= -MAX) return product + 0;
  }
  return compute(meter, '*', a, b);
}

/** Among I, F and BI the quotient is an F. */
export function divide(meter: Meter, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw divisionByZero();
    return a / b + 0;
  }
  return compute(meter, '/', a, b);
}

/** Truncates towards zero; integers only. */
export function integerDivide(meter: Meter, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number' && isSafeInteger(a) && isSafeInteger(b)) {
    if (b === 0) throw divisionByZero();
    // Exact: the double nearest to the quotient of two safe integers never crosses the next integer.
    return Math.trunc(a / b) + 0;
  }
  return compute(meter, '//', a, b);
}

/** The result has the sign of the dividend. */
export function remainder(meter: Meter, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw divisionByZero();
    // Measured: V8 computes `%` of doubles beyond 32 bits by a C call of 15 ns; this takes 3 (performance guide, 2 ii).
    if (isSafeInteger(a) && isSafeInteger(b)) return a - Math.trunc(a / b) * b + 0;
    return (a % b) + 0;
  }
  return compute(meter, '%', a, b);
}

export function negate(meter: Meter, a: Value): Value {
  if (typeof a === 'number') return 0 - a;
  if (typeof a === 'bigint') {
    const words = wordsOf(a);
    chargeLinear(meter, words);
    allocateBigint(meter, words);
    return -a;
  }
  if (a instanceof Decimal) return negateDecimal(meter, a);
  if (kindOf(a) === 'foreign') throw foreignFault('an operand');
  throw stateFault('MR6001', "Operator '-' expects numeric operands");
}

/** A new list of the elements of both. */
export function concatenate(meter: Meter, a: Value, b: Value): Value[] {
  if (!isList(a) || !isList(b)) {
    if (kindOf(a) === 'foreign' || kindOf(b) === 'foreign') throw foreignFault('an operand');
    throw argumentFault('MR6001', "Operator '++' expects two lists");
  }
  allocateList(meter, a.length + b.length);
  const joined: Value[] = [];
  for (let i = 0; i < a.length; i++) joined.push(a[i] ?? null);
  for (let i = 0; i < b.length; i++) joined.push(b[i] ?? null);
  return joined;
}

/** Every pair of operands that the fast paths do not take. */
function compute(meter: Meter, operator: Operator, a: Value, b: Value): Value {
  if (a instanceof Decimal || b instanceof Decimal) return computeDecimal(meter, operator, a, b);
  if (typeof a === 'bigint') {
    if (typeof b === 'bigint') return computeBigint(meter, operator, a, b);
    if (typeof b === 'number') {
      return isSafeInteger(b)
        ? computeBigint(meter, operator, a, BigInt(b))
        : computeFloat(operator, floatOf(meter, a), b);
    }
  } else if (typeof a === 'number') {
    if (typeof b === 'bigint') {
      return isSafeInteger(a)
        ? computeBigint(meter, operator, BigInt(a), b)
        : computeFloat(operator, a, floatOf(meter, b));
    }
    if (typeof b === 'number') {
      const promote = operator !== '/' && isSafeInteger(a) && isSafeInteger(b);
      return promote ? computeBigint(meter, operator, BigInt(a), BigInt(b)) : computeFloat(operator, a, b);
    }
  }
  throw operandFault(operator, a, b);
}

function computeBigint(meter: Meter, operator: Operator, a: bigint, b: bigint): Value {
  const left = wordsOf(a);
  const right = wordsOf(b);
  switch (operator) {
    case '+':
      chargeSum(meter, left, right);
      return boundedBigint(a + b);
    case '-':
      chargeSum(meter, left, right);
      return boundedBigint(a - b);
    case '*':
      chargeProduct(meter, left, right);
      return boundedBigint(a * b);
    case '/':
      return computeFloat(operator, floatOf(meter, a), floatOf(meter, b));
    case '//':
      if (b === 0n) throw arithmeticFault('Division by zero');
      chargeQuotient(meter, left, right);
      return a / b;
    case '%':
      if (b === 0n) throw arithmeticFault('Division by zero');
      chargeQuotient(meter, left, right);
      return a % b;
  }
}

function chargeSum(meter: Meter, left: number, right: number): void {
  const words = Math.max(left, right);
  chargeLinear(meter, words);
  allocateBigint(meter, words);
}

/** One operand at least is an F, or both come from bigints and the operator is `/`. */
function computeFloat(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b + 0;
    case '-':
      return a - b + 0;
    case '*':
      return a * b + 0;
    case '/':
      if (b === 0) throw divisionByZero();
      return a / b + 0;
    case '//':
      throw argumentFault('MR6001', "Operator '//' expects integer values; wrap floats with INT()");
    case '%':
      if (b === 0) throw divisionByZero();
      return (a % b) + 0;
  }
}

function computeDecimal(meter: Meter, operator: Operator, a: Value, b: Value): Decimal {
  const left = decimalOperand(operator, a, b);
  const right = decimalOperand(operator, b, a);
  switch (operator) {
    case '+':
      return addDecimals(meter, left, right);
    case '-':
      return subtractDecimals(meter, left, right);
    case '*':
      return multiplyDecimals(meter, left, right);
    case '/':
      if (Decimal.isZero(right))
        throw arithmeticFault(Decimal.isZero(left) ? 'Division undefined' : 'Division by zero');
      return divideDecimals(meter, left, right);
    case '//':
      throw argumentFault('MR6001', "Operator '//' does not support decimal values");
    case '%':
      if (Decimal.isZero(right))
        throw arithmeticFault(Decimal.isZero(left) ? 'Division undefined' : 'Division by zero');
      return remainderDecimals(meter, left, right);
  }
}

function decimalOperand(operator: Operator, value: Value, other: Value): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'bigint') return Decimal.make(value, 0);
  if (typeof value !== 'number') throw operandFault(operator, value, other);
  if (isSafeInteger(value)) return Decimal.make(BigInt(value), 0);
  const fact = `Operator '${operator}' does not allow mixing decimal and float; wrap floats with DEC()`;
  throw argumentFault('MR6002', fact);
}

function floatOf(meter: Meter, value: bigint): number {
  chargeLinear(meter, wordsOf(value));
  return Number(value);
}

function operandFault(operator: Operator, a: Value, b: Value): Fault {
  if (kindOf(a) === 'foreign' || kindOf(b) === 'foreign') return foreignFault('an operand');
  if (operator === '+') return argumentFault('MR6001', "Operator '+' expects numbers or strings");
  return argumentFault('MR6001', `Operator '${operator}' expects numbers`);
}

function divisionByZero(): Fault {
  return argumentFault('MR6003', 'Division by zero');
}

function arithmeticFault(message: string): Fault {
  return new Fault('ArithmeticException', 'MR6003', message);
}
