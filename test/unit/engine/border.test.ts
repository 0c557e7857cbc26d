/** What a host may do to a run, and a run to its host, at the calls between them: mutation, rejections, cancellation, cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Capability,
  capability,
  createHost,
  type LoadedModule,
  type MemberInput,
  type RunCallOptions,
} from '../../../src/index.ts';
import { inForm } from '../../support/forms.ts';

type Members = { readonly [name: string]: MemberInput };
const given = (members: Members): { readonly grants: { readonly [uri: string]: Capability } } => ({
  grants: { 'host:x': capability('host:x', members) },
});

function load(
  body: string,
  members: Members = {},
  options: Parameters<typeof createHost>[0] = {},
): Promise<LoadedModule> {
  const source = Object.keys(members).length === 0 ? body : `IMPORT "host:x" AS x;\nTRANSFORM T { ${body} }`;
  return createHost({ ...given(members), ...options }).load(source);
}

/** A host function that calls the lambda it was given only after a while. */
const callsAfter = (milliseconds: number) => (fn: () => unknown) => sleep(milliseconds).then(() => fn());

async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'no error';
}

describe('a request of SUSPEND', () => {
  it('is the host’s own: changing it changes nothing in the program', async () => {
    const module = await load('LET o = {n: 1, deep: {k: 1}}; LET a = SUSPEND o; OUTPUT o');
    const run = await module.start({});
    const request = run.request as { n: number; deep: { k: number } };
    request.n = 77;
    request.deep.k = 77;
    await run.resume(null);
    expect(run.value).toEqual({ n: 1, deep: { k: 1 } });
  });

  it('does not outlive a cancellation while it was parked', async () => {
    const module = await load('LET a = SUSPEND 1; OUTPUT {a: a}');
    const cancel = new AbortController();
    const run = await module.start(undefined, {}, { signal: cancel.signal });
    cancel.abort();
    expect(await codeOf(() => run.resume(5))).toBe('MR5007');
    expect(run.state).toBe('failed');
  });
});

describe('a promise that a run cannot wait for', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it('rejects into nothing, not into the process', async () => {
    const fail = () => Promise.reject(new Error('late'));
    const sync = await load('OUTPUT {v: x.fail()}', { fail });
    expect(await codeOf(() => sync.run({}))).toBe('MR4010');
    const nested = await load('OUTPUT {v: x.apply(() -> x.fail())}', { fail, apply: (fn: () => unknown) => fn() });
    expect(await codeOf(() => nested.runAsync({}))).toBe('MR4010');
    await sleep(10);
    expect(unhandled).toEqual([]);
  });
});

describe('an answer of the host that throws when it is looked at', () => {
  it.each([
    [
      'a proxy',
      () =>
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('secret');
            },
          },
        ),
    ],
    [
      'a getter named then',
      () =>
        Object.defineProperty({}, 'then', {
          get: () => {
            throw new Error('secret');
          },
        }),
    ],
  ])('is a fault that programs can catch and that tells them nothing: %s', async (_, answer) => {
    const module = await load('OUTPUT {v: TRY x.f() CATCH(e) -> [e.type, CONTAINS(e.message, "secret")]}', {
      f: answer,
    });
    expect(module.run({})).toEqual({ v: ['HostException', false] });
  });
});

describe('waiting', () => {
  it('ends as cancelled when the host’s timer rejects on abort, or ignores it', async () => {
    for (const timer of [
      (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
      () => new Promise<void>(() => {}),
    ]) {
      const module = await load('OUTPUT {v: TRY 1//0 CATCH(e) RETRY 1 TIMES BACKOFF "9s" -> 0}', {}, { timer });
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 5);
      expect(await codeOf(() => module.runAsync(undefined, {}, { signal: cancel.signal }))).toBe('MR5007');
    }
  });

  it('for the host does not count against the deadline of a lambda that the host calls afterwards', async () => {
    const work = 'LET c = 0; FOR i IN RANGE(60000) { SET c = c + 1; } RETURN c;';
    const module = await load(
      `OUTPUT {v: x.later(() -> { ${work} })}`,
      { later: callsAfter(400) },
      { limits: { deadlineMs: 300 } },
    );
    expect(await module.runAsync({})).toEqual({ v: 60000 });
  });

  it('for a lambda of the program does count', async () => {
    const module = await load(
      'OUTPUT {v: x.later(() -> LENGTH([i * 2 FOR EACH i IN RANGE(3000000)]))}',
      { later: callsAfter(1) },
      { limits: { deadlineMs: 20 } },
    );
    expect(await codeOf(() => module.runAsync({}))).toBe('MR5004');
  });
});

describe('what crosses is paid for before it is copied', () => {
  const doubled = 'LET a = [1]; FOR i IN RANGE(22) { SET a = [a, a]; }';
  const limits = { memory: 4 << 20, deadlineMs: 60_000 };

  it('an argument that shares its parts', async () => {
    const module = await load(`${doubled} LET z = x.f(a);`, { f: () => 1 }, { limits });
    expect(await codeOf(() => module.run({}))).toBe('MR5002');
  });

  it('a request that shares its parts', async () => {
    const module = await load(`${doubled} LET z = SUSPEND a;`, {}, { limits });
    expect(await codeOf(() => module.start({}))).toBe('MR5002');
  });

  it('an answer', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({ i }));
    const module = await load('LET all = []; FOR i IN RANGE(50) { APPEND TO all x.f(); }', { f: () => rows });
    expect(await codeOf(() => module.run('T', {}, { limits }))).toBe('MR5002');
    expect(await codeOf(() => module.run('T', {}, { limits: { fuel: 100_000 } }))).toBe('MR5001');
  });
});

it('prices the operands that wait below a call, so that the deadline holds', async () => {
  const source = `FUNC f(a) = a; TRANSFORM T { LET o = {a: 1}; SET o.a = 2; LET q = {}; LET xs = [${'f(q),'.repeat(20_000)} 1]; }`;
  const module = await createHost().load(source);
  expect(await codeOf(() => module.run('T', {}, { limits: { fuel: 2_000_000 } }))).toBe('MR5001');
});

it('writes into no list of a foreign class, and runs none of its code', async () => {
  let calls = 0;
  class Foreign extends Array<number> {
    static override get [Symbol.species](): ArrayConstructor {
      calls++;
      return Array;
    }
  }
  const list = Foreign.of(1, 2);
  calls = 0;
  for (const statement of [
    'LET o = input.x; SET o[0] = 5;',
    'LET o = input; SET o.x[0] = 5;',
    'LET o = input; APPEND TO o.x[0].y 5;',
  ]) {
    const module = await load(statement);
    expect(await codeOf(() => module.run({ x: list }))).toMatch(/^MR60(07|16)$/);
  }
  expect([calls, [...list]]).toEqual([0, [1, 2]]);
});

describe('the life of modules', () => {
  it('ends with the host’s, named or not', async () => {
    const host = createHost();
    const unnamed = await host.load('OUTPUT {v: 1}');
    const underway = host.load('OUTPUT {v: MATCH("a", "a")}', { id: 'late' });
    await host.close();
    expect(await codeOf(() => unnamed.run({}))).toBe('MR4012');
    expect(await codeOf(() => underway)).toBe('MR4012');
  });

  it('is not given back by a replacement under way', async () => {
    const host = createHost();
    const module = await host.load('OUTPUT {v: 1}', { id: 'a' });
    const replacing = host.replace('a', 'OUTPUT {v: MATCH("a", "a")}');
    host.unload('a');
    expect(await codeOf(() => replacing)).toBe('MR4012');
    expect(await codeOf(() => module.run({}))).toBe('MR4012');
  });
});

describe('senseless options', () => {
  it.each([
    ['limits', 5],
    ['limits', null],
    ['limits', []],
    ['grants', 5],
    ['grants', null],
    ['timer', 5],
  ])('are refused by name: %s %j', async (name, value) => {
    expect(await codeOf(() => createHost({ [name]: value } as object))).toBe('MR4012');
  });

  it.each([
    ['signal', {}],
    ['signal', 5],
    ['onTrace', 5],
    ['limits', 5],
  ])('of a run: %s %j', async (name, value) => {
    const module = await load('OUTPUT {v: 1}');
    expect(await codeOf(() => module.run(undefined, {}, { [name]: value } as object))).toBe('MR4012');
  });

  it.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, '5'])('fuel of a member: %j', (fuel) => {
    expect(() => capability('host:x', { f: { fuel: fuel as number, call: () => 1 } })).toThrow(TypeError);
  });
});

describe('prototypes of the realm', () => {
  const undo: (() => void)[] = [];
  const define = (key: string, descriptor: PropertyDescriptor): void => {
    const before = Object.getOwnPropertyDescriptor(Object.prototype, key);
    undo.push(() =>
      before === undefined
        ? Reflect.deleteProperty(Object.prototype, key)
        : Object.defineProperty(Object.prototype, key, before),
    );
    Object.defineProperty(Object.prototype, key, { configurable: true, ...descriptor });
  };
  afterEach(() => {
    for (const step of undo.splice(0)) step();
  });

  it('I13: an addition that cannot be assigned over changes no copied input', async () => {
    const module = await load('LET o = input; SET o.z = 1; OUTPUT o');
    define('total', { value: 1 });
    expect(await module.runAsync({ total: 5 })).toEqual({ total: 5, z: 1 });
  });

  it('I13: an accessor sees no part of an input', async () => {
    const module = await load('OUTPUT input');
    const seen: unknown[] = [];
    define('spy', { get: () => undefined, set: (value) => seen.push(value) });
    expect(await codeOf(() => module.runAsync({ spy: 5 }))).toBe('MR4013');
    expect(seen).toEqual([]);
  });

  it('I13: an accessor in the place of a standard name sees no write', async () => {
    const module = await load(
      'LET o = {}; SET o.toString = 5; LET k = "valueOf"; SET o[k] = 6; OUTPUT MERGE(o, input)',
    );
    const seen: unknown[] = [];
    for (const key of ['toString', 'valueOf', 'isPrototypeOf']) define(key, { get: () => 1, set: (v) => seen.push(v) });
    const printed = JSON.stringify(await module.runAsync({ isPrototypeOf: 7 }));
    for (const step of undo.splice(0)) step();
    expect(printed).toBe('{"toString":5,"valueOf":6,"isPrototypeOf":7}');
    expect(seen).toEqual([]);
  });

  /** What the actions come to beside the addition, which is gone again before anything is expected of them. */
  async function beside(key: string, value: unknown, ...actions: (() => unknown)[]): Promise<unknown[]> {
    define(key, { value, writable: true });
    const outcomes: unknown[] = [];
    for (const action of actions) outcomes.push(await codeOf(async () => outcomes.push(await action())));
    for (const step of undo.splice(0)) step();
    return outcomes.filter((outcome) => outcome !== 'no error');
  }

  it.each(['get', 'set'])('I13: %s, which every descriptor would inherit, is refused by its name', async (key) => {
    let message = '';
    const loading = (): Promise<unknown> =>
      load('OUTPUT { v: 1 }').catch((error: Error) => {
        message = `${error.name}: ${error.message}`;
        throw error;
      });
    expect(await beside(key, 'from Object.prototype', loading)).toEqual(['MR4013']);
    expect(message).toContain(`LoadError: Object.prototype or Array.prototype carries "${key}"`);
  });

  it.each([
    ['limits', { fuel: 1e12 }],
    ['input', 'trusted'],
    ['reentrant', true],
    ['fuel', 0],
    ['signal', 'none'],
    ['grants', {}],
    ['uri', 'host:x'],
    ['source', 'OUTPUT { v: "from Object.prototype" }'],
  ])('I13: %s on Object.prototype is no option of anybody', async (name, value) => {
    const ast = JSON.parse(inForm('json', 'EXPORT FUNC one() = 1;') as string) as object;
    const source =
      'IMPORT "./a.json" AS a; IMPORT "host:x" AS x; TRANSFORM T { OUTPUT [{ v: [a.one(), x.f(), input] }]; }';
    const run = async (input: unknown, options?: RunCallOptions): Promise<unknown> => {
      const host = createHost({ ...given({ f: { call: () => 7 } }), resolve: () => ast });
      return (await host.load(source)).run('T', input, options);
    };
    const again: { run?: () => unknown } = {};
    const reentering = async (): Promise<unknown> => {
      const module = await load('OUTPUT { v: x.f() }', { f: { call: () => again.run?.() } });
      again.run = () => module.run();
      return module.run();
    };
    const outcomes = await beside(
      name,
      value,
      () => run(3),
      () => run(new Date(0), { input: 'checked' }),
      () => load('OUTPUT { v: input }').then((module) => module.runAsync(new Date(0))),
      () => load('FOR i IN RANGE(1000) { }', {}, { limits: { fuel: 100 } }).then((module) => module.run()),
      reentering,
    );
    expect(outcomes).toEqual([{ v: [1, 7, 3] }, 'MR6016', 'MR6016', 'MR5001', 'MR6015']);
  });

  it('I13: a check that a replaced built-in has broken is made again', async () => {
    const module = await load('LET o = {}; SET o.spy = 5; OUTPUT o');
    const { has } = Set.prototype;
    Set.prototype.has = () => {
      throw new Error('broken');
    };
    const broken = await codeOf(() => module.run({}));
    Set.prototype.has = has;
    await sleep(0);
    expect(broken).toBe('MR9001');
    const seen: unknown[] = [];
    define('spy', { get: () => undefined, set: (value) => seen.push(value) });
    expect(await codeOf(() => module.run({}))).toBe('MR4013');
    expect(seen).toEqual([]);
  });

  it('may be frozen: records still hold the keys that prototypes have', async () => {
    const module = await load('LET o = {constructor: 1, toString: 2}; LET p = o; SET p.valueOf = 3; OUTPUT p');
    for (const key of ['constructor', 'toString', 'valueOf']) define(key, { writable: false });
    const printed = JSON.stringify(await module.runAsync({ constructor: 1 }));
    expect(printed).toBe('{"constructor":1,"toString":2,"valueOf":3}');
  });
});
