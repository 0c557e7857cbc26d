/**
 * Second pass of the gate, statements: declarations before uses, loops that charge before they work, jumps to enclosing
 * labels, and nothing caught without a helper seeing it.
 */
import type {
  AssignmentExpression,
  BinaryExpression,
  BlockStatement,
  CallExpression,
  CatchClause,
  ExpressionStatement,
  ForStatement,
  FunctionDeclaration,
  Identifier,
  IfStatement,
  LabeledStatement,
  MemberExpression,
  Node,
  Statement,
  TryStatement,
  UpdateExpression,
  VariableDeclaration,
} from 'acorn';
import { checkEffect, checkValue, helperCalled, isIdentifier, isIndex } from './gate-expressions.ts';
import { type LocalKind, type Names, RUN, Scope } from './gate-names.ts';
import { refuse } from './gate-reasons.ts';

/** Statements that may bind the variable of a loop before its fuel is charged. */
const MAX_HEAD_STATEMENTS = 4;
const HEAD_CALLS: ReadonlySet<string> = new Set(['absent', 'share']);
const CHARGING_CALL = 'refill';
const NUMERIC_OPERATORS: ReadonlySet<string> = new Set(['-', '*', '/', '%']);

export function checkFunction(node: FunctionDeclaration, names: Names): void {
  const scope = new Scope(names);
  const [run, ...parameters] = node.params;
  if (run === undefined || !isIdentifier(run, RUN)) refuse('function-shape', node);
  for (const parameter of parameters) scope.declare(parameter as Identifier, 'parameter');
  checkBlock(node.body, scope);
}

function checkBlock({ body }: BlockStatement, scope: Scope): void {
  scope.block(() => checkStatements(body, scope));
}

function checkStatements(statements: readonly Statement[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration') checkDeclaration(statement, scope);
    else checkStatement(statement, scope);
  }
}

function checkStatement(node: Statement, scope: Scope): void {
  switch (node.type) {
    case 'BlockStatement':
      checkBlock(node, scope);
      return;
    case 'ExpressionStatement':
      checkEffect(node.expression, scope);
      return;
    case 'IfStatement':
      checkIf(node, scope);
      return;
    case 'ForStatement':
      checkFor(node, scope);
      return;
    case 'LabeledStatement':
      checkLabelled(node, scope);
      return;
    case 'BreakStatement':
      return; // The parser knows which labels enclose it.
    case 'ReturnStatement':
      checkValue(node.argument as Node, scope);
      return;
    case 'ThrowStatement':
      if (helperCalled(node.argument, scope) === undefined) refuse('throw-shape', node.argument);
      checkValue(node.argument, scope);
      return;
    case 'TryStatement':
      checkTry(node, scope);
      return;
    default:
      refuse('statement-place', node);
      return;
  }
}

/** The name is declared after its value, which therefore cannot use it. */
function checkDeclaration(node: VariableDeclaration, scope: Scope): void {
  const [declarator, second] = node.declarations;
  if (declarator === undefined || second !== undefined) refuse('declaration-shape', node);
  const { id, init } = declarator as VariableDeclaration['declarations'][number];
  if (init) checkValue(init, scope);
  scope.declare(id as Identifier, node.kind as LocalKind);
}

/** An IF right inside an IF would leave open whose ELSE follows: the tree printed might be another than the one read. */
function checkIf({ test, consequent, alternate }: IfStatement, scope: Scope): void {
  checkValue(test, scope);
  if (consequent.type === 'IfStatement') refuse('statement-place', consequent);
  checkStatement(consequent, scope);
  if (alternate) checkStatement(alternate, scope);
}

/** `for (let i = <number>; i < <name>; i++) { … }` */
function checkFor({ init, test, update, body }: ForStatement, scope: Scope): void {
  const declaration = init as VariableDeclaration;
  if (declaration.type !== 'VariableDeclaration' || declaration.kind !== 'let') refuse('loop-shape', declaration);
  const [declarator, second] = declaration.declarations;
  if (declarator === undefined || second !== undefined || !declarator.init) refuse('loop-shape', declaration);
  const { id, init: start } = declarator as { id: Identifier; init: Node };
  checkStart(start, scope);
  scope.block(() => {
    scope.declare(id, 'counter');
    const { type, left, operator, right } = test as BinaryExpression;
    if (type !== 'BinaryExpression' || operator !== '<' || !isIdentifier(left, id.name))
      refuse('loop-shape', test as Node);
    if (right.type !== 'Identifier') refuse('loop-shape', right);
    checkValue(right, scope);
    const step = update as UpdateExpression;
    if (step.type !== 'UpdateExpression' || !isIdentifier(step.argument, id.name)) refuse('loop-shape', step);
    checkLoopBody(body, scope);
  });
}

/** Invariant: a counter is never text, for it may be an index. Hence it starts at what arithmetic or a helper made. */
function checkStart(start: Node, scope: Scope): void {
  checkValue(start, scope);
  const isNumber =
    isIndex(start) ||
    helperCalled(start, scope) !== undefined ||
    (start.type === 'BinaryExpression' && NUMERIC_OPERATORS.has((start as BinaryExpression).operator));
  if (!isNumber) refuse('loop-start', start);
}

function checkLoopBody(body: Statement, scope: Scope): void {
  if (body.type !== 'BlockStatement') refuse('loop-shape', body);
  const statements = (body as BlockStatement).body;
  const charge = statements.findIndex(isCharge);
  if (charge < 0) refuse('loop-fuel', body);
  if (charge > MAX_HEAD_STATEMENTS) refuse('loop-head', body);
  scope.block(() => {
    scope.callsAllowed = HEAD_CALLS;
    for (const statement of statements.slice(0, charge)) checkHead(statement);
    checkStatements(statements.slice(0, charge), scope);
    scope.callsAllowed = null;
    checkStatements(statements.slice(charge), scope);
  });
}

/** Ahead of the charge: bindings, and at most one IF around them. Nothing that jumps, loops or leaves. */
function checkHead(node: Statement): void {
  if (node.type === 'VariableDeclaration' || node.type === 'ExpressionStatement') return;
  if (node.type !== 'IfStatement' || node.alternate) refuse('loop-head', node);
  const { consequent } = node as IfStatement;
  const inside = consequent.type === 'BlockStatement' ? consequent.body : [consequent];
  for (const statement of inside) if (statement.type !== 'ExpressionStatement') refuse('loop-head', statement);
}

/** `if ((run.fuel -= <at least 1>) < 0) refill(run, <place>);` */
function isCharge(node: Statement): boolean {
  if (node.type !== 'IfStatement' || node.alternate) return false;
  const { type, operator, left, right } = node.test as BinaryExpression;
  if (type !== 'BinaryExpression' || operator !== '<' || !isIndex(right) || !isNumber(right, 0)) return false;
  return isSpending(left as AssignmentExpression) && isRefill(node.consequent);
}

function isSpending({ type, operator, left, right }: AssignmentExpression): boolean {
  if (type !== 'AssignmentExpression' || operator !== '-=' || left.type !== 'MemberExpression') return false;
  return isFuel(left) && isIndex(right) && !isNumber(right, 0);
}

function isFuel({ object, property, computed }: MemberExpression): boolean {
  return !computed && isIdentifier(object, RUN) && isIdentifier(property, 'fuel');
}

function isRefill(node: Statement): boolean {
  if (node.type !== 'ExpressionStatement') return false;
  const { type, callee, arguments: given } = (node as ExpressionStatement).expression as CallExpression;
  if (type !== 'CallExpression' || !isIdentifier(callee, CHARGING_CALL)) return false;
  const [run, place] = given;
  return given.length === 2 && isIdentifier(run as Node, RUN) && isIndex(place as Node);
}

function isNumber(node: Node, value: number): boolean {
  return node.type === 'Literal' && (node as { value?: unknown }).value === value;
}

function checkLabelled({ label, body }: LabeledStatement, scope: Scope): void {
  if (body.type !== 'ForStatement' && body.type !== 'BlockStatement') refuse('statement-place', body);
  scope.block(() => {
    scope.declare(label, 'label');
    checkStatement(body, scope);
  });
}

function checkTry({ block, handler }: TryStatement, scope: Scope): void {
  checkBlock(block, scope);
  const { param, body } = handler as CatchClause;
  const caught = param as Identifier;
  scope.block(() => {
    scope.declare(caught, 'caught');
    if (!handsOn(body.body, caught.name, scope)) refuse('catch-shape', handler as Node);
    checkBlock(body, scope);
  });
}

/**
 * Limits arrive as exceptions too: a catch that looks at nothing would swallow them. What is caught goes to a helper
 * first; only values that need no work may be kept before.
 */
function handsOn(statements: readonly Statement[], caught: string, scope: Scope): boolean {
  for (const statement of statements) {
    const value = computedBy(statement);
    if (value === undefined) return false;
    if (value === null || value.type === 'Identifier' || value.type === 'Literal') continue;
    if (helperCalled(value, scope) === undefined) return false;
    return (value as CallExpression).arguments.some((argument) => isIdentifier(argument, caught));
  }
  return false;
}

/** What a statement without branches computes; null if nothing. */
function computedBy(node: Statement): Node | null | undefined {
  if (node.type === 'ThrowStatement') return node.argument;
  if (node.type === 'VariableDeclaration') return node.declarations[0]?.init ?? null;
  if (node.type !== 'ExpressionStatement') return undefined;
  return node.expression.type === 'AssignmentExpression' ? node.expression.right : node.expression;
}
