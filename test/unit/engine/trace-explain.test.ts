/** The tree of causes behind an output field, for each way in which a value comes about. */
import { describe, expect, it } from 'vitest';
import { capability, createHost, createTracer, renderExplanation, UsageError } from '../../../src/index.ts';

const shop = capability('host:shop', {
  rate: { params: [], effect: 'read', call: () => 7 },
  later: { params: ['any'], effect: 'read', async: true, call: async (x: number) => x * 2 },
});

async function explain(source: string, input: unknown, field = 'v'): Promise<string> {
  const module = await createHost({ grants: { 'host:shop': shop } }).load(source);
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
      '└─ t = 5 (2 times)   ← line 3: SET t = t + x.n;',
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
      '└─ count = 2 (2 times)   ← line 3: SET count = count + 1;',
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
});
