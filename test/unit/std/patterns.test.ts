/** MATCH and REPLACE: semantics, replacement texts, errors, and that no pattern takes more than it is charged for. */
import { beforeAll, describe, expect, it, test } from 'vitest';
import { loadPatternLibrary } from '../../../src/std/index.ts';
import type { PatternCache } from '../../../src/std/pattern-cache.ts';
import { literalOf } from '../../../src/std/pattern-library.ts';
import { patternSize } from '../../../src/std/pattern-size.ts';
import { Fault } from '../../../src/value/fault.ts';
import { CountingContext, call, lehmer, outcome, outcomeIn } from './calls.ts';

beforeAll(loadPatternLibrary);

/** Of which hostile patterns are made: what opens, closes, repeats and hides in classes and quotations. */
const PARTS =
  'a|b|(|(?:|(?i)|(?<n>|)|[|[^|[a-z|[:alpha:]|]|{2}|{3,}|{1,30}|{9}|*|+|?|.|^|$|\\b|\\d|\\pL|\\x{41}|\\Q|\\E|-|😀|{|}|,'
    .split('|')
    .concat('|');

test.each<[string, unknown[], string]>([
  ['MATCH', ['error 504 after 3', '\\d+'], '["504","3"]'],
  ['MATCH', ['abc', 'z'], '[]'],
  ['MATCH', ['abc', '(a)(b)'], '["ab"]'],
  ['MATCH', ['ab', ''], '["","",""]'],
  ['MATCH', ['ab', null], '["","",""]'],
  ['MATCH', ['', ''], '[""]'],
  ['MATCH', ['aaa', 'a*'], '["aaa",""]'],
  ['MATCH', ['12', 1], '["1"]'],
  ['MATCH', ['a1', [1, 'a']], '["a","1"]'],
  ['MATCH', ['aXa', 'a'], '["a","a"]'],
  ['MATCH', ['aaa', 'aa'], '["aa"]'],
  ['MATCH', ['a.b|c', '\\.'], '["."]'],
  ['MATCH', ['ABC abc', '(?i)abc'], '["ABC","abc"]'],
  ['MATCH', ['a\nb', '(?m)^.$'], '["a","b"]'],
  ['MATCH', ['a\nb', '(?s)a.b'], '["a\\nb"]'],
  ['MATCH', ['foo_1 bar', '\\b\\w+\\b'], '["foo_1","bar"]'],
  ['MATCH', ['é²', '\\w|\\d'], '[]'],
  ['MATCH', ['é', '\\u00e9'], '["é"]'],
  ['MATCH', ['x😀é', '[\\uD83D\\uDE00\\u00E9]'], '["😀","é"]'],
  ['MATCH', ['\\u00e9', '\\\\u00e9'], '["\\\\u00e9"]'],
  ['MATCH', ['x😀y', '.'], '["x","😀","y"]'],
  ['MATCH', ['😀', ''], '["",""]'],
  ['MATCH', ['😀', '\ude00'], '[]'],
  ['MATCH', ['2024-05', '(?<y>\\d{4})-(?<m>\\d\\d)'], '["2024-05"]'],
  ['MATCH', ['a-b', '\\-'], '["-"]'],
  ['MATCH', ['ERROR x timeout', 'ERROR.*timeout'], '["ERROR x timeout"]'],
  ['MATCH', ['a foo b bar foo bar', 'foo \\w+ bar|bar'], '["foo b bar","bar"]'],
  ['MATCH', ['^ab$', '^\\^ab\\$$'], '["^ab$"]'],
  ['MATCH', [5, 'a'], '✗ ISE MATCH: first arg must be string'],
  ['MATCH', [null, 'a'], '✗ ISE MATCH: first arg must be string'],
  ['REPLACE', ['a-b-c', '-', '+'], '"a+b+c"'],
  ['REPLACE', ['abc', 'b', '[$0]'], '"a[b]c"'],
  ['REPLACE', ['abc', '(b)', '<$1>'], '"a<b>c"'],
  ['REPLACE', ['abc', '(?<x>b)', '<${x}>'], '"a<b>c"'],
  ['REPLACE', ['abc', 'b', '\\$0'], '"a$0c"'],
  ['REPLACE', ['abc', 'b', '\\\\'], '"a\\\\c"'],
  ['REPLACE', ['a.b', '.', 'x'], '"xxx"'],
  ['REPLACE', ['abc', '', '-'], '"-a-b-c-"'],
  ['REPLACE', ['', '', '-'], '"-"'],
  ['REPLACE', ['aaa', 'a*', 'x'], '"xx"'],
  ['REPLACE', ['abc', 'b', null], '"ac"'],
  ['REPLACE', ['abc', 'b', 5], '"a5c"'],
  ['REPLACE', ['abc', 'abc', ''], '""'],
  ['REPLACE', ['abc', '(b)|(x)', '[$1$2]'], '"a[b]c"'],
  ['REPLACE', ['abc', '(b)', '$12'], '"ab2c"'],
  ['REPLACE', ['abcdefghijk', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)', '$11$10'], '"kj"'],
  ['REPLACE', ['abc', 'b', '$&'], '✗ IAE Illegal group reference'],
  ['REPLACE', ['abc', 'b', '$$'], '✗ IAE Illegal group reference'],
  ['REPLACE', ['abc', 'b', '$x'], '✗ IAE Illegal group reference'],
  ['REPLACE', ['abc', 'b', '$'], '✗ IAE Illegal group reference: group index is missing'],
  ['REPLACE', ['abc', 'b', '$5'], '✗ IOOBE No group 5'],
  ['REPLACE', ['abc', '(b)', '$2'], '✗ IOOBE No group 2'],
  ['REPLACE', ['abc', 'b', 'x\\'], '✗ IAE character to be escaped is missing'],
  ['REPLACE', ['abc', 'b', '${x}'], '✗ IAE No group with name {x}'],
  ['REPLACE', ['abc', 'b', '${x'], "✗ IAE named capturing group is missing trailing '}'"],
  ['REPLACE', ['abc', 'z', '$'], '"abc"'],
  ['REPLACE', [5, 'a', 'b'], '✗ ISE REPLACE: first arg must be string'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

describe('patterns that cannot be read', () => {
  test.each(['[', '(', 'a**', 'a++', '(?=a)', '(?<!a)b', '(a)\\1', 'a{1001}', '\\', '(?P<x', '[z-a]', '*'])(
    '%s',
    (pattern) => {
      let fault: unknown;
      try {
        call(new CountingContext(), 'MATCH', 'abc', pattern);
      } catch (error) {
        fault = error;
      }
      expect(fault).toBeInstanceOf(Fault);
      expect(fault).toMatchObject({ type: 'PatternSyntaxException', code: 'MR6014' });
      expect((fault as Fault).message).toMatch(/^pattern cannot be read: /);
    },
  );

  it('says what is wrong', () => {
    expect(outcome('MATCH', 'a', '[')).toBe('✗ PSE pattern cannot be read: missing closing ]: `[`');
    expect(outcome('MATCH', 'a', 'x'.repeat(1_001))).toBe(
      '✗ PSE pattern cannot be read: it is longer than 1000 characters',
    );
    expect(outcome('MATCH', 'a', 'a{1000}b{1000}c{1000}d{1000}e{1000}')).toBe(
      '✗ PSE pattern cannot be read: its repeats and classes are too large',
    );
  });
});

describe('literal patterns', () => {
  it('knows which patterns are literal', () => {
    expect(literalOf('a-b, c')).toBe('a-b, c');
    expect(literalOf('\\.\\|\\$')).toBe('.|$');
    for (const pattern of [
      '',
      '.',
      'a+',
      'a|b',
      '\\d',
      '\\bx',
      '^a',
      '(a)',
      '[a]',
      'a{2}',
      'a\\',
      '\ude00',
      '\ud83d',
    ]) {
      expect(literalOf(pattern), pattern).toBeNull();
    }
  });

  it('gives what the library gives', () => {
    for (const text of ['a.b.c', '....', '', 'x', '😀.😀']) {
      expect(outcome('MATCH', text, '\\.')).toBe(outcome('MATCH', text, '[.]'));
      expect(outcome('REPLACE', text, '\\.', '<$0>')).toBe(outcome('REPLACE', text, '[.]', '<$0>'));
    }
  });
});

describe('work is bounded', () => {
  const HOSTILE = [
    '(a+)+$',
    '(a*)*b',
    '(a|a)*b',
    '(a|b|ab)*c',
    '(.*)*x',
    '(a.*z)|a',
    '(x+x+)+y',
    '^(a+)+$',
    '(a?){50}a{50}',
    '([a-z]+)*[A-Z]',
    '(\\w+\\s?)*!',
    '(?:a|aa)+$',
    'a.*a.*a.*a.*a.*b',
    '(|a|)+(|b|)+(||)+',
    '(a?){1000}',
    '(foo.*bar|a)',
  ];

  const text = 'a'.repeat(100_000);

  it('matches (a+)+$ in 100 KB within two seconds', () => {
    const started = performance.now();
    expect(outcome('MATCH', text, '(a+)+$')).toBe(`["${text}"]`);
    expect(outcome('MATCH', `${text}!`, '(a+)+$')).toBe('[]');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test.each(HOSTILE)('%s ends soon on 100 KB, or at the limit', (pattern) => {
    const started = performance.now();
    expect(outcomeIn(new CountingContext(1e7), 'MATCH', text, pattern)).toMatch(/^(\[|✗ MR500[12]$)/);
    expect(outcomeIn(new CountingContext(1e7), 'REPLACE', `${text}!`, pattern, 'x')).toMatch(/^("|✗ MR500[12]$)/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('charges what the matcher does: time per fuel stays near 10 ns', () => {
    const log = 'error 504 after 3 tries by user@example.com\n'.repeat(2_000);
    for (const pattern of ['\\d+', '[a-z]+@[a-z]+\\.com', '(?m)^error .*$', 'tries|after', '(a+)+$', '(?i)USER']) {
      call(new CountingContext(), 'MATCH', log, pattern);
      const context = new CountingContext();
      const started = performance.now();
      call(context, 'MATCH', log, pattern);
      const nsPerFuel = ((performance.now() - started) * 1e6) / context.fuel;
      expect(nsPerFuel, pattern).toBeLessThan(200);
      expect(nsPerFuel, pattern).toBeGreaterThan(0.2);
    }
  });

  it('stops a replacement before it grows beyond memory', () => {
    const long = 'x'.repeat(100_000);
    expect(outcome('REPLACE', text, 'a', long)).toBe('✗ MR5002');
    expect(outcome('REPLACE', text, '(a)', `${long}$1`)).toBe('✗ MR5002');
    expect(outcomeIn(new CountingContext(1e15, 1e15), 'REPLACE', text, 'a', long)).toBe('✗ MR5002');
  });

  it('needs the same fuel whether a pattern is cached or not', () => {
    const first = new CountingContext();
    call(first, 'MATCH', 'abc 12', '[a-z]+\\d{1,3}');
    const before = first.fuel;
    call(first, 'MATCH', 'abc 12', '[a-z]+\\d{1,3}');
    expect(first.fuel - before).toBe(before);
  });

  it('keeps few patterns, whatever the program does', () => {
    const context = new CountingContext(1e9, 1e12);
    for (let i = 0; i < 200; i++) call(context, 'MATCH', 'a', `a+${i}`);
    const cache = context.cache.get('patterns') as PatternCache<unknown>;
    expect(cache.count).toBe(64);
    for (let i = 0; i < 30; i++) call(context, 'MATCH', 'a', `(a?){900}${i}`);
    expect(context.cache.size).toBe(1);
    expect(cache.count).toBeGreaterThan(2);
    expect(cache.units).toBeLessThanOrEqual(20_000);
  });

  it('estimates the size of what a pattern compiles to', async () => {
    const { RE2JS } = await import('re2js');
    const patterns = [
      '\\d+',
      '(\\d{1,3})(\\.\\d{1,3}){3}',
      '((a{3}){4}b?){5}',
      '[a-z]{10,20}|x*',
      '(?:ab|cd){7}',
      'a{2,}b{,3}c{x}',
      '[]{5}a]{9}',
      '[[:alpha:]{9}]{8}',
      '\\p{Greek}{9}\\x{41}{9}',
      '(((((a))))){99}',
      '\\Qa{9}\\E',
      '\\Q-[:alpha:][&&\\E{99}',
      '(a?){499}',
      '{',
      'a{1000}',
    ];
    for (const pattern of patterns) {
      expect(patternSize(pattern) * 3, pattern).toBeGreaterThanOrEqual(RE2JS.compile(pattern).programSize());
    }
    const random = lehmer(1);
    for (let round = 0; round < 20_000; round++) {
      const pattern = Array.from({ length: 1 + random(14) }, () => PARTS[random(PARTS.length)]).join('');
      let size: number;
      try {
        size = RE2JS.compile(pattern).programSize();
      } catch {
        continue;
      }
      expect(patternSize(pattern) * 8, pattern).toBeGreaterThanOrEqual(size);
    }
    expect(patternSize('(?i)[ -\\x{FFFF}]')).toBeGreaterThan(1_000);
    expect(patternSize('(?i)[ -\uffff]')).toBeGreaterThan(1_000);
    expect(patternSize('(?i)[а-яё]+')).toBeLessThan(50);
    expect(patternSize('(?i)\\pL')).toBeGreaterThan(60);
    expect(patternSize('('.repeat(1_000))).toBeLessThan(2_000);
  });
});
