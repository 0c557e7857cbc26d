/** Names of expressions in events: those of the classes of upstream's tree, which tools already know. */
import type { TracedExpression } from '../bytecode/trace-point.ts';
import type { Value } from '../value/kinds.ts';

const CLASSES: Readonly<Record<string, string>> = {
  Variable: 'IdentifierExpr',
  SharedName: 'IdentifierExpr',
  Path: 'AccessExpr',
  Slice: 'SliceExpr',
  Negate: 'UnaryExpr',
  Not: 'UnaryExpr',
  Await: 'UnaryExpr',
  Suspend: 'UnaryExpr',
  AwaitShared: 'SharedStateAwaitExpr',
  Binary: 'BinaryExpr',
  Logical: 'BinaryExpr',
  Object: 'ObjectExpr',
  Array: 'ArrayExpr',
  Conditional: 'IfElseExpr',
  Comprehension: 'ArrayCompExpr',
  Try: 'TryCatchExpr',
  Lambda: 'LambdaExpr',
  Invoke: 'InvokeExpr',
};

/** `value` tells the kinds of literals apart; null before it is known. */
export function expressionClass({ kind, call }: TracedExpression, value: Value): string {
  if (kind === 'Constant') return literalClass(value);
  return CLASSES[kind] ?? (call === null ? kind : 'CallExpr');
}

function literalClass(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'StringExpr';
    case 'boolean':
      return 'BoolExpr';
    case 'number':
    case 'bigint':
      return 'NumberLiteral';
    default:
      return 'NullLiteral';
  }
}
