/**
 * Records written over the entries that they replace: programs of groups that are read, kept, moved and put out in every order
 * must not see it. Each is run compiled and interpreted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../../src/index.ts';
import { readFlow } from '../../../src/jit/flow.ts';
import { replacementsIn } from '../../../src/jit/replacements.ts';
import { linkedUnit } from '../../support/linked-unit.ts';

const loop = (body: string): string =>
  `TRANSFORM T { LET out = {}; FOR EACH k IN input.keys { ${body} } OUTPUT { out: out }; }`;
const COUNT = 'LET g = out[k] ?? { n: 0 }; SET out[k] = { n: g.n + 1 };';

async function replaced(program: string): Promise<number> {
  const unit = await linkedUnit(program);
  return unit === null ? -1 : replacementsIn(readFlow(unit)).size;
}

describe('an entry that a record replaces', () => {
  it.each([
    ['groups are counted', loop(COUNT), 1],
    ['the entry is read without a variable', loop('SET out[k] = { n: (out[k] ?? { n: 0 }).n + 1 };'), 1],
    ['two writes are of one shape', loop(`${COUNT} SET out["all"] = { n: 1 };`), 2],
    ['the groups begin anew', loop(`IF k == "z" THEN { SET out = {}; } ${COUNT}`), 1],
    ['two writes differ in shape', loop(`${COUNT} SET out["all"] = { m: 1 };`), 0],
    ['the entry is kept', loop(`${COUNT} APPEND TO out.list g;`), 0],
    ['the entry is read behind the write', loop(`${COUNT} IF g.n > 1 THEN { SET out[k] = { n: 0 }; }`), 0],
    ['the entry is held from pass to pass', loop(`LET g = out[k] ?? { n: 0 }; SET out[k] = { n: 1, last: g };`), 0],
    ['the groups have another name', loop(`LET o = out; ${COUNT} SET out.list = o;`), 0],
    ['an entry is another record', loop(`LET r = { n: 1 }; SET out[k] = r; ${COUNT}`), 0],
    ['an entry is put below', loop(`${COUNT} SET out[k].n = 5;`), 0],
    ['the groups are put out on the way', loop(`${COUNT} OUTPUT out;`), 0],
    ['a lambda sees them', loop(`LET f = (x) -> out; ${COUNT}`), 0],
    [
      'the groups come from outside',
      'TRANSFORM T { LET out = input.groups; FOR EACH k IN input.keys { ' + COUNT + ' } OUTPUT out; }',
      0,
    ],
    ['a region may be left half-way', loop(`LET t = TRY 1 / k CATCH(e) -> 0; ${COUNT}`), 0],
  ])('%s', async (_, program, count) => {
    expect(await replaced(program)).toBe(count);
  });
});

const key = fc.constantFrom('k', '"a"', '"b"', 'j');
const group = fc.constantFrom('g', 'h');
const statement = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(group, key).map(([g, k]) => `SET ${g} = out[${k}] ?? { n: 0 };`) },
  { weight: 5, arbitrary: fc.tuple(group, key).map(([g, k]) => `SET out[${k}] = { n: ${g}.n + 1 };`) },
  {
    weight: 3,
    arbitrary: fc.tuple(key, key).map(([k, l]) => `SET out[${k}] = { n: (out[${l}] ?? { n: 10 }).n + 1 };`),
  },
  group.map((g) => `SET sum = sum + ${g}.n;`),
  fc.tuple(group, key).map(([g, k]) => `SET out[${k}] = ${g};`),
  fc.tuple(group, group).map(([g, h]) => `SET ${g} = ${h};`),
  group.map((g) => `APPEND TO seen ${g};`),
  fc.constantFrom('APPEND TO seen out;', 'SET out = {};', 'SET other = out;', 'SET j = k;', 'OUTPUT { at: out };'),
  group.map((g) => `SET ${g}.n = 7;`),
);
const body = fc.array(statement, { minLength: 2, maxLength: 7 });
const program = fc
  .tuple(body, body, fc.boolean())
  .map(([first, second, isNested]) =>
    [
      'TRANSFORM T { LET out = {}; LET other = {}; LET seen = []; LET sum = 0; LET j = "a"; LET g = { n: 0 }; LET h = { n: 5 };',
      `FOR EACH k IN input { ${first.join(' ')}`,
      isNested ? `IF k == "b" THEN { ${second.join(' ')} } } ` : `} FOR EACH k IN input { ${second.join(' ')} }`,
      'OUTPUT { out: out, other: other, seen: seen, sum: sum, g: g, h: h }; }',
    ].join('\n'),
  );

async function outcome(source: string, jit: 'off' | 'eager'): Promise<unknown> {
  const host = createHost({ jit, limits: { fuel: 20_000 } });
  const module = await host.load(source);
  const used: unknown[] = [];
  const onUsage = ({ fuel, memory }: { fuel: number; memory: number }): void => void used.push(fuel, memory);
  const results: unknown[] = [];
  for (const input of [
    [],
    ['a', 'a', 'b'],
    ['b', 'c', 'a', 'c', 'b', 'a', 'c'],
    ['constructor', '__proto__', '__proto__'],
  ]) {
    try {
      results.push(module.run('T', input, { onUsage }));
    } catch (error) {
      results.push(String(error));
    }
  }
  await host.close();
  return JSON.stringify([results, used]);
}

it('is seen by no program', { timeout: 120_000 }, async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(program, async (source) => {
      count += await replaced(source);
      expect(await outcome(source, 'eager'), source).toBe(await outcome(source, 'off'));
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(count, 'programs of which something is replaced').toBeGreaterThan(20);
});
