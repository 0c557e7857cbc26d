import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeBase64 } from '../../../src/value/base64.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Closure } from '../../../src/value/closure.ts';
import { equals } from '../../../src/value/compare.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { JsonError, type ParseOptions, type PrintOptions, parseJson, printJson } from '../../../src/value/json.ts';
import { JsonReader } from '../../../src/value/json-reader.ts';
import { JsonWriter } from '../../../src/value/json-writer.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { SharedHandle } from '../../../src/value/shared-handle.ts';
import { CountingMeter, nested, refusalOf } from './metering.ts';

const parse = (text: string, options: Partial<ParseOptions> = {}) => parseJson(text, { numbers: 'safe', ...options });
const print = (value: Value, options: Partial<PrintOptions> = {}) =>
  printJson(value, { numbers: 'safe', indent: 0, canonical: false, ...options });
/** Our own reader and writer, without the short cuts through the built-in functions. */
const readOwn = (text: string) =>
  new JsonReader(text, { numbers: 'safe', nesting: 256, name: undefined, numericKeys: false }).read();
const writeOwn = (value: Value, indent = 0) =>
  new JsonWriter({ numbers: 'safe', indent, canonical: false, nesting: 256, meter: undefined }).print(value);

function errorOf(text: string, options: Partial<ParseOptions> = {}): string {
  try {
    parse(text, options);
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
  return 'no error';
}

const shown = (value: Value): string => {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Decimal ? `dec(${Decimal.textOf(value)})` : String(value);
};

describe('reading numbers', () => {
  it.each([
    ['1', '1'],
    ['-0', '0'],
    ['9007199254740991', '9007199254740991'],
    ['9007199254740992', '9007199254740992n'],
    ['-9007199254740993', '-9007199254740993n'],
    ['1.0', '1'],
    ['2.50', '2.5'],
    ['1e3', '1000'],
    ['1E-2', '0.01'],
    ['0.12345678901234567', 'dec(0.12345678901234567)'],
    ['12345678.12345678', 'dec(12345678.12345678)'],
    ['0.000000000000000012', '1.2e-17'],
    ['1.000000000000000', 'dec(1.000000000000000)'],
    ['1e400', 'dec(1E+400)'],
    ['123456789012345e299', 'dec(1.23456789012345E+313)'],
    ['1e-400', '0'],
  ])('%s is %s, alone and inside containers', (text, expected) => {
    expect(shown(parse(text))).toBe(expected);
    expect(shown((parse(`{"a":[${text}]}`) as { a: Value[] }).a[0])).toBe(expected);
    expect(shown(parse(text, { numbers: 'extended' }))).toBe(expected);
  });

  it.each([
    ['9007199254740992', 'the integer 9007199254740992 is beyond 9007199254740991 at line 1, column 2'],
    ['0.1234567890123456', 'the number 0.1234567890123456 is more than a double can hold at line 1, column 2'],
    ['1e400', 'the number 1e400 is more than a double can hold at line 1, column 2'],
  ])('strict refuses %s', (text, expected) => {
    expect(errorOf(`[${text}]`, { numbers: 'strict' })).toBe(expected);
  });

  it('refuses what no number of ours can hold', () => {
    expect(errorOf('1e99999')).toBe('the number 1e99999 is out of range at line 1, column 1');
    expect(errorOf('9'.repeat(400_000))).toBe('the integer has too many digits at line 1, column 1');
  });
});

describe('errors say what and where', () => {
  it.each([
    ['', 'expected a value, found the end of the text at line 1, column 1'],
    ['{"a":1,\n "b" 2}', 'expected \':\', found "2" at line 2, column 6'],
    ['[1,]', 'expected a value, found "]" at line 1, column 4'],
    ['{"a":1,}', 'expected a key in quotes, found "}" at line 1, column 8'],
    ['{a:1}', 'expected a key in quotes, found "a" at line 1, column 2'],
    ['[1 2]', "expected ',' or ']', found \"2\" at line 1, column 4"],
    ['{"a":1 "b":2}', "expected ',' or '}', found \"\\\"\" at line 1, column 8"],
    ['1 x', 'expected the end of the text, found "x" at line 1, column 3'],
    ['[1', "expected ',' or ']', found the end of the text at line 1, column 3"],
    ['tru', 'expected a value, found "t" at line 1, column 1'],
    ['01', 'a number cannot have leading zeros at line 1, column 1'],
    ['-', 'expected a digit, found the end of the text at line 1, column 2'],
    ['1.', 'expected a digit, found the end of the text at line 1, column 3'],
    ['1e+', 'expected a digit, found the end of the text at line 1, column 4'],
    ['.5', 'expected a value, found "." at line 1, column 1'],
    ['+1', 'expected a value, found "+" at line 1, column 1'],
    ['NaN', 'expected a value, found "N" at line 1, column 1'],
    ['"ab', 'the text ends inside a string at line 1, column 4'],
    ['"a\nb"', 'a control character (U+000A) must be escaped in a string at line 1, column 3'],
    ['"\\x"', '"\\\\x" is not an escape at line 1, column 2'],
    ['"\\u12g4"', '\\u takes four hexadecimal digits at line 1, column 2'],
    ["{'a':1}", 'expected a key in quotes, found "\'" at line 1, column 2'],
    ['// c\n1', 'expected a value, found "/" at line 1, column 1'],
    ['\ufeff1', 'expected a value, found "\ufeff" at line 1, column 1'],
    ['[٣]', 'expected a value, found "٣" at line 1, column 2'],
    ['\u00a01', 'expected a value, found "\u00a0" at line 1, column 1'],
  ])('%j', (text, expected) => {
    expect(errorOf(text)).toBe(expected);
  });

  it('name the source, and carry the place', () => {
    expect(errorOf('x', { name: 'in.json' })).toBe('in.json: expected a value, found "x" at line 1, column 1');
    expect(() => parse('[\n1,\n  ?]')).toThrow(
      expect.objectContaining({ name: 'JsonError', offset: 7, line: 3, column: 3 }),
    );
  });
});

describe('reading objects', () => {
  it('takes the last of duplicate keys in the first place, and refuses them when strict', () => {
    expect(Object.entries(parse('{"a":1,"b":2,"a":3}') as object)).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(errorOf('{"a":1,"b":{"a":2},"a":3}', { numbers: 'strict' })).toBe(
      'the key "a" stands twice in one object at line 1, column 20',
    );
    expect(parse('{"toString":1,"__proto__":2}', { numbers: 'strict' })).toEqual(
      JSON.parse('{"toString":1,"__proto__":2}'),
    );
  });

  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"\\u005f_proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"__proto__":{"polluted":1},"n":12345678901234567890}',
  ])('makes plain properties of %s', (text) => {
    const value = parse(text) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.hasOwn(value, Object.keys(JSON.parse(text))[0] as string)).toBe(true);
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('makes integer keys of nested ones when asked', () => {
    const value = parse('{"1":{"1":"a","01":"b","x":"c","9007199254740993":"d"},"2":[{"0":1}]}', { numericKeys: true });
    const record = value as { readonly [key: string]: Value };
    expect(Object.keys(record)).toEqual(['1', '2']);
    expect([...OrderedMap.entriesOf(record['1'] as OrderedMap)]).toEqual([
      [1, 'a'],
      ['01', 'b'],
      ['x', 'c'],
      [9007199254740993n, 'd'],
    ]);
    expect(OrderedMap.get((record['2'] as Value[])[0] as OrderedMap, 0)).toBe(1);
  });

  it('keeps lone surrogates unless strict', () => {
    expect(parse('"\\ud800"')).toBe('\ud800');
    expect(readOwn('"\\ud83d\\ude00"')).toBe('\u{1f600}');
    expect(parse('"\\ud83d\\ude00"', { numbers: 'strict' })).toBe('\u{1f600}');
    expect(errorOf('"\\ud800"', { numbers: 'strict' })).toContain('a surrogate escape without its pair');
    expect(errorOf('"\\udc00"', { numbers: 'strict' })).toContain('a surrogate escape without its pair');
    expect(errorOf('"\\ud800\\u0041"', { numbers: 'strict' })).toContain('a surrogate escape without its pair');
  });
});

describe('nesting', () => {
  it.each(['safe', 'strict'] as const)('is bounded: %s', (numbers) => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(parse(deep(256), { numbers })).toBeInstanceOf(Array);
    expect(errorOf(deep(257), { numbers })).toBe('nested deeper than 256 levels at line 1, column 257');
    expect(errorOf(`${'{"a":'.repeat(3)}1${'}'.repeat(3)}`, { numbers, nesting: 2 })).toContain(
      'nested deeper than 2 levels',
    );
    expect(errorOf('['.repeat(1_000_000), { numbers, nesting: 1e9 })).toContain('nested deeper than 1000 levels');
  });

  it('does not count brackets that are not nested', () => {
    expect(parse(`[${'{},'.repeat(999)}[]]`)).toHaveLength(1_000);
  });
});

describe('against JSON.parse and JSON.stringify', () => {
  it('reads every value alike', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const expected: unknown = JSON.parse(text);
        expect(parse(text)).toEqual(readOwn(text));
        if (!/[0-9.]{16}|[eE]/.test(text)) expect(readOwn(text)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts and refuses the same texts', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      'null',
      ' ',
      '"\\',
      'u00',
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        let theirs = 'no error';
        try {
          JSON.parse(text);
        } catch {
          theirs = 'an error';
        }
        expect(errorOf(text) === 'no error' ? 'no error' : 'an error').toBe(theirs);
        expect(errorOf(text, { numericKeys: true }) === 'no error' ? 'no error' : 'an error').toBe(theirs);
      }),
      { numRuns: 3_000 },
    );
  });

  it('prints every plain value alike', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, 4), (value, indent) => {
        expect(print(value, { indent: indent as 0 | 2 | 4 })).toBe(JSON.stringify(value, null, indent));
        expect(writeOwn(value, indent)).toBe(JSON.stringify(value, null, indent));
      }),
      { numRuns: 500 },
    );
  });

  it('reads what it prints', () => {
    const value = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Value>(null, true, 2n ** 70n, Decimal.of('0.12345678901234567890'), 'a"\n\u2028\ud800'),
        fc.integer(),
        fc.array(tie('value')),
        fc.dictionary(fc.constantFrom('a', '__proto__', 'toJSON', '1'), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(value, (original) => {
        const again = parse(print(original, { numbers: 'extended' }), { numbers: 'extended' });
        expect(equals(new CountingMeter(), original, again)).toBe(true);
      }),
    );
  });
});

describe('printing', () => {
  it.each<[Value, string]>([
    [null, 'null'],
    [undefined, 'null'],
    [-0, '0'],
    [2 ** 60, '1152921504606847000'],
    [1e21, '1e+21'],
    [5n, '"5"'],
    [Decimal.of('1e3'), '"1000"'],
    [Decimal.of('1e-7'), '"0.0000001"'],
    [[1, undefined], '[1,null]'],
    [{ a: undefined }, '{"a":null}'],
    [new Bytes(Uint8Array.of(1, 2, 3, 4)), '"AQIDBA=="'],
    [Uint8Array.of(255, 254), '"//4="'],
    [
      new OrderedMap([
        [1, 'n'],
        ['1', 's'],
      ]),
      '{"1":"s"}',
    ],
    [
      new OrderedMap([
        [2, 'n'],
        ['b', 1],
        [1, 'x'],
      ]),
      '{"2":"n","b":1,"1":"x"}',
    ],
    [
      new Set(['b', 10, 9n, null, [1], { a: 1 }, true, 'a', Decimal.of('9.5'), false]),
      '[null,false,true,"9","9.5",10,"a","b",[1],{"a":1}]',
    ],
    [new Set([new Set([2, 1])]), '[[1,2]]'],
    [JSON.parse('{"__proto__":1,"toJSON":2}'), '{"__proto__":1,"toJSON":2}'],
    ['\ud800\u2028', '"\\ud800\u2028"'],
  ])('%o is %s', (value, expected) => {
    expect(print(value)).toBe(expected);
  });

  it.each([
    ['strict', 'refused', 'refused'],
    ['safe', '"9007199254740993"', '"1.50"'],
    ['extended', '9007199254740993', '1.50'],
  ] as const)('big numbers when %s', (numbers, bigint, decimal) => {
    const of = (value: Value) => {
      const refusal = refusalOf(() => print(value, { numbers }));
      if (refusal !== 'no refusal')
        expect(refusal).toMatch(/^IllegalArgumentException MR6024 strict JSON output cannot encode /);
      return refusal === 'no refusal' ? print(value, { numbers }) : 'refused';
    };
    expect(of(9007199254740993n)).toBe(bigint);
    expect(of(Decimal.of('1.50'))).toBe(decimal);
  });

  it('refuses what JSON cannot say', () => {
    const NAN = 'IllegalArgumentException MR6024 JSON output cannot encode NaN or Infinity';
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(refusalOf(() => print([value]))).toBe(NAN);
      expect(refusalOf(() => print(value, { canonical: true }))).toBe(NAN);
    }
    expect(refusalOf(() => print([new Closure({}, [])]))).toBe(
      'IllegalStateException MR6019 a function cannot leave the program',
    );
    expect(refusalOf(() => print({ a: new SharedHandle('c') }))).toContain('MR6019');
    for (const foreign of [() => 1, Symbol('s'), new Date(0), { toJSON: () => 'x' }]) {
      expect(refusalOf(() => print({ a: foreign }))).toContain('MR6016');
    }
    expect(refusalOf(() => print(nested(257)))).toBe('stop MR5006');
    expect(print(nested(256))).toHaveLength(512);
  });

  it('charges programs for what they print', () => {
    const meter = new CountingMeter({ bytes: 100_000 });
    expect(refusalOf(() => print(Array(100).fill('x'.repeat(1_000)), { meter }))).toBe('stop MR5002');
    let bomb: Value = [1];
    for (let i = 0; i < 60; i++) bomb = [bomb, bomb];
    expect(refusalOf(() => print(bomb, { meter: new CountingMeter({ fuel: 10_000 }) }))).toBe('stop MR5001');
  });
});

it('leaves what is too long for the built-in printer to the one that refuses it in words', () => {
  const spy = vi.spyOn(JSON, 'stringify').mockImplementationOnce(() => {
    throw new RangeError('Invalid string length');
  });
  try {
    expect(print({ a: [1, 'x'] })).toBe('{"a":[1,"x"]}');
  } finally {
    spy.mockRestore();
  }
});

it('writes texts and bytes of one set in one order, whatever the order of the set is', () => {
  // A line break stands before "Z" by value and behind "ZA==" when escaped.
  const elements: readonly Value[] = ['\n', 'Z', new Bytes(Uint8Array.of(100))];
  const texts = elements.map((_, i) => print(new Set([...elements.slice(i), ...elements.slice(0, i)])));
  expect(new Set(texts).size).toBe(1);
});

describe('canonical form', () => {
  const canonical = (value: Value, numbers: PrintOptions['numbers'] = 'safe') =>
    print(value, { canonical: true, numbers });

  it.each<[Value, string]>([
    [{ b: 1, aa: 4, a: 2, A: 3 }, '{"A":3,"a":2,"aa":4,"b":1}'],
    [1e7, '10000000'],
    [1e21, '1e21'],
    [1e-7, '1e-7'],
    [1.5e300, '1.5e300'],
    [-0, '0'],
    [0.1, '0.1'],
    [1e17, '"100000000000000000"'],
    ['a\nb', '"a\\u000Ab"'],
    ['"\\\u001f\u007f\u2028\ud800', '"\\"\\\\\\u001F\u007f\u2028\ud800"'],
    [5n, '"5"'],
    [
      new OrderedMap([
        [10, 1],
        [9, 2],
        ['a', 3],
      ]),
      '{"10":1,"9":2,"a":3}',
    ],
    [new Set([3, 1, 2]), '[1,2,3]'],
  ])('%o is %s', (value, expected) => {
    expect(canonical(value)).toBe(expected);
  });

  it('follows the number mode for wide doubles', () => {
    expect(canonical(1e17, 'extended')).toBe('100000000000000000');
    expect(refusalOf(() => canonical(1e17, 'strict'))).toContain('MR6024');
  });

  it('is the same for equal objects whatever their order, and stays cheap for sets in sets', () => {
    expect(canonical({ a: [1, { c: 1, b: 2 }] })).toBe(canonical({ a: [1, { b: 2, c: 1 }] }));
    let sets: Value = new Set([1]);
    for (let i = 0; i < 100; i++) sets = new Set([sets]);
    expect(print(sets)).toHaveLength(203);
  });
});

describe('a polluted realm', () => {
  afterEach(() => {
    delete (Object.prototype as unknown as Record<string, unknown>)['toJSON'];
  });

  it('does not change what is printed', () => {
    Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'leak', configurable: true });
    expect(print({ a: [1] })).toBe('{"a":[1]}');
  });
});

it('encodes base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
      expect(encodeBase64(data)).toBe(Buffer.from(data).toString('base64'));
    }),
  );
  const long = new Uint8Array(100_001).map((_, i) => i * 7);
  expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'));
});
