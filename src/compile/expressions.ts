/** Expressions to code that leaves exactly one value on the stack. Evaluation order is the source's, left to right. */

import { assertNever } from '../base/assert.ts';
import { Label } from '../bytecode/assemble.ts';
import type { OpName } from '../bytecode/opcodes.ts';
import type { TracedExpression } from '../bytecode/trace-point.ts';
import type { BinaryOperator, IrExpression, IrExpressionOf, IrProperty, IrRetry, IrSegment } from '../ir/nodes.ts';
import { type Chain, chainTo, isSimple, shapeOf } from './analyse.ts';
import { foldChain, foldTree } from './fold.ts';
import { endsInBoolean, endsInNot, lastComputed } from './instrument.ts';
import type { UnitCompiler } from './unit-compiler.ts';

type PlainOp = 'ADD' | 'SUB' | 'MUL' | 'DIV' | 'IDIV' | 'MOD' | 'CONCAT' | 'EQ' | 'NEQ' | 'LT' | 'LE' | 'GT' | 'GE';

const BINARY_OPS = {
  '+': 'ADD',
  '-': 'SUB',
  '*': 'MUL',
  '/': 'DIV',
  '//': 'IDIV',
  '%': 'MOD',
  '++': 'CONCAT',
  '==': 'EQ',
  '!=': 'NEQ',
  '<': 'LT',
  '<=': 'LE',
  '>': 'GT',
  '>=': 'GE',
} as const satisfies Record<BinaryOperator, PlainOp>;

/** A call that becomes a check and a direct call, because its number of arguments is open. */
const APPLY = 'APPLY';
const CHECK_FUNCTION = 'std.checkFunction';

/** Standard functions that are instructions, because they may wait. */
const SHARED_CALLS: ReadonlyMap<
  string,
  { readonly op: 'SHARED_AWAIT' | 'SHARED_WRITE'; readonly argumentCount: number }
> = new Map([
  ['AWAIT_SHARED', { op: 'SHARED_AWAIT', argumentCount: 2 }],
  ['SHARED_WRITE', { op: 'SHARED_WRITE', argumentCount: 3 }],
]);

export function compileExpression(u: UnitCompiler, node: IrExpression): void {
  if (u.trace === null) compileNode(u, node);
  else u.trace.expression(node, false, () => compileNode(u, node));
}

/** For an expression whose last instruction a rewrite may merge with the one that follows. */
function compileLeftOpen(u: UnitCompiler, node: IrExpression): void {
  if (u.trace === null) compileNode(u, node);
  else if (node.kind === 'Await') u.trace.expression(node, true, () => compileLeftOpen(u, node.operand));
  else if (node.kind === 'Not' && endsInNot(node.operand))
    u.trace.expression(node, true, () => compileUnary(u, node, compileLeftOpen));
  else u.trace.expression(node, true, () => compileNode(u, node));
}

function compileNode(u: UnitCompiler, node: IrExpression): void {
  const { asm } = u;
  // What programs have most of comes first: V8 compares the names one by one.
  switch (node.kind) {
    case 'Constant':
      u.push(node.value);
      return;
    case 'Variable':
      u.load(node.index);
      return;
    case 'Path':
      compileExpression(u, node.base);
      for (let i = 0; i < node.segments.length; i++) {
        compileSegment(u, node, node.segments[i] as IrSegment);
        u.trace?.part(i);
      }
      return;
    case 'Binary':
      compileBinary(u, node);
      return;
    case 'Object':
      compileObject(u, node);
      return;
    case 'CallStd':
      compileStandardCall(u, node);
      return;
    case 'SharedName':
      asm.emit('LOAD_SCOPE', node.shared);
      return;
    case 'Slice':
      compileExpression(u, node.base);
      compileOptional(u, node.from);
      compileOptional(u, node.to);
      asm.place(node);
      asm.emit('SLICE');
      return;
    case 'Negate':
    case 'Not':
      compileUnary(u, node, compileExpression);
      return;
    case 'Await':
      compileExpression(u, node.operand);
      return;
    case 'AwaitShared':
      asm.place(node);
      u.push(u.module.shared[node.shared]?.name ?? '');
      u.push(node.key);
      asm.emit('SHARED_AWAIT');
      return;
    case 'Suspend':
      compileExpression(u, node.operand);
      asm.place(node);
      asm.emit('SUSPEND');
      return;
    case 'Logical':
      compileLogical(u, node);
      return;
    case 'Array':
      for (const element of node.elements) compileExpression(u, element);
      asm.place(node);
      asm.emit('MAKE_ARRAY', node.elements.length);
      return;
    case 'Conditional': {
      const otherwise = new Label();
      const end = new Label();
      compileCondition(u, node.condition, otherwise);
      compileExpression(u, node.then);
      asm.emit('JUMP', end);
      asm.label(otherwise);
      u.trace?.decide(false);
      compileExpression(u, node.otherwise);
      asm.label(end);
      return;
    }
    case 'Comprehension':
      compileComprehension(u, node);
      return;
    case 'Try': {
      const end = new Label();
      compileGuarded(u, node.body, node.variable, node.retry, node, end);
      compileExpression(u, node.fallback);
      asm.label(end);
      return;
    }
    case 'Lambda': {
      const unit = u.module.compileLambda(node.unit);
      asm.place(node);
      asm.emit('CLOSURE', unit);
      return;
    }
    case 'CallHost': {
      compileAll(u, node.args);
      const name = u.module.imports[node.import]?.members[node.member]?.name ?? '';
      u.trace?.call(node, node.args.length);
      asm.place(node);
      asm.emit('CALL_HOST', u.pool.calls.add({ name, import: node.import }), node.args.length);
      return;
    }
    case 'CallFunc':
      compileAll(u, node.args);
      u.trace?.call(node, node.args.length);
      asm.place(node);
      asm.emit('CALL_FN', node.unit, node.args.length);
      return;
    case 'CallVariable':
      compileAll(u, node.args);
      u.trace?.call(node, node.args.length);
      asm.place(node);
      asm.emit('CALL', node.index, u.pool.constants.add(u.nameOf(node.index)), node.args.length);
      return;
    case 'Invoke':
      compileExpression(u, node.callee);
      if (!node.args.every(isSimple)) {
        asm.place(node);
        asm.emit('CHECK_CALLABLE');
      }
      compileAll(u, node.args);
      u.trace?.call(node, node.args.length);
      asm.place(node);
      asm.emit('CALL_LAMBDA', node.args.length);
      return;
    default:
      assertNever(node);
  }
}

/**
 * Falls through when the condition is true, jumps to `otherwise` when it is false. In code for traced runs the condition
 * stays open on the way that jumps; what is returned closes it.
 */
export function compileCondition(u: UnitCompiler, node: IrExpression, otherwise: Label): TracedExpression | undefined {
  const asked = u.trace?.ask(node);
  const conjuncts: IrExpression[] = [];
  let rest = node;
  while (u.options.optimise && rest.kind === 'Logical' && rest.operator === '&&') {
    conjuncts.push(rest.right);
    rest = rest.left;
  }
  conjuncts.push(rest);
  for (const conjunct of conjuncts.reverse()) {
    const isNegated = endsInNot(conjunct);
    if (isNegated) compileLeftOpen(u, conjunct);
    else compileExpression(u, conjunct);
    u.asm.emit('JUMP_IF_FALSE', otherwise);
    if (isNegated) u.trace?.hold(conjunct);
  }
  u.trace?.decide(true);
  return asked;
}

/**
 * Code of `TRY body CATCH (variable)`: on success the value is on the stack and control is at `end`; what follows this
 * call is the fallback, with the error bound.
 */
export function compileGuarded(
  u: UnitCompiler,
  body: IrExpression,
  variable: number,
  retry: IrRetry,
  place: { readonly at: number; readonly end: number },
  end: Label,
): void {
  const handler = new Label();
  u.asm.place(place);
  u.trace?.guard();
  u.asm.emit('TRY_START', handler);
  compileExpression(u, body);
  u.asm.emit('TRY_END');
  u.trace?.unguard();
  u.asm.emit('JUMP', end);
  u.asm.label(handler);
  u.asm.place(place);
  u.asm.emit('CATCH', variable, retry.retries, retry.backoffMs);
  u.boxInPlace(variable);
  u.trace?.caught(variable);
}

/** Pushes the pairs of object-like syntax as key, value, key, value …; returns their number. */
export function compilePairs(
  u: UnitCompiler,
  properties: readonly IrProperty[],
  afterValue?: (property: IrProperty) => void,
): number {
  for (const property of properties) {
    if (property.kind === 'Static') u.push(property.key);
    else compileExpression(u, property.key);
    compileExpression(u, property.value);
    afterValue?.(property);
  }
  return properties.length;
}

/** Shows the tracer each pair as soon as it is there. */
export function fieldTrace(u: UnitCompiler): ((property: IrProperty) => void) | undefined {
  const { trace } = u;
  return trace === null ? undefined : (property) => trace.field(property);
}

export function compileAll(u: UnitCompiler, nodes: readonly IrExpression[]): void {
  for (const node of nodes) compileExpression(u, node);
}

function compileOptional(u: UnitCompiler, node: IrExpression | null): void {
  if (node === null) u.push(null);
  else compileExpression(u, node);
}

function compileSegment(u: UnitCompiler, path: IrExpressionOf<'Path'>, segment: IrSegment): void {
  if (segment.kind === 'Static') {
    u.asm.place(path);
    u.asm.emit('ACCESS_STATIC', u.pool.keys.add(segment.key));
    return;
  }
  compileExpression(u, segment.key);
  u.asm.place(path);
  u.asm.emit('ACCESS_DYNAMIC');
}

function compileUnary(
  u: UnitCompiler,
  node: IrExpressionOf<'Negate' | 'Not'>,
  compileOperand: (u: UnitCompiler, operand: IrExpression) => void,
): void {
  const folded = u.options.optimise ? foldTree(node) : node;
  if (folded.kind === 'Constant') {
    u.push(folded.value);
    return;
  }
  compileOperand(u, node.operand);
  u.asm.place(node);
  u.asm.emit(node.kind === 'Not' ? 'NOT' : 'NEG');
}

/** For a statement that uses no value. What would only load one is not compiled at all. */
export function compileForEffect(u: UnitCompiler, node: IrExpression): void {
  const last = lastComputed(node);
  if (u.options.optimise && (isSimple(last) || isFolded(u, last))) return;
  if (last.kind === 'Comprehension') compileLeftOpen(u, node);
  else compileExpression(u, node);
  u.asm.emit('POP');
}

function isFolded(u: UnitCompiler, node: IrExpression): boolean {
  if (node.kind === 'Binary') return chainOf(u, node).links.length === 0;
  return foldTree(node).kind === 'Constant';
}

function chainOf(u: UnitCompiler, node: IrExpressionOf<'Binary'>): Chain<IrExpressionOf<'Binary'>> {
  const chain = chainTo(node);
  return u.options.optimise ? foldChain(chain) : chain;
}

/** Left-associative chains are folded and compiled from their first operand on, without recursion on the left. */
function compileBinary(u: UnitCompiler, node: IrExpressionOf<'Binary'>): void {
  const { first, links } = chainOf(u, node);
  for (const link of links.slice(1)) u.trace?.open(link);
  compileExpression(u, first);
  for (const link of links.toReversed()) {
    compileExpression(u, u.options.optimise ? foldTree(link.right) : link.right);
    u.asm.place(link);
    u.asm.emit(BINARY_OPS[link.operator] satisfies OpName);
    if (link !== node) u.trace?.close(link);
  }
}

const SHORT_CIRCUIT = { '&&': 'AND', '||': 'OR', '??': 'COALESCE' } as const;

function compileLogical(u: UnitCompiler, node: IrExpressionOf<'Logical'>): void {
  const { first, links } = chainTo(node);
  for (const link of links.slice(1)) u.trace?.open(link);
  compileExpression(u, first);
  for (const link of links.toReversed()) {
    const end = new Label();
    u.asm.emit(SHORT_CIRCUIT[link.operator], end);
    if (link.operator !== '??' && endsInBoolean(link.right)) compileLeftOpen(u, link.right);
    else compileExpression(u, link.right);
    if (link.operator !== '??') u.asm.emit('TO_BOOL');
    u.asm.label(end);
    if (link !== node) u.trace?.close(link);
  }
}

function compileObject(u: UnitCompiler, node: IrExpressionOf<'Object'>): void {
  const shape = shapeOf(node.properties);
  if (shape === undefined) {
    const count = compilePairs(u, node.properties);
    u.asm.place(node);
    u.asm.emit('MAKE_OBJECT', count);
    return;
  }
  for (const property of node.properties) compileExpression(u, property.value);
  u.asm.place(node);
  u.asm.emit('MAKE_RECORD', u.pool.shapes.add(shape));
}

function compileComprehension(u: UnitCompiler, node: IrExpressionOf<'Comprehension'>): void {
  const { asm } = u;
  u.withHiddenSlot((accumulator) => {
    u.withHiddenSlot((cursor) => {
      asm.emit('MAKE_ARRAY', 0);
      asm.emit('STORE_LOCAL', accumulator);
      compileExpression(u, node.iterable);
      compileLoop(u, { cursor, variable: node.variable, where: node.where, place: node, form: 1 }, () => {
        compileExpression(u, node.map);
        asm.place(node);
        asm.emit('APPEND', accumulator);
      });
      asm.emit('LOAD_LOCAL', accumulator);
    });
  });
}

export interface LoopParts {
  readonly cursor: number;
  readonly variable: number;
  readonly where: IrExpression | null;
  readonly place: { readonly at: number; readonly end: number };
  /** 0 FOR EACH, 1 comprehension: the fault's wording. */
  readonly form: 0 | 1;
}

/** Pops the iterable and runs `body` once per element that passes `where`. */
export function compileLoop(u: UnitCompiler, loop: LoopParts, body: () => void): void {
  const { asm } = u;
  const start = new Label();
  const next = new Label();
  const end = new Label();
  u.trace?.loop(loop.place);
  asm.place(loop.place);
  asm.emit('INIT_FOREACH', loop.cursor, loop.variable, end, loop.form);
  asm.label(start);
  u.boxInPlace(loop.variable);
  u.trace?.element(loop.variable, loop.cursor);
  if (loop.where !== null) compileCondition(u, loop.where, next);
  body();
  asm.label(next);
  asm.place(loop.place);
  asm.emit('NEXT_FOREACH', loop.cursor, loop.variable, start, u.nextLoop());
  asm.label(end);
  u.trace?.endLoop();
}

function compileStandardCall(u: UnitCompiler, node: IrExpressionOf<'CallStd'>): void {
  const name = u.module.standard[node.callee] ?? '';
  const { args } = node;
  const [callee] = args;
  if (name === APPLY && callee !== undefined) {
    u.push(APPLY);
    u.push(1);
    compileExpression(u, callee);
    u.asm.place(node);
    u.asm.emit('CALL_HOST', u.pool.calls.add({ name: CHECK_FUNCTION, import: null }), 3);
    compileAll(u, args.slice(1));
    u.trace?.call(node, args.length - 1);
    u.asm.place(node);
    u.asm.emit('CALL_LAMBDA', args.length - 1);
    return;
  }
  compileAll(u, args);
  u.trace?.call(node, args.length);
  u.asm.place(node);
  const instruction = SHARED_CALLS.get(name);
  if (instruction?.argumentCount === args.length) {
    u.module.useSharedState(node);
    u.asm.emit(instruction.op);
  } else u.asm.emit('CALL_HOST', u.pool.calls.add({ name, import: null }), args.length);
}
