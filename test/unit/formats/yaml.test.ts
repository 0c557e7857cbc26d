/** YAML: core schema with JSON's numbers, bounded aliases and depth; written so that readers of 1.1 and 1.2 agree. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Reading, recordsWriter, valueReader } from '../../../src/formats/codecs.ts';
import type { NumberMode } from '../../../src/formats/json.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { parseJson, printJson } from '../../../src/value/json.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { Losses, reading, refusalOf } from './reading.ts';

const losses = new Losses();
const reader = (options: Partial<Reading> = {}) => valueReader('yaml', reading({ note: losses.note, ...options }));
const read = await reader();

/** With all digits, and in order. */
const shown = (value: unknown) => printJson(value, { numbers: 'extended', indent: 0, canonical: false });

async function written(value: unknown, numbers: NumberMode = 'safe', isStream = false): Promise<string> {
  const write = await recordsWriter('yaml', { ...reading({ note: losses.note, numbers }), isStream });
  return write([value]);
}

describe('reading', () => {
  test.each([
    ['a: 1\nb: [x, "2", ~, true, yes]\nc:\n  - d: e\n', '{"a":1,"b":["x","2",null,true,"yes"],"c":[{"d":"e"}]}'],
    ['[0x1F, 0o17, 010, +5, -0, 1_000]', '[31,15,10,5,0,"1_000"]'],
    ['[1.0, .5, 5., 1e3, -1.5E-2, +.25e+1]', '[1,0.5,5,1000,-0.015,2.5]'],
    [
      '[12345678901234567890, 0.12345678901234567890, 1e400]',
      `[12345678901234567890,0.12345678901234567890,1${'0'.repeat(400)}]`,
    ],
    ['1: a\ntrue: b\n~: c\n1.50: d', '{"1":"a","true":"b","~":"c","1.50":"d"}'],
    ['text: |\n  x\n  y\nfold: >\n  x\n  y\n', '{"text":"x\\ny\\n","fold":"x y\\n"}'],
    ['2026-11-21', '"2026-11-21"'],
    ['# only a comment\n', 'null'],
    ['---\nx\n...\n', '"x"'],
    ['\ufeffa: 1', '{"a":1}'],
    ['a: &x [1]\nb: *x\nc: &x 2\nd: *x', '{"a":[1],"b":[1],"c":2,"d":2}'],
    [
      'b: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}\nd:\n  <<: [*b, {z: 4}]\n  x: 5',
      '{"b":{"x":1,"y":2},"c":{"y":3,"x":1},"d":{"x":5,"y":2,"z":4}}',
    ],
    ['"<<": 1', '{"<<":1}'],
    ['__proto__: {a: 1}\nconstructor: 2', '{"__proto__":{"a":1},"constructor":2}'],
    ['*a : 1', 'refused'],
    ['&k key: 1\nb: {*k : 2}', '{"key":1,"b":{"key":2}}'],
  ])('%j', (text, json) => {
    if (json === 'refused') expect(refusalOf(() => read(text))).toBe('1:1: there is no anchor "a" before');
    else expect(shown(read(text))).toBe(json);
  });

  test('integer keys when asked, below the top level', async () => {
    const value = (await reader({ numericKeys: true }))('1: {1: a, "2": b, x: c}') as { readonly '1': OrderedMap };
    expect([...OrderedMap.entriesOf(value['1'])]).toEqual([
      [1, 'a'],
      ['2', 'b'],
      ['x', 'c'],
    ]);
  });

  test('tags are dropped with a warning', () => {
    losses.noted.clear();
    expect(read('a: !Ref b\nc: !!str 1')).toEqual({ a: 'b', c: '1' });
    expect([...losses.noted]).toEqual(['yaml-tag']);
  });

  test('strict numbers', async () => {
    const strict = await reader({ numbers: 'strict' });
    expect(refusalOf(() => strict('a:\n  b: 0xFFFFFFFFFFFFFFFF'))).toBe(
      '2:6: the integer 18446744073709551615 is beyond 9007199254740991',
    );
  });

  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefghi'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`),
  ].join('\n');
  test.each([
    ['an alias bomb', bomb, '6:'],
    ['an alias of itself', 'a: &a [*a]', '1:8: "*a" stands inside what it names'],
    ['deep lists', '['.repeat(100_000), '1:257: nested deeper than 256 levels'],
    ['deep lists on one line', `${'- '.repeat(10_000)}x`, '1:513: nested deeper than 256 levels'],
    ['deep keys', '? '.repeat(10_000), '1:513: nested deeper than 256 levels'],
    ['a key twice', 'a: 1\nb: 2\na: 3', '3:1: Map keys must be unique'],
    ['a key that is a list', '? [1]\n: 2', '1:3: a key must be a text or a number'],
    ['no number', 'a: [.nan]', '1:5: .nan is no number that programs have'],
    ['infinity', 'a: -.inf', '1:4: -.inf is no number that programs have'],
    [
      'an open bracket',
      'a: [1,\nb',
      '2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['tabs', 'a:\n\tb: 1', '2:1: Tabs are not allowed as indentation'],
    ['two documents', 'a\n---\nb', '2:1: a second document starts here'],
    ['a merge of a text', 'a: {<<: x}', '1:5: a merge key takes objects'],
  ])('refuses %s with its place', (_, text, refusal) => {
    expect(refusalOf(() => read(text)).slice(0, refusal.length)).toBe(refusal);
  });
});

describe('writing', () => {
  test('texts that some reader takes for something else are quoted', async () => {
    expect(
      await written({ a: 'yes', b: '1', c: '0x1', d: 'null', e: '12:30', f: 'on', g: 'plain', h: '', i: '<<' }),
    ).toBe('a: "yes"\nb: "1"\nc: "0x1"\nd: "null"\ne: "12:30"\nf: "on"\ng: plain\nh: ""\ni: "<<"\n');
  });

  test('numbers follow the mode', async () => {
    const value = [12345678901234567890n, Decimal.of('1.50'), 1.5];
    expect(await written(value)).toBe('- "12345678901234567890"\n- "1.50"\n- 1.5\n');
    expect(await written(value, 'extended')).toBe('- 12345678901234567890\n- 1.50\n- 1.5\n');
    await expect(written(value, 'strict')).rejects.toThrow(expect.objectContaining({ code: 'MR6024' }));
  });

  test('a stream is documents', async () => {
    expect(await written({ a: 1 }, 'safe', true)).toBe('---\na: 1\n');
  });

  test('parts that are shared are written where they stand; sets are sorted; order is kept', async () => {
    const part = { b: 'x' };
    expect(
      await written([
        part,
        part,
        new Set([2, 1]),
        new OrderedMap([
          [2, 'x'],
          ['a', 1],
          [1, 'y'],
        ]),
      ]),
    ).toBe('- b: x\n- b: x\n- - 1\n  - 2\n- "2": x\n  a: 1\n  "1": "y"\n');
  });

  test.each([
    ['bytes', { a: new Bytes(Uint8Array.of(1, 2)) }, 'a: AQI=\n', ['bytes']],
    ['lines', { a: 'x\ny\n' }, 'a: |\n  x\n  y\n', []],
    ['empty containers', { a: [], b: {} }, 'a: []\nb: {}\n', []],
    ['null', null, 'null\n', []],
  ])('%s', async (_, value, text, noted) => {
    losses.noted.clear();
    expect(await written(value)).toBe(text);
    expect([...losses.noted]).toEqual(noted);
  });

  const deep = Array.from({ length: 300 }).reduce<unknown>((value) => [value], 1);
  test.each([
    [Number.NaN, 'MR6030'],
    [() => 1, 'MR6030'],
    [deep, 'MR5006'],
  ])('refuses %j', async (value, code) => {
    await expect(written(value)).rejects.toThrow(expect.objectContaining({ code }));
  });

  test('what is written is read again as JSON would be, for 1,000 values', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          ' ',
          '\n',
          ':',
          '-',
          '#',
          '"',
          "'",
          '\\',
          '|',
          '>',
          'a',
          '1',
          '\t',
          '\r',
          '\u0085',
          '\u2028',
          '\ufeff',
          '\0',
        ),
        maxLength: 12,
      }),
    );
    await fc.assert(
      fc.asyncProperty(value, async (original) => {
        const text = await written(original, 'extended');
        expect(shown(read(text))).toBe(shown(parseJson(shown(original), { numbers: 'extended' })));
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });
});
