/** The deepest IR that is accepted: nothing that walks it runs out of JavaScript stack, and what the front end makes is in. */
import { expect, test } from 'vitest';
import { unparseModule } from '../../../src/front/unparse.ts';
import { printModule } from '../../../src/ir/encode.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { admit, compile, irOf, refusals } from './programs.ts';

type Wrap = (inner: unknown, level: number) => unknown;

const one = { kind: 'Constant', value: 1 };

const WRAPS: Readonly<Record<string, Wrap>> = {
  Not: (operand) => ({ kind: 'Not', operand }),
  Negate: (operand) => ({ kind: 'Negate', operand }),
  Await: (operand) => ({ kind: 'Await', operand }),
  Suspend: (operand) => ({ kind: 'Suspend', operand }),
  'Path base': (base) => ({ kind: 'Path', base, segments: [{ kind: 'Static', key: 'a' }] }),
  'Path key': (key) => ({ kind: 'Path', base: one, segments: [{ kind: 'Dynamic', key }] }),
  Slice: (base) => ({ kind: 'Slice', base, from: null, to: null }),
  'Binary left': (left) => ({ kind: 'Binary', operator: '+', left, right: one }),
  'Binary right': (right) => ({ kind: 'Binary', operator: '-', left: one, right }),
  'Logical right': (right) => ({ kind: 'Logical', operator: '&&', left: one, right }),
  Object: (value) => ({ kind: 'Object', properties: [{ kind: 'Static', key: 'a', value }] }),
  Array: (element) => ({ kind: 'Array', elements: [element] }),
  'Conditional then': (inner) => conditional(one, inner, one),
  'Conditional otherwise': (inner) => conditional(one, one, inner),
  'Conditional condition': (inner) => conditional(inner, one, one),
  'Try body': (body, i) => ({ kind: 'Try', body, variable: i + 1, retry: { retries: 0, backoffMs: 0 }, fallback: one }),
  'Try fallback': (fallback, i) => ({
    kind: 'Try',
    body: one,
    variable: i + 1,
    retry: { retries: 0, backoffMs: 0 },
    fallback,
  }),
  Comprehension: (map, i) => ({ kind: 'Comprehension', iterable: one, variable: i + 1, where: null, map }),
  Call: (arg) => ({ kind: 'CallStd', callee: 0, args: [arg] }),
  Invoke: (callee) => ({ kind: 'Invoke', callee, args: [] }),
};

function conditional(condition: unknown, chosen: unknown, otherwise: unknown): unknown {
  return Object.fromEntries([
    ['kind', 'Conditional'],
    ['condition', condition],
    ['then', chosen],
    ['otherwise', otherwise],
  ]);
}

function moduleOf(depth: number, wrap: Wrap, binds: boolean): unknown {
  let value: unknown = one;
  for (let level = 0; level < depth; level++) value = wrap(value, level);
  const names = binds ? depth : 0;
  return withBody([{ kind: 'Return', value }], names);
}

function withBody(body: unknown, names: number): unknown {
  const variables = [{ name: 'input', boxed: false }];
  for (let i = 0; i < names; i++) variables.push({ name: `v${i}`, boxed: false });
  const unit = { kind: 'transform', name: 'T', parameterCount: 1, captures: [], variables, body };
  const exports = [{ name: 'T', unit: 0 }];
  return { millrace: 1, module: { imports: [], shared: [], units: [unit], exports, standard: ['LENGTH'] } };
}

function expectAccepted(file: unknown): void {
  const decoding = admit(JSON.stringify(file));
  if (!decoding.ok) expect.fail(`${decoding.refusal.reason} ${decoding.refusal.pointer}`);
  expect(refusals(decoding.module)).toEqual([]);
  expect(printModule(decoding.module, { source: null }).length).toBeGreaterThan(1_000);
  // Too deep for a text is an answer; an exception is not.
  expect(unparseModule(decoding.module, { standard: STANDARD })).toBeTypeOf('object');
}

test.each(Object.entries(WRAPS))('%s', (name, wrap) => {
  expectAccepted(moduleOf(760, wrap, /Try|Comprehension/.test(name)));
});

test('lambdas', () => {
  let value: unknown = one;
  for (let level = 0; level < 128; level++) {
    const body = [{ kind: 'Return', value }];
    const unit = { kind: 'lambda', name: '<lambda>', parameterCount: 0, captures: [], variables: [], body };
    value = { kind: 'Lambda', unit };
  }
  expectAccepted(withBody([{ kind: 'Return', value }], 0));
});

test('blocks', () => {
  let body: unknown = [];
  for (let level = 0; level < 760; level++)
    body = [
      level % 2 === 0
        ? Object.fromEntries([...Object.entries({ kind: 'If', condition: one, otherwise: [] }), ['then', body]])
        : { kind: 'ForEach', iterable: one, variable: (level + 1) / 2, where: null, body },
    ];
  expectAccepted(withBody(body, 380));
});

test.each([
  ['operators', `OUTPUT { a: ${'1 + '.repeat(500)}1 }`],
  ['signs', `OUTPUT { a: ${'!'.repeat(500)}1 }`],
  ['brackets', `OUTPUT { a: ${'[1, '.repeat(120)}1${']'.repeat(120)} }`],
  ['lambdas', `LET f = ${'(x) -> '.repeat(120)}1; OUTPUT { a: f }`],
  ['lambdas in brackets', `LET f = ${'[(x) -> 1 + 2 + 3 + 4 + '.repeat(60)}1${']'.repeat(60)}; OUTPUT { a: f }`],
  ['conditions', `OUTPUT { a: ${'IF input.a THEN 1 ELSE '.repeat(500)}1 }`],
  [
    'blocks',
    `${Array.from({ length: 30 }, (_, i) => `IF input.a THEN { LET f${i} = (x) -> { `).join('')}RETURN 1;${'} }'.repeat(30)}`,
  ],
  ['arms', `IF 1 THEN {} ${'ELSE IF 2 THEN {} '.repeat(500)}`],
])('the deepest that the front end makes of %s is accepted', (_, source) => {
  const ir = irOf(source);
  expect(ir).not.toBe(null);
  const decoding = admit(printModule(ir as IrModule, { source: null }));
  if (!decoding.ok) expect.fail(`${decoding.refusal.reason} ${decoding.refusal.pointer}`);
  expect(compile(decoding.module).units.length).toBeGreaterThan(0);
});
