/** CSV: records by the names of the header, in and out; what cannot be cut is told with its line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordSource, recordsWriter } from '../../../src/formats/codecs.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { CHUNK_SIZES, Losses, reading, readRecords } from './reading.ts';

async function read(input: string | Uint8Array, delimiter = ',') {
  const source = await recordSource('csv', reading({ delimiter }));
  const [first, ...others] = await Promise.all(CHUNK_SIZES.map((size) => readRecords(source, input, size)));
  for (const other of others) expect(other).toEqual(first);
  return first;
}

describe('reading', () => {
  test('the header names the fields, and every field is text', async () => {
    expect(await read('id,name\n1,Ann\n02,"B, ""b"""\n,\n')).toEqual([
      [2, { id: '1', name: 'Ann' }],
      [3, { id: '02', name: 'B, "b"' }],
      [4, { id: '', name: '' }],
    ]);
  });

  test('line ends of both kinds, blank lines, a mark at the start, no line end at the last', async () => {
    expect(await read('\ufeffa,b\r\n\r\n1,2\n\n\n"x\r\ny",3\r\n4,5')).toEqual([
      [3, { a: '1', b: '2' }],
      [6, { a: 'x\r\ny', b: '3' }],
      [8, { a: '4', b: '5' }],
    ]);
  });

  test('another delimiter', async () => {
    expect(await read('a;b\n1,5;2\n', ';')).toEqual([[2, { a: '1,5', b: '2' }]]);
  });

  test('a carriage return in quotes is part of a name', async () => {
    expect(await read('"a\rb",c\r\n1,2\r\n')).toEqual([[2, { 'a\rb': '1', c: '2' }]]);
  });

  test('names that objects have anyway are names like others', async () => {
    const [[, record]] = await read('__proto__,toString\n1,2\n');
    expect(Object.entries(record as object)).toEqual([
      ['__proto__', '1'],
      ['toString', '2'],
    ]);
  });

  test('nothing and a lone header have no records', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\n\n')).toEqual([]);
    expect(await read('a,b')).toEqual([]);
  });

  test('a record with another number of fields is bad, the next is read', async () => {
    expect(await read('a,b\n1\n2,3,4\n5,6\n')).toEqual([
      [2, '2:-: the record has 1 field, the header 2', '1'],
      [3, '3:-: the record has 3 fields, the header 2', '2,3,4'],
      [4, { a: '5', b: '6' }],
    ]);
  });

  test('a line whose quotes make no sense is bad, the next is read', async () => {
    expect(await read('a,b\n"x"y,1\r\n2,3\n\nz"q,4\n5,6\n')).toEqual([
      [2, '2:-: a closing quote is followed by more text of the field', '"x"y,1'],
      [3, { a: '2', b: '3' }],
      [5, '5:-: a quote stands inside a field that does not start with one', 'z"q,4'],
      [6, { a: '5', b: '6' }],
    ]);
  });

  test('a quote that is never closed takes one line, not the rest', async () => {
    expect(await read('a,b\n"1,2\n3,4\n5,6\n"7')).toEqual([
      [2, '2:-: a closing quote is followed by more text of the field', '"1,2'],
      [3, { a: '3', b: '4' }],
      [4, { a: '5', b: '6' }],
      [5, '5:-: a quote is not closed', '"7'],
    ]);
  });

  test('a record that is not UTF-8 is bad, the next is read', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,'), Uint8Array.of(0xff), Buffer.from('\n\ufffd,3\n')]);
    expect(await read(bytes)).toEqual([
      [2, '2:-: the record is not UTF-8', null],
      [3, { a: '\ufffd', b: '3' }],
    ]);
  });

  test.each([
    ['a,b,a\n1,2,3\n', '1:-: the header names "a" twice'],
    ['a,b\r1,2\r3,4\r', '1:-: the header holds a bare carriage return; lines end with LF or CRLF'],
    ['\n"a"b,c\n1,2\n', '2:-: a closing quote is followed by more text of the field'],
  ])('without a header there are no records: %j', async (text, fact) => {
    expect(await read(text)).toEqual([[0, fact]]);
  });

  test('whatever the text, chunks make no difference, and every record stands on a later line', async () => {
    const part = fc.constantFrom('"', '"', ',', '\n', '\r\n', 'a', 'é', '""', '",', ',"', '\r');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), async (parts) => {
        const outcomes = await read(`x,y\n${parts.join('')}`);
        const lines = outcomes.map(([line]) => line);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
        expect(outcomes.every(([, value]) => typeof value === 'object' || /^\d+:-: /.test(String(value)))).toBe(true);
      }),
      { seed: 6, numRuns: 400 },
    );
  });

  test('the memory that an open quote can take is bounded', async () => {
    const source = await recordSource('csv', reading());
    const line = `${'x'.repeat(999)}\n`;
    const outcomes = await readRecords(source, `a\n"${line.repeat(17_000)}last\n`, 1 << 18);
    expect(outcomes).toHaveLength(17_001);
    expect(outcomes[0]?.[1]).toBe('2:-: the record is longer than 16777216 characters; a quote may not be closed');
    expect(outcomes[17_000]).toEqual([17_002, { a: 'last' }]);
  });
});

async function written(records: readonly unknown[], numbers: 'safe' | 'strict' = 'safe', delimiter = ',') {
  const losses = new Losses();
  const write = await recordsWriter('csv', { numbers, delimiter, note: losses.note, isStream: true });
  return { text: records.map((record) => write([record])).join(''), losses: [...losses.noted] };
}

describe('writing', () => {
  test('the first record gives the header; a field that is missing is empty', async () => {
    expect(await written([{ a: 1, b: 'x' }, { b: 'y, "z"\n' }, { b: true, a: 12345678901234567890n }])).toEqual({
      text: 'a,b\n1,x\n,"y, ""z""\n"\n12345678901234567890,true\n',
      losses: [],
    });
  });

  test('several records of one result stand under one header', async () => {
    const write = await recordsWriter('csv', { ...reading(), isStream: true });
    expect(write([])).toBe('');
    expect(write([{ a: 1 }, { a: 2 }])).toBe('a\n1\n2\n');
    expect(write([{ a: 3 }])).toBe('3\n');
  });

  test('a result of which one record is refused leaves no trace', async () => {
    const write = await recordsWriter('csv', { ...reading(), isStream: true });
    expect(() => write([{ a: 1 }, { b: 2 }])).toThrow(
      expect.objectContaining({
        code: 'MR6030',
        message: 'the field "b" is not among those of the first record of the CSV',
      }),
    );
    expect(write([{ b: 2 }])).toBe('b\n2\n');
  });

  test.each([
    [{ a: null, b: 1 }, 'a,b\n,1\n', ['csv-null']],
    [{ a: [1, { b: 2 }] }, 'a\n"[1,{""b"":2}]"\n', ['csv-nested']],
    [{ a: new Bytes(Uint8Array.of(1, 2, 3)) }, 'a\nAQID\n', ['bytes']],
    [{ a: Decimal.of('1.50') }, 'a\n1.50\n', []],
    [new OrderedMap([[1, 'x']]), '1\nx\n', []],
    [{ a: '' }, 'a\n""\n', []],
    [{ 'a\r': 'b\rc', d: '\r\n' }, '"a\r",d\n"b\rc","\r\n"\n', []],
  ])('%j', async (record, text, losses) => {
    expect(await written([record])).toEqual({ text, losses });
  });

  test.each([[5], [[1]], [null], [{}], [{ a: Number.NaN }], [{ a: () => 1 }]])('refuses %j', async (record) => {
    await expect(written([record])).rejects.toThrow(expect.objectContaining({ code: 'MR6030' }));
  });

  test('what is written is read again', async () => {
    const source = await recordSource('csv', reading());
    const field = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', ',', '\n', '\r\n', '', ' ', '""', 'a"b'),
    );
    const rows = fc.integer({ min: 1, max: 4 }).chain((width) => {
      const row = fc.array(field, { minLength: width, maxLength: width });
      return fc.tuple(fc.uniqueArray(field, { minLength: width, maxLength: width }), fc.array(row, { maxLength: 5 }));
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(1, 3, 1_000), async ([names, values], chunkSize) => {
        const records = values.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
        const { text } = await written(records);
        const outcomes = await readRecords(source, text, chunkSize);
        expect(outcomes.map(([, value]) => value)).toEqual(records);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
