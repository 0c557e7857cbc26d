/** Random statements and blocks. */
import { anExpression, keyOf, lambda, operand, paren, terminal, tryParts } from './expressions.ts';
import { type Generator, segment } from './generator.ts';
import { textLiteral } from './scope.ts';
import { callStandard, reduced } from './standard-calls.ts';
import { expression, items, type Part, part, statement, type Tree } from './tree.ts';
import {
  ANY,
  BOOLEAN,
  FIELD_KEYS,
  type FunctionType,
  functionOf,
  INTEGER,
  listOf,
  randomRecord,
  randomScalar,
  randomType,
  TEXT,
  type Type,
} from './types.ts';

const MAX_LOOPS = 3;

/** `{ … }` with its own scope; in a FUNC or lambda it mostly ends with RETURN. */
export function block(g: Generator, depth: number, count: number): Part {
  return g.inScope(() => {
    const list = statements(g, depth, count);
    if (g.result !== null && g.random.chance(90)) list.push(returning(g, depth));
    return part('{ ', items('\n', list), ' }');
  });
}

export function statements(g: Generator, depth: number, count: number): Part[] {
  const made: Part[] = [];
  for (let i = 0; i < count && g.budget > 0; i++) made.push(...aStatement(g, depth));
  return made;
}

function aStatement(g: Generator, depth: number): readonly Part[] {
  const { random } = g;
  const isTransform = g.result === null;
  const forbidden = random.chance(30) ? 1 : 0;
  const writes = g.isWriting ? 3 : 1;
  return random.weighted<readonly Part[]>([
    [22, () => [letValue(g, depth)]],
    [3, () => [letLambda(g, depth)]],
    [3, () => letCounter(g)],
    [2, () => [letRecursive(g)]],
    [9 * writes, () => [setVariable(g, depth)]],
    [11 * writes, () => [setPath(g, depth)]],
    [8 * writes, () => [append(g, depth)]],
    [5 * writes, () => [modify(g, depth)]],
    [6, () => [branch(g, depth)]],
    [g.loops < MAX_LOOPS ? 8 * writes * (g.isDense ? 2 : 1) : 0, () => [loop(g, depth)]],
    [isTransform ? 9 : forbidden, () => [outputRecord(g, depth)]],
    [isTransform ? 4 : forbidden, () => [outputValue(g, depth)]],
    [isTransform ? 4 : forbidden, () => [tryStatement(g, depth)]],
    [2, () => [leave(g, depth)]],
    [5, () => [evaluate(g, depth)]],
    [1, () => [statement('empty', ';')]],
  ]);
}

/** What ends a statement: mostly `;`, else only the line. No statement begins with a token that could go on. */
function end(g: Generator): string {
  return g.random.chance(70) ? ';' : '';
}

function letValue(g: Generator, depth: number): Tree {
  const { random } = g;
  const alias = g.isWriting && random.chance(50) ? g.place(random.chance(50) ? listOf(ANY) : ANY) : undefined;
  if (alias !== undefined) return declare(g, 'let', alias.type, () => expression('variable', alias.text));
  const type = random.chance(30) ? randomRecord(random, 2) : g.newType(2);
  return declare(g, 'let', type, () => anExpression(g, type, depth));
}

/** Why the name first: blocks of lambdas in the value may not declare it either. */
function declare(g: Generator, construct: string, type: Type, makeValue: () => Part): Tree {
  const name = g.scope.newName(g.random);
  // The value may mention the variable; it reads null.
  if (g.random.chance(3)) g.scope.declare(name, type);
  g.scope.reserve(name);
  const value = makeValue();
  g.scope.declare(name, type);
  return { ...statement(construct, `LET ${name} = `, value, end(g)), declares: name };
}

function letLambda(g: Generator, depth: number): Tree {
  const parameters = Array.from({ length: g.random.below(3) }, () => randomType(g.random, 1));
  const type = functionOf(parameters, randomType(g.random, 1));
  if (g.random.chance(70)) return declare(g, 'let lambda', type, () => lambda(g, type, Math.min(depth, 2)));
  const fields = [...[{ key: g.random.pick(FIELD_KEYS), type }], { key: 'n', type: INTEGER }];
  const record = { kind: 'record', fields } as const;
  return declare(g, 'let record of lambda', record, () => anExpression(g, record, Math.min(depth, 2)));
}

/** A variable and a lambda that counts in it. */
function letCounter(g: Generator): readonly Tree[] {
  const { random } = g;
  const count = g.scope.newName(random);
  g.scope.declare(count, INTEGER);
  const first = { ...statement('let', `LET ${count} = ${random.between(0, 2)};`), declares: count };
  const body = random.pick([
    `{ SET ${count} = ${count} + 1; RETURN ${count}; }`,
    `{ SET ${count} = ${count} + 1; ASSERT(${count} % 3 != 1, "round " + ${count}); RETURN ${count}; }`,
    `{ IF ${count} > 3 THEN { THROW "too many"; } SET ${count} = ${count} + 1; RETURN ${count} - 1; }`,
  ]);
  return [first, declare(g, 'let counter', functionOf([], INTEGER), () => expression('counter', `() -> ${body}`))];
}

/** A lambda that calls itself, as often as its argument says or, now and then, too often. */
function letRecursive(g: Generator): Tree {
  const { random } = g;
  const name = g.scope.newName(random);
  g.scope.declare(name, functionOf([INTEGER], INTEGER));
  const guard = random.chance(95) ? 'n <= 0 || n > 20' : 'n == -1000';
  const step = random.pick([`n * ${name}(n - 1)`, `${name}(n - 1) + ${name}(n - 7)`, `${name}(n - 2) % 7 + n`]);
  const value = expression('recursive lambda', `(n) -> IF ${guard} THEN 1 ELSE ${step}`);
  return { ...statement('let recursive', `LET ${name} = `, value, ';'), declares: name };
}

function setVariable(g: Generator, depth: number): Tree {
  const { random } = g;
  const variables = g.scope.visible().filter((v) => v.isWritten);
  if (variables.length === 0) return letValue(g, depth);
  const { name, type } = random.pick(variables);
  return statement('set', `SET ${name} = `, anExpression(g, random.chance(92) ? type : ANY, depth), end(g));
}

/** A place that can be written below a variable: the text of the path and the type of what is there. */
interface Target {
  readonly path: readonly Part[];
  readonly type: Type;
}

/** A walk down from a variable, by static and computed keys, that ends at what is wanted; undefined when none does. */
function target(g: Generator, wanted: (type: Type) => boolean): Target | undefined {
  const { random } = g;
  const variables = g.scope.visible().filter(({ isWritten, type }) => isWritten && isContainer(type));
  for (let tries = 0; tries < 6 && variables.length > 0; tries++) {
    const variable = random.pick(variables);
    const path: Part[] = [variable.name];
    let { type } = variable;
    do {
      const step = stepInto(g, type);
      path.push(step.key);
      type = step.type;
    } while (isContainer(type) && random.chance(55));
    if (wanted(type)) return { path, type };
  }
  return undefined;
}

function isContainer(type: Type): boolean {
  return type.kind === 'record' || type.kind === 'list' || type.kind === 'dictionary';
}

function stepInto(g: Generator, type: Type): { readonly key: Part; readonly type: Type } {
  const { random } = g;
  switch (type.kind) {
    case 'record': {
      const field = random.pick(type.fields);
      if (random.chance(15)) return { key: segment(random.pick(FIELD_KEYS)), type: randomScalar(random) };
      return { key: random.chance(60) ? segment(field.key) : computedKey(field.key), type: field.type };
    }
    case 'list': {
      const computed = () => part('[', operandOf(g, INTEGER), ']');
      const key = random.weighted<Part>([
        [4, () => '[0]'],
        [2, () => '.0 '],
        [2, computed],
      ]);
      return { key, type: type.of };
    }
    case 'dictionary': {
      const computed = () => part('[', operandOf(g, random.chance(60) ? TEXT : INTEGER), ']');
      const key = random.weighted<Part>([
        [3, computed],
        [1, () => '.7 '],
        [2, () => segment(random.pick(FIELD_KEYS))],
      ]);
      return { key, type: type.of };
    }
    default:
      return { key: '.x', type };
  }
}

function computedKey(key: string): Part {
  return part('[', expression('literal', textLiteral(key)), ']');
}

/** A key: mostly simple, now and then anything, which may call lambdas that write the very same variable. */
function operandOf(g: Generator, type: Type): Part {
  return g.random.chance(70) ? terminal(g, type) : anExpression(g, type, 2);
}

function setPath(g: Generator, depth: number): Tree {
  const found = target(g, (type) => type.kind !== 'function');
  if (found === undefined) return letValue(g, depth);
  const value = anExpression(g, g.random.chance(90) ? found.type : ANY, depth);
  return statement('set path', 'SET ', ...found.path, ' = ', value, end(g));
}

function append(g: Generator, depth: number): Tree {
  const { random } = g;
  const init = (type: Type): readonly Part[] =>
    random.chance(25) ? [' INIT ', anExpression(g, random.chance(90) ? listOf(type) : ANY, 1)] : [];
  const elementOf = (type: Type) => (type.kind === 'list' ? type.of : ANY);
  const lists = g.scope.visible().filter((v) => v.isWritten && v.type.kind === 'list');
  if (lists.length > 0 && random.chance(55)) {
    const { name, type } = random.pick(lists);
    const value = anExpression(g, elementOf(type), depth);
    return statement('append', `APPEND TO ${name} (`, value, ')', ...init(elementOf(type)), end(g));
  }
  const found =
    target(g, (type) => type.kind === 'list') ??
    (random.chance(10) ? target(g, (type) => type.kind !== 'function') : undefined);
  if (found === undefined) return declare(g, 'let', listOf(INTEGER), () => anExpression(g, listOf(INTEGER), 1));
  const value = anExpression(g, elementOf(found.type), depth);
  return statement('append path', 'APPEND TO ', ...found.path, ' (', value, ')', ...init(ANY), end(g));
}

function modify(g: Generator, depth: number): Tree {
  const { random } = g;
  const records = g.allPlaces().filter(({ isDotted, variable, type }) => {
    return isDotted && variable.isWritten && (type.kind === 'record' || type.kind === 'dictionary');
  });
  if (records.length === 0) return declare(g, 'let', { kind: 'dictionary', of: INTEGER }, () => '{}');
  const { text, type } = random.pick(records);
  const known = type.kind === 'record' ? type.fields : [];
  const fields = new Map(known.filter(() => random.chance(60)).map((f) => [f.key, f.type]));
  if (random.chance(30)) fields.set(random.pick(FIELD_KEYS), randomScalar(random));
  const updates: Part[] = [...fields].map(([key, t]) => part(keyOf(g, key), ': ', anExpression(g, t, depth - 1)));
  if (random.chance(20)) updates.push(part('[', anExpression(g, TEXT, 1), ']: ', anExpression(g, ANY, depth - 1)));
  if (random.chance(10)) updates.push(part('3: ', anExpression(g, ANY, depth - 1)));
  return statement('modify', `MODIFY ${text} { `, items(random.chance(80) ? ', ' : '; ', updates), ' }', end(g));
}

function branch(g: Generator, depth: number): Tree {
  const { random } = g;
  const arm = () => block(g, depth - 1, random.between(0, 2));
  const condition = anExpression(g, BOOLEAN, depth);
  const otherwise = random.weighted<readonly Part[]>([
    [4, () => []],
    [4, () => [' ELSE ', arm()]],
    [1, () => [' ELSE IF ', anExpression(g, BOOLEAN, depth - 1), ' THEN ', arm(), ' ELSE ', arm()]],
  ]);
  return statement('if statement', 'IF ', condition, ' THEN ', arm(), ...otherwise);
}

function loop(g: Generator, depth: number): Tree {
  const { random } = g;
  const element = elementType(g);
  const walked = { kind: 'record', fields: [{ key: 'path', type: listOf(TEXT) }] } as const;
  const [iterable, type] = random.chance(90)
    ? [operand(anExpression(g, listOf(element), depth - 1)), element]
    : [expression('std:WALK', 'WALK(', anExpression(g, ANY, 1), ')'), walked];
  const name = g.scope.anyName(random);
  g.loops++;
  const loopParts = g.inScope((scope) => {
    scope.declare(name, type);
    const where = random.chance(25) ? [' WHERE ', operand(anExpression(g, BOOLEAN, depth - 1))] : [];
    const body = g.inScope(() => part('{ ', items('\n', statements(g, depth - 1, random.between(0, 4))), ' }'));
    return [iterable, ...where, ' ', body];
  });
  g.loops--;
  const head = random.pick(['FOR EACH', 'FOR EACH', 'FOR', 'FOREACH']);
  return statement('for', `${head} ${name} IN `, ...loopParts);
}

/** In dense programs often that of a list that is there. */
function elementType(g: Generator): Type {
  const lists = g.isDense ? g.places(listOf(ANY)) : [];
  const { type } = lists.length > 0 && g.random.chance(70) ? g.random.pick(lists) : { type: ANY };
  return type.kind === 'list' ? type.of : randomType(g.random, 2);
}

function outputRecord(g: Generator, depth: number): Tree {
  return statement('output record', 'OUTPUT ', recordLiteral(g, depth), g.random.chance(70) ? ';' : '');
}

/** Not an expression of its own: OUTPUT and ABORT of a literal are compiled apart. */
function recordLiteral(g: Generator, depth: number): Part {
  const { random } = g;
  const fields = Array.from({ length: random.below(4) }, () => {
    const key = random.chance(8) ? part('[', anExpression(g, TEXT, 1), ']') : keyOf(g, random.pick(FIELD_KEYS));
    return part(random.chance(4) ? '5' : key, ': ', anExpression(g, randomType(random, 2), depth));
  });
  return part('{ ', items(', ', fields), ' }');
}

function outputValue(g: Generator, depth: number): Tree {
  const { random } = g;
  const record = randomRecord(random, 1);
  const type = random.weighted<Type>([
    [5, () => record],
    [4, () => listOf(record)],
    [1, () => ANY],
  ]);
  return statement('output value', 'OUTPUT ', operand(anExpression(g, type, depth)), end(g));
}

function tryStatement(g: Generator, depth: number): Tree {
  const { random } = g;
  const tried = anExpression(g, ANY, depth);
  const fallback = (): Part =>
    random.weighted<Part>([
      [6, () => recordLiteral(g, depth - 1)],
      [2, () => anExpression(g, listOf(randomRecord(random, 1)), depth - 1)],
      [1, () => part('ABORT ', recordLiteral(g, 1))],
      [1, () => 'ABORT'],
    ]);
  return statement('try statement', tryParts(g, tried, fallback), ';');
}

/** Leaves the body early, mostly under a condition. */
function leave(g: Generator, depth: number): Tree {
  const { random } = g;
  const how = random.weighted<Part>([
    [4, () => returning(g, depth)],
    [2, () => statement('abort record', 'ABORT ', recordLiteral(g, 1), ';')],
    [2, () => statement('abort', 'ABORT;')],
    [2, () => statement('throw', 'THROW "" + ', operand(anExpression(g, TEXT, 1)), ';')],
    [1, () => statement('throw', 'THROW {message: "m", type: "T"};')],
  ]);
  if (random.chance(15)) return statement('if statement', 'IF true THEN { ', items('\n', [how]), ' }');
  return statement('if statement', 'IF ', anExpression(g, BOOLEAN, 2), ' THEN { ', items('\n', [how]), ' }');
}

function returning(g: Generator, depth: number): Tree {
  if (g.result === null && g.random.chance(60)) return statement('return', 'RETURN;');
  return statement('return', 'RETURN ', anExpression(g, g.result ?? ANY, depth), ';');
}

/** An expression for its effects: a call of a lambda or of any standard function. */
function evaluate(g: Generator, depth: number): Tree {
  const { random } = g;
  const lambdas = g.scope.visible().filter(({ type }) => type.kind === 'function');
  const callee = lambdas[random.below(lambdas.length)];
  if (callee === undefined || random.chance(60)) {
    const called = random.chance(80) ? callStandard(g, ANY, depth) : undefined;
    const value = called ?? reduced(g, randomScalar(random), depth);
    // Why: at the start of a statement APPEND is a keyword.
    return statement('evaluate', value.name === 'std:APPEND' ? paren(value) : value, ';');
  }
  const { parameters } = callee.type as FunctionType;
  const args = parameters.map((type) => anExpression(g, type, 1));
  return statement('evaluate', expression('call variable', `${callee.name}(`, items(', ', args), ')'), ';');
}
