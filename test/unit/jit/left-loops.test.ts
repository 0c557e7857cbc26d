/** A compiled loop that is entered half-way and left early hands over all that it has changed. */
import { expect, it } from 'vitest';
import { createHost } from '../../../src/index.ts';

const PROGRAM = `TRANSFORM T { LET total = 0; LET r = 0;
  FOR EACH i IN RANGE(0, input.n) {
    IF i % 10000 == 9999 THEN { SET r = TRY 1 / (i - i) CATCH(e) RETRY 1 TIMES -> 7; }
    SET total = total + 1;
  }
  OUTPUT { total: total, r: r }; }`;

it('also what it names only behind the exit', async () => {
  let loops = 0;
  const onCompiled = ({ loop, refusal }: { loop: number | null; refusal: unknown }): void => {
    if (loop !== null && refusal === null) loops++;
  };
  const internals = { jitLoopsOnly: true, onCompiled };
  const host = createHost({ jit: 'eager', internals } as unknown as Parameters<typeof createHost>[0]);
  const module = await host.load(PROGRAM);
  for (let i = 0; i < 3; i++) expect(module.run({ n: 60_000 })).toEqual({ total: 60_001, r: 7 });
  expect(loops).toBeGreaterThan(0);
});
