/** Generated pages are fresh, every error code is raised by a test, and the documents name only what exists. */
import { expect, test } from 'vitest';
import { CODES } from '../../src/base/codes.ts';
import { renderErrorsPage, renderOpcodesPage, renderStdlibPage } from '../../src/engine/docs.ts';
import { renderModuleSchema } from '../../src/ir/json-schema.ts';
import { STANDARD } from '../../src/std/index.ts';
import { expectGolden, isInProject, projectFiles, readProject } from './project.ts';

test('OPCODES.md is what the table says', () => {
  expectGolden('src/OPCODES.md', renderOpcodesPage());
});

test('ERRORS.md is what the table says', () => {
  expectGolden('src/ERRORS.md', renderErrorsPage());
});

test('STDLIB.md is what the tables say', () => {
  expectGolden('src/STDLIB.md', renderStdlibPage([...STANDARD.values()]));
});

test('module.schema.json is what the table of IR nodes says', () => {
  expectGolden('src/module.schema.json', renderModuleSchema());
});

test('every error code is expected by a test (I12)', () => {
  const expectations = projectFiles('test').filter((file) => !file.startsWith('test/house/'));
  const named = new Set(expectations.flatMap((file) => readProject(file).match(/\bMR\d{4}\b/g) ?? []));
  expect(Object.keys(CODES).filter((code) => !named.has(code))).toEqual([]);
});

test('no file speaks of an error code that does not exist', () => {
  const unknown = projectFiles()
    .filter((file) => /\.(?:ts|md|json|bl|txt)$/.test(file))
    .flatMap((file) =>
      (readProject(file).match(/\bMR\d{4}\b/g) ?? [])
        .filter((code) => !Object.hasOwn(CODES, code))
        .map((code) => `${file}: ${code}`),
    );
  expect(unknown).toEqual([]);
});

test.each(['README.md', 'src/ARCHITECTURE.md'])('%s names only files that exist', (document) => {
  const named = [
    ...readProject(document).matchAll(/(?<![\w./@-])((?:src|test|examples|bench|dist)\/[\w./-]*[\w-])/g),
  ].map((match) => match[1] as string);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((file) => !file.startsWith('dist/') && !isInProject(file))).toEqual([]);
});

test('ARCHITECTURE.md has a paragraph for every room', () => {
  const text = readProject('src/ARCHITECTURE.md');
  const rooms = new Set(projectFiles('src').flatMap((file) => file.match(/^src\/([^/]+)\//)?.[1] ?? []));
  expect([...rooms].filter((room) => !text.includes(`**${room}**`))).toEqual([]);
});
