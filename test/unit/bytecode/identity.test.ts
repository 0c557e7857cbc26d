/** One program has one identity, in whatever form and however it is written; another program has another. */
import { expect, test } from 'vitest';
import { decodeBinary } from '../../../src/bytecode/decode.ts';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import { identityOf } from '../../../src/bytecode/identity.ts';
import type { Module } from '../../../src/bytecode/module.ts';
import { decodeModuleText } from '../../../src/ir/decode.ts';
import { printModule } from '../../../src/ir/encode.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import { Random } from '../../fuzz/random.ts';
import { scrambled } from '../../support/scramble.ts';
import { compile, irOf, langPrograms, sourceLines } from '../ir/programs.ts';
import { fileOf, moduleOf } from './files.ts';

const SOURCE = `IMPORT "host:clock" AS clock;
FUNC twice(n) = n * 2;
EXPORT TRANSFORM T { LET a = twice(input.x); OUTPUT { a: a, at: clock.now() } }`;

test('it is a SHA-256', async () => {
  expect(await identityOf(moduleOf(SOURCE))).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('source, JSON AST and binary, with and without lines, of every script of the language suite', async () => {
  const seen = new Map<string, string>();
  for (const { name, source } of langPrograms()) {
    const ir = irOf(source) as IrModule;
    const file = fileOf({ source });
    const identity = await identityOf(file.module);
    for (const form of [file, { ...file, lines: null }, { ...file, signature: Uint8Array.of(1) }])
      expect(await identityOf(decoded(encodeBinary(form))), name).toBe(identity);
    const ast = decodeModuleText(printModule(ir, { source: sourceLines(source) }));
    if (!ast.ok) throw new Error(`${name}: ${ast.refusal.reason}`);
    expect(await identityOf(compile(ast.module)), name).toBe(identity);
    seen.set(identity, name);
  }
  expect(seen.size).toBeGreaterThan(500);
});

test('formatting and comments leave it alone', async () => {
  const random = new Random(5);
  let count = 0;
  for (const { name, source } of langPrograms().filter((_, i) => i % 3 === 0)) {
    const odd = scrambled(source, random);
    if (odd === undefined || irOf(odd) === null) continue;
    expect(await identityOf(moduleOf(odd)), name).toBe(await identityOf(moduleOf(source)));
    count++;
  }
  expect(count).toBeGreaterThan(100);
});

test.each([
  ['a constant', 'n * 2', 'n * 3'],
  ['a kind of constant', 'n * 2', 'n * "2"'],
  ['a key', 'input.x', 'input.y'],
  ['a name of a variable', 'LET a = twice(input.x); OUTPUT { a: a,', 'LET b = twice(input.x); OUTPUT { a: b,'],
  ['a name of a unit', 'TRANSFORM T', 'TRANSFORM U'],
  ['an import', 'host:clock', 'host:watch'],
  ['an alias', /\bclock(?=[.;])/g, 'c'],
  ['a member', /\bnow\b/g, 'today'],
  ['a number of arguments', /\bnow\(\)/g, 'now(1)'],
  ['what is exported', 'FUNC twice', 'EXPORT FUNC twice'],
])('%s changes it', async (_, from, to) => {
  const changed = SOURCE.replace(from, to);
  expect(changed).not.toBe(SOURCE);
  expect(await identityOf(moduleOf(changed))).not.toBe(await identityOf(moduleOf(SOURCE)));
});

function decoded(bytes: Uint8Array): Module {
  const decoding = decodeBinary(bytes);
  if (!decoding.ok) throw new Error(decoding.refusal.reason);
  return decoding.file.module;
}
