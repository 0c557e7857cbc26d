/**
 * Calls of standard functions. The rows here say with what arguments a function has something to do; functions of
 * STANDARD without a row are called with anything, so that a new one is tried at once.
 */
import { STANDARD } from '../../src/std/index.ts';
import { anExpression, lambda, literal } from './expressions.ts';
import type { Generator } from './generator.ts';
import { textLiteral } from './scope.ts';
import { expression, items, type Part, type Tree } from './tree.ts';
import {
  ANY,
  BOOLEAN,
  BYTES,
  DECIMAL,
  fits,
  functionOf,
  INTEGER,
  listOf,
  NUMBER,
  randomScalar,
  randomType,
  TEXT,
  type Type,
} from './types.ts';

interface Call {
  readonly result: Type;
  readonly args: readonly Type[];
  /** How many of the last arguments may be left out. */
  readonly optional?: number;
}

const PATTERNS = ['[a-z]+', '(\\w)(\\d)', '^a.*c$', '', 'a|b', '(', '[0-9]{2,}', '(?=a)', '\\s+', '.', 'x*'];
const TEMPLATES = ['{0} and {1}', '{name}: {qty}', '{', '{{0}}', '{0}{0}{0}', '{missing}', 'plain'];
const PLAIN_OBJECT: Type = { kind: 'dictionary', of: ANY };
const ANY_LIST = listOf(ANY);

const call = (result: Type, args: readonly Type[], optional = 0): Call => ({ result, args, optional });

const CALLS: { readonly [name: string]: readonly Call[] } = {
  KEYS: [call(listOf(TEXT), [PLAIN_OBJECT]), call(listOf(INTEGER), [ANY_LIST])],
  VALUES: [call(ANY_LIST, [PLAIN_OBJECT])],
  ENTRIES: [call(listOf(PLAIN_OBJECT), [PLAIN_OBJECT])],
  PUT: [call(PLAIN_OBJECT, [PLAIN_OBJECT, TEXT, ANY]), call(ANY_LIST, [ANY_LIST, INTEGER, ANY])],
  DELETE: [call(PLAIN_OBJECT, [PLAIN_OBJECT, TEXT]), call(ANY_LIST, [ANY_LIST, INTEGER])],
  APPEND: [call(ANY_LIST, [ANY_LIST, ANY])],
  PREPEND: [call(ANY_LIST, [ANY_LIST, ANY])],
  COLLECT: [call(ANY_LIST, [ANY_LIST])],
  IS_OBJECT: [call(BOOLEAN, [ANY])],
  LISTIFY: [call(ANY_LIST, [ANY])],
  GET: [call(ANY, [PLAIN_OBJECT, TEXT, ANY], 1), call(ANY, [PLAIN_OBJECT, INTEGER, ANY], 1)],
  LENGTH: [call(INTEGER, [ANY_LIST]), call(INTEGER, [TEXT])],
  COUNT: [call(INTEGER, [ANY_LIST])],
  SUM: [call(NUMBER, [listOf(NUMBER)]), call(DECIMAL, [listOf(DECIMAL)])],
  AVG: [call(NUMBER, [listOf(NUMBER)])],
  MIN: [call(NUMBER, [listOf(NUMBER)]), call(TEXT, [listOf(TEXT)])],
  MAX: [call(NUMBER, [listOf(NUMBER)]), call(DECIMAL, [listOf(DECIMAL)])],
  FLATTEN: [call(ANY_LIST, [listOf(ANY_LIST)])],
  RANGE: [call(listOf(INTEGER), [INTEGER]), call(listOf(INTEGER), [INTEGER, INTEGER, INTEGER], 1)],
  ZIP: [call(ANY_LIST, [ANY_LIST, ANY_LIST])],
  NOT: [call(BOOLEAN, [ANY])],
  EXISTS: [call(BOOLEAN, [ANY])],
  STRING: [call(TEXT, [ANY])],
  NUMBER: [call(NUMBER, [TEXT]), call(NUMBER, [NUMBER])],
  BOOLEAN: [call(BOOLEAN, [ANY])],
  INT: [call(INTEGER, [INTEGER])],
  PARSE_INT: [call(INTEGER, [TEXT, INTEGER], 1)],
  BASE64_ENCODE: [call(TEXT, [BYTES])],
  FORMAT: [call(TEXT, [TEXT, PLAIN_OBJECT])],
  ABS: [call(INTEGER, [INTEGER]), call(NUMBER, [NUMBER]), call(DECIMAL, [DECIMAL])],
  FLOOR: [call(INTEGER, [NUMBER])],
  CEIL: [call(INTEGER, [NUMBER])],
  ROUND: [call(INTEGER, [NUMBER]), call(DECIMAL, [DECIMAL, INTEGER]), call(NUMBER, [NUMBER, INTEGER])],
  POWER: [call(NUMBER, [NUMBER, INTEGER]), call(INTEGER, [INTEGER, INTEGER])],
  SQRT: [call(NUMBER, [NUMBER])],
  DEC: [call(DECIMAL, [NUMBER]), call(DECIMAL, [TEXT])],
  RANDOM: [call(NUMBER, [])],
  SUBSTRING: [call(TEXT, [TEXT, INTEGER, INTEGER], 1)],
  CONTAINS: [call(BOOLEAN, [TEXT, TEXT])],
  SPLIT: [call(listOf(TEXT), [TEXT, TEXT])],
  JOIN: [call(TEXT, [listOf(TEXT), TEXT], 1)],
  UPPER: [call(TEXT, [TEXT])],
  LOWER: [call(TEXT, [TEXT])],
  TRIM: [call(TEXT, [TEXT])],
  SUBSTRING_BEFORE: [call(TEXT, [TEXT, TEXT])],
  SUBSTRING_AFTER: [call(TEXT, [TEXT, TEXT])],
  PAD: [call(TEXT, [TEXT, INTEGER, TEXT], 1)],
  MATCH: [call(PLAIN_OBJECT, [TEXT, TEXT])],
  REPLACE: [call(TEXT, [TEXT, TEXT, TEXT])],
  ASSERT: [call(ANY, [BOOLEAN, TEXT], 1)],
  APPLY: [call(ANY, [functionOf([ANY, ANY], ANY), ANY, ANY], 1)],
  SIFT: [call(PLAIN_OBJECT, [PLAIN_OBJECT, functionOf([ANY, TEXT], BOOLEAN)])],
  IS_FUNCTION: [call(BOOLEAN, [ANY]), call(BOOLEAN, [functionOf([], ANY)])],
  SOME: [call(BOOLEAN, [ANY_LIST, functionOf([ANY, INTEGER], BOOLEAN)])],
  EVERY: [call(BOOLEAN, [ANY_LIST, functionOf([ANY, INTEGER], BOOLEAN)])],
  FIND: [call(ANY, [ANY_LIST, functionOf([ANY, INTEGER], BOOLEAN)])],
  GROUP_BY: [call(PLAIN_OBJECT, [ANY_LIST, functionOf([ANY], TEXT)])],
  INDEX_BY: [call(PLAIN_OBJECT, [ANY_LIST, functionOf([ANY], INTEGER)])],
  SORT_BY: [call(ANY_LIST, [ANY_LIST, functionOf([ANY], NUMBER)]), call(ANY_LIST, [ANY_LIST, functionOf([ANY], TEXT)])],
  UNIQUE_BY: [call(ANY_LIST, [ANY_LIST, functionOf([ANY], ANY)])],
  MAP_VALUES: [call(PLAIN_OBJECT, [PLAIN_OBJECT, functionOf([ANY, TEXT], ANY)])],
  CHUNK: [call(listOf(ANY_LIST), [ANY_LIST, INTEGER])],
  TAKE: [call(ANY_LIST, [ANY_LIST, INTEGER])],
  DROP: [call(ANY_LIST, [ANY_LIST, INTEGER])],
  INDEX_OF: [call(INTEGER, [TEXT, TEXT]), call(INTEGER, [ANY_LIST, ANY])],
  MERGE: [call(PLAIN_OBJECT, [PLAIN_OBJECT, PLAIN_OBJECT, PLAIN_OBJECT], 2)],
  PICK: [call(PLAIN_OBJECT, [PLAIN_OBJECT, listOf(TEXT)])],
  OMIT: [call(PLAIN_OBJECT, [PLAIN_OBJECT, listOf(TEXT)])],
  STARTS_WITH: [call(BOOLEAN, [TEXT, TEXT])],
  ENDS_WITH: [call(BOOLEAN, [TEXT, TEXT])],
  REPEAT: [call(TEXT, [TEXT, INTEGER])],
  TITLE: [call(TEXT, [TEXT])],
  JSON_PARSE: [call(ANY, [TEXT])],
  JSON_STRING: [call(TEXT, [ANY, INTEGER], 1)],
  URL_ENCODE: [call(TEXT, [TEXT])],
  URL_DECODE: [call(TEXT, [TEXT])],
  HASH_SHA256: [call(TEXT, [TEXT])],
};

/** Their results have the type of an argument, so that the rows are made when a type is wanted. */
const OF_LIST = ['REVERSE', 'SORT', 'DISTINCT', 'FILTER', 'MAP', 'APPEND', 'COLLECT', 'WALK', 'FLATTEN'] as const;

/** Not those on shared state: what a store holds outlives a run, and a second run must not differ. */
export const GENERATED_ROWS = [...STANDARD.values()].filter((row) => row.module !== 'shared');

type NamedCall = readonly [name: string, call: Call];

const KNOWN: readonly NamedCall[] = Object.entries(CALLS).flatMap(([name, calls]) =>
  STANDARD.has(name) ? calls.map((c) => [name, c] as const) : [],
);
const UNKNOWN: readonly NamedCall[] = GENERATED_ROWS.filter(
  ({ name }) => CALLS[name] === undefined && !OF_LIST.some((n) => n === name),
).map(({ name, minArgs, maxArgs }) => {
  const count = Math.min(maxArgs, minArgs + 1);
  return [name, call(ANY, Array<Type>(count).fill(ANY), count - minArgs)];
});
const EVERY: readonly NamedCall[] = [...KNOWN, ...UNKNOWN];
const BY_RESULT = new Map<Type['kind'], NamedCall[]>();
for (const named of KNOWN) {
  const { kind } = named[1].result;
  BY_RESULT.set(kind, [...(BY_RESULT.get(kind) ?? []), named]);
}

function standardFor(wanted: Type): readonly NamedCall[] {
  if (wanted.kind === 'any') return EVERY;
  return (BY_RESULT.get(wanted.kind) ?? []).filter(([, { result }]) => fits(wanted, result));
}

/** One of the examples that the documentation of a function gives: they do something for every function. */
export function documentedCall(g: Generator): Tree {
  const { name, examples } = g.random.pick(GENERATED_ROWS);
  const [text] = g.random.pick(examples);
  return expression(`std:${name}`, `(${text})`);
}

/** Undefined when no function gives the type. */
export function callStandard(g: Generator, wanted: Type, depth: number): Tree | undefined {
  const { random } = g;
  if (wanted.kind === 'any' && random.chance(10)) return collected(g, depth);
  if (wanted.kind === 'any' && random.chance(15)) return reduced(g, randomScalar(random), depth);
  const calls = standardFor(wanted);
  if (calls.length === 0) return undefined;
  const [name, { args, optional }] = random.pick(calls);
  const count = args.length - random.below((optional ?? 0) + 1);
  const given = args.slice(0, count).map((type, i) => argument(g, name, i, type, depth));
  return standardCall(g, name, given, depth);
}

/** A function that takes a list, and perhaps a lambda, to a list of the wanted type. */
export function callHigherOrder(g: Generator, wanted: Type & { readonly kind: 'list' }, depth: number): Tree {
  const { random } = g;
  const inner = (type: Type) => anExpression(g, type, depth - 1);
  const name = random.pick(OF_LIST);
  switch (name) {
    case 'MAP': {
      const element = randomType(random, 1);
      const change = lambda(g, functionOf([element, INTEGER].slice(0, random.between(1, 2)), wanted.of), depth - 1);
      return standardCall(g, name, [inner(listOf(element)), change], depth);
    }
    case 'FILTER':
      return standardCall(g, name, [inner(wanted), lambda(g, functionOf([wanted.of], BOOLEAN), depth - 1)], depth);
    case 'APPEND':
      return standardCall(g, name, [inner(wanted), inner(wanted.of)], depth);
    case 'FLATTEN':
      return standardCall(g, name, [inner(listOf(wanted))], depth);
    case 'WALK':
      return wanted.of.kind === 'any' ? collected(g, depth) : standardCall(g, 'REVERSE', [inner(wanted)], depth);
    default:
      return standardCall(g, name, [inner(wanted)], depth);
  }
}

/** REDUCE with a lambda over a total. */
export function reduced(g: Generator, total: Type, depth: number): Tree {
  const element = randomType(g.random, 1);
  const list = anExpression(g, listOf(element), depth - 1);
  const step = lambda(g, functionOf([total, element], total), depth - 1);
  return standardCall(g, 'REDUCE', [list, anExpression(g, total, depth - 1), step], depth);
}

function collected(g: Generator, depth: number): Tree {
  const walk = standardCall(g, 'WALK', [anExpression(g, ANY, depth - 1)], depth);
  return standardCall(g, 'COLLECT', [walk], depth);
}

function argument(g: Generator, name: string, index: number, type: Type, depth: number): Part {
  const { random } = g;
  if (random.chance(5)) return anExpression(g, randomType(random, 1), 1);
  const isPattern = index === 1 && (name === 'MATCH' || name === 'REPLACE');
  if (isPattern && random.chance(85)) return expression('literal', textLiteral(random.pick(PATTERNS)));
  if (index === 0 && name === 'FORMAT') return expression('literal', textLiteral(random.pick(TEMPLATES)));
  // Why small: sizes and exponents at random are refused or make values that take long to compare.
  if (type.kind === 'integer' && random.chance(60)) return expression('literal', String(random.below(4)));
  if (type.kind === 'integer' && random.chance(50)) return literal(g, INTEGER);
  return type.kind === 'function' ? lambda(g, type, depth - 1) : anExpression(g, type, depth - 1);
}

function standardCall(g: Generator, name: string, args: readonly Part[], depth: number): Tree {
  const { random } = g;
  const given = [...args];
  const wrongness = random.below(100);
  if (wrongness < 2) given.push(anExpression(g, ANY, depth - 1));
  else if (wrongness < 3) given.pop();
  return expression(`std:${name}`, `${name}(`, items(', ', given), ')');
}
