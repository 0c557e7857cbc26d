/** `millrace test`: what passes, what differs, what is updated. The language's own scripts run through it too. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const PASSING = '// input: {"n":2}\n// expect: {"v":3}\nOUTPUT { v: input.n + 1 }\n';

describe('a report', () => {
  test('of scripts that hold; programs that expect nothing are left out', () => {
    using place = new Workplace({ 'a.bl': PASSING, 'sub/b.bl': PASSING, 'c.bl': 'OUTPUT 1' });
    expect(place.millrace(['test'])).toEqual({ code: 0, out: '2 files: 2 passed\n', err: '' });
    expect(place.millrace(['test', 'a.bl'])).toEqual({ code: 0, out: '1 file: 1 passed\n', err: '' });
  });

  test('of directives without a blank; comments of programs that expect nothing are none', () => {
    using place = new Workplace({
      'a.bl': '//grants: host:console\n//printed: ["x"]\n//expect: null\nPRINT("y");',
      'b.bl': '// input: an order with its lines\n// options: none\nOUTPUT 1',
    });
    expect(place.millrace(['test']).out).toBe(
      'failed a.bl:3\n  printed[0]: wanted "x", found "y"\n1 file: 0 passed, 1 failed\n',
    );
    expect(place.millrace(['test', '--update']).code).toBe(0);
    expect(place.read('a.bl')).toContain('// printed: ["y"]\n');
  });

  test('of everything that differs, place by place', () => {
    using place = new Workplace({
      'a.bl':
        '// expect: {"v":{"xs":[1,2],"gone":1},"order":{"a":1,"b":2}}\nOUTPUT { v: { xs: [1, 3], "odd key": 1 }, order: { b: 2, a: 1 } }',
      'b.bl': '// grants: host:console\n// printed: ["x"]\n// expect: null\nPRINT("y");\nPRINT("z");',
      'c.bl': '// expect error: MR6003 @3\nOUTPUT { a: 1 // 0 }',
      'd.bl': '// expect load: MR2001 @9\nOUTPUT zz',
      'e.bl': '// expect: 1\nOUTPUT zz',
    });
    const { code, out } = place.millrace(['test']);
    expect(code).toBe(1);
    expect(out).toBe(`failed a.bl:1
  $.v.xs[1]: wanted 2, found 3
  $.v.gone: wanted 1, not there
  $.v["odd key"]: not wanted, found 1
  $.order: keys wanted in the order a, b, found b, a
failed b.bl:3
  printed[0]: wanted "x", found "y"
  printed[1]: not wanted, found "z"
failed c.bl:1
  wanted expect error: MR6003 @3
  found  expect error: MR6003 @2:15 IllegalArgumentException Division by zero
failed d.bl:1
  wanted expect load: MR2001 @9
  found  expect load: MR2001 @2:8 there is no variable \`zz\`
failed e.bl:1
  wanted expect: 1
  found  expect load: MR2001 @2:8 there is no variable \`zz\`
5 files: 0 passed, 5 failed
`);
  });

  test('as JSON', () => {
    using place = new Workplace({ 'a.bl': PASSING, 'b.bl': PASSING.replace('3', '4') });
    const { code, out } = place.millrace(['test', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      passed: 1,
      failed: 1,
      updated: 0,
      files: [
        { file: 'a.bl', results: [expect.objectContaining({ line: 2, state: 'passed', differences: [] })] },
        {
          file: 'b.bl',
          results: [
            {
              line: 2,
              state: 'failed',
              wanted: 'expect: {"v":4}',
              found: 'expect: {"v":3}',
              differences: ['$.v: wanted 4, found 3'],
            },
          ],
        },
      ],
    });
  });

  test.each([
    ['// expect: {"a"', 'a.bl:1\n  expect: takes JSON'],
    ['// options: fule=3\n// expect: 1', "a.bl:1\n  options: takes limits such as fuel=1000, found 'fule=3'"],
    ['// grants: host:mail\n// expect: 1', "there is no 'host:mail' in tests"],
    ['// printed: {}\n// expect: 1', 'a.bl:1\n  printed: takes a list'],
    ['OUTPUT 1', 'a.bl:1\n  the program expects nothing'],
  ])('%j cannot be run', (text, message) => {
    using place = new Workplace({ 'a.bl': text });
    const { code, out } = place.millrace(['test', 'a.bl']);
    expect(out).toContain(message);
    expect(code).toBe(1);
  });

  test('nothing to test is a usage error', () => {
    using place = new Workplace({ 'a.txt': PASSING });
    expect(place.millrace(['test'])).toMatchObject({ code: 64, out: '' });
  });
});

test('the clock stands still, and tells what the script says', () => {
  using place = new Workplace({
    'a.bl': '// grants: host:clock\n// expect: {"at":"2026-01-01T00:00:00Z"}\nOUTPUT { at: NOW() }',
    'b.bl':
      '// grants: host:clock\n// clock: 2020-02-29T12:00:00Z\n// expect: {"at":"2020-02-29T12:00:00Z"}\nOUTPUT { at: NOW() }',
  });
  expect(place.millrace(['test'])).toEqual({ code: 0, out: '2 files: 2 passed\n', err: '' });
});

test('--update writes what came out, and nothing else', () => {
  const text = `  // input: {"n":2}\r
  // expect: {"v":9}\r
  // input: {"n":null}
  // expect: {"v":9}
// grants: host:console
// printed: ["old"]
PRINT("new");
OUTPUT { v: 1 / input.n }
`;
  using place = new Workplace({ 'a.bl': text, 'b.bl': PASSING });
  const { code, out } = place.millrace(['test', '--update']);
  expect(code).toBe(0);
  expect(out).toContain('2 files: 1 passed, 2 updated\n');
  expect(place.read('a.bl')).toBe(`  // input: {"n":2}\r
  // expect: {"v":0.5}\r
  // input: {"n":null}
  // expect error: MR6001 @8:15 IllegalArgumentException Operator '/' expects numbers
// grants: host:console
// printed: ["new"]
PRINT("new");
OUTPUT { v: 1 / input.n }
`);
  expect(place.millrace(['test']).out).toBe('2 files: 3 passed\n');
  expect(place.files()).toEqual(['a.bl', 'b.bl']);
});

test('the scripts of the language pass', () => {
  using place = new Workplace();
  const { code, out } = place.millrace(['test', fileURLToPath(new URL('../lang', import.meta.url))]);
  expect(out).toMatch(/^\d+ files: \d+ passed\n$/);
  expect(code).toBe(0);
});
