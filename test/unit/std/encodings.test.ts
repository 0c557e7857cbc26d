/** JSON, percent-encoding and digests: values, refusals and charges, called directly. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { capability, createHost, LoadError } from '../../../src/index.ts';
import { loadHashLibrary } from '../../../src/std/index.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { CountingContext, call, dec, map, outcome, outcomeIn } from './calls.ts';

beforeAll(loadHashLibrary);

const HALF = '\ud800';

test.each<[string, Value[], string]>([
  ['JSON_PARSE', [' {"a": [1, 1.5, "x", null, true]} '], '{"a":[1,1.5,"x",null,true]}'],
  ['JSON_PARSE', ['{"__proto__": {"x": 1}, "constructor": 2}'], '{"__proto__":{"x":1},"constructor":2}'],
  ['JSON_PARSE', ['{"a": 1, "a": 2}'], '{"a":2}'],
  ['JSON_PARSE', ['{"1": 2}'], '{"1":2}'],
  ['JSON_PARSE', ['12345678901234567890'], '12345678901234567890n'],
  ['JSON_PARSE', ['0.1234567890123456789'], 'dec(0.1234567890123456789)'],
  ['JSON_PARSE', ['0.30000000000000004'], 'dec(0.30000000000000004)'],
  ['JSON_PARSE', [''], '✗ IAE JSON_PARSE: expected a value, found the end of the text at line 1, column 1'],
  ['JSON_PARSE', ['{\n"a" 1}'], '✗ IAE JSON_PARSE: expected \':\', found "1" at line 2, column 5'],
  ['JSON_PARSE', ['[1] 2'], '✗ IAE JSON_PARSE: expected the end of the text, found "2" at line 1, column 5'],
  ['JSON_PARSE', ['NaN'], '✗ IAE JSON_PARSE: expected a value, found "N" at line 1, column 1'],
  ['JSON_PARSE', ['['.repeat(300)], '✗ IAE JSON_PARSE: nested deeper than 256 levels at line 1, column 257'],
  ['JSON_PARSE', [null], '✗ ISE JSON_PARSE: arg must be string'],
  ['JSON_PARSE', [{}], '✗ ISE JSON_PARSE: arg must be string'],
  ['JSON_STRING', [undefined], '"null"'],
  ['JSON_STRING', ['é"\n'], '"\\"é\\\\\\"\\\\n\\""'],
  ['JSON_STRING', [{ b: 1, a: [] }, 0], '"{\\"b\\":1,\\"a\\":[]}"'],
  ['JSON_STRING', [{ a: [1] }, 4], '"{\\n    \\"a\\": [\\n        1\\n    ]\\n}"'],
  ['JSON_STRING', [12345678901234567890n], '"12345678901234567890"'],
  ['JSON_STRING', [[dec('1.50'), 1e21]], '"[1.50,1e+21]"'],
  ['JSON_STRING', [map([1, 'n'], ['1', 's'])], '"{\\"1\\":\\"s\\"}"'],
  ['JSON_STRING', [new Bytes(Uint8Array.of(1, 2, 3))], '"\\"AQID\\""'],
  ['JSON_STRING', [Number.NaN], '✗ IAE JSON output cannot encode NaN or Infinity'],
  ['JSON_STRING', [Symbol('host')], '✗ ISE a value of the host cannot be written as JSON'],
  ['JSON_STRING', [1, '2'], '✗ IAE JSON_STRING: indent must be 0, 2 or 4'],
  ['JSON_STRING', [1, null], '"1"'],
  ['URL_ENCODE', ['AZaz09-._~'], '"AZaz09-._~"'],
  ['URL_ENCODE', ["!'()*"], '"%21%27%28%29%2A"'],
  ['URL_ENCODE', [' +&=/?#%'], '"%20%2B%26%3D%2F%3F%23%25"'],
  ['URL_ENCODE', ['é€😀'], '"%C3%A9%E2%82%AC%F0%9F%98%80"'],
  ['URL_ENCODE', [`a${HALF}`], '✗ IAE URL_ENCODE: text has half a surrogate pair at 1'],
  ['URL_ENCODE', ['\udc00'], '✗ IAE URL_ENCODE: text has half a surrogate pair at 0'],
  ['URL_ENCODE', [null], '✗ ISE URL_ENCODE: arg must be string'],
  ['URL_DECODE', ['%C3%A9%E2%82%AC%F0%9F%98%80+%2b'], '"é€😀++"'],
  ['URL_DECODE', ['%C3'], '✗ IAE URL_DECODE: text has a % that does not begin an encoded character'],
  ['URL_DECODE', ['%C3%28'], '✗ IAE URL_DECODE: text has a % that does not begin an encoded character'],
  ['URL_DECODE', ['%zz'], '✗ IAE URL_DECODE: text has a % that does not begin an encoded character'],
  ['URL_DECODE', [5], '✗ ISE URL_DECODE: arg must be string'],
  ['HASH_SHA256', [''], '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'],
  ['HASH_SHA256', [`x${HALF}x`], '✗ IAE HASH_SHA256: text has half a surrogate pair at 1'],
  ['HASH_SHA256', [['a']], '✗ ISE HASH_SHA256: arg must be string or bytes'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

/** Longer ones become decimals. */
function withShortNumbers(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part) => (typeof part === 'number' ? Math.round(part % 1e6) / 8 : part)),
  );
}

describe('round trips', () => {
  it('JSON_PARSE reads what JSON_STRING writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }).map(withShortNumbers), fc.constantFrom(0, 2, 4), (value, indent) => {
        const text = call(new CountingContext(), 'JSON_STRING', value, indent);
        expect(text).toBe(JSON.stringify(value, null, indent));
        expect(call(new CountingContext(), 'JSON_PARSE', text)).toEqual(JSON.parse(String(text)));
      }),
      { seed: 8, numRuns: 500 },
    );
    for (const value of ['12345678901234567890n', 'dec(1.2345678901234567890)']) {
      const number = value.endsWith('n') ? BigInt(value.slice(0, -1)) : dec(value.slice(4, -1));
      expect(outcome('JSON_PARSE', call(new CountingContext(), 'JSON_STRING', number))).toBe(value);
    }
  });

  it('URL_DECODE reads what URL_ENCODE writes, and digests are those of Node', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = call(new CountingContext(), 'URL_ENCODE', text);
        expect(encoded).toMatch(/^(?:[-A-Za-z0-9._~]|%[0-9A-F]{2})*$/);
        expect(call(new CountingContext(), 'URL_DECODE', encoded)).toBe(text);
        const digest = createHash('sha256').update(text, 'utf8').digest('hex');
        expect(call(new CountingContext(), 'HASH_SHA256', text)).toBe(digest);
        expect(call(new CountingContext(), 'HASH_SHA256', new Bytes(Buffer.from(text)))).toBe(digest);
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});

describe('long texts', () => {
  it('are encoded in pieces that break no character', () => {
    for (const character of ['a', '(', 'é', '€', '😀', 'x😀']) {
      const text = character.repeat(5000);
      const encoded = call(new CountingContext(), 'URL_ENCODE', text);
      expect(encoded).toBe(encodeURIComponent(character).replace('(', '%28').repeat(5000));
      expect(call(new CountingContext(), 'URL_DECODE', encoded)).toBe(text);
    }
  });
});

describe('charges', () => {
  const LONG = 100_000;
  const array = (item: string, count: number) => `[${Array.from({ length: count }, () => item).join(',')}]`;

  test.each<[string, number, number, Value]>([
    ['JSON_PARSE', LONG, 2 * LONG, `"${'x'.repeat(LONG)}"`],
    ['JSON_PARSE', 10 * LONG, 40 * LONG, array('[]', LONG)],
    ['JSON_PARSE', 30 * LONG, 50 * LONG, array('{"a":1}', LONG)],
    ['JSON_PARSE', 5 * LONG, 8 * LONG, array('1', LONG)],
    ['JSON_PARSE', 10 * LONG, 0, '9'.repeat(LONG)],
    ['JSON_PARSE', 60 * LONG, 56 * LONG, array('1e9999', LONG)],
    ['JSON_STRING', LONG / 16, 2 * LONG, 'x'.repeat(LONG)],
    ['JSON_STRING', 2 * LONG, 4 * LONG, Array.from({ length: LONG }, () => 1)],
    ['URL_ENCODE', LONG, 2 * LONG, 'a'.repeat(LONG)],
    ['URL_ENCODE', LONG, 12 * LONG, 'é'.repeat(LONG)],
    ['URL_DECODE', LONG, 2 * LONG, 'a'.repeat(LONG)],
    ['HASH_SHA256', LONG, LONG, 'a'.repeat(LONG)],
    ['HASH_SHA256', 3 * LONG, 3 * LONG, '€'.repeat(LONG)],
    ['HASH_SHA256', LONG, 0, new Bytes(new Uint8Array(LONG))],
  ])('%s by size: fuel from %d, bytes from %d', (name, fuel, bytes, value) => {
    const context = new CountingContext();
    call(context, name, value);
    expect(context.fuel).toBeGreaterThanOrEqual(fuel);
    expect(context.fuel).toBeLessThanOrEqual(25 * fuel);
    expect(context.memory).toBeGreaterThanOrEqual(bytes);
    expect(outcomeIn(new CountingContext(context.fuel - 1), name, value)).toBe('✗ MR5001');
  });

  it('JSON_PARSE is charged for before anything is made', () => {
    const text = array('[]', 1_000_000);
    const started = process.cpuUsage();
    expect(outcomeIn(new CountingContext(1_000_000), 'JSON_PARSE', text)).toBe('✗ MR5001');
    expect(outcomeIn(new CountingContext(50_000_000, 1_000_000), 'JSON_PARSE', text)).toBe('✗ MR5002');
    expect(process.cpuUsage(started).user).toBeLessThan(150_000);
  });

  it('no text is made that is too long for the engine', () => {
    const part = 'x'.repeat(2 ** 20);
    const list = Array.from({ length: 520 }, () => part);
    expect(outcomeIn(new CountingContext(1e12, 1e12), 'JSON_STRING', list)).toBe('✗ MR5002');
    expect(outcomeIn(new CountingContext(1e12, 1e12), 'JSON_STRING', '\u0001'.repeat(90_000_000))).toBe('✗ MR5002');
  });
});

describe('the capabilities', () => {
  it('UUID asks for host:random with the member uuid, NOW for host:clock', async () => {
    const host = createHost();
    const uses = { UUID: 'host:random', NOW: 'host:clock' };
    for (const [name, uri] of Object.entries(uses)) {
      const source = `TRANSFORM T { OUTPUT { v: ${name}() } }`;
      await expect(host.load(source)).rejects.toThrow(LoadError);
      const other = capability(uri, { other: { params: [], effect: 'read', call: () => 1 } });
      await expect(host.load(source, { grants: { [uri]: other } })).rejects.toThrow(LoadError);
      const call = () => 'given';
      const granted = capability(uri, { now: { effect: 'read', call }, uuid: { effect: 'read', call } });
      const module = await host.load(source, { grants: { [uri]: granted } });
      expect(module.run('T', {})).toEqual({ v: 'given' });
    }
  });
});
