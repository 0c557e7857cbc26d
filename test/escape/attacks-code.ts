/**
 * A: programs whose names, keys and texts would be code if they were printed as they are. Each runs compiled; `printed` is
 * what a generator would print that trusts them, which the gate refuses for `reason`, and which does harm without the gate.
 */
import type { GateReason } from '../../src/jit/gate-reasons.ts';

export interface PrintedAttack {
  readonly number: number;
  readonly idea: string;
  readonly program: string;
  readonly input?: unknown;
  /** Name of the module. */
  readonly id?: string;
  readonly result: unknown;
  /** Where it does not become code at all: why. */
  readonly stays?: 'size';
  readonly printed: string;
  readonly reason: GateReason;
  /** What comes of the printed text without the gate: JavaScript for its functions `f`, true when it has done harm; default: `evil()` was called. */
  readonly harm?: string;
}

const unit = (body: string, name = 'one_1', rest = 'input_0'): string =>
  `function ${name}(run, ${rest}) {\n  ${body}\n}\n`;
const text = (body: string): string => `'use strict';\n${unit(body)}return [one_1];\n`;
const quoted = (value: string): string => `'${value.replaceAll("'", "\\'")}'`;

/** The text is no JavaScript at all: a unit that can never be compiled. */
const BREAKS = 'f === null';
const KEY = "x'] + evil() + ['";
const HOSTILE_END = "\\'; evil(); //";
const DEEP = 800;
const WIDE = 1_100;

export const PRINTED_ATTACKS: readonly PrintedAttack[] = [
  {
    number: 1,
    idea: 'a module name with a line end and code',
    program: 'OUTPUT { v: 1 }',
    id: 'plugin.js\nevil();',
    result: { v: 1 },
    printed: `//# sourceURL=plugin.js\nevil();\n${text('return null;')}`,
    reason: 'text-character',
  },
  {
    number: 2,
    idea: 'a TRANSFORM whose name ends a function and begins another',
    program: 'TRANSFORM `x(){} evil(); function y` { OUTPUT { v: 1 } }',
    result: { v: 1 },
    printed: `'use strict';\n${unit('return null;', 'x(){} evil(); function y')}return [y];\n`,
    reason: 'program-shape',
  },
  {
    number: 3,
    idea: 'a parameter named as a default value',
    program: 'FUNC f(`x=evil()`) = `x=evil()` + 1; TRANSFORM T { OUTPUT { v: f(1) } }',
    result: { v: 2 },
    printed: `'use strict';\n${unit('return x;', 'one_1', 'x=evil()')}return [one_1];\n`,
    reason: 'node-type',
  },
  {
    number: 4,
    idea: 'variables named `eval` and `arguments`',
    program: 'LET eval = (x) -> x; LET arguments = 2; OUTPUT { v: [eval("evil()"), arguments] }',
    result: { v: ['evil()', 2] },
    printed: text("return eval('evil()');"),
    reason: 'call-target',
  },
  {
    number: 5,
    idea: 'a key with quotes and brackets',
    program: `OUTPUT { v: input["${KEY}"], "${KEY}": 2 }`,
    input: { [KEY]: 1 },
    result: { v: 1, [KEY]: 2 },
    printed: text(`return input_0['${KEY}'];`),
    reason: 'member-shape',
  },
  {
    number: 5,
    idea: 'a key that ends with a backslash before a quote, for who escapes quotes only',
    program: `OUTPUT { v: input["${HOSTILE_END.replace('\\', '\\\\')}"] }`,
    input: { [HOSTILE_END]: 1 },
    result: { v: 1 },
    printed: text(`const k = ${quoted(HOSTILE_END)};\n  return input_0[k];`),
    reason: 'text-character',
  },
  {
    number: 5,
    idea: 'a key with a line end',
    program: 'OUTPUT { v: input["a\\nevil()"] }',
    input: { 'a\nevil()': 1 },
    result: { v: 1 },
    printed: text('// input.a\nevil();\n  return null;'),
    reason: 'text-character',
  },
  {
    number: 6,
    idea: 'a key with U+2028, which ends a line of JavaScript',
    program: 'OUTPUT { v: input["a\u2028evil()"] }',
    input: { 'a\u2028evil()': 1 },
    result: { v: 1 },
    printed: text('// input.a\u2028evil();\n  return null;'),
    reason: 'text-character',
  },
  {
    number: 7,
    idea: 'a key with half of a surrogate pair, which no file can hold',
    program: 'OUTPUT { v: input["\\ud800"] }',
    input: { '\ud800': 1 },
    result: { v: 1 },
    printed: text("return '\ud800';"),
    reason: 'text-character',
    harm: 'new TextDecoder().decode(new TextEncoder().encode(f[0]())) !== f[0]()',
  },
  {
    number: 8,
    idea: 'a key that ends a comment and begins others',
    program: 'OUTPUT { v: input["*/ evil(); /* // <!-- -->"] }',
    input: { '*/ evil(); /* // <!-- -->': 1 },
    result: { v: 1 },
    printed: text('/* */ evil(); /* // <!-- --> */\n  return null;'),
    reason: 'text-character',
  },
  {
    number: 9,
    idea: 'a text with a place of a template',
    program: 'OUTPUT { v: "${evil()}" }',
    result: { v: '${evil()}' },
    printed: text('return `${evil()}`;'),
    reason: 'text-character',
  },
  {
    number: 10,
    idea: 'a text of many backslashes',
    program: `OUTPUT { v: LENGTH("${'\\\\'.repeat(100_001)}") }`,
    result: { v: 100_001 },
    printed: text(`return '${'\\'.repeat(100_001)}';evil();'';`),
    reason: 'text-character',
    harm: BREAKS,
  },
  {
    number: 11,
    idea: 'a name with the escape of a letter',
    program: 'LET `\\u0065vil` = () -> 1; OUTPUT { v: `\\u0065vil`() }',
    result: { v: 1 },
    printed: text('return \\u0065vil();'),
    reason: 'text-character',
  },
  {
    number: 12,
    idea: 'names that differ by a joiner that nobody sees',
    program: 'LET a = 1; LET `a\u200d` = 2; OUTPUT { v: [a, `a\u200d`] }',
    result: { v: [1, 2] },
    printed: text('let a_1 = 1;\n  let a_1 = 2;\n  return a_1;'),
    reason: 'syntax',
    harm: BREAKS,
  },
  {
    number: 13,
    idea: 'a variable named like a helper that charges',
    program: 'LET refill = 1; LET share = 2; LET run = 3; OUTPUT { v: [refill, share, run] }',
    result: { v: [1, 2, 3] },
    printed: text('const refill = input_0;\n  if ((run.fuel -= 1) < 0) refill(run, 2);\n  return null;'),
    reason: 'name-form',
    harm: '(f[0]({ fuel: 0 }, evil), isEvil())',
  },
  {
    number: 14,
    idea: 'a variable named like a constant, a unit and a function of the factory',
    program: 'LET k_0 = 1; LET u_0 = 2; LET f_0 = (x) -> x; OUTPUT { v: [k_0, u_0, f_0("text")] }',
    result: { v: [1, 2, 'text'] },
    printed: text('const k_0 = input_0;\n  return k_0(run);'),
    reason: 'name-taken',
    harm: '(f[0]({}, evil), isEvil())',
  },
  {
    number: 18,
    idea: 'negative numbers behind minus',
    program: 'LET n = input.n; OUTPUT { v: [n - -1, -(-1), -(-n), 2 - -0.5, 3 * -2] }',
    input: { n: 4 },
    result: { v: [5, 1, 4, 2.5, -6] },
    printed: text('return --1;'),
    reason: 'syntax',
    harm: BREAKS,
  },
  {
    number: 20,
    idea: 'a pattern that ends a regular expression of JavaScript',
    program: 'OUTPUT { v: MATCH("/;evil();/", "/;evil();/") != null }',
    result: { v: true },
    printed: text("return /a/;evil();/b/.test('');").replace('return /a/', '/a/'),
    reason: 'node-field',
  },
  {
    number: 25,
    idea: 'a file name that ends the comment it stands in',
    program: 'OUTPUT { v: 1 }',
    id: '*/evil()/*.bl',
    result: { v: 1 },
    printed: text('/* *//* .bl:1 */ evil();\n  return null;'),
    reason: 'text-character',
  },
  {
    number: 26,
    idea: 'a TRANSFORM named like the comment that names a source',
    program: 'TRANSFORM `# sourceURL=trusted.js` { OUTPUT { v: 1 } }',
    result: { v: 1 },
    printed: `${text('throw new Error();')}//# sourceURL=trusted.js`,
    reason: 'text-character',
    harm: '(() => { try { f[0](); } catch (e) { return e.stack.includes("trusted.js"); } })()',
  },
  {
    number: 27,
    idea: 'a name that stands in trails, as a text of the code',
    program:
      "FUNC `x'); evil(); ('`(n) = n.a.b; TRANSFORM T { OUTPUT { v: TRY `x'); evil(); ('`({}) CATCH(e) -> e.code } }",
    result: { v: 'MR6005' },
    printed: text("at('x'); evil(); ('');\n  return null;").replace("at('x')", "('x')"),
    reason: 'statement-place',
  },
  {
    number: 28,
    idea: 'variables named like labels',
    program:
      'LET to = 0; LET to_1 = 0; FOR i IN [1, 2, 3] { IF i == 2 THEN { SET to = to + i; } ELSE { SET to_1 = to_1 + (i ?? 0); } } OUTPUT { v: [to, to_1] }',
    result: { v: [2, 4] },
    printed: text('to_3: {\n    break to_2;\n  }\n  return null;'),
    reason: 'syntax',
    harm: BREAKS,
  },
  {
    number: 29,
    idea: 'more variables than V8 gives a function',
    program: `${Array.from({ length: 300 }, (_, i) => `LET v${i} = ${i};`).join(' ')} OUTPUT { v: v299 }`,
    result: { v: 299 },
    stays: 'size',
    printed: `'use strict';\nfunction one_1(run, ${Array.from({ length: 70_000 }, (_, i) => `a_${i}`).join(', ')}) {\n  return null;\n}\nreturn [one_1];\n`,
    reason: 'text-size',
    harm: BREAKS,
  },
  {
    number: 30,
    idea: 'conditions nested deeper than the reader of the gate follows',
    program: `OUTPUT { v: ${'('.repeat(50)}input.a${')'.repeat(50)} }`,
    input: { a: true },
    result: { v: true },
    printed: text(`return ${'!'.repeat(DEEP)}input_0;`),
    reason: 'too-deep',
    harm: 'f[0](null, 1) === true',
  },
  {
    number: 31,
    idea: 'two functions whose names leave one word',
    program: 'FUNC `a-b`() = 1; FUNC `a+b`() = 2; TRANSFORM T { OUTPUT { v: [`a-b`(), `a+b`()] } }',
    result: { v: [1, 2] },
    printed: `'use strict';\n${unit('return 1;', 'a_1')}${unit('return 2;', 'a_1')}return [a_1, a_1];\n`,
    reason: 'name-taken',
    harm: 'f[0]() === 2',
  },
  {
    number: 32,
    idea: 'many branches',
    program: `LET v = 0; ${Array.from({ length: WIDE }, (_, i) => `IF input.a == ${i} THEN { SET v = ${i}; }`).join(' ')} OUTPUT { v: v }`,
    input: { a: WIDE - 1 },
    result: { v: WIDE - 1 },
    stays: 'size',
    printed: text(Array.from({ length: 2 * WIDE }, (_, i) => `if (input_0 === ${i}) return ${i};`).join('\n  ')),
    reason: 'function-size',
    harm: `f[0](null, ${WIDE}) === ${WIDE}`,
  },
];
