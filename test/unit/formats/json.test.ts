/** RFC 8259 through every way that JSON is read: whole, as a line, as an item of a walk; canonical output per number mode. */
import { describe, expect, test } from 'vitest';
import { itemSource, recordSource, valueReader } from '../../../src/formats/codecs.ts';
import { jsonPrinter, type NumberMode } from '../../../src/formats/json.ts';
import { ACCEPTED, PRINTED, REFUSED, STRICTLY_REFUSED } from './json-cases.ts';
import { Losses, reading, readRecords, refusalOf } from './reading.ts';

const read = await valueReader('json', reading());
const readStrictly = await valueReader('json', reading({ numbers: 'strict' }));
const canonical = jsonPrinter('json-canonical', 'extended', () => undefined);

test('there are at least 300 cases', () => {
  expect(ACCEPTED.length + REFUSED.length + STRICTLY_REFUSED.length + PRINTED.length).toBeGreaterThanOrEqual(300);
});

describe('accepted', () => {
  test.each(ACCEPTED)('%j', (text, expected) => {
    const printed = canonical(read(text));
    expect(printed).toBe(expected);
    expect(canonical(read(printed))).toBe(expected);
  });

  test('as items of one document', async () => {
    const source = await itemSource('$[*]', reading());
    const texts = ACCEPTED.map(([text]) => text).filter((text) => !text.startsWith('[['));
    for (const chunkSize of [1, 5, 100_000]) {
      const records = await readRecords(source, `[${texts.join(',')}]`, chunkSize);
      expect(records.map(([, value]) => canonical(value))).toEqual(texts.map((text) => canonical(read(text))));
    }
  });

  test('as lines', async () => {
    const source = await recordSource('ndjson', reading());
    const texts = ACCEPTED.map(([text]) => text).filter((text) => !text.includes('\n'));
    const records = await readRecords(source, texts.join('\n'), 1_000);
    const withoutHalves = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');
    expect(records.map(([, value]) => withoutHalves(canonical(value)))).toEqual(
      texts.map((text) => withoutHalves(canonical(read(text)))),
    );
  });
});

describe('refused with the place', () => {
  test.each(REFUSED)('%j', (text, place) => {
    expect(
      refusalOf(() => read(text))
        .split(':', 2)
        .join(':'),
    ).toBe(place);
    expect(
      refusalOf(() => readStrictly(text))
        .split(':', 2)
        .join(':'),
    ).toBe(place);
  });

  test('as lines, each bad one alone', async () => {
    const source = await recordSource('ndjson', reading());
    const texts = REFUSED.map(([text]) => text).filter((text) => text.trim() !== '' && !text.includes('\n'));
    const records = await readRecords(source, texts.map((text) => `"\u00a0"\n${text}\n`).join(''), 1_000);
    expect(records.map((record) => record.length)).toEqual(texts.flatMap(() => [2, 3]));
    expect(records.map(([line]) => line)).toEqual(records.map((_, i) => i + 1));
  });

  test.each(STRICTLY_REFUSED)('in mode strict: %j', (text, place) => {
    expect(
      refusalOf(() => readStrictly(text))
        .split(':', 2)
        .join(':'),
    ).toBe(place);
    expect(refusalOf(() => read(text))).toBe('no error');
  });
});

describe('canonical output in number modes', () => {
  const printer = (numbers: NumberMode, losses = new Losses()) => jsonPrinter('json-canonical', numbers, losses.note);

  test.each(PRINTED)('%j', (text, safe, extended, isRefused) => {
    const value = read(text);
    expect(printer('safe')(value)).toBe(safe);
    expect(printer('extended')(value)).toBe(extended);
    if (isRefused) expect(() => printer('strict')(value)).toThrow(expect.objectContaining({ code: 'MR6024' }));
    else expect(printer('strict')(value)).toBe(extended);
  });

  test.each([
    ['json-canonical', 'safe', '{"a":1,"b":2}', []],
    ['json-canonical', 'safe', '{"b":1,"a":2}', ['key-order']],
    ['json-compact', 'safe', '{"b":1,"a":12345678901234567890}', []],
    ['json-compact', 'extended', '{"b":1,"a":12345678901234567890}', ['wide-number']],
    ['json', 'extended', '[0.12345678901234567890]', ['wide-number']],
  ] as const)('%s in mode %s of %s warns of %j', (style, numbers, text, noted) => {
    const losses = new Losses();
    jsonPrinter(style, numbers, losses.note)(read(text));
    expect([...losses.noted]).toEqual(noted);
  });

  test('bytes and sets', () => {
    const losses = new Losses();
    const print = jsonPrinter('json-compact', 'safe', losses.note);
    expect(print([Uint8Array.of(1, 2), new Set(['b', { z: 1, a: 2 }, 1, null])])).toBe(
      '["AQI=",[null,1,"b",{"z":1,"a":2}]]',
    );
    expect([...losses.noted]).toEqual(['bytes']);
  });
});
