// Calling an export again and again: records of runs are used again, and no run sees anything of another.
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import { capability, createHost, type HostOptions, LimitError, RunError, UsageError } from '../../../src/index.ts';
import type { LinkedUnit } from '../../../src/link/linked-module.ts';
import { emitRecord, lastOutput, toldTree } from '../../../src/vm/output.ts';
import { keepMark, own } from '../../../src/vm/ownership.ts';
import { Run } from '../../../src/vm/run.ts';
import { handMade } from '../../support/hand-made.ts';

const LADDER = `TRANSFORM T {
  FOR EACH i IN input.list { OUTPUT { i: i }; }
  LET text = input.text;
  FOR EACH i IN input.list { SET text = text + text; }
  LET made = [];
  FOR EACH i IN input.list { APPEND TO made i; }
  IF input.fails THEN { LET x = [1][LENGTH(made)]; }
}`;

describe.each(['off', 'eager'] as const)('an entry, jit %s', (jit) => {
  const load = (source: string, options: HostOptions = {}) => createHost({ jit, ...options }).load(source);

  it('gives each call its own outputs', async () => {
    const call = (await load(LADDER)).get('T');
    const outputs = [[], [1, 2], [3], [], [4, 5, 6]].map((list) => call({ list, text: 'a' }));
    expect(outputs).toEqual([null, [{ i: 1 }, { i: 2 }], { i: 3 }, null, [{ i: 4 }, { i: 5 }, { i: 6 }]]);
  });

  it('gives each call its whole budget, also after one that failed', async () => {
    const limits = { fuel: 600, memory: 6_000, depth: 1 };
    const call = (await load(LADDER, { limits })).get('T');
    const small = { list: [1, 2, 3], text: 'a' };
    for (let i = 0; i < 20; i++) {
      expect(call(small)).toHaveLength(3);
      expect(() => call({ ...small, text: 'a'.repeat(2_000) })).toThrow(LimitError);
      expect(() => call({ ...small, list: Array.from({ length: 200 }, (_, n) => n) })).toThrow(LimitError);
      expect(() => call({ ...small, fails: true })).toThrow(RunError);
    }
  });

  it('lets a host function call the same export while it is at work', async () => {
    const source = `IMPORT "host:x" AS x;
      TRANSFORM T { OUTPUT { before: input.n }; LET below = x.below(input.n); OUTPUT { after: input.n, below: below }; }`;
    const below = {
      params: ['number'],
      reentrant: true,
      call: (n: unknown): unknown => (Number(n) === 0 ? null : call({ n: Number(n) - 1 })),
    };
    const grants = { 'host:x': capability('host:x', { below }) };
    const call = (await load(source, { grants })).get('T');
    const zero = [{ before: 0 }, { after: 0, below: null }];
    const one = [{ before: 1 }, { after: 1, below: zero }];
    for (let i = 0; i < 3; i++) expect(call({ n: 2 })).toEqual([{ before: 2 }, { after: 2, below: one }]);
  });

  it('keeps nothing of a call that is over', async () => {
    const module = await load('EXPORT FUNC same(x) = x; EXPORT FUNC none() = null;');
    const same = module.get('same');
    expect([same(1, 2), same(), same(undefined), module.call('none', 7), same(3)]).toEqual([1, null, null, null, 3]);
  });

  it('goes to the version that is current', async () => {
    const host = createHost({ jit });
    const module = await host.load('EXPORT FUNC f(x) = x + 1;', { id: 'a' });
    const f = module.get('f');
    expect([f(1), f(2)]).toEqual([2, 3]);
    await host.replace('a', 'EXPORT FUNC f(x, y, z) = x + y * z;');
    expect([f(1, 2, 3), f(4, 5, 6)]).toEqual([7, 34]);
    host.unload('a');
    expect(() => f(1)).toThrow(UsageError);
  });

  it('ends with its host, and with its module', async () => {
    const host = createHost({ jit });
    const source = 'TRANSFORM T { OUTPUT { n: input.n } }';
    const [nameless, named] = [await host.load(source), await host.load(source, { id: 'a' })];
    const calls = [nameless.get('T'), named.get('T')];
    for (const call of calls) expect([call({ n: 1 }), call({ n: 2 })]).toEqual([{ n: 1 }, { n: 2 }]);
    await host.close();
    for (const call of calls) expect(() => call({ n: 3 })).toThrow(UsageError);
  });

  it('lets an input that is read in place call the same export, and unload it', async () => {
    const host = createHost({ jit });
    const call = (await host.load('TRANSFORM T { OUTPUT { n: input.n } }', { id: 'a' })).get('T');
    const inputOf = (read: () => unknown) => Object.defineProperty({}, 'n', { get: read, enumerable: true });
    for (let i = 0; i < 3; i++) expect(call(inputOf(() => call({ n: i })))).toEqual({ n: { n: i } });
    const last = inputOf(() => {
      host.unload('a');
      return 7;
    });
    expect(call(last)).toEqual({ n: 7 });
    expect(() => call({ n: 1 })).toThrow(UsageError);
  });

  it('gives the same in a turn that begins with an altered realm', async () => {
    const call = (await load('TRANSFORM T { OUTPUT { n: input.n, x: input.extra } }')).get('T');
    expect([call({ n: 1 }), call({ n: 2 })]).toHaveLength(2);
    await null;
    Reflect.set(Object.prototype, 'extra', 7);
    try {
      expect([call({ n: 1 }), call({ n: 2 })]).toEqual([
        { n: 1, x: null },
        { n: 2, x: null },
      ]);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'extra');
    }
    await null;
    expect(call({ n: 3 })).toEqual({ n: 3, x: null });
  });

  it('stops at its limits in the last output as in any other', async () => {
    const source = 'TRANSFORM T { IF input.two THEN { OUTPUT { a: 1 }; } OUTPUT { n: input.n } }';
    const limited = async (limits: object) => (await load(source, { limits })).get('T');
    const one = await limited({ output: 1 });
    for (let i = 0; i < 3; i++) {
      expect(one({ n: i })).toEqual({ n: i });
      expect(() => one({ n: i, two: true })).toThrow(/limits\.output/);
    }
    const none = await limited({ output: 0 });
    expect(() => none({ n: 1 })).toThrow(/limits\.output/);
    const module = await load(source);
    let used = 0;
    module.run('T', { n: 1 }, { onUsage: ({ memory }) => (used = memory) });
    expect((await limited({ memory: used }))({ n: 1 })).toEqual({ n: 1 });
    const tight = await limited({ memory: used - 1 });
    expect(() => tight({ n: 1 })).toThrow(/limits\.memory/);
  });

  it('takes options once', async () => {
    const module = await load(
      'TRANSFORM T { LET s = 0; FOR EACH i IN RANGE(1, input.n) { SET s = s + i; } OUTPUT { s: s }; }',
    );
    const checked = module.get('T', { input: 'checked', limits: { fuel: 500 } });
    expect(checked({ n: 3 })).toEqual({ s: 6 });
    expect(() => checked({ n: 3, f: () => 1 })).toThrow(/input\.f is a function/);
    expect(() => checked({ n: 1_000 })).toThrow(LimitError);
    expect(checked({ n: 4 })).toEqual({ s: 10 });
    const controller = new AbortController();
    const cancelled = module.get('T', { signal: controller.signal });
    expect(cancelled({ n: 3 })).toEqual({ s: 6 });
    controller.abort();
    expect(() => cancelled({ n: 3 })).toThrow(/cancelled/);
    const told: number[] = [];
    const accounted = module.get('T', { onUsage: ({ fuel }) => told.push(fuel) });
    accounted({ n: 3 });
    accounted({ n: 3 });
    expect(told[0]).toBe(told[1]);
    expect(() => module.get('T', { inputs: 'checked' } as never)).toThrow(UsageError);
  });

  it('lets a signal that calls the entry again have a run of its own', async () => {
    const controller = new AbortController();
    let inner: unknown;
    let isArmed = false;
    Object.defineProperty(controller.signal, 'aborted', {
      get: () => {
        if (!isArmed) return false;
        isArmed = false;
        inner = call({ n: 'inner' });
        return false;
      },
    });
    const call = (await load('TRANSFORM T { OUTPUT { n: input.n } }')).get('T', { signal: controller.signal });
    call({});
    call({});
    isArmed = true;
    expect(call({ n: 'outer' })).toEqual({ n: 'outer' });
    expect(inner).toEqual({ n: 'inner' });
    expect(call({ n: 'next' })).toEqual({ n: 'next' });
  });

  it('counts the time of the first host function against the deadline', async () => {
    const wait = {
      params: [],
      call: () => {
        const until = Date.now() + 20;
        while (Date.now() < until);
        return null;
      },
    };
    const source = `IMPORT "host:x" AS x;
      TRANSFORM T { LET a = x.wait(); LET s = 0; FOR EACH i IN RANGE(1, 40000) { SET s = s + i; } OUTPUT { s: s }; }`;
    const grants = { 'host:x': capability('host:x', { wait }) };
    const call = (await load(source, { grants, limits: { deadlineMs: 10 } })).get('T');
    expect(() => call({})).toThrow(/limits\.deadlineMs/);
  });
});

describe('a renewed run', () => {
  const module = { cache: new Map(), revocations: [] } as unknown as LinkedUnit['module'];
  const options = { limits: DEFAULT_LIMITS, mode: 'sync', occupancy: { hostCalls: 0 } } as const;

  /** Set once, by the options; or back as they were when a run that never waits has ended well. */
  const UNTOUCHED = new Set(['nestingLimit', 'compiledLimit']);
  const WAITING = new Set(['waitMs', 'waitingSince', 'nestedCalls', 'pauseRequested']);

  const expectNew = (run: Run): void => {
    const fresh = new Run(module, options);
    expect(run.fuelUsed).toBe(0);
    const seen = { callBack: null, joinedTexts: run.joinedTexts.isEmpty, cutTexts: run.cutTexts.isEmpty };
    expect({ ...run, ...seen }).toEqual({ ...fresh, callBack: null, joinedTexts: true, cutTexts: true });
  };

  it.each<[string, (run: Run) => void]>([
    ['its first slice', (run) => run.charge(100)],
    ['fuel beyond its first slice', (run) => run.charge(DEFAULT_LIMITS.fuel - 1)],
    ['memory', (run) => run.allocate(100)],
    ['one output', (run) => emitRecord(run, {})],
    [
      'one output that is not walked',
      (run) => {
        emitRecord(run, {});
        toldTree(run, 1, false);
      },
    ],
    ['two outputs', (run) => [1, 2].map(() => emitRecord(run, {}))],
    ['an output given back', (run) => lastOutput(run, {}, true)],
    ['an output given back that is walked', (run) => lastOutput(run, {}, false)],
    ['a joined text', (run) => run.joinedTexts.add(1_000)],
    ['a cut text', (run) => run.cutTexts.add(1_000)],
    ['a container of its own', (run) => own(run, {})],
    ['a mark', (run) => keepMark(run, {})],
    ['a place', (run) => Reflect.set(run, 'faultPc', 1)],
    ['a depth', (run) => Reflect.set(run, 'depth', 1)],
  ])('keeps nothing of one that had %s', (_, touch) => {
    const run = new Run(module, options);
    touch(run);
    run.renew();
    expectNew(run);
  });

  it('is like a new one', () => {
    const run = new Run(module, options);
    run.charge(DEFAULT_LIMITS.fuel - 1);
    run.allocate(100);
    run.joinedTexts.add(1_000);
    run.cutTexts.add(1_000);
    run.owned.add({});
    run.result = 1;
    emitRecord(run, {});
    emitRecord(run, {});
    for (const [key, value] of Object.entries(run)) {
      if (UNTOUCHED.has(key) || WAITING.has(key)) continue;
      if (typeof value === 'number' && key !== 'fuel' && key !== 'outputCount') Reflect.set(run, key, value + 7);
      if (typeof value === 'boolean' && key !== 'isTouched') Reflect.set(run, key, !value);
    }
    expect(run.markEpoch).toBe(8);
    run.renew();
    expectNew(run);
  });
});

describe('a transform that returns a value, which no compiler of ours makes', () => {
  it.each([
    ['its input', { code: [['LOAD_LOCAL', 0], ['RETURN_VALUE']] }],
    ['a number', { code: [['PUSH', 0], ['RETURN_VALUE']] }],
    ['a lambda', { units: [{ code: [['CLOSURE', 1], ['RETURN_VALUE']] }, { kind: 'lambda', code: [['RETURN']] }] }],
    ['an ordered map', { code: [['PUSH', 0], ['PUSH', 0], ['MAKE_OBJECT', 1], ['RETURN_VALUE']] }],
  ] as const)('gives its outputs alone: %s', async (_, spec) => {
    const module = handMade({ imports: [], calls: [], shared: [], ...spec } as unknown as Parameters<
      typeof handMade
    >[0]);
    const bytes = encodeBinary({ module, lines: null, signature: null });
    for (const jit of ['off', 'eager'] as const) {
      const loaded = await createHost({ jit }).load(bytes, { id: 'm' });
      for (let i = 0; i < 3; i++) expect(loaded.run(undefined, { secret: 1 })).toBeNull();
      expect(await loaded.runAsync(undefined, { secret: 1 })).toBeNull();
    }
  });
});
