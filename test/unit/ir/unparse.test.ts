/** IR → source → IR compiles to the same module: for scripts, generated programs, and what only a few programs say. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { unparseModule } from '../../../src/front/unparse.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { admit, astOf, compile, generatedPrograms, irOf, langPrograms, withoutPlaces } from './programs.ts';

function textOf(ir: IrModule): string {
  const unparsed = unparseModule(ir, { standard: STANDARD });
  if (!('text' in unparsed)) throw new Error(`${unparsed.diagnostics[0]?.message}`);
  return unparsed.text;
}

function expectSameModule(name: string, source: string): void {
  const ir = irOf(source) as IrModule;
  const text = textOf(ir);
  const again = irOf(text);
  if (again === null) expect.fail(`${name} cannot be read again:\n${source}\n${text}`);
  const [before, after] = [withoutPlaces(compile(ir)), withoutPlaces(compile(again))];
  if (!isDeepStrictEqual(after, before)) expect(after, `${name}\n${source}\n${text}`).toEqual(before);
  expect(textOf(again), name).toBe(text);
}

test('every script of the language suite', () => {
  for (const { name, source } of langPrograms()) expectSameModule(name, source);
});

test('generated programs', () => {
  for (const { name, source } of generatedPrograms(42, 150)) expectSameModule(name, source);
});

test.each([
  [
    'imports',
    'IMPORT "host:http" AS h { get(a), put(b, c), del }; IMPORT "./m.bl" AS m WITH { h } PIN "sha256:' +
      '1'.repeat(64) +
      '";\nTRANSFORM T { OUTPUT { a: h.put(1, 2), b: h.del(1), c: h.del(), d: m.f() } }',
  ],
  [
    'imports in the order of their calls',
    'IMPORT "host:a" AS `b c`; TRANSFORM T { OUTPUT { a: `b c`.x(`b c`.y(1)), t: NOW() } }',
  ],
  ['exports', 'EXPORT FUNC f(a) = a; TRANSFORM T { OUTPUT { a: f(1) } }'],
  ['no exports at all', 'EXPORT TYPE N = any; TRANSFORM T { OUTPUT {} }'],
  ['functions alone', 'FUNC f(a) { RETURN a; }'],
  [
    'resources of options',
    'SHARED x MANY; TRANSFORM x2 OPTIONS { shared: [x SINGLE, y MANY, x2 MANY] } { x[1] = 2; y["k"] = x2; } TRANSFORM B { x["a"] = 1 }',
  ],
  [
    'names that are hidden',
    'FUNC f(x, x) = x; TRANSFORM T { LET input = 1; LET row = $.a; FOR EACH input IN [2] { OUTPUT { a: input, b: $ } } }',
  ],
  [
    'names that are keywords',
    'TRANSFORM `if` { LET `set` = 1; LET type = 2; SET `set` = type; OUTPUT { set: `set`, `for`: input.type.`if` } }',
  ],
  [
    'names of standard functions',
    'TRANSFORM T { LET f = (LENGTH) -> LENGTH + LENGTH("abc"); LET TAKE = (x) -> x; OUTPUT { a: f(1), b: TAKE(1) } }',
  ],
  ['THROW as a name', 'FUNC THROW(x) = x; TRANSFORM T { `THROW`([1]); THROW "a" }'],
  ['what is thrown', 'TRANSFORM T { THROW ([1]); THROW (-1); THROW { a: 1 }; THROW ((1 + 2) * 3); THROW ((x) -> x) }'],
  [
    'keys',
    'TRANSFORM T { LET a = {}; SET a.0 .1.b = 1; SET a[0][1].`x y` = 2; MODIFY a.1 .2 { 0: 1, "q r": 2, ["z"]: 3 }; OUTPUT { a: a[0].b, b: a[0.0], c: (a.x).y, d: a[1:].z, e: a[:2] } }',
  ],
  [
    'appending',
    'TRANSFORM T { LET a = []; APPEND TO a ([1]) INIT [2]; APPEND TO a.b (-1); APPEND TO a (x) -> x; APPEND TO a[0] "t" }',
  ],
  [
    'numbers',
    'OUTPUT { a: 0.0000001, b: 123456789012345678901234.0, c: -5, d: - -5, e: 9007199254740993, f: 1.5, g: ' +
      '9'.repeat(400) +
      '.0 }',
  ],
  ['texts', 'OUTPUT { a: "\\n\\t\\r\\\\\\"\\u0000\\u202e\\ud83d", b: "é😀" }'],
  ['divisions behind braces', 'OUTPUT { a: ({ b: 1 }) // 2, b: [1] // 2, c: (input // 2) // 3, d: 8 // (4 // 2) }'],
  [
    'expressions that go on',
    'LET f = (x) -> ({ a: x }); LET g = TRY f(1) CATCH(e) RETRY 2 TIMES BACKOFF "1s" -> IF e THEN 1 ELSE 2; OUTPUT { a: (IF 1 THEN 2 ELSE 3) + (TRY 1 CATCH(e) -> 2), b: ((x) -> x)(1) }',
  ],
  [
    'statements that are expressions',
    'TRANSFORM T { (TRY 1 CATCH(e) -> 2); TRY 1 CATCH(e) -> { a: 1 }; TRY 1 CATCH(e) -> ABORT { a: e }; TRY 1 CATCH(e) -> ABORT; (IF 1 THEN 2 ELSE 3); { a: 1 }; [1]; ABORT }',
  ],
  [
    'calls of what is no function',
    'FUNC f() = input(1); TRANSFORM T { LET a = input(1); OUTPUT { a: a.b(1)(2), b: f()() } }',
  ],
  [
    'waiting',
    'SHARED s MANY; TRANSFORM T { LET a = AWAIT s.k; LET b = AWAIT a.k; LET c = AWAIT (a + b); LET d = SUSPEND -a; OUTPUT { a: AWAIT s["k"], b: -AWAIT a } }',
  ],
])('%s', (name, source) => {
  expectSameModule(name, source);
});

test('variables are renamed where their name would hide what is meant', () => {
  const ast = astOf(
    'FUNC f(a, b) = [a + b, f(1, 2), ((c) -> c + a)(3)]; TRANSFORM T { LET x = 1; LET y = 2; OUTPUT { x: x, y: y } }',
  );
  const text = JSON.stringify(ast)
    .replaceAll(/"name":"[abcxy]"/g, '"name":"f"')
    .replace('"name":"T"', '"name":"U"')
    .replace('"name":"T"', '"name":"U"');
  const decoding = admit(text);
  if (!decoding.ok) expect.fail(`${decoding.refusal.reason} ${decoding.refusal.pointer}`);
  const source = textOf(decoding.module);
  const again = irOf(source);
  const code = (ir: IrModule): unknown => compile(ir).units.map((unit) => [...unit.code]);
  expect(again && code(again), source).toEqual(code(decoding.module));
});

test('the text is formatted and reads like one that a person wrote', () => {
  const ir = irOf(
    'TRANSFORM T{LET a=input.x;FOR EACH i IN a WHERE i>1{IF i==2 THEN{OUTPUT{i:i}}ELSE IF i==3 THEN{ABORT}ELSE{RETURN}};LET c=CASE{WHEN a THEN 1 WHEN !a THEN 2 ELSE 3};OUTPUT{c:c}}',
  );
  expect(textOf(ir as IrModule)).toBe(`TRANSFORM T {
  LET a = input.x;
  FOR EACH i IN a WHERE i > 1 {
    IF i == 2 THEN {
      OUTPUT { i: i };
    } ELSE IF i == 3 THEN {
      ABORT;
    } ELSE {
      RETURN;
    }
  }
  LET c = IF a THEN 1 ELSE IF !a THEN 2 ELSE 3;
  OUTPUT { c: c };
}
`);
});
