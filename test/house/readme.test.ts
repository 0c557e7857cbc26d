/**
 * Everything that README.md shows is run: `js` blocks as modules that import the built package by its name, `sh` blocks by
 * a shell, `bl` blocks through the checker. A `text` or `json` block that follows is the output, to the letter.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { speedTable } from '../../bench/table.mjs';
import { LIMITS } from '../../src/base/limits.ts';
import { checkSource } from '../../src/engine/tools.ts';
import { type CodeBlock, codeBlocks, runCommand } from './markdown.ts';
import { ROOT, readProject } from './project.ts';

const blocks = codeBlocks(readProject('README.md'));
const OUTPUTS = new Set(['text', 'json']);

/** A command that a test run cannot repeat inside itself, done by the way the tests are started. */
const DONE_BY_NPM_TEST = 'npm ci && npm run build && ';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-readme-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/millrace'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every block is of a sort that is checked', () => {
  const outputs = new Set(
    blocks.map((block) => block.next).filter((next) => next !== undefined && OUTPUTS.has(next.language)),
  );
  const unchecked = blocks.filter((b) => !['js', 'sh', 'bl'].includes(b.language) && !outputs.has(b));
  expect(unchecked.map((b) => `line ${b.line}: ${b.language}`)).toEqual([]);
});

test('the README fits on a few screens', () => {
  expect(readProject('README.md').split('\n').length).toBeLessThanOrEqual(270);
});

test('its table of limits is the table of limits', () => {
  const shown = (row: (typeof LIMITS)[keyof typeof LIMITS]) =>
    row.unit === 'bytes' ? `${row.default >> 20} MB` : row.default.toLocaleString('en');
  const rows = Object.entries(LIMITS).map(([name, row]) => `| \`${name}\` | ${shown(row)} | ${row.doc} |`);
  const table = readProject('README.md')
    .split('\n')
    .filter((line) => /^\| `/.test(line));
  expect(table).toEqual(rows);
});

test('its table of speed is that of the last measurement', () => {
  const { node20 } = JSON.parse(readProject('bench/baseline.json'));
  const table = readProject('README.md')
    .split('\n')
    .slice(readProject('README.md').split('\n').indexOf('## Speed'))
    .filter((line) => line.startsWith('|'));
  expect(table.slice(0, speedTable(node20.figures.speed).length)).toEqual(speedTable(node20.figures.speed));
});

describe('js', () => {
  test.each(blocksOf('js'))('line $line', (block) => {
    const file = path.join(folder, `line-${block.line}.mjs`);
    writeFileSync(file, block.text);
    const printed = execFileSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(printed.trimEnd()).toBe(outputOf(block) ?? '');
  });
});

describe('sh', () => {
  test.each(blocksOf('sh'))('line $line', (block) => {
    const printed = runCommand(block.text.replace(DONE_BY_NPM_TEST, '').trim());
    expect(printed.trimEnd()).toBe(outputOf(block) ?? '');
  });
});

describe('bl', () => {
  test.each(blocksOf('bl'))('line $line', (block) => {
    expect(checkSource(block.text, `README.md:${block.line}`)).toEqual([]);
  });
});

function blocksOf(language: string): CodeBlock[] {
  return blocks.filter((block) => block.language === language);
}

function outputOf(block: CodeBlock): string | undefined {
  return block.next !== undefined && OUTPUTS.has(block.next.language) ? block.next.text.trimEnd() : undefined;
}
