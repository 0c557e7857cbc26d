/** E: programs that want more than they were given. Each runs twice: under its limit, and with that limit lifted. */
import type { Limits } from '../../src/index.ts';
import type { ProgramAttack } from './attack.ts';

export interface LimitAttack extends ProgramAttack {
  readonly limits: Partial<Limits>;
  readonly lifted: Partial<Limits>;
  /** The result with the limit lifted; `further` where the program has no end: it must execute ten times as much. */
  readonly beyond: { readonly result: unknown } | 'further';
}

const FUEL = { code: 'MR5001', says: 'limits.fuel' };
const MEMORY = { code: 'MR5002', says: 'limits.memory' };
const DEPTH = { code: 'MR5003', says: 'limits.depth' };
const SMALL: Partial<Limits> = { fuel: 20_000 };
const MORE: Partial<Limits> = { fuel: 400_000, deadlineMs: 60_000 };
const ALL: Partial<Limits> = { fuel: 1e12, deadlineMs: 60_000 };
const MEGABYTE: Partial<Limits> = { memory: 1 << 20 };
const PLENTY: Partial<Limits> = { memory: 1 << 30, fuel: 1e12, deadlineMs: 60_000 };
const CALL = ['CALL_HOST'] as const;
const LOOP = ['NEXT_FOREACH'] as const;

/** Under a limit of fuel; with more of it, the program does more and still has no end. */
const endless = (number: number, idea: string, program: string, reached: ProgramAttack['reached']): LimitAttack => ({
  number,
  idea,
  program,
  limits: SMALL,
  expected: FUEL,
  reached,
  lifted: MORE,
  beyond: 'further',
});

/** Under a limit of memory; without it the value is made. `v` is an expression, TRY around it does not help. */
const large = (number: number, idea: string, before: string, v: string, result: unknown): LimitAttack => ({
  number,
  idea,
  program: `${before} OUTPUT { v: TRY (${v}) CATCH(e) -> "caught" }`,
  limits: MEGABYTE,
  expected: MEMORY,
  reached: [...CALL, 'ADD', 'CONCAT', ...LOOP],
  lifted: PLENTY,
  beyond: { result: { v: result } },
});

/** Under a limit of fuel; without it the work is done. */
const costly = (number: number, idea: string, before: string, v: string, result: unknown): LimitAttack => ({
  number,
  idea,
  program: `${before} OUTPUT { v: TRY (${v}) CATCH(e) -> "caught" }`,
  limits: SMALL,
  expected: FUEL,
  reached: CALL,
  lifted: ALL,
  beyond: { result: { v: result } },
});

export const LIMIT_ATTACKS: readonly LimitAttack[] = [
  endless(
    136,
    'loops in loops without a body',
    'FOR a IN RANGE(9999) { FOR b IN RANGE(9999) { FOR c IN RANGE(9999) { } } } OUTPUT { v: 1 }',
    LOOP,
  ),
  endless(137, 'RETRY without end', 'OUTPUT { v: TRY 1 // 0 CATCH(e) RETRY 2000000000 TIMES -> 0 }', ['CATCH']),
  endless(
    137,
    'work inside CATCH, around work that fails',
    'FOR a IN RANGE(9999) { LET x = TRY 1 // 0 CATCH(e) -> TRY [1 FOR EACH b IN RANGE(9999) WHERE b.x] CATCH(f) -> 0; } OUTPUT { v: 1 }',
    ['CATCH'],
  ),
  endless(
    167,
    'THROW to get fuel back',
    'LET n = 0; FOR a IN RANGE(9999) { FOR b IN RANGE(9999) { SET n = TRY (() -> { THROW "again"; })() CATCH(e) -> n + 1; } } OUTPUT { v: n }',
    ['CATCH'],
  ),
  costly(
    138,
    'a loop whose work is in a function',
    'LET t = PAD("a", 100000, "a");',
    '[1 FOR EACH i IN RANGE(20) WHERE UPPER(t) == ""]',
    [],
  ),
  {
    number: 139,
    idea: 'recursion of a FUNC',
    program:
      'FUNC f(n) = IF n == 0 THEN 0 ELSE f(n - 1) + 1; TRANSFORM T { OUTPUT { v: TRY f(300) CATCH(e) -> "caught" } }',
    limits: { depth: 100 },
    expected: DEPTH,
    reached: ['CALL_FN'],
    lifted: { depth: 1000 },
    beyond: { result: { v: 300 } },
  },
  {
    number: 139,
    idea: 'mutual recursion of lambdas through an object',
    program:
      'LET o = {}; SET o.f = (n, o) -> IF n == 0 THEN 0 ELSE o.g(n - 1, o) + 1; SET o.g = (n, o) -> IF n == 0 THEN 0 ELSE o.f(n - 1, o) + 1; OUTPUT { v: o.f(200, o) }',
    limits: { depth: 100 },
    expected: DEPTH,
    reached: ['CALL_LAMBDA'],
    lifted: { depth: 1000 },
    beyond: { result: { v: 200 } },
  },
  large(140, 'a text that doubles', 'LET t = "ab"; FOR i IN RANGE(20) { SET t = t + t; }', 'LENGTH(t)', 2 ** 21),
  large(140, 'PAD', '', 'LENGTH(PAD("a", 1000000))', 1_000_000),
  large(140, 'REPEAT', '', 'LENGTH(REPEAT("ab", 500000))', 1_000_000),
  large(
    140,
    'JOIN of one long text many times',
    'LET t = PAD("a", 10000);',
    'LENGTH(JOIN([t FOR EACH i IN RANGE(100)], ""))',
    1_000_000,
  ),
  large(
    141,
    'REPLACE of every place by the whole',
    'LET t = PAD("a", 1000, "a");',
    'LENGTH(REPLACE(t, "a", t))',
    1_000_000,
  ),
  large(
    142,
    'SPLIT of a long text into its characters',
    'LET t = PAD("a", 100000, "a");',
    'LENGTH(SPLIT(t, "")) >= 100000',
    true,
  ),
  large(143, 'a list that doubles', 'LET a = [1]; FOR i IN RANGE(18) { SET a = a ++ a; }', 'LENGTH(a)', 2 ** 18),
  large(
    143,
    'a list that shares its parts, flattened',
    'LET a = [1]; FOR i IN RANGE(18) { SET a = FLATTEN([a, a]); }',
    'LENGTH(a)',
    2 ** 18,
  ),
  costly(
    143,
    'a list that shares its parts, printed',
    'LET a = [1]; FOR i IN RANGE(16) { SET a = [a, a]; }',
    'LENGTH("" + a) > 65536',
    true,
  ),
  large(
    144,
    'an object with many keys',
    'LET o = {}; FOR i IN RANGE(100000) { SET o["k" + i] = i; }',
    'LENGTH(o)',
    100_000,
  ),
  endless(
    144,
    'keys added and deleted',
    'LET o = {}; FOR a IN RANGE(9999) { FOR b IN RANGE(9999) { SET o = DELETE(PUT(o, "k" + b, b), "k" + (b - 3)); } } OUTPUT o',
    CALL,
  ),
  large(145, 'a long RANGE', '', 'LENGTH(RANGE(1000000))', 1_000_000),
  costly(146, 'DISTINCT of many', '', 'LENGTH(DISTINCT(RANGE(20000)))', 20_000),
  costly(146, 'GROUP_BY of many', '', 'LENGTH(GROUP_BY(RANGE(5000), (x) -> x))', 5000),
  costly(147, 'SORT of many in bad order', 'LET a = REVERSE(RANGE(20000));', 'SORT(a)[0]', 0),
  costly(
    147,
    'SORT_BY with a key that faults each time',
    '',
    'SORT_BY(RANGE(3000), (x) -> TRY x.y CATCH(e) -> 0 - x)[0]',
    2999,
  ),
  {
    number: 151,
    idea: 'long texts of one length as keys of an object',
    program:
      'LET t = PAD("a", 20000, "a"); LET o = {}; FOR i IN RANGE(100) { SET o[t + (1000 + i)] = i; } OUTPUT { v: LENGTH(o) }',
    limits: { fuel: 5_000_000 },
    expected: FUEL,
    reached: ['SET_DYNAMIC', 'SET_PATH'],
    lifted: ALL,
    beyond: { result: { v: 100 } },
  },
  {
    number: 151,
    idea: 'long texts of one length as keys of JSON',
    program:
      'LET t = PAD("a", 20000, "a"); LET parts = [JSON_STRING(t + (1000 + i)) + ":1" FOR EACH i IN RANGE(100)]; OUTPUT { v: LENGTH(JSON_PARSE("{" + JOIN(parts, ",") + "}")) }',
    limits: { fuel: 10_000_000 },
    expected: FUEL,
    reached: CALL,
    lifted: ALL,
    beyond: { result: { v: 100 } },
  },
  {
    number: 152,
    idea: 'keys that are integers, far apart and all in one bucket',
    program: 'LET o = {}; FOR i IN RANGE(20000) { LET k = "" + (i * 1048576); SET o[k] = i; } OUTPUT { v: LENGTH(o) }',
    limits: SMALL,
    expected: FUEL,
    reached: ['SET_DYNAMIC', 'SET_PATH'],
    lifted: ALL,
    beyond: { result: { v: 20_000 } },
  },
  costly(
    153,
    'DISTINCT of 1, "1", true, null and −0, many times',
    '',
    'LENGTH(DISTINCT(FLATTEN([[1, "1", true, null, 0 * -1, 0] FOR EACH i IN RANGE(5000)])))',
    5,
  ),
  costly(
    156,
    'a pattern that tries every start of a long text',
    'LET t = PAD("a", 30000, "a");',
    'LENGTH(MATCH(t, "a*[bc]"))',
    0,
  ),
  costly(157, 'many patterns', '', 'LENGTH([1 FOR EACH i IN RANGE(500) WHERE LENGTH(MATCH("x", "a+" + i)) == 0])', 500),
  costly(
    158,
    'long date formats',
    '',
    '[1 FOR EACH i IN RANGE(1000) WHERE LENGTH(DATE_FORMAT("2026-01-01T00:00:00Z", REPEAT("yyyy-", 20))) != 100]',
    [],
  ),
  large(159, 'UPPER of a long text', 'LET t = PAD("ß", 300000, "ß");', 'LENGTH(UPPER(t))', 600_000),
  costly(
    161,
    'JSON_PARSE of a long list',
    'LET t = "[" + REPEAT("1,", 30000) + "1]";',
    'LENGTH(JSON_PARSE(t))',
    30_001,
  ),
  {
    number: 160,
    idea: 'equality of deep data',
    program:
      'LET a = []; FOR i IN RANGE(200) { SET a = [a]; } LET b = []; FOR i IN RANGE(200) { SET b = [b]; } OUTPUT { v: TRY (a == b) CATCH(e) -> "caught" }',
    limits: { nesting: 100 },
    expected: { code: 'MR5006', says: 'nested deeper than 100 levels' },
    reached: ['EQ'],
    lifted: { nesting: 256 },
    beyond: { result: { v: true } },
  },
  {
    number: 162,
    idea: 'a flood of output',
    program: 'FOR i IN RANGE(1000) { OUTPUT { i: i } }',
    limits: { output: 999 },
    expected: { code: 'MR5005', says: 'limits.output' },
    reached: ['OUTPUT_RECORD'],
    lifted: { output: 1000 },
    beyond: { result: Array.from({ length: 1000 }, (_, i) => ({ i })) },
  },
  large(
    164,
    'many lambdas that capture',
    'LET fs = []; FOR i IN RANGE(20000) { LET x = i; APPEND TO fs (() -> x); }',
    'LENGTH(fs)',
    20_000,
  ),
];
