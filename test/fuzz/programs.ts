/**
 * Random valid programs with inputs. A seed and a number fix a program for ever, as long as the generator does not change.
 * Invariant: what is made loads; that it does is measured, not assumed.
 */
import { anExpression, parameterNames } from './expressions.ts';
import { type DeclaredFunction, Generator } from './generator.ts';
import { deepFreeze, randomValue } from './inputs.ts';
import { Random } from './random.ts';
import { Scope } from './scope.ts';
import { documentedCall } from './standard-calls.ts';
import { block, statements } from './statements.ts';
import { declaration, expression, items, namesOf, type Part, part, render, type Style, statement } from './tree.ts';
import { ANY, INTEGER, randomRecord, randomType, type Type } from './types.ts';

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

/** Inputs beyond the first two leave the program as it is. */
export function randomProgram(seed: number, number: number, inputCount = WRONGNESS.length): FuzzProgram {
  const random = new Random(seed, number);
  const waits = random.chance(8);
  const isWriting = random.chance(35);
  const g = new Generator(random, random.pick([30, 60, 100, 160, 300]), { waits, isWriting });
  const inputType = randomRecord(random, 3);
  const functions = Array.from({ length: random.below(4) }, (_, i) => func(g, i));
  const body = transformBody(g, inputType);
  const input = (wrongness: number): unknown => deepFreeze(randomValue(random, inputType, wrongness));
  const first = WRONGNESS.map(input);
  const tree = whole(random, functions, body);
  const others = Array.from({ length: inputCount - first.length }, (_, i) => input(5 * i));
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

function transformBody(g: Generator, inputType: Type): Part {
  g.scope = new Scope();
  g.scope.declare('input', inputType, false);
  const list = g.isWriting
    ? statements(g, 2, g.random.between(8, 30))
    : statements(g, EXPRESSION_DEPTH, g.random.between(2, 14));
  // First, so that nothing that fails can keep them from being executed.
  if (g.random.chance(60)) {
    for (let n = 0; n < 3; n++) {
      list.unshift(statement('evaluate', 'TRY ', documentedCall(g), ' CATCH(e) -> null;'));
    }
  }
  return items('\n', g.random.chance(80) ? [...list, finalState(g)] : list);
}

/** Outputs every variable, so that a wrong write shows wherever it happened. */
function finalState(g: Generator): Part {
  const variables = g.scope.visible().filter(({ type }) => type.kind !== 'function');
  const fields = variables.map(({ name }, i) => part(`v${i}: `, expression('variable', name)));
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
