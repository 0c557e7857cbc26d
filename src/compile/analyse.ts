/** Questions about IR that decide between two ways of compiling it. */
import type { IrExpression, IrExpressionOf, IrProperty, IrSegment, IrStatement, IrUnit } from '../ir/nodes.ts';

/** Evaluating it can neither fault nor have an effect, and takes no time to speak of. */
export function isSimple(node: IrExpression): boolean {
  return node.kind === 'Constant' || node.kind === 'Variable' || node.kind === 'SharedName';
}

/** The shape of a literal whose keys are all distinct texts, or undefined. */
export function shapeOf(properties: readonly IrProperty[]): readonly string[] | undefined {
  const keys: string[] = [];
  for (let i = 0; i < properties.length; i++) {
    const { kind, key } = properties[i] as IrProperty;
    if (kind !== 'Static' || typeof key !== 'string') return undefined;
    keys.push(key);
  }
  return new Set(keys).size === keys.length ? keys : undefined;
}

/** Operators of one kind that each have the one before as their left operand: `a + b - c`. */
export interface Chain<Link extends IrExpressionOf<'Binary' | 'Logical'>> {
  readonly first: IrExpression;
  /** The outermost first. */
  readonly links: readonly Link[];
}

/** The chain that ends in `last`. */
export function chainTo<Link extends IrExpressionOf<'Binary' | 'Logical'>>(last: Link): Chain<Link> {
  const links: Link[] = [];
  let first: IrExpression = last;
  while (first.kind === last.kind) {
    links.push(first as Link);
    first = (first as Link).left;
  }
  return { first, links };
}

/** Whether evaluating it may run code of the program that can write variables captured elsewhere. */
export function mayRunLambdas(node: IrExpression, isNative: (standard: number) => boolean): boolean {
  let found = false;
  walkExpression(node, (e) => {
    switch (e.kind) {
      case 'CallStd':
        if (!isNative(e.callee)) found = true;
        return true;
      case 'CallFunc':
      case 'CallVariable':
      case 'Invoke':
      case 'CallHost':
      case 'Suspend':
        found = true;
        return false;
      case 'Lambda':
        return false;
      default:
        return !found;
    }
  });
  return found;
}

/** Variables of `unit` that some lambda inside it, at any depth, writes. */
export function variablesWrittenByLambdas(unit: IrUnit): ReadonlySet<number> {
  const written = new Set<number>();
  walkStatements(unit.body, (node) => {
    if (node.kind !== 'Lambda') return true;
    for (const index of capturesWritten(node.unit)) written.add(node.unit.captures[index] as number);
    return false;
  });
  return written;
}

/** Indexes into `captures` of a lambda whose variables it, or a lambda inside it, writes. */
function capturesWritten(lambda: IrUnit): readonly number[] {
  const variables = new Set(variablesWrittenByLambdas(lambda));
  walkStatements(
    lambda.body,
    (node) => node.kind !== 'Lambda',
    (statement) => {
      switch (statement.kind) {
        case 'SetVariable':
        case 'SetPath':
        case 'AppendVariable':
        case 'AppendPath':
        case 'Modify':
          variables.add(statement.variable);
      }
    },
  );
  return lambda.captures.map((_, i) => i).filter((i) => variables.has(lambda.parameterCount + i));
}

type Visit = (node: IrExpression) => boolean;

/** Visits expressions in preorder; `visit` answers whether to go into the children. Depth is bounded by source nesting. */
function walkExpression(node: IrExpression, visit: Visit): void {
  if (!visit(node)) return;
  for (const child of childrenOf(node)) walkExpression(child, visit);
  if (node.kind === 'Lambda') walkStatements(node.unit.body, visit);
}

function walkStatements(
  statements: readonly IrStatement[],
  visit: Visit,
  onStatement: (s: IrStatement) => void = () => {},
): void {
  for (const statement of statements) {
    onStatement(statement);
    for (const expression of expressionsOf(statement)) walkExpression(expression, visit);
    if (statement.kind === 'If') {
      walkStatements(statement.then, visit, onStatement);
      walkStatements(statement.otherwise, visit, onStatement);
    } else if (statement.kind === 'ForEach') walkStatements(statement.body, visit, onStatement);
  }
}

/** The operands, in the order of their evaluation. */
export function childrenOf(node: IrExpression): readonly IrExpression[] {
  switch (node.kind) {
    case 'Constant':
    case 'Variable':
    case 'SharedName':
    case 'AwaitShared':
    case 'Lambda':
      return [];
    case 'Path':
      return [node.base, ...dynamicKeys(node.segments)];
    case 'Slice':
      return present(node.base, node.from, node.to);
    case 'Negate':
    case 'Not':
    case 'Await':
    case 'Suspend':
      return [node.operand];
    case 'Binary':
    case 'Logical':
      return [node.left, node.right];
    case 'Object':
      return node.properties.flatMap((p) => (p.kind === 'Computed' ? [p.key, p.value] : [p.value]));
    case 'Array':
      return node.elements;
    case 'Conditional':
      return [node.condition, node.then, node.otherwise];
    case 'Comprehension':
      return present(node.iterable, node.where, node.map);
    case 'Try':
      return [node.body, node.fallback];
    case 'CallStd':
    case 'CallHost':
    case 'CallFunc':
    case 'CallVariable':
      return node.args;
    case 'Invoke':
      return [node.callee, ...node.args];
  }
}

function expressionsOf(node: IrStatement): readonly IrExpression[] {
  switch (node.kind) {
    case 'Let':
    case 'SetVariable':
    case 'OutputValue':
    case 'Throw':
    case 'Evaluate':
      return [node.value];
    case 'SetPath':
      return [...dynamicKeys(node.segments), node.value];
    case 'AppendVariable':
      return present(node.value, node.init);
    case 'AppendPath':
      return [...dynamicKeys(node.segments), ...present(node.value, node.init)];
    case 'Modify':
      return node.updates.flatMap((p) => (p.kind === 'Computed' ? [p.key, p.value] : [p.value]));
    case 'SharedWrite':
      return [node.key, node.value];
    case 'OutputRecord':
      return node.properties.flatMap((p) => (p.kind === 'Computed' ? [p.key, p.value] : [p.value]));
    case 'If':
      return [node.condition];
    case 'ForEach':
      return present(node.iterable, node.where);
    case 'TryStatement':
      return present(node.body, node.fallback, node.abort);
    case 'Return':
    case 'Abort':
      return present(node.value);
  }
}

export function dynamicKeys(segments: readonly IrSegment[]): readonly IrExpression[] {
  return segments.flatMap((s) => (s.kind === 'Dynamic' ? [s.key] : []));
}

function present(...nodes: readonly (IrExpression | null)[]): readonly IrExpression[] {
  return nodes.filter((n) => n !== null);
}
