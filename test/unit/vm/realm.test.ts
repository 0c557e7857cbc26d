// The look at the realm's prototypes: once for each turn of the event loop, and again after each call of the host.
import { createHook } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { capability, createHost } from '../../../src/index.ts';

it('a run that calls the host often does not hold a promise for each call until the turn ends', async () => {
  const clock = capability('host:clock', { now: { params: [], call: () => 1 } });
  const host = createHost({ grants: { 'host:clock': clock } });
  const module = await host.load(
    'IMPORT "host:clock" AS c; TRANSFORM T { LET s = 0; FOR EACH i IN RANGE(1, input.n) { SET s = s + c.now(); } OUTPUT { s: s }; }',
  );
  let promises = 0;
  const hook = createHook({ init: (_, type) => void (promises += type === 'PROMISE' ? 1 : 0) });
  hook.enable();
  const results = [module.run({ n: 1_000 }), module.run({ n: 1_000 })];
  hook.disable();
  expect(results).toEqual([{ s: 1_000 }, { s: 1_000 }]);
  expect(promises).toBeGreaterThan(0);
  expect(promises).toBeLessThan(10);
  await host.close();
});
