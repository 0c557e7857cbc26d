/** Statements to IR. */
import { assertNever } from '../base/assert.ts';
import type { IrSegment, IrStatement } from '../ir/nodes.ts';
import type { AccessExpr, CodeBlock, Statement, StatementOf } from './ast.ts';
import {
  type Lowering,
  lowerExpression,
  lowerOptional,
  lowerProperties,
  lowerTry,
  sharedAt,
  staticKeys,
  variableAt,
  writeSegment,
} from './lower-expressions.ts';

export function lowerBlock(context: Lowering, block: CodeBlock): readonly IrStatement[] {
  return block.statements.map((statement) => lowerStatement(context, statement));
}

function lowerStatement(context: Lowering, node: Statement): IrStatement {
  const { start: at, end } = node;
  switch (node.kind) {
    case 'LetStmt': {
      const variable = variableAt(context, node.name);
      const recursive = isRecursive(context, node);
      return {
        kind: 'Let',
        at: node.start,
        end: node.name.end,
        variable,
        value: lowerExpression(context, node.value),
        recursive,
      };
    }
    case 'SetStmt':
      return {
        kind: 'SetPath',
        at: node.target.start,
        end: node.target.end,
        variable: variableAt(context, node.target.base.token),
        segments: writeSegments(context, node.target),
        value: lowerExpression(context, node.value),
      };
    case 'SetVarStmt':
      return {
        kind: 'SetVariable',
        at: node.name.start,
        end: node.name.end,
        variable: variableAt(context, node.name),
        value: lowerExpression(context, node.value),
      };
    case 'AppendToStmt':
      return {
        kind: 'AppendPath',
        at: node.target.start,
        end: node.target.end,
        variable: variableAt(context, node.target.base.token),
        segments: writeSegments(context, node.target),
        value: lowerExpression(context, node.value),
        init: lowerOptional(context, node.init),
      };
    case 'AppendToVarStmt':
      return {
        kind: 'AppendVariable',
        at: node.name.start,
        end: node.name.end,
        variable: variableAt(context, node.name),
        value: lowerExpression(context, node.value),
        init: lowerOptional(context, node.init),
      };
    case 'SharedWriteStmt': {
      const write = { at: node.start, end: node.targetEnd };
      const key = lowerOptional(context, node.key) ?? { kind: 'Constant', ...write, value: 'value' };
      return {
        kind: 'SharedWrite',
        ...write,
        shared: sharedAt(context, node.resource),
        key,
        value: lowerExpression(context, node.value),
      };
    }
    case 'ModifyStmt':
      return {
        kind: 'Modify',
        at: node.target.start,
        end: node.target.end,
        variable: variableAt(context, node.target.base.token),
        segments: staticKeys(node.target.segments),
        updates: lowerProperties(context, node.updates),
      };
    case 'OutputStmt':
      if (node.template.kind === 'ObjectExpr')
        return {
          kind: 'OutputRecord',
          at: node.token.start,
          end: node.token.end,
          properties: lowerProperties(context, node.template.fields),
        };
      return { kind: 'OutputValue', at, end, value: lowerExpression(context, node.template) };
    case 'IfStmt':
      return lowerIf(context, node);
    case 'ForEachStmt':
      return {
        kind: 'ForEach',
        at: node.start,
        end: node.iterable.end,
        iterable: lowerExpression(context, node.iterable),
        variable: variableAt(context, node.variable),
        where: lowerOptional(context, node.where),
        body: lowerBlock(context, node.body),
      };
    case 'TryCatchStmt':
      return {
        kind: 'TryStatement',
        at,
        end,
        ...lowerTry(context, node.head),
        fallback: lowerOptional(context, node.fallback),
        abort: lowerOptional(context, node.abort?.value ?? null),
      };
    case 'ReturnStmt':
      return { kind: 'Return', at, end, value: lowerOptional(context, node.value) };
    case 'AbortStmt':
      return { kind: 'Abort', at, end, value: lowerOptional(context, node.value) };
    case 'ThrowStmt':
      return { kind: 'Throw', at, end, value: lowerExpression(context, node.value) };
    case 'ExprStmt':
      return lowerExpressionStatement(context, node);
    default:
      return assertNever(node);
  }
}

function isRecursive({ resolution }: Lowering, node: StatementOf<'LetStmt'>): boolean {
  const meaning = resolution.meaningOf(node.name);
  return meaning?.kind === 'variable' && meaning.isRecursive;
}

function writeSegments(context: Lowering, { segments }: AccessExpr): readonly IrSegment[] {
  return segments.map((segment) => writeSegment(context, segment));
}

function lowerIf(context: Lowering, node: StatementOf<'IfStmt'>): IrStatement {
  const arms = node.arms.map((arm) => ({
    at: arm.token.start,
    end: arm.condition.end,
    condition: lowerExpression(context, arm.condition),
    // biome-ignore lint/suspicious/noThenProperty: the field is called so, and is never a function
    then: lowerBlock(context, arm.block),
  }));
  const [first, ...rest] = arms as [(typeof arms)[number], ...typeof arms];
  let otherwise = node.otherwise === null ? [] : lowerBlock(context, node.otherwise);
  for (const arm of rest.reverse()) otherwise = [{ kind: 'If', ...arm, otherwise }];
  return { kind: 'If', ...first, otherwise };
}

/** Where nothing is called THROW, a call of it is the statement. */
function lowerExpressionStatement(context: Lowering, { expr, start, end }: StatementOf<'ExprStmt'>): IrStatement {
  if (expr.kind === 'CallExpr' && context.resolution.meaningOf(expr.callee.token)?.kind === 'throw') {
    const [thrown] = expr.args;
    if (thrown !== undefined) return { kind: 'Throw', at: start, end, value: lowerExpression(context, thrown) };
  }
  return { kind: 'Evaluate', at: start, end, value: lowerExpression(context, expr) };
}
