/**
 * Each limit, just under and just over. The least fuel, memory, depth and so on with which a program still runs is found
 * by bisection: it must be the same however finely the fuel is handed out, and one less must end in the typed error.
 */
import { describe, expect, it } from 'vitest';
import { LIMITS, type LimitName, LOAD_LIMITS } from '../../src/base/limits.ts';
import { createHost, LoadError, type LoadedModule, type RunError } from '../../src/index.ts';
import { CONFIGURATIONS, type Configuration } from '../support/configurations.ts';
import { firstTransformOf } from '../support/run-program.ts';

const [optimised, unoptimised, byTheUnit] = CONFIGURATIONS as readonly [Configuration, Configuration, Configuration];

async function loaded(source: string, configuration: Configuration): Promise<LoadedModule> {
  const host = createHost({ internals: configuration.internals });
  return host.load(source, { id: 'limits.bl' });
}

/** The code of the error that a run with one limit changed ends in; undefined when it succeeds. */
function codeOf(module: LoadedModule, limit: LimitName, value: number): string | undefined {
  try {
    module.run(firstTransformOf(module), null, { limits: { [limit]: value } });
    return undefined;
  } catch (error) {
    return (error as RunError).code;
  }
}

function leastThatRuns(module: LoadedModule, limit: LimitName, high: number): number {
  let low = 0;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (codeOf(module, limit, middle) === undefined) high = middle;
    else low = middle;
  }
  return high;
}

const WORK = `
FUNC fold(xs) { LET s = 0; FOR x IN xs { SET s = s + x; } RETURN s; }
TRANSFORM T {
  LET o = {l: []};
  FOR i IN RANGE(200) { APPEND TO o.l i; }
  OUTPUT { s: fold(o.l), m: MAP(o.l, (x) -> "n" + x), t: TRY fold([null]) CATCH(e) -> e.message }
}`;

describe('limits of a run', () => {
  it.each(['fuel', 'memory'] as const)('%s: one less than enough ends the run', async (limit) => {
    const module = await loaded(WORK, optimised);
    const least = leastThatRuns(module, limit, LIMITS[limit].default);
    expect(least).toBeGreaterThan(100);
    expect(codeOf(module, limit, least - 1)).toBe(LIMITS[limit].code);
    expect(codeOf(module, limit, Math.floor(least / 2))).toBe(LIMITS[limit].code);
    expect(codeOf(module, limit, least)).toBeUndefined();
  });

  it.each(['fuel', 'memory'] as const)('%s: the size of the slices changes nothing', async (limit) => {
    const least = leastThatRuns(await loaded(WORK, optimised), limit, LIMITS[limit].default);
    const sliced = await loaded(WORK, byTheUnit);
    expect(codeOf(sliced, limit, least)).toBeUndefined();
    expect(codeOf(sliced, limit, least - 1)).toBe(LIMITS[limit].code);
  });

  it.each(['fuel', 'memory'] as const)('%s: a limit of a large program is exact, too', async (limit) => {
    const source =
      'LET v = [{ n: x, t: "t" + x } FOR EACH x IN RANGE(20000) WHERE x % 3 != 0]; OUTPUT { n: LENGTH(v) }';
    const module = await loaded(source, unoptimised);
    const least = leastThatRuns(module, limit, LIMITS[limit].default);
    expect(least).toBeGreaterThan(20_000);
    expect(codeOf(module, limit, least - 1)).toBe(LIMITS[limit].code);
  });

  it('depth: calls nest as deep as the limit and no deeper', async () => {
    const forms = [
      'FUNC down(n) = IF n == 0 THEN 0 ELSE 1 + down(n - 1);\nTRANSFORM T { OUTPUT { v: down(19) } }',
      'LET down = (n) -> IF n == 0 THEN 0 ELSE 1 + down(n - 1); OUTPUT { v: down(19) }',
      'LET o = {}; LET down = (n) -> IF n == 0 THEN 0 ELSE 1 + o.f(n - 1); SET o.f = down; OUTPUT { v: down(19) }',
    ];
    for (const source of forms) {
      const module = await loaded(source, optimised);
      const least = leastThatRuns(module, 'depth', LIMITS.depth.default);
      expect(least, source).toBeGreaterThanOrEqual(20);
      expect(least, source).toBeLessThanOrEqual(21);
      expect(codeOf(module, 'depth', least - 1), source).toBe('MR5003');
    }
  });

  it('output: as many records as the limit and no more', async () => {
    for (const source of [
      'FOR i IN RANGE(7) { OUTPUT { i: i } }',
      'OUTPUT [{ i: i } FOR EACH i IN RANGE(7)]',
      'FOR i IN RANGE(6) { OUTPUT { i: i } } ABORT { i: 7 }',
      'FOR i IN RANGE(6) { OUTPUT { i: i } } TRY 1 // 0 CATCH(e) -> { i: 7 }',
    ]) {
      const module = await loaded(source, optimised);
      expect(codeOf(module, 'output', 7), source).toBeUndefined();
      expect(codeOf(module, 'output', 6), source).toBe('MR5005');
    }
  });

  it('nesting: values that are walked nest as deep as the limit and no deeper', async () => {
    const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    for (const walk of [
      '{ v: LENGTH("" + x) }',
      '{ v: x == y }',
      '{ v: LENGTH(STRING(x)) }',
      '{ v: LENGTH(DISTINCT([x, y])) }',
    ]) {
      const module = await loaded(`LET x = ${nested(30)}; LET y = ${nested(30)}; OUTPUT ${walk}`, optimised);
      const least = leastThatRuns(module, 'nesting', LIMITS.nesting.default);
      expect(least, walk).toBeGreaterThanOrEqual(29);
      expect(least, walk).toBeLessThanOrEqual(32);
      expect(codeOf(module, 'nesting', least - 1), walk).toBe('MR5006');
    }
  });

  it('deadlineMs: a run that takes longer ends soon after', async () => {
    const module = await loaded(
      'LET n = 0; FOR i IN RANGE(3000) { FOR j IN RANGE(3000) { SET n = n + 1; } } OUTPUT { n: n }',
      optimised,
    );
    const start = performance.now();
    expect(codeOf(module, 'deadlineMs', 30)).toBe('MR5004');
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(codeOf(await loaded('OUTPUT { v: 1 }', optimised), 'deadlineMs', 1_000)).toBeUndefined();
  });

  it('every limit has a case here', () => {
    expect(Object.keys(LIMITS).sort()).toEqual(['deadlineMs', 'depth', 'fuel', 'memory', 'nesting', 'output']);
  });
});

describe('limits of loading', () => {
  const findings = async (source: string): Promise<readonly string[]> => {
    try {
      await createHost({}).load(source, { id: 'limits.bl' });
      return [];
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      return error.diagnostics.map((d) => d.code);
    }
  };

  it('source length: as many characters as the limit and no more', async () => {
    const program = 'OUTPUT { v: 1 }';
    const full = program + ' '.repeat(LOAD_LIMITS.sourceLength.default - program.length);
    expect(await findings(full)).toEqual([]);
    expect(await findings(`${full} `)).toEqual(['MR1002']);
  });

  it.each([
    ['lists', (n: number) => `LET x = ${'['.repeat(n)}${']'.repeat(n)}; OUTPUT { v: x }`],
    ['parentheses', (n: number) => `LET x = ${'('.repeat(n)}1${')'.repeat(n)}; OUTPUT { v: x }`],
    ['objects', (n: number) => `LET x = ${'{a: '.repeat(n)}1${'}'.repeat(n)}; OUTPUT { v: x }`],
    ['blocks', (n: number) => `${'IF true THEN { '.repeat(n)}${'}'.repeat(n)}`],
  ])('source nesting of %s: as deep as the limit and no deeper', async (_, source) => {
    let deepest = 0;
    for (let n = 1; n <= 140 && (await findings(source(n))).length === 0; n++) deepest = n;
    expect(deepest).toBeGreaterThanOrEqual(60);
    expect(deepest).toBeLessThanOrEqual(LOAD_LIMITS.sourceNesting.default);
    expect(await findings(source(deepest + 1))).toContain('MR1003');
  });

  it('diagnostics: as many errors as the limit are reported', async () => {
    const unbound = (n: number) => Array.from({ length: n }, (_, i) => `LET v${i} = unbound${i};`).join('\n');
    const { default: most } = LOAD_LIMITS.diagnostics;
    expect((await findings(unbound(most - 1))).length).toBe(most - 1);
    const many = await findings(unbound(most + 50));
    expect(many.length).toBeGreaterThanOrEqual(most);
    expect(many.length).toBeLessThanOrEqual(most + 1);
  });
});
