/** Contracts by themselves: the type texts, and schemas of any library that follows the shared interface. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Decimal, type StandardSchema } from '../../../src/index.ts';
import { readContract, readParameter } from '../../../src/link/contract.ts';
import { readContractType } from '../../../src/link/contract-type.ts';

/** Out of the sight of the linter, which would rather have no thenables. */
const THEN = 'then';
const accepts = (type: string, value: unknown) => readContractType(type).mismatch(value) === null;

describe('type texts', () => {
  const values: Readonly<Record<string, unknown>> = {
    null: null,
    boolean: true,
    string: 'a',
    integer: 1,
    number: 1.5,
    bigint: 1n,
    decimal: Decimal.of('1.5'),
    bytes: Uint8Array.of(1),
    function: () => 1,
    list: [1],
    set: new Set([1]),
    record: { a: 1 },
  };
  const TAKES: Readonly<Record<string, readonly string[]>> = {
    any: Object.keys(values),
    null: ['null'],
    boolean: ['boolean'],
    string: ['string'],
    text: ['string'],
    number: ['integer', 'number'],
    integer: ['integer'],
    bigint: ['bigint'],
    decimal: ['decimal'],
    bytes: ['bytes'],
    function: ['function'],
    'number[]': ['list'],
    '[number]': ['list'],
    'set<number>': ['set'],
    '{ a: number }': ['record'],
    '{ a: number, b?: string }': ['record'],
    'string?': ['null', 'string'],
    'string | integer | null': ['null', 'string', 'integer'],
    '(string | integer)[]': ['list'],
    '{}': [],
    'string[]': [],
    STRING: ['string'],
  };

  test.each(Object.entries(TAKES))('%s', (type, taken) => {
    expect(Object.keys(values).filter((kind) => accepts(type, values[kind]))).toEqual(taken);
  });

  it('says where, what was wanted and what was found', () => {
    const type = readContractType('{ id: string, lines: { qty: integer }[] }');
    expect(type.mismatch({ id: 'a', lines: [{ qty: 1 }, { qty: 'two' }] })).toEqual({
      path: ['lines', 1, 'qty'],
      expected: 'integer',
      found: 'string',
    });
    expect(type.mismatch({ id: 'a' })).toMatchObject({ path: ['lines'], found: 'nothing' });
    expect(type.mismatch({ id: 'a', lines: [], admin: true })).toEqual({
      path: ['admin'],
      expected: 'absent',
      found: 'boolean',
    });
  });

  it('takes no number that is not finite, and null for an optional field', () => {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(accepts('number', number)).toBe(false);
      expect(accepts('integer', number)).toBe(false);
    }
    expect(accepts('integer', 2 ** 53)).toBe(false);
    expect(accepts('{ a?: string }', { a: null })).toBe(true);
    expect(accepts('{ a: string }', { a: null })).toBe(false);
  });

  it('looks at own fields only', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(accepts(`{ "${name}": any }`, {}), name).toBe(false);
      expect(accepts(`{ "${name}"?: string }`, {}), name).toBe(true);
      expect(accepts('{}', JSON.parse(`{"${name}":1}`)), name).toBe(false);
      expect(accepts(`{ "${name}": integer }`, JSON.parse(`{"${name}":1}`)), name).toBe(true);
    }
  });

  test.each([
    ['', /has the end where a type/],
    ['strin', /has strin where a type/],
    ['string |', /the end where a type/],
    ['{ a: string', /where "}"/],
    ['{ a string }', /where ":"/],
    ['{ a: string, a: number }', /twice/],
    ['string string', /where the end/],
    ['[string', /where "]"/],
    ['set string', /where "<"/],
    ['*', /no part of a type/],
    ['string; number', /no part of a type/],
  ])('refuses %j', (text, message) => {
    expect(() => readContractType(text)).toThrow(message);
    expect(() => readParameter(text, 'here')).toThrow(TypeError);
  });

  it('prints what it reads', () => {
    const type = fc.letrec<{ type: string }>((tie) => ({
      type: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('string', 'number', 'null', 'any', 'bytes'),
        tie('type').map((t) => `[${t}]`),
        tie('type').map((t) => `set<${t}>`),
        fc.tuple(tie('type'), tie('type')).map(([a, b]) => `{ a: ${a}, b?: ${b} }`),
        fc.tuple(tie('type'), tie('type')).map(([a, b]) => `(${a} | ${b})`),
      ),
    })).type;
    fc.assert(
      fc.property(type, fc.anything(), (text, value) => {
        const read = readContractType(text);
        const again = readContractType(read.text);
        expect(again.text).toBe(read.text);
        expect(again.mismatch(value)).toEqual(read.mismatch(value));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('schemas', () => {
  const schema = (validate: (value: unknown) => unknown): StandardSchema =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as StandardSchema;
  const check = (validate: (value: unknown) => unknown, value: unknown = 1) =>
    readContract(schema(validate), 'it').check(value);

  it('may change the value, and are called as their library expects', () => {
    const standard = {
      version: 1 as const,
      vendor: 'test',
      factor: 2,
      validate(value: unknown) {
        return { value: (value as number) * this.factor };
      },
    };
    expect(readContract({ '~standard': standard }, 'it').check(21)).toEqual({ value: 42 });
  });

  it('may be functions', () => {
    const callable = Object.assign(
      () => 1,
      schema(() => ({ value: 'ok' })),
    );
    expect(readContract(callable, 'it').check(1)).toEqual({ value: 'ok' });
  });

  it('refuse with their issues, which only the host sees', () => {
    const issues = [{ message: 'too small', path: ['a', { key: 0 }, Symbol('s')] }, { message: 'odd' }];
    expect(check(() => ({ issues }))).toEqual({
      violation: { path: ['a', 0], expected: 'what its schema takes', found: 'number', issues: ['too small', 'odd'] },
    });
  });

  test.each([
    ['a promise', () => Promise.reject(new Error('late'))],
    ['an object with then', () => ({ [THEN]: () => {} })],
    ['nothing', () => undefined],
    ['a number', () => 1],
  ])('fail when they answer with %s', (_, validate) => {
    expect(() => check(validate)).toThrow(TypeError);
  });

  test.each([null, 1, 'yes', {}, []])('refuse for issues %j', (issues) => {
    expect(check(() => ({ value: 1, issues }))).toHaveProperty('violation');
  });

  test.each([
    {},
    null,
    1,
    [],
    { '~standard': {} },
    { '~standard': { version: 2, validate: () => ({ value: 1 }) } },
    { '~standard': { version: 1, validate: 'no' } },
  ])('%j is none', (input) => {
    expect(() => readContract(input as unknown as StandardSchema, 'it')).toThrow(
      /it is a type text .* or a Standard Schema/,
    );
  });
});
