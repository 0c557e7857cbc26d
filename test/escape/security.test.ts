/** SECURITY.md lists the attacks that are tried, and names only files that exist. */
import { expect, test } from 'vitest';
import { expectGolden, isInProject, readProject } from '../house/project.ts';
import { renderAttackTable, TABLE_STARTS } from './security-page.ts';

const PAGE = 'src/SECURITY.md';
/** A third of it is the list of claims, the rest one line for each number of the corpus. */
const MAX_LINES = 280;

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

test('every number of the list that this corpus follows is tried, or named with the reason why not', () => {
  const page = readProject(PAGE);
  const tried = [...page.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
  const untried = [...page.matchAll(/^- \*\*([\d–, ]+)\*\*/gm)].flatMap((match) =>
    (match[1] as string).split(', ').flatMap((range) => {
      const [from = 0, to = from] = range.split('–').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    }),
  );
  expect([...tried, ...untried].sort((a, b) => a - b)).toEqual(Array.from({ length: 190 }, (_, i) => i + 1));
});
