/** Items of one large JSON document: the same however the chunks fall, strict about what stands around them, in flat memory. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemSource } from '../../../src/formats/codecs.ts';
import { parsePath } from '../../../src/formats/json-path.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { parseJson, printJson } from '../../../src/value/json.ts';
import { CHUNK_SIZES, reading, readRecords, refusalOf } from './reading.ts';

async function walk(path: string, input: string | Uint8Array, options = {}) {
  const source = await itemSource(path, reading(options));
  const [first, ...others] = await Promise.all(CHUNK_SIZES.map((size) => readRecords(source, input, size)));
  for (const other of others) expect(other).toEqual(first);
  return first;
}

const values = async (path: string, input: string) => (await walk(path, input)).map(([, value]) => value);

describe('paths', () => {
  const document = '{"a":[1,{"b":[10,20]},[30]],"items":{"x":{"b":1},"y":2},"a b":{"é":true},"":[null]}';
  test.each([
    ['$', [JSON.parse(document)]],
    ['$.a', [[1, { b: [10, 20] }, [30]]]],
    ['$.a[*]', [1, { b: [10, 20] }, [30]]],
    ['$.a[0]', [1]],
    ['$.a[1].b[*]', [10, 20]],
    ['$.a[*][*]', [[10, 20], 30]],
    ['$.items[*]', [{ b: 1 }, 2]],
    ['$.items.*', [{ b: 1 }, 2]],
    ['$.*.*.b', [[10, 20], 1]],
    ["$['a b']['é']", [true]],
    ['$["a b"]', [{ é: true }]],
    ["$[''][*]", [null]],
    ['$.b', []],
    ['$.a[7]', []],
    ['$.a.b', []],
    ['$.items[0]', []],
    ['$.a[0].b', []],
  ])('%s', async (path, items) => {
    expect(await values(path, document)).toEqual(items);
  });

  test.each([
    ['items', "1:1: a path starts with '$', as in $.items[*]"],
    ['$items', "1:2: a step of a path is .name, ['name'], [0], [*] or .*"],
    ['$.a[', "1:4: a step of a path is .name, ['name'], [0], [*] or .*"],
    ['$..a', "1:2: a step of a path is .name, ['name'], [0], [*] or .*"],
    ['$.a[-1]', "1:4: a step of a path is .name, ['name'], [0], [*] or .*"],
  ])('%s is none', (path, refusal) => {
    expect(refusalOf(() => parsePath(path))).toBe(refusal);
  });

  test('keys are compared as values, not as they are written', async () => {
    expect(await values('$.a[*]', '{"\\u0061":[1],"b":[2]}')).toEqual([1]);
  });
});

describe('items', () => {
  test('have the line where they start', async () => {
    expect(await walk('$[*]', '\ufeff[\n  1,\n\n {"a":\n2},\n"x" , true\n,null]\n')).toEqual([
      [2, 1],
      [4, { a: 2 }],
      [6, 'x'],
      [6, true],
      [7, null],
    ]);
  });

  test('may hold brackets and quotes in texts', async () => {
    const items = ['}]"\\', { '[{': '\\"]' }, [['{']], ''];
    expect(await values('$.x[*]', JSON.stringify({ w: items, x: items, y: items }))).toEqual(items);
  });

  test('are read by the rules of JSON for numbers and keys', async () => {
    const text = '[{"n":12345678901234567890,"d":0.12345678901234567890}]';
    expect(await walk('$[*]', text)).toEqual([[1, { n: 12345678901234567890n, d: expect.any(Decimal) }]]);
    expect(await walk('$[*]', '[{"a":1,"a":2}]', { numbers: 'strict' })).toEqual([
      [1, '1:9: the key "a" stands twice in one object', '{"a":1,"a":2}'],
    ]);
  });

  test('that are bad are told with their place and text, and the next is read', async () => {
    expect(await walk('$[*]', '[{"a":tru},\n {"b":1\n,}, [1}, 01, 2]')).toEqual([
      [1, '1:7: expected a value, found "t"', '{"a":tru}'],
      [2, '3:2: expected a key in quotes, found "}"', '{"b":1\n,}'],
      [3, "3:7: expected ',' or ']', found \"}\"", '[1}'],
      [3, '3:10: a number cannot have leading zeros', '01'],
      [3, 2],
    ]);
  });
});

describe('the text around the items', () => {
  test.each([
    ['', '1:1: expected a value, found the end of the text'],
    [' \n ', '2:2: expected a value, found the end of the text'],
    ['{"items":[1', "1:12: expected ',' or ']', found the end of the text"],
    ['{"items":[1]', "1:13: expected ',' or '}', found the end of the text"],
    ['{"items":[1]}\nx', '2:1: expected the end of the text, found "x"'],
    ['{"items":[1,]}', '1:13: expected a value, found "]"'],
    ['{"items":[,1]}', '1:11: expected a value, found ","'],
    ['{"items":[1 2]}', "1:13: expected ',' or ']', found \"2\""],
    ['{"items":[1"x"]}', "1:12: expected ',' or ']', found \"\\\"\""],
    ['{"items":["x"{}]}', "1:14: expected ',' or ']', found \"{\""],
    ['{"items":[1}', "1:12: expected ',' or ']', found \"}\""],
    ['{"items" [1]}', '1:10: expected \':\', found "["'],
    ['{items:[1]}', '1:2: expected a key in quotes, found "i"'],
    ['{"items":[1],}', '1:14: expected a key in quotes, found "}"'],
    ['{"a":tru,"items":[1]}', '1:6: expected a value, found "t"'],
    ['{"a":01,"items":[1]}', '1:6: a number cannot have leading zeros'],
    ['{"a":"\\x","items":[1]}', '1:7: "\\\\x" is not an escape'],
    ['{"a":"\n","items":[1]}', '1:7: a control character (U+000A) must be escaped in a string'],
    ['{"a":[}', '1:7: expected a value, found "}"'],
    ['{"a":"x', '1:8: the text ends inside a string that starts at line 1'],
    ['{"items":[{"a":\n[', '2:2: the text ends inside an item that starts at line 1'],
    [`{"a":${'['.repeat(300)}`, '1:261: nested deeper than 256 levels'],
  ])('%j is refused with its place', async (text, fact) => {
    expect((await walk('$.items[*]', text)).at(-1)).toEqual([0, fact]);
  });

  test('a byte that is not UTF-8 is told with its line', async () => {
    const bytes = Buffer.concat([Buffer.from('[1,\n2,\n"'), Uint8Array.of(0xff), Buffer.from('"]')]);
    expect((await walk('$[*]', bytes)).at(-1)).toEqual([0, '3:-: the text is not UTF-8']);
    expect((await walk('$[*]', Buffer.from('[1,\n"é').subarray(0, -1))).at(-1)).toEqual([
      0,
      '2:-: the text is not UTF-8',
    ]);
  });

  test('a document is walked if and only if the reader of whole texts takes it, with the same items', async () => {
    const text = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc
        .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', 'true', ' ', '"', '\\', '-'), {
          maxLength: 12,
        })
        .map((parts) => parts.join('')),
    );
    const source = await itemSource('$[*]', reading());
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(1, 4, 1_000), async (document, chunkSize) => {
        const outcomes = await readRecords(source, `[${document}]`, chunkSize);
        let parsed: unknown;
        try {
          parsed = parseJson(`[${document}]`, { numbers: 'safe' });
        } catch {
          expect(outcomes.some((outcome) => outcome.length === 3 || outcome[0] === 0)).toBe(true);
          return;
        }
        expect(printed(outcomes.map(([, value]) => value))).toBe(printed(parsed));
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });
});

/** With decimals and all digits, which `toEqual` does not look at. */
function printed(value: unknown): string {
  return printJson(value, { numbers: 'extended', indent: 0, canonical: false });
}

test('an item has a size limit, and the rest of the document does not', async () => {
  const source = await itemSource('$.items[*]', reading());
  const chunk = new TextEncoder().encode('"x", '.repeat(100_000));
  async function* document(start: string, count: number, end: string) {
    yield new TextEncoder().encode(start);
    for (let i = 0; i < count; i++) yield chunk;
    yield new TextEncoder().encode(end);
  }
  const read = async (chunks: AsyncIterable<Uint8Array>) => {
    const found: unknown[] = [];
    for await (const batch of source(chunks)) for (const { value } of batch) found.push(value);
    return found;
  };
  expect(await read(document('{"skipped":[', 150, '1],"items":[2]}'))).toEqual([2]);
  await expect(read(document('{"items":[[', 150, '1]]}'))).rejects.toThrow(
    expect.objectContaining({ message: 'an item or token is longer than 67108864 characters', line: 1, column: 11 }),
  );
});
