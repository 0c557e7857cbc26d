/** Only text that passed the gate becomes code, as a function of exactly the names of its permit. */
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { InternalError } from '../../../src/base/assert.ts';
import type { Permit } from '../../../src/jit/gate.ts';
import { canGenerate, instantiate, type Parameter } from '../../../src/jit/instantiate.ts';
import { projectFiles, ROOT, readProject } from '../../house/project.ts';
import { PERMIT, SAMPLE } from './sample.ts';
import { stubs } from './stubs.ts';

const ADD: Permit = {
  helpers: new Set(['join']),
  values: new Set(),
  constants: 1,
  units: 0,
  functions: 0,
  keys: new Set(),
};
const TEXT =
  "'use strict';\nfunction add_1(run, a_0, b_1) {\n  return join(run, a_0, b_1, k_0);\n}\nfunction last_2(run, a_0) {\n" +
  '  return a_0[2];\n}\nreturn [add_1, last_2];\n';
const given: readonly Parameter[] = [
  { name: 'join', value: (...values: readonly unknown[]) => values.join('-') },
  { name: 'k_0', value: "it's \u2028 text" },
];

it('gives the functions of the text, in their order', () => {
  const [add, last, ...rest] = instantiate(TEXT, ADD, given, 'abc123-add');
  expect(add?.('run', 1, 2)).toBe("run-1-2-it's \u2028 text");
  expect(last?.('run', [1, 2, 3])).toBe(3);
  expect(rest).toEqual([]);
  expect(instantiate(SAMPLE, PERMIT, stubs(PERMIT), 'x')).toHaveLength(2);
});

it('runs strictly, and under the name of its source', () => {
  const failing: Parameter[] = [{ name: 'join', value: () => fail() }, given[1] as Parameter];
  const [add] = instantiate(TEXT, ADD, failing, 'abc123-add');
  const fail = (): never => {
    throw new Error('from the helper');
  };
  const stack = stackOf(() => add?.('run'));
  expect(stack).toMatch(/add_1 \(.*millrace-abc123-add\.js:/);
  expect(Object.hasOwn(add as object, 'caller')).toBe(false);
});

describe('an InternalError, and no code, for', () => {
  const without = (name: string) => given.filter((parameter) => parameter.name !== name);
  const extra = (name: string) => [...given, { name, value: 1 }];

  it.each<[string, string, Permit, readonly Parameter[], string]>([
    ['what the gate refuses', TEXT.replace('a_0[2]', 'process'), ADD, given, 'x'],
    ['a missing helper', TEXT, ADD, without('join'), 'x'],
    ['a missing constant', TEXT, ADD, without('k_0'), 'x'],
    ['a name that is not permitted', TEXT, ADD, extra('k_1'), 'x'],
    ['code for a name', TEXT, ADD, extra('a_9 = evil()'), 'x'],
    ['a name given twice', TEXT, ADD, extra('k_0'), 'x'],
    ['a helper that no permit may have', TEXT, { ...ADD, helpers: new Set(['join', 'eval']) }, extra('eval'), 'x'],
    ['another name in place of one', TEXT, ADD, [...without('k_0'), { name: 'process', value: 1 }], 'x'],
    ['an empty source name', TEXT, ADD, given, ''],
    ['a source name with a line end', TEXT, ADD, given, 'x\nevil()'],
    ['a source name with a blank', TEXT, ADD, given, 'x y'],
    ['a long source name', TEXT, ADD, given, 'x'.repeat(101)],
    ['a source name in capitals', TEXT, ADD, given, 'X'],
  ])('%s', (_, text, permit, parameters, sourceName) => {
    expect(() => instantiate(text, permit, parameters, sourceName)).toThrow(InternalError);
  });
});

it('names the reason and the place', () => {
  expect(() => instantiate(TEXT.replace('a_0[2]', 'process'), ADD, given, 'x')).toThrow(
    'generated code was refused at 6:10: a name means nothing at this place',
  );
});

it('the constructor is the one of start-up', () => {
  const original = globalThis.Function;
  try {
    Object.defineProperty(globalThis, 'Function', { value: () => () => ['other'], configurable: true, writable: true });
    expect(instantiate(TEXT, ADD, given, 'x')[1]?.('run', [1, 2, 3])).toBe(3);
  } finally {
    Object.defineProperty(globalThis, 'Function', { value: original, configurable: true, writable: true });
  }
});

it('knows whether the host lets text become code', () => {
  expect(canGenerate()).toBe(true);
  const source = ts.transpileModule(readProject('src/jit/instantiate.ts').replaceAll(/^import .*$/gm, ''), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  }).outputText;
  const ask = (...flags: readonly string[]) =>
    execFileSync(process.execPath, [...flags, '--input-type=module', '-e', `${source}\nconsole.log(canGenerate());`], {
      encoding: 'utf8',
      cwd: ROOT,
    }).trim();
  expect([ask(), ask('--disallow-code-generation-from-strings')]).toEqual(['true', 'false']);
});

describe('no other file of src/ can turn text into code (I2)', () => {
  const evaluates =
    /\beval \(|\bFunction [(,;)\].]|\bnew Function\b|= Function\b|(?:\bfrom|\bimport|\() ['"](?:node:)?(?:vm|module|repl|inspector)['"]/;
  const codeOf = (text: string): string => {
    const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, text);
    let code = '';
    for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
      code += ` ${scanner.getTokenText()}`;
    return code;
  };

  it('by their tokens', () => {
    const files = projectFiles('src').filter((file) => file.endsWith('.ts'));
    expect(files.filter((file) => evaluates.test(codeOf(readProject(file))))).toEqual(['src/jit/instantiate.ts']);
  });

  it.each([
    'new Function(x)',
    'Function(x)',
    'const F = Function;',
    'eval(x)',
    "import vm from 'node:vm'",
    "require('vm')",
  ])('%s would be seen', (code) => {
    expect(evaluates.test(codeOf(code))).toBe(true);
    expect(evaluates.test(codeOf(`// ${code}`))).toBe(false);
  });
});

function stackOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).stack ?? '';
  }
  return '';
}
