/** Programs that once told compiled code from the interpreter; each must end alike, charges and places included. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { capability, createHost, type GrantTable, type HostOptions, type Usage } from '../../../src/index.ts';
import type { TierEvent } from '../../../src/jit/index.ts';

interface Ending {
  readonly outcome: unknown;
  readonly fuel: number;
  readonly memory: number;
}

const compiled: TierEvent[] = [];

afterEach(() => {
  compiled.length = 0;
  Reflect.deleteProperty(Object.prototype, 'zzz');
});

async function end(
  source: string,
  jit: 'off' | 'eager',
  options: HostOptions,
  names: readonly string[],
): Promise<Ending> {
  let last: Usage | undefined;
  const onUsage = (usage: Usage): void => {
    last = usage;
  };
  const onCompiled = (event: TierEvent): void => {
    compiled.push(event);
  };
  const host = createHost({ ...options, jit, onUsage, internals: { onCompiled } });
  const module = await host.load(source, { id: 'm' });
  const outcome: unknown[] = [];
  for (const name of names) {
    try {
      outcome.push(module.run(name, {}));
    } catch (error) {
      outcome.push(JSON.parse(JSON.stringify(error)));
    }
    Reflect.deleteProperty(Object.prototype, 'zzz');
  }
  await host.close();
  return { outcome, fuel: last?.fuel ?? -1, memory: last?.memory ?? -1 };
}

async function expectAlike(
  source: string,
  options: HostOptions = {},
  names: readonly string[] = ['T'],
): Promise<unknown> {
  const interpreted = await end(source, 'off', options, names);
  expect(compiled).toEqual([]);
  const tiered = await end(source, 'eager', options, names);
  expect(compiled.length).toBeGreaterThan(0);
  expect(tiered).toEqual(interpreted);
  return interpreted.outcome;
}

const zeros = (count: number): string => Array.from({ length: count }, () => '0').join();

describe('a realm that a host call has changed', () => {
  const dirty = (): number => {
    Object.defineProperty(Object.prototype, 'zzz', { value: 'inherited', configurable: true, enumerable: false });
    return 1;
  };
  const grants: GrantTable = { 'host:x': capability('host:x', { dirty }) };
  const head = 'IMPORT "host:x" AS x;\n';

  it.each([
    ['by a FUNC', 'FUNC f() = x.dirty(); TRANSFORM T { LET r = {a: 1}; LET d = f(); OUTPUT {v: r.zzz}; }'],
    ['by a lambda', 'TRANSFORM T { LET f = () -> x.dirty(); LET r = {a: 1}; LET d = f(); OUTPUT {v: r.zzz}; }'],
    [
      'by a lambda of the library',
      'TRANSFORM T { LET r = {a: 1}; LET d = MAP([1], (v) -> x.dirty()); OUTPUT {v: r.zzz}; }',
    ],
    [
      'by a lambda that a FUNC hands on',
      'FUNC g(fn) = fn(1); FUNC h(fn) { LET r = {a: 1}; LET d = g(fn); RETURN r.zzz; } TRANSFORM T { OUTPUT {v: h((v) -> x.dirty())}; }',
    ],
    [
      'by a lambda that a FUNC passes to itself',
      'FUNC a(f, n) { IF n <= 0 THEN { RETURN f(1); } RETURN a((y) -> x.dirty(), n - 1); } TRANSFORM T { LET r = {a: 1}; LET d = a((y) -> y, 1); OUTPUT {v: r.zzz}; }',
    ],
    [
      'by a lambda that comes back to a FUNC',
      'FUNC a(f) { LET v = f(1); RETURN b(v); } FUNC b(v) { IF v == 1 THEN { RETURN a((y) -> 2 * x.dirty()); } RETURN v; } TRANSFORM T { LET r = {a: 1}; LET d = a((y) -> y); OUTPUT {v: r.zzz}; }',
    ],
    [
      'on the way to a CATCH',
      'FUNC f() { LET d = x.dirty(); THROW "no"; } TRANSFORM T { LET r = {a: 1}; LET d = TRY f() CATCH(e) => 0; OUTPUT {v: r.zzz}; }',
    ],
  ])('is noticed behind the call: %s', async (_, program) => {
    expect(await expectAlike(head + program, { grants })).toEqual([{ v: null }]);
  });
});

describe('charges', () => {
  it('count a callee among what waits', async () => {
    await expectAlike(
      `TRANSFORM T { LET o = {f: (x) -> x}; LET fs = [(x) -> x]; OUTPUT {v: [${zeros(20)}, fs[0](1), o.f(2)]}; }`,
    );
  });

  it('of what waits come before the depth of a call is looked at', async () => {
    const program = `FUNC f(n) { LET l = [${zeros(30)}, f(n + 1)]; RETURN l; } TRANSFORM T { OUTPUT {v: f(0)}; }`;
    await expectAlike(program, { limits: { depth: 50 } });
  });
});

describe('recursion', () => {
  it('as deep as the limit fits the stack, however many names a function has', async () => {
    const wide = Array.from({ length: 500 }, () => 'c').join();
    const program = `FUNC f(n) { IF n <= 0 THEN { RETURN 0; } LET c = n; LET g = () -> c; SET c = c - 1; LET l = [${wide}]; RETURN f(n - 1) + 1; } TRANSFORM T { OUTPUT {v: f(245)}; }`;
    expect(await expectAlike(program)).toEqual([{ v: 245 }]);
  });
});

describe('a host that calls back', () => {
  const grants: GrantTable = {
    'host:x': capability('host:x', {
      bad: { params: ['any'], returns: 'number', call: (f: unknown) => String((f as (a: number) => unknown)(1)) },
      twice: (f: unknown) => (f as (a: number) => unknown)(1),
    }),
  };

  it('leaves the place of a broken contract at its own call', async () => {
    const program =
      'IMPORT "host:x" AS x;\nFUNC g(a) = a + "x";\nTRANSFORM T {\n\n  OUTPUT {v: x.bad((a) -> g(a))};\n}';
    expect(await expectAlike(program, { grants })).toMatchObject([{ code: 'MR6032' }]);
  });

  it('adds its calls to the trail', async () => {
    const program =
      'IMPORT "host:x" AS x;\nFUNC e(n) { IF n == 0 THEN { THROW "deep"; } RETURN e(n - 1); }\nFUNC d(n) { IF n == 0 THEN { RETURN x.twice((a) -> e(15)); } RETURN d(n - 1); }\nTRANSFORM T { OUTPUT {v: d(15)}; }';
    await expectAlike(program, { grants });
  });
});

it('names of parameters that the generator gives are names of programs, too', async () => {
  const program =
    'TRANSFORM frame { FOR EACH i IN [1, 2] { LET captured = (x) -> x; LET k = captured(1); OUTPUT {k: k}; } }';
  await expectAlike(program, {}, ['frame']);
  expect(compiled.map(({ refusal }) => refusal).filter((refusal) => refusal !== null)).toEqual([]);
});

it('a program that would take long to compile is left to the interpreter', async () => {
  const calls = Array.from({ length: 1_450 }, () => 'f(0)').join();
  const startedAt = process.cpuUsage();
  await expectAlike(`FUNC f(n) = n; TRANSFORM T { LET l = [${calls}]; OUTPUT {v: LENGTH(l)}; }`);
  const { user, system } = process.cpuUsage(startedAt);
  expect((user + system) / 1000).toBeLessThan(2_500);
  expect(compiled.some(({ refusal }) => refusal === 'size')).toBe(true);
});

it.each(['--disallow-code-generation-from-strings', '--disable-proto=throw', '--disable-proto=delete'])(
  'under %s everything works',
  (flag) => {
    const script =
      "const { createHost } = await import('./dist/index.js'); const host = createHost({ jit: 'eager' });" +
      "const m = await host.load('TRANSFORM T { OUTPUT { v: input.a + 1 } }'); console.log(JSON.stringify(m.run({ a: 1 })));";
    const { stdout, stderr } = spawnSync(process.execPath, [flag, '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('{"v":2}\n');
  },
);

describe('constants are asked for no member:', () => {
  it.each([
    [
      'a key of a text',
      'LET t = "a"; OUTPUT {v: [TRY t.key CATCH(e) => e.code, TRY 12345678901234567890.key CATCH(e) => e.code]};',
    ],
    ['a long text on the left', `OUTPUT {v: ["${'x'.repeat(80)}" == input.a, "${'x'.repeat(80)}" != "y"]};`],
  ])('%s', async (_, body) => {
    await expectAlike(`TRANSFORM T { ${body} }`);
    expect(compiled.map(({ refusal }) => refusal)).toEqual([null]);
  });
});

describe('ownership, which decides what is copied and charged', () => {
  const loop = (body: string): string => `FOR EACH i IN [1, 2, 3, 4, 5, 6, 7, 8] { ${body} }`;
  it.each([
    [
      'a list that another variable gets',
      'LET a = []; APPEND TO a 1; LET b = a; APPEND TO a 2; APPEND TO b 3; OUTPUT {a: a, b: b};',
    ],
    ['by way of ??', 'LET a = []; APPEND TO a 1; LET b = a ?? []; APPEND TO a 2; APPEND TO b 3; OUTPUT {a: a, b: b};'],
    ['in a record', 'LET a = []; APPEND TO a 1; LET r = {l: a}; APPEND TO a 2; OUTPUT {a: a, r: r};'],
    ['in a list', 'LET a = []; APPEND TO a 1; LET r = [a, a]; APPEND TO a 2; OUTPUT {a: a, r: r};'],
    ['in itself', 'LET a = []; APPEND TO a 1; APPEND TO a a; APPEND TO a 2; OUTPUT {a: a};'],
    ['under a key of itself', 'LET o = {}; SET o.a = 1; SET o.b = o; SET o.c = 2; OUTPUT {o: o};'],
    [
      'as an argument',
      'FUNC f(l) { APPEND TO l 9; RETURN l; } TRANSFORM T { LET a = []; APPEND TO a 1; LET b = f(a); APPEND TO a 2; OUTPUT {a: a, b: b}; }',
    ],
    [
      'as a result',
      'FUNC f() { LET a = []; APPEND TO a 1; RETURN a; } TRANSFORM T { LET a = f(); APPEND TO a 2; OUTPUT {a: a}; }',
    ],
    ['in a lambda', 'LET a = []; APPEND TO a 1; LET f = () -> a; APPEND TO a 2; OUTPUT {a: a, b: f()};'],
    [
      'by a function that only borrows',
      `LET a = []; ${loop('APPEND TO a i; LET n = LENGTH(a); LET s = STRING(a);')} OUTPUT {a: a};`,
    ],
    [
      'by a function that gives it back',
      'LET a = []; APPEND TO a 1; LET b = LISTIFY(a); APPEND TO a 2; APPEND TO b 3; OUTPUT {a: a, b: b};',
    ],
    ['while it is iterated', 'LET a = [1, 2, 3]; APPEND TO a 4; FOR EACH x IN a { APPEND TO a x; } OUTPUT {a: a};'],
    [
      'over a loop that keeps it',
      `LET a = []; LET o = {}; ${loop('APPEND TO a i; SET o.n = i; SET o["k" + i] = a;')} OUTPUT {a: a, o: o};`,
    ],
    [
      'with writes further in',
      `LET o = {p: {q: []}}; ${loop('APPEND TO o.p.q i; SET o.p.n = i; SET o.m = i;')} OUTPUT o;`,
    ],
    [
      'over a fault',
      `LET a = []; ${loop('LET r = TRY i / (i - 3) CATCH(e) => 0; APPEND TO a r; SET a[0] = r;')} OUTPUT {a: a};`,
    ],
    [
      'of a wrong kind',
      `LET a = []; LET o = {}; ${loop('LET r = TRY LENGTH(o.x) CATCH(e) => a; SET o.x = i;')} OUTPUT {o: o};`,
    ],
    ['by an output', `LET o = {}; ${loop('SET o.n = i; OUTPUT o; OUTPUT {o: o};')}`],
    [
      'with keys that records inherit',
      `LET o = {}; FOR EACH k IN ["toString", "__proto__", "a", "7", "a"] { LET n = o[k] ?? 0; SET o[k] = n + 1; } OUTPUT o;`,
    ],
    [
      'with keys that are numbers',
      `LET o = {}; ${loop('LET n = o[i] ?? 0; SET o[i] = n + i; SET o["x"] = n;')} OUTPUT o;`,
    ],
  ])('is that of the interpreter: %s', async (_, program) => {
    await expectAlike(program.includes('TRANSFORM') ? program : `TRANSFORM T { ${program} }`);
  });
});

describe('lambdas whose code is known', () => {
  it.each([
    ['MAP', 'MAP([1, 2, 3], (x) -> x * 2)'],
    ['index and list', 'MAP([1, 2, 3], (x, i, l) -> x + i + LENGTH(l))'],
    ['none of the arguments', 'MAP([1, 2, 3], () -> 1)'],
    ['more parameters than arguments', 'MAP([1, 2], (a, b, c, d) -> d ?? "none")'],
    ['captured values', 'MAP([1, 2, 3], (x) -> x * k)'],
    ['a lambda in a lambda', 'MAP([[1, 2], [3]], (l) -> MAP(l, (x) -> x * k))'],
    ['the same one twice', 'MAP(MAP([1, 2], (x) -> x + 1), (x) -> x + 1)'],
    ['REDUCE', 'REDUCE([1, 2, 3], 0, (s, x) -> s + x)'],
    ['FILTER', 'FILTER([0, 1, "", "a", null], (x) -> x)'],
    ['SORT_BY', 'SORT_BY([{n: 2}, {n: 1}], (x) -> x.n)'],
    ['a fault inside', 'TRY MAP([1, 0], (x) -> 1 / x) CATCH(e) => e.message'],
    ['a list of another kind', 'TRY MAP({a: 1}, (x) -> x) CATCH(e) => e.message'],
    ['called by name', 'f(2) + f(3)'],
    ['called in place', '((x) -> x + k)(4)'],
    ['too deep a call', 'TRY deep(300) CATCH(e) => 0'],
  ])('are called as the interpreter does: %s', async (_, expression) => {
    const deep = 'FUNC deep(n) { LET down = (m) -> deep(m); IF n == 0 THEN { RETURN 0; } RETURN down(n - 1); }';
    await expectAlike(`${deep} TRANSFORM T { LET k = 3; LET f = (x) -> x * k; OUTPUT {v: ${expression}}; }`);
  });
});
