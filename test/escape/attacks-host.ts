/** C: host functions that would leak or change something, and what a host may do at the wrong time. */
import { inspect } from 'node:util';
import { capability, createHost, GuestError, type HostOptions, type MemberInput } from '../../src/index.ts';
import type { HostAttack } from './attack.ts';
import { withProperty } from './realms.ts';

const SECRET = 'hunter2 at secret.js';
const NOT_HELD = { code: 'MR6015', says: 'answered with a value that programs cannot hold' };

const raise = (error: unknown): never => {
  throw error;
};
const given = (members: Readonly<Record<string, MemberInput>>): HostOptions => ({
  grants: { 'host:x': capability('host:x', members) },
});
const using = (body: string): string => `IMPORT "host:x" AS x;\nTRANSFORM T { ${body} }`;

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

const THROWN: readonly (readonly [number, string, () => unknown])[] = [
  [82, 'an Error with a secret in its message', () => new Error(SECRET)],
  [83, 'an Error with poisoned getters', () => poisoned(new Error(SECRET))],
  [84, 'a symbol', () => Symbol(SECRET)],
  [84, 'null', () => null],
  [84, 'a text', () => SECRET],
  [97, 'an object that poses as a limit', () => ({ code: 'MR5001', type: 'Limit', message: SECRET })],
];

function poisoned(error: Error): Error {
  for (const name of ['stack', 'cause', 'name', 'code', 'toString'])
    Object.defineProperty(error, name, { get: () => raise(new Error(SECRET)) });
  return error;
}

const throwing: readonly HostAttack[] = THROWN.map(([number, what, make]) => ({
  number,
  idea: `a host function throws ${what}`,
  family: 'host boundary',
  expected: { result: { v: ['MR6015', 'f failed', ['message', 'type', 'code'], false] } },
  attack: async (reached, load) => {
    const f = (): never => {
      reached();
      return raise(make());
    };
    const body = 'OUTPUT { v: TRY x.f() CATCH(e) -> [e.code, e.message, KEYS(e), CONTAINS("" + e, "hunter2")] }';
    return (await load(using(body), given({ f }))).run({});
  },
  // A naive host shows its program the message; of null even asking for it fails.
  control: () => {
    const error = thrownBy(() => raise(make()));
    return error === null
      ? thrownBy(() => naiveText(error)) instanceof TypeError
      : naiveText(error).includes('hunter2');
  },
}));

function naiveText(error: unknown): string {
  const { message } = error as Error;
  return typeof message === 'string' ? message : String(error);
}

const ANSWERED: readonly (readonly [number, string, () => unknown, (value: never) => boolean])[] = [
  [
    71,
    'a proxy with traps',
    () => new Proxy({}, { ownKeys: () => raise(new Error(SECRET)) }),
    (value) => naiveText(thrownBy(() => Object.keys(value))).includes('hunter2'),
  ],
  [
    80,
    'a list that holds a revoked proxy',
    () => [revoked()],
    (value) => thrownBy(() => JSON.stringify(value)) instanceof TypeError,
  ],
  [86, 'a function of the host', () => () => SECRET, (value: () => string) => value() === SECRET],
  [
    72,
    'an object with a hidden property',
    () => Object.defineProperty({}, 'password', { value: SECRET }),
    (value: { password: string }) => value.password === SECRET,
  ],
  [
    100,
    'an object with a symbol that inspection calls',
    () => ({ [inspect.custom]: () => SECRET }),
    (value) => inspect(value) === SECRET,
  ],
];

const answering: readonly HostAttack[] = ANSWERED.map(([number, what, make, naively]) => ({
  number,
  idea: `a host function answers with ${what}`,
  family: 'host boundary',
  expected: NOT_HELD,
  attack: async (reached, load) => {
    const f = (): unknown => {
      reached();
      return make();
    };
    return (await load(using('OUTPUT { v: x.f() }'), given({ f }))).run({});
  },
  control: () => naively(make() as never),
}));

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

export const HOST_ATTACKS: readonly HostAttack[] = [
  ...throwing,
  ...answering,
  {
    number: 59,
    idea: 'a setter for an index on Array.prototype',
    family: 'host boundary',
    expected: { code: 'MR4013', says: 'carries "0"' },
    attack: async (reached, load) => {
      const module = await load('LET a = []; APPEND TO a input.secret; OUTPUT { v: a }');
      return withProperty(Array.prototype, '0', { set: () => undefined }, () => {
        reached();
        return module.run({ secret: SECRET });
      });
    },
    control: () => {
      const seen: unknown[] = new Array(1);
      seen[0] = null;
      let count = 0;
      return withProperty(Array.prototype, '0', { set: () => void count++ }, () => {
        const list: unknown[] = [];
        list[0] = SECRET;
        return count === 1;
      });
    },
  },
  {
    number: 60,
    idea: 'an accessor on Object.prototype',
    family: 'host boundary',
    expected: { code: 'MR4013', says: 'carries "secret"' },
    attack: async (reached, load) => {
      const module = await load('LET o = {}; SET o.secret = 1; OUTPUT o');
      return withProperty(Object.prototype, 'secret', { get: () => 1, set: () => undefined }, () => {
        reached();
        return module.run({});
      });
    },
    control: () => {
      let count = 0;
      return withProperty(Object.prototype, 'secret', { get: () => 1, set: () => void count++ }, () => {
        const o: Record<string, unknown> = {};
        o['secret'] = SECRET;
        return count === 1 && Object.keys(o).length === 0;
      });
    },
  },
  {
    number: 60,
    idea: 'an accessor that a host function puts on Object.prototype during the run',
    family: 'host boundary',
    expected: { code: 'MR4013', says: 'carries "late"' },
    attack: async (reached, load) => {
      let take = (): void => undefined;
      const f = (): number => {
        Object.defineProperty(Object.prototype, 'late', { get: () => 1, set: () => undefined, configurable: true });
        take = () => void Reflect.deleteProperty(Object.prototype, 'late');
        reached();
        return 1;
      };
      const module = await load(using('LET o = {a: x.f()}; SET o.late = 5; OUTPUT o'), given({ f }));
      try {
        return module.run({});
      } finally {
        take();
      }
    },
    control: () =>
      withProperty(Object.prototype, 'late', { get: () => 1, set: () => undefined }, () => {
        const o: Record<string, unknown> = {};
        o['late'] = 5;
        return Object.keys(o).length === 0;
      }),
  },
  {
    number: 79,
    idea: 'a list nested 1 000 000 deep in the input',
    family: 'host boundary',
    expected: { code: 'MR5006', says: 'nested deeper than 256 levels' },
    attack: async (reached, load) => {
      const module = await load('OUTPUT { v: input.x }');
      const x = deep(1_000_000);
      reached();
      return module.run(undefined, { x }, { input: 'copy' });
    },
    control: () => {
      try {
        structuredClone(deep(1_000_000));
      } catch (error) {
        return error instanceof RangeError;
      }
      return false;
    },
  },
  {
    number: 85,
    idea: 'a host function rejects after its run has been cancelled',
    family: 'host boundary',
    expected: { code: 'MR5007', says: 'cancelled' },
    attack: async (reached, load) => {
      const cancel = new AbortController();
      const f = async (): Promise<never> => {
        cancel.abort();
        await new Promise((resolve) => setTimeout(resolve, 2));
        reached();
        return raise(new Error(SECRET));
      };
      const module = await load(using('OUTPUT { v: x.f() }'), given({ f }));
      try {
        return await module.runAsync(undefined, {}, { signal: cancel.signal });
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    control: () =>
      Promise.race([Promise.reject(new Error(SECRET)), 1]).then(
        () => false,
        (error: Error) => error.message === SECRET,
      ),
  },
  {
    number: 88,
    idea: 'a host function keeps a lambda and calls it after its call',
    family: 'host boundary',
    expected: { result: { kept: 'this lambda belonged to a call that is over', during: 7 } },
    attack: async (reached, load) => {
      let kept: () => unknown = () => undefined;
      let during: unknown;
      const f = (lambda: () => unknown): number => {
        kept = lambda;
        during = lambda();
        return 1;
      };
      await (await load(using('OUTPUT { v: x.f(() -> 7) }'), given({ f }))).run({});
      reached();
      try {
        return { kept: kept(), during };
      } catch (error) {
        return { kept: (error as Error).message, during };
      }
    },
    control: () => {
      let kept: () => number = () => 0;
      ((lambda: () => number) => {
        kept = lambda;
      })(() => 7);
      return kept() === 7;
    },
  },
  {
    number: 87,
    idea: 'a host function answers with the lambda that it was lent',
    family: 'host boundary',
    expected: NOT_HELD,
    attack: async (reached, load) => {
      const f = (lambda: unknown): unknown => {
        reached();
        return lambda;
      };
      return (await load(using('LET g = x.f(() -> 7); OUTPUT { v: g() }'), given({ f }))).run({});
    },
    control: () => ((lambda: () => number) => lambda)(() => 7)() === 7,
  },
  {
    number: 89,
    idea: 'a host function runs the module that calls it',
    family: 'host boundary',
    expected: { code: 'MR4014', says: 'may not run it again' },
    attack: async (reached, load) => {
      const again: { run: () => unknown } = { run: () => undefined };
      let inner: unknown;
      const f = (): number => {
        reached();
        try {
          again.run();
        } catch (error) {
          inner = error;
        }
        return 1;
      };
      const module = await load(using('OUTPUT { v: x.f() }'), given({ f }));
      again.run = () => module.run({});
      module.run({});
      throw inner;
    },
    control: async () => {
      let depth = 0;
      const again: { run: () => unknown } = { run: () => undefined };
      const f = { reentrant: true, call: (): unknown => (depth++ < 2 ? again.run() : null) };
      const module = await createHost(given({ f })).load(using('OUTPUT { v: x.f() }'));
      again.run = () => module.run({});
      module.run({});
      return depth === 3;
    },
  },
  {
    number: 91,
    idea: 'a host function changes its arguments and what it answered',
    family: 'host boundary',
    expected: { result: { v: [{ n: [1] }, { n: [2] }] } },
    attack: async (reached, load) => {
      const answer = { n: [2] };
      const f = (o: { n: number[] }): unknown => {
        o.n.push(99);
        reached();
        return answer;
      };
      const g = (): number => answer.n.push(99);
      const body = 'LET o = {n: [1]}; LET r = x.f(o); LET z = x.g(); OUTPUT { v: [o, r] }';
      return (await load(using(body), given({ f, g }))).run({});
    },
    control: () => {
      const o = { n: [1] };
      ((given_: { n: number[] }) => given_.n.push(99))(o);
      return o.n.length === 2;
    },
  },
  {
    number: 76,
    idea: 'the host changes the input while the run waits',
    family: 'host boundary',
    expected: { result: { v: [1, 1] } },
    attack: async (reached, load) => {
      const input = { n: 1 };
      const f = async (): Promise<number> => {
        input.n = 2;
        reached();
        return 1;
      };
      const module = await load(using('LET a = input.n; LET z = x.f(); OUTPUT { v: [a, input.n] }'), given({ f }));
      return module.runAsync(input);
    },
    control: async () => {
      const input = { n: 1 };
      const f = async (): Promise<number> => ++input.n;
      const source = using('LET a = input.n; LET z = x.f(); OUTPUT { v: [a, input.n] }');
      const module = await createHost(given({ f })).load(source);
      const { v } = (await module.runAsync(undefined, input, { input: 'trusted' })) as { v: unknown[] };
      return v[0] === 1 && v[1] === 2;
    },
  },
  {
    number: 93,
    idea: 'an import called with an argument too many',
    family: 'host boundary',
    expected: { code: 'MR4003', says: 'takes 1 argument, the module passes 2' },
    attack: (reached, load) => {
      reached();
      return load(using('OUTPUT { v: x.f(1, 2) }'), given({ f: { params: ['number'], call: () => 1 } }));
    },
    control: () => ((...all: unknown[]) => all.length)(1, 2) === 2,
  },
  {
    number: 94,
    idea: 'an argument that its contract does not allow',
    family: 'host boundary',
    expected: { code: 'MR6031', says: 'f: parameter 1' },
    attack: async (reached, load) => {
      let calls = 0;
      const f = { params: ['integer'], call: () => ++calls };
      const module = await load(using('OUTPUT { v: x.f(input.n) }'), given({ f }));
      module.run({ n: 1 });
      if (calls === 1) reached();
      return module.run({ n: 1.5 });
    },
    control: () => ((n: number) => n)(1.5) === 1.5,
  },
  {
    number: 92,
    idea: 'an import of what was not granted',
    family: 'host boundary',
    expected: { code: 'MR4001', says: 'host:clock' },
    attack: (reached, load) => {
      reached();
      return load('IMPORT "host:clock" AS c;\nTRANSFORM T { OUTPUT { v: c.now() } }');
    },
    control: async () => {
      const grants = { 'host:clock': capability('host:clock', { now: () => 7 }) };
      const module = await createHost({ grants }).load(
        'IMPORT "host:clock" AS c;\nTRANSFORM T { OUTPUT { v: c.now() } }',
      );
      return (module.run({}) as { v: unknown }).v === 7;
    },
  },
  {
    number: 92,
    idea: 'an import of `__proto__` and of a member `constructor`',
    family: 'host boundary',
    expected: { code: 'MR4002', says: 'constructor' },
    attack: (reached, load) => {
      reached();
      return load(using('OUTPUT { v: x.constructor("return 7") }'), given({ f: () => 1 }));
    },
    control: () => typeof Reflect.get({ f: () => 1 }, 'constructor') === 'function',
  },
  {
    number: 98,
    idea: 'control characters in an error for programs and in one of programs',
    family: 'host boundary',
    expected: { result: { v: 'a\\u001b[31m', shown: true } },
    attack: async (reached, load) => {
      const f = (): never => {
        reached();
        return raise(new GuestError('a\u001b[31m'));
      };
      const module = await load(using('OUTPUT { v: TRY x.f() CATCH(e) -> e.message }'), given({ f }));
      const bad = await load('THROW "b\u001b[31m"');
      try {
        bad.run({});
      } catch (error) {
        return { ...(module.run({}) as object), shown: !String(error).includes('\u001b') };
      }
      return 'no error';
    },
    control: () => String(new Error('a\u001b[31m')).includes('\u001b'),
  },
  {
    number: 135,
    idea: 'modules that import each other',
    family: 'host boundary',
    expected: { code: 'MR4005', says: 'circle' },
    attack: (reached, load) => {
      const source = (other: string) => `IMPORT "./${other}.bl" AS m;\nEXPORT FUNC f() = m.f();`;
      const resolve = (uri: string) => {
        reached();
        return { uri, source: source(uri.includes('a') ? 'b' : 'a') };
      };
      return load(source('a'), { resolve });
    },
    control: () => {
      const next: Readonly<Record<string, string>> = { a: 'b', b: 'a' };
      let at = 'a';
      for (let i = 0; i < 10_000; i++) at = next[at] ?? '';
      return at === 'a';
    },
  },
  {
    number: 163,
    idea: 'work after the run was cancelled',
    family: 'limits',
    expected: { code: 'MR5007', says: 'cancelled' },
    attack: async (reached, load) => {
      const cancel = new AbortController();
      const f = (): number => {
        cancel.abort();
        reached();
        return 1;
      };
      const body = 'LET z = x.f(); FOR a IN RANGE(9999) { FOR b IN RANGE(9999) { } } OUTPUT { v: 1 }';
      return (await load(using(body), given({ f }))).run(undefined, {}, { signal: cancel.signal });
    },
    control: async () => {
      const body = 'LET z = x.f(); FOR a IN RANGE(99) { FOR b IN RANGE(99) { } } OUTPUT { v: 1 }';
      const module = await createHost(given({ f: () => 1 })).load(using(body));
      return (module.run({}) as { v: unknown }).v === 1;
    },
  },
  {
    number: 165,
    idea: 'a storm of host calls',
    family: 'limits',
    expected: { code: 'MR5001', says: 'limits.fuel' },
    attack: async (reached, load) => {
      let calls = 0;
      const f = (): number => {
        if (++calls === 90) reached();
        return calls;
      };
      const module = await load(using('FOR a IN RANGE(1000) { LET z = x.f(); } OUTPUT { v: 1 }'), given({ f }));
      return module.run(undefined, {}, { limits: { fuel: 10_500 } });
    },
    control: async () => {
      let calls = 0;
      const module = await createHost(given({ f: () => ++calls })).load(
        using('FOR a IN RANGE(1000) { LET z = x.f(); } OUTPUT { v: 1 }'),
      );
      module.run({});
      return calls === 1000;
    },
  },
  {
    number: 166,
    idea: 'SUSPEND in a loop, to get fuel back at each resumption',
    family: 'limits',
    expected: { code: 'MR5001', says: 'limits.fuel' },
    attack: async (reached, load) => {
      const module = await load('FOR a IN RANGE(1000) { FOR b IN RANGE(10) { LET z = SUSPEND b; } } OUTPUT { v: 1 }');
      const run = await module.start(undefined, {}, { limits: { fuel: 20_000 } });
      for (let i = 0; i < 10_000; i++) {
        if (i === 100) reached();
        await run.resume(1);
      }
      return run.value;
    },
    control: async () => {
      const module = await createHost().load('FOR b IN RANGE(500) { LET z = SUSPEND b; } OUTPUT { v: 1 }');
      const run = await module.start(undefined, {}, {});
      for (let i = 0; i < 500; i++) await run.resume(1);
      return run.state === 'done';
    },
  },
];
