/** SECURITY.md lists the attacks that are tried, and names only files that exist. */
import { expect, test } from 'vitest';
import { expectGolden, isInProject, readProject } from '../house/project.ts';
import { renderAttackTable, TABLE_STARTS } from './security-page.ts';

const PAGE = 'src/SECURITY.md';
const MAX_LINES = 200;

test('the table of attacks is what the rows say', () => {
  const [written] = readProject(PAGE).split(TABLE_STARTS);
  expectGolden(PAGE, `${written}${renderAttackTable()}`);
});

test('the page is short, and what it names exists', () => {
  const page = readProject(PAGE);
  expect(page.split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  const named = [...page.matchAll(/(?<![\w./-])((?:src|test)\/[\w./-]*[\w-])/g)].map((match) => match[1] as string);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !isInProject(file))).toEqual([]);
});
