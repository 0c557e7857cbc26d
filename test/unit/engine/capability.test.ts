/** Capabilities at work: contracts, fuel, time, reentrancy and revocation, through programs that call them. */
import { describe, expect, it, test } from 'vitest';
import {
  type CallContext,
  type Capability,
  capability,
  createHost,
  type Host,
  LimitError,
  type LoadedModule,
  type MemberInput,
  MemoryStore,
  type RunError,
  type StandardSchema,
  sharedState,
} from '../../../src/index.ts';

type Members = { readonly [name: string]: MemberInput };

const granted = (granted: Capability, body: string): Promise<LoadedModule> =>
  createHost({ grants: { 'host:x': granted } }).load(`IMPORT "host:x" AS x;\nTRANSFORM T { ${body} }`, { id: 'm' });
const withX = (body: string, members: Members): Promise<LoadedModule> => granted(capability('host:x', members), body);
const errorOf = async (action: () => unknown): Promise<RunError> => {
  try {
    await action();
  } catch (error) {
    return error as RunError;
  }
  throw new Error('nothing was thrown');
};
const never = () => new Promise<never>(() => {});
const turn = (milliseconds = 0) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe('the contract of the arguments', () => {
  test.each([
    ['x.get(5)', 'get: parameter 1 (sku) must be string, but is number'],
    ['x.get(null)', 'get: parameter 1 (sku) must be string, but is null'],
    [
      'x.put({ lines: [{ qty: 1 }, { qty: "2" }] })',
      'put: parameter 1 at .lines[1].qty must be integer, but is string',
    ],
    ['x.put({ lines: [], admin: true })', 'put: parameter 1 at .admin must be absent, but is boolean'],
    ['x.put({ 1: [] })', 'put: parameter 1 at .lines must be [{ qty: integer }], but is nothing'],
    ['x.put([() -> 1])', null],
  ])('%s is refused before the call', async (body, message) => {
    const module = await withX(`OUTPUT TRY ${body} CATCH(e) -> e`, {
      get: { params: ['sku: string'], call: () => expect.unreachable() },
      put: { params: ['{ lines: { qty: integer }[] }'], call: () => expect.unreachable() },
    });
    const caught = module.run({});
    if (message === null) expect(caught).toMatchObject({ code: 'MR6019' });
    else expect(caught).toEqual({ code: 'MR6031', type: 'IllegalArgumentException', message });
  });

  it('may be a schema, which may change them; its words are for the host', async () => {
    const seen: unknown[] = [];
    const positive: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          typeof value === 'number' && value > 0
            ? { value: { amount: value } }
            : { issues: [{ message: 'limit of /srv/limits.json', path: [] }] },
      },
    };
    const module = await withX('OUTPUT x.pay(input.n)', {
      pay: { params: [positive], call: (a: unknown) => void seen.push(a) },
    });
    module.run({ n: 5 });
    expect(seen).toEqual([{ amount: 5 }]);
    const error = await errorOf(() => module.run({ n: -5 }));
    expect(error).toMatchObject({
      code: 'MR6031',
      message: 'pay: parameter 1 must be what its schema takes, but is number',
      cause: { message: 'limit of /srv/limits.json' },
    });
    expect(String(error)).not.toContain('/srv');
  });

  it('takes lambdas where it says so', async () => {
    const module = await withX('OUTPUT { v: x.twice((n) -> n + 1, 1) }', {
      twice: {
        params: ['f: function', 'number'],
        returns: 'number',
        call: (f: (n: number) => number, n: number) => f(f(n)),
      },
    });
    expect(module.run({})).toEqual({ v: 3 });
  });

  it('shows no control characters and not too much of a key', async () => {
    const module = await withX('OUTPUT x.put(input.v)', { put: { params: ['{}'], call: () => 1 } });
    const { message } = await errorOf(() => module.run({ v: { [`\u001b[31m\n${'k'.repeat(9_999)}`]: 1 } }));
    expect(message).toMatch(/^put: parameter 1 at \.\\u001b\[31m\\u000ak+…$/);
    expect(message.length).toBe(512);
  });
});

describe('the contract of the result', () => {
  it('is checked before the program gets it, and is none of its business', async () => {
    const module = await withX('OUTPUT TRY x.get() CATCH(e) -> e', {
      get: { returns: '{ price: number }', call: () => ({ price: 1, margin: 0.7 }) },
    });
    expect(module.run({})).toEqual({ code: 'MR6032', type: 'HostException', message: 'get broke its own contract' });
    const uncaught = await withX('x.get()', { get: { returns: 'number[]', call: () => [1, 'secret'] } });
    expect(await errorOf(() => uncaught.run({}))).toMatchObject({
      code: 'MR6032',
      cause: { message: 'the result of host:x get at [1] must be number, but is string' },
    });
  });

  it('holds for what a promise resolves to', async () => {
    const module = await withX('OUTPUT { v: x.get(input.n) }', {
      get: { params: ['any'], returns: 'string', call: async (n: unknown) => n },
    });
    expect(await module.runAsync({ n: 'a' })).toEqual({ v: 'a' });
    expect(await errorOf(() => module.runAsync({ n: 1 }))).toMatchObject({ code: 'MR6032' });
  });

  it('may be a schema that makes data of what programs could not hold', async () => {
    const date: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => (value instanceof Date ? { value: value.toISOString() } : { issues: [{ message: 'no' }] }),
      },
    };
    const module = await withX('OUTPUT { v: x.now() }', { now: { returns: date, call: () => new Date(0) } });
    expect(module.run({})).toEqual({ v: '1970-01-01T00:00:00.000Z' });
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['answers late', async () => ({ value: 1 })],
    ['answers late with an error', () => Promise.reject(new Error('secret'))],
    [
      'has poisoned issues',
      () => ({
        get issues() {
          throw new Error('secret');
        },
      }),
    ],
    [
      'has poisoned messages',
      () => ({
        issues: [
          {
            get message() {
              throw new Error('secret');
            },
          },
        ],
      }),
    ],
  ])('fails when its schema %s', async (_, validate) => {
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as unknown as StandardSchema;
    for (const definition of [{ returns: schema }, { params: [schema] }]) {
      const module = await withX('OUTPUT TRY x.get(1) CATCH(e) -> e', {
        get: { params: ['any'], ...definition, call: () => 1 },
      });
      expect(module.run({})).toEqual({ code: 'MR6032', type: 'HostException', message: 'get broke its own contract' });
    }
    await turn();
  });
});

describe('fuel by the arguments', () => {
  it('is charged before the call', async () => {
    let calls = 0;
    const module = await withX('OUTPUT { v: x.hash(input.s) }', {
      hash: { params: ['string'], fuel: (s: string) => 1_000 * s.length, call: () => ++calls },
    });
    expect(module.run('T', { s: 'ab' }, { limits: { fuel: 3_000 } })).toEqual({ v: 1 });
    const error = await errorOf(() => module.run('T', { s: 'abcdef' }, { limits: { fuel: 3_000 } }));
    expect(error).toMatchObject({ code: 'MR5001' });
    expect(calls).toBe(1);
  });

  test.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, '5', 5n, undefined, null, Promise.resolve(1)])(
    'is refused when it is %s',
    async (fuel) => {
      const module = await withX('OUTPUT TRY x.f() CATCH(e) -> e', {
        f: { fuel: () => fuel as number, call: () => expect.unreachable() },
      });
      expect(module.run({})).toMatchObject({ code: 'MR6015', message: 'f failed' });
    },
  );
});

describe('the time of a call', () => {
  it('ends with a fault that programs can catch; what comes later is ignored', async () => {
    let late: (error: Error) => void = () => {};
    let signal: AbortSignal | undefined;
    const module = await withX('OUTPUT TRY x.slow() CATCH(e) -> e', {
      slow: {
        async: true,
        timeoutMs: 5,
        withContext: true,
        call: (context: CallContext) => {
          ({ signal } = context);
          expect(context.module).toBe('m');
          return new Promise((_, reject) => {
            late = reject;
          });
        },
      },
    });
    expect(await module.runAsync({})).toEqual({
      code: 'MR6033',
      type: 'HostException',
      message: 'slow took longer than 5 ms',
    });
    expect(signal?.aborted).toBe(true);
    late(new Error('nobody waits'));
    await turn();
  });

  it('does not abort what came in time', async () => {
    let signal: AbortSignal | undefined;
    const module = await withX('OUTPUT { v: x.quick(1) }', {
      quick: {
        async: true,
        timeoutMs: 1_000,
        withContext: true,
        params: ['number'],
        call: async (context: CallContext, n: number) => {
          ({ signal } = context);
          await turn(1);
          return n + 1;
        },
      },
    });
    expect(await module.runAsync({})).toEqual({ v: 2 });
    expect(signal?.aborted).toBe(false);
  });

  it('ends with the run: a cancelled run aborts the signal', async () => {
    let signal: AbortSignal | undefined;
    const controller = new AbortController();
    const module = await withX('x.slow()', {
      slow: {
        async: true,
        withContext: true,
        call: (context: CallContext) => {
          signal = context.signal;
          return never();
        },
      },
    });
    const run = errorOf(() => module.runAsync('T', {}, { signal: controller.signal }));
    await turn();
    controller.abort();
    expect(await run).toMatchObject({ code: 'MR5007' });
    expect(signal?.aborted).toBe(true);
  });

  it('ends what the call lent out', async () => {
    let kept: () => unknown = () => 0;
    const module = await withX('OUTPUT TRY x.slow(() -> 1) CATCH(e) -> e', {
      slow: {
        async: true,
        timeoutMs: 5,
        call: (f: () => unknown) => {
          kept = f;
          return never();
        },
      },
    });
    await module.runAsync({});
    expect(() => kept()).toThrow(/call that is over/);
  });
});

describe('MR4014: a module that is run by what it calls', () => {
  const source = (uri: string) =>
    `IMPORT "${uri}" AS x;\nEXPORT FUNC go(n) = IF n <= 0 THEN 0 ELSE x.again(n - 1) + 1;`;

  async function loop(reentrant: boolean, host: Host = createHost()) {
    let module: LoadedModule | undefined;
    const again = { reentrant, call: (n: number) => module?.call('go', n) };
    module = await host.load(source('host:x'), { grants: { 'host:x': capability('host:x', { again }) } });
    return module;
  }

  it('is refused, with the reason for the host and a plain fault for the program', async () => {
    const module = await loop(false);
    expect(module.call('go', 0)).toBe(0);
    const error = await errorOf(() => module.call('go', 1));
    expect(error).toMatchObject({ code: 'MR6015', cause: { code: 'MR4014' } });
    expect(module.call('go', 0)).toBe(0);
  });

  it('is permitted where the member says so', async () => {
    expect((await loop(true)).call('go', 3)).toBe(3);
  });

  it('is noticed over several modules', async () => {
    const modules: LoadedModule[] = [];
    for (let i = 0; i < 3; i++) {
      const again = { call: (n: number) => modules[(i + 1) % 3]?.call('go', n) };
      modules.push(
        await createHost().load(source('host:x'), { grants: { 'host:x': capability('host:x', { again }) } }),
      );
    }
    expect(modules[0]?.call('go', 2)).toBe(2);
    expect(await errorOf(() => modules[0]?.call('go', 3))).toMatchObject({ code: 'MR6015' });
  });

  it('is refused in all ways to run it, also from a lambda of it', async () => {
    const codes: unknown[] = [];
    let module: LoadedModule | undefined;
    const note = async (action: () => unknown) => codes.push((await errorOf(action)).code);
    const late: Promise<unknown>[] = [];
    module = await withX('LET f = () -> x.inner(); x.outer(f); OUTPUT {}', {
      outer: (f: () => unknown) => void f(),
      inner: () => {
        late.push(note(() => module?.run({})));
        late.push(note(() => module?.runAsync({})));
        late.push(note(() => module?.start({})));
        late.push(note(() => module?.get('T')({})));
        return null;
      },
    });
    module.run({});
    await Promise.all(late);
    expect(codes).toEqual(['MR4014', 'MR4014', 'MR4014', 'MR4014']);
  });

  it('is refused to guards, schemas and prices, too', async () => {
    let module: LoadedModule | undefined;
    const codes: unknown[] = [];
    const again = (): true => {
      try {
        module?.run({});
      } catch (error) {
        codes.push((error as RunError).code);
      }
      return true;
    };
    const validate = (value: unknown) => ({ value: again() && value });
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate } };
    const base = capability('host:x', {
      f: { params: [schema], returns: schema, fuel: () => Number(again()), call: () => 1 },
    });
    module = await granted(base.where(again).logged(again), 'OUTPUT { v: x.f(1) }');
    expect(module.run({})).toEqual({ v: 1 });
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'MR4014'));
  });

  it('is refused for a suspended run, too', async () => {
    let resume: () => Promise<unknown> = async () => null;
    const codes: unknown[] = [];
    const module = await withX('IF input.ask THEN { LET a = SUSPEND 1; OUTPUT {} } ELSE { x.poke(); OUTPUT {} }', {
      poke: () => void errorOf(resume).then((error) => codes.push(error.code)),
    });
    const suspended = await module.start('T', { ask: true });
    resume = () => suspended.resume(2);
    await module.start('T', { ask: false });
    await turn();
    expect(codes).toEqual(['MR4014']);
    await suspended.resume(2);
    expect(suspended.state).toBe('done');
  });

  it('does not concern other runs while one waits', async () => {
    const module = await withX('OUTPUT { v: x.wait(input.n) }', {
      wait: async (n: number) => {
        await turn(1);
        return n;
      },
    });
    const results = await Promise.all([1, 2, 3].map((n) => module.runAsync({ n })));
    expect(results).toEqual([{ v: 1 }, { v: 2 }, { v: 3 }]);
  });

  it('leaves lambdas on the budget of their run', async () => {
    const module = await withX('x.loop(() -> 1)', {
      loop: (f: () => unknown) => {
        for (;;) f();
      },
    });
    expect(await errorOf(() => module.run('T', {}, { limits: { fuel: 10_000 } }))).toMatchObject({ code: 'MR5001' });
  });
});

describe('MR5008: a grant that is taken back', () => {
  const clock = () =>
    capability('host:x', {
      now: { params: [], call: () => 1 },
      slow: { async: true, withContext: true, call: () => never() },
    }).revocable();

  it('ends runs before they begin', async () => {
    const { capability: leased, revoke } = clock();
    const module = await granted(leased, 'OUTPUT { v: x.now() }');
    expect(module.run({})).toEqual({ v: 1 });
    revoke();
    const error = await errorOf(() => module.run({}));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.code).toBe('MR5008');
    revoke();
  });

  it('ends a run at its next host call, whatever it catches', async () => {
    let revoke = () => {};
    const calls: string[] = [];
    const leased = capability('host:x', {
      last: () => {
        calls.push('last');
        revoke();
      },
      next: () => calls.push('next'),
    }).revocable();
    ({ revoke } = leased);
    const module = await granted(
      leased.capability,
      'TRY x.last() CATCH(e) -> 0; TRY x.next() CATCH(e) -> 0; OUTPUT {}',
    );
    expect(await errorOf(() => module.run({}))).toMatchObject({ code: 'MR5008' });
    expect(calls).toEqual(['last']);
  });

  it('ends a run at its next slice of fuel, although it calls nothing', async () => {
    const { capability: leased, revoke } = clock();
    const body = 'x.now(); LET n = 0; FOR EACH i IN RANGE(3000000) { SET n = n + (TRY i CATCH(e) -> 0); } OUTPUT {}';
    const module = await granted(leased, body);
    const run = errorOf(() => module.runAsync('T', {}, { limits: { fuel: 1e12, memory: 1e12, deadlineMs: 60_000 } }));
    await turn(5);
    revoke();
    expect(await run).toMatchObject({ code: 'MR5008' });
  });

  it('ends a run that waits, and aborts the signal of the call', async () => {
    let signal: AbortSignal | undefined;
    const { capability: leased, revoke } = capability('host:x', {
      slow: {
        async: true,
        withContext: true,
        call: (context: CallContext) => {
          signal = context.signal;
          return never();
        },
      },
    }).revocable();
    const module = await granted(leased, 'TRY x.slow() CATCH(e) -> 0; OUTPUT {}');
    const run = errorOf(() => module.runAsync({}));
    await turn();
    revoke();
    expect(signal?.aborted).toBe(true);
    expect(await run).toMatchObject({ code: 'MR5008' });
  });

  it('ends a thousand runs that wait under it, without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const { capability: leased, revoke } = clock();
    const module = await granted(leased, 'x.slow(); OUTPUT {}');
    const runs = Array.from({ length: 1_000 }, () => errorOf(() => module.runAsync({})));
    await turn();
    revoke();
    const codes = new Set((await Promise.all(runs)).map((error) => error.code));
    await turn();
    process.off('warning', note);
    expect([...codes]).toEqual(['MR5008']);
    expect(warnings).toEqual([]);
  });

  it('takes with it all that was narrowed from it, and nothing else', async () => {
    const base = capability('host:x', { now: () => 1 });
    const { capability: leased, revoke } = base.revocable();
    const inner = await granted(leased.only('now').limit({ calls: 9 }).revocable().capability, 'OUTPUT { v: x.now() }');
    const outer = await granted(base, 'OUTPUT { v: x.now() }');
    revoke();
    expect(await errorOf(() => inner.run({}))).toMatchObject({ code: 'MR5008' });
    expect(outer.run({})).toEqual({ v: 1 });
  });

  it('ends runs that reach it through another module', async () => {
    const { capability: leased, revoke } = clock();
    const host = createHost({
      resolve: () => 'IMPORT "host:x" AS x; EXPORT FUNC now() = x.now();',
      grantsFor: () => ({ 'host:x': leased }),
    });
    const module = await host.load('IMPORT "./time.bl" AS time; TRANSFORM T { OUTPUT { v: time.now() } }', {
      id: 'a/b',
    });
    expect(module.run({})).toEqual({ v: 1 });
    revoke();
    expect(await errorOf(() => module.run({}))).toMatchObject({ code: 'MR5008' });
  });

  it('ends a run in the middle of its BACKOFF, at once', async () => {
    const { capability: leased, revoke } = clock();
    const module = await granted(leased, 'x.now(); OUTPUT { v: TRY 1/0 CATCH(e) RETRY 1 TIMES BACKOFF "60s" -> 0 }');
    const run = errorOf(() => module.runAsync({}));
    await turn(5);
    revoke();
    expect(await run).toMatchObject({ code: 'MR5008' });
  });

  it('keeps new modules from being linked to it, and traced forms of old ones', async () => {
    const { capability: leased, revoke } = clock();
    const module = await granted(leased, 'OUTPUT { v: x.now() }');
    revoke();
    expect(await errorOf(() => granted(leased, 'OUTPUT { v: x.now() }'))).toMatchObject({
      code: 'MR4016',
      message: 'the grant of "host:x" to module "m" was revoked',
      position: { line: 1 },
    });
    expect(await errorOf(() => module.run('T', {}, { onTrace: () => {} }))).toMatchObject({ code: 'MR5008' });
  });

  it('may be one of shared state', async () => {
    const { capability: leased, revoke } = sharedState(new MemoryStore()).revocable();
    const module = await createHost({ grants: { 'host:shared': leased } }).load(
      'SHARED seen MANY; TRANSFORM T { seen["a"] = 1; OUTPUT { v: IF input.wait THEN AWAIT seen.b ELSE AWAIT seen.a } }',
    );
    expect(await module.runAsync({ wait: false })).toEqual({ v: 1 });
    const waiting = errorOf(() => module.runAsync({ wait: true }));
    await turn();
    revoke();
    expect(await waiting).toMatchObject({ code: 'MR5008' });
  });
});

test('a host function is called without this', async () => {
  let self: unknown = 1;
  const module = await withX('x.look()', {
    look: function look(this: unknown) {
      self = this;
    },
  });
  module.run({});
  expect(self).toBeUndefined();
});
