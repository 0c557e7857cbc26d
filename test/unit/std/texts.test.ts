/** Text functions: section 6 of the specification without the patterns, with the decisions of the project. */
import { describe, expect, it, test } from 'vitest';
import { LiteralSearch } from '../../../src/std/literal-search.ts';
import { chargeFlattening } from '../../../src/value/charges.ts';
import { CountingContext, call, dec, lehmer, map, outcome, outcomeIn } from './calls.ts';

test.each<[string, unknown[], string]>([
  ['SUBSTRING', ['hello', 1], '"ello"'],
  ['SUBSTRING', ['hello', 1, 3], '"ell"'],
  ['SUBSTRING', ['hello', 0, 99], '"hello"'],
  ['SUBSTRING', ['hello', 1, 2 ** 31 - 1], '"ello"'],
  ['SUBSTRING', ['hello', 5], '""'],
  ['SUBSTRING', ['hello', -2, 3], '"hel"'],
  ['SUBSTRING', ['hello', 1, -1], '""'],
  ['SUBSTRING', ['hello', '1', '2'], '"el"'],
  ['SUBSTRING', ['hello', 6], '✗ IAE SUBSTRING: start > length'],
  ['SUBSTRING', ['hello', null], '✗ ISE Index must be integer for list'],
  ['SUBSTRING', ['hello', 1, null], '✗ ISE Index must be integer for list'],
  ['SUBSTRING', [5, 1], '✗ ISE SUBSTRING: first arg must be string'],
  ['SUBSTRING_BEFORE', ['a-b-c', '-'], '"a"'],
  ['SUBSTRING_BEFORE', ['abc', '-'], '"abc"'],
  ['SUBSTRING_BEFORE', ['abc', ''], '""'],
  ['SUBSTRING_AFTER', ['a-b-c', '-'], '"b-c"'],
  ['SUBSTRING_AFTER', ['abc', '-'], '"abc"'],
  ['SUBSTRING_AFTER', ['abc', ''], '"abc"'],
  ['SUBSTRING_AFTER', ['a--b', '--'], '"b"'],
  ['SUBSTRING_AFTER', ['a', null], '✗ ISE SUBSTRING_AFTER: second arg must be string'],
  ['SUBSTRING_BEFORE', [null, 'a'], '✗ ISE SUBSTRING_BEFORE: first arg must be string'],
  ['CONTAINS', ['hello', 'ell'], 'true'],
  ['CONTAINS', ['hello', ''], 'true'],
  ['CONTAINS', ['hello', 'L'], 'false'],
  ['CONTAINS', ['h1', 1], 'true'],
  ['CONTAINS', ['hnull', null], 'false'],
  ['CONTAINS', [[1], 1], '✗ ISE CONTAINS: first arg must be string'],
  ['SPLIT', ['a,b,', ','], '["a","b",""]'],
  ['SPLIT', ['abc', ','], '["abc"]'],
  ['SPLIT', ['', ','], '[""]'],
  ['SPLIT', ['a.b', '.'], '["a","b"]'],
  ['SPLIT', ['abc', ''], '["","a","b","c",""]'],
  ['SPLIT', ['abc', null], '["","a","b","c",""]'],
  ['SPLIT', ['', ''], '["",""]'],
  ['SPLIT', ['a1b', 1], '["a","b"]'],
  ['SPLIT', ['aaa', 'aa'], '["","a"]'],
  ['SPLIT', [5, ','], '✗ ISE SPLIT: first arg must be string'],
  ['JOIN', [['a', 'b'], '-'], '"a-b"'],
  ['JOIN', [['a', 'b']], '"ab"'],
  ['JOIN', [[1, null, true, 1.5, [1], { a: 1 }], ','], '"1,,true,1.5,[1],{a=1}"'],
  ['JOIN', [[], '-'], '""'],
  ['JOIN', [['a', 'b'], null], '"ab"'],
  ['JOIN', [['a', 'b'], 1], '"a1b"'],
  ['JOIN', ['ab', '-'], '✗ ISE JOIN: first arg must be list'],
  ['UPPER', ['straße'], '"STRASSE"'],
  ['LOWER', ['ABC'], '"abc"'],
  ['LOWER', ['İI'], JSON.stringify('i̇i')],
  ['TRIM', ['  a b  '], '"a b"'],
  ['TRIM', ['\u001c\u3000\n\u00a0x\u2028\u001f'], '"x"'],
  ['TRIM', ['\ufeffx'], '"\ufeffx"'],
  ['TRIM', [' '], '""'],
  ['UPPER', [5], '✗ ISE UPPER: arg must be string'],
  ['LOWER', [null], '✗ ISE LOWER: arg must be string'],
  ['TRIM', [null], '✗ ISE TRIM: arg must be string'],
  ['PAD', ['ab', 5], '"ab   "'],
  ['PAD', ['ab', -5], '"   ab"'],
  ['PAD', ['ab', 7, 'xyz'], '"abxyzxy"'],
  ['PAD', ['ab', -7, 'xyz'], '"xyzxyab"'],
  ['PAD', ['ab', 1], '"ab"'],
  ['PAD', ['ab', 5.9], '"ab   "'],
  ['PAD', ['ab', -4.9], '"  ab"'],
  ['PAD', ['ab', 4n], '"ab  "'],
  ['PAD', ['ab', dec('4.5')], '"ab  "'],
  ['PAD', ['ab', Number.NaN], '"ab"'],
  ['PAD', ['ab', 5, 0], '"ab000"'],
  ['PAD', ['ab', 5, null], '"ab   "'],
  ['PAD', ['ab', 5, ''], '✗ IAE PAD: padding must not be empty'],
  ['PAD', ['ab', '5'], '✗ ISE PAD: width must be numeric'],
  ['PAD', [5, 5], '✗ ISE PAD: first arg must be string'],
  ['FORMAT', ['Hi {name}', { name: 'Ada' }], '"Hi Ada"'],
  ['FORMAT', ['{0}-{1}-{0}', ['a', 'b']], '"a-b-a"'],
  ['FORMAT', ['{2}', ['a']], '"{2}"'],
  ['FORMAT', ['{-0}{01}{+1}', [5, 6]], '"566"'],
  ['FORMAT', ['{-1}{ 1}{}', [5, 6]], '"{-1}{ 1}{}"'],
  ['FORMAT', ['{x}', { x: null }], '"null"'],
  ['FORMAT', ['{x}', {}], '"{x}"'],
  ['FORMAT', ['{constructor}', {}], '"{constructor}"'],
  ['FORMAT', ['{{a}}', { a: 1 }], '"{a}"'],
  ['FORMAT', ['{{{a}}}', { a: 1 }], '"{1}"'],
  ['FORMAT', ['a}}b{', {}], '"a}b{"'],
  ['FORMAT', ['a}b', {}], '"a}b"'],
  ['FORMAT', ['{a.b}', { a: 1 }], '"{a.b}"'],
  ['FORMAT', ['{a{b}', { 'a{b': 1 }], '"1"'],
  ['FORMAT', ['{1}', map([1, 'n'])], '"n"'],
  ['FORMAT', ['{1}', map(['1', 's'], [1, 'n'])], '"s"'],
  ['FORMAT', ['{1}', map([1, 'n'], ['1', 's'])], '"n"'],
  ['FORMAT', ['{1}{x}{01}', map(['x', 'n'], ['1', 's'], [2, 0])], '"sn{01}"'],
  ['FORMAT', ['{a}', { a: [1, { b: 2 }] }], '"[1, {b=2}]"'],
  ['FORMAT', ['', {}], '""'],
  ['FORMAT', ['x', null], '✗ ISE FORMAT: args must be list or object'],
  ['FORMAT', ['x', 'y'], '✗ ISE FORMAT: args must be list or object'],
  ['FORMAT', [5, []], '✗ ISE FORMAT: template must be string'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

describe('literal search', () => {
  const places = (text: string, needle: string): number[] => {
    const search = new LiteralSearch(new CountingContext(), text, needle);
    const found: number[] = [];
    for (let at = search.next(0); at >= 0; at = search.next(at + needle.length)) found.push(at);
    return found;
  };

  it('finds what indexOf finds, across windows and for long needles', () => {
    const random = lehmer(7);
    for (let round = 0; round < 80; round++) {
      const unit = ['ab', 'a', 'aab', 'xyz'][round % 4] as string;
      const text = Array.from({ length: 20_000 }, () => unit[random(unit.length)]).join('');
      const length = [1, 3, 12, 127, 128, 129, 400, 5_000][random(8)] as number;
      const start = random(text.length - length);
      const needle = round % 3 === 0 ? `${text.slice(start, start + length - 1)}b` : text.slice(start, start + length);
      const expected: number[] = [];
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + length)) expected.push(at);
      expect(places(text, needle)).toEqual(expected);
    }
  });

  it('takes linear time where indexOf takes seconds', () => {
    const text = 'ab'.repeat(500_000);
    const needle = `b${'ab'.repeat(25_000)}b${'ab'.repeat(25_000)}`;
    const started = performance.now();
    expect(outcome('CONTAINS', text, needle)).toBe('false');
    expect(outcome('SPLIT', text, needle).length).toBe(text.length + 4);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('charges for each stretch once, before it is searched', () => {
    const text = ','.repeat(200_000);
    const context = new CountingContext();
    call(context, 'SPLIT', text, ',');
    expect(context.fuel).toBeGreaterThan(25_000);
    expect(context.fuel).toBeLessThan(1_000_000);
    const early = new CountingContext();
    call(early, 'SUBSTRING_BEFORE', `a${text}`, ',');
    expect(early.fuel).toBeLessThan(1_000);
    expect(outcomeIn(new CountingContext(1_000), 'CONTAINS', text, 'x')).toBe('✗ MR5001');
  });
});

describe('charges', () => {
  it('stops results that are too large before they are built', () => {
    const text = 'x'.repeat(1_000_000);
    const list = new Array(1_000).fill(text);
    const shared = new Array(300_000).fill('0123456789'.repeat(100));
    for (const [name, args] of [
      ['PAD', ['a', 1e9]],
      ['PAD', ['a', -1e9, 'xyz']],
      ['PAD', ['a', Number.POSITIVE_INFINITY]],
      ['JOIN', [list, '']],
      ['JOIN', [new Array(1_000).fill(''), text]],
      ['JOIN', [shared]],
      ['FORMAT', ['{0}'.repeat(1_000), [text]]],
    ] as const) {
      expect(outcomeIn(new CountingContext(), name, ...args), name).toMatch(/^✗ MR500[12]$/);
    }
    expect(outcomeIn(new CountingContext(1e6), 'SPLIT', text, '')).toBe('✗ MR5001');
    expect(outcomeIn(new CountingContext(1e15, 1e15), 'PAD', 'a', 1e9)).toBe('✗ MR5002');
    expect(outcomeIn(new CountingContext(1e15, 1e15), 'JOIN', list, '')).toBe('✗ MR5002');
    expect(outcomeIn(new CountingContext(1e15, 1e15), 'FORMAT', '{0}'.repeat(1_000), [text])).toBe('✗ MR5002');
  });

  it('charges text functions by length', () => {
    const text = ` ${'x'.repeat(1_000_000)} `;
    for (const [name, args] of [
      ['UPPER', [text]],
      ['LOWER', [text]],
      ['TRIM', [text]],
      ['CONTAINS', [text, 'y']],
      ['SPLIT', [text, 'y']],
      ['FORMAT', [text, []]],
      ['NUMBER', [text]],
    ] as const) {
      expect(outcomeIn(new CountingContext(50_000), name, ...args), name).toBe('✗ MR5001');
    }
  });

  it('takes a slice for the little that it is', () => {
    const context = new CountingContext();
    const text = 'x'.repeat(100_000);
    for (let i = 0; i < 1_000; i++) call(context, 'SUBSTRING', text, i);
    expect(context.memory).toBeLessThan(100_000);
  });

  it('formats hostile templates in linear time', () => {
    const started = performance.now();
    expect(outcome('FORMAT', '{a'.repeat(100_000), {}).length).toBe(200_002);
    expect(outcome('FORMAT', `${'}'.repeat(99_999)}${'{a'.repeat(100_000)}`, {}).length).toBeGreaterThan(200_002);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

it('the text in the other case is charged at its full length before it is made', () => {
  for (let unit = 0; unit < 0x10000; unit++) {
    const letters = String.fromCharCode(unit).repeat(40);
    for (const name of ['UPPER', 'LOWER']) {
      const context = new CountingContext();
      const { length } = call(context, name, letters) as string;
      if (context.memory < 2 * length) throw new Error(`${name} of ${unit}: ${context.memory} for ${length}`);
    }
  }
  const greek = new CountingContext();
  call(greek, 'UPPER', 'ελληνικα'.repeat(10));
  expect(greek.memory).toBeLessThan(3 * 80);
});

it('a text that was joined is paid for when it is first read, and once', () => {
  const context = new CountingContext();
  context.joinedTexts.add(1000);
  const text = 'x'.repeat(1000);
  chargeFlattening(context, text.length);
  expect(context.memory).toBeGreaterThanOrEqual(2000);
  const { memory } = context;
  chargeFlattening(context, text.length);
  expect(context.memory).toBe(memory);
});
