/** An asynchronous run gives way about once for each slice of fuel, whether its blocks spend it or the work that they call. */
import { expect, it } from 'vitest';
import { createHost, LimitError, parse } from '../../src/index.ts';

const SLICE = 10_000;
const FUEL = 100 * SLICE;

it.each([
  ['instructions', '[0 FOR EACH i IN RANGE(999) WHERE [0 FOR EACH j IN RANGE(999) WHERE i < 0] != []]'],
  ['multiplications', '[0 FOR EACH i IN RANGE(99999) WHERE input * input == 0]'],
  ['functions of the library', '[0 FOR EACH i IN RANGE(99999) WHERE LENGTH(REVERSE(RANGE(3999))) == 0]'],
])('a loop of %s', async (_, body) => {
  const host = createHost({ limits: { fuel: FUEL }, internals: { fuelSlice: SLICE } });
  const program = await host.load(`TRANSFORM T { OUTPUT { v: ${body} }; }`);
  const run = program.runAsync('T', parse(`${'9'.repeat(3_000)}.5`));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await expect(run).rejects.toThrow(LimitError);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(FUEL / SLICE / 4);
});
