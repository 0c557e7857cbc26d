/** The tree of causes behind an output field, for each way in which a value comes about. */
import { describe, expect, it } from 'vitest';
import {
  capability,
  createHost,
  createTracer,
  MemoryStore,
  renderExplanation,
  sharedState,
  UsageError,
} from '../../../src/index.ts';

let attempts = 0;

const shop = capability('host:shop', {
  flaky: {
    params: ['any'],
    effect: 'read',
    call: (x: number) => {
      attempts++;
      if (attempts % 2 === 1) throw new Error('down');
      return x;
    },
  },
  applyTo: { params: ['any', 'any'], effect: 'read', call: (xs: number[], f: (x: number) => number) => xs.map(f) },
  rate: { params: [], effect: 'read', call: () => 7 },
  later: { params: ['any'], effect: 'read', async: true, call: async (x: number) => x * 2 },
});

async function explain(source: string, input: unknown, field = 'v'): Promise<string> {
  const module = await createHost({
    grants: { 'host:shop': shop, 'host:shared': sharedState(new MemoryStore()) },
  }).load(source);
  const tracer = createTracer();
  await module.runAsync(undefined, input, { tracer, input: 'trusted' });
  const tree = tracer.explainField(field);
  return tree === null ? 'nothing' : renderExplanation(tree);
}

/** The tree below its first line. */
async function causes(source: string, input: unknown, field = 'v'): Promise<readonly string[]> {
  return (await explain(source, input, field)).split('\n').slice(1);
}

describe('a value comes from', () => {
  it('a field of the input, whatever name it was read by', async () => {
    expect(
      await causes('LET c = input.customer;\nLET d = c;\nOUTPUT { v: d.name }', { customer: { name: 'Ada' } }),
    ).toEqual(['└─ input.customer.name = "Ada"']);
  });

  it('a field that the input does not have', async () => {
    expect(await causes('OUTPUT { v: input.misspelt ?? 0 }', {})).toEqual([
      '├─ input.misspelt = null (absent from the input)',
      '└─ 0 (literal)',
    ]);
  });

  it('a variable, with the line that set it', async () => {
    expect(await causes('LET a = input.n + 1;\nOUTPUT { v: a }', { n: 4 })).toEqual([
      '└─ a = 5   ← line 1: LET a = input.n + 1;',
      '   ├─ input.n = 4',
      '   └─ 1 (literal)',
    ]);
  });

  it('rounds of a loop, with the elements that WHERE left out', async () => {
    const source = 'LET t = 0;\nFOR EACH x IN input.xs WHERE x.n > 0 {\n  SET t = t + x.n;\n}\nOUTPUT { v: t }';
    expect(await causes(source, { xs: [{ n: 2 }, { n: 0 }, { n: 3 }] })).toEqual([
      '└─ t = 5 (set 2 times)   ← line 3: SET t = t + x.n;',
      '   ├─ t = 0   ← line 1: LET t = 0;',
      '   ├─ 0 → 2',
      '   │  └─ input.xs[0].n = 2',
      '   ├─ 2 → 5',
      '   │  └─ input.xs[2].n = 3',
      '   └─ 1 of 3 elements did not pass WHERE   ← line 2: FOR EACH x IN input.xs WHERE x.n > 0 {',
      '      └─ input.xs[1].n = 0',
    ]);
  });

  it('many rounds: the first and the last are shown', async () => {
    const lines = await causes('LET t = 0;\nFOR EACH x IN input.xs {\n  SET t = t + x;\n}\nOUTPUT { v: t }', {
      xs: Array.from({ length: 100 }, (_, i) => i),
    });
    expect(lines).toContain('   ├─ … 88 more');
    expect(lines.length).toBe(27);
  });

  it('the branch of an IF that ran, and its condition', async () => {
    const source = 'LET t = 0;\nIF input.n > 3\nTHEN { SET t = 1; }\nELSE { SET t = 2; }\nOUTPUT { v: t }';
    expect(await causes(source, { n: 2 })).toEqual([
      '└─ t = 2   ← line 4: ELSE { SET t = 2; }',
      '   └─ because the condition was false   ← line 2: IF input.n > 3',
      '      ├─ input.n = 2',
      '      └─ 3 (literal)',
    ]);
  });

  it('every condition of a chain that was asked, on one line or on several', async () => {
    const source =
      'OUTPUT { v: IF input.x == 0 THEN "a" ELSE IF input.y == 1 THEN "b" ELSE IF input.z THEN "c" ELSE "d" }';
    expect(await causes(source, { x: 1, y: 2, z: true })).toEqual([
      '├─ because the condition was false',
      '│  ├─ input.x = 1',
      '│  └─ 0 (literal)',
      '├─ because the condition was false',
      '│  ├─ input.y = 2',
      '│  └─ 1 (literal)',
      '├─ because the condition was true',
      '│  └─ input.z = true',
      '└─ "c" (literal)',
    ]);
  });

  it('a negated condition in a chain', async () => {
    const source = 'LET t = 0;\nIF !(input.n > 3) && input.ok THEN {\n  SET t = 1;\n}\nOUTPUT { v: t }';
    expect(await causes(source, { n: 2, ok: true })).toEqual([
      '└─ t = 1   ← line 3: SET t = 1;',
      '   └─ because the condition was true   ← line 2: IF !(input.n > 3) && input.ok THEN {',
      '      ├─ input.n = 2',
      '      ├─ 3 (literal)',
      '      └─ input.ok = true',
    ]);
  });

  it('a write to a path, and no other', async () => {
    const source = 'LET o = {a: {b: 1}};\nSET o.a.b = input.n;\nSET o.c = 5;\nOUTPUT { v: o.a.b, w: o }';
    expect(await causes(source, { n: 4 })).toEqual([
      '└─ o.a.b = 4   ← line 2: SET o.a.b = input.n;',
      '   └─ input.n = 4',
    ]);
    expect(await causes(source, { n: 4 }, 'w')).toEqual([
      '└─ o = {a: {b: 4}, c: 5} (2 writes)',
      '   ├─ o = {a: {b: 1}}   ← line 1: LET o = {a: {b: 1}};',
      '   │  └─ 1 (literal)',
      '   ├─ o.a.b = 4   ← line 2: SET o.a.b = input.n;',
      '   │  └─ input.n = 4',
      '   └─ o.c = 5   ← line 3: SET o.c = 5;',
    ]);
  });

  it('writes under computed keys', async () => {
    const source = 'LET m = {};\nFOR EACH x IN input.xs {\n  SET m[x.k] = (m[x.k] ?? 0) + x.n;\n}\nOUTPUT { v: m }';
    const xs = [
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
      { k: 'a', n: 3 },
    ];
    expect(await causes(source, { xs }, 'v.a')).toEqual([
      '└─ m.a = 4   ← line 3: SET m[x.k] = (m[x.k] ?? 0) + x.n;',
      '   ├─ m.a = 1',
      '   │  ├─ m.a = null   ← line 1: LET m = {};',
      '   │  ├─ input.xs[0].k = "a"',
      '   │  ├─ 0 (literal)',
      '   │  └─ input.xs[0].n = 1',
      '   ├─ input.xs[2].k = "a"',
      '   └─ input.xs[2].n = 3',
    ]);
  });

  it('an element that was appended, and MODIFY', async () => {
    const append = 'LET xs = [];\nFOR EACH x IN input.xs {\n  APPEND TO xs { n: x + 1 };\n}\nOUTPUT { v: xs }';
    expect(await causes(append, { xs: [5, 6] }, 'v[1].n')).toEqual([
      '└─ xs[1].n = 7   ← line 3: APPEND TO xs { n: x + 1 };',
      '   ├─ input.xs[1] = 6',
      '   └─ 1 (literal)',
    ]);
    const modify = 'LET o = {s: 1};\nMODIFY o { s: input.n, t: 2 };\nOUTPUT { v: o.s }';
    expect(await causes(modify, { n: 4 })).toEqual([
      '└─ o.s = 4   ← line 2: MODIFY o { s: input.n, t: 2 };',
      '   └─ input.n = 4',
    ]);
  });

  it('an element of a comprehension', async () => {
    const source = 'OUTPUT { v: [x.n * 2 FOR EACH x IN input.xs WHERE x.n > 1] }';
    expect(await causes(source, { xs: [{ n: 1 }, { n: 2 }, { n: 3 }] }, 'v[1]')).toEqual([
      '├─ input.xs[2].n = 3',
      '└─ 2 (literal)',
    ]);
  });

  it('a FUNC, its arguments and the condition that it returned under', async () => {
    const source =
      'FUNC f(n) {\n  IF n <= 1 THEN {\n    RETURN 1;\n  }\n  RETURN n * f(n - 1);\n}\nTRANSFORM T { OUTPUT { v: f(input.n) }; }';
    expect(await causes(source, { n: 2 })).toEqual([
      '└─ f(2) = 2   ← line 5: RETURN n * f(n - 1);',
      '   ├─ n = input.n = 2',
      '   └─ f(1) = 1   ← line 3: RETURN 1;',
      '      ├─ 1 (literal)',
      '      └─ because the condition was true   ← line 2: IF n <= 1 THEN {',
      '         ├─ n = 1   ← line 5: RETURN n * f(n - 1);',
      '         │  ├─ n = 2 (as above)',
      '         │  └─ 1 (literal)',
      '         └─ 1 (literal)',
    ]);
  });

  it('a lambda that the library calls, and what it captured', async () => {
    const source = 'LET k = input.k;\nLET ys = MAP(input.xs, (x) -> x * k);\nOUTPUT { v: SUM(ys) }';
    expect(await causes(source, { xs: [5, 6], k: 2 })).toEqual([
      '└─ SUM([10, 12]) = 22',
      '   └─ ys = [10, 12]   ← line 2: LET ys = MAP(input.xs, (x) -> x * k);',
      '      └─ MAP([5, 6], <lambda>) = [10, 12]',
      '         ├─ input.xs = [5, 6]',
      '         ├─ input.xs[0] = 5',
      '         ├─ k = 2   ← line 1: LET k = input.k;',
      '         │  └─ input.k = 2',
      '         └─ input.xs[1] = 6',
    ]);
  });

  it('a variable that lambdas share and write', async () => {
    const source =
      'LET count = 0;\nLET inc = () -> {\n  SET count = count + 1;\n};\ninc();\ninc();\nOUTPUT { v: count }';
    expect(await causes(source, {})).toEqual([
      '└─ count = 2 (set 2 times)   ← line 3: SET count = count + 1;',
      '   ├─ count = 0   ← line 1: LET count = 0;',
      '   ├─ 0 → 1',
      '   │  └─ 1 (literal)',
      '   └─ 1 → 2',
      '      └─ 1 (literal)',
    ]);
  });

  it('the library, told once', async () => {
    const source = 'LET r = ROUND(input.x);\nOUTPUT { v: r + r }';
    expect(await causes(source, { x: 1.6 })).toEqual([
      '└─ r = 2   ← line 1: LET r = ROUND(input.x);',
      '   └─ ROUND(1.6) = 2',
      '      └─ input.x = 1.6',
    ]);
  });

  it('a guarded part that failed', async () => {
    const source = 'LET r = TRY input.a.b.c CATCH (e) RETRY 2 TIMES -> input.other;\nOUTPUT { v: r }';
    expect(await causes(source, { a: null, other: 3 })).toEqual([
      '└─ r = 3   ← line 1: LET r = TRY input.a.b.c CATCH (e) RETRY 2 TIMES -> input.other;',
      '   ├─ because TRY failed: Indexing supported only for list or object',
      '   └─ input.other = 3',
    ]);
  });

  it('the host, at once or after waiting', async () => {
    const source =
      'IMPORT "host:shop" AS shop;\nTRANSFORM T { OUTPUT { v: shop.rate() * input.n + shop.later(input.n) }; }';
    expect(await causes(source, { n: 2 })).toEqual([
      '├─ shop.rate() = 7',
      '├─ input.n = 2',
      '└─ shop.later(2) = 4',
      '   └─ input.n = 2',
    ]);
  });

  it('the branch of a CASE, with every condition on the way', async () => {
    const source =
      'LET r = CASE {\n  WHEN input.t == "a" THEN 1\n  WHEN input.t == "b" THEN input.k\n  ELSE 9\n};\nOUTPUT { v: r }';
    expect(await causes(source, { t: 'b', k: 4 })).toEqual([
      '└─ r = 4   ← line 1: LET r = CASE {',
      '   ├─ because the condition was false   ← line 2: WHEN input.t == "a" THEN 1',
      '   │  ├─ input.t = "b"',
      '   │  └─ "a" (literal)',
      '   ├─ because the condition was true   ← line 3: WHEN input.t == "b" THEN input.k',
      '   │  ├─ input.t = "b"',
      '   │  └─ "b" (literal)',
      '   └─ input.k = 4',
    ]);
  });

  it('a step that a condition on the line of its loop allowed', async () => {
    const source = 'LET t = 0;\nFOR EACH x IN input.xs { IF x > 2 THEN { SET t = t + x; } }\nOUTPUT { v: t }';
    expect(await causes(source, { xs: [1, 3] })).toEqual([
      '└─ t = 3   ← line 2: FOR EACH x IN input.xs { IF x > 2 THEN { SET t = t + x; } }',
      '   ├─ t = 0   ← line 1: LET t = 0;',
      '   ├─ input.xs[1] = 3',
      '   └─ because the condition was true',
      '      ├─ input.xs[1] = 3',
      '      └─ 2 (literal)',
    ]);
  });

  it('a part of the input that a condition chose', async () => {
    const source =
      'LET best = input.xs[0];\nFOR EACH x IN input.xs {\n  IF x.p < best.p THEN { SET best = x; }\n}\nOUTPUT { v: best.name }';
    expect(
      await causes(source, {
        xs: [
          { name: 'a', p: 5 },
          { name: 'b', p: 2 },
        ],
      }),
    ).toEqual([
      '├─ input.xs[1].name = "b"',
      '└─ because the condition was true   ← line 3: IF x.p < best.p THEN { SET best = x; }',
      '   ├─ input.xs[1].p = 2',
      '   └─ input.xs[0].p = 5',
    ]);
  });

  it('every element that the library took, also where they have one name', async () => {
    const source = 'LET xs = [input.a * 2, input.b * 3];\nLET ys = MAP(xs, (x) -> x + 1);\nOUTPUT { v: ys }';
    const all = await causes(source, { a: 1, b: 2 });
    expect(all.filter((line) => line.includes('(element'))).toEqual([
      '      ├─ x = 2 (element 0)',
      '      └─ x = 6 (element 1)',
    ]);
    expect(all.join('\n')).not.toContain('as above');
    expect(await causes(source, { a: 1, b: 2 }, 'v[1]')).toEqual([
      '└─ ys[1] = 7   ← line 2: LET ys = MAP(xs, (x) -> x + 1);',
      '   ├─ x = 6 (element 1)',
      '   │  └─ xs[1] = 6   ← line 1: LET xs = [input.a * 2, input.b * 3];',
      '   │     ├─ input.b = 2',
      '   │     └─ 3 (literal)',
      '   └─ 1 (literal)',
    ]);
  });

  it('the running result of REDUCE, which is no element even where it equals one', async () => {
    const source = 'OUTPUT { v: REDUCE(input.xs, 0, (a, x) -> a + x) }';
    expect(await causes(source, { xs: [1, 1, 1] })).toEqual([
      '└─ REDUCE([1, 1, 1], 0, <lambda>) = 3',
      '   ├─ input.xs = [1, 1, 1]',
      '   ├─ 0 (literal)',
      '   ├─ a = 0',
      '   │  └─ 0 (literal)',
      '   ├─ input.xs[0] = 1',
      '   ├─ a = 1 (result of the call before)',
      '   ├─ input.xs[1] = 1',
      '   ├─ a = 2 (result of the call before)',
      '   └─ input.xs[2] = 1',
    ]);
  });

  it('a lambda that the host calls', async () => {
    const source =
      'IMPORT "host:shop" AS shop;\nTRANSFORM T { OUTPUT { v: shop.applyTo(input.xs, (x) -> x * input.k) }; }';
    expect(await causes(source, { xs: [4, 5], k: 2 })).toEqual([
      '└─ shop.applyTo([4, 5], <lambda>) = [8, 10]',
      '   ├─ input.xs = [4, 5]',
      '   ├─ input.xs[0] = 4',
      '   ├─ input.k = 2',
      '   └─ input.xs[1] = 5',
    ]);
  });

  it('a variable whose parts were told, told whole', async () => {
    const source = 'LET o = {x: input.a, y: input.b};\nOUTPUT { v: [o.x, o], w: o }';
    expect(await causes(source, { a: 1, b: 2 })).toEqual([
      '├─ o.x = 1   ← line 1: LET o = {x: input.a, y: input.b};',
      '│  └─ input.a = 1',
      '└─ o = {x: 1, y: 2}   ← line 1: LET o = {x: input.a, y: input.b};',
      '   ├─ input.a = 1',
      '   └─ input.b = 2',
    ]);
  });

  it('parts that are read twice at every step, in steps as many as there are lines', async () => {
    const lines = Array.from({ length: 20 }, (_, i) =>
      i === 0 ? 'LET a0 = {x: input.n};' : `LET a${i} = {x: a${i - 1}.x + a${i - 1}.x};`,
    );
    const shown = await causes(`${lines.join('\n')}\nOUTPUT { v: a19.x }`, { n: 1 });
    expect(shown.length).toBe(21);
    expect(shown.at(-1)).toMatch(/└─ input\.n = 1$/);
  });

  it('the computed keys of a write', async () => {
    const source = 'LET o = {};\nFOR EACH x IN input.xs {\n  APPEND TO o[x.k] x.n INIT [];\n}\nOUTPUT { v: o.a }';
    expect(
      await causes(source, {
        xs: [
          { k: 'b', n: 1 },
          { k: 'a', n: 2 },
        ],
      }),
    ).toEqual([
      '└─ o.a = [2]',
      '   ├─ o.a = null   ← line 1: LET o = {};',
      '   └─ o.a[0] = 2   ← line 3: APPEND TO o[x.k] x.n INIT [];',
      '      ├─ input.xs[1].n = 2',
      '      └─ input.xs[1].k = "a"',
    ]);
  });

  it('a statement of TRY that failed, and the error', async () => {
    const source = 'TRY ASSERT(input.ok, "no stock") CATCH (e) -> { v: input.other, m: e.message };';
    const input = { ok: false, other: 3 };
    expect(await causes(source, input)).toEqual(['├─ because TRY failed: no stock', '└─ input.other = 3']);
    expect(await causes(source, input, 'm')).toEqual([
      '├─ because TRY failed: no stock',
      '└─ e.message = "no stock" (the error that was caught)',
    ]);
  });

  it('an attempt that succeeded after one that failed', async () => {
    const source =
      'IMPORT "host:shop" AS shop;\nTRANSFORM T { OUTPUT { v: TRY shop.flaky(input.n) CATCH (e) RETRY 1 TIMES -> 0 }; }';
    expect(await causes(source, { n: 4 })).toEqual(['└─ shop.flaky(4) = 4', '   └─ input.n = 4']);
  });

  it('shared state', async () => {
    const source =
      'SHARED cache SINGLE;\nTRANSFORM T {\n  SHARED_WRITE("cache", "k", input.n);\n  OUTPUT { v: AWAIT cache.k };\n}';
    expect(await causes(source, { n: 4 })).toEqual(['└─ cache.k = 4']);
  });

  it('a field whose name has letters of any language', async () => {
    expect(await explain('OUTPUT { größe: input.größe }', { größe: 3 }, 'größe')).toBe(
      'größe = 3   ← line 1: OUTPUT { größe: input.größe }\n└─ input.größe = 3',
    );
  });

  it('two lines that take turns, without end', async () => {
    const source =
      'LET a = 1;\nFOR EACH i IN RANGE(2000) {\n  SET a = (a + i) % 1000;\n  SET a = (a * 2) % 1000;\n}\nOUTPUT { v: a }';
    const lines = await causes(source, {});
    expect(lines.length).toBeLessThan(500);
    expect(lines.at(-1)).toMatch(/^ +[└├]─ /);
  });
});

describe('which record', () => {
  const source = 'FOR EACH o IN input.os {\n  OUTPUT { v: o.n };\n}\nOUTPUT { w: 1 };';
  const input = { os: [{ n: 1 }, { n: 5 }] };

  it('is told by its number, or is the first that has the field', async () => {
    expect(await causes(source, input, '[1].v')).toEqual(['└─ input.os[1].n = 5']);
    expect(await causes(source, input, 'v')).toEqual(['└─ input.os[0].n = 1']);
    expect(await explain(source, input, 'w')).toBe('w = 1   ← line 4: OUTPUT { w: 1 };\n└─ 1 (literal)');
  });

  it('has no such field', async () => {
    expect(await explain(source, input, 'x')).toBe('nothing');
    expect(await explain(source, input, '[7].v')).toBe('nothing');
    expect(await explain('LET a = 1;', {}, 'v')).toBe('nothing');
  });

  it('is what ABORT or OUTPUT of a list gave', async () => {
    expect(await causes('OUTPUT input.items', { items: [{ a: 1 }, { a: 2 }] }, '[1].a')).toEqual([
      '└─ input.items[1].a = 2',
    ]);
    expect(await causes('ABORT { why: input.reason };', { reason: 'late' }, 'why')).toEqual([
      '└─ input.reason = "late"',
    ]);
  });

  it('is the result of a FUNC', async () => {
    const module = await createHost().load('EXPORT FUNC gross(order) = { total: order.net * 2 };');
    const tracer = createTracer();
    module.run('gross', { net: 5 }, { tracer });
    const tree = tracer.explainField('total');
    expect(tree === null ? '' : renderExplanation(tree)).toBe(
      'total = 10   ← line 1: EXPORT FUNC gross(order) = { total: order.net * 2 };\n├─ order.net = 5\n└─ 2 (literal)',
    );
  });

  it('must be asked for with a path', () => {
    expect(() => createTracer().explainField('a..b')).toThrow(UsageError);
  });
});

describe('the text', () => {
  it('is of bounded width', async () => {
    const rows = Array.from({ length: 30 }, (_, id) => ({ id, name: 'n'.repeat(500), tags: ['a'.repeat(90), 'b'] }));
    const text = await explain('OUTPUT { v: REVERSE(input.rows) }', { rows });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(300);
    expect(text).toContain('+20]');
  });

  it('has no line that the program wrote', async () => {
    const source = 'OUTPUT { v: TRY ASSERT(false, input.m) CATCH (e) -> 1 }';
    expect(await causes(source, { m: 'down\n└─ input.n = 5 "x"' })).toEqual([
      '├─ because TRY failed: down\\n└─ input.n = 5 "x"',
      '└─ 1 (literal)',
    ]);
  });

  it('of a whole record goes field by field', async () => {
    expect(await explain('OUTPUT { n: input.n, d: input.n * 2 }', { n: 4 }, '$')).toBe(
      [
        'output = {n: 4, d: 8}   ← line 1: OUTPUT { n: input.n, d: input.n * 2 }',
        '├─ n = 4',
        '│  └─ input.n = 4',
        '└─ d = 8',
        '   ├─ input.n = 4',
        '   └─ 2 (literal)',
      ].join('\n'),
    );
  });
});

describe('a long run', () => {
  it('keeps the values but not all their causes', async () => {
    const module = await createHost().load(
      'LET t = 0;\nFOR EACH x IN input.xs {\n  SET t = t + x;\n}\nOUTPUT { v: t }',
    );
    const tracer = createTracer({ maxEvents: 50 });
    module.run(undefined, { xs: Array.from({ length: 1000 }, (_, i) => i) }, { tracer });
    expect(tracer.events.length).toBe(50);
    expect(tracer.report().totalEvents).toBeGreaterThan(5000);
    expect(tracer.explainField('v')).toMatchObject({ what: 'v', value: 499_500 });
  });

  it('says where causes are missing, and mistakes no field for another', async () => {
    const fields = Array.from({ length: 24 }, (_, i) => `  f${i}: input.p${i} + t`).join(',\n');
    const module = await createHost().load(
      `LET t = 0;\nFOR EACH x IN input.xs { SET t = t + x; }\nOUTPUT {\n${fields}\n}`,
    );
    const input = {
      xs: Array.from({ length: 100 }, () => 0),
      ...Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`p${i}`, i])),
    };
    const tracer = createTracer({ maxEvents: 50 });
    module.run(undefined, input, { tracer });
    const tree = tracer.explainField('f20');
    expect(tree === null ? '' : renderExplanation(tree)).toBe(
      'f20 = 20   ← line 24: f20: input.p20 + t,\n├─ input.p20 = 20\n└─ t = 0 (causes not kept: the run is too long)',
    );
  });
});
