/**
 * Expressions to IR. Reports nothing: every check has passed. Decides nothing about names: it goes by their meanings.
 *
 * Places: an operator for binary operators, the callee for calls, the header for loops, the whole text for the rest.
 */
import { assertNever, invariant } from '../base/assert.ts';
import type {
  IrExpression,
  IrKey,
  IrPlace,
  IrProperty,
  IrRetry,
  IrSegment,
  IrUnit,
  LogicalOperator,
} from '../ir/nodes.ts';
import type { Expression, ExpressionOf, LambdaExpr, Property, Segment, TryHead } from './ast.ts';
import { backoffMs } from './backoff.ts';
import type { Resolution } from './names.ts';
import type { UnitScope } from './scope.ts';
import type { Token } from './token.ts';

export interface Lowering {
  readonly resolution: Resolution;
  /** The unit whose body is being lowered. */
  readonly unit: UnitScope;
  lowerLambda(node: LambdaExpr): IrUnit;
}

export function placeOf(node: { readonly start: number; readonly end: number }): IrPlace {
  return { at: node.start, end: node.end };
}

/** Index of the variable that a declaration or a target names. */
export function variableAt({ resolution, unit }: Lowering, name: Token): number {
  const meaning = resolution.meaningOf(name);
  invariant(meaning?.kind === 'variable', 'a name was not resolved to a variable');
  return unit.indexOf(meaning);
}

export function sharedAt({ resolution }: Lowering, name: Token): number {
  const meaning = resolution.meaningOf(name);
  invariant(meaning?.kind === 'shared', 'a name was not resolved to a shared resource');
  return meaning.index;
}

export function lowerOptional(context: Lowering, node: Expression | null): IrExpression | null {
  return node === null ? null : lowerExpression(context, node);
}

function lowerAll(context: Lowering, nodes: readonly Expression[]): readonly IrExpression[] {
  return nodes.map((node) => lowerExpression(context, node));
}

export function lowerExpression(context: Lowering, node: Expression): IrExpression {
  const { start: at, end } = node;
  // What programs have most of comes first: V8 compares the names one by one.
  switch (node.kind) {
    case 'IdentifierExpr':
      return lowerName(context, node);
    case 'AccessExpr':
      return {
        kind: 'Path',
        at,
        end,
        base: lowerExpression(context, node.base),
        segments: node.segments.map((s) => readSegment(context, s)),
      };
    case 'StringExpr':
    case 'NumberLiteral':
    case 'BoolExpr':
      return { kind: 'Constant', at, end, value: node.value };
    case 'BinaryExpr':
      return lowerBinary(context, node);
    case 'CallExpr':
      return lowerCall(context, node);
    case 'NullLiteral':
      return { kind: 'Constant', at, end, value: null };
    case 'ObjectExpr':
      return { kind: 'Object', at, end, properties: lowerProperties(context, node.fields) };
    case 'ArrayExpr':
      return { kind: 'Array', at, end, elements: lowerAll(context, node.elements) };
    case 'ArrayCompExpr':
      return {
        kind: 'Comprehension',
        at: node.headerStart,
        end: node.iterable.end,
        iterable: lowerExpression(context, node.iterable),
        variable: variableAt(context, node.variable),
        where: lowerOptional(context, node.where),
        map: lowerExpression(context, node.map),
      };
    case 'SliceExpr':
      return {
        kind: 'Slice',
        at,
        end,
        base: lowerExpression(context, node.base),
        from: lowerOptional(context, node.from),
        to: lowerOptional(context, node.to),
      };
    case 'InvokeExpr':
      return lowerInvoke(context, node);
    case 'UnaryExpr':
      return { kind: UNARY_KINDS[node.operator], at, end, operand: lowerExpression(context, node.operand) };
    case 'LambdaExpr':
      return { kind: 'Lambda', at, end, unit: context.lowerLambda(node) };
    case 'IfElseExpr':
      return conditional(
        { at, end },
        lowerExpression(context, node.condition),
        lowerExpression(context, node.thenBranch),
        lowerExpression(context, node.elseBranch),
      );
    case 'CaseExpr':
      return lowerCase(context, node);
    case 'TryCatchExpr':
      return {
        kind: 'Try',
        at,
        end,
        ...lowerTry(context, node.head),
        fallback: lowerExpression(context, node.fallback),
      };
    case 'SharedStateAwaitExpr':
      return lowerAwaitShared(context, node);
    default:
      return assertNever(node);
  }
}

const UNARY_KINDS = { '-': 'Negate', '!': 'Not', AWAIT: 'Await', SUSPEND: 'Suspend' } as const;

function lowerName({ resolution, unit }: Lowering, node: ExpressionOf<'IdentifierExpr'>): IrExpression {
  const { start: at, end } = node;
  const meaning = resolution.meaningOf(node.token);
  switch (meaning?.kind) {
    case 'variable':
      return { kind: 'Variable', at, end, index: unit.indexOf(meaning) };
    case 'shared':
      return { kind: 'SharedName', at, end, shared: meaning.index };
    default:
      return { kind: 'Constant', at, end, value: null };
  }
}

// --- paths

/**
 * An integer literal in brackets reads like a static index. Why not a text: `xs["a"]` and `xs.a` fault differently on a
 * list.
 */
function readSegment(context: Lowering, segment: Segment): IrSegment {
  if (segment.kind === 'Dynamic' && segment.key.kind === 'NumberLiteral' && !segment.key.isFloat)
    return { kind: 'Static', key: segment.key.value };
  return writeSegment(context, segment);
}

/** In targets of writes brackets always stay dynamic: faults on the way tell them apart. */
export function writeSegment(context: Lowering, segment: Segment): IrSegment {
  if (segment.kind === 'Static') return { kind: 'Static', key: segment.key };
  return { kind: 'Dynamic', key: lowerExpression(context, segment.key) };
}

export function staticKeys(segments: readonly Segment[]): readonly IrKey[] {
  return segments.map((segment) => {
    invariant(segment.kind === 'Static', 'MODIFY has a dynamic segment');
    return segment.key;
  });
}

export function lowerProperties(context: Lowering, list: readonly Property[]): readonly IrProperty[] {
  return list.map((p) => {
    if (p.kind === 'LiteralProperty') return { kind: 'Static', key: p.key, value: lowerExpression(context, p.value) };
    return { kind: 'Computed', key: lowerExpression(context, p.key), value: lowerExpression(context, p.value) };
  });
}

// --- operators

function lowerBinary(context: Lowering, node: ExpressionOf<'BinaryExpr'>): IrExpression {
  const { start: at, end } = node.token;
  const left = lowerExpression(context, node.left);
  const right = lowerExpression(context, node.right);
  const { operator } = node;
  if (isLogical(operator)) return { kind: 'Logical', at, end, operator, left, right };
  return { kind: 'Binary', at, end, operator, left, right };
}

function isLogical(operator: string): operator is LogicalOperator {
  return operator === '&&' || operator === '||' || operator === '??';
}

function lowerCase(context: Lowering, node: ExpressionOf<'CaseExpr'>): IrExpression {
  let result = lowerExpression(context, node.otherwise);
  for (const when of [...node.whens].reverse()) {
    const condition = lowerExpression(context, when.condition);
    const place = { at: when.condition.start, end: when.result.end };
    result = conditional(place, condition, lowerExpression(context, when.result), result);
  }
  return result;
}

function conditional(
  { at, end }: IrPlace,
  condition: IrExpression,
  chosen: IrExpression,
  otherwise: IrExpression,
): IrExpression {
  // biome-ignore lint/suspicious/noThenProperty: the field is called so, and is never a function
  return { kind: 'Conditional', at, end, condition, then: chosen, otherwise };
}

export function lowerTry(
  context: Lowering,
  head: TryHead<Expression>,
): { readonly body: IrExpression; readonly variable: number; readonly retry: IrRetry } {
  return {
    body: lowerExpression(context, head.body),
    variable: variableAt(context, head.variable),
    retry: { retries: head.retries ?? 0, backoffMs: head.backoff === null ? 0 : (backoffMs(head.backoff.text) ?? 0) },
  };
}

function lowerAwaitShared(context: Lowering, node: ExpressionOf<'SharedStateAwaitExpr'>): IrExpression {
  const { resource, key, start: at, end } = node;
  const meaning = context.resolution.meaningOf(resource.token);
  if (meaning?.kind === 'shared') return { kind: 'AwaitShared', at, end, shared: meaning.index, key: key.text };
  const path: IrExpression = {
    kind: 'Path',
    at: resource.start,
    end: key.end,
    base: lowerName(context, resource),
    segments: [{ kind: 'Static', key: key.text }],
  };
  return { kind: 'Await', at, end, operand: path };
}

// --- calls

function lowerCall(context: Lowering, node: ExpressionOf<'CallExpr'>): IrExpression {
  const { callee } = node;
  const meaning = context.resolution.meaningOf(callee.token);
  const args = lowerAll(context, node.args);
  const { start: at, end } = callee;
  switch (meaning?.kind) {
    case 'standard': {
      const exact = context.resolution.standard[meaning.index] === 'DEC' ? exactDecimal(node.args) : undefined;
      return { kind: 'CallStd', at, end, callee: meaning.index, args: exact === undefined ? args : [exact] };
    }
    case 'func':
      return { kind: 'CallFunc', at, end, unit: meaning.index, args };
    case 'host':
      return { kind: 'CallHost', at, end, import: meaning.import, member: meaning.member, args };
    case 'variable':
      return { kind: 'CallVariable', at, end, index: context.unit.indexOf(meaning), args };
    default:
      return { kind: 'Invoke', at, end, callee: { kind: 'Constant', at, end, value: null }, args };
  }
}

function lowerInvoke(context: Lowering, node: ExpressionOf<'InvokeExpr'>): IrExpression {
  const { target } = node;
  const { start: at, end } = target;
  const base = target.kind === 'AccessExpr' ? context.resolution.meaningOf(target.base.token) : undefined;
  if (base?.kind === 'host' && target.kind === 'AccessExpr' && target.base.kind === 'IdentifierExpr') {
    const { import: from, member } = base;
    return { kind: 'CallHost', at, end, import: from, member, args: lowerAll(context, node.args) };
  }
  return { kind: 'Invoke', at, end, callee: lowerExpression(context, target), args: lowerAll(context, node.args) };
}

/** `DEC(1.0)`: the literal is an integer once it is a number, so its float text is passed, which keeps the scale. */
function exactDecimal(args: readonly Expression[]): IrExpression | undefined {
  const [arg, ...more] = args;
  const literal = arg?.kind === 'UnaryExpr' && arg.operator === '-' ? arg.operand : arg;
  if (
    arg === undefined ||
    more.length > 0 ||
    literal?.kind !== 'NumberLiteral' ||
    !literal.isFloat ||
    !Number.isInteger(literal.value)
  )
    return undefined;
  const sign = literal === arg ? '' : '-';
  return { kind: 'Constant', ...placeOf(arg), value: sign + floatText(Number(literal.value)) };
}

/** The text of an integral float as the JVM prints it: `1.0`, `1.0E7`. */
function floatText(value: number): string {
  if (value < 1e7) return `${value}.0`;
  const [digits = '', exponent = ''] = value.toExponential().split('e+');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent}`;
}
