/** RFC 8259 through every way that JSON is read: whole, as a line, as an item of a walk; canonical output per number mode. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemSource, recordSource, valueReader } from '../../../src/formats/codecs.ts';
import { jsonPrinter, type NumberMode } from '../../../src/formats/json.ts';
import { notationText } from '../../../src/formats/notation.ts';
import { Decimal } from '../../../src/value/decimal.ts';
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

describe('round trips', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    // Doubles of more digits come back as decimals, and long whole ones as integers, as the rule for reading has it.
    fc
      .double({ noNaN: true, min: -1e300, max: 1e300 })
      .map((x) => Number(x.toPrecision(15)) + 0)
      .filter((x) => !Number.isInteger(x) || Number.isSafeInteger(x) || Math.abs(x) >= 1e21),
    fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
    fc.stringMatching(/^-?[1-9]\d{0,9}\.\d{16,30}$/).map((text) => Decimal.of(text)),
  );
  const key = fc.oneof(
    fc.constantFrom('a', 'b', '__proto__', 'constructor', '1', '01', ''),
    fc.string({ unit: 'binary' }),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, true, false),
      number,
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  }));

  test('1,000 values come back as they were in every style; canonical texts are as they were', () => {
    const compact = jsonPrinter('json-compact', 'extended', () => undefined);
    const pretty = jsonPrinter('json', 'extended', () => undefined);
    fc.assert(
      fc.property(value, (original) => {
        const text = compact(original);
        expect(notationText(read(text))).toBe(notationText(original));
        expect(compact(read(pretty(original)))).toBe(text);
        const sorted = canonical(original);
        expect(canonical(read(sorted))).toBe(sorted);
        expect(canonical(read(text))).toBe(sorted);
      }),
      { seed: 7, numRuns: 1_000 },
    );
  });

  test('what mode strict prints, it reads, and it is the same in every mode', () => {
    const strict = jsonPrinter('json-compact', 'strict', () => undefined);
    const safe = jsonPrinter('json-compact', 'safe', () => undefined);
    let printed = 0;
    fc.assert(
      fc.property(value, (original) => {
        let text: string;
        try {
          text = strict(original);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MR6024' });
          return;
        }
        printed++;
        expect(safe(original)).toBe(text);
        if (!/\\ud[89a-f]/.test(text)) expect(notationText(readStrictly(text))).toBe(notationText(read(text)));
      }),
      { seed: 8, numRuns: 1_000 },
    );
    expect(printed).toBeGreaterThan(300);
  });
});
