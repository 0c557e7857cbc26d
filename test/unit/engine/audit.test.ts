/** The audit trail: what it tells, that nothing can be taken out of it unseen, and a sink that fails. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuditEvent,
  capability,
  createHost,
  firstBrokenEvent,
  type HostOptions,
  type LoadError,
} from '../../../src/index.ts';

const SOURCE = 'IMPORT "host:x" AS x;\nTRANSFORM T { OUTPUT { v: x.f(input.a) } }';
const SECRET = 'patient 4711';
const base = capability('host:x', { f: { params: ['any'], call: (a: unknown) => a } });

function audited(options: HostOptions = {}) {
  const events: AuditEvent[] = [];
  const host = createHost({ grants: { 'host:x': base }, audit: (event) => events.push(event), ...options });
  const told = (kind?: AuditEvent['kind']) =>
    events
      .filter((e) => kind === undefined || e.kind === kind)
      .map(({ kind, module, detail }) => ({ kind, module, ...detail }));
  return { host, events, told };
}

const failure = async (action: () => unknown): Promise<LoadError> => {
  try {
    await action();
  } catch (error) {
    return error as LoadError;
  }
  throw new Error('nothing was thrown');
};

describe('the audit', () => {
  it('tells what is loaded, verified, linked, granted and called', async () => {
    const { host, told } = audited();
    const module = await host.load(SOURCE, { id: 'm' });
    module.run({ a: SECRET });
    expect(told()).toEqual([
      { kind: 'load', module: 'm', characters: SOURCE.length },
      { kind: 'verify', module: 'm', ok: true },
      { kind: 'link', module: 'm', imports: ['host:x'] },
      { kind: 'grant', module: 'm', capability: 'host:x', members: ['f'] },
      {
        kind: 'call',
        module: 'm',
        capability: 'host:x',
        member: 'f',
        arguments: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('tells of each module of a graph, and which of them calls', async () => {
    const { host, told } = audited({
      resolve: () => 'IMPORT "host:x" AS x; EXPORT FUNC g(a) = x.f(a);',
      grantsFor: () => ({ 'host:x': base }),
    });
    const module = await host.load('IMPORT "lib:y" AS y; TRANSFORM T { OUTPUT { v: y.g(1) } }', { id: 'm' });
    module.run({});
    expect(told('link').map((e) => e.module)).toEqual(['lib:y', 'm']);
    expect(told('grant')).toMatchObject([{ module: 'lib:y', capability: 'host:x' }]);
    expect(told('call')).toMatchObject([{ module: 'lib:y', member: 'f' }]);
  });

  it('tells arguments by a digest that does not depend on the order of fields', async () => {
    const { host, events, told } = audited();
    const module = await host.load(SOURCE);
    const inputs = [
      { x: 1, y: [SECRET] },
      { y: [SECRET], x: 1 },
      { x: 1, y: ['other'] },
      '1',
      1,
      1n,
      null,
      [],
      {},
      [[]],
      new Set(),
    ];
    for (const a of inputs) module.run({ a });
    const digests = told('call').map((e) => (e as { arguments?: unknown }).arguments);
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(inputs.length - 1);
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });

  it('tells what is refused: at load, by a contract, by a guard', async () => {
    const strict = capability('host:x', { f: { params: ['string'], call: () => 1 } }).where(() => false);
    const { host, told } = audited({ grants: { 'host:x': strict } });
    const module = await host.load(SOURCE, { id: 'm' });
    await failure(() => module.run({ a: 1 }));
    await failure(() => module.run({ a: 'a' }));
    await failure(() => host.load(SOURCE, { id: 'n', grants: {} }));
    await failure(() => host.load('TRANSFORM {', { id: 'o' }));
    expect(told('deny')).toMatchObject([
      { module: 'm', capability: 'host:x', member: 'f', code: 'MR6031' },
      { module: 'm', capability: 'host:x', member: 'f', code: 'MR6034', reason: 'the host does not permit this call' },
      { module: 'n', code: 'MR4001', reason: 'module "n" may not import "host:x"', entry: 'n' },
      { module: 'o', code: 'MR1001' },
    ]);
    expect(told('call')).toEqual([]);
  });

  it.each([
    ['does not read', 'FUNC {', {}, 'MR1001'],
    ['reads from no JSON', '{"millrace": 7}', {}, 'MR3202'],
    ['is no binary', new Uint8Array([0, 1]), {}, 'MR3001'],
    ['wants more', 'IMPORT "host:x" AS x; EXPORT FUNC g(a) = x.f(a);', {}, 'MR4001'],
    ['imports another', 'IMPORT "./lib.bl" AS lib; EXPORT FUNC g(a) = lib.g(a);', {}, 'MR4005'],
  ])('tells which module of a graph was refused: one that %s', async (_why, lib, options, code) => {
    const { host, told } = audited({ resolve: () => ({ uri: 'lib.bl', source: lib }), ...options });
    const error = await failure(() =>
      host.load('IMPORT "./lib.bl" AS lib; TRANSFORM T { OUTPUT { v: lib.g(1) } }', { id: 'main' }),
    );
    expect(error).toMatchObject({ code, module: 'lib.bl' });
    expect(told('deny')).toMatchObject([{ module: 'lib.bl', code, entry: 'main' }]);
  });

  it('tells of what is unloaded, by itself or with the host', async () => {
    const { host, told } = audited();
    for (const id of ['a', 'b']) await host.load(SOURCE, { id });
    host.unload('a');
    await host.close();
    expect(told('unload')).toEqual([
      { kind: 'unload', module: 'a' },
      { kind: 'unload', module: 'b' },
    ]);
  });

  it('tells of limits and of revocations', async () => {
    const { capability: leased, revoke } = base.revocable();
    const { host, told } = audited({ grants: { 'host:x': leased } });
    const module = await host.load(SOURCE, { id: 'm' });
    await host.load(SOURCE, { id: 'n' });
    await failure(() => module.run('T', {}, { limits: { fuel: 1 } }));
    revoke();
    await failure(() => module.run({ a: 1 }));
    expect(told().slice(-3)).toMatchObject([
      { kind: 'limit', module: 'm', code: 'MR5001' },
      { kind: 'revoke', module: null, capability: 'host:x' },
      { kind: 'limit', module: 'm', code: 'MR5008' },
    ]);
  });

  it('is paid for by the program that calls', async () => {
    const silent = await createHost({ grants: { 'host:x': base } }).load(SOURCE);
    const told = await audited().host.load(SOURCE);
    const a = 'x'.repeat(50_000);
    const limits = { fuel: 60_000 };
    expect(silent.run('T', { a }, { limits })).toEqual({ v: a });
    expect(await failure(() => told.run('T', { a }, { limits }))).toMatchObject({ code: 'MR5001' });
  });
});

describe('the chain', () => {
  const chain = async () => {
    const { host, events } = audited();
    const module = await host.load(SOURCE);
    for (let a = 0; a < 5; a++) module.run({ a });
    return events;
  };

  it('holds from the first event on', async () => {
    const events = await chain();
    expect(events.map((e) => e.seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.every((e) => Object.isFrozen(e) && Object.isFrozen(e.detail))).toBe(true);
    expect(await firstBrokenEvent(events)).toBeNull();
    expect(await firstBrokenEvent(JSON.parse(JSON.stringify(events)))).toBeNull();
  });

  it('shows any event that is changed, left out, moved or added', async () => {
    const events = await chain();
    const at = fc.nat({ max: events.length - 2 });
    const change = fc.oneof(
      at.map((i) => events.toSpliced(i, 1)),
      at.map((i) => events.toSpliced(i, 0, events[i] as AuditEvent)),
      at.map((i) => events.toSpliced(i, 2, events[i + 1] as AuditEvent, events[i] as AuditEvent)),
      fc
        .tuple(at, fc.constantFrom('seq', 'at', 'kind', 'module', 'missed', 'previous', 'hash'))
        .map(([i, key]) => events.with(i, { ...events[i], [key]: 'x' } as unknown as AuditEvent)),
      at.map((i) => events.with(i, { ...events[i], detail: { ...events[i]?.detail, more: 1 } } as AuditEvent)),
    );
    await fc.assert(
      fc.asyncProperty(change, async (changed) => {
        expect(await firstBrokenEvent(changed)).not.toBeNull();
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe('MR4015: a sink that fails', () => {
  function failing(): {
    readonly options: HostOptions;
    readonly events: AuditEvent[];
    mode: 'well' | 'throws' | 'rejects';
  } {
    const state = {
      mode: 'well' as 'well' | 'throws' | 'rejects',
      events: [] as AuditEvent[],
      options: {
        grants: { 'host:x': base },
        audit: (event: AuditEvent): unknown => {
          if (state.mode === 'throws') throw new Error('disk full');
          state.events.push(event);
          return state.mode === 'rejects' ? Promise.reject(new Error('disk full')) : undefined;
        },
      },
    };
    return state;
  }

  it('does not touch runs, and says what it missed', async () => {
    const state = failing();
    const host = createHost(state.options);
    const module = await host.load(SOURCE);
    const before = state.events.length;
    state.mode = 'throws';
    expect(module.run({ a: 1 })).toEqual({ v: 1 });
    expect(module.run({ a: 2 })).toEqual({ v: 2 });
    expect(host.auditFailures).toMatchObject({ count: 2, last: { message: 'disk full' } });
    state.mode = 'well';
    module.run({ a: 3 });
    module.run({ a: 4 });
    const [next, last] = state.events.slice(before);
    expect([next?.missed, next?.seq, last?.missed]).toEqual([2, before + 3, 0]);
    expect(await firstBrokenEvent(state.events)).toBe(next);
  });

  it('counts right when it makes events itself, or fails late while it tells of missed ones', async () => {
    const state = failing();
    let inner: (() => unknown) | null = null;
    const host = createHost({
      ...state.options,
      audit: (event) => {
        const again = inner;
        inner = null;
        again?.();
        return state.options.audit?.(event);
      },
    });
    const module = await host.load(SOURCE);
    const other = await host.load(SOURCE);
    state.mode = 'throws';
    module.run({ a: 1 });
    state.mode = 'well';
    inner = () => other.run({ a: 2 });
    module.run({ a: 3 });
    module.run({ a: 4 });
    expect(state.events.slice(-3).map(({ missed }) => missed)).toEqual([0, 1, 0]);
    state.mode = 'throws';
    module.run({ a: 1 });
    state.mode = 'rejects';
    module.run({ a: 1 });
    await new Promise((resolve) => setTimeout(resolve, 0));
    state.mode = 'well';
    module.run({ a: 1 });
    expect(state.events.at(-1)?.missed).toBe(2);
  });

  it('keeps new modules out', async () => {
    const state = failing();
    const host = createHost(state.options);
    state.mode = 'throws';
    expect(await failure(() => host.load(SOURCE, { id: 'm' }))).toMatchObject({
      code: 'MR4015',
      message: 'module "m" was not loaded, because the audit sink failed',
      cause: { message: 'disk full' },
    });
    state.mode = 'well';
    expect((await host.load(SOURCE, { id: 'm' })).run({ a: 1 })).toEqual({ v: 1 });
  });

  it('may fail later, without an unhandled rejection', async () => {
    const state = failing();
    const host = createHost(state.options);
    const module = await host.load(SOURCE);
    state.mode = 'rejects';
    module.run({ a: 1 });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(host.auditFailures.count).toBe(1);
  });

  it('without an audit there are no failures', () => {
    expect(createHost().auditFailures).toEqual({ count: 0, last: undefined });
    expect(() => createHost({ audit: 'file' as never })).toThrow(/audit is a function/);
  });
});
