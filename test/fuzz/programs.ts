/**
 * Random valid programs with inputs. A seed and a number fix a program for ever, as long as the generator does not change.
 * Invariant: what is made loads; that it does is measured, not assumed.
 */
import { anExpression, callOf, parameterNames } from './expressions.ts';
import { type DeclaredFunction, Generator } from './generator.ts';
import { deepFreeze, randomValue } from './inputs.ts';
import { Random } from './random.ts';
import { Scope, type Variable } from './scope.ts';
import { documentedCall } from './standard-calls.ts';
import { block, statements } from './statements.ts';
import { declaration, expression, items, namesOf, type Part, part, render, type Style, statement } from './tree.ts';
import { ANY, type FunctionType, INTEGER, randomRecord, randomType, type Type } from './types.ts';

export interface FuzzProgram {
  readonly seed: number;
  readonly number: number;
  readonly tree: Part;
  readonly inputs: readonly unknown[];
  /** The program may suspend or wait; it has to be started. */
  readonly waits: boolean;
}

const EXPRESSION_DEPTH = 4;

/** How often, in percent, a part of each input is wrong. */
const WRONGNESS = [0, 3];

/** How large programs are, and what is in them. */
export interface Size {
  /** Beyond the first two they leave the program as it is. */
  readonly inputs: number;
  /** How often, in percent, a program may suspend or wait. */
  readonly waits: number;
  /** Nodes that one program may have. */
  readonly budgets: readonly number[];
  readonly functions: number;
  readonly depth: number;
  readonly statements: readonly [least: number, most: number];
  /** In programs of many writes. */
  readonly writes: readonly [least: number, most: number];
  readonly isDense: boolean;
  /** How often, in percent, there are calls as the documentation shows them, and how many. */
  readonly documented: readonly [percent: number, calls: number];
}

const LARGE: Size = {
  inputs: WRONGNESS.length,
  waits: 8,
  budgets: [30, 60, 100, 160, 300],
  functions: 3,
  depth: EXPRESSION_DEPTH,
  statements: [2, 14],
  writes: [8, 30],
  isDense: false,
  documented: [60, 3],
};

/** For what is paid by the size of programs: many small ones find more in the same time. */
export const SMALL: Size = {
  inputs: 5,
  waits: 0,
  budgets: [10, 20, 30, 40],
  functions: 2,
  depth: 3,
  statements: [1, 5],
  writes: [3, 9],
  isDense: true,
  documented: [15, 1],
};

export function randomProgram(seed: number, number: number, size = LARGE): FuzzProgram {
  const random = new Random(seed, number);
  const waits = random.chance(size.waits);
  const isWriting = random.chance(35);
  const g = new Generator(random, random.pick(size.budgets), { waits, isWriting, isDense: size.isDense });
  const inputType = randomRecord(random, 3);
  const { budget } = g;
  const functions = Array.from({ length: random.below(size.functions + 1) }, (_, i) => func(g, i));
  // What they have taken is not missing elsewhere.
  if (size.isDense) g.budget = budget;
  const body = transformBody(g, inputType, size);
  const input = (wrongness: number): unknown => deepFreeze(randomValue(random, inputType, wrongness));
  const first = WRONGNESS.map(input);
  const tree = whole(random, functions, body);
  const others = Array.from({ length: size.inputs - first.length }, (_, i) => input(5 * i));
  return { seed, number, tree, inputs: [...first, ...others], waits };
}

export function sourceOf(program: FuzzProgram, style?: Style): string {
  return render(program.tree, style);
}

/** In a style that reports to `host:marks` under the name `marks`. */
export function markedSourceOf(program: FuzzProgram, marks: Style): string {
  return `IMPORT "host:marks" AS marks;\n${sourceOf(program, marks)}`;
}

export function constructsOf(program: FuzzProgram): readonly string[] {
  return namesOf(program.tree);
}

function whole(random: Random, functions: readonly Part[], body: Part): Part {
  const head = random.weighted([
    [6, () => 'TRANSFORM T '],
    [1, () => 'TRANSFORM '],
    [1, () => 'transform T(data: any) -> any '],
    [1, () => 'EXPORT TRANSFORM T '],
  ]);
  const transform = declaration('transform', head, '{\n', body, '\n}');
  return part('IMPORT "host:fuzz" AS h;\n', items('\n', functions), '\n', transform, '\n');
}

function transformBody(g: Generator, inputType: Type, size: Size): Part {
  g.scope = new Scope();
  g.scope.declare('input', inputType, false);
  const calls = size.isDense ? callsOfFunctions(g) : [];
  const list = g.isWriting
    ? statements(g, 2, g.random.between(...size.writes))
    : statements(g, size.depth, g.random.between(...size.statements));
  // First, so that nothing that fails can keep them from being executed.
  list.unshift(...calls);
  const [percent, count] = size.documented;
  if (g.random.chance(percent)) {
    for (let n = 0; n < count; n++) {
      list.unshift(statement('evaluate', 'TRY ', documentedCall(g), ' CATCH(e) -> null;'));
    }
  }
  return items('\n', g.random.chance(80) ? [...list, finalState(g)] : list);
}

/** Each FUNC is called once at least. */
function callsOfFunctions(g: Generator): Part[] {
  return g.functions.map(({ name, parameters, result }) => {
    const value = callOf(g, 'call FUNC', name, parameters, 1);
    const variable = g.scope.newName(g.random);
    g.scope.declare(variable, result);
    const guarded = g.random.chance(50) ? value : expression('try', 'TRY ', value, ' CATCH(e) -> e.message');
    return { ...statement('let', `LET ${variable} = `, guarded, ';'), declares: variable };
  });
}

/** Outputs every variable, so that a wrong write shows wherever it happened; in dense programs also what lambdas give. */
function finalState(g: Generator): Part {
  const isLambda = ({ type }: Variable) => type.kind === 'function';
  const variables = g.scope.visible().filter((variable) => !isLambda(variable));
  const lambdas = g.isDense ? g.scope.visible().filter(isLambda) : [];
  const fields = [
    ...variables.map(({ name }, i) => part(`v${i}: `, expression('variable', name))),
    ...lambdas.map(({ name, type }, i) => {
      const value = callOf(g, 'call variable', name, (type as FunctionType).parameters, 1);
      return part(`c${i}: `, expression('try', 'TRY ', value, ' CATCH(e) -> e.message'));
    }),
  ];
  return statement('output record', 'OUTPUT { ', items(', ', fields), ' };');
}

/** A FUNC: with an expression, with a block, or recursive over a number that falls. */
function func(g: Generator, index: number): Part {
  const { random } = g;
  const name = random.pick(['f', 'helper', 'price', 'Calc']) + index;
  const parameters = Array.from({ length: random.below(4) }, () => randomType(random, 1));
  const result = random.chance(85) ? randomType(random, 1) : ANY;
  if (random.chance(20)) {
    g.functions.push({ name, parameters: [INTEGER, result], result });
    return recursive(g, name, result);
  }
  const scope = new Scope();
  const names = parameterNames(g, parameters.length);
  for (const [i, n] of names.entries()) scope.declare(n, parameters[i] as Type);
  const head = `FUNC ${name}(${names.join(', ')}) `;
  const declared: DeclaredFunction = { name, parameters, result };
  const made = g.inBody(scope, result, () =>
    random.chance(50)
      ? declaration('func', head, '= ', anExpression(g, result, EXPRESSION_DEPTH - 1), ';')
      : declaration('func block', head, block(g, EXPRESSION_DEPTH - 1, random.between(1, 4))),
  );
  g.functions.push(declared);
  return made;
}

function recursive(g: Generator, name: string, result: Type): Part {
  const scope = new Scope();
  scope.declare('n', INTEGER);
  scope.declare('acc', result);
  const limit = g.random.chance(96) ? 'n <= 0 || n > 12' : 'n == 1000';
  return g.inBody(scope, result, () =>
    declaration(
      'func recursive',
      `FUNC ${name}(n, acc) { IF ${limit} THEN { RETURN acc; } RETURN ${name}(n - 1, `,
      anExpression(g, result, 2),
      '); }',
    ),
  );
}
