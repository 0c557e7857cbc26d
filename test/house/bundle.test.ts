/** What is shipped: the public surface, the size of the interpreter's path, and that it runs without Node's modules. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { opRow } from '../../src/bytecode/opcodes.ts';
import { STANDARD } from '../../src/std/index.ts';
import { expectGolden, ROOT, readProject } from './project.ts';

const ENTRY = 'dist/index.js';
/**
 * Guards growth: a fresh process pays some 5 µs for each KB that it only reads. The design wants 100 KB; after shortening, a
 * third is front end and compiler, a fifth the standard library, a seventh tracing, which a synchronous run may ask for at any time.
 */
const MAX_INTERPRETER_BYTES = 406_000;
const PACKAGES_OF_THE_ENTRY = ['bigdecimal.js', 're2js'];

test('what importing the library loads has no node: module', () => {
  const { specifiers } = staticClosure(ENTRY);
  expect(specifiers.filter((s) => !PACKAGES_OF_THE_ENTRY.includes(s))).toEqual([]);
});

test(`the interpreter's path is at most ${MAX_INTERPRETER_BYTES} bytes`, () => {
  const bytes = staticClosure(ENTRY).files.map((file) => Buffer.byteLength(readProject(file)));
  expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(MAX_INTERPRETER_BYTES);
});

test('the library is shipped as ASCII, without what only its documentation needs', () => {
  const text = staticClosure(ENTRY).files.map(readProject).join('\n');
  expect(text.length).toBeGreaterThan(100_000);
  expect(text.match(/[^\0-\x7f]/)).toBeNull();
  const rows = [opRow('ADD'), STANDARD.get('LENGTH')];
  expect(rows.filter((row) => row === undefined || row.doc === '' || text.includes(row.doc))).toEqual([]);
});

test('no comment is shipped but the first line of the command', () => {
  const shipped = [...staticClosure(ENTRY).files, 'dist/millrace.js'];
  expect(shipped.filter((file) => /^\s*\/\*\*/m.test(readProject(file)))).toEqual([]);
  expect(readProject('dist/millrace.js').split('\n', 1)[0]).toBe('#!/usr/bin/env node');
});

test('the public surface is as recorded', async () => {
  const library = (await import(pathToFileURL(path.join(ROOT, ENTRY)).href)) as Record<string, unknown>;
  const values = Object.keys(library)
    .sort()
    .map((name) => `${name}: ${typeof library[name]}`);
  const text = ['# Values', ...values, '', '# Types', ...publicTypes()].join('\n');
  expectGolden('test/house/surface.expected.txt', `${text}\n`);
});

test('a strict TypeScript program can use it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-types-'));
  try {
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(ROOT, path.join(folder, 'node_modules/millrace'), 'dir');
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    const file = path.join(folder, 'user.ts');
    writeFileSync(file, USER_PROGRAM);
    const options = {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      types: [],
    };
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
    expect(diagnostics.map((d) => ts.flattenDiagnosticMessageText(d.messageText, ' '))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const USER_PROGRAM = `
import { capability, createHost, Decimal, type Diagnostic, LimitError, LoadError, type Limits, parse, stringify } from 'millrace';
const limits: Partial<Limits> = { fuel: 1e6 };
const shop = capability('host:shop', { price: { params: ['string'], effect: 'read', call: (sku: string) => sku.length } });
const module = await createHost({ limits, grants: { 'host:shop': shop } }).load('TRANSFORM T { OUTPUT input; }', { id: 'plugins/t' });
const result: unknown = module.run('T', parse('{"a":1}'), { limits });
const text: string = stringify(result, { indent: 2 }) + String(Decimal.of('1.50'));
try {
  await module.runAsync('T', text);
} catch (error) {
  if (error instanceof LoadError) error.diagnostics.map((d: Diagnostic) => d.labels[0]?.text);
  if (error instanceof LimitError) throw error;
}
`;

/** The declarations behind each exported name, without comments. */
function publicTypes(): readonly string[] {
  const entry = path.join(ROOT, 'dist/types/index.d.ts');
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error('dist/types/index.d.ts exports nothing');
  const printer = ts.createPrinter({ removeComments: true });
  return checker
    .getExportsOfModule(module)
    .map((exported) => (exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((symbol) =>
      (symbol.declarations ?? []).map((d) =>
        printer.printNode(ts.EmitHint.Unspecified, statementOf(d), d.getSourceFile()),
      ),
    );
}

function statementOf(declaration: ts.Node): ts.Node {
  let node = declaration;
  while (!ts.isStatement(node) && node.parent !== undefined) node = node.parent;
  return node;
}

/** Files of dist/ and packages that are loaded with an entry, before anything is imported on use. */
function staticClosure(entry: string): { readonly files: readonly string[]; readonly specifiers: readonly string[] } {
  const files = new Set([entry]);
  const specifiers = new Set<string>();
  for (const file of files) {
    const tree = ts.createSourceFile(file, readProject(file), ts.ScriptTarget.ESNext, true);
    for (const statement of tree.statements) {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
      const { moduleSpecifier } = statement;
      if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) continue;
      if (moduleSpecifier.text.startsWith('.'))
        files.add(path.posix.join(path.posix.dirname(file), moduleSpecifier.text));
      else specifiers.add(moduleSpecifier.text);
    }
  }
  return { files: [...files], specifiers: [...specifiers] };
}
