/** What SUSPEND asked for stays as it was, whatever the program writes after it was resumed. */
import { expect, it } from 'vitest';
import { createHost } from '../../../src/index.ts';

it('keeps a request as it was when the program writes on', async () => {
  const host = createHost();
  const module = await host.load(
    'LET list = []; FOR x IN [1, 2] { APPEND TO list x; LET a = SUSPEND list; } APPEND TO list 3; OUTPUT { v: list }',
  );
  const run = await module.start({});
  const first = run.request;
  await run.resume(null);
  const second = run.request;
  await run.resume(null);
  expect([first, second, run.value]).toEqual([[1], [1, 2], { v: [1, 2, 3] }]);
  await host.close();
});
