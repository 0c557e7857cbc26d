/** Errors that only a host can cause or see: wrong use of the API, exports that are not there, waiting where one cannot. */
import { describe, expect, test } from 'vitest';
import {
  AsyncNeededError,
  capability,
  createHost,
  LoadError,
  MemoryStore,
  type MillraceError,
  RunError,
  sharedState,
  UsageError,
} from '../../../src/index.ts';

async function errorOf(action: () => unknown): Promise<MillraceError> {
  try {
    await action();
  } catch (error) {
    return error as MillraceError;
  }
  throw new Error('nothing was thrown');
}

describe('MR4012: the API used wrongly', () => {
  test.each([
    ['an unknown option', () => createHost({ limit: {} } as object)],
    ['an unknown limit', () => createHost({ limits: { fule: 1 } as object })],
    ['a limit that is not finite', () => createHost({ limits: { fuel: Number.POSITIVE_INFINITY } })],
    ['no source', () => createHost().load(7 as unknown as string)],
    ['a module that was not loaded', () => createHost().replace('nobody', 'OUTPUT 1')],
    [
      'a closed host',
      async () => {
        const host = createHost();
        await host.close();
        await host.load('OUTPUT {};');
      },
    ],
  ])('%s', async (_, action) => {
    const error = await errorOf(action);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.code).toBe('MR4012');
  });
});

describe('MR4011: no such export', () => {
  test('with the nearest name', async () => {
    const module = await createHost().load('TRANSFORM Enrich { OUTPUT {}; }');
    const error = await errorOf(() => module.run('Enrch', {}));
    expect(error.code).toBe('MR4011');
    expect(error.message).toContain('did you mean "Enrich"?');
  });

  test('a module of functions has nothing to run without a name', async () => {
    const module = await createHost().load('EXPORT FUNC f(x) = x;');
    expect((await errorOf(() => module.run({}))).code).toBe('MR4011');
    expect(module.call('f', 1)).toBe(1);
  });
});

describe('waiting', () => {
  const later = capability('host:later', { value: { params: [], async: true, call: () => Promise.resolve(1) } });
  const source = 'IMPORT "host:later" AS later; TRANSFORM T { OUTPUT { v: later.value() }; }';

  test('MR4010: run() refuses what may wait, runAsync() waits', async () => {
    const module = await createHost({ grants: { 'host:later': later } }).load(source);
    const error = await errorOf(() => module.run('T', {}));
    expect(error).toBeInstanceOf(AsyncNeededError);
    expect(error.code).toBe('MR4010');
    expect(await module.runAsync('T', {})).toEqual({ v: 1 });
  });

  test('MR6021: runAsync() cannot suspend, start() can', async () => {
    const module = await createHost().load('TRANSFORM T { OUTPUT { v: SUSPEND input.ask }; }');
    const error = await errorOf(() => module.runAsync('T', { ask: 'name' }));
    expect(error).toBeInstanceOf(RunError);
    expect(error.code).toBe('MR6021');
    const run = await module.start('T', { ask: 'name' });
    expect([run.state, run.request]).toEqual(['suspended', 'name']);
    await run.resume('Ada');
    expect([run.state, run.value]).toEqual(['done', { v: 'Ada' }]);
  });
});

describe('MR6018: shared state', () => {
  test('a key must be a text', async () => {
    const grants = { 'host:shared': sharedState(new MemoryStore()) };
    const module = await createHost({ grants }).load(
      'SHARED seen MANY; TRANSFORM T { seen[input.key] = 1; OUTPUT {}; }',
    );
    expect((await errorOf(() => module.run('T', { key: 5 }))).code).toBe('MR6018');
  });
});

test('MR1004: a text with many errors is read no further', async () => {
  const error = await errorOf(() =>
    createHost().load(Array.from({ length: 40 }, (_, i) => `FUNC f${i}( = 1;`).join('\n')),
  );
  expect(error).toBeInstanceOf(LoadError);
  expect(error.diagnostics.map((d) => d.code)).toContain('MR1004');
  expect(error.diagnostics.length).toBeLessThanOrEqual(21);
});
