/** Programs that once told compiled code from the interpreter; each must end alike, charges and places included. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { capability, createHost, type GrantTable, type HostOptions, type Usage } from '../../../src/index.ts';
import type { TierEvent } from '../../../src/jit/index.ts';

interface Ending {
  readonly outcome: unknown;
  readonly fuel: number;
  readonly memory: number;
}

const compiled: TierEvent[] = [];

afterEach(() => {
  compiled.length = 0;
  Reflect.deleteProperty(Object.prototype, 'zzz');
});

async function end(
  source: string,
  jit: 'off' | 'eager',
  options: HostOptions,
  names: readonly string[],
): Promise<Ending> {
  let last: Usage | undefined;
  const onUsage = (usage: Usage): void => {
    last = usage;
  };
  const onCompiled = (event: TierEvent): void => {
    compiled.push(event);
  };
  const host = createHost({ ...options, jit, onUsage, internals: { onCompiled } });
  const module = await host.load(source, { id: 'm' });
  const outcome: unknown[] = [];
  for (const name of names) {
    try {
      outcome.push(module.run(name, {}));
    } catch (error) {
      outcome.push(JSON.parse(JSON.stringify(error)));
    }
    Reflect.deleteProperty(Object.prototype, 'zzz');
  }
  await host.close();
  return { outcome, fuel: last?.fuel ?? -1, memory: last?.memory ?? -1 };
}

async function expectAlike(
  source: string,
  options: HostOptions = {},
  names: readonly string[] = ['T'],
): Promise<unknown> {
  const interpreted = await end(source, 'off', options, names);
  expect(compiled).toEqual([]);
  const tiered = await end(source, 'eager', options, names);
  expect(compiled.length).toBeGreaterThan(0);
  expect(tiered).toEqual(interpreted);
  return interpreted.outcome;
}

const zeros = (count: number): string => Array.from({ length: count }, () => '0').join();

describe('a realm that a host call has changed', () => {
  const dirty = (): number => {
    Object.defineProperty(Object.prototype, 'zzz', { value: 'inherited', configurable: true, enumerable: false });
    return 1;
  };
  const grants: GrantTable = { 'host:x': capability('host:x', { dirty }) };
  const head = 'IMPORT "host:x" AS x;\n';

  it.each([
    ['by a FUNC', 'FUNC f() = x.dirty(); TRANSFORM T { LET r = {a: 1}; LET d = f(); OUTPUT {v: r.zzz}; }'],
    ['by a lambda', 'TRANSFORM T { LET f = () -> x.dirty(); LET r = {a: 1}; LET d = f(); OUTPUT {v: r.zzz}; }'],
    [
      'on the way to a CATCH',
      'FUNC f() { LET d = x.dirty(); THROW "no"; } TRANSFORM T { LET r = {a: 1}; LET d = TRY f() CATCH(e) => 0; OUTPUT {v: r.zzz}; }',
    ],
  ])('is noticed behind the call: %s', async (_, program) => {
    expect(await expectAlike(head + program, { grants })).toEqual([{ v: null }]);
  });
});

describe('charges', () => {
  it('count a callee among what waits', async () => {
    await expectAlike(
      `TRANSFORM T { LET o = {f: (x) -> x}; LET fs = [(x) -> x]; OUTPUT {v: [${zeros(20)}, fs[0](1), o.f(2)]}; }`,
    );
  });

  it('of what waits come before the depth of a call is looked at', async () => {
    const program = `FUNC f(n) { LET l = [${zeros(30)}, f(n + 1)]; RETURN l; } TRANSFORM T { OUTPUT {v: f(0)}; }`;
    await expectAlike(program, { limits: { depth: 50 } });
  });
});

describe('recursion', () => {
  it('as deep as the limit fits the stack, however many names a function has', async () => {
    const wide = Array.from({ length: 500 }, () => 'c').join();
    const program = `FUNC f(n) { IF n <= 0 THEN { RETURN 0; } LET c = n; LET g = () -> c; SET c = c - 1; LET l = [${wide}]; RETURN f(n - 1) + 1; } TRANSFORM T { OUTPUT {v: f(245)}; }`;
    expect(await expectAlike(program)).toEqual([{ v: 245 }]);
  });
});

describe('a host that calls back', () => {
  const grants: GrantTable = {
    'host:x': capability('host:x', {
      bad: { params: ['any'], returns: 'number', call: (f: unknown) => String((f as (a: number) => unknown)(1)) },
      twice: (f: unknown) => (f as (a: number) => unknown)(1),
    }),
  };

  it('leaves the place of a broken contract at its own call', async () => {
    const program =
      'IMPORT "host:x" AS x;\nFUNC g(a) = a + "x";\nTRANSFORM T {\n\n  OUTPUT {v: x.bad((a) -> g(a))};\n}';
    expect(await expectAlike(program, { grants })).toMatchObject([{ code: 'MR6032' }]);
  });

  it('adds its calls to the trail', async () => {
    const program =
      'IMPORT "host:x" AS x;\nFUNC e(n) { IF n == 0 THEN { THROW "deep"; } RETURN e(n - 1); }\nFUNC d(n) { IF n == 0 THEN { RETURN x.twice((a) -> e(15)); } RETURN d(n - 1); }\nTRANSFORM T { OUTPUT {v: d(15)}; }';
    await expectAlike(program, { grants });
  });
});

it('names of parameters that the generator gives are names of programs, too', async () => {
  const program =
    'TRANSFORM frame { FOR EACH i IN [1, 2] { LET captured = (x) -> x; LET k = captured(1); OUTPUT {k: k}; } }';
  await expectAlike(program, {}, ['frame']);
  expect(compiled.map(({ refusal }) => refusal).filter((refusal) => refusal !== null)).toEqual([]);
});

it('a program that would take long to compile is left to the interpreter', async () => {
  const calls = Array.from({ length: 1_450 }, () => 'f(0)').join();
  const startedAt = process.cpuUsage();
  await expectAlike(`FUNC f(n) = n; TRANSFORM T { LET l = [${calls}]; OUTPUT {v: LENGTH(l)}; }`);
  const { user, system } = process.cpuUsage(startedAt);
  expect((user + system) / 1000).toBeLessThan(2_500);
  expect(compiled.some(({ refusal }) => refusal === 'size')).toBe(true);
});

it.each(['--disallow-code-generation-from-strings', '--disable-proto=throw', '--disable-proto=delete'])(
  'under %s everything works',
  (flag) => {
    const script =
      "const { createHost } = await import('./dist/index.js'); const host = createHost({ jit: 'eager' });" +
      "const m = await host.load('TRANSFORM T { OUTPUT { v: input.a + 1 } }'); console.log(JSON.stringify(m.run({ a: 1 })));";
    const { stdout, stderr } = spawnSync(process.execPath, [flag, '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('{"v":2}\n');
  },
);

describe('constants are asked for no member:', () => {
  it.each([
    [
      'a key of a text',
      'LET t = "a"; OUTPUT {v: [TRY t.key CATCH(e) => e.code, TRY 12345678901234567890.key CATCH(e) => e.code]};',
    ],
    ['a long text on the left', `OUTPUT {v: ["${'x'.repeat(80)}" == input.a, "${'x'.repeat(80)}" != "y"]};`],
  ])('%s', async (_, body) => {
    await expectAlike(`TRANSFORM T { ${body} }`);
    expect(compiled.map(({ refusal }) => refusal)).toEqual([null]);
  });
});
