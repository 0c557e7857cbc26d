/**
 * First pass of the gate: which constructs of JavaScript generated text may consist of, with exactly which fields. It
 * follows no meaning; what it lets through is a tree of known nodes of bounded depth, so that the second pass may recurse.
 */
import type { Node } from 'acorn';
import { Refused, refuse } from './gate-reasons.ts';

/** Deepest nesting of statements and expressions; blocks and other brackets around them do not count. */
export const MAX_NESTING = 200;

/** What a field must hold: a node, a node or null, nodes, any primitive, or one of the listed values. */
type Field = 'node' | 'maybe' | 'nodes' | 'primitive' | readonly (string | boolean | null)[];

const NO = [false] as const;

/** THE list of constructs. What acorn adds to a node in a later version is refused until it is listed here. */
const NODES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  Program: { body: 'nodes', sourceType: ['script'] },
  FunctionDeclaration: { id: 'node', expression: NO, generator: NO, async: NO, params: 'nodes', body: 'node' },
  BlockStatement: { body: 'nodes' },
  Directive: { expression: 'node', directive: ['use strict'] },
  ExpressionStatement: { expression: 'node' },
  VariableDeclaration: { declarations: 'nodes', kind: ['let', 'const'] },
  VariableDeclarator: { id: 'node', init: 'maybe' },
  IfStatement: { test: 'node', consequent: 'node', alternate: 'maybe' },
  ForStatement: { init: 'node', test: 'node', update: 'node', body: 'node' },
  LabeledStatement: { body: 'node', label: 'node' },
  BreakStatement: { label: 'node' },
  ReturnStatement: { argument: 'node' },
  ThrowStatement: { argument: 'node' },
  TryStatement: { block: 'node', handler: 'node', finalizer: [null] },
  CatchClause: { param: 'node', body: 'node' },
  Identifier: { name: 'primitive' },
  Literal: { value: 'primitive', raw: 'primitive' },
  UnaryExpression: { operator: ['-', '!', 'typeof'], prefix: [true], argument: 'node' },
  UpdateExpression: { operator: ['++'], prefix: NO, argument: 'node' },
  BinaryExpression: {
    left: 'node',
    operator: ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '===', '!=='],
    right: 'node',
  },
  LogicalExpression: { left: 'node', operator: ['&&', '||'], right: 'node' },
  ConditionalExpression: { test: 'node', consequent: 'node', alternate: 'node' },
  AssignmentExpression: { operator: ['=', '-=', '+='], left: 'node', right: 'node' },
  CallExpression: { callee: 'node', arguments: 'nodes', optional: NO },
  ArrayExpression: { elements: 'nodes' },
  ObjectExpression: { properties: 'nodes' },
  Property: { method: NO, shorthand: NO, computed: NO, key: 'node', value: 'node', kind: ['init'] },
  MemberExpression: { object: 'node', property: 'node', computed: [true, false], optional: NO },
};

const UNCOUNTED: ReadonlySet<string> = new Set([
  'Program',
  'BlockStatement',
  'ExpressionStatement',
  'VariableDeclarator',
  'CatchClause',
  'Property',
]);

/** Fields of every node. */
const COMMON_COUNT = ['type', 'start', 'end'].length;

const ROWS: ReadonlyMap<string, readonly (readonly [string, Field])[]> = new Map(
  Object.entries(NODES).map(([type, fields]) => [type, Object.entries(fields)]),
);

/** Throws `Refused` unless every node below is listed, with exactly its fields, and none is too deep. */
export function checkShape(root: Node): void {
  const nodes: Node[] = [root];
  const depths: number[] = [0];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const depth = (depths.pop() as number) + (UNCOUNTED.has(node.type) ? 0 : 1);
    if (depth > MAX_NESTING) refuse('too-deep', node);
    checkNode(node, depth, nodes, depths);
  }
}

function checkNode(node: Node, depth: number, nodes: Node[], depths: number[]): void {
  const row = ROWS.get(rowName(node));
  if (row === undefined) refuse('node-type', node);
  if (Object.keys(node).length !== row.length + COMMON_COUNT) refuse('node-field', node);
  for (const [name, rule] of row) {
    if (!Object.hasOwn(node, name)) refuse('node-field', node);
    const value = (node as unknown as Record<string, unknown>)[name];
    if (rule === 'node') push(value, node, depth, nodes, depths);
    else if (rule === 'nodes') for (const child of listOf(value, node)) push(child, node, depth, nodes, depths);
    else if (rule === 'maybe') value === null || push(value, node, depth, nodes, depths);
    else if (rule === 'primitive') typeof value === 'object' && value !== null && refuse('node-field', node);
    else if (!(rule as readonly unknown[]).includes(value)) refuse('node-field', node);
  }
}

function rowName(node: Node): string {
  return node.type === 'ExpressionStatement' && Object.hasOwn(node, 'directive') ? 'Directive' : node.type;
}

function listOf(value: unknown, owner: Node): readonly unknown[] {
  return Array.isArray(value) ? value : refuse('node-field', owner);
}

function push(value: unknown, owner: Node, depth: number, nodes: Node[], depths: number[]): void {
  if (typeof value !== 'object' || value === null) throw new Refused('node-field', owner.start);
  nodes.push(value as Node);
  depths.push(depth);
}
