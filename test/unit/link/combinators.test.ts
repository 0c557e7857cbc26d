/** Combinators only narrow: by example, and over random stacks of them and random calls. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Capability, capability, createHost, type LoadedModule, type RunError } from '../../../src/index.ts';

const SOURCES = {
  get: 'IMPORT "host:x" AS x; EXPORT FUNC go(n, s) = x.get(n, s);',
  put: 'IMPORT "host:x" AS x; EXPORT FUNC go(n, s) = x.put(n, s);',
} as const;
type Member = keyof typeof SOURCES;

interface Call {
  readonly member: Member;
  readonly n: number;
  readonly s: string;
  readonly at: number;
}

/** The world of one test: the clock, the calls that reached the host function, and programs that make them. */
class World {
  time = 0;
  readonly reached: Call[] = [];
  readonly modules = new Map<Member, LoadedModule>();

  readonly base = capability('host:x', {
    get: { params: ['number', 'string'], call: (n: number, s: string) => this.#note('get', n, s) },
    put: { params: ['number', 'string'], call: (n: number, s: string) => this.#note('put', n, s) },
  });

  #note(member: Member, n: number, s: string): string {
    this.reached.push({ member, n, s, at: this.time });
    return s;
  }

  async grant(granted: Capability): Promise<this> {
    for (const [member, source] of Object.entries(SOURCES)) {
      const loaded = createHost({ grants: { 'host:x': granted } }).load(source);
      const module = await loaded.catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'MR4002' });
        return null;
      });
      if (module !== null) this.modules.set(member as Member, module);
    }
    return this;
  }

  /** What the program sees: a result, or a code. */
  call({ member, n, s, at }: Call): unknown {
    this.time = at;
    const module = this.modules.get(member);
    if (module === undefined) return 'MR4002';
    try {
      return { result: module.call('go', n, s) };
    } catch (error) {
      return (error as RunError).code;
    }
  }
}

type Combinator = (capability: Capability, world: World) => Capability;

const combinator: fc.Arbitrary<readonly [string, Combinator]> = fc.oneof(
  fc
    .constantFrom<Member>('get', 'put')
    .map((m) => [`only ${m}`, (c: Capability) => (c.members.includes(m) ? c.only(m) : c)] as const),
  fc
    .integer({ min: 0, max: 9 })
    .map((k) => [`where n < ${k}`, (c: Capability) => c.where((_, [n]) => (n as number) < k)] as const),
  fc.constant(['where get', (c: Capability) => c.where((member) => member === 'get')] as const),
  fc.constant(['where throws', (c: Capability) => c.where((_, [n]) => n !== 5 || fail())] as const),
  fc.integer({ min: 0, max: 6 }).map((calls) => [`calls ${calls}`, (c: Capability) => c.limit({ calls })] as const),
  fc.integer({ min: 0, max: 99 }).map((bytes) => [`bytes ${bytes}`, (c: Capability) => c.limit({ bytes })] as const),
  fc
    .integer({ min: 1, max: 3 })
    .map(
      (perSecond) =>
        [`rate ${perSecond}`, (c: Capability, w: World) => c.limit({ perSecond, now: () => w.time })] as const,
    ),
  fc
    .integer({ min: 0, max: 5_000 })
    .map((at) => [`expires ${at}`, (c: Capability, w: World) => c.expires(at, { now: () => w.time })] as const),
  fc.constant(['logged', (c: Capability) => c.logged(({ args }) => void (args[0] !== 7 || fail()))] as const),
  fc.constant(['revocable', (c: Capability) => c.revocable().capability] as const),
);

function fail(): never {
  throw new Error('no answer');
}

const calls: fc.Arbitrary<readonly Call[]> = fc
  .array(
    fc.record({
      member: fc.constantFrom<Member>('get', 'put'),
      n: fc.integer({ min: 0, max: 9 }),
      s: fc.string({ maxLength: 8 }),
      after: fc.integer({ min: 0, max: 600 }),
    }),
    { maxLength: 25 },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ after, ...call }) => ({ ...call, at: (at += after) }));
  });

const stack = fc.array(combinator, { maxLength: 4 });
const build = (stacked: readonly (readonly [string, Combinator])[], start: Capability, world: World) =>
  stacked.reduce((c, [, narrow]) => narrow(c, world), start);

describe('combinators', () => {
  it('never permit what the capability refuses', async () => {
    let permitted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(stack, stack, calls, async (inner, outer, made) => {
        const narrowed = new World();
        await narrowed.grant(build(outer, build(inner, narrowed.base, narrowed), narrowed));
        for (const call of made) narrowed.call(call);
        const plain = new World();
        await plain.grant(build(inner, plain.base, plain));
        for (const call of narrowed.reached) plain.call(call);
        expect(plain.reached).toEqual(narrowed.reached);
        permitted += narrowed.reached.length;
        refused += made.length - narrowed.reached.length;
      }),
      { seed: 41, numRuns: 400 },
    );
    // Both happen often, or the property says nothing.
    expect(Math.min(permitted, refused)).toBeGreaterThan(500);
  });

  it('leave the capability that they narrow as it was', async () => {
    await fc.assert(
      fc.asyncProperty(stack, calls, async (stacked, made) => {
        const world = new World();
        build(stacked, world.base, world);
        await world.grant(world.base);
        for (const call of made) expect(world.call(call)).toEqual({ result: call.s });
      }),
      { seed: 42, numRuns: 50 },
    );
  });

  it('count within any second, whatever the rhythm', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), calls, async (perSecond, made) => {
        const world = new World();
        await world.grant(world.base.limit({ perSecond, now: () => world.time }));
        for (const call of made) world.call(call);
        for (const { at } of world.reached) {
          const within = world.reached.filter((other) => other.at >= at && other.at < at + 1_000);
          expect(within.length).toBeLessThanOrEqual(perSecond);
        }
      }),
      { seed: 43, numRuns: 100 },
    );
  });
});

describe('a refusal', () => {
  const refusal = async (narrow: Combinator, times = 1) => {
    const world = new World();
    await world.grant(narrow(world.base, world));
    let last: unknown;
    for (let i = 0; i < times; i++) {
      try {
        last = world.modules.get('get')?.call('go', 1, 'abc');
      } catch (error) {
        last = error;
      }
    }
    return { last: last as RunError, reached: world.reached.length };
  };

  it('is a fault with a code that programs can catch, and says what refused', async () => {
    const cases: readonly (readonly [Combinator, RegExp])[] = [
      [(c) => c.where(() => false), /get was refused: the host does not permit this call/],
      [(c) => c.limit({ calls: 0 }), /may be called 0 times/],
      [(c) => c.limit({ bytes: 13 }), /may move 13 bytes/],
      [(c) => c.expires(0), /has expired/],
    ];
    for (const [narrow, message] of cases) {
      const { last, reached } = await refusal(narrow);
      expect(last).toMatchObject({ code: 'MR6034', type: 'HostException', message: expect.stringMatching(message) });
      expect(reached).toBe(0);
    }
  });

  it('of what cannot be decided keeps the reason for the host', async () => {
    const secret = new Error('secret');
    const broken: readonly Combinator[] = [
      (c) => c.where(() => Promise.reject(secret) as never),
      (c) => c.where((async () => true) as never),
      (c) => c.where(() => 1 as never),
      (c) =>
        c.where(() => {
          throw secret;
        }),
      (c) =>
        c.logged(() => {
          throw secret;
        }),
      (c) => c.limit({ perSecond: 1, now: () => Number.NaN }),
      (c) => c.limit({ perSecond: 1, now: () => '1' as never }),
      (c) =>
        c.limit({
          perSecond: 1,
          now: () => {
            throw secret;
          },
        }),
      (c) => c.expires(1, { now: () => Number.NaN }),
      (c) =>
        c.expires(1, {
          now: () => {
            throw secret;
          },
        }),
    ];
    for (const narrow of broken) {
      const { last, reached } = await refusal(narrow);
      expect(last).toMatchObject({ code: 'MR6034' });
      expect(String(last)).not.toContain('secret');
      expect(reached).toBe(0);
    }
  });

  it('of a clock that was put back goes on until it is right again', async () => {
    let time = 10_000;
    const { reached } = await refusal((c) => c.limit({ perSecond: 1, now: () => (time -= 100) }), 5);
    expect(reached).toBe(1);
  });

  it('keeps a result that does not fit from the program', async () => {
    // 8 for the number, 6 for each of the two texts of three characters.
    expect(await refusal((c) => c.limit({ bytes: 20 }))).toMatchObject({ last: 'abc', reached: 1 });
    expect(await refusal((c) => c.limit({ bytes: 19 }))).toMatchObject({ last: { code: 'MR6034' }, reached: 1 });
    expect(await refusal((c) => c.limit({ bytes: 19 }), 3)).toMatchObject({ last: { code: 'MR6034' }, reached: 1 });
  });

  it('by the outer guard spends nothing of the inner one', async () => {
    const world = new World();
    const limited = world.base.limit({ calls: 1 });
    await world.grant(limited.where((_, [n]) => n === 2));
    for (const n of [1, 1, 2, 2]) world.call({ member: 'get', n, s: '', at: 0 });
    expect(world.reached.map(({ n }) => n)).toEqual([2]);
  });

  it('is not what a sink hears of that was added first', async () => {
    const heard: unknown[] = [];
    const world = new World();
    await world.grant(world.base.logged((call) => heard.push(call)).where((_, [n]) => n === 2));
    for (const n of [1, 2]) world.call({ member: 'put', n, s: 'x', at: 0 });
    expect(heard).toEqual([{ uri: 'host:x', member: 'put', args: [2, 'x'] }]);
  });

  it('cannot be got around by changing the arguments', async () => {
    const world = new World();
    await world.grant(
      world.base.where((_, args) => {
        (args as unknown[])[0] = 99;
        return true;
      }),
    );
    expect(world.call({ member: 'get', n: 1, s: '', at: 0 })).toBe('MR6034');
  });
});
