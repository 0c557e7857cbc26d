/** Tracers: events, provenance by name, reports, and what programs see of them. */
import { describe, expect, it } from 'vitest';
import {
  createHost,
  createTracer,
  LimitError,
  RunError,
  renderReport,
  type TraceEvent,
  type TraceOptions,
  type Tracer,
  UsageError,
} from '../../../src/index.ts';

interface Traced {
  readonly tracer: Tracer;
  readonly result: unknown;
  readonly error: unknown;
}

async function trace(source: string, input: unknown = {}, options: TraceOptions = { step: true }): Promise<Traced> {
  const module = await createHost().load(source, { id: 'program.bl' });
  const tracer = createTracer(options);
  try {
    return { tracer, result: module.run(undefined, input, { tracer }), error: null };
  } catch (error) {
    return { tracer, result: null, error };
  }
}

/** Events without their times. */
function bare(events: readonly TraceEvent[]): readonly object[] {
  return events.map(({ at: _, ...event }) => event);
}

const QUIET = { includeEval: false, includeCalls: false };
const EXAMPLE = 'LET a=1; LET o={}; FOR EACH x IN [1,2] { LET y=x*a; SET o.s=(o.s ?? 0)+y; } OUTPUT {e:EXPLAIN("o")}';

describe('events', () => {
  it('tell of statements, reads, variables and writes, with their lines', async () => {
    const { tracer } = await trace(
      'LET a = input.n;\nLET o = {};\nSET o.k = a;\nAPPEND TO o.xs 5;',
      { n: 2 },
      { ...QUIET, step: true },
    );
    expect(bare(tracer.events)).toEqual([
      { kind: 'enter', node: 'IRLet', line: 1 },
      { kind: 'read', name: 'input', value: { n: 2 }, line: 1 },
      { kind: 'read', name: 'input.n', value: 2, line: 1 },
      { kind: 'let', name: 'a', old: null, new: 2, line: 1 },
      { kind: 'exit', node: 'IRLet', line: 1 },
      { kind: 'enter', node: 'IRLet', line: 2 },
      { kind: 'let', name: 'o', old: null, new: {}, line: 2 },
      { kind: 'exit', node: 'IRLet', line: 2 },
      { kind: 'enter', node: 'IRSet', line: 3 },
      { kind: 'read', name: 'a', value: 2, line: 3 },
      { kind: 'path-write', op: 'SET', root: 'o', path: ['k'], old: null, new: 2, line: 3 },
      { kind: 'exit', node: 'IRSet', line: 3 },
      { kind: 'enter', node: 'IRAppendTo', line: 4 },
      { kind: 'path-write', op: 'APPEND', root: 'o', path: ['xs'], old: null, new: [5], line: 4 },
      { kind: 'exit', node: 'IRAppendTo', line: 4 },
    ]);
  });

  it('tell of calls: host functions, FUNCs, variables and the lambdas in them', async () => {
    const source = 'FUNC f(x) = x + 1;\nTRANSFORM T {\n  LET g = (y) -> f(y);\n  OUTPUT { v: MAX([g(1)]) };\n}';
    const { tracer } = await trace(source, {}, { includeEval: false });
    expect(bare(tracer.events).filter((event) => 'call' in event)).toEqual([
      { kind: 'call', call: 'CALL', name: 'g', args: [1], line: 4 },
      { kind: 'call', call: 'LAMBDA', name: 'g', args: [1], line: 3 },
      { kind: 'call', call: 'FUNC', name: 'f', args: [1], line: 3 },
      { kind: 'return', call: 'FUNC', name: 'f', value: 2, line: 3 },
      { kind: 'return', call: 'LAMBDA', name: 'g', value: 2, line: 3 },
      { kind: 'return', call: 'CALL', name: 'g', value: 2, line: 4 },
      { kind: 'call', call: 'HOST', name: 'MAX', args: [[2]], line: 4 },
      { kind: 'return', call: 'HOST', name: 'MAX', value: 2, line: 4 },
    ]);
  });

  it('tell of expressions and of what is output', async () => {
    const { tracer } = await trace('OUTPUT { v: 1 + input.n }', { n: 2 }, { includeCalls: false });
    expect(
      bare(tracer.events).map((event) =>
        'expression' in event ? `${(event as TraceEvent).kind} ${event.expression}` : (event as TraceEvent).kind,
      ),
    ).toEqual([
      'eval-enter BinaryExpr',
      'eval-enter NumberLiteral',
      'eval-exit NumberLiteral',
      'eval-enter AccessExpr',
      'eval-enter IdentifierExpr',
      'read',
      'eval-exit IdentifierExpr',
      'read',
      'eval-exit AccessExpr',
      'eval-exit BinaryExpr',
      'output',
    ]);
  });

  it('tell of errors outward, and of the way on', async () => {
    const source = 'LET r = TRY NUMBER(input.x) + 1 CATCH (e) -> 0;\nOUTPUT { v: r };';
    const { tracer, result } = await trace(source, { x: 'abc' });
    expect(result).toEqual({ v: 0 });
    const errors = bare(tracer.events).filter((event) => (event as TraceEvent).kind === 'error');
    expect(errors.map((event) => (event as { text: string }).text)).toEqual([
      'call HOST NUMBER',
      'eval CallExpr',
      'eval BinaryExpr',
    ]);
  });

  it('end with the statement that failed', async () => {
    const source = 'FUNC f(x) {\n  LET y = 1 // x;\n  RETURN y;\n}\nTRANSFORM T {\n  LET r = f(input.n);\n}';
    const { tracer, error } = await trace(source, { n: 0 });
    expect(error).toBeInstanceOf(RunError);
    expect(bare(tracer.events).slice(-7)).toEqual([
      { kind: 'error', text: 'eval BinaryExpr', message: 'Division by zero', line: 2 },
      { kind: 'error', text: 'while executing IRLet', message: 'Division by zero', line: 2 },
      { kind: 'exit', node: 'IRLet', line: 2 },
      { kind: 'error', text: 'call FUNC f', message: 'Division by zero', line: 6 },
      { kind: 'error', text: 'eval CallExpr', message: 'Division by zero', line: 6 },
      { kind: 'error', text: 'while executing IRLet', message: 'Division by zero', line: 6 },
      { kind: 'exit', node: 'IRLet', line: 6 },
    ]);
  });

  it('leave every statement that they entered, whatever way the run took', async () => {
    const source =
      'FUNC f(n) {\n  FOR EACH i IN [1, 2] {\n    IF i == n THEN { RETURN i; }\n  }\n  RETURN 0;\n}\nTRANSFORM T {\n  LET a = f(2);\n  IF a == 2 THEN { ABORT { v: MAP([1], (x) -> f(x)) }; }\n}';
    const { tracer, result } = await trace(source);
    expect(result).toEqual({ v: [1] });
    const open: string[] = [];
    for (const event of tracer.events) {
      if (event.kind === 'enter') open.push(`${event.node}:${event.line}`);
      if (event.kind === 'exit') expect(open.pop()).toBe(`${event.node}:${event.line}`);
    }
    expect(open).toEqual([]);
  });

  it('tell of a lambda that failed', async () => {
    const { tracer } = await trace('LET r = TRY MAP([0], (x) -> 1 // x) CATCH (e) -> 0;');
    const errors = bare(tracer.events).filter((event) => (event as TraceEvent).kind === 'error');
    expect(errors.map((event) => (event as { text: string }).text)).toEqual([
      'eval BinaryExpr',
      'while executing IRReturn',
      'call LAMBDA <lambda>',
      'call HOST MAP',
      'eval CallExpr',
    ]);
  });

  it('are there when a limit ended the run', async () => {
    const module = await createHost().load('FOR EACH i IN RANGE(1000) { LET x = i; }');
    const tracer = createTracer({ step: true, maxEvents: 5 });
    expect(() => module.run(undefined, {}, { tracer, limits: { fuel: 3_000 } })).toThrow(LimitError);
    expect(tracer.events.length).toBe(5);
    expect(tracer.report().totalEvents).toBeGreaterThan(100);
  });

  it('keep values as they were', async () => {
    const source = 'LET xs = [];\nFOR EACH i IN [1, 2] {\n  APPEND TO xs i;\n  LET seen = xs;\n}\nOUTPUT { v: xs }';
    const { tracer } = await trace(source, {}, { ...QUIET });
    const reads = bare(tracer.events).filter((event) => (event as { name?: string }).name === 'xs');
    expect(reads.map((event) => (event as { value: unknown }).value)).toEqual([[1], [1, 2], [1, 2]]);
  });

  it('cut what is large and still being written', async () => {
    const source = 'LET xs = [];\nFOR EACH i IN RANGE(100) { APPEND TO xs i; }\nOUTPUT { v: LENGTH(xs) }';
    const { tracer } = await trace(source, {}, { ...QUIET, watch: ['xs'] });
    const last = tracer.events.findLast((event) => event.kind === 'read');
    expect(last).toMatchObject({ name: 'xs' });
    const { value } = last as { value: readonly unknown[] };
    expect(value.length).toBe(65);
    expect(value.at(-1)).toBe('… 36 more');
  });

  it('go to onTrace as they happen', async () => {
    const module = await createHost().load('LET a = 1;\nOUTPUT { v: a };');
    const heard: TraceEvent[] = [];
    module.run(undefined, {}, { onTrace: (event) => heard.push(event) });
    expect(heard.map((event) => event.kind)).toContain('enter');
    expect(heard.at(-1)).toMatchObject({ kind: 'exit', node: 'IROutput', line: 2 });
    const broken = () => {
      throw new Error('disk full');
    };
    expect(() => module.run(undefined, {}, { onTrace: broken })).toThrow('onTrace threw disk full');
  });
});

describe('options', () => {
  it('watch: reads of these names, and their LETs without step', async () => {
    const { tracer } = await trace('LET a = 1;\nLET b = a;\nLET c = b;', {}, { ...QUIET, watch: ['b'] });
    expect(bare(tracer.events)).toEqual([
      { kind: 'let', name: 'b', old: null, new: 1, line: 2 },
      { kind: 'read', name: 'b', value: 1, line: 3 },
    ]);
  });

  it('captureValues: false keeps none', async () => {
    const { tracer } = await trace(
      'LET a = input.secret;\nOUTPUT { v: STRING(a) }',
      { secret: 's3cret' },
      { step: true, captureValues: false },
    );
    expect(JSON.stringify(tracer.events)).not.toContain('s3cret');
  });

  it('captureValues: false keeps none in the report either', async () => {
    const source = 'LET a = input.secret;\nLET b = a + "x";\nLET o = {};\nSET o.k = UPPER(b);\nOUTPUT { v: o };';
    const { tracer } = await trace(source, { secret: 's3cret' }, { step: true, captureValues: false });
    expect(JSON.stringify(tracer.report())).not.toMatch(/s3cret/i);
    expect(JSON.stringify(tracer.explain('o'))).not.toMatch(/s3cret/i);
  });

  it.each([
    ['an unknown one', { steps: true }],
    ['a switch that is none', { step: 1 }],
    ['watch that is no list of names', { watch: 'a' }],
    ['a number of events that is none', { maxEvents: -1 }],
  ])('%s is refused', (_, options) => {
    expect(() => createTracer(options as TraceOptions)).toThrow(UsageError);
  });

  it('a tracer belongs to one run', async () => {
    const module = await createHost().load('OUTPUT { v: 1 };');
    const tracer = createTracer();
    module.run(undefined, {}, { tracer });
    expect(() => module.run(undefined, {}, { tracer })).toThrow('a tracer belongs to one run');
    expect(() => module.run(undefined, {}, { tracer: {} as Tracer })).toThrow('createTracer()');
  });

  it('a tracer whose run was refused is as new', async () => {
    const module = await createHost().load(
      'LET r = TRY 1 CATCH (e) RETRY 1 TIMES BACKOFF "1ms" -> 0;\nOUTPUT { v: r };',
    );
    const tracer = createTracer();
    expect(() => module.run(undefined, {}, { tracer })).toThrow('runAsync()');
    expect(await module.runAsync(undefined, {}, { tracer })).toEqual({ v: 1 });
    await expect(module.runAsync(undefined, {}, { tracer })).rejects.toThrow('a tracer belongs to one run');
  });

  it('two runs at a time have two tracers', async () => {
    const module = await createHost().load('LET a = input.n;\nOUTPUT { e: EXPLAIN("a") };');
    const results = await Promise.all(
      [1, 2].map((n) => module.runAsync(undefined, { n }, { tracer: createTracer({ step: true }) })),
    );
    expect(results).toMatchObject([{ e: { final: 1 } }, { e: { final: 2 } }]);
  });
});

describe('EXPLAIN', () => {
  const o = (value: unknown) => ({ name: 'o', value });
  const step = (before: unknown, old: unknown, x: number, value: number) => ({
    op: 'SET',
    path: ['s'],
    inputs: [o(before), { name: 'o.s', value: old }, { name: 'x', value: x }, { name: 'a', value: 1 }],
    delta: value,
    old,
    new: value,
    calc: [],
    debug: [],
    sources: [o(before), { name: 'o.s', value: old }, { name: 'y', value: x }],
  });

  it('gives the steps that wrote a variable, down to what they come from', async () => {
    const { result } = await trace(EXAMPLE);
    expect(result).toEqual({ e: { var: 'o', final: 3, steps: [step({}, null, 1, 1), step({ s: 1 }, 1, 2, 3)] } });
  });

  it('gives one step for a LET: its reads, calls and the expression with values', async () => {
    const source = 'LET a = 2;\nLET b = a * input.n;\nLET c = MAX([b, 1]) + a;\nOUTPUT { e: EXPLAIN("c") };';
    const { result } = await trace(source, { n: 5 });
    expect(result).toMatchObject({
      e: {
        final: 12,
        steps: [
          {
            op: 'LET',
            path: [],
            inputs: [
              { name: 'a', value: 2 },
              { name: 'input', value: { n: 5 } },
              { name: 'input.n', value: 5 },
            ],
            delta: 12,
            new: 12,
            calc: [{ kind: 'HOST', name: 'MAX', args: [[10, 1]], value: 10 }],
            debug: ['b = 10', 'a = 2', '((MAX [10, 1]) + 2) -> 12'],
            sources: [
              { name: 'b', value: 10 },
              { name: 'a', value: 2 },
            ],
          },
        ],
      },
    });
  });

  it('gives an output field as it is, after the LET of the same name', async () => {
    const { result } = await trace('LET total = 2;\nOUTPUT { total: total, e: EXPLAIN("total") };');
    expect(result).toMatchObject({
      e: {
        var: 'total',
        final: 2,
        steps: [
          { op: 'LET' },
          { op: 'OUTPUT', path: ['total'], old: null, delta: null, new: 2, debug: ['total -> 2'] },
        ],
      },
    });
  });

  it('knows nothing without step, of other names, and without a tracer', async () => {
    const source = 'LET a = 1;\nOUTPUT { e: EXPLAIN("a"), f: EXPLAIN("zz") };';
    const none = (name: string) => ({ var: name, info: 'no provenance' });
    expect((await trace(source, {}, {})).result).toEqual({ e: none('a'), f: none('zz') });
    expect((await createHost().load(source)).run()).toEqual({ e: none('a'), f: none('zz') });
    expect((await trace(source)).result).toMatchObject({ e: { final: 1 }, f: none('zz') });
  });

  it('gives lambdas as words, since they cannot be output', async () => {
    const { result } = await trace('LET f = (x) -> x;\nOUTPUT { e: EXPLAIN("f") };');
    expect(result).toMatchObject({ e: { final: '<lambda>' } });
  });

  it('is also asked from outside, for one name or a whole result', async () => {
    const { tracer, result } = await trace('LET a = input.n;\nOUTPUT { a: a, b: 1 };', { n: 3 });
    expect(tracer.explain('a')).toMatchObject({ name: 'a', final: 3 });
    expect(tracer.explain('zz')).toBeNull();
    expect(tracer.explainOutput(result)).toMatchObject({ a: { final: 3 }, b: { final: 1 } });
    expect(tracer.explainOutput([result])).toEqual({ 0: null });
  });
});

describe('a report', () => {
  it('has counts, hot spots, watches, checkpoints and explanations', async () => {
    const source =
      'FUNC f(x) = x + 1;\nTRANSFORM T {\n  LET t = 0;\n  CHECKPOINT("start");\n  FOR EACH i IN [1, 2, 3] { SET t = f(t); }\n  CHECKPOINT();\n  OUTPUT { t: t };\n}';
    const report = (await trace(source)).tracer.report();
    expect(report.hotspots.map(({ kind, name, calls }) => `${kind} ${name} ${calls}`).sort()).toEqual([
      'FUNC f 3',
      'HOST CHECKPOINT 2',
    ]);
    expect(report.watches.t).toEqual({ last: 3, changes: 3 });
    expect(report.checkpoints.map((c) => c.label)).toEqual(['start', null]);
    expect(report.instructions).toMatchObject({ CALL_FN: 3, OUTPUT_RECORD: 1 });
    expect(Object.keys(report.instructions)).not.toContain('TRACE');
    expect(report).toMatchObject({ rows: 1 });
    expect(report.timelineSample.length).toBe(25);
    expect(report.timelineSample[0]).toMatchObject({ kind: 'enter', label: 'IRLet (line 3)' });
    expect(report.explanations.length).toBeLessThanOrEqual(8);
    expect(report.duration).toBeGreaterThan(0);
    expect(renderReport(report)).toMatch(/^trace: \d+ events in .*, 1 record output\n\ntimeline/);
  });

  it('explains the names asked for and what they directly come from', async () => {
    const { tracer } = await trace(EXAMPLE);
    const [first] = tracer.report().explanations;
    expect(first).toBe(
      '• o.s\n  → SET(value=1)\n    inputs: a=1, o.s=null, x=1\n  → SET(value=3)\n    inputs: a=1, o.s=1, x=2',
    );
  });
});

describe('a report of a program that means mischief', () => {
  it('has lines of its own only', async () => {
    const source =
      'CHECKPOINT(input.m);\nLET o = {id: input.m};\nLET q = o;\nSET o.k = q;\nLET r = TRY ASSERT(false, input.m) CATCH (e) -> 0;\nOUTPUT { v: o };';
    const { tracer } = await trace(source, { m: `x\nforged ${'y'.repeat(3_000)}` }, { ...QUIET, step: true });
    const lines = renderReport(tracer.report()).split('\n');
    expect(lines.filter((line) => line.startsWith('forged'))).toEqual([]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(400);
  });

  it('times a call by its own beginning, after thousands that failed', async () => {
    const source = 'FOR EACH i IN RANGE(3000) { LET r = TRY NUMBER([i]) CATCH (e) -> 0; }\nOUTPUT { v: NUMBER("5") };';
    const { tracer } = await trace(source, {}, { includeEval: false });
    const calls = tracer.events.filter((event) => 'call' in event && event.name === 'NUMBER').slice(-2);
    const [from, to] = calls.map((event) => event.at);
    const spot = tracer.report().hotspots.find(({ name }) => name === 'NUMBER');
    expect(spot).toMatchObject({ calls: 1, total: (to as number) - (from as number) });
  });
});

describe('normal code', () => {
  it('has nothing of tracing in it, before and after a traced run', async () => {
    const counts = new Uint32Array(256);
    const module = await createHost({ internals: { countOpcodes: counts } }).load('LET a = input.n;\nOUTPUT { v: a };');
    const diagnostics = [0xf0, 0xf1, 0xf2];
    const executed = () => diagnostics.map((code) => counts[code]);
    module.run(undefined, { n: 1 });
    expect(executed()).toEqual([0, 0, 0]);
    module.run(undefined, { n: 1 }, { tracer: createTracer() });
    expect(executed()[1]).toBeGreaterThan(5);
    const after = executed();
    module.run(undefined, { n: 1 });
    expect(executed()).toEqual(after);
  });

  it('is replaced with its module, and so is the traced form', async () => {
    const host = createHost();
    const module = await host.load('OUTPUT { v: 1 };', { id: 'm' });
    expect(module.run(undefined, {}, { tracer: createTracer() })).toEqual({ v: 1 });
    await host.replace('m', 'OUTPUT { v: 2 };');
    expect(module.run(undefined, {}, { tracer: createTracer() })).toEqual({ v: 2 });
  });

  it('fails at the same place with the same frame', async () => {
    const module = await createHost().load('LET a = 1;\nOUTPUT { v: a // 0 };', { id: 'program.bl' });
    const shown = (options: object) => {
      try {
        return module.run(undefined, {}, options);
      } catch (error) {
        return String(error);
      }
    };
    expect(shown({ tracer: createTracer() })).toBe(shown({}));
    expect(shown({})).toContain('program.bl:2');
  });
});
