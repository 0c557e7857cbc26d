/**
 * The only maker of program text: typed constructors of the few ESTree nodes that generated code is made of. Invariant I1:
 * names come from `Names` or from fixed lists; texts, big integers and unusual numbers never become nodes.
 */
import { invariant } from '../base/assert.ts';

export interface Identifier {
  readonly type: 'Identifier';
  readonly name: string;
}

export interface Literal {
  readonly type: 'Literal';
  readonly value: number | boolean | null | string;
  readonly raw?: string;
}

export interface Member {
  readonly type: 'MemberExpression';
  readonly object: Expression;
  readonly property: Expression;
  readonly computed: boolean;
  readonly optional: false;
}

interface Property {
  readonly type: 'Property';
  readonly key: Identifier;
  readonly value: Expression;
  readonly kind: 'init';
  readonly computed: false;
  readonly method: false;
  readonly shorthand: false;
}

export type Expression =
  | Identifier
  | Literal
  | Member
  | { readonly type: 'ArrayExpression'; readonly elements: readonly Expression[] }
  | { readonly type: 'ObjectExpression'; readonly properties: readonly Property[] }
  | {
      readonly type: 'UnaryExpression';
      readonly operator: '!' | 'typeof';
      readonly prefix: true;
      readonly argument: Expression;
    }
  | {
      readonly type: 'BinaryExpression';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly type: 'LogicalExpression';
      readonly operator: '&&' | '||';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly type: 'ConditionalExpression';
      readonly test: Expression;
      readonly consequent: Expression;
      readonly alternate: Expression;
    }
  | {
      readonly type: 'AssignmentExpression';
      readonly operator: '=' | '-=' | '+=';
      readonly left: Identifier | Member;
      readonly right: Expression;
    }
  | {
      readonly type: 'UpdateExpression';
      readonly operator: '++';
      readonly prefix: false;
      readonly argument: Identifier;
    }
  | {
      readonly type: 'CallExpression';
      readonly callee: Identifier;
      readonly arguments: readonly Expression[];
      readonly optional: false;
    };

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '>' | '>=' | '===' | '!==';

export interface Declaration {
  readonly type: 'VariableDeclaration';
  readonly kind: 'let' | 'const';
  readonly declarations: readonly [
    { readonly type: 'VariableDeclarator'; readonly id: Identifier; readonly init: Expression | null },
  ];
}

export interface Block {
  readonly type: 'BlockStatement';
  readonly body: readonly Statement[];
}

export interface Labeled {
  readonly type: 'LabeledStatement';
  readonly label: Identifier;
  readonly body: Block;
}

export interface If {
  readonly type: 'IfStatement';
  readonly test: Expression;
  readonly consequent: Statement;
  readonly alternate: Statement | null;
}

export interface Break {
  readonly type: 'BreakStatement';
  readonly label: Identifier;
}

export type Statement =
  | Declaration
  | Block
  | Labeled
  | If
  | Break
  | { readonly type: 'ExpressionStatement'; readonly expression: Expression }
  | { readonly type: 'ReturnStatement'; readonly argument: Expression }
  | {
      readonly type: 'ForStatement';
      readonly init: Declaration;
      readonly test: Expression;
      readonly update: Expression;
      readonly body: Block;
    }
  | {
      readonly type: 'TryStatement';
      readonly block: Block;
      readonly handler: { readonly type: 'CatchClause'; readonly param: Identifier; readonly body: Block };
      readonly finalizer: null;
    }
  | { readonly type: 'ThrowStatement'; readonly argument: Expression };

export interface FunctionDeclaration {
  readonly type: 'FunctionDeclaration';
  readonly id: Identifier;
  readonly params: readonly Identifier[];
  readonly body: Block;
  readonly async: false;
  readonly generator: false;
  readonly expression: false;
}

export const id = (name: string): Identifier => ({ type: 'Identifier', name });

/** A number that prints as it reads: finite, not negative, not −0. */
export function number(value: number): Literal {
  invariant(isPlainNumber(value), 'only plain numbers stand in generated code');
  return { type: 'Literal', value };
}

export function isPlainNumber(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && !Object.is(value, -0);
}

export const literal = (value: boolean | null): Literal => ({ type: 'Literal', value });
export const NULL = literal(null);
export const RUN = id('run');

/** A property of a checked name (see `isPlainKey`), or of the fixed ones of the engine's own objects. */
export function member(object: Expression, name: string): Member {
  return { type: 'MemberExpression', object, property: id(name), computed: false, optional: false };
}

export function element(object: Identifier, index: Expression): Member {
  return { type: 'MemberExpression', object, property: index, computed: true, optional: false };
}

export function call(callee: string, ...args: readonly Expression[]): Expression {
  return { type: 'CallExpression', callee: id(callee), arguments: args, optional: false };
}

export const array = (elements: readonly Expression[]): Expression => ({ type: 'ArrayExpression', elements });

export function object(keys: readonly string[], values: readonly Expression[]): Expression {
  const properties = keys.map(
    (key, i): Property => ({
      type: 'Property',
      key: id(key),
      value: values[i] as Expression,
      kind: 'init',
      computed: false,
      method: false,
      shorthand: false,
    }),
  );
  return { type: 'ObjectExpression', properties };
}

export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { type: 'BinaryExpression', operator, left, right };
}

export const not = (argument: Expression): Expression => ({
  type: 'UnaryExpression',
  operator: '!',
  prefix: true,
  argument,
});

export type TypeName = 'number' | 'string' | 'object' | 'boolean';

/** `typeof x === 'number'`, the only place where a text stands in generated code. */
export function hasType(value: Expression, type: TypeName): Expression {
  if (value.type === 'Literal') return literal(typeof value.value === type);
  const left: Expression = { type: 'UnaryExpression', operator: 'typeof', prefix: true, argument: value };
  return binary('===', left, { type: 'Literal', value: type, raw: `'${type}'` });
}

function isLiteral(expression: Expression, value: boolean): boolean {
  return expression.type === 'Literal' && expression.value === value;
}

/** All of them; `true` when there is none. */
export function all(...tests: readonly (Expression | null)[]): Expression {
  let sum: Expression | null = null;
  for (const right of tests) {
    if (right === null || isLiteral(right, true)) continue;
    if (isLiteral(right, false)) return right;
    sum = sum === null ? right : { type: 'LogicalExpression', operator: '&&', left: sum, right };
  }
  return sum ?? literal(true);
}

export function either(left: Expression, right: Expression): Expression {
  return { type: 'LogicalExpression', operator: '||', left, right };
}

export function choose(test: Expression, consequent: Expression, alternate: Expression): Expression {
  if (isLiteral(test, true)) return consequent;
  if (isLiteral(test, false)) return alternate;
  return { type: 'ConditionalExpression', test, consequent, alternate };
}

export function assign(left: Identifier | Member, right: Expression, operator: '=' | '-=' | '+=' = '='): Expression {
  return { type: 'AssignmentExpression', operator, left, right };
}

export function declare(kind: 'let' | 'const', name: string, init: Expression | null): Declaration {
  return { type: 'VariableDeclaration', kind, declarations: [{ type: 'VariableDeclarator', id: id(name), init }] };
}

export const evaluate = (expression: Expression): Statement => ({ type: 'ExpressionStatement', expression });
export const block = (body: readonly Statement[]): Block => ({ type: 'BlockStatement', body });
export const giveBack = (argument: Expression): Statement => ({ type: 'ReturnStatement', argument });
export const leave = (label: string): Break => ({ type: 'BreakStatement', label: id(label) });
export const labeled = (label: string, body: readonly Statement[]): Labeled => ({
  type: 'LabeledStatement',
  label: id(label),
  body: block(body),
});

export function when(test: Expression, ...then: readonly Statement[]): If {
  const [only] = then;
  const consequent =
    then.length === 1 && only !== undefined && only.type !== 'VariableDeclaration' ? only : block(then);
  return { type: 'IfStatement', test, consequent, alternate: null };
}

export function decide(test: Expression, then: readonly Statement[], otherwise: readonly Statement[]): If {
  return {
    type: 'IfStatement',
    test,
    consequent: block(then),
    alternate: otherwise.length === 0 ? null : block(otherwise),
  };
}

export function loop(index: string, from: Expression, end: Expression, body: readonly Statement[]): Statement {
  const update = { type: 'UpdateExpression', operator: '++', prefix: false, argument: id(index) } as const;
  return {
    type: 'ForStatement',
    init: declare('let', index, from),
    test: binary('<', id(index), end),
    update,
    body: block(body),
  };
}

export function attempt(body: readonly Statement[], caught: string, handler: readonly Statement[]): Statement {
  return {
    type: 'TryStatement',
    block: block(body),
    handler: { type: 'CatchClause', param: id(caught), body: block(handler) },
    finalizer: null,
  };
}

export const raise = (argument: Expression): Statement => ({ type: 'ThrowStatement', argument });

export function declareFunction(
  name: string,
  params: readonly string[],
  body: readonly Statement[],
): FunctionDeclaration {
  return {
    type: 'FunctionDeclaration',
    id: id(name),
    params: params.map(id),
    body: block(body),
    async: false,
    generator: false,
    expression: false,
  };
}
