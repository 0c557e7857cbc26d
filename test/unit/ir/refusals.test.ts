/** Each reason for which a JSON AST is refused, with the pointer to the place. */
import { expect, test } from 'vitest';
import { SourceText } from '../../../src/base/source.ts';
import { decodeModuleText } from '../../../src/ir/decode.ts';
import { irDiagnostic } from '../../../src/ir/diagnose.ts';
import { printModule } from '../../../src/ir/encode.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import { IR_REASONS } from '../../../src/ir/reasons.ts';
import type { Mutable } from '../../fuzz/tree-edits.ts';
import { admit, astOf, irOf, refusalOf, sourceLines } from './programs.ts';

const PROGRAM = `IMPORT "host:http" AS http;
IMPORT "./tax.bl" AS tax WITH { http } PIN "sha256:${'0'.repeat(64)}";
SHARED seen MANY;
FUNC twice(x) = x * 2;
TRANSFORM T {
  LET total = 1;
  LET f = (a) -> a + total;
  SET total = f(total) + twice(input.net) + LENGTH([1]) + http.get("u");
  LET o = { a: 1 };
  MODIFY o { a: 2, b: 3 };
  IF total > 9007199254740993 THEN { LET inner = total; OUTPUT { inner: inner } };
  TRY tax.vat(1) CATCH(e) RETRY 2 TIMES -> { e: e, s: AWAIT seen.k };
  LET name = seen;
  OUTPUT { total: total, names: [n FOR EACH n IN o.list[0]] };
}`;

type Change = (module: Mutable, body: Mutable) => void;

const T = '/module/units/1';
const BODY = `${T}/body`;

/** Values of any type, to put where others belong. */
const put = (node: Mutable | undefined, field: string | number, value: unknown): void => {
  (node as unknown as { [field: string]: unknown })[field] = value;
};

const CASES: readonly (readonly [refusal: string, change: Change])[] = [
  // Shape
  [`wrong-type ${BODY}/0/value`, (_, b) => put(b[0], 'value', 1)],
  [`wrong-type ${BODY}/0/variable`, (_, b) => put(b[0], 'variable', '1')],
  [`wrong-type ${BODY}/0/recursive`, (_, b) => put(b[0], 'recursive', null)],
  [`wrong-type ${BODY}`, (m) => put(m['units']?.[1], 'body', {})],
  [`unknown-field ${BODY}/0`, (_, b) => put(b[0], 'extra', 1)],
  [`unknown-field ${BODY}/0`, (_, b) => put(b[0], 'constructor', 1)],
  [`unknown-field ${BODY}/0`, (_, b) => Object.defineProperty(b[0], '__proto__', { value: 1, enumerable: true })],
  [`missing-field ${BODY}/0`, (_, b) => delete b[0]?.['value']],
  [`missing-field ${BODY}/0`, (_, b) => put(b[0], 'at', 1)],
  [`unknown-kind ${BODY}/0/kind`, (_, b) => put(b[0], 'kind', 'Evaluates')],
  [`unknown-kind ${BODY}/0/kind`, (_, b) => put(b[0], 'kind', '__proto__')],
  [`wrong-value ${BODY}/0/variable`, (_, b) => put(b[0], 'variable', -1)],
  [`wrong-value ${BODY}/0/variable`, (_, b) => put(b[0], 'variable', 0.5)],
  [`wrong-value ${T}/name`, (m) => put(m['units']?.[1], 'name', 'T\u001b[2J')],
  [`wrong-value ${T}/kind`, (m) => put(m['units']?.[1], 'kind', 'macro')],
  [`wrong-value ${BODY}/0/value/value`, (_, b) => put(b[0]?.['value'], 'value', 2 ** 53)],
  ['wrong-value /module/imports/1/pin', (m) => put(m['imports']?.[1], 'pin', 'sha256:00')],
  // Forms
  [`constant-form ${BODY}/0/value/value`, (_, b) => put(b[0]?.['value'], 'value', -0)],
  [`constant-form ${BODY}/0/value/value`, (_, b) => put(b[0]?.['value'], 'value', { bigint: '9007199254740991' })],
  [`constant-form ${BODY}/0/value/value`, (_, b) => put(b[0]?.['value'], 'value', { float: '9.0e+300' })],
  [`place-order ${BODY}/0/end`, (_, b) => Object.assign(b[0] ?? {}, { at: 5, end: 4 })],
  [`place-order ${BODY}/1/value/end`, (_, b) => Object.assign(b[1]?.['value'] ?? {}, { at: 5, end: 4 })],
  // Tables
  [`no-such-entry ${BODY}/7/value/shared`, (_, b) => put(b[7]?.['value'], 'shared', 1)],
  ['no-such-entry /module/exports/0/unit', (m) => put(m['exports']?.[0], 'unit', 7)],
  ['duplicate-name /module/units/2/name', (m) => put(m['units'], 2, m['units']?.[1])],
  ['duplicate-name /module/units/0/name', (m) => put(m['units']?.[0], 'name', 'http')],
  ['duplicate-name /module/shared/1/name', (m) => put(m['shared'], 1, m['shared']?.[0])],
  ['duplicate-name /module/imports/1', (m) => put(m['imports']?.[1], 'alias', 'http')],
  ['hidden-standard /module/units/0/name', (m) => put(m['units']?.[0], 'name', 'UPPER')],
  [`hidden-standard ${BODY}/0/variable`, (m) => put(m['units']?.[1]?.['variables']?.[1], 'name', 'UPPER')],
  [
    'hidden-standard /module/standard/0',
    (m) => Object.assign(m, { standard: ['TAKE'], units: [takes(m), m['units']?.[1]] }),
  ],
  ['unknown-standard /module/standard/0', (m) => put(m['standard'], 0, 'std.checkList')],
  ['unknown-standard /module/standard/0', (m) => put(m['standard'], 0, 'NOW')],
  ['unknown-standard /module/standard/0', (m) => put(m['standard'], 0, 'constructor')],
  ['import-shape /module/imports/0/pin', (m) => put(m['imports']?.[0], 'pin', m['imports']?.[1]?.['pin'])],
  ['import-shape /module/imports/1/handedOn/0', (m) => put(m['imports']?.[1], 'handedOn', [1])],
  ['import-shape /module/imports/0/implied', (m) => put(m['imports']?.[0], 'implied', true)],
  ['export-shape /module/exports/0', (m) => put(m['exports']?.[0], 'name', 'U')],
  ['too-many /module/imports', (m) => put(m, 'imports', manyImports())],
  // Units
  ['unit-shape /module/units/0/kind', (m) => put(m['units']?.[0], 'kind', 'lambda')],
  [`unit-shape ${T}`, (m) => put(m['units']?.[1], 'parameterCount', 2)],
  [`unit-shape ${T}/captures`, (m) => put(m['units']?.[1], 'captures', [0])],
  [`lambda-name ${BODY}/1/value/unit/name`, (_, b) => put(b[1]?.['value']?.['unit'], 'name', 'T')],
  // Variables
  [`variable-unset ${BODY}/0/value/index`, (_, b) => put(b[0], 'value', { kind: 'Variable', index: 3 })],
  [
    `variable-unset ${BODY}/7/value/index`,
    (_, b) => b.splice(7, 0, { kind: 'Evaluate', value: { kind: 'Variable', index: 4 } } as never),
  ],
  [`variable-made ${BODY}/3/variable`, (_, b) => put(b[3], 'variable', 1)],
  [`variable-made ${T}/variables/8`, (m) => put(m['units']?.[1]?.['variables'], 8, { name: 'x', boxed: false })],
  [`variable-flags ${T}/variables/1/boxed`, (m) => put(m['units']?.[1]?.['variables']?.[1], 'boxed', false)],
  [`variable-flags ${BODY}/0/recursive`, (_, b) => put(b[0], 'recursive', true)],
  [`input-written ${BODY}/2/variable`, (_, b) => put(b[2], 'variable', 0)],
  [
    `capture-shape ${BODY}/1/value/unit/captures/0`,
    (_, b) => put(b[1]?.['value']?.['unit']?.['variables']?.[1], 'name', 'x'),
  ],
  [`no-such-entry ${BODY}/2/variable`, (_, b) => put(b[2], 'variable', 99)],
  // Calls and statements
  [`duplicate-key ${BODY}/4/updates/1/key`, (_, b) => put(b[4]?.['updates']?.[1], 'key', 'a')],
  [`two-handlers ${BODY}/6`, (_, b) => put(b[6], 'abort', { kind: 'Constant', value: 1 })],
  [
    'shared-unreadable /module/units/0/body/0/value',
    (m) => put(m['units']?.[0]?.['body']?.[0], 'value', { kind: 'SharedName', shared: 0 }),
  ],
];

function takes(module: Mutable): Mutable {
  return Object.assign(structuredClone(module['units']?.[0] as Mutable), { name: 'TAKE' });
}

function manyImports(): readonly unknown[] {
  return Array.from({ length: 256 }, (_, i) => ({
    uri: 'host:a',
    alias: `a${i}`,
    implied: false,
    members: [],
    handedOn: [],
    pin: null,
  }));
}

function changed(change: Change): Mutable {
  const ast = astOf(PROGRAM);
  const module = ast['module'] as Mutable;
  change(module, module['units']?.[1]?.['body'] as Mutable);
  return ast;
}

test('the program itself is accepted', () => {
  expect(refusalOf(astOf(PROGRAM))).toBe(undefined);
});

test.each(CASES)('%s', (refusal, change) => {
  expect(refusalOf(changed(change))).toBe(refusal);
});

test('calls: what a unit or member is not', () => {
  const call = (module: Mutable): Mutable => module['units']?.[1]?.['body']?.[2]?.['value'] as Mutable;
  const host = changed((m) => put(m['imports']?.[0]?.['members']?.[0], 'arity', 2));
  expect(refusalOf(host)).toBe(`call-arity ${BODY}/2/value/right/args`);
  const func = changed((m) => put(call(m)['left']?.['left']?.['right'], 'unit', 1));
  expect(refusalOf(func)).toBe(`not-callable ${BODY}/2/value/left/left/right/unit`);
});

test('a variable is called by its own node', () => {
  const invoke = changed((_, b) => {
    const sum = b[2]?.['value']?.['left']?.['left'];
    put(sum, 'left', { kind: 'Invoke', callee: { kind: 'Variable', index: 2 }, args: [] });
  });
  expect(refusalOf(invoke)).toBe(`not-callable ${BODY}/2/value/left/left/left/callee`);
});

test('a text: too long, too deep, no JSON, a field twice', () => {
  expect(refusalOf(' '.repeat((8 << 20) + 1))).toBe('too-long ');
  expect(refusalOf('['.repeat(100_000))).toBe('too-deep ');
  expect(refusalOf('{"millrace": 1,}')).toBe('not-json ');
  expect(refusalOf('{"millrace": 1, "mill\\u0072ace": 1}')).toBe('duplicate-field ');
  expect(refusalOf('{"millrace": 2, "module": {}}')).toBe('wrong-value /millrace');
  expect(refusalOf('[]')).toBe('wrong-type ');
});

test('nesting: what the front end can make is accepted, a little more is refused', () => {
  const nested = (depth: number): Mutable => {
    const ast = astOf('TRANSFORM T { RETURN 1 }');
    let value: unknown = { kind: 'Constant', value: 1 };
    for (let i = 0; i < depth; i++) value = { kind: 'Not', operand: value };
    put(ast['module']?.['units']?.[0]?.['body']?.[0], 'value', value);
    return ast;
  };
  expect(refusalOf(nested(765))).toBe(undefined);
  expect(refusalOf(nested(766))).toMatch(/^too-deep /);
  expect(refusalOf(nested(100_000))).toMatch(/^too-deep /);
});

test('hostile objects are refused, and nothing of them is called but the traps of a proxy', () => {
  let calls = 0;
  const count = (): never => {
    calls++;
    throw new Error('called');
  };
  const cyclic = astOf(PROGRAM);
  put(cyclic['module']?.['units']?.[1]?.['body']?.[5], 'then', cyclic['module']?.['units']?.[1]?.['body']);
  expect(refusalOf(cyclic)).toMatch(/^too-deep /);
  const shapes: readonly (readonly [string, Change])[] = [
    ['foreign-value /module/units', (m) => Object.defineProperty(m, 'units', { get: count, enumerable: true })],
    [`foreign-value ${BODY}/0`, (_, b) => Object.setPrototypeOf(b[0], { toJSON: count })],
    [`foreign-value ${BODY}`, (m) => put(m['units']?.[1], 'body', Object.assign([], { length: 3 }))],
    [`foreign-value ${BODY}`, (m) => put(m['units']?.[1], 'body', new (class extends Array {})())],
    [`wrong-type ${BODY}/0/value`, (_, b) => put(b[0], 'value', count)],
    [`foreign-value ${BODY}/0`, (_, b) => put(b[0], Symbol.iterator as never, 1)],
    [`wrong-type ${T}/name`, (m) => put(m['units']?.[1], 'name', { toString: count })],
  ];
  for (const [refusal, change] of shapes) expect(refusalOf(changed(change))).toBe(refusal);
  expect(calls).toBe(0);
  const trapped = changed((_, b) =>
    put(b, 0, new Proxy({}, { ownKeys: count, getPrototypeOf: () => Object.prototype })),
  );
  expect(refusalOf(trapped)).toBe(`foreign-value ${BODY}/0`);
  const endless: unknown = new Proxy(
    {},
    {
      ownKeys: () => ['kind', 'operand'],
      getPrototypeOf: () => Object.prototype,
      getOwnPropertyDescriptor: (_, key) => ({
        value: key === 'kind' ? 'Not' : endless,
        configurable: true,
        enumerable: true,
        writable: true,
      }),
    },
  );
  expect(refusalOf(changed((_, b) => put(b[0], 'value', endless)))).toMatch(/^too-deep /);
});

test('a graph that shares its parts is charged for each of them', () => {
  let value: unknown = { kind: 'Constant', value: 1 };
  for (let i = 0; i < 60; i++) value = { kind: 'Array', elements: [value, value] };
  expect(refusalOf(changed((_, b) => put(b[0], 'value', value)))).toMatch(/^too-long /);
});

test('what was given never becomes part of the IR', () => {
  const ast = astOf(PROGRAM);
  const decoding = admit(ast);
  const before = decoding.ok && JSON.stringify(decoding.module.units[0]);
  put(ast['module']?.['units']?.[0]?.['body']?.[0], 'kind', 'Abort');
  expect(decoding.ok && JSON.stringify(decoding.module.units[0])).toBe(before);
});

test('a diagnostic points into the text', () => {
  const text = printModule(irOf(PROGRAM) as IrModule, { source: sourceLines(PROGRAM) }).replace(
    '"kind": "ForEach"',
    '"kind": "Each"',
  );
  const broken = text.replace('"recursive": false', '"recursive": 0');
  const decoding = decodeModuleText(broken);
  const diagnostic = decoding.ok ? undefined : irDiagnostic(decoding.refusal, new SourceText('t.json', broken));
  expect(diagnostic?.code).toBe('MR3202');
  const span = diagnostic?.labels[0]?.span;
  expect(broken.slice((span?.start ?? 0) - 13, span?.end)).toBe('"recursive": 0');
  const notJson = decodeModuleText('{"millrace": x}');
  expect(notJson.ok ? '' : irDiagnostic(notJson.refusal, new SourceText('t.json', '{"millrace": x}'))).toMatchObject({
    code: 'MR3201',
    labels: [{ span: { start: 13, end: 14 } }],
  });
});

test('each reason has a case here', () => {
  const told = new Set([
    ...CASES.map(([refusal]) => refusal.split(' ')[0]),
    'foreign-value',
    'too-long',
    'too-deep',
    'not-json',
    'duplicate-field',
    'call-arity',
    'not-callable',
  ]);
  expect(Object.keys(IR_REASONS).filter((reason) => !told.has(reason))).toEqual([]);
  expect(new Set(Object.values(IR_REASONS).map((row) => row.code))).toEqual(new Set(['MR3201', 'MR3202', 'MR3203']));
});
