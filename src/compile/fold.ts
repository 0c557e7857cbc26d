/**
 * Constant folding on IR. A fold computes with the same functions as the VM and is dropped when they fault, so that it
 * can change neither a result nor an error. Invariant: no fold makes a text longer than `MAX_TEXT` or a bigint larger
 * than `MAX_BITS`, so a small program stays small.
 */
import type { IrExpression, IrExpressionOf } from '../ir/nodes.ts';
import { add, divide, integerDivide, multiply, negate, remainder, subtract } from '../value/arithmetic.ts';
import { equals, order } from '../value/compare.ts';
import { Fault, Stop } from '../value/fault.ts';
import { JoinedTexts } from '../value/joined-texts.ts';
import { isTrue, type Value } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import type { Chain } from './analyse.ts';

type Binary = IrExpressionOf<'Binary'>;

const MAX_TEXT = 1_000;
const MAX_BITS = 1n << 256n;

/** Stops a fold that would do real work: a handful of operations is all that folding is for. */
class FoldMeter implements Meter {
  readonly nestingLimit = 8;
  readonly joinedTexts = new JoinedTexts();
  readonly cutTexts = new JoinedTexts();
  #left = 4_096;

  charge(fuel: number): void {
    this.#left -= fuel;
    if (this.#left < 0) throw new Stop('MR5001', 'not worth folding');
  }

  allocate(bytes: number): void {
    this.charge(bytes / 8);
  }
}

/** Folds the operators at the start of a chain: what is left of it, all others and their first operand. */
export function foldChain({ first, links }: Chain<Binary>): Chain<Binary> {
  let left = first;
  let count = links.length;
  for (; count > 0; count--) {
    const link = links[count - 1] as Binary;
    const start = foldTree(left);
    if (start.kind !== 'Constant') break;
    const folded = foldExpression({ ...link, left: start, right: foldTree(link.right) });
    if (folded.kind !== 'Constant') break;
    left = folded;
  }
  return { first: left, links: links.slice(0, count) };
}

/** Folds operators over constants from the leaves up; chains on the left are left to `foldChain`. */
export function foldTree(node: IrExpression): IrExpression {
  switch (node.kind) {
    case 'Binary': {
      if (node.left.kind === 'Binary') return node;
      const left = foldTree(node.left);
      const right = foldTree(node.right);
      return foldExpression(left === node.left && right === node.right ? node : { ...node, left, right });
    }
    case 'Negate':
    case 'Not': {
      const operand = foldTree(node.operand);
      return foldExpression(operand === node.operand ? node : { ...node, operand });
    }
    default:
      return node;
  }
}

/** The expression, or an equal constant; operands must have been folded already. */
function foldExpression(node: IrExpression): IrExpression {
  switch (node.kind) {
    case 'Binary': {
      const { operator, left, right } = node;
      if (left.kind !== 'Constant' || right.kind !== 'Constant') return node;
      return attempt(node, (meter) => binary(meter, operator, left.value, right.value));
    }
    case 'Negate': {
      const { operand } = node;
      return operand.kind === 'Constant' ? attempt(node, (meter) => negate(meter, operand.value)) : node;
    }
    case 'Not': {
      const { operand } = node;
      return operand.kind === 'Constant' ? attempt(node, () => !isTrue(operand.value)) : node;
    }
    default:
      return node;
  }
}

function binary(meter: Meter, operator: Binary['operator'], a: Value, b: Value): Value {
  switch (operator) {
    case '+':
      return add(meter, a, b);
    case '-':
      return subtract(meter, a, b);
    case '*':
      return multiply(meter, a, b);
    case '/':
      return divide(meter, a, b);
    case '//':
      return integerDivide(meter, a, b);
    case '%':
      return remainder(meter, a, b);
    case '==':
      return equals(meter, a, b);
    case '!=':
      return !equals(meter, a, b);
    case '<':
      return order(meter, a, b) < 0;
    case '<=':
      return order(meter, a, b) <= 0;
    case '>':
      return order(meter, a, b) > 0;
    case '>=':
      return order(meter, a, b) >= 0;
    case '++':
      return undefined;
  }
}

function attempt(node: IrExpression, compute: (meter: Meter) => Value): IrExpression {
  let value: Value;
  try {
    value = compute(new FoldMeter());
  } catch (error) {
    if (error instanceof Fault || error instanceof Stop) return node;
    throw error;
  }
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_TEXT ? constant(node, value) : node;
    case 'bigint':
      return value <= MAX_BITS && value >= -MAX_BITS ? constant(node, value) : node;
    case 'number':
    case 'boolean':
      return constant(node, value);
    default:
      return node;
  }
}

function constant(node: IrExpression, value: string | bigint | number | boolean): IrExpression {
  return { kind: 'Constant', value, at: node.at, end: node.end };
}
