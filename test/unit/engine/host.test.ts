// The host API as design and README promise it: loading, running, waiting, granting, replacing, refusing.
import { describe, expect, it } from 'vitest';
import {
  AsyncNeededError,
  capability,
  createHost,
  GuestError,
  type HostOptions,
  LimitError,
  LoadError,
  type MemberInput,
  RunError,
  UsageError,
} from '../../../src/index.ts';

const host = (options: HostOptions = {}) => createHost(options);
const main = async (body: string, options: HostOptions = {}) => host(options).load(`TRANSFORM T { ${body} }`);
const granting = (members: { readonly [name: string]: MemberInput }): HostOptions => ({
  grants: { 'host:x': capability('host:x', members) },
});
const withX = async (body: string, members: { readonly [name: string]: MemberInput }, options: HostOptions = {}) =>
  host({ ...granting(members), ...options }).load(`IMPORT "host:x" AS x;\nTRANSFORM T { ${body} }`);
const caught = async (action: () => unknown): Promise<RunError> => {
  try {
    await action();
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('loading', () => {
  it('reports every error of a text at once, with places', async () => {
    const error = await host()
      .load('TRANSFORM T {\n  LET a = nope;\n  OUTPUT { v: other };\n}', { id: 'plugins/a' })
      .then(
        () => undefined,
        (e: unknown) => e,
      );
    expect(error).toBeInstanceOf(LoadError);
    const { diagnostics, position } = error as LoadError;
    expect(diagnostics.map((d) => d.source.positionAt(d.labels[0]?.span.start ?? 0))).toEqual([
      { line: 2, column: 11 },
      { line: 3, column: 15 },
    ]);
    expect(position).toEqual({ line: 2, column: 11 });
    expect(String(error)).toContain('plugins/a:2:11');
  });

  it('lists exports and effects', async () => {
    const module = await host().load(
      'FUNC f(a, b) = a + b;\nEXPORT TRANSFORM T { OUTPUT { v: f(1, 2) } }\nEXPORT FUNC g(x) = SUSPEND x;',
    );
    expect(module.exports).toEqual([
      { name: 'T', kind: 'transform', parameters: ['input'], effects: { waits: false, suspends: false } },
      { name: 'g', kind: 'function', parameters: ['x'], effects: { waits: false, suspends: true } },
    ]);
  });

  it('takes a text without declarations as one transform', async () => {
    const module = await host().load('OUTPUT { v: input.a * 2 };');
    expect(module.exports.map((e) => e.name)).toEqual(['main']);
    expect(module.run({ a: 21 })).toEqual({ v: 42 });
  });

  it('places what is too large in the unit that it is in', async () => {
    const source = `TRANSFORM T {\n  OUTPUT { v: [() -> 1,\n    () -> [${'1,'.repeat(70_000)}]] };\n}`;
    expect(
      await host()
        .load(source)
        .then(
          () => undefined,
          (e: unknown) => e,
        ),
    ).toMatchObject({ code: 'MR1016', position: { line: 3 } });
  });

  it('refuses a literal beyond what a frame holds, with its place', async () => {
    const source = `TRANSFORM T {\n  OUTPUT { v: [${'1,'.repeat(70_000)}] };\n}`;
    expect(
      await host()
        .load(source)
        .then(
          () => undefined,
          (e: unknown) => e,
        ),
    ).toMatchObject({ code: 'MR1016', position: { line: 2 } });
  });

  it('refuses more imports than a module may have', async () => {
    const imports = Array.from({ length: 257 }, (_, i) => `IMPORT "host:a${i}" AS a${i};`).join('');
    await expect(host().load(`${imports} TRANSFORM T { OUTPUT { v: 1 }; }`)).rejects.toMatchObject({
      code: 'MR1016',
      message: 'the program has too many imports',
    });
  });

  it('refuses senseless options by name', async () => {
    expect(() => host({ grant: {} } as HostOptions)).toThrow(/no option "grant"/);
    expect(() => host({ limits: { fuel: Number.POSITIVE_INFINITY } })).toThrow(/finite/);
    expect(() => host({ limits: { fule: 1 } as never })).toThrow(/no limit "fule"/);
    expect(() => host({ grants: { 'host:y': capability('host:x', {}) } })).toThrow(/is a capability for host:x/);
    await expect(host().load(5 as never)).rejects.toThrow(UsageError);
  });
});

describe('running', () => {
  it('finds exports by name, suggests near ones, and defaults to the first transform', async () => {
    const module = await host().load(
      'FUNC gross(net, rate) = net * (1 + rate);\nEXPORT FUNC half(x) = x / 2;\nEXPORT TRANSFORM Enrich { OUTPUT { g: gross(input.net, 0.5) } }',
    );
    expect(module.run('Enrich', { net: 10 })).toEqual({ g: 15 });
    expect(module.run({ net: 10 })).toEqual({ g: 15 });
    expect(module.run('half', 3)).toBe(1.5);
    expect(module.call('half', 8)).toBe(4);
    expect(module.get('Enrich')({ net: 2 })).toEqual({ g: 3 });
    expect(() => module.run('Enrih', {})).toThrow(/did you mean "Enrich"/);
    expect(() => module.call('gross', 1, 2)).toThrow(/exports no "gross"/);
  });

  it('leaves nothing of one run for the next', async () => {
    const module = await main('LET xs = []; APPEND TO xs input.a; OUTPUT { xs: xs }');
    expect(module.run({ a: 1 })).toEqual({ xs: [1] });
    expect(module.run({ a: 2 })).toEqual({ xs: [2] });
  });

  it('places a fault in the program, through functions and the library', async () => {
    const module = await host().load(
      'FUNC f(x) {\n  RETURN MAP(x, (y) -> y / 0);\n}\nTRANSFORM T {\n  OUTPUT { v: f([1]) };\n}',
      { id: 'p.bl' },
    );
    const error = await caught(() => module.run({}));
    expect(error).toMatchObject({
      code: 'MR6003',
      type: 'IllegalArgumentException',
      message: 'Division by zero',
      position: { line: 2, column: 26 },
    });
    expect(error.trail.map((t) => `${t.unit}:${t.line}`)).toEqual(['<lambda>:2', 'f:2', 'T:5']);
    expect(String(error)).toContain('p.bl:2:26');
  });

  it('takes input in place, checked or copied', async () => {
    const module = await main('OUTPUT { v: input.a }');
    const date = new Date(0);
    expect(module.run('T', { a: date })).toEqual({ v: date });
    expect(await caught(() => module.run('T', { a: date }, { input: 'checked' }))).toMatchObject({ code: 'MR6016' });
    const input = { a: { b: 1 } };
    expect((module.run('T', input) as { v: object }).v).toBe(input.a);
    expect((module.run('T', input, { input: 'copy' }) as { v: object }).v).not.toBe(input.a);
  });

  it('faults when a foreign value is touched, not when it is handed on', async () => {
    class Point {
      x = 1;
    }
    for (const foreign of [new Point(), () => 1, Symbol('s'), new Map([['x', 1]])]) {
      const input = { f: foreign };
      expect((await main('OUTPUT { v: input.f }')).run(input)).toEqual({ v: foreign });
      for (const body of [
        'OUTPUT { v: input.f.x }',
        'OUTPUT { v: "" + input.f }',
        'OUTPUT { v: input.f["size"] }',
        'OUTPUT { v: input.f == "x" }',
        'LET f = input.f; SET f.x = 2;',
      ]) {
        expect(await caught(async () => (await main(body)).run(input)), body).toMatchObject({ code: 'MR6016' });
      }
    }
  });
});

describe('limits and cancellation', () => {
  it('merges limits of host, load and run', async () => {
    const source = 'TRANSFORM T { LET n = 0; FOR EACH i IN RANGE(1000) { SET n = n + i; } OUTPUT { n: n } }';
    const module = await host({ limits: { fuel: 100 } }).load(source, { limits: { fuel: 100_000 } });
    expect(module.run({})).toEqual({ n: 499_500 });
    const error = await caught(() => module.run('T', {}, { limits: { fuel: 500 } }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.code).toBe('MR5001');
  });

  it('stops at an aborted signal, before and between slices', async () => {
    const module = await main('LET n = 0; FOR EACH i IN RANGE(3000000) { SET n = n + i; } OUTPUT { n: n }');
    const before = AbortSignal.abort();
    expect(await caught(() => module.run('T', {}, { signal: before }))).toMatchObject({ code: 'MR5007' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    expect(await caught(() => module.runAsync('T', {}, { signal: controller.signal }))).toMatchObject({
      code: 'MR5007',
    });
  });

  it('lets timers of the host run during a long asynchronous run', async () => {
    const module = await main('LET n = 0; FOR EACH i IN RANGE(400000) { SET n = n + i; } OUTPUT { n: n }');
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await module.runAsync({});
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe('capabilities', () => {
  it('refuses a module whose import was not granted, by import, member and number of arguments', async () => {
    const source = 'IMPORT "host:x" AS x { get };\nTRANSFORM T { OUTPUT { v: x.get(1) } }';
    const refusal = (options: HostOptions) =>
      host(options)
        .load(source)
        .then(
          () => undefined,
          (e: LoadError) => e,
        );
    expect(await refusal({})).toMatchObject({ code: 'MR4001', position: { line: 1, column: 1 } });
    expect(await refusal(granting({ put: () => 1 }))).toMatchObject({ code: 'MR4002' });
    expect(await refusal(granting({ get: { params: ['any', 'any'], call: () => 1 } }))).toMatchObject({
      code: 'MR4003',
    });
    expect(
      (await host(granting({ get: { params: ['number'], call: (a: number) => a + 1 } })).load(source)).run({}),
    ).toEqual({ v: 2 });
  });

  it('passes values by copy in both directions', async () => {
    const kept: { list?: number[] } = {};
    const answer = { n: [1] };
    const module = await withX(
      'LET xs = [1]; LET r = x.keep(xs); APPEND TO xs 2; APPEND TO r.n 2; OUTPUT { xs: xs, r: r }',
      {
        keep: (list: number[]) => {
          kept.list = list;
          list.push(99);
          return answer;
        },
      },
    );
    expect(module.run({})).toEqual({ xs: [1, 2], r: { n: [1, 2] } });
    expect(kept.list).toEqual([1, 99]);
    expect(answer).toEqual({ n: [1] });
  });

  it('hides host errors from programs unless the host speaks to them', async () => {
    const secret = new Error('password 1234 in /srv/app');
    const body = 'OUTPUT TRY x.fail() CATCH(e) -> e';
    expect(
      (
        await withX(body, {
          fail: () => {
            throw secret;
          },
        })
      ).run({}),
    ).toEqual({ message: 'fail failed', type: 'HostException', code: 'MR6015' });
    expect(
      (
        await withX(body, {
          fail: () => {
            throw new GuestError('no such order');
          },
        })
      ).run({}),
    ).toMatchObject({ message: 'no such order' });
    const error = await caught(async () =>
      (
        await withX('x.fail()', {
          fail: () => {
            throw secret;
          },
        })
      ).run({}),
    );
    expect(error.cause).toBe(secret);
    expect(String(error)).not.toContain('1234');
  });

  it('lends lambdas to a host function for the length of the call', async () => {
    let kept: (n: number) => unknown = () => 0;
    const module = await withX(
      'LET n = 0; LET r = x.twice((k) -> { SET n = n + k; RETURN n; }); OUTPUT { r: r, n: n }',
      {
        twice: (f: (n: number) => unknown) => {
          kept = f;
          return [f(1), f(10)];
        },
      },
    );
    expect(module.run({})).toEqual({ r: [1, 11], n: 11 });
    expect(() => kept(1)).toThrow(/call that is over/);
  });

  it('passes faults of a lent lambda through the host function', async () => {
    const module = await withX('OUTPUT { v: TRY x.call(() -> 1 / 0) CATCH(e) -> e.message }', {
      call: (f: () => unknown) => f(),
    });
    expect(module.run({})).toEqual({ v: 'Division by zero' });
  });

  it('bounds recursion through the host', async () => {
    const module = await withX('LET f = (n) -> x.call((m) -> f(m), n); OUTPUT { v: f(1) }', {
      call: (f: (n: number) => unknown, n: number) => f(n + 1),
    });
    expect(await caught(() => module.run({}))).toMatchObject({ code: 'MR5003' });
  });

  it('refuses to pass or return what cannot cross', async () => {
    expect(await caught(async () => (await main('OUTPUT { f: () -> 1 }')).run({}))).toMatchObject({ code: 'MR6019' });
    expect(await caught(async () => (await withX('x.take([() -> 1])', { take: () => 1 })).run({}))).toMatchObject({
      code: 'MR6019',
    });
    expect(await caught(async () => (await withX('x.give()', { give: () => new Date() })).run({}))).toMatchObject({
      code: 'MR6015',
    });
  });
});

describe('waiting', () => {
  it('refuses to run synchronously what may have to wait, before anything happens', async () => {
    let calls = 0;
    const module = await withX('x.note(); OUTPUT { v: x.get() }', {
      note: () => {
        calls++;
      },
      get: async () => 1,
    });
    expect(await caught(() => module.run({}))).toBeInstanceOf(AsyncNeededError);
    expect(calls).toBe(0);
    expect(await module.runAsync({})).toEqual({ v: 1 });
    expect(calls).toBe(1);
  });

  it('awaits promises inside loops, lambdas and library functions', async () => {
    const module = await withX(
      'OUTPUT { v: MAP([1, 2, 3], (n) -> x.double(n) + 1), w: [AWAIT x.double(n) FOR EACH n IN [4]] }',
      {
        double: async (n: number) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return n * 2;
        },
      },
    );
    expect(await module.runAsync({})).toEqual({ v: [3, 5, 7], w: [8] });
  });

  it('turns a rejected promise into a fault that programs can catch', async () => {
    const module = await withX('OUTPUT { v: TRY x.get() CATCH(e) -> e.message }', {
      get: async () => {
        throw new GuestError('gone');
      },
    });
    expect(await module.runAsync({})).toEqual({ v: 'gone' });
  });

  it('waits between retries by the injected timer', async () => {
    const waits: number[] = [];
    let tries = 0;
    const module = await withX(
      'OUTPUT { v: TRY x.get() CATCH(e) RETRY 3 TIMES BACKOFF "250ms" -> e.message }',
      {
        get: () => {
          if (++tries < 3) throw new GuestError('not yet');
          return 'ok';
        },
      },
      { timer: async (ms) => void waits.push(ms) },
    );
    expect(await caught(() => module.run({}))).toBeInstanceOf(AsyncNeededError);
    expect(await module.runAsync({})).toEqual({ v: 'ok' });
    expect(waits).toEqual([250, 250]);
  });

  it('suspends with a request and goes on with the answer, many times over', async () => {
    const module = await host().load(
      'TRANSFORM T { LET n = 0; FOR EACH i IN [1, 2, 3] { SET n = n + SUSPEND { ask: i }; } OUTPUT { n: n } }',
    );
    const run = await module.start({});
    for (const i of [1, 2, 3]) {
      expect(run).toMatchObject({ state: 'suspended', request: { ask: i } });
      await run.resume(i * 10);
    }
    expect(run).toMatchObject({ state: 'done', value: { n: 60 } });
    await expect(run.resume(1)).rejects.toThrow(/only a suspended run/);
  });

  it('keeps operands, loops, calls and handlers across a suspension', async () => {
    const module = await host().load(
      'FUNC inner(x) = [x, TRY SUSPEND x CATCH(e) -> "never", x + 1];\nFUNC outer(x) { LET out = []; FOR EACH a IN [1, 2] { FOR EACH b IN [x] { APPEND TO out ([a, inner(a + b), b]); } } RETURN out; }\nTRANSFORM T { OUTPUT { v: [0, outer(input.x), 9] } }',
    );
    const run = await module.start('T', { x: 5 });
    await run.resume('A');
    await run.resume('B');
    expect(run.value).toEqual({
      v: [
        0,
        [
          [1, [6, 'A', 7], 5],
          [2, [7, 'B', 8], 5],
        ],
        9,
      ],
    });
  });

  it('does not count waiting for the host against the deadline', async () => {
    const module = await withX(
      'x.slow(); OUTPUT { v: 1 }',
      { slow: () => new Promise((resolve) => setTimeout(resolve, 80)) },
      { limits: { deadlineMs: 40 } },
    );
    expect(await module.runAsync({})).toEqual({ v: 1 });
  });
});

describe('replacing and unloading', () => {
  it('puts a new version in place, and keeps the old one when the new one is broken', async () => {
    const h = host();
    const module = await h.load('TRANSFORM T { OUTPUT { v: 1 } }', { id: 'p' });
    const run = module.get('T');
    await h.replace('p', 'TRANSFORM T { OUTPUT { v: 2 } }');
    expect(run({})).toEqual({ v: 2 });
    await expect(h.replace('p', 'TRANSFORM T { OUTPUT { v: nope } }')).rejects.toThrow(LoadError);
    expect(module.run({})).toEqual({ v: 2 });
  });

  it('lets runs under way finish on the old version', async () => {
    const h = host();
    const module = await h.load('TRANSFORM T { OUTPUT { v: SUSPEND 1, n: 1 } }', { id: 'p' });
    const run = await module.start({});
    await h.replace('p', 'TRANSFORM T { OUTPUT { n: 2 } }');
    await run.resume('x');
    expect(run.value).toEqual({ v: 'x', n: 1 });
    expect(module.run({})).toEqual({ n: 2 });
  });

  it('refuses a second module of one name, and lets the last of several replacements stand', async () => {
    const h = host();
    const module = await h.load('TRANSFORM T { OUTPUT { v: 0 } }', { id: 'p' });
    await expect(h.load('TRANSFORM T { OUTPUT { v: 9 } }', { id: 'p' })).rejects.toThrow(/loaded already/);
    await Promise.all([1, 2, 3].map((v) => h.replace('p', `TRANSFORM T { OUTPUT { v: ${v} } }`)));
    expect(module.run({})).toEqual({ v: 3 });
  });

  it('forgets unloaded modules', async () => {
    const h = host();
    const module = await h.load('TRANSFORM T { OUTPUT { v: 1 } }', { id: 'p' });
    h.unload('p');
    expect(() => module.run({})).toThrow(/was unloaded/);
    expect(() => h.unload('p')).toThrow(/no module "p"/);
    await h.close();
    await expect(h.load('TRANSFORM T { }')).rejects.toThrow(/closed/);
  });
});

describe('a polluted realm', () => {
  const polluted = async (target: object, key: string, descriptor: PropertyDescriptor, action: () => Promise<void>) => {
    Object.defineProperty(target, key, { ...descriptor, configurable: true });
    try {
      await action();
    } finally {
      Reflect.deleteProperty(target, key);
    }
  };

  it('changes no result when data was added to the built-in prototypes', async () => {
    const module = await main(
      'LET o = { b: 1 }; SET o.c = 2; OUTPUT { x: input.evil, y: o.evil, z: input["evil"], k: KEYS(o), e: ENTRIES({ evil: o.b }) }',
    );
    const expected = { x: null, y: null, z: null, k: ['b', 'c'], e: [{ key: 'evil', value: 1 }] };
    expect(module.run({ a: 1 })).toEqual(expected);
    await Promise.resolve();
    await polluted(Object.prototype, 'evil', { value: 'polluted', writable: true, enumerable: true }, async () => {
      await Promise.resolve();
      expect(JSON.stringify(module.run({ a: 1 }))).toBe(JSON.stringify(expected));
    });
  });

  it('refuses to run beside accessors and index keys', async () => {
    const module = await main('OUTPUT { v: 1 }');
    await polluted(Array.prototype, '0', { set: () => {}, get: () => 1 }, async () => {
      await Promise.resolve();
      expect(await caught(() => module.run({}))).toMatchObject({ code: 'MR4013' });
    });
  });
});
