/** What a capability may be made of. A wrong definition throws when it is made, not when it is called. */
import { describe, expect, it, test } from 'vitest';
import { capability, type MemberDefinition, MemoryStore, sharedState } from '../../../src/index.ts';
import { Capability } from '../../../src/link/capability.ts';

const call = () => 1;
/** Out of the sight of the linter, which would rather have no thenables. */
const THEN = 'then';
const make = (definition: object) => capability('host:x', { m: definition as MemberDefinition });
const member = (definition: object) => Capability.functionOf(make(definition), 'm');

describe('definitions', () => {
  it('default to the cautious reading', () => {
    expect(member({ call })).toMatchObject({
      uri: 'host:x',
      name: 'm',
      arity: null,
      effect: 'write',
      async: false,
      fuel: 100,
      timeoutMs: null,
      reentrant: false,
      withContext: false,
    });
    expect(member({ call: async () => 1 })).toMatchObject({ async: true });
    expect(member({ params: ['string', 'n: number'], call })).toMatchObject({
      arity: 2,
      parameters: [{ name: null }, { name: 'n' }],
    });
  });

  test.each([
    ['an unknown option', { call, timeout: 5 }, /no option "timeout"/],
    ['no function', { params: [] }, /no function "call"/],
    ['nothing', null, /no function "call"/],
    ['an unknown effect', { call, effect: 'none' }, /effect of member m of host:x is one of pure, read, write/],
    ['names for contracts', { call, params: ['sku'] }, /parameter 1 of member m of host:x: the type "sku"/],
    ['params that are no list', { call, params: 'string' }, /list of contracts/],
    ['a result of no type', { call, returns: 'strin' }, /the result of member m/],
    ['fuel that is not a number', { call, fuel: Number.NaN }, /fuel/],
    ['negative fuel', { call, fuel: -1 }, /fuel/],
    ['half a unit of fuel', { call, fuel: 0.5 }, /fuel/],
    ['a timeout of a synchronous function', { call, timeoutMs: 5 }, /not async/],
    ['a timeout that contradicts async: false', { call: async () => 1, async: false, timeoutMs: 5 }, /not async/],
    ['no timeout', { call, async: true, timeoutMs: 0 }, /timeoutMs/],
    ['a timeout that never comes', { call, async: true, timeoutMs: Number.POSITIVE_INFINITY }, /timeoutMs/],
    ['a truthy flag', { call, reentrant: 'no' }, /reentrant/],
    ['a truthy flag', { call, async: 1 }, /async/],
  ])('%s', (_, definition, message) => {
    expect(() => make(definition as object)).toThrow(TypeError);
    expect(() => make(definition as object)).toThrow(message);
  });

  test.each(['', '1a', 'a-b', 'a.b', '*', '__proto__', 'a b', 'é', 'constructor\n'])(
    'no member is named %j',
    (name) => {
      expect(() => capability('host:x', { [name]: call })).toThrow(TypeError);
    },
  );

  it('refuses members that an object literal or class took for itself', () => {
    expect(() => capability('host:x', { __proto__: { m: call } } as never)).toThrow(/plain object/);
    expect(() =>
      capability(
        'host:x',
        new (class {
          m = call;
        })() as never,
      ),
    ).toThrow(/plain object/);
  });

  it('finds its own members only', () => {
    const made = capability('host:x', { [THEN]: call, constructor: call });
    expect(made.members).toEqual(['then', 'constructor']);
    for (const name of ['toString', '__proto__', 'valueOf', 'get'])
      expect(Capability.functionOf(made, name), name).toBeUndefined();
  });

  test.each(['', 'x', 'host:', 'host:*', 'host:a/b', 'HOST:x', 'host:x ', 7])('no URI is %j', (uri) => {
    expect(() => capability(uri as string, {})).toThrow(/URI/);
  });
});

describe('a capability', () => {
  it('cannot be changed or forged', () => {
    const made = make({ call });
    expect(Object.isFrozen(made)).toBe(true);
    expect(Object.isFrozen(member({ call }))).toBe(true);
    expect(() => Object.assign(made, { uri: 'host:y' })).toThrow(TypeError);
    expect(Capability.is(made)).toBe(true);
    expect(Capability.is({ ...made })).toBe(false);
    expect(Capability.is(Object.create(Capability.prototype))).toBe(false);
    expect(Capability.is(new Proxy(made, {}))).toBe(false);
  });

  test.each([
    ['only nothing', (c: Capability) => c.only(), /at least one/],
    ['only what it lacks', (c: Capability) => c.only('n'), /no member "n"; it has m/],
    ['a wildcard', (c: Capability) => c.only('*'), /no member/],
    ['what only() took away', (c: Capability) => c.only('m').only('then'), /no member/],
    ['where nothing', (c: Capability) => c.where(undefined as never), /where\(\) takes a function/],
    ['no limit', (c: Capability) => c.limit({}), /calls, bytes or perSecond/],
    ['an unknown limit', (c: Capability) => c.limit({ call: 1 } as never), /no option "call"/],
    ['a limit that is no number', (c: Capability) => c.limit({ calls: Number.NaN }), /calls is an integer/],
    ['a negative limit', (c: Capability) => c.limit({ bytes: -1 }), /bytes is an integer/],
    ['an endless limit', (c: Capability) => c.limit({ calls: Number.POSITIVE_INFINITY }), /calls is an integer/],
    ['no call a second', (c: Capability) => c.limit({ perSecond: 0 }), /perSecond/],
    ['a clock for nothing', (c: Capability) => c.limit({ calls: 1, now: () => 0 }), /clock/],
    ['no time', (c: Capability) => c.expires(Number.NaN), /Date or milliseconds/],
    ['an invalid date', (c: Capability) => c.expires(new Date('never')), /Date or milliseconds/],
    ['a text for a time', (c: Capability) => c.expires('2027-01-01' as never), /Date or milliseconds/],
    ['an unknown option', (c: Capability) => c.expires(1, { clock: () => 1 } as never), /no option "clock"/],
    ['no sink', (c: Capability) => c.logged({} as never), /logged\(\) takes a function/],
  ])('is not narrowed by %s', (_, narrow, message) => {
    expect(() => narrow(capability('host:x', { m: call, [THEN]: call }).only('m'))).toThrow(message);
  });

  it('of shared state can be taken back, not narrowed', () => {
    const shared = sharedState(new MemoryStore());
    expect(shared.members).toEqual([]);
    expect(Object.isFrozen(shared)).toBe(true);
    expect(() => shared.where(() => true)).toThrow(TypeError);
    expect(() => shared.limit({ calls: 1 })).toThrow(TypeError);
    expect(() => shared.only('x')).toThrow(TypeError);
    expect(shared.revocable().capability).toHaveProperty('store', shared.store);
  });
});
