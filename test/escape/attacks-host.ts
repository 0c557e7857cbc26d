/** C: host functions that would leak or change something, and what a host may do at the wrong time. */
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createHost, GuestError } from '../../src/index.ts';
import type { HostAttack } from './attack.ts';
import { given, raise, SECRET, thrownBy, using } from './host-parts.ts';

const NOT_HELD = { code: 'MR6015', says: 'answered with a value that programs cannot hold' };

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

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

export const HOST_ATTACKS: readonly HostAttack[] = [
  ...throwing,
  ...answering,
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
    // Nobody waits for the promise any more: its rejection ends a process.
    control: () =>
      new Promise((resolve) => {
        const worker = new Worker(`Promise.reject(new Error(${JSON.stringify(SECRET)}))`, { eval: true });
        worker.once('error', (error) => resolve((error as Error).message === SECRET));
      }),
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
    number: 90,
    idea: 'a lambda that suspends while a host function calls it',
    family: 'host boundary',
    expected: { code: 'MR6021', says: 'cannot be suspended here' },
    attack: async (reached, load) => {
      const f = (lambda: () => unknown): unknown => {
        reached();
        return lambda();
      };
      const module = await load(using('OUTPUT { v: TRY x.f(() -> SUSPEND 1) CATCH(e) -> "caught" }'), given({ f }));
      return module.start({});
    },
    control: async () => (await (await createHost().load('OUTPUT { v: SUSPEND 1 }')).start({})).state === 'suspended',
  },
  {
    number: 99,
    idea: 'a listener of the trace that throws inside a TRY',
    family: 'host boundary',
    forms: ['source', 'json'],
    expected: { code: 'MR4012', says: 'onTrace threw' },
    attack: async (reached, load) => {
      const module = await load('LET a = TRY input.a.b CATCH(e) -> e.message; OUTPUT { v: a }');
      const onTrace = (): never => {
        reached();
        return raise(new Error(SECRET));
      };
      return module.run(undefined, { a: 1 }, { onTrace });
    },
    control: () => (thrownBy(() => raise(new Error(SECRET))) as Error).message === SECRET,
  },
  {
    number: 94,
    idea: 'a field behind `__proto__`, for a contract that asks for it by name',
    family: 'host boundary',
    expected: { code: 'MR6031', says: 'parameter 1 at .id must be string, but is nothing' },
    attack: async (reached, load) => {
      const f = { params: ['{ id: string }'], call: () => 1 };
      const module = await load(using('LET k = "__proto__"; OUTPUT { v: x.f({[k]: {id: "a"}}) }'), given({ f }));
      reached();
      return module.run({});
    },
    control: () => {
      const record: { id?: string } = {};
      Reflect.set(record, '__proto__', { id: 'a' });
      return record.id === 'a';
    },
  },
  {
    number: 98,
    idea: 'a GuestError of control characters only, longer than errors for programs are',
    family: 'host boundary',
    expected: { result: { v: [512, false] } },
    attack: async (reached, load) => {
      const f = (): never => {
        reached();
        return raise(new GuestError('\u001b'.repeat(1000)));
      };
      const body = 'OUTPUT { v: TRY x.f() CATCH(e) -> [LENGTH(e.message), CONTAINS(e.message, input.c)] }';
      return (await load(using(body), given({ f }))).run({ c: '\u001b' });
    },
    control: () => new GuestError('\u001b'.repeat(1000)).message.length === 1000,
  },
];
