/** Random expressions of a wanted type. What they are made of is in proportion to what goes wrong in engines. */

import type { Generator, Place } from './generator.ts';
import { randomNumber, TEXTS } from './inputs.ts';
import { isPlainKey, textLiteral } from './scope.ts';
import { callHigherOrder, callStandard } from './standard-calls.ts';
import { block } from './statements.ts';
import { expression, items, type Part, part, type Tree } from './tree.ts';
import {
  ANY,
  BIG,
  BOOLEAN,
  DECIMAL,
  FIELD_KEYS,
  type FunctionType,
  functionOf,
  INTEGER,
  listOf,
  NUMBER,
  randomScalar,
  randomType,
  TEXT,
  type Type,
} from './types.ts';

export function anExpression(g: Generator, type: Type, depth: number): Tree {
  g.budget--;
  const { random } = g;
  if (depth <= 0 || g.budget <= 0) return terminal(g, type);
  if (random.chance(1)) return anExpression(g, randomType(random, 1), depth - 1);
  const isValue = type.kind !== 'function';
  const inner = (t: Type) => anExpression(g, t, depth - 1);
  return random.weighted<Tree>([
    [22, () => terminal(g, type)],
    [34, () => ofKind(g, type, depth)],
    [isValue ? 16 : 0, () => callStandard(g, type, depth) ?? ofKind(g, type, depth)],
    [4, () => conditional(g, type, depth)],
    [2, () => caseOf(g, type, depth)],
    [isValue ? 4 : 0, () => infix(g, 'coalesce', inner(type), '??', inner(type))],
    [5, () => tryExpression(g, type, depth)],
    [5, () => callDeclared(g, type, depth) ?? terminal(g, type)],
    [2, () => invoke(g, type, depth)],
    [2, () => element(g, type, depth)],
    [isValue ? 1 : 0, () => expression('field of literal', '{v: ', inner(type), '}.v')],
    [1, () => expression('await', 'AWAIT ', paren(inner(type)))],
    [isValue ? 1 : 0, () => expression('host call', 'h.echo(', inner(type), ')')],
    [isValue && g.isDense ? 2 : 0, () => expression('host write', 'h.put(', inner(type), ', ', inner(ANY), ')')],
    [g.waits && isValue ? 3 : 0, () => expression('suspend', 'SUSPEND ', paren(inner(ANY)))],
    [1, () => paren(inner(type))],
  ]);
}

/** In parentheses where what follows or stands before could be taken for a part of it. */
export function operand(tree: Tree): Tree {
  return SELF_CONTAINED.has(tree.name) ? tree : paren(tree);
}

const SELF_CONTAINED = new Set(['literal', 'variable', 'path', 'list', 'paren', 'index', 'slice', 'invoke']);

export function paren(tree: Part): Tree {
  return expression('paren', '(', tree, ')');
}

/** Something without parts: a place or a literal. */
export function terminal(g: Generator, type: Type): Tree {
  const place = g.random.chance(65) ? g.place(type) : undefined;
  return place === undefined ? literal(g, type) : readOf(g, place);
}

function readOf(g: Generator, place: Place): Tree {
  const { random } = g;
  if (place.variable.name !== 'input') return expression(place.isPath ? 'path' : 'variable', place.text);
  const root = random.weighted([
    [12, () => 'input'],
    [2, () => 'row'],
    [2, () => '$'],
  ]);
  // Why: only a transform sees its input under these names; everywhere else the generator declares `input` itself.
  const text = `${root}${place.text.slice('input'.length)}`;
  return expression(place.isPath ? 'path' : 'variable', text);
}

export function literal(g: Generator, type: Type): Tree {
  const { random } = g;
  switch (type.kind) {
    case 'integer':
      return number(random.chance(80) ? random.between(-3, 12) : Math.trunc(randomNumber(random)));
    case 'number':
      return number(random.chance(40) ? random.between(-3, 12) : random.pick([0.5, 1.5, 2.25, -0.1, 3.999, 100.125]));
    case 'decimal':
      return expression('std:DEC', `DEC("${random.pick(['1.50', '-2.5', '0.001', '12', '99.995', '1E+3', '0.00'])}")`);
    case 'big':
      return expression('literal', random.pick(['9007199254740993', '18446744073709551616', '1000000000000000000000']));
    case 'text':
      return expression('literal', textLiteral(random.pick(TEXTS)));
    case 'boolean':
      return expression('literal', random.pick(['true', 'false', 'TRUE', 'False']));
    case 'null':
      return expression('literal', random.pick(['null', 'NULL']));
    case 'bytes':
      return expression('std:BASE64_DECODE', `BASE64_DECODE("${random.pick(['aGk=', '', 'AAEC', 'AA=='])}")`);
    case 'any':
      return random.chance(15) ? expression('literal', 'null') : literal(g, randomType(random, 1));
    case 'list':
      return list(Array.from({ length: random.chance(12) ? 0 : random.between(1, 3) }, () => literal(g, type.of)));
    case 'record':
      return object(type.fields.map(({ key, type: field }) => part(keyOf(g, key), ': ', literal(g, field))));
    case 'dictionary':
      return object([part(keyOf(g, random.pick(FIELD_KEYS)), ': ', literal(g, type.of))]);
    case 'function':
      return lambda(g, type, 0);
  }
}

function number(value: number): Tree {
  const text = Number.isInteger(value) ? BigInt(Math.abs(value)).toString() : Math.abs(value).toFixed(3);
  return value < 0 ? expression('negate', '(-', text, ')') : expression('literal', text);
}

function list(elements: readonly Part[]): Tree {
  return expression('list', '[', items(', ', elements), ']');
}

function object(fields: readonly Part[]): Tree {
  return expression('object', '{', items(', ', fields), '}');
}

/** A literal key in one of its spellings. */
export function keyOf(g: Generator, key: string): Part {
  if (isPlainKey(key) && g.random.chance(80)) return key;
  return g.random.chance(85) ? textLiteral(key) : part('[', expression('literal', textLiteral(key)), ']');
}

function ofKind(g: Generator, type: Type, depth: number): Tree {
  const { random } = g;
  const inner = (t: Type) => anExpression(g, t, depth - 1);
  switch (type.kind) {
    case 'integer':
      return binary(g, ['+', '-', '*', '//', '%'], INTEGER, INTEGER, depth);
    case 'number':
      return binary(g, ['+', '-', '*', '/', '%', '/'], NUMBER, random.chance(50) ? INTEGER : NUMBER, depth);
    case 'decimal':
      return binary(g, ['+', '-', '*', '/', '%'], DECIMAL, random.chance(40) ? INTEGER : DECIMAL, depth);
    case 'big':
      return binary(g, ['+', '-', '*', '//', '%'], BIG, random.chance(50) ? INTEGER : BIG, depth);
    case 'text':
      return binary(g, ['+'], TEXT, random.chance(50) ? TEXT : randomType(random, 1), depth);
    case 'boolean':
      return truth(g, depth);
    case 'null':
    case 'bytes':
      return literal(g, type);
    case 'any':
      return inner(randomType(random, 2));
    case 'list':
      return random.weighted<Tree>([
        [4, () => list(Array.from({ length: random.chance(10) ? 0 : random.between(1, 4) }, () => inner(type.of)))],
        [4, () => comprehension(g, type.of, depth)],
        [3, () => infix(g, 'concat', inner(type), '++', inner(type))],
        [2, () => slice(g, inner(type))],
        [4, () => callHigherOrder(g, type, depth)],
      ]);
    case 'record':
      return object([
        ...type.fields.map(({ key, type: field }) => part(keyOf(g, key), ': ', inner(field))),
        ...(random.chance(15) ? [part(keyOf(g, random.pick(FIELD_KEYS)), ': ', inner(ANY))] : []),
      ]);
    case 'dictionary':
      return object(Array.from({ length: random.between(1, 3) }, () => dictionaryField(g, type.of, depth)));
    case 'function':
      return lambda(g, type, depth - 1);
  }
}

function dictionaryField(g: Generator, type: Type, depth: number): Part {
  const { random } = g;
  const value = anExpression(g, type, depth - 1);
  const key = random.weighted<Part>([
    [4, () => keyOf(g, random.pick(FIELD_KEYS))],
    [2, () => String(random.pick([0, 1, 2, 7, 10, 4294967296]))],
    [2, () => part('[', anExpression(g, TEXT, depth - 1), ']')],
    [2, () => part('[', anExpression(g, INTEGER, depth - 1), ']')],
  ]);
  return part(key, ': ', value);
}

function binary(g: Generator, operators: readonly string[], left: Type, right: Type, depth: number): Tree {
  const { random } = g;
  const operator = random.pick(operators);
  const a = anExpression(g, left, depth - 1);
  const isDivision = ['/', '//', '%'].includes(operator);
  const b = isDivision && random.chance(80) ? expression('literal', '3') : anExpression(g, right, depth - 1);
  if (random.chance(6) && left.kind !== 'text') return expression('negate', '-', operand(a));
  return infix(g, `operator ${operator}`, a, operator, b);
}

/** How tightly the operators bind. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['++'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];

function infix(g: Generator, name: string, left: Tree, operator: string, right: Tree): Tree {
  // Why always in parentheses: behind `}` or a backtick `//` begins a comment.
  const first = operator === '//' ? paren(left) : loose(g, left, precedenceOf(operator));
  return expression(name, first, ` ${operator} `, loose(g, right, precedenceOf(operator) + 1));
}

/** Sometimes without parentheses, where precedence gives the same tree. */
function loose(g: Generator, tree: Tree, atLeast: number): Tree {
  const operator = INFIX.exec(tree.name)?.[1] ?? WORDS[tree.name];
  const mayStandAlone = operator !== undefined && precedenceOf(operator) >= atLeast;
  return mayStandAlone && g.random.chance(60) ? tree : operand(tree);
}

const INFIX = /^(?:operator|compare) (\S+)$/;
const WORDS: { readonly [name: string]: string } = { and: '&&', or: '||', coalesce: '??', concat: '++' };

function precedenceOf(operator: string): number {
  return PRECEDENCE.findIndex((level) => level.includes(operator));
}

function truth(g: Generator, depth: number): Tree {
  const { random } = g;
  const compared = random.chance(70) ? randomScalar(random) : randomType(random, 1);
  const comparison = random.pick(['==', '!=', '<', '<=', '>', '>=']);
  const inner = () => anExpression(g, random.chance(80) ? BOOLEAN : ANY, depth - 1);
  const side = () => anExpression(g, compared, depth - 1);
  return random.weighted<Tree>([
    [6, () => infix(g, `compare ${comparison}`, side(), comparison, side())],
    [2, () => infix(g, 'and', inner(), '&&', inner())],
    [2, () => infix(g, 'or', inner(), '||', inner())],
    [2, () => expression('not', '!', operand(anExpression(g, ANY, depth - 1)))],
  ]);
}

function conditional(g: Generator, type: Type, depth: number): Tree {
  const [condition, a, b] = [BOOLEAN, type, type].map((t) => anExpression(g, t, depth - 1));
  return expression('if', 'IF ', condition as Tree, ' THEN ', a as Tree, ' ELSE ', b as Tree);
}

function caseOf(g: Generator, type: Type, depth: number): Tree {
  const whens = Array.from({ length: g.random.between(1, 2) }, () =>
    part('WHEN ', anExpression(g, BOOLEAN, depth - 1), ' THEN ', anExpression(g, type, depth - 1)),
  );
  return expression('case', 'CASE { ', items(' ', whens, 1), ' ELSE ', anExpression(g, type, depth - 1), ' }');
}

/** TRY up to its arrow; the name of the error is declared for `fallback`. */
export function tryParts(g: Generator, tried: Tree, fallback: () => Part): Part {
  const { random } = g;
  const name = g.scope.anyName(random);
  const backoff = g.waits && random.chance(30) ? '2ms' : '0ms';
  const retry = random.chance(25)
    ? ` RETRY ${random.between(0, 3)} TIMES${random.chance(30) ? ` BACKOFF "${backoff}"` : ''}`
    : '';
  const type = random.chance(10) ? ': Error' : '';
  return g.inScope((scope) => {
    const fields = [
      { key: 'message', type: TEXT },
      { key: 'type', type: TEXT },
    ];
    scope.declare(name, { kind: 'record', fields }, false);
    return part('TRY ', tried, ` CATCH(${name}${type})${retry} -> `, fallback());
  });
}

function tryExpression(g: Generator, type: Type, depth: number): Tree {
  const tried = anExpression(g, g.random.chance(70) ? type : ANY, depth - 1);
  return expression(
    'try',
    tryParts(g, tried, () => anExpression(g, type, depth - 1)),
  );
}

function comprehension(g: Generator, type: Type, depth: number): Tree {
  const { random } = g;
  const element = randomType(random, 1);
  const iterable = anExpression(g, listOf(element), depth - 1);
  const name = g.scope.anyName(random);
  return g.inScope((scope) => {
    scope.declare(name, element);
    const where = random.chance(35) ? operand(anExpression(g, BOOLEAN, depth - 1)) : undefined;
    const value = anExpression(g, type, depth - 1);
    if (random.chance(20)) {
      // Why `&& true`: a name in parentheses before the arrow would be a lambda.
      const condition = where === undefined ? [] : [' IF ', where, ' && true'];
      return expression('comprehension', `[FOR (${name} IN `, iterable, ')', ...condition, ' => ', value, ']');
    }
    const condition = where === undefined ? [] : [' WHERE ', where];
    return expression('comprehension', '[', value, ` FOR EACH ${name} IN `, iterable, ...condition, ']');
  });
}

function slice(g: Generator, base: Tree): Tree {
  const bound = () => (g.random.chance(65) ? [anExpression(g, INTEGER, 1)] : []);
  return expression('slice', operand(base), '[', ...bound(), ':', ...bound(), ']');
}

/** An element of a list or a value of a dictionary, often with a guard against its absence. */
function element(g: Generator, type: Type, depth: number): Tree {
  const { random } = g;
  const dictionary = g.place({ kind: 'dictionary', of: type });
  if (dictionary !== undefined && type.kind !== 'function' && random.chance(50)) {
    return expression('index', dictionary.text, '[', anExpression(g, random.chance(70) ? TEXT : INTEGER, 1), ']');
  }
  const base = g.place(listOf(type));
  if (base === undefined) {
    const values = [1, 2].map(() => anExpression(g, type, depth - 1));
    return expression('index', '[', items(', ', values, 1), '][', random.pick(['0', '1', '2 - 2']), ']');
  }
  const { text } = base;
  const found = random.pick([
    `${text}[0]`,
    `${text}.0 `,
    `${text}[1]`,
    `${text}[0 + 0]`,
    `${text}[LENGTH(${text}) - 1]`,
  ]);
  if (random.chance(20)) return expression('index', found);
  return expression('if', `IF LENGTH(${text}) > 1 THEN `, expression('index', found), ' ELSE ', terminal(g, type));
}

export function lambda(g: Generator, type: FunctionType, depth: number): Tree {
  const { random } = g;
  const scope = g.scope.child();
  const names = parameterNames(g, type.parameters.length);
  for (const [i, name] of names.entries()) scope.declare(name, type.parameters[i] as Type);
  const head = `(${names.join(', ')}) ${random.chance(80) ? '->' : '=>'} `;
  return g.inBody(scope, type.result, () => {
    if (random.chance(65) || depth <= 0) {
      return expression('lambda', head, operand(anExpression(g, type.result, depth)));
    }
    return expression('block lambda', head, block(g, depth, random.between(1, 3)));
  });
}

/** Distinct names, now and then one fewer than arguments will be given. */
export function parameterNames(g: Generator, count: number): readonly string[] {
  const names = new Set<string>();
  for (let tries = 0; names.size < count && tries < 20; tries++) names.add(g.scope.anyName(g.random));
  const list = [...names];
  return g.random.chance(4) ? list.slice(1) : list;
}

/** A lambda called where it stands, now and then in two steps. */
function invoke(g: Generator, type: Type, depth: number): Tree {
  const { random } = g;
  const parameters = Array.from({ length: random.below(3) }, () => randomType(random, 1));
  const args = items(
    ', ',
    parameters.map((t) => anExpression(g, t, depth - 1)),
  );
  const inner = functionOf(parameters, type);
  if (random.chance(70)) return expression('invoke', '(', lambda(g, inner, depth - 1), ')(', args, ')');
  return expression('invoke', '(', lambda(g, functionOf([], inner), depth - 1), ')()(', args, ')');
}

/** A call of a FUNC or of a variable that holds a lambda, if there is one with this result. */
function callDeclared(g: Generator, type: Type, depth: number): Tree | undefined {
  const { random } = g;
  const funcs = g.functions.filter((f) => f.result.kind === type.kind || type.kind === 'any');
  const lambdas = g.allPlaces().filter(({ type: t }) => t.kind === 'function' && t.result.kind === type.kind);
  const callee = random.chance(50) && funcs.length > 0 ? random.pick(funcs) : undefined;
  if (callee !== undefined) return callOf(g, 'call FUNC', callee.name, callee.parameters, depth);
  if (lambdas.length === 0) return undefined;
  const place = random.pick(lambdas);
  const { parameters } = place.type as FunctionType;
  return callOf(g, place.isPath ? 'call of a part' : 'call variable', place.text, parameters, depth);
}

/** Now and then with an argument too many or too few. */
export function callOf(g: Generator, name: string, callee: string, parameters: readonly Type[], depth: number): Tree {
  const args: Part[] = parameters.map((t) => anExpression(g, t, depth - 1));
  const wrongness = g.random.below(100);
  if (wrongness < 4) args.push(anExpression(g, ANY, depth - 1));
  else if (wrongness < 8) args.pop();
  return expression(name, `${callee}(`, items(', ', args), g.random.chance(3) && args.length > 0 ? ',)' : ')');
}
