/**
 * Programs that try to hold the host: each ends in its typed error within two seconds of processor time, and TRY around
 * the whole does not help it. The limits are the defaults, but for a deadline of half a second: however the work is hidden
 * (in one large operation or in many), the run must come to look at the clock in time.
 */
import { describe, expect, it } from 'vitest';
import { createHost, LoadError, type LoadedModule, RunError } from '../../src/index.ts';
import { firstTransformOf } from '../support/run-program.ts';

const TIME_LIMIT_MS = 2_000;

/** Why processor time: it does not depend on what else the machine does. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const DEADLINE_MS = 500;
/** Fuel, memory or deadline: which comes first depends on the machine. */
const SPENT = ['MR5001', 'MR5002', 'MR5004'];
const TOO_DEEP = ['MR5003'];
const LIMIT_CODES = ['MR5001', 'MR5002', 'MR5003', 'MR5004', 'MR5005', 'MR5006'];

/** `body` is an expression; `declarations` stand before the transform, `statements` before the expression. */
interface Hostile {
  readonly title: string;
  /** The codes it may end in; `value` when it may come to an end by itself. */
  readonly ends: readonly string[];
  readonly declarations?: string;
  readonly statements?: string;
  readonly body: string;
  readonly input?: unknown;
}

const NESTS =
  '[1 FOR EACH a IN RANGE(9999) WHERE [1 FOR EACH b IN RANGE(9999) WHERE [1 FOR EACH c IN RANGE(9999)] == 0] == 0]';

const HOSTILE: readonly Hostile[] = [
  { title: 'endless recursion of a FUNC', ends: TOO_DEEP, declarations: 'FUNC f(n) = f(n + 1) + 1;', body: 'f(0)' },
  {
    title: 'endless recursion in tail position',
    ends: [...SPENT, 'MR5003'],
    declarations: 'FUNC f(n) { RETURN f(n + 1); }',
    body: 'f(0)',
  },
  {
    title: 'endless recursion of a lambda',
    ends: TOO_DEEP,
    statements: 'LET f = (n) -> f(n + 1) + 1;',
    body: 'f(0)',
  },
  {
    title: 'endless mutual recursion',
    ends: TOO_DEEP,
    declarations: 'FUNC f(n) = g(n) + 1;\nFUNC g(n) = f(n) + 1;',
    body: 'f(0)',
  },
  {
    title: 'endless recursion through callbacks',
    ends: TOO_DEEP,
    statements: 'LET f = (n) -> MAP([n], (x) -> f(x));',
    body: 'f(0)',
  },
  {
    title: 'endless recursion through SORT_BY and REDUCE',
    ends: TOO_DEEP,
    statements: 'LET f = (n) -> REDUCE([1, 2], 0, (a, x) -> f(x));',
    body: 'f(0)',
  },
  { title: 'a lambda that is given to itself', ends: TOO_DEEP, statements: 'LET f = (g) -> g(g);', body: 'f(f)' },
  {
    title: 'recursion that doubles at each level',
    ends: SPENT,
    declarations: 'FUNC f(n) = IF n == 0 THEN 1 ELSE f(n - 1) + f(n - 1);',
    body: 'f(60)',
  },
  { title: 'nested loops', ends: SPENT, body: NESTS },
  {
    title: 'RETRY of work',
    ends: SPENT,
    statements: 'LET f = () -> 1 // 0;',
    body: 'TRY f() CATCH(x) RETRY 2000000000 TIMES -> 0',
  },
  {
    title: 'nested RETRY',
    ends: SPENT,
    statements:
      'LET f = () -> TRY 1 // 0 CATCH(x) RETRY 999999 TIMES -> x.a.b; LET g = () -> TRY f() CATCH(x) RETRY 999999 TIMES -> x.a.b;',
    body: 'g()',
  },
  { title: 'a text that doubles', ends: SPENT, body: 'REDUCE(RANGE(100), "ab", (t, i) -> t + t)' },
  { title: 'a list that doubles', ends: SPENT, body: 'REDUCE(RANGE(100), [1], (t, i) -> t ++ t)' },
  {
    title: 'an object of itself, printed',
    ends: SPENT,
    body: 'LENGTH("" + REDUCE(RANGE(60), {x: 1}, (t, i) -> ({a: t, b: t})))',
  },
  {
    title: 'an object of itself, compared',
    ends: SPENT,
    body: 'REDUCE(RANGE(60), {x: 1}, (t, i) -> ({a: t, b: t})) == REDUCE(RANGE(60), {x: 1}, (t, i) -> ({a: t, b: t}))',
  },
  {
    title: 'an object of itself, walked',
    ends: SPENT,
    body: '[1 FOR EACH n IN WALK(REDUCE(RANGE(60), {x: 1}, (t, i) -> ({a: t, b: t}))) WHERE false]',
  },
  {
    title: 'a list of itself, flattened',
    ends: SPENT,
    body: 'REDUCE(RANGE(60), [1], (t, i) -> FLATTEN([t, t]))',
  },
  {
    title: 'a value nested deeper than values may be, printed',
    ends: ['MR5006'],
    body: 'LENGTH("" + REDUCE(RANGE(5000), [], (t, i) -> [t]))',
  },
  {
    title: 'a value nested deeper than values may be, compared',
    ends: ['MR5006'],
    body: 'REDUCE(RANGE(5000), [], (t, i) -> [t]) == REDUCE(RANGE(5000), [], (t, i) -> [t])',
  },
  {
    title: 'a value nested deeper than values may be, sorted',
    ends: ['MR5006'],
    body: 'SORT([REDUCE(RANGE(5000), [], (t, i) -> [t]), REDUCE(RANGE(5000), [], (t, i) -> [t])])',
  },
  {
    title: 'an integer that squares',
    ends: [...SPENT, 'MR6023'],
    body: 'LENGTH("" + REDUCE(RANGE(60), DEC(3), (n, i) -> n * n))',
  },
  { title: 'a power with a huge exponent', ends: [...SPENT, 'MR6023'], body: 'POWER(DEC(7), 999999999)' },
  { title: 'a huge RANGE', ends: SPENT, body: 'LENGTH(RANGE(2147483647))' },
  { title: 'a huge PAD', ends: SPENT, body: 'LENGTH(PAD("a", 2000000000))' },
  { title: 'PAD in a loop', ends: SPENT, body: '[PAD("a", 10000000) FOR EACH i IN RANGE(1000)]' },
  {
    title: 'REPLACE that grows its text',
    ends: SPENT,
    body: 'LENGTH(REDUCE(RANGE(40), "aa", (t, i) -> REPLACE(t, "a", "aaa")))',
  },
  {
    title: 'REPLACE of every place by the whole',
    ends: SPENT,
    statements: 'LET big = PAD("a", 100000, "a");',
    body: 'LENGTH(REPLACE(big, "a", big))',
  },
  {
    title: 'SPLIT and JOIN that grow',
    ends: SPENT,
    body: 'LENGTH(REDUCE(RANGE(40), "a,a", (t, i) -> JOIN(SPLIT(t, ","), ",a,")))',
  },
  {
    title: 'FORMAT that grows',
    ends: SPENT,
    body: 'LENGTH(REDUCE(RANGE(60), "x", (t, i) -> FORMAT("{0}{0}{0}", [t])))',
  },
  {
    title: 'UPPER of a large text in a loop',
    ends: SPENT,
    statements: 'LET big = PAD("a", 10000000, "a");',
    body: '[1 FOR EACH i IN RANGE(1000000) WHERE UPPER(big) == ""]',
  },
  {
    title: 'comparing large equal texts in a loop',
    ends: SPENT,
    statements: 'LET a = PAD("a", 5000000, "a"); LET b = a + "b";',
    body: '[1 FOR EACH i IN RANGE(10000000) WHERE a + "b" != b]',
  },
  {
    title: 'comparing large texts that differ in the last place',
    ends: SPENT,
    statements: 'LET a = PAD("a", 20000000, "a") + "b"; LET b = PAD("a", 20000000, "a") + "c";',
    body: '[1 FOR EACH i IN RANGE(10000000) WHERE a == b]',
  },
  {
    title: 'ordering large texts',
    ends: SPENT,
    statements: 'LET a = PAD("a", 20000000, "a"); LET b = PAD("a", 20000000, "a");',
    body: '[1 FOR EACH i IN RANGE(10000000) WHERE a < b]',
  },
  {
    title: 'comparing large equal lists in a loop',
    ends: SPENT,
    statements: 'LET a = RANGE(100000); LET b = RANGE(100000);',
    body: '[1 FOR EACH i IN RANGE(10000000) WHERE a != b]',
  },
  {
    title: 'sorting in a loop',
    ends: SPENT,
    statements: 'LET a = REVERSE(RANGE(100000));',
    body: '[1 FOR EACH i IN RANGE(100000) WHERE SORT(a) == 0]',
  },
  {
    title: 'sorting large texts',
    ends: SPENT,
    statements: 'LET t = PAD("a", 1000000, "a"); LET a = [t + "1" FOR EACH i IN RANGE(60)];',
    body: '[1 FOR EACH i IN RANGE(100000) WHERE SORT(a) == 0]',
  },
  {
    title: 'DISTINCT of many objects',
    ends: SPENT,
    statements: 'LET a = [{ n: i } FOR EACH i IN RANGE(100000)];',
    body: '[1 FOR EACH i IN RANGE(100000) WHERE DISTINCT(a) == 0]',
  },
  {
    title: 'a SET that copies a large list each time',
    ends: SPENT,
    statements: 'LET a = RANGE(100000); LET keep = null; LET f = (i) -> { LET b = a; SET b[0] = i; RETURN b[0]; };',
    body: '[f(i) FOR EACH i IN RANGE(10000000)]',
  },
  {
    title: 'outputs without end',
    ends: [...SPENT, 'MR5005'],
    declarations: 'FUNC big() = RANGE(1500000);',
    statements: 'FOR EACH i IN big() { OUTPUT { i: i } }',
    body: '1',
  },
  {
    title: 'a regular expression that backtracks elsewhere',
    ends: ['value'],
    body: 'LENGTH(MATCH(input, "(a+)+$"))',
    input: `${'a'.repeat(100_000)}!`,
  },
  {
    title: 'a regular expression with a large count',
    ends: [...SPENT, 'MR6014'],
    body: 'MATCH("aaaa", "((a{1000}){1000}){1000}")',
  },
  {
    title: 'many matches of nothing',
    ends: SPENT,
    statements: 'LET big = PAD("a", 10000000, "a");',
    body: 'LENGTH(MATCH(big, ""))',
  },
  {
    title: 'a pattern that tries every start',
    ends: [...SPENT, 'value'],
    statements: 'LET big = PAD("a", 10000000, "a");',
    body: 'LENGTH(MATCH(big, "a*b"))',
  },
  {
    title: 'a number with many digits',
    ends: [...SPENT, 'MR6013', 'MR6023'],
    statements: 'LET big = PAD("9", 10000000, "9");',
    body: 'LENGTH("" + INT(big) * INT(big))',
  },
  {
    title: 'a decimal with a huge exponent',
    ends: [...SPENT, 'MR6013', 'MR6023'],
    body: 'LENGTH("" + (DEC("1e999999999") + DEC("1e-999999999")))',
  },
  {
    title: 'rounding with a huge precision',
    ends: [...SPENT, 'MR6012', 'MR6023'],
    body: 'LENGTH("" + ROUND(DEC("1.5"), 2000000000))',
  },
];

describe('hostile programs end in their typed error, TRY or not', () => {
  for (const { title, ends, declarations = '', statements = '', body, input } of HOSTILE) {
    it(title, async () => {
      const tried = `TRY (${body}) CATCH(e) -> "caught"`;
      const source = `${declarations}\nTRANSFORM T { ${statements}\nOUTPUT { v: ${tried} } }`;
      const module = await createHost({ limits: { deadlineMs: DEADLINE_MS } }).load(source, { id: 'hostile.bl' });
      const start = now();
      const [end, value] = endOf(module, input);
      expect(now() - start).toBeLessThan(TIME_LIMIT_MS);
      if (value === 'caught') {
        expect(
          ends.some((code) => code.startsWith('MR6')),
          'a limit was caught',
        ).toBe(true);
      } else expect(ends, `ended with ${end} ${JSON.stringify(value)?.slice(0, 80)}`).toContain(end);
    });
  }
});

/** The code that a run ends in, or `value` and what `v` came out as. */
function endOf(module: LoadedModule, input: unknown): readonly [string, unknown] {
  try {
    const result = module.run(firstTransformOf(module), input);
    return ['value', (result as { readonly v?: unknown } | null)?.v];
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return [error.code, undefined];
  }
}

describe('deep data', () => {
  const deepList = (levels: number) => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  const deepRecord = (levels: number) => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = { a: value };
    return value;
  };

  it.each([
    ['printed', '"" + input'],
    ['compared', '[input] == [input, 1] || input == input.[k]'],
    ['text of', 'STRING(input)'],
    ['made distinct', 'DISTINCT([[input], [input]])'],
    ['collected', 'LENGTH(COLLECT(WALK(input)))'],
    ['formatted', 'FORMAT("{0}", [input])'],
    ['joined', 'JOIN([input], ",")'],
    ['sorted', 'SORT([input, 1])'],
    ['returned', 'input'],
    ['flattened', 'FLATTEN([input])'],
  ])('10 000 levels, %s, never end in anything but a value or a limit', async (_, expression) => {
    const source = `LET k = 0; OUTPUT { v: ${expression.replace('[k]', '[kk.k]')} }`.replace(
      'LET k = 0;',
      'LET kk = {k: 0};',
    );
    const module = await createHost({}).load(source, { id: 'deep.bl' });
    for (const input of [deepList(10_000), deepRecord(10_000)]) {
      const start = now();
      try {
        module.run(firstTransformOf(module), input);
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
        expect([...LIMIT_CODES, 'MR6005', 'MR6006']).toContain(error.code);
      }
      expect(now() - start).toBeLessThan(TIME_LIMIT_MS);
    }
  });
});

describe('deep source', () => {
  const LEVELS = 10_000;
  it.each([
    ['lists', `LET x = ${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`],
    ['open brackets', `LET x = ${'['.repeat(LEVELS)}`],
    ['parentheses', `LET x = ${'('.repeat(LEVELS)}1${')'.repeat(LEVELS)}`],
    ['objects', `LET x = ${'{a: '.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`],
    ['blocks', `${'IF true THEN { '.repeat(LEVELS)}${'}'.repeat(LEVELS)}`],
    ['ELSE IF', `IF 0 THEN { }${' ELSE IF 0 THEN { }'.repeat(LEVELS)}`],
    ['loops', `${'FOR x IN [] { '.repeat(LEVELS)}${'}'.repeat(LEVELS)}`],
    ['minus signs', `LET x = ${'- '.repeat(LEVELS)}1`],
    ['exclamation marks', `LET x = ${'!'.repeat(LEVELS)}1`],
    ['SUSPEND', `LET x = ${'SUSPEND '.repeat(LEVELS)}1`],
    ['IF expressions', `LET x = ${'IF 1 THEN 1 ELSE '.repeat(LEVELS)}1`],
    ['CASE expressions', `LET x = ${'CASE { WHEN 1 THEN '.repeat(LEVELS)}1`],
    ['CASE with many branches', `LET x = CASE { ${'WHEN 1 THEN 1 '.repeat(LEVELS)} ELSE 2 }`],
    ['lambdas', `LET x = ${'() -> '.repeat(LEVELS)}1`],
    ['lambda blocks', `LET x = ${'() -> { RETURN '.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`],
    ['TRY', `LET x = ${'TRY 1 CATCH(e) -> '.repeat(LEVELS)}1`],
    ['calls', `LET x = ${'LENGTH('.repeat(LEVELS)}1${')'.repeat(LEVELS)}`],
    ['call chains', `LET f = () -> f; LET x = f${'()'.repeat(LEVELS)}`],
    ['index nests', `LET a = []; LET x = ${'a['.repeat(LEVELS)}0${']'.repeat(LEVELS)}`],
    ['index chains', `LET a = []; LET x = a${'[0]'.repeat(LEVELS)}`],
    ['path chains', `LET a = {}; LET x = a${'.b'.repeat(LEVELS)}`],
    ['sums', `LET x = 1${' + 1'.repeat(LEVELS)}`],
    ['sums of a variable', `LET a = 1; LET x = a${' + a'.repeat(LEVELS)}`],
    ['comparisons', `LET x = 1${' < 1'.repeat(LEVELS)}`],
    ['conjunctions', `LET x = 1${' && 1'.repeat(LEVELS)}`],
    ['coalescing', `LET x = null${' ?? null'.repeat(LEVELS)}`],
    ['concatenations', `LET x = []${' ++ []'.repeat(LEVELS)}`],
    ['comprehensions', `LET x = ${'['.repeat(LEVELS)}1${' FOR EACH x IN []]'.repeat(LEVELS)}`],
    ['types', `TRANSFORM T(x: ${'['.repeat(LEVELS)}any${']'.repeat(LEVELS)}) -> any { }`],
    ['record types', `TRANSFORM T(x: ${'{a: '.repeat(LEVELS)}any${'}'.repeat(LEVELS)}) -> any { }`],
    ['many statements', 'LET x = 1; SET x = 2; '.repeat(1) + 'SET x = x + 1; '.repeat(LEVELS)],
    ['many functions', Array.from({ length: LEVELS }, (_, i) => `FUNC f${i}() = ${i};`).join('\n')],
    ['a long list', `LET x = [${'1,'.repeat(LEVELS)}]`],
    ['a long object', `LET x = {${Array.from({ length: LEVELS }, (_, i) => `k${i}: 1,`).join('')}}`],
    ['many arguments', `LET f = (a) -> a; LET x = f(${'1,'.repeat(LEVELS)})`],
    ['many parameters', `LET f = (${Array.from({ length: LEVELS }, (_, i) => `p${i}`).join(',')}) -> 1`],
    ['a long output', `OUTPUT {${Array.from({ length: LEVELS }, (_, i) => `[${i}]: 1,`).join('')}}`],
    ['quotes', `LET x = ${'"'.repeat(LEVELS + 1)}`],
    ['comments', `${'/*'.repeat(LEVELS)}`],
    ['errors', ') '.repeat(LEVELS)],
    ['unterminated texts', `${'LET x = "\n'.repeat(LEVELS)}`],
    ['unbound names', Array.from({ length: LEVELS }, (_, i) => `y${i};`).join('\n')],
  ])('10 000 levels of %s load or are refused with a diagnostic', async (_, source) => {
    const start = now();
    try {
      const module = await createHost({}).load(source, { id: 'deep.bl' });
      if (module.exports.length > 0) expect(endOf(module, null)[0]).not.toBe('MR9001');
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      expect(error.diagnostics.length).toBeGreaterThan(0);
      expect(error.diagnostics.map((d) => d.code)).not.toContain('MR9001');
    }
    expect(now() - start).toBeLessThan(TIME_LIMIT_MS);
  });
});
