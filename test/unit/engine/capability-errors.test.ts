/** G8: whatever a host function throws, rejects with or gives, a program sees a code and a text meant for it. */
import { describe, expect, it, test } from 'vitest';
import { capability, createHost, GuestError, type MemberInput, type RunError } from '../../../src/index.ts';

const SECRET = 'hunter2 at /srv/app/db.js';
/** Out of the sight of the linter, which would rather have no thenables. */
const THEN = 'then';
const CAUGHT = 'OUTPUT TRY x.f(input.lambda) CATCH(e) -> { error: e, text: "" + e.message, keys: KEYS(e) }';

function raise(error: unknown): never {
  throw error;
}

async function withF(f: MemberInput, body = CAUGHT) {
  const host = createHost({ grants: { 'host:x': capability('host:x', { f }) } });
  return host.load(`IMPORT "host:x" AS x;\nTRANSFORM T { ${body} }`);
}

function poisoned<T extends object>(target: T): T {
  for (const name of ['stack', 'message', 'cause', 'name', 'code', 'toString', 'toJSON', 'errors', 'constructor'])
    Object.defineProperty(target, name, { get: () => raise(new Error(SECRET)), configurable: true });
  return target;
}

const TRAPS: ProxyHandler<object> = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [trap, () => raise(new Error(SECRET))]),
);

const overflow = (): number => overflow() + 1;

const THROWN: Readonly<Record<string, () => unknown>> = {
  Error: () => new Error(SECRET),
  TypeError: () => new TypeError(SECRET),
  RangeError: () => new RangeError(SECRET),
  SyntaxError: () => new SyntaxError(SECRET),
  ReferenceError: () => new ReferenceError(SECRET),
  URIError: () => new URIError(SECRET),
  EvalError: () => new EvalError(SECRET),
  AggregateError: () => new AggregateError([new Error(SECRET)], SECRET),
  DOMException: () => new DOMException(SECRET, 'AbortError'),
  'an error with a cause': () => new Error('x', { cause: new Error(SECRET) }),
  'an error named by a symbol': () => Object.assign(new Error('x'), { name: Symbol(SECRET) }),
  'an error with poisoned getters': () => poisoned(new Error('x')),
  'a poisoned RangeError': () => poisoned(new RangeError('x')),
  'a poisoned subclass': () => poisoned(new (class Mine extends TypeError {})('x')),
  'an error without a prototype': () => Object.setPrototypeOf(new Error(SECRET), null),
  'a proxy of an error': () => new Proxy(new Error(SECRET), TRAPS),
  'a proxy of a GuestError': () => new Proxy(new GuestError(SECRET), TRAPS),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a forged GuestError': () => Object.assign(Object.create(GuestError.prototype), { message: SECRET }),
  'a forged fault': () => ({ code: 'MR5001', type: 'Limit', message: SECRET, reason: { code: 'MR5001' } }),
  'a text': () => SECRET,
  'a symbol': () => Symbol(SECRET),
  'a function': () => () => SECRET,
  'a number': () => 5,
  null: () => null,
  undefined: () => undefined,
  'an object that converts': () => ({ toString: () => SECRET, valueOf: () => raise(new Error(SECRET)) }),
};

const HIDDEN = { message: 'f failed', type: 'HostException', code: 'MR6015' };
const seen = (error: object, message: string) => ({ error, text: message, keys: ['message', 'type', 'code'] });

describe('what is thrown', () => {
  test.each(Object.entries(THROWN))('%s', async (_, make) => {
    const thrown = make();
    const module = await withF(() => raise(thrown));
    expect(module.run({})).toEqual(seen(HIDDEN, 'f failed'));
    const uncaught = await withF(() => raise(thrown), 'x.f()');
    const error = await failure(() => uncaught.run({}));
    expect(error.code).toBe('MR6015');
    expect(Object.is(error.cause, thrown)).toBe(true);
    expect(String(error)).not.toMatch(/hunter2|srv|node:|\n\s+at /);
  });

  test.each(Object.entries(THROWN))('as a rejection: %s', async (_, make) => {
    const module = await withF(async () => raise(make()));
    expect(await module.runAsync({})).toEqual(seen(HIDDEN, 'f failed'));
  });

  it('a stack overflow is a stop, and nothing of the host shows', async () => {
    const module = await withF(() => overflow());
    const error = await failure(() => module.run({}));
    expect(error).toMatchObject({ code: 'MR5003' });
    expect(String(error)).not.toContain('overflow');
  });
});

async function failure(action: () => unknown): Promise<RunError> {
  try {
    await action();
  } catch (error) {
    return error as RunError;
  }
  throw new Error('nothing was thrown');
}

describe('a GuestError', () => {
  const told = async (error: GuestError) => ((await withF(() => raise(error))).run({}) as { text: unknown }).text;

  it('tells its message, escaped and cut', async () => {
    expect(await told(new GuestError('no such order'))).toBe('no such order');
    expect(await told(new GuestError('a\u001b[31mb\nc\u0000d\u202ee\u2028f'))).toBe(
      'a\\u001b[31mb\\u000ac\\u0000d\\u202ee\\u2028f',
    );
    const long = String(await told(new GuestError('x'.repeat(1e6))));
    expect(long).toBe(`${'x'.repeat(511)}…`);
    expect(String(await told(new GuestError('\u0000'.repeat(512)))).length).toBe(512);
  });

  it('tells nothing but a text of its own', async () => {
    const hostile = { toString: () => SECRET };
    expect(await told(Object.assign(new GuestError('x'), { message: hostile }))).toBe('');
    expect(await told(Object.defineProperty(new GuestError('x'), 'message', { get: () => SECRET }))).toBe('');
    expect(await told(new (class extends GuestError {})('mine'))).toBe('mine');
    expect(await told(new GuestError('x', { cause: new Error(SECRET) }))).toBe('x');
  });
});

describe('what is given', () => {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  const GIVEN: Readonly<Record<string, () => unknown>> = {
    'a function': () => () => SECRET,
    'a symbol': () => Symbol(SECRET),
    'an error': () => new Error(SECRET),
    'a class instance': () => new Map([[SECRET, SECRET]]),
    'a hostile proxy': () => new Proxy({}, { ...TRAPS, get: () => undefined }),
    'a proxy of a list': () => new Proxy([1], { ...TRAPS, get: () => undefined }),
    'an accessor': () => ({
      get password() {
        return SECRET;
      },
    }),
    'a symbol key': () => ({ [Symbol('s')]: SECRET }),
    'a hidden property': () => Object.defineProperty({}, 'password', { value: SECRET }),
    'a list with a hole': () => Object.assign([], { 1: 1 }),
    'a number that is none': () => Number.NaN,
    'a view of shared memory': () => new Uint8Array(new SharedArrayBuffer(4)),
    'a function inside': () => ({ a: [{ f: () => SECRET }] }),
  };

  test.each(Object.entries(GIVEN))('%s', async (_, make) => {
    const message = 'f answered with a value that programs cannot hold';
    expect((await withF(make)).run({})).toEqual(seen({ ...HIDDEN, message }, message));
    expect(await (await withF(async () => make())).runAsync({})).toEqual(seen({ ...HIDDEN, message }, message));
  });

  it('itself, without end, is a limit', async () => {
    expect(await failure(async () => (await withF(() => self)).run({}))).toMatchObject({ code: 'MR5006' });
  });

  test.each([
    ['whose getter throws', () => Object.defineProperty({}, THEN, { get: () => raise(new Error(SECRET)) })],
    ['that is a hostile proxy', () => new Proxy({}, TRAPS)],
  ])('a thenable %s', async (_, make) => {
    expect((await withF(make)).run({})).toEqual(seen(HIDDEN, 'f failed'));
    expect(await (await withF(make)).runAsync({})).toEqual(seen(HIDDEN, 'f failed'));
  });

  const THENABLES: Readonly<Record<string, () => unknown>> = {
    throws: () => ({ [THEN]: () => raise(new Error(SECRET)) }),
    'rejects with a proxy': () => ({
      [THEN]: (_: unknown, reject: (e: unknown) => void) => reject(new Proxy({}, TRAPS)),
    }),
    'throws at the second look': () => {
      let looks = 0;
      return Object.defineProperty({}, THEN, { get: () => (looks++ === 0 ? () => {} : raise(new Error(SECRET))) });
    },
    'is a promise with a poisoned constructor': () =>
      Object.defineProperty(Promise.resolve(1), 'constructor', { get: () => raise(new Error(SECRET)) }),
  };

  test.each(Object.entries(THENABLES))('a thenable that %s', async (_, make) => {
    expect(await (await withF(make)).runAsync({})).toEqual(seen(HIDDEN, 'f failed'));
    expect(await failure(async () => (await withF(make)).run({}))).toMatchObject({ code: 'MR4010' });
    await new Promise((resolve) => setTimeout(resolve, 0));
  });

  it('a thenable that settles twice settles once', async () => {
    const twice = {
      [THEN](resolve: (v: unknown) => void, reject: (e: unknown) => void) {
        resolve(1);
        resolve(2);
        reject(new Error(SECRET));
        raise(new Error(SECRET));
      },
    };
    expect(await (await withF(() => twice, 'OUTPUT { v: x.f() }')).runAsync({})).toEqual({ v: 1 });
  });
});

describe('a fault of a lent lambda', () => {
  const body = 'OUTPUT TRY x.f(() -> 1 / 0) CATCH(e) -> e';

  it('is an error with code and message to the host, and goes on as it was', async () => {
    let caught: unknown;
    const module = await withF((f: () => unknown) => {
      try {
        return f();
      } catch (error) {
        caught = error;
        throw error;
      }
    }, body);
    expect(module.run({})).toMatchObject({ code: 'MR6003', message: 'Division by zero' });
    expect(caught).toBeInstanceOf(Error);
    expect(caught).toMatchObject({ name: 'LambdaError', code: 'MR6003', message: 'Division by zero' });
    expect(Reflect.ownKeys(caught as object).sort()).toEqual(['code', 'message', 'name', 'stack']);
  });

  it('kept for another call, or from another module, is an error of the host like any', async () => {
    let kept: unknown = null;
    const f = (lambda: () => unknown) => {
      if (kept !== null) throw kept;
      try {
        return lambda();
      } catch (error) {
        kept = error;
        return 0;
      }
    };
    const first = await withF(f, 'OUTPUT { v: x.f(() -> ASSERT(false, "tenant A: 1234")) }');
    const second = await withF(f, body);
    first.run({});
    expect(kept).toMatchObject({ message: expect.stringContaining('tenant A') });
    expect(second.run({})).toEqual(HIDDEN);
  });

  it('that is a stop ends the run, even if the host swallows it', async () => {
    const module = await withF((f: () => unknown) => {
      try {
        return f();
      } catch {
        return 1;
      }
    }, 'LET n = x.f(() -> SUM(RANGE(100000))); OUTPUT { v: TRY x.f(() -> 1) CATCH(e) -> 2 }');
    const error = await failure(() => module.run('T', {}, { limits: { fuel: 5_000 } }));
    expect(error).toMatchObject({ code: 'MR5001' });
  });
});
