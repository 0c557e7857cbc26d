// Shared state: who may use it, write-once, waiting and waking, many runs at a time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AsyncNeededError,
  createHost,
  type LoadError,
  MemoryStore,
  RunError,
  sharedState,
} from '../../../src/index.ts';

const hostOver = (store: MemoryStore) => createHost({ grants: { 'host:shared': sharedState(store) } });

describe('shared state', () => {
  it('is refused at load when it was not granted', async () => {
    const error = await createHost()
      .load('SHARED c SINGLE;\nTRANSFORM T { OUTPUT { v: AWAIT c.k } }')
      .then(
        () => undefined,
        (e: LoadError) => e,
      );
    expect(error).toMatchObject({ code: 'MR4001', position: { line: 1, column: 8 } });
    expect(error?.message).toContain('host:shared');
  });

  it('is one state for all modules of a store, and none for others', async () => {
    const store = new MemoryStore();
    const writer = await hostOver(store).load('SHARED c MANY;\nTRANSFORM T { c[input.k] = input.v; }');
    const reader = await hostOver(store).load('SHARED c MANY;\nTRANSFORM T { OUTPUT { v: AWAIT c.a } }');
    const stranger = await hostOver(new MemoryStore()).load('SHARED c MANY;\nTRANSFORM T { OUTPUT { v: AWAIT c.a } }');
    writer.run({ k: 'a', v: [1] });
    expect(reader.run({})).toEqual({ v: [1] });
    expect(() => stranger.run({})).toThrow(AsyncNeededError);
    expect(store.snapshot()).toEqual({ c: { a: [1] } });
  });

  it('wakes every waiter of a key, and no other', async () => {
    const store = new MemoryStore();
    const module = await hostOver(store).load(
      'SHARED c SINGLE;\nTRANSFORM W { OUTPUT { v: AWAIT c.a } }\nTRANSFORM S { c["a"] = input.v; }',
    );
    const waiting = [1, 2, 3].map(() => module.runAsync('W', {}));
    const controller = new AbortController();
    const other = (
      await hostOver(store).load('SHARED c SINGLE;\nTRANSFORM W { OUTPUT { v: AWAIT c.other } }')
    ).runAsync('W', {}, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    module.run('S', { v: 7 });
    expect(await Promise.all(waiting)).toEqual([{ v: 7 }, { v: 7 }, { v: 7 }]);
    controller.abort();
    await expect(other).rejects.toMatchObject({ code: 'MR5007' });
  });

  it('applies changes of a commit only, null deleting', () => {
    const store = new MemoryStore();
    store.addResource('c', 'SINGLE');
    store.setOnce('c', 'a', 1);
    expect(store.setOnce('c', 'a', 2)).toBe(false);
    store.put('c', 'a', 3);
    expect(store.lookup('c', 'a')).toBe(3);
    store.commit({ c: { a: null, b: 2 }, unknown: { x: 1 } });
    expect(store.snapshot()).toEqual({ c: { b: 2 } });
    expect(store.setOnce('c', 'a', 9)).toBe(true);
    expect(store.setOnce('c', 'b', 9)).toBe(false);
    expect(() => store.lookup('nope', 'k')).toThrow('Unknown shared resource: nope');
  });

  it('keeps write-once and wakes every waiter over 1,000 concurrent runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.integer({ min: 0, max: 19 }), writes: fc.boolean() }), {
          minLength: 1_000,
          maxLength: 1_000,
        }),
        async (plan) => {
          const store = new MemoryStore();
          const module = await hostOver(store).load(
            'SHARED s SINGLE;\n' +
              'TRANSFORM Write { LET w = () -> { s[input.key] = input.id; RETURN true; }; LET won = TRY w() CATCH(e) -> false; LET n = 0; FOR EACH i IN RANGE(50) { SET n = n + i; } OUTPUT { won: won, v: null } }\n' +
              Array.from({ length: 20 }, (_, k) => `TRANSFORM Read${k} { OUTPUT { v: AWAIT s.k${k} } }\n`).join(''),
          );
          // Every key is written at least once at the end, so that no reader waits for ever.
          const runs = plan.map(({ key, writes }, id) =>
            writes ? module.runAsync('Write', { key: `k${key}`, id }) : module.runAsync(`Read${key}`, {}),
          );
          const last = Array.from({ length: 20 }, (_, key) =>
            module.runAsync('Write', { key: `k${key}`, id: 10_000 + key }),
          );
          const results = (await Promise.all([...runs, ...last])) as { won?: boolean; v: unknown }[];
          const keys = [...plan.map((p) => p.key), ...Array.from({ length: 20 }, (_, k) => k)];
          for (let key = 0; key < 20; key++) {
            const winners = results.filter((r, i) => keys[i] === key && r.won === true);
            expect(winners).toHaveLength(1);
            const value = store.lookup('s', `k${key}`);
            for (const [i, r] of results.entries()) if (keys[i] === key && r.won === undefined) expect(r.v).toBe(value);
          }
        },
      ),
      { numRuns: 3, seed: 20261121 },
    );
  });

  it('faults with a place when the resource is unknown', async () => {
    const store = new MemoryStore();
    const module = await hostOver(store).load('SHARED c SINGLE;\nTRANSFORM T {\n  c["k"] = 1;\n}');
    expect(() => module.run({})).not.toThrow();
    expect(() => module.run({})).toThrow(RunError);
  });
});
