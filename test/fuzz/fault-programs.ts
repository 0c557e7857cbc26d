/** Programs by which faults of the compiler are found: scripts of the language, and some that hold much in little. */
import type { ScriptProgram } from '../../src/cli/script.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import type { Probe } from './fault-finder.ts';

/** By name and number of the expectation. */
const SCRIPTS: readonly string[] = [
  'abort/alone',
  'functions/recursion',
  'lambdas/recursion',
  'try/around-a-loop-in-a-lambda',
  'paths/last-missing-key-is-null',
  'logic/coalesce-is-not-safe-navigation',
  'comparison/numbers-across-kinds',
  'border/unicode',
  'decimals/inexact-division-has-34-digits',
  'objects/computed-key-fraction',
  'aliasing/waiting-operand-of-an-operator',
  'aliasing/comprehension-over-a-written-list',
  'aliasing/get-hands-out-a-part',
  'aliasing/append-init-is-a-variable',
  'aliasing/append-path-init-is-a-variable',
  'aliasing/modify-value-aliases-the-target',
  'aliasing/ordered-map-alias',
  'aliasing/abort-record-keeps-its-state',
  'append/init-of-a-list-is-not-evaluated',
  'regression/fault-names-the-captured-variable',
  'slices/do-not-share-writes',
  'stdlib/callback-error-has-its-own-place',
  'shared/values-are-copied',
];

const LONG = 'x'.repeat(80);

const program = (name: string, source: string, more: Partial<ScriptProgram> = {}): Probe => ({
  name,
  program: { source, name: `${name}.bl`, ...more },
});

/** Each operator on its own, so that one that faults hides no other. */
const OPERATORS = [
  'a + b',
  'a - b',
  'a * b',
  'a / b',
  'a // b',
  'a % b',
  '-a',
  'a < b',
  'a <= b',
  'a > b',
  'a >= b',
  'a == b',
  'a != b',
];
const PAIRS = [
  [1, 2],
  [5, 3],
  [3, 3],
  [0, -5],
  [9007199254740991, 1],
  [9007199254740991, 9007199254740991],
  [0.5, 1.5],
  [5, 0],
  [1e308, 10],
  [{ $num: 'NaN' }, 1],
  [1, { $num: 'NaN' }],
  [null, 1],
  [2, 'a'],
  ['a', 'b'],
  ['b', 'a'],
  [LONG, `${LONG}y`],
  ['a', 1],
  [true, false],
  [[1], [1]],
  [{ $bigint: '12345678901234567890' }, 7],
  [7, { $bigint: '12345678901234567890' }],
];

const VALUES = [
  null,
  true,
  false,
  0,
  '',
  'text',
  [],
  [1],
  {},
  { a: 1 },
  { a: null, b: { c: 2 } },
  { $set: [1] },
  { $bytes: [1] },
  { $dec: '1.50' },
];

const PROGRAMS: readonly Probe[] = [
  ...[OPERATORS.slice(0, 4), OPERATORS.slice(4, 8), OPERATORS.slice(8)].map((some, n) =>
    program(
      `operators ${n}`,
      `FUNC all(a, b) {
${some.map((o, i) => `  LET r${i} = TRY ${o} CATCH(e) -> e.message;`).join('\n')}
  RETURN [${some.map((_, i) => `r${i}`).join(', ')}];
}
TRANSFORM T { OUTPUT { v: [all(p[0], p[1]) FOR EACH p IN input.pairs] } }`,
      { input: { pairs: PAIRS } },
    ),
  ),
  ...['+', '-', '*', '/', '//', '%'].map((o) =>
    program(`failing ${o}`, `LET n = 1;\nLET m = input.m;\nOUTPUT {\n  first: n + 1,\n  v: n ${o} m.x\n}`, {
      input: { m: { x: o === '+' || o === '*' ? null : 'text' } },
    }),
  ),
  program(
    'values',
    `FUNC of(x) {
  LET r = [];
  APPEND TO r (TRY x.a CATCH(e) -> e.message);
  APPEND TO r (TRY x.b.c CATCH(e) -> e.message);
  APPEND TO r (TRY x["a"] CATCH(e) -> e.message);
  APPEND TO r (TRY LENGTH([y FOR EACH y IN x]) CATCH(e) -> e.message);
  IF x THEN { APPEND TO r "true"; } ELSE { APPEND TO r "false"; }
  IF NOT x THEN { APPEND TO r 1; }
  LET rest = [x && 1, x || 0, x ?? "none", !x, x == null, CASE { WHEN x == null THEN 1 WHEN x == true THEN 2 ELSE 3 }];
  APPEND TO r rest;
  RETURN r;
}
TRANSFORM T { OUTPUT { v: [of(x) FOR EACH x IN input.values] } }`.replace('IF NOT x', 'IF !x'),
    { input: { values: VALUES } },
  ),
  program('values put out in a loop', 'FOR EACH x IN input.xs { OUTPUT x; }', {
    input: { xs: Array.from({ length: 200 }, (_, n) => ({ n })) },
  }),
  program('lambda out of a list', 'LET fs = [(a, b) -> a - b];\nOUTPUT {v: fs[0](5, 3)}'),
  program('failing read', 'LET a = input.a;\nOUTPUT {\n  v: a.b,\n  w: a.b.c\n}', { input: { a: { b: 'text' } } }),
  program('failing dynamic read', 'LET a = input.a;\nLET k = "c";\nOUTPUT {\n  v: a.b,\n  w: a.b[k]\n}', {
    input: { a: { b: 'text' } },
  }),
  program('failing SET', 'LET o = {a: 1};\nLET x = input.x;\nSET o.a = 2;\nSET x.y.z = 3;\nOUTPUT o', {
    input: { x: { y: 'text' } },
  }),
  program('failing APPEND', 'LET o = {a: []};\nLET x = input.x;\nAPPEND TO o.a 2;\nAPPEND TO x 3;\nOUTPUT o', {
    input: { x: 'text' },
  }),
  program('failing loop', 'LET o = {a: []};\nLET x = o.a;\nFOR EACH y IN input.x {\n  SET o.a = [y];\n}\nOUTPUT o', {
    input: { x: 5 },
  }),
  program('failing OUTPUT', 'LET o = {a: 1};\nSET o.a = 2;\nLET k = [1];\nOUTPUT {[k]: 1}'),
  program('failing THROW', 'LET o = {a: 1};\nSET o.a = 2;\nTHROW "no"'),
  program('failing library function', 'LET o = {a: 1};\nSET o.a = 2;\nOUTPUT { v: SUBSTRING(input.x, 1, 2) }', {
    input: { x: 5 },
  }),
  program(
    'failing call',
    'FUNC f(n) = n.a.b;\nTRANSFORM T {\n  LET o = {a: 1};\n  SET o.a = 2;\n  LET r = f(o);\n  OUTPUT { v: f({}) };\n}',
  ),
  program(
    'calls that are none',
    'LET o = {f: 1};\nLET f = 2;\nOUTPUT { v: [TRY f(1) CATCH(e) -> e.message, TRY o.f(1) CATCH(e) -> e.message, TRY input.g(2) CATCH(e) -> e.message] }',
    { input: {} },
  ),
  program(
    'writes',
    `LET o = {a: {b: [1, 2]}, n: 0};
LET k = "n";
LET p = o;
SET o.a.b[0] = 5;
SET o[k] = 6;
SET o[k + "x"] = o.n + 1;
SET o.x = {y: 1};
LET q = o.a;
APPEND TO o.a.b 3;
APPEND TO o.a.c 4 INIT [9];
LET l = [1];
LET m = l;
APPEND TO l 2;
APPEND TO l l;
SET q.b = [7];
LET w = [o, l];
SET l[0] = 0;
OUTPUT { o: o, p: p, q: q, l: l, m: m, w: w, z: {first: l, second: m} }`,
  ),
  program(
    'loops',
    `LET sum = 0;
LET seen = [];
FOR EACH row IN input.rows {
  LET part = [row, sum, [x + sum FOR EACH x IN row.l WHERE x > 1], sum];
  IF row.skip THEN { SET sum = sum - 1; } ELSE { FOR EACH x IN row.l { IF x > 2 THEN { SET sum = sum + x; } ELSE { SET sum = sum + 10; } } }
  APPEND TO seen part;
}
FOR EACH none IN [] { SET sum = 0; }
LET depths = [n.depth FOR EACH n IN WALK(input.rows)];
LET caught = TRY [CASE { WHEN r.l == null THEN r.l.x.y ELSE r.l } FOR EACH r IN input.rows] CATCH(e) -> [e.message, sum];
OUTPUT { sum: sum, depths: depths, seen: seen, caught: caught, last: row ?? 0 }`.replace(', last: row ?? 0', ''),
    { input: { rows: [{ l: [1, 2, 3] }, { l: [4], skip: true }, { l: [5, 6] }, { l: null }].slice(0, 3) } },
  ),
  program(
    'a loop that fails late',
    `LET n = 0;
LET l = [];
LET r = TRY [CASE { WHEN x > 3 THEN x.y.z ELSE x } FOR EACH x IN input.l] CATCH(e) -> e.message;
FOR EACH x IN input.l {
  SET n = n + x;
  APPEND TO l n;
  LET t = TRY CASE { WHEN x > 2 THEN n.a ELSE n } CATCH(e) -> [n, e.message];
  APPEND TO l t;
}
LET done = TRY [z.a FOR EACH z IN [{a: 1}, {a: 2}, n, 4]] CATCH(e) -> [n, l];
OUTPUT { n: n, l: l, r: r, done: done }`,
    { input: { l: [1, 2, 3, 4, 5] } },
  ),
  program(
    'a loop that fails at the end',
    'LET n = 0;\nLET l = [];\nFOR EACH x IN input.l {\n  SET n = n + 1;\n  APPEND TO l n;\n  LET y = x.a;\n}\nOUTPUT { n: n }',
    { input: { l: [{ a: 1 }, { a: 2 }, { a: 3 }, 'text'] } },
  ),
  program(
    'calls',
    `FUNC f(a, b, c) = [a, b, c];
FUNC deep(n) { IF n <= 0 THEN { RETURN 0; } RETURN 1 + deep(n - 1); }
FUNC wide(n) { ${Array.from({ length: 90 }, (_, i) => `LET w${i} = n + ${i};`).join(' ')} RETURN w0 + w89; }
FUNC down(n) { IF n <= 0 THEN { THROW "end"; } RETURN down(n - 1); }
TRANSFORM T {
  LET a = 1;
  LET b = [2];
  LET g = (x, y) -> [x, y, a, b];
  LET o = {h: (x) -> { SET a = a + x; RETURN a; }};
  LET waiting = [${Array.from({ length: 20 }, () => '0').join(', ')}, f(a, b, 3), o.h(5), g(1, 2)];
  LET caught = [TRY down(3) CATCH(e) -> e.message, TRY down(4) CATCH(e) -> a];
  OUTPUT { v: waiting, d: deep(3), w: wide(1), caught: caught, a: a, s: [SPLIT("a-b", "-"), MAX([1, 2]), REPLACE("aXa", "X", "y")] };
}`,
  ),
  program(
    'many caught',
    'LET l = [];\nFOR EACH x IN [1, 2, 3] {\n  LET r = TRY CASE { WHEN x == 2 THEN x.a ELSE x } CATCH(e) -> "caught";\n  APPEND TO l r;\n}\nOUTPUT { v: l }',
  ),
  program(
    'a TRY that is left',
    'LET n = 1;\nLET v = TRY [n + 1, n + 2, n.a.b] CATCH(e) -> [n, e.message];\nOUTPUT { v: v }',
  ),
  program('statements', 'FUNC f(n) = n;\nTRANSFORM T { f(1); FOR EACH x IN [1, 2] { f(x); } OUTPUT { v: 1 } }'),
  program('printing', 'LET a = 1;\nLET r = PRINT("a", a + 1);\nOUTPUT { v: r }', { grants: ['host:console'] }),
  program(
    'several results',
    'FOR EACH x IN [1, 2, 3] { IF x == 2 THEN { LET k = "k"; OUTPUT {[k + x]: x, b: 2, [k]: 3}; } ELSE { OUTPUT { x: x }; } }\nABORT { done: true }',
  ),
  program(
    'names',
    'LET eval = 1;\nLET class = {new: 2};\nLET `a-b` = 4;\nLET `a+b` = 5;\nOUTPUT { v: [eval, class.new, `a-b`, `a+b`] }'.replaceAll(
      'class',
      'klass',
    ),
  ),
  program(
    'captured',
    'LET n = 0;\nLET add = (x) -> { SET n = n + x; RETURN n; };\nLET first = add(1);\nSET n = n + 10;\nLET second = add(2);\nOUTPUT { v: [first, second, n] }',
  ),
  program(
    'texts',
    `OUTPUT { v: ["a" + input.t, input.t + "b", input.l == input.m, input.t == "${LONG}", input.l < input.m] }`,
    {
      input: { t: 't', l: LONG, m: `${LONG}` },
    },
  ),
  program('a wrong number of arguments', 'OUTPUT { v: [TRY LENGTH() CATCH(e) -> e.message] }'),
];

export function faultProbes(): readonly Probe[] {
  const scripts = readLangScripts();
  const chosen = SCRIPTS.flatMap((wanted) => {
    const found = scripts.find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`there is no script ${wanted}`);
    return found.expectations.map(({ program: of, line }): Probe => ({ name: `${wanted}:${line}`, program: of }));
  });
  return [...PROGRAMS, ...chosen];
}
