/** V8 optimises what is made for it: no emitted function is longer than the bound that keeps it so, nor is the interpreter's loop. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createHost } from '../../../src/index.ts';
import type { TierEvent } from '../../../src/jit/index.ts';
import { Workplace } from '../../cli/command.ts';

const { mkOrder } = (await import(new URL('../../../bench/workloads.mjs', import.meta.url).href)) as {
  readonly mkOrder: (k: number) => unknown;
};

const MAX_FUNCTION_TEXT = 40 * 1024;

const times = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join('\n');

/** Ways to be long, by how many pieces there are of it. */
const SHAPES: Readonly<Record<string, (n: number) => string>> = {
  statements: (n) => `LET t = 0;\n${times(n, (i) => `SET t = t + input.a${i} * ${i};`)}\nOUTPUT { t: t }`,
  fields: (n) => `OUTPUT { ${times(n, (i) => `f${i}: input.a.b${i} ?? ${i},`)} last: 1 }`,
  branches: (n) =>
    `LET t = 0;\n${times(n, (i) => `IF input.a${i} > ${i} THEN { SET t = t + ${i}; } ELSE { SET t = t - 1; }`)}\nOUTPUT { t: t }`,
  loops: (n) =>
    `LET t = 0;\n${times(n, (i) => `FOR EACH x${i} IN input.l ?? [] { SET t = t + x${i}.v; }`)}\nOUTPUT { t: t }`,
  functions: (n) =>
    `${times(n, (i) => `FUNC f${i}(a, b) = a.x${i} * b.y${i} + ${i};`)}\nTRANSFORM T { OUTPUT { v: TRY [${times(n, (i) => `f${i}(input, input),`)} 0] CATCH(e) -> 0 } }`,
};
const SIZES = [10, 25, 40, 60, 90, 130, 200, 400];

async function compiled(program: string): Promise<readonly TierEvent[]> {
  const events: TierEvent[] = [];
  const host = createHost({ jit: 'eager', internals: { onCompiled: (event) => void events.push(event) } });
  const module = await host.load(program);
  try {
    module.run(undefined, { l: [{ v: 1 }] });
  } catch {
    // Reads of what is not there may fail; the program is compiled by then.
  }
  return events;
}

describe.each(Object.entries(SHAPES))('many %s', (_, make) => {
  it('become functions within the bound, or stay with the interpreter', async () => {
    let longest = 0;
    const refusals = new Set<string>();
    for (const size of SIZES) {
      for (const { text, refusal } of await compiled(make(size))) {
        for (const piece of text.split(/\n(?=function |return )/)) longest = Math.max(longest, piece.length);
        if (refusal !== null) refusals.add(refusal);
      }
    }
    expect(longest).toBeLessThanOrEqual(MAX_FUNCTION_TEXT);
    // The bound was come near to, and met.
    expect(longest).toBeGreaterThan(MAX_FUNCTION_TEXT / 4);
    expect([...refusals]).toEqual(['size']);
  });
});

/** So many statements come near to the bound. */
const LONG = 70;

describe('TurboFan takes', () => {
  // V8 compiles beside the run, which must not be over before.
  const records = (make: (i: number) => unknown): string => times(10_000, (i) => JSON.stringify(make(i)));
  const place = new Workplace({
    'w1.bl': readFileSync(new URL('../../../bench/w1-enrich.bl', import.meta.url)),
    'w1.ndjson': records(mkOrder),
    'long.bl': `TRANSFORM Long { ${(SHAPES.statements as (n: number) => string)(LONG)} }`,
    'long.ndjson': records((i) => Object.fromEntries(Array.from({ length: LONG }, (_, k) => [`a${k}`, k + i]))),
  });
  afterAll(() => place[Symbol.dispose]());

  it.each([
    ['W1', 'w1', 'eager', /<JSFunction enrich_1 .*target TURBOFAN/],
    ['a function near the bound', 'long', 'eager', /<JSFunction long_1 .*target TURBOFAN/],
    ["the interpreter's loop", 'w1', 'off', /<JSFunction execute .*target TURBOFAN/],
  ])('%s', (_, name, jit, wanted) => {
    const line = `$MILLRACE run ${name}.bl ${name}.ndjson --to ndjson --jit ${jit} | grep '^.completed optimizing'`;
    const { out, err } = place.shell(line, '--trace-opt');
    expect(err).toBe('');
    expect(out).toMatch(wanted);
  });
});
