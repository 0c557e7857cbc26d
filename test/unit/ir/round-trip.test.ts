/** IR → JSON AST → IR is the same IR, and passes every check, for programs of all sorts. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { decodeModuleValue } from '../../../src/ir/decode.ts';
import { encodeModule, printModule } from '../../../src/ir/encode.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import {
  admit,
  compile,
  generatedPrograms,
  irOf,
  langPrograms,
  type NamedProgram,
  sourceLines,
  withoutPlaces,
} from './programs.ts';

test('every script of the language suite', () => {
  const programs = langPrograms();
  expect(programs.length).toBeGreaterThan(600);
  for (const program of programs) expectRoundTrip(program);
});

test('generated programs', () => {
  for (const program of generatedPrograms(41, 300)) expectRoundTrip(program);
});

test.each([
  ['a big integer', 'OUTPUT { a: 9007199254740993, b: -9007199254740993 }'],
  ['a float beyond all', `OUTPUT { a: ${'9'.repeat(400)}.5 }`],
  ['a large float', 'OUTPUT { a: 100000000000000000000000.0, b: 12345678901234567890.5, c: 0.30000000000000004 }'],
  ['keys', 'LET o = { 7: 1, "a b": 2, 9007199254740993: 3 }; OUTPUT o.7; OUTPUT o.9007199254740993; OUTPUT o.`a b`'],
  ['half a character', 'OUTPUT { a: "\\ud83d", b: "\\udc00x" }'],
  ['names', 'LET `a b` = 1; LET `ü` = 2; FOR EACH `for` IN [1] { OUTPUT { x: `for` } }'],
  ['prototype keys', 'LET o = { __proto__: 1, constructor: 2 }; OUTPUT { a: o.__proto__, b: o.constructor }'],
])('%s', (_, source) => {
  expectRoundTrip({ name: source, source });
});

test('without a source there are no places, and the code is the same', () => {
  const source = 'TRANSFORM T { LET a = input.x + 1; OUTPUT { a: a } }';
  const ir = irOf(source) as IrModule;
  const decoding = admit(JSON.parse(JSON.stringify(encodeModule(ir, { source: null }))));
  expect(JSON.stringify(encodeModule(ir, { source: null }))).not.toContain('"at"');
  expect(decoding.ok && decoding.source).toBe(null);
  expect(decoding.ok && withoutPlaces(compile(decoding.module))).toEqual(withoutPlaces(compile(ir)));
});

test('a node without a place has that of the node around it', () => {
  const decoding = decodeModuleValue({
    millrace: 1,
    module: {
      imports: [],
      shared: [],
      units: [
        {
          kind: 'function',
          at: 5,
          end: 9,
          name: 'f',
          parameterCount: 0,
          captures: [],
          variables: [],
          body: [{ kind: 'Return', value: { kind: 'Constant', value: 1, at: 7, end: 8 } }],
        },
      ],
      exports: [],
      standard: [],
    },
  });
  expect(decoding.ok && decoding.module.units[0]?.body[0]).toEqual({
    kind: 'Return',
    at: 5,
    end: 9,
    value: { kind: 'Constant', value: 1, at: 7, end: 8 },
  });
});

function expectRoundTrip({ name, source }: NamedProgram): void {
  const ir = irOf(source) as IrModule;
  const text = printModule(ir, { source: sourceLines(source) });
  const decoding = admit(text);
  expect(decoding.ok ? undefined : decoding.refusal, name).toBe(undefined);
  if (!decoding.ok) return;
  expect(isDeepStrictEqual(decoding.module, ir), name).toBe(true);
  expect(decoding.source, name).toEqual(sourceLines(source));
  expect(printModule(decoding.module, { source: decoding.source }), name).toBe(text);
}
