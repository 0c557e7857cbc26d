/** What runs use, as the host is told: every way to run, every outcome, and sums that add up. */
import { describe, expect, it } from 'vitest';
import { capability, createHost, type HostOptions, MillraceError, type Usage } from '../../../src/index.ts';

const WORK = 'TRANSFORM T { LET l = []; FOR EACH i IN RANGE(1, input.n) { APPEND TO l i; } OUTPUT { l: l }; }';

function billed(options: HostOptions = {}) {
  const told: Usage[] = [];
  return { told, host: createHost({ onUsage: (usage) => told.push(usage), ...options }) };
}

const sleeper = capability('host:slow', {
  nap: { params: [], async: true, call: () => new Promise((resolve) => setTimeout(() => resolve(1), 60)) },
});

describe('what a run used', () => {
  it('is told of each run, by module and export, whichever way it was run', async () => {
    const { host, told } = billed();
    const module = await host.load(`EXPORT FUNC f(n) = n + 1;\nEXPORT ${WORK}`, { id: 'tenants/ada' });
    expect(told).toEqual([]);
    module.run('T', { n: 10 });
    module.get('T')({ n: 10 });
    await module.runAsync('T', { n: 10 });
    await module.start('T', { n: 10 });
    module.call('f', 1);
    expect(told.map((usage) => [usage.module, usage.export, usage.outcome, usage.code])).toEqual([
      ...Array.from({ length: 4 }, () => ['tenants/ada', 'T', 'done', null]),
      ['tenants/ada', 'f', 'done', null],
    ]);
    const [first, ...others] = told.slice(0, 4);
    for (const other of others) expect([other.fuel, other.memory]).toEqual([first?.fuel, first?.memory]);
    for (const { fuel, memory, ms } of told) for (const used of [fuel, memory, ms]) expect(used).toBeGreaterThan(0);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it('grows with the work', async () => {
    const { host, told } = billed();
    const module = await host.load(WORK);
    for (const n of [10, 100_000]) module.run({ n });
    const [small, large] = told as [Usage, Usage];
    expect(large.fuel).toBeGreaterThan(100_000);
    expect(large.memory).toBeGreaterThan(8 * 100_000);
    expect(large.ms).toBeGreaterThan(small.ms);
  });

  it('of a run that fails has the code, and no more than the limits', async () => {
    const { host, told } = billed({ limits: { fuel: 5_000, memory: 100_000 } });
    const module = await host.load(`EXPORT FUNC fail(n) = 1 / n;\nEXPORT ${WORK}`, { id: 'm' });
    for (const run of [
      () => module.call('fail', 0),
      () => module.run('T', { n: 1e6 }),
      () => module.run('T', { n: 1e6 }, { limits: { fuel: 1e7 } }),
    ])
      expect(run).toThrow(MillraceError);
    await expect(module.runAsync('T', { n: 1e6 })).rejects.toThrow(/fuel/);
    expect(told.map((usage) => [usage.outcome, usage.code])).toEqual([
      ['failed', 'MR6003'],
      ['failed', 'MR5001'],
      ['failed', 'MR5002'],
      ['failed', 'MR5001'],
    ]);
    expect([told[1]?.fuel, told[2]?.memory, told[3]?.fuel]).toEqual([5_000, 100_000, 5_000]);
  });

  it('of a started run is told each time it suspends, and adds up', async () => {
    const { host, told } = billed();
    const text = (step: string) =>
      `TRANSFORM T { LET a = SUM(RANGE(1, 1000)); ${step} LET b = SUM(RANGE(1, 1000)); OUTPUT { a: a, b: b }; }`;
    const run = await (await host.load(text('LET answer = SUSPEND a;'))).start({});
    expect(run.state).toBe('suspended');
    await new Promise((resolve) => setTimeout(resolve, 60));
    await run.resume(1);
    (await host.load(text('LET answer = a;'))).run({});
    const [before, after, whole] = told as [Usage, Usage, Usage];
    expect(told.map((usage) => usage.outcome)).toEqual(['suspended', 'done', 'done']);
    expect(before.fuel + after.fuel).toBeGreaterThanOrEqual(whole.fuel);
    expect(before.fuel + after.fuel).toBeLessThan(1.1 * whole.fuel);
    expect(before.memory + after.memory).toBeLessThan(1.1 * whole.memory);
    expect(after.fuel).toBeLessThan(0.7 * whole.fuel);
  });

  it('counts no time in which the run waits', async () => {
    const { host, told } = billed({ grants: { 'host:slow': sleeper } });
    const module = await host.load('IMPORT "host:slow" AS slow; TRANSFORM T { OUTPUT { v: slow.nap() } }');
    await module.runAsync({});
    expect(told[0]?.ms).toBeLessThan(50);
  });

  it('is told to the sink of the call too, or to that alone', async () => {
    const { host, told } = billed();
    const own: Usage[] = [];
    const onUsage = (usage: Usage) => own.push(usage);
    (await host.load(WORK)).run(undefined, { n: 1 }, { onUsage });
    expect(own).toEqual(told);
    await (await createHost().load(WORK)).runAsync(undefined, { n: 1 }, { onUsage });
    expect(own).toMatchObject([{ outcome: 'done' }, { outcome: 'done', fuel: own[0]?.fuel }]);
  });

  it('is not told of what never began', async () => {
    const { host, told } = billed({ grants: { 'host:slow': sleeper } });
    const module = await host.load('IMPORT "host:slow" AS slow; TRANSFORM T { OUTPUT { v: slow.nap() } }');
    expect(() => module.run({})).toThrow(/runAsync/);
    expect(() => module.run('Nothing', {})).toThrow(/exports no/);
    expect(told).toEqual([]);
  });

  it('whose sink throws fails with what it threw', async () => {
    const broken = new Error('the ledger is full');
    const onUsage = () => {
      throw broken;
    };
    const module = await createHost({ onUsage }).load(`EXPORT FUNC fail(n) = 1 / n;\nEXPORT ${WORK}`);
    expect(() => module.run('T', { n: 1 })).toThrow(broken);
    expect(() => module.call('fail', 0)).toThrow(broken);
    await expect(module.runAsync('T', { n: 1 })).rejects.toBe(broken);
  });

  it.each([1, 'log', {}])('is told to functions only, not to %j', async (onUsage) => {
    const wrong = { onUsage } as unknown as HostOptions;
    expect(() => createHost(wrong)).toThrow('the option onUsage is a function');
    const module = await createHost().load(WORK);
    expect(() => module.run(undefined, {}, wrong as object)).toThrow('the option onUsage is a function');
  });
});
