/**
 * Second pass of the gate, expressions: what each name may be used for, what may be called, read and written. The first
 * pass has bounded the depth, so this one recurses.
 */
import type {
  AssignmentExpression,
  BinaryExpression,
  CallExpression,
  Expression,
  Identifier,
  Literal,
  MemberExpression,
  Node,
  ObjectExpression,
  Property,
  UnaryExpression,
} from 'acorn';
import { type Local, RUN, type Scope } from './gate-names.ts';
import { refuse } from './gate-reasons.ts';

const TYPE_NAMES: ReadonlySet<unknown> = new Set(['object', 'number', 'string', 'boolean', 'bigint']);

/** Fields of the run that compiled code counts with. */
const COUNTERS: ReadonlySet<string> = new Set(['fuel', 'memoryLeft', 'depth']);
const READ_OF_RUN: ReadonlySet<string> = new Set([...COUNTERS, 'compiledLimit', 'markEpoch']);

/** The field of a cell. */
const CELL_VALUE = 'value';
const MAX_INDEX = 2 ** 32 - 2;

/** An expression whose value is used. */
export function checkValue(node: Node, scope: Scope): void {
  const at = node as Expression;
  switch (at.type) {
    case 'Identifier':
      checkRead(at, scope);
      return;
    case 'Literal':
      checkLiteral(at);
      return;
    case 'UnaryExpression':
      checkUnary(at, scope);
      return;
    case 'BinaryExpression':
      checkBinary(at, scope);
      return;
    case 'LogicalExpression':
      checkValue(at.left, scope);
      checkValue(at.right, scope);
      return;
    case 'ConditionalExpression':
      checkValue(at.test, scope);
      checkValue(at.consequent, scope);
      checkValue(at.alternate, scope);
      return;
    case 'AssignmentExpression':
      checkAssignment(at, scope);
      return;
    case 'CallExpression':
      checkCall(at, scope);
      return;
    case 'MemberExpression':
      checkMember(at, scope);
      return;
    case 'ArrayExpression':
      for (const element of at.elements) checkValue(element as Node, scope);
      return;
    case 'ObjectExpression':
      checkObject(at, scope);
      return;
    default:
      refuse('node-type', at);
      return;
  }
}

/** An assignment or a call: what may stand as a statement. */
export function checkEffect(node: Node, scope: Scope): void {
  const at = node as Expression;
  if (at.type === 'AssignmentExpression') checkAssignment(at, scope);
  else if (at.type === 'CallExpression') checkCall(at, scope);
  else refuse('statement-place', at);
}

export function isIdentifier(node: Node, name: string): boolean {
  return node.type === 'Identifier' && (node as Identifier).name === name;
}

/** The name of the helper that is called, if one is. */
export function helperCalled(node: Node, scope: Scope): string | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const { callee } = node as CallExpression;
  if (callee.type !== 'Identifier' || scope.names.kindOf(callee.name) !== 'helper') return undefined;
  return callee.name;
}

/** A whole number, not negative, written as JavaScript prints it. */
export function isIndex(node: Node): boolean {
  if (node.type !== 'Literal') return false;
  const { value, raw } = node as Literal;
  return Number.isInteger(value) && (value as number) <= MAX_INDEX && raw === String(value);
}

function checkRead(id: Identifier, scope: Scope): void {
  const local = scope.local(id.name);
  if (local !== undefined) {
    if (!isValue(local)) refuse('name-use', id);
    return;
  }
  const outer = scope.names.kindOf(id.name);
  if (outer === 'constant') return;
  refuse(outer !== 'unknown' || id.name === RUN || id.name === 'undefined' ? 'name-use' : 'name-unknown', id);
}

/** What is caught may be anything of the host's: only helpers look at it. Labels are no values. */
function isValue({ kind }: Local): boolean {
  return kind === 'let' || kind === 'const' || kind === 'parameter' || kind === 'counter';
}

/** A local that may hold a record or list: counters are numbers. */
function checkHolder(node: Node, scope: Scope): void {
  if (node.type !== 'Identifier') refuse('member-shape', node);
  const id = node as Identifier;
  const local = scope.local(id.name);
  if (local !== undefined && isValue(local) && local.kind !== 'counter') return;
  const isKnown = local !== undefined || id.name === RUN || scope.names.kindOf(id.name) !== 'unknown';
  refuse(isKnown ? 'name-use' : 'name-unknown', id);
}

function checkLiteral(node: Literal): void {
  const { value, raw } = node;
  if (value === null || typeof value === 'boolean') return;
  if (typeof value !== 'number' || !Number.isFinite(value) || raw !== String(value)) refuse('literal', node);
}

function checkUnary(node: UnaryExpression, scope: Scope): void {
  if (node.operator === 'typeof') refuse('typeof-place', node);
  const of = node.argument;
  const isNumber = of.type === 'Literal' && typeof of.value === 'number' && of.value !== 0;
  if (node.operator === '-' && !isNumber) refuse('negative-shape', node);
  checkValue(of, scope);
}

function checkBinary({ left, operator, right }: BinaryExpression, scope: Scope): void {
  const isEquality = operator === '===' || operator === '!==';
  if (isEquality && left.type === 'UnaryExpression' && left.operator === 'typeof') checkTypeof(left, right, scope);
  else if (isEquality && isPrototype(left)) checkPrototype(left as MemberExpression, right, scope);
  else {
    checkValue(left, scope);
    if (!isEquality || !isIdentifier(right, 'undefined')) checkValue(right, scope);
  }
}

function checkTypeof(left: UnaryExpression, right: Expression, scope: Scope): void {
  if (left.argument.type !== 'Identifier') refuse('typeof-place', left);
  checkRead(left.argument as Identifier, scope);
  if (right.type !== 'Literal' || !TYPE_NAMES.has(right.value)) refuse('typeof-place', right);
}

function isPrototype(node: Node): boolean {
  return node.type === 'MemberExpression' && isIdentifier((node as MemberExpression).property, '__proto__');
}

function checkPrototype(left: MemberExpression, right: Expression, scope: Scope): void {
  if (left.computed) refuse('member-shape', left);
  checkHolder(left.object, scope);
  if (right.type !== 'Identifier' || scope.names.kindOf(right.name) !== 'value') refuse('prototype-place', right);
}

function checkAssignment({ left, operator, right }: AssignmentExpression, scope: Scope): void {
  if (left.type === 'Identifier') {
    const local = scope.local(left.name);
    if (local === undefined && scope.names.kindOf(left.name) === 'unknown' && left.name !== RUN)
      refuse('name-unknown', left);
    if (operator !== '=' || (local?.kind !== 'let' && local?.kind !== 'parameter')) refuse('assign-target', left);
  } else if (left.type === 'MemberExpression') {
    if (isIdentifier(left.object, RUN)) checkRunField(left, COUNTERS);
    else checkWrite(left, operator, scope);
  } else refuse('assign-target', left);
  checkValue(right, scope);
}

/** Of what is no variable only plain keys are written: lists are made whole, or by helpers. */
function checkWrite(left: MemberExpression, operator: string, scope: Scope): void {
  if (operator !== '=' || left.computed) refuse('assign-target', left);
  checkHolder(left.object, scope);
  checkKey(left.property, scope);
}

function checkMember(node: MemberExpression, scope: Scope): void {
  if (isIdentifier(node.object, RUN)) {
    checkRunField(node, READ_OF_RUN);
    return;
  }
  checkHolder(node.object, scope);
  if (node.computed) checkIndex(node.property, scope);
  else if (isIdentifier(node.property, '__proto__')) refuse('prototype-place', node);
  else if (!isIdentifier(node.property, 'length')) checkKey(node.property, scope);
}

/** A variable may be an index only where it counts a loop: any other might hold text, and so a name. */
function checkIndex(node: Node, scope: Scope): void {
  if (isIndex(node)) return;
  if (node.type !== 'Identifier' || scope.local((node as Identifier).name)?.kind !== 'counter')
    refuse('member-shape', node);
}

function checkRunField(node: MemberExpression, fields: ReadonlySet<string>): void {
  const { property } = node;
  if (node.computed || property.type !== 'Identifier' || !fields.has(property.name)) refuse('name-use', node);
}

function checkKey(key: Node, scope: Scope): void {
  if (key.type !== 'Identifier') refuse('key-refused', key);
  const { name } = key as Identifier;
  if (name !== CELL_VALUE && !scope.names.isKey(name)) refuse('key-refused', key);
}

function checkObject(node: ObjectExpression, scope: Scope): void {
  const seen = new Set<string>();
  for (const property of node.properties) {
    const { key, value } = property as Property;
    if (key.type !== 'Identifier' || !scope.names.isKey(key.name)) refuse('key-refused', key);
    const { name } = key as Identifier;
    if (seen.has(name)) refuse('key-twice', key);
    seen.add(name);
    checkValue(value, scope);
  }
}

function checkCall({ callee, arguments: given }: CallExpression, scope: Scope): void {
  const kind =
    callee.type === 'Identifier' && scope.local(callee.name) === undefined ? kindOfCallee(callee, scope) : '';
  if (kind === 'function') checkCompiledCall(callee, given, scope);
  else if (kind !== 'helper') refuse('call-target', callee);
  else for (const argument of given) if (!isForHelpers(argument, scope)) checkValue(argument, scope);
}

function kindOfCallee(callee: Identifier, scope: Scope): string {
  const { callsAllowed } = scope;
  if (callsAllowed !== null && !callsAllowed.has(callee.name)) refuse('loop-head', callee);
  return scope.names.kindOf(callee.name);
}

/** What helpers may be handed and nobody else: the run, units, what was caught. A callee could read fields of them. */
function isForHelpers(node: Node, scope: Scope): boolean {
  if (node.type !== 'Identifier') return false;
  const { name } = node as Identifier;
  return name === RUN || scope.names.kindOf(name) === 'unit' || scope.local(name)?.kind === 'caught';
}

function checkCompiledCall(callee: Node, given: readonly Node[], scope: Scope): void {
  const [first, ...rest] = given;
  if (first === undefined || !isIdentifier(first, RUN)) refuse('call-run', callee);
  for (const argument of rest) {
    if (isIdentifier(argument, RUN)) refuse('call-run', argument);
    checkValue(argument, scope);
  }
}
