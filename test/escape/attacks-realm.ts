/** B and C: what other code has done to the realm, and values that come from another one. */
import vm from 'node:vm';
import { createHost } from '../../src/index.ts';
import type { HostAttack } from './attack.ts';
import { given, raise, SECRET, thrownBy, using } from './host-parts.ts';
import { withProperty } from './realms.ts';

/** Built-ins that the engine calls while a program runs, replaced by one that throws when it is called next. */
const REPLACED: readonly (readonly [number, string, object, string])[] = [
  [61, 'Array.prototype.push', Array.prototype, 'push'],
  [61, 'Array.prototype.sort', Array.prototype, 'sort'],
  [62, 'String.prototype.slice', String.prototype, 'slice'],
  [62, 'String.prototype.toUpperCase', String.prototype, 'toUpperCase'],
  [63, 'Map.prototype.get', Map.prototype, 'get'],
  [63, 'Set.prototype.has', Set.prototype, 'has'],
  [64, 'JSON.stringify', JSON, 'stringify'],
];

const replaced: readonly HostAttack[] = REPLACED.map(([number, name, holder, key]) => {
  const original = Reflect.get(holder, key) as (...args: unknown[]) => unknown;
  /** Throws at its first call only: what deals with the error needs built-ins too. */
  const armed = (hit: () => void) => {
    let isArmed = true;
    return function (this: unknown, ...args: unknown[]): unknown {
      if (!isArmed) return Reflect.apply(original, this, args);
      isArmed = false;
      hit();
      return raise(new Error(SECRET));
    };
  };
  return {
    number,
    idea: `${name} replaced by one that throws`,
    family: 'host boundary',
    expected: { code: 'MR9001', says: 'internal error' },
    attack: async (reached, load) => {
      const module = await load(
        'LET o = {a: {b: 1}}; SET o.a.b = 2; OUTPUT { v: TRY [SORT([2, 1]), SPLIT("a+b", "+"), DISTINCT([1, 1]), GROUP_BY([1], (x) -> x), JSON_STRING(["x"]), UPPER("a")] CATCH(e) -> e.message }',
      );
      // Whatever the engine does once for a program is done.
      module.run({});
      await Promise.resolve();
      return withProperty(holder, key, { value: armed(reached), writable: true }, () => module.run({}));
    },
    // An evaluator whose TRY is JavaScript's shows the program what the replacement threw.
    control: () => {
      const error = thrownBy(() =>
        Reflect.apply(
          armed(() => undefined),
          [],
          [],
        ),
      );
      return (error as Error).message === SECRET;
    },
  };
});

const HELD: readonly (readonly [string, () => object, (input: never) => unknown])[] = [
  ['frozen', () => Object.freeze({ a: Object.freeze([1]) }), (input: { a: number[] }) => input.a.push(2)],
  [
    'sealed',
    () => Object.seal({ a: Object.seal([1]) }),
    (input: object) => Reflect.apply(Object.defineProperty, Object, [input, 'b', { value: 1 }]),
  ],
  [
    'without a prototype',
    () => Object.assign(Object.create(null), { a: [1] }),
    (input: object) => Reflect.apply(Reflect.get(input, 'hasOwnProperty'), input, ['a']),
  ],
];

const held: readonly HostAttack[] = HELD.map(([what, make, naively]) => ({
  number: 77,
  idea: `an input that is ${what}, written to`,
  family: 'host boundary',
  expected: { result: { v: [{ a: [1, 2], b: 1 }, ['a'], { a: [1] }] } },
  attack: async (reached, load) => {
    const input = make();
    const module = await load('LET o = input; APPEND TO o.a 2; SET o.b = 1; OUTPUT { v: [o, KEYS(input), input] }');
    reached();
    return module.run(input);
  },
  control: () => thrownBy(() => naively(make() as never)) instanceof TypeError,
}));

const foreign: readonly HostAttack[] = (['trusted', 'checked', 'copy'] as const).map((input) => ({
  number: 81,
  idea: 'a list of another realm, whose prototypes nobody looked at',
  family: 'host boundary',
  expected: { code: 'MR6016', says: input === 'trusted' ? 'cannot be read' : 'input.x is an instance of a class' },
  attack: async (reached, load) => {
    const module = await load('OUTPUT { v: input.x[0] }');
    const x: unknown = vm.runInNewContext(
      'Object.defineProperty(Array.prototype, 0, { get: () => "evil" }); new Array(1)',
    );
    reached();
    return module.run(undefined, { x }, { input });
  },
  control: () => {
    const x = vm.runInNewContext('Object.defineProperty(Array.prototype, 0, { get: () => "evil" }); new Array(1)');
    return Array.isArray(x) && x[0] === 'evil';
  },
}));

export const REALM_ATTACKS: readonly HostAttack[] = [
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
    number: 58,
    idea: 'a value at an index of Array.prototype, under the hole of a list',
    family: 'host boundary',
    expected: { code: 'MR4013', says: 'carries "1"' },
    attack: async (reached, load) => {
      const module = await load('OUTPUT { v: input[1] }');
      return withProperty(Array.prototype, '1', { value: 'evil' }, () => {
        reached();
        return module.run(new Array(3));
      });
    },
    control: () => withProperty(Array.prototype, '1', { value: 'evil' }, () => new Array(3)[1] === 'evil'),
  },
  {
    number: 60,
    idea: 'an accessor in the place of Object.prototype.valueOf',
    family: 'host boundary',
    expected: { result: { shown: '{"valueOf":"hunter2 at secret.js"}', seen: 0 } },
    attack: async (reached, load) => {
      const module = await load('LET o = {}; SET o.valueOf = input.secret; OUTPUT o');
      let seen = 0;
      const result = await withProperty(
        Object.prototype,
        'valueOf',
        { get: () => undefined, set: () => void seen++ },
        () => {
          reached();
          return module.run({ secret: SECRET });
        },
      );
      return { shown: JSON.stringify(result), seen };
    },
    control: () => {
      let seen = 0;
      return withProperty(Object.prototype, 'valueOf', { get: () => undefined, set: () => void seen++ }, () => {
        const o: Record<string, unknown> = {};
        o['valueOf'] = SECRET;
        return seen === 1;
      });
    },
  },
  {
    number: 60,
    idea: '`limits` on Object.prototype, for who asks options by name',
    family: 'host boundary',
    expected: { code: 'MR5001', says: 'limit of 100 fuel' },
    attack: (reached, load) =>
      withProperty(Object.prototype, 'limits', { value: { fuel: 1e9 }, writable: true }, async () => {
        const module = await load('FOR i IN RANGE(1000) { }', { limits: { fuel: 100 } });
        reached();
        return module.run({});
      }),
    control: () =>
      withProperty(Object.prototype, 'limits', { value: { fuel: 1e9 }, writable: true }, async () => {
        const limits = (options: { limits?: object }) => options.limits;
        const module = await createHost({ limits: { fuel: 100 } }).load('FOR i IN RANGE(1000) { }');
        return module.run('main', {}, { limits: limits({}) as object }) === null;
      }),
  },
  {
    number: 60,
    idea: '`reentrant` on Object.prototype, for who asks members by name',
    family: 'host boundary',
    expected: { code: 'MR4014', says: 'may not run it again' },
    attack: (reached, load) =>
      withProperty(Object.prototype, 'reentrant', { value: true, writable: true }, async () => {
        let inner: unknown;
        const again: { run?: () => unknown } = {};
        const call = (): number => {
          reached();
          inner = thrownBy(() => again.run?.());
          return 1;
        };
        const module = await load(using('OUTPUT { v: x.f() }'), given({ f: { call } }));
        again.run = () => module.run({});
        module.run({});
        throw inner;
      }),
    control: () =>
      withProperty(Object.prototype, 'reentrant', { value: true, writable: true }, () => {
        const member: { readonly call: () => number; readonly reentrant?: boolean } = { call: () => 1 };
        return member.reentrant === true;
      }),
  },
  ...replaced,
  ...held,
  ...foreign,
];
