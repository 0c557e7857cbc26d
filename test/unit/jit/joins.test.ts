/** Chains of joins are paid for at once; limits must be reached where the interpreter reaches them, faults cost the same. */
import { describe, expect, it } from 'vitest';
import { createHost, type Limits, type Usage } from '../../../src/index.ts';

/** Grows a text past the length at which joins become long; among the pieces are some that fault or need a look aside. */
const SOURCE = `TRANSFORM T {
  LET s = "";
  LET caught = "";
  FOR EACH it IN input.items {
    SET s = s + it.name + " × " + it.count + " = " + it.count * it.price + ", " + it.note + ";" + 1 + "." + 2;
    SET caught = TRY s + "a" + it.count / it.zero + "b" CATCH(e) -> caught + e.message + it.count;
  }
  OUTPUT { s: s, caught: caught };
}`;

const ITEMS = Array.from({ length: 18 }, (_, i) => ({
  name: i === 9 ? [i, { a: 'b' }] : `name ${i}`,
  count: i === 7 ? 12345678901234567890n : i,
  price: i === 5 ? 0.25 : 3,
  note: i === 3 ? null : i === 4 ? true : `n${i}`,
  zero: i % 2,
}));

async function ends(jit: 'off' | 'eager', limits: readonly Partial<Limits>[]): Promise<readonly unknown[]> {
  const endings: unknown[] = [];
  const used: Usage[] = [];
  let compiledCount = 0;
  const host = createHost({
    jit,
    onUsage: (usage) => {
      used.push(usage);
    },
    internals: {
      onCompiled: ({ refusal }) => {
        expect(refusal).toBeNull();
        compiledCount++;
      },
    },
  });
  const module = await host.load(SOURCE, { id: 'm' });
  for (const limit of limits) {
    let outcome: unknown;
    try {
      outcome = module.run('T', { items: ITEMS }, { limits: limit });
    } catch (error) {
      outcome = JSON.parse(JSON.stringify(error));
    }
    const usage = used.pop();
    endings.push({ limit, outcome, fuel: usage?.fuel, memory: usage?.memory });
  }
  await host.close();
  expect(compiledCount > 0).toBe(jit === 'eager');
  return endings;
}

function upTo(end: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor(end / step) - 2 }, (_, i) => end - i * step);
}

describe('a chain of joins', () => {
  it('reaches every limit at the same join, with the same charges, as in the interpreter', async () => {
    const [free] = (await ends('off', [{}])) as readonly [{ fuel: number; memory: number; outcome: { s: string } }];
    expect(free.outcome.s.length).toBeGreaterThan(400);
    const fuels = upTo(free.fuel, 7).map((fuel) => ({ fuel }));
    const memories = upTo(free.memory, 144).map((memory) => ({ memory }));
    const limits = [{}, ...fuels, ...memories];
    expect(await ends('eager', limits)).toEqual(await ends('off', limits));
  });
});
