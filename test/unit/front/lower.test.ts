/** The IR of single constructs, and the places that faults will point at. */
import { describe, expect, it } from 'vitest';
import type { IrStatementOf } from '../../../src/ir/nodes.ts';
import { expression, ir, problems, statements, unit } from './reading.ts';

const constant = (value: unknown) => ({ kind: 'Constant', value });
const variable = (index: number) => ({ kind: 'Variable', index });

describe('expressions', () => {
  it.each([
    ['9007199254740991', constant(9007199254740991)],
    ['9007199254740992', constant(9007199254740992n)],
    ['0.5', constant(0.5)],
    ['2.0', constant(2)],
    ['007', constant(7)],
    ['"\\"hi\\""', constant('"hi"')],
    ['NULL', constant(null)],
    ['TRUE', constant(true)],
    ['-1', { kind: 'Negate', operand: constant(1) }],
    ['!a', { kind: 'Not', operand: variable(1) }],
    ['SUSPEND a', { kind: 'Suspend', operand: variable(1) }],
    ['AWAIT a', { kind: 'Await', operand: variable(1) }],
    [
      'AWAIT a.b',
      { kind: 'Await', operand: { kind: 'Path', base: variable(1), segments: [{ kind: 'Static', key: 'b' }] } },
    ],
    ['a // 2', { kind: 'Binary', operator: '//', left: variable(1), right: constant(2) }],
    ['a ?? 2', { kind: 'Logical', operator: '??', left: variable(1), right: constant(2) }],
    [
      'a.b.0',
      {
        kind: 'Path',
        base: variable(1),
        segments: [
          { kind: 'Static', key: 'b' },
          { kind: 'Static', key: 0 },
        ],
      },
    ],
    [
      'a[0]["k"][1.0]',
      {
        kind: 'Path',
        base: variable(1),
        segments: [
          { kind: 'Static', key: 0 },
          { kind: 'Dynamic', key: constant('k') },
          { kind: 'Dynamic', key: constant(1) },
        ],
      },
    ],
    [
      'xs.[a.b]',
      {
        kind: 'Path',
        base: variable(2),
        segments: [
          { kind: 'Dynamic', key: { kind: 'Path', base: variable(1), segments: [{ kind: 'Static', key: 'b' }] } },
        ],
      },
    ],
    [
      'xs[9007199254740993]',
      { kind: 'Path', base: variable(2), segments: [{ kind: 'Static', key: 9007199254740993n }] },
    ],
    ['xs[1:]', { kind: 'Slice', base: variable(2), from: constant(1), to: null }],
    [
      '{ a: 1, 2: 3, [a]: 4 }',
      {
        kind: 'Object',
        properties: [
          { kind: 'Static', key: 'a', value: constant(1) },
          { kind: 'Static', key: 2, value: constant(3) },
          { kind: 'Computed', key: variable(1), value: constant(4) },
        ],
      },
    ],
    [
      'CASE { WHEN a THEN 1 WHEN xs THEN 2 ELSE 3 }',
      {
        kind: 'Conditional',
        condition: variable(1),
        // biome-ignore lint/suspicious/noThenProperty: the field is called so
        then: constant(1),
        // biome-ignore lint/suspicious/noThenProperty: the field is called so
        otherwise: { kind: 'Conditional', condition: variable(2), then: constant(2), otherwise: constant(3) },
      },
    ],
    [
      'TRY a CATCH(e) RETRY 2 TIMES BACKOFF "1s" -> e',
      { kind: 'Try', body: variable(1), variable: 3, retry: { retries: 2, backoffMs: 1000 }, fallback: variable(3) },
    ],
    [
      '[x FOR EACH x IN xs WHERE x]',
      { kind: 'Comprehension', variable: 3, iterable: variable(2), where: variable(3), map: variable(3) },
    ],
  ])('%s', (text, node) => {
    expect(expression(text)).toEqual(node);
  });

  it.each([
    ['DEC(1.0)', '1.0'],
    ['DEC(-1.0)', '-1.0'],
    ['DEC(9999999.0)', '9999999.0'],
    ['DEC(10000000.0)', '1.0E7'],
    ['DEC(123456789.0)', '1.23456789E8'],
  ])('%s keeps its scale', (text, value) => {
    expect(expression(text)).toMatchObject({ kind: 'CallStd', args: [constant(value)] });
  });

  it('gives other arguments of DEC as they are', () => {
    expect(expression('DEC(1.5)')).toMatchObject({ args: [constant(1.5)] });
    expect(expression('DEC(1)')).toMatchObject({ args: [constant(1)] });
    expect(statements('LET DEC2 = DEC; RETURN DEC2(1.0)')).toMatchObject([{}, { value: { args: [constant(1)] } }]);
  });

  it.each([
    ['0', 0],
    ['200ms', 200],
    ['2m', 120_000],
    ['15', 15],
  ])('waits %s', (text, backoffMs) => {
    expect(expression(`TRY a CATCH(e) RETRY 1 TIMES BACKOFF "${text}" -> e`)).toMatchObject({
      retry: { retries: 1, backoffMs },
    });
  });

  it.each(['', 's', '1h', '1.5s', '-1', '1 s', '9999999999', '99999m'])('does not wait %j', (text) => {
    expect(problems(`TRANSFORM T { RETURN TRY 1 CATCH(e) RETRY 1 TIMES BACKOFF "${text}" -> e }`)).toEqual([
      'MR2013@1:59',
    ]);
  });
});

describe('statements', () => {
  it.each([
    ['SET p = 1', { kind: 'SetVariable', variable: 1, value: constant(1) }],
    [
      'SET p.a[0].b = 1',
      {
        kind: 'SetPath',
        variable: 1,
        segments: [
          { kind: 'Static', key: 'a' },
          { kind: 'Dynamic', key: constant(0) },
          { kind: 'Static', key: 'b' },
        ],
        value: constant(1),
      },
    ],
    [
      'APPEND TO p 1 INIT [2]',
      { kind: 'AppendVariable', variable: 1, value: constant(1), init: { kind: 'Array', elements: [constant(2)] } },
    ],
    [
      'APPEND TO p.a 1',
      { kind: 'AppendPath', variable: 1, segments: [{ kind: 'Static', key: 'a' }], value: constant(1), init: null },
    ],
    [
      'MODIFY p.a.0 { b: 1 }',
      { kind: 'Modify', variable: 1, segments: ['a', 0], updates: [{ kind: 'Static', key: 'b', value: constant(1) }] },
    ],
    ['OUTPUT ({ a: 1 })', { kind: 'OutputRecord', properties: [{ kind: 'Static', key: 'a', value: constant(1) }] }],
    ['OUTPUT p', { kind: 'OutputValue', value: variable(1) }],
    [
      'FOR x IN p WHERE x { RETURN }',
      {
        kind: 'ForEach',
        variable: 2,
        iterable: variable(1),
        where: variable(2),
        body: [{ kind: 'Return', value: null }],
      },
    ],
    [
      'TRY p CATCH(e) -> e',
      {
        kind: 'TryStatement',
        body: variable(1),
        variable: 2,
        retry: { retries: 0, backoffMs: 0 },
        fallback: variable(2),
        abort: null,
      },
    ],
    [
      'TRY p CATCH(e) -> ABORT e',
      {
        kind: 'TryStatement',
        body: variable(1),
        variable: 2,
        retry: { retries: 0, backoffMs: 0 },
        fallback: null,
        abort: variable(2),
      },
    ],
    [
      'TRY p CATCH(e) -> ABORT',
      {
        kind: 'TryStatement',
        body: variable(1),
        variable: 2,
        retry: { retries: 0, backoffMs: 0 },
        fallback: null,
        abort: null,
      },
    ],
    ['ABORT p', { kind: 'Abort', value: variable(1) }],
    ['RETURN', { kind: 'Return', value: null }],
    ['p', { kind: 'Evaluate', value: variable(1) }],
  ])('%s', (text, node) => {
    expect(statements(`LET p = {};\n${text}`)[1]).toEqual(node);
  });

  it('nests ELSE IF', () => {
    expect(statements('IF 1 THEN { } ELSE IF 2 THEN { RETURN } ELSE { ABORT }')).toMatchObject([
      {
        kind: 'If',
        condition: constant(1),
        otherwise: [{ kind: 'If', condition: constant(2), otherwise: [{ kind: 'Abort' }] }],
      },
    ]);
  });

  it('leaves OUTPUT in a FUNC to the run', () => {
    expect(unit('FUNC f() { OUTPUT { a: 1 } }').body).toMatchObject([{ kind: 'OutputRecord' }]);
  });

  it('returns the value of an expression body', () => {
    expect(unit('FUNC f(a) = a')).toMatchObject({
      kind: 'function',
      name: 'f',
      parameterCount: 1,
      body: [{ kind: 'Return', value: variable(0) }],
    });
  });

  it('numbers standard functions by first use', () => {
    expect(ir('FUNC f() = UPPER(LENGTH([]))\nTRANSFORM T { LENGTH(UPPER("a")) }').standard).toEqual([
      'UPPER',
      'LENGTH',
    ]);
  });
});

describe('places', () => {
  const text = 'TRANSFORM T { LET p = {}; SET p.a = p.b[0] + f(1); FOR x IN p.c { } }\nFUNC f(x) = -x';
  const t = unit(text);
  const shown = (node: { readonly at: number; readonly end: number }) => text.slice(node.at, node.end);

  it('point at operators, callees, targets and headers', () => {
    const [, set, loop] = t.body as [unknown, IrStatementOf<'SetPath'>, IrStatementOf<'ForEach'>];
    expect(shown(t)).toBe('TRANSFORM T');
    expect(shown(set)).toBe('p.a');
    expect(shown(loop)).toBe('FOR x IN p.c');
    expect(shown(set.value)).toBe('+');
    if (set.value.kind !== 'Binary') throw new Error('not a sum');
    expect(shown(set.value.left)).toBe('p.b[0]');
    expect(shown(set.value.right)).toBe('f');
  });
});
