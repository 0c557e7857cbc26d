/**
 * A and E: realms and hosts that would have the compiler write other code than it means, run it for somebody else, or work
 * without end. Each loads its programs through `load`, on a host that compiles as `attack` says and tells of it.
 */
import { generate } from 'astring';
import type { HostOptions, LoadedModule, LoadOptions } from '../../src/index.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import type { Expected } from './attack.ts';
import { given, using } from './host-parts.ts';
import { withProperty } from './realms.ts';

export interface CompilerAttack {
  readonly number: number;
  readonly idea: string;
  readonly expected: Expected;
  /** Resolves to what came of it. */
  readonly attack: (load: WatchedLoad, events: readonly TierEvent[]) => Promise<unknown>;
  /** True when the attack succeeds without the defence. */
  readonly control: () => unknown;
}

export type WatchedLoad = (text: string, host?: HostOptions, options?: LoadOptions) => Promise<LoadedModule>;

/** What a printer prints under an addition to Object.prototype that it looks for on each node, for a text of nothing. */
const printedWith = (name: string, value: unknown) =>
  withProperty(Object.prototype, name, { value, writable: true }, () =>
    generate({ type: 'ExpressionStatement', expression: { type: 'Literal', value: 1 } } as never),
  );

const polluted = (name: string, value: unknown, control: () => unknown): CompilerAttack => ({
  number: 34,
  idea: `\`${name}\` on Object.prototype, which the printer asks each node for`,
  expected: { result: { value: { v: 3 }, compiled: 0 } },
  attack: async (load, events) => {
    const module = await load('OUTPUT { v: input.a + 1 }');
    return withProperty(Object.prototype, name, { value, writable: true }, () => ({
      value: module.run({ a: 2 }),
      compiled: events.length,
    }));
  },
  control,
});

const called = (text: string): boolean => {
  let calls = 0;
  new Function('evil', text)(() => ++calls);
  return calls === 1;
};

/** Puts a call of `evil` in the place of the first name of each list of nodes that it makes. */
function evilMap(original: typeof Array.prototype.map) {
  return function (this: unknown[], ...args: Parameters<typeof original>): unknown[] {
    const made = Reflect.apply(original, this, args) as unknown[];
    const first = made[0] as { readonly type?: unknown } | undefined;
    if (first?.type === 'Identifier')
      made[0] = {
        type: 'CallExpression',
        callee: { type: 'Identifier', name: 'evil' },
        arguments: [],
        optional: false,
      };
    return made;
  };
}

const ADDING = 'FUNC add(n) = n + 1; TRANSFORM T { OUTPUT { v: add(input.a) } }';
const OTHER = ADDING.replace('n + 1', 'n + 2');

export const COMPILER_ATTACKS: readonly CompilerAttack[] = [
  polluted('raw', 'evil()', async () => called(await printedWith('raw', 'evil()'))),
  polluted('regex', { pattern: 'a/.source;evil();/a', flags: '' }, async () =>
    called(await printedWith('regex', { pattern: 'a/.source;evil();/a', flags: '' })),
  ),
  polluted('bigint', '1;evil();1', async () => called(await printedWith('bigint', '1;evil();1'))),
  {
    number: 35,
    idea: 'Array.prototype.map replaced by one that puts calls among the nodes',
    expected: { result: { value: { v: [1, 2] }, refusals: ['gate'] } },
    attack: async (load, events) => {
      const module = await load('LET a = input.a; OUTPUT { v: [a, 2] }');
      const value = evilMap(Array.prototype.map);
      return withProperty(Array.prototype, 'map', { value }, () => {
        const result = module.run({ a: 1 });
        return { value: result, refusals: events.map(({ refusal }) => refusal) };
      });
    },
    control: () => {
      const names = Reflect.apply(
        evilMap(Array.prototype.map),
        ['a'],
        [(name: string) => ({ type: 'Identifier', name })],
      );
      return called(
        generate({ type: 'ReturnStatement', argument: { type: 'ArrayExpression', elements: names } } as never),
      );
    },
  },
  {
    number: 36,
    idea: 'two modules of one name, whose units have the names of the other',
    expected: { result: { values: [{ v: 2 }, { v: 3 }, { v: 2 }], compiled: 2 } },
    attack: async (load, events) => {
      const [one, two] = [await load(ADDING, {}, { id: 'm' }), await load(OTHER, {}, { id: 'm' })];
      return { values: [one, two, one].map((module) => module.run({ a: 1 })), compiled: events.length };
    },
    // A cache of compiled code by name gives the code of the other.
    control: () => {
      const cache = new Map<string, (n: number) => number>();
      const cached = (name: string, make: () => (n: number) => number) => {
        if (!cache.has(name)) cache.set(name, make());
        return cache.get(name) as (n: number) => number;
      };
      return cached('m.add', () => (n) => n + 1)(1) === cached('m.add', () => (n) => n + 2)(1);
    },
  },
  {
    number: 37,
    idea: 'one text for two tenants with other grants, compiled for both',
    expected: { result: { values: [{ v: 'a' }, { v: 'b' }, { v: 'a' }], compiled: 2 } },
    attack: async (load, events) => {
      const text = using('OUTPUT { v: x.f() }');
      const [a, b] = [await load(text, given({ f: () => 'a' })), await load(text, given({ f: () => 'b' }))];
      return { values: [a, b, a].map((module) => module.run()), compiled: events.length };
    },
    // A cache of compiled code by text keeps what the first tenant was granted.
    control: () => {
      const cache = new Map<string, () => string>();
      const cached = (text: string, granted: () => string): string => {
        if (!cache.has(text)) cache.set(text, () => granted());
        return (cache.get(text) as () => string)();
      };
      return cached('x.f()', () => 'a') === cached('x.f()', () => 'b');
    },
  },
  {
    number: 168,
    idea: 'many small functions, each of them called, under `auto`',
    expected: { result: { value: { v: 500 }, compiled: 0 } },
    attack: async (load, events) => {
      const module = await load(MANY, { jit: 'auto' });
      // The compiler is there before the run.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { value: module.run(), compiled: events.length };
    },
    // Without a profile each of them is compiled, for one call.
    control: async () => {
      const { createHost } = await import('../../src/index.ts');
      let units = 0;
      const onCompiled = (event: TierEvent): void => {
        units += event.units.length;
      };
      const host = createHost({ jit: 'eager', internals: { onCompiled } });
      (await host.load(MANY)).run();
      return units > 400;
    },
  },
  {
    number: 169,
    idea: 'a host that makes compiled code be left at each call',
    expected: { result: { value: { v: 300 }, compiled: 1 } },
    attack: async (load, events) => {
      const spoil = (): number => {
        Object.defineProperty(Object.prototype, 'zzz', { value: 1, configurable: true, writable: true });
        return 1;
      };
      const module = await load(using('OUTPUT { v: input.n + x.f() }'), given({ f: spoil }));
      let sum = 0;
      for (let i = 0; i < 300; i++) {
        sum += (module.run({ n: 0 }) as { v: number }).v;
        Reflect.deleteProperty(Object.prototype, 'zzz');
        await null;
      }
      return { value: { v: sum }, compiled: events.length };
    },
    // What compiles anew whenever it was left compiles each time.
    control: () => {
      let compilations = 0;
      let code: (() => number) | null = null;
      for (let i = 0; i < 300; i++) {
        if (code === null) compilations++;
        code = () => 1;
        if (code() === 1) code = null;
      }
      return compilations === 300;
    },
  },
  {
    number: 185,
    idea: 'a run inside a run of the same compiled code',
    expected: { result: [{ v: [3, 1, 3] }, { v: [2, 0, 2] }, { v: [1, -1, 1] }] },
    attack: async (load) => {
      const inner: unknown[] = [];
      const again = (n: number): number => {
        if (n > 1) inner.unshift((module as LoadedModule).run(undefined, { n: n - 1 }));
        return n - 2;
      };
      const text = using('LET n = input.n; LET l = [n]; APPEND TO l x.f(n); APPEND TO l n; OUTPUT { v: l }');
      const module: LoadedModule = await load(text, given({ f: { reentrant: true, call: again } }));
      const outer = module.run(undefined, { n: 3 });
      return [outer, ...inner];
    },
    // Code with variables outside of the activation mixes them.
    control: () => {
      let n = 0;
      const run = (given: number): readonly number[] => {
        n = given;
        if (n > 1) run(n - 1);
        return [given, n];
      };
      return run(3)[1] !== 3;
    },
  },
];

const MANY = `${Array.from({ length: 500 }, (_, i) => `FUNC f${i}(n) = n + 1;`).join('\n')}
TRANSFORM T { LET n = 0; ${Array.from({ length: 500 }, (_, i) => `SET n = f${i}(n);`).join(' ')} OUTPUT { v: n } }`;
