/** The table itself: which functions there are, what their rows promise, and the helpers of the prelude. */
import { beforeAll, describe, expect, it, test } from 'vitest';
import { loadHashLibrary, loadPatternLibrary, PRELUDE_HELPERS, STANDARD } from '../../../src/std/index.ts';
import { Closure } from '../../../src/value/closure.ts';
import { Fault } from '../../../src/value/fault.ts';
import { SharedHandle } from '../../../src/value/shared-handle.ts';
import { CountingContext } from './calls.ts';

beforeAll(async () => {
  await loadPatternLibrary();
  await loadHashLibrary();
});

const rows = [...STANDARD.values()];

const USAGES = [
  'KEYS(coll) 1-1',
  'VALUES(obj) 1-1',
  'ENTRIES(obj) 1-1',
  'PUT(coll, key, value) 3-3',
  'DELETE(coll, key) 2-2',
  'GET(obj, key[, default]) 2-3',
  'APPEND(list, value) 2-2',
  'PREPEND(list, value) 2-2',
  'WALK(tree) 1-1',
  'COLLECT(iterable) 1-1',
  'LISTIFY(x) 1-1',
  'SIFT(obj, fn) 2-2',
  'DISTINCT(list) 1-1',
  'FLATTEN(listOfLists) 1-1',
  'SORT(list) 1-1',
  'RANGE(n) | RANGE(start, end[, step]) 1-3',
  'ZIP(a, b) 2-2',
  'REVERSE(list) 1-1',
  'LENGTH(x) 1-1',
  'SUM(listOfNumbers) 1-1',
  'AVG(listOfNumbers) 1-1',
  'MIN(list) 1-1',
  'MAX(list) 1-1',
  'ABS(number) 1-1',
  'DEC(x) 1-1',
  'FLOOR(number) 1-1',
  'CEIL(number) 1-1',
  'ROUND(number[, precision]) 1-2',
  'POWER(base, exponent) 2-2',
  'SQRT(number) 1-1',
  'RANDOM() 0-0',
  'STRING(x) 1-1',
  'NUMBER(x) 1-1',
  'BOOLEAN(x) 1-1',
  'INT(x) 1-1',
  'PARSE_INT(x[, default]) 1-2',
  'BASE64_ENCODE(bytes) 1-1',
  'BASE64_DECODE(text) 1-1',
  'SUBSTRING(str, start[, len]) 2-3',
  'SUBSTRING_BEFORE(str, chars) 2-2',
  'SUBSTRING_AFTER(str, chars) 2-2',
  'CONTAINS(str, substr) 2-2',
  'MATCH(str, pattern) 2-2',
  'REPLACE(str, pattern, repl) 3-3',
  'SPLIT(str, sep) 2-2',
  'JOIN(list, sep) or JOIN(list) 1-2',
  'UPPER(str) 1-1',
  'LOWER(str) 1-1',
  'TRIM(str) 1-1',
  'PAD(str, width[, padChars]) 2-3',
  'FORMAT(template, args) 2-2',
  'MAP(list, fn) 2-2',
  'FILTER(list, fn) 2-2',
  'REDUCE(list, init, fn) 3-3',
  'SOME(list, fn) 2-2',
  'EVERY(list, fn) 2-2',
  'FIND(list, fn) 2-2',
  'APPLY(fn, ...) 1-Infinity',
  'IS_FUNCTION(x) 1-1',
  'ASSERT(cond[, msg]) 1-Infinity',
  'NOT(x) 1-1',
  'EXISTS(x) 1-1',
  'NOW() 0-0',
];

/** Functions that upstream does not have. */
const OURS = [
  'MERGE(obj, ...) 1-Infinity',
  'PICK(obj, keys) 2-2',
  'OMIT(obj, keys) 2-2',
  'FROM_ENTRIES(list) 1-1',
  'CHUNK(list, n) 2-2',
  'TAKE(list, n) 2-2',
  'DROP(list, n) 2-2',
  'INDEX_OF(within, wanted) 2-2',
  'STARTS_WITH(str, prefix) 2-2',
  'ENDS_WITH(str, suffix) 2-2',
  'REPEAT(str, n) 2-2',
  'TITLE(str) 1-1',
  'JSON_PARSE(text) 1-1',
  'JSON_STRING(x[, indent]) 1-2',
  'URL_ENCODE(text) 1-1',
  'URL_DECODE(text) 1-1',
  'HASH_SHA256(text) 1-1',
  'UUID() 0-0',
  'DATE_PARSE(text[, format]) 1-2',
  'DATE_FORMAT(date, format) 2-2',
  'DATE_ADD(date, amount, unit) 3-3',
  'DATE_DIFF(from, to, unit) 3-3',
  'GROUP_BY(list, fn) 2-2',
  'INDEX_BY(list, fn) 2-2',
  'SORT_BY(list, fn) 2-2',
  'UNIQUE_BY(list, fn) 2-2',
  'MAP_VALUES(obj, fn) 2-2',
];

test.each([...USAGES, ...OURS])('%s', (expected) => {
  const name = expected.slice(0, expected.indexOf('('));
  const row = STANDARD.get(name);
  expect(`${row?.usage} ${row?.minArgs}-${row?.maxArgs}`).toBe(expected);
});

describe('rows', () => {
  it('keep the names apart, and COUNT reports as LENGTH', () => {
    for (const [name, row] of STANDARD) expect(row.name).toBe(name);
    expect(STANDARD.get('COUNT')?.usage).toBe('LENGTH(x)');
    expect(STANDARD.get('COUNT')).toMatchObject({ minArgs: 1, maxArgs: 1 });
  });

  it('never complain about the arguments of IS_OBJECT and PRINT', () => {
    for (const name of ['IS_OBJECT', 'PRINT']) {
      expect(STANDARD.get(name)).toMatchObject({ minArgs: 0, maxArgs: Number.POSITIVE_INFINITY });
    }
  });

  it('have one sentence and two examples each, and hide a name of a program only if they are upstream’s', () => {
    for (const row of rows) {
      expect(row.doc, row.name).toMatch(/^[A-Z][^\n]+\.$/);
      expect(row.examples.length, row.name).toBeGreaterThanOrEqual(2);
      expect(row.yields, row.name).toBe(OURS.some((usage) => usage.startsWith(`${row.name}(`)));
      expect(row.name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    }
  });

  it('reach outside only through capabilities', () => {
    const implied = rows.flatMap((row) => (row.kind === 'implied' ? [`${row.name} ${row.uri} ${row.member}`] : []));
    expect(implied).toEqual([
      'PRINT host:console print',
      'RANDOM host:random next',
      'UUID host:random uuid',
      'NOW host:clock now',
    ]);
    // These two see the tracer of the run, and nothing else.
    const impure = rows.filter((row) => row.kind === 'native' && row.purity === 'impure').map((row) => row.name);
    expect(impure).toEqual(['CHECKPOINT', 'EXPLAIN']);
  });

  it('load a library only where it may be needed', () => {
    const needing = (what: string) =>
      rows.flatMap((row) => (row.kind === 'native' && row.needs === what ? [row.name] : []));
    expect(needing('patterns')).toEqual(['MATCH', 'REPLACE']);
    expect(needing('decimals')).toEqual(['DEC', 'JSON_PARSE']);
    expect(needing('hashes')).toEqual(['HASH_SHA256']);
  });

  it('write in the prelude what calls a function', () => {
    const CALLING = ['GROUP_BY', 'INDEX_BY', 'SORT_BY', 'UNIQUE_BY', 'MAP_VALUES'];
    const preludes = rows.flatMap((row) => (row.kind === 'prelude' ? [row.name] : []));
    expect(preludes).toEqual(['MAP', 'FILTER', 'REDUCE', 'SOME', 'EVERY', 'FIND', 'APPLY', 'SIFT', ...CALLING]);
    for (const row of rows) if (row.kind === 'prelude') expect(row.source).toMatch(new RegExp(`^FUNC ${row.name}\\(`));
  });
});

describe('functions that borrow', () => {
  const list = Object.freeze([Object.freeze({ a: 1 }), Object.freeze([2])]);
  const record = Object.freeze({ list, inner: Object.freeze({ b: 2 }) });
  const ARGUMENTS: readonly unknown[][] = [
    [list],
    [record],
    [list, list],
    [record, 'list'],
    [list, 0],
    [record, record],
    ['x', list, record],
    [record, ['inner']],
    [[['inner', record.inner]]],
  ];

  it('return and keep no part of an argument', () => {
    const parts = new Set<unknown>([list, record, record.inner, ...list]);
    for (const row of rows) {
      if (row.kind !== 'native' || !row.borrows) continue;
      for (const args of ARGUMENTS) {
        const context = new CountingContext();
        let result: unknown;
        try {
          result = row.call(context, ...args);
        } catch (error) {
          if (error instanceof Fault) continue;
          throw error;
        }
        const reached = Array.isArray(result) ? [result, ...result] : [result];
        expect(
          reached.some((part) => parts.has(part)),
          row.name,
        ).toBe(false);
      }
    }
  });
});

describe('helpers of the prelude', () => {
  const HELPERS = ['checkList', 'checkObject', 'checkFunction', 'groupBy', 'indexBy', 'sortBy', 'uniqueBy'].map(
    (name) => `std.${name}`,
  );
  const call = (name: string, ...args: unknown[]) => PRELUDE_HELPERS.get(name)?.call(new CountingContext(), ...args);

  it('are no standard functions', () => {
    expect([...PRELUDE_HELPERS.keys()]).toEqual(HELPERS);
    for (const name of PRELUDE_HELPERS.keys()) expect(STANDARD.has(name)).toBe(false);
  });

  it('hand on what they ask for', () => {
    const closure = new Closure({}, []);
    expect(call('std.checkList', 'MAP', 1, [5])).toEqual([5]);
    expect(call('std.checkObject', 'SIFT', 1, { a: 5 })).toEqual({ a: 5 });
    expect(call('std.checkFunction', 'MAP', 2, closure)).toBe(closure);
  });

  it('refuse everything else with the message of the specification', () => {
    expect(() => call('std.checkList', 'MAP', 1, new Set())).toThrow(
      expect.objectContaining({ message: 'MAP: arg 1 must be list' }),
    );
    expect(() => call('std.checkObject', 'SIFT', 1, [])).toThrow(
      expect.objectContaining({ message: 'SIFT: arg 1 must be object' }),
    );
    expect(() => call('std.checkFunction', 'REDUCE', 3, () => 1)).toThrow(
      expect.objectContaining({
        type: 'IllegalStateException',
        code: 'MR6012',
        message: 'REDUCE: arg 3 must be function',
      }),
    );
  });
});

describe('codes of faults', () => {
  test.each<[string, string, ...unknown[]]>([
    ['MR6004', 'PUT', [1], 5, 0],
    ['MR6004', 'DELETE', [1], -1],
    ['MR6004', 'SUBSTRING', 'abc', 2 ** 40],
    ['MR6006', 'GET', {}, true],
    ['MR6006', 'RANGE', null],
    ['MR6012', 'VALUES', 1],
    ['MR6012', 'PAD', 'a', 5, ''],
    ['MR6012', 'REPLACE', 'a', 'a', '$7'],
    ['MR6013', 'NUMBER', 'x'],
    ['MR6013', 'DEC', 'x'],
    ['MR6013', 'INT', 'x'],
    ['MR6013', 'BASE64_DECODE', '!'],
    ['MR6012', 'TAKE', [1], -1],
    ['MR6012', 'DATE_ADD', '2024-01-01', 1, 'era'],
    ['MR6013', 'DATE_PARSE', 'soon'],
    ['MR6013', 'JSON_PARSE', '['],
    ['MR6013', 'URL_DECODE', '%'],
    ['MR6014', 'MATCH', 'a', '['],
    ['MR6016', 'STRING', Symbol('host')],
    ['MR6017', 'ASSERT', false],
    ['MR6018', 'KEYS', new SharedHandle('c')],
    ['MR6019', 'JSON_STRING', new Closure({}, [])],
    ['MR6024', 'JSON_STRING', Number.NaN],
    ['MR6023', 'POWER', 10, 1e7],
  ])('%s %s', (code, name, ...args) => {
    const row = STANDARD.get(name);
    expect(() => row?.kind === 'native' && row.call(new CountingContext(), ...args)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
