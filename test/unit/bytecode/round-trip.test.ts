/** I10: module → bytes → module is the same module, and bytes → module → bytes the same bytes, for programs of all sorts. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { InternalError } from '../../../src/base/assert.ts';
import type { BinaryFile } from '../../../src/bytecode/binary.ts';
import { decodeBinary } from '../../../src/bytecode/decode.ts';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import type { Key, Module } from '../../../src/bytecode/module.ts';
import { OPCODES } from '../../../src/bytecode/opcodes.ts';
import { compileModule } from '../../../src/compile/compile.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { generatedPrograms, irOf, langPrograms } from '../ir/programs.ts';
import { fileOf, moduleOf, strippedOf } from './files.ts';

test('every script of the language suite', () => {
  const programs = langPrograms();
  expect(programs.length).toBeGreaterThan(600);
  for (const program of programs) expectRoundTrip(fileOf(program), program.name);
});

test('generated programs', () => {
  let count = 0;
  for (const program of generatedPrograms(43, 400)) {
    expectRoundTrip(fileOf(program), program.name);
    count++;
  }
  expect(count).toBeGreaterThan(360);
});

test('unoptimised code', () => {
  for (const { name, source } of langPrograms().slice(0, 200)) {
    const isNative = (native: string) => STANDARD.get(native)?.kind === 'native';
    const module = compileModule(irOf(source) as IrModule, { optimise: false, isNative });
    expectRoundTrip(strippedOf(module), name);
  }
});

const EMPTY: Module = moduleOf('TRANSFORM T { OUTPUT { a: 1 } }');

test('constants of every form', () => {
  const numbers = [0, -0, 1, -1, 0.1, 5e-324, -1.7976931348623157e308, 2 ** 53, Number.NaN, Infinity, -Infinity];
  const bigints = [0n, 1n, -1n, 127n, 128n, 255n, -256n, 2n ** 64n, -(2n ** 64n), 2n ** (2n ** 20n) - 1n];
  const texts = ['', 'a', '\0', 'ü', '\u07ff', '\u0800', '\uffff', '\u{10000}', '\u{10ffff}', 'x'.repeat(10_000)];
  const halves = ['\ud83d', '\ude00', '\ude00\ud83d', '\ud83d\ud83d\ude00', 'a\udc00b', '\ud83d\ude00'];
  const constants = [null, true, false, ...numbers, ...bigints, ...texts, ...halves];
  expectRoundTrip(strippedOf({ ...EMPTY, constants }), 'constants');
});

test('long texts of wide characters, whose parts end anywhere', () => {
  for (const character of ['ü', '€', '\u{1f600}', '\ud83d'])
    for (const shift of ['', 'a', 'ab', 'abc'])
      expectRoundTrip(strippedOf({ ...EMPTY, constants: [shift + character.repeat(5_000)] }), character);
});

test('tables of every form', () => {
  const keys: Key[] = ['__proto__', 'then', '', 0, 7, 2 ** 53 - 1, 2n ** 53n, -1n];
  const module: Module = {
    ...EMPTY,
    keys,
    shapes: [[], ['a'], ['b', 'a', '__proto__']],
    paths: [{ segments: [] }, { segments: [null, 'a', 3, null, 2n ** 70n] }],
    calls: [
      { name: 'ABS', import: null },
      { name: 'get', import: 1 },
    ],
    imports: [
      { uri: 'host:a', alias: 'a', implied: false, members: [], handedOn: [], pin: null, at: 0, end: 14 },
      {
        uri: 'm',
        alias: 'm',
        implied: false,
        members: [
          { name: 'get', arity: 0 },
          { name: 'put', arity: null },
        ],
        handedOn: [0],
        pin: `sha256:${'0'.repeat(64)}`,
        at: 15,
        end: 2 ** 31 - 1,
      },
    ],
    shared: [
      { name: 's', mode: 'SINGLE' },
      { name: 's', mode: 'MANY' },
    ],
    exports: [{ name: 'T', unit: 0, effects: { emits: true, suspends: false, awaits: true, imports: [0, 1] } }],
  };
  const file = { module, lines: { name: 'ä.bl', lineStarts: [0, 1, 90, 2 ** 31 - 1] }, signature: null };
  expectRoundTrip(file, 'tables');
  expectRoundTrip({ ...file, signature: new Uint8Array(0) }, 'an empty signature');
  expectRoundTrip({ ...file, signature: Uint8Array.of(0, 1, 255) }, 'a signature');
});

test('a module without anything', () => {
  const module = {
    units: [],
    constants: [],
    keys: [],
    shapes: [],
    paths: [],
    calls: [],
    imports: [],
    shared: [],
    exports: [],
  };
  expectRoundTrip({ module, lines: null, signature: null }, 'nothing');
});

test('any words are code: what they mean is the business of the verifier', () => {
  const { JUMP, PUSH, RETURN } = OPCODES;
  for (const words of [
    [],
    [-1, 0x7fff_ffff, -0x8000_0000, 0x0e],
    [PUSH.code],
    [PUSH.code, 0, JUMP.code],
    [RETURN.code, JUMP.code, 0, JUMP.code, -0x8000_0000, JUMP.code, 0x7fff_ffff, JUMP.code, -1],
  ]) {
    const units = EMPTY.units.map((unit) => ({ ...unit, code: Int32Array.from(words) }));
    expectRoundTrip(strippedOf({ ...EMPTY, units }), String(words));
  }
});

test('jumps in files are relative: code that only stands elsewhere has the same words', () => {
  const { JUMP, NOP, RETURN } = OPCODES;
  const bytesWith = (...code: readonly number[]): string => {
    const units = EMPTY.units.map((unit) => ({ ...unit, code: Int32Array.from(code), joins: [] }));
    return Buffer.from(encodeBinary(strippedOf({ ...EMPTY, units }))).toString('hex');
  };
  const jump = Buffer.from(Int32Array.of(JUMP.code, 2, RETURN.code).buffer).toString('hex');
  expect(bytesWith(JUMP.code, 2, RETURN.code)).toContain(jump);
  expect(bytesWith(NOP.code, JUMP.code, 3, RETURN.code)).toContain(jump);
});

test('what was decoded shares nothing with the bytes', () => {
  const file = fileOf({ source: 'TRANSFORM T { FOR EACH x IN input.list { OUTPUT { x: x } } }' });
  const bytes = encodeBinary({ ...file, signature: Uint8Array.of(1, 2) });
  const decoding = decodeBinary(bytes);
  bytes.fill(0);
  expect(decoding).toEqual({ ok: true, file: { ...file, signature: Uint8Array.of(1, 2) } });
});

test('bytes at an offset, in a Buffer and in shared memory', () => {
  const file = fileOf({ source: 'TRANSFORM T { OUTPUT { x: 1.5 } }' });
  const bytes = encodeBinary(file);
  const wide = new Uint8Array(bytes.length + 3);
  wide.set(bytes, 3);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  for (const form of [wide.subarray(3), Buffer.from(bytes), shared])
    expect(decodeBinary(form)).toEqual({ ok: true, file });
});

test('what no file can hold is not written', () => {
  const refusedFor = (change: Partial<Module>) =>
    expect(() => encodeBinary({ module: { ...EMPTY, ...change }, lines: null, signature: null })).toThrow(
      InternalError,
    );
  refusedFor({ points: [] });
  refusedFor({ units: EMPTY.units.map((unit) => ({ ...unit, code: Int32Array.of(OPCODES.LINE.code, 1) })) });
  refusedFor({ units: EMPTY.units.map((unit) => ({ ...unit, slotNames: [] })) });
  refusedFor({ units: EMPTY.units.map((unit) => ({ ...unit, loopCount: -1 })) });
  refusedFor({ exports: [{ ...(EMPTY.exports[0] as Module['exports'][0]), unit: 2 ** 32 }] });
});

test('pollution of the realm does not reach what is decoded', () => {
  const file = fileOf({ source: 'IMPORT "host:a" AS a; TRANSFORM T { FOR EACH x IN [a.f()] { OUTPUT { x: x } } }' });
  const bytes = encodeBinary(file);
  const names = ['uri', 'name', 'at', 'code', 'segments', 'lineStarts'];
  for (const name of names)
    Object.defineProperty(Object.prototype, name, { configurable: true, writable: false, value: 'polluted' });
  let decoding: unknown;
  try {
    decoding = decodeBinary(bytes);
  } finally {
    for (const name of names) delete (Object.prototype as Record<string, unknown>)[name];
  }
  expect(decoding).toEqual({ ok: true, file });
});

function expectRoundTrip(file: BinaryFile, name: string): void {
  const bytes = encodeBinary(file);
  const decoding = decodeBinary(bytes);
  if (!decoding.ok) throw new Error(`${name}: ${decoding.refusal.reason} at byte ${decoding.refusal.byteOffset}`);
  if (!isDeepStrictEqual(decoding.file, file)) expect(decoding.file, name).toEqual(file);
  expect(isDeepStrictEqual(decoding.file, file), `${name} is the same with its −0 and types`).toBe(true);
  expect(Buffer.compare(encodeBinary(decoding.file), bytes), name).toBe(0);
  if (file.lines === null) return;
  const stripped = decodeBinary(encodeBinary({ ...file, lines: null }));
  expect(
    isDeepStrictEqual(stripped, { ok: true, file: { ...strippedOf(file.module), signature: file.signature } }),
  ).toBe(true);
  expect(verifyModule(file.module).ok).toBe(stripped.ok && verifyModule(stripped.file.module).ok);
}
