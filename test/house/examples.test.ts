/** Every example's command prints what is recorded beside it. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { codeBlocks, runCommand } from './markdown.ts';
import { expectGolden, projectFiles, readProject } from './project.ts';

const files = projectFiles('examples');
const folders = [...new Set(files.map((file) => path.posix.dirname(file)))];

/** What a command says that could not do its work; records that it sets aside are not a failure. */
const FAILURE = /^(?:error\[|millrace: cannot )/m;

test('there are examples', () => {
  expect(folders.length).toBeGreaterThanOrEqual(5);
});

test.each(folders)('%s', (folder) => {
  const commands = codeBlocks(readProject(`${folder}/README.md`)).filter((block) => block.language === 'sh');
  expect(commands.length, 'one command in its README').toBe(1);
  const expected = files.filter((file) => file.startsWith(`${folder}/`) && file.includes('.expected.'));
  expect(expected.length, 'one file with the expected output').toBe(1);
  const printed = runCommand(throughPipes((commands[0] as { text: string }).text));
  expect(printed, 'an example is a job that works').not.toMatch(FAILURE);
  expectGolden(expected[0] as string, printed);
});

/**
 * What a command prints, then what it says. Each goes through a pipe of its own: what a test reads a child process by may be a
 * socket, on which `/dev/stderr` cannot be opened, and in one pipe the two would come in any order.
 */
function throughPipes(command: string): string {
  return `said=$(mktemp); { { ${command}\n} 2>&1 >&3 | cat >"$said"; } 3>&1 | cat; cat "$said"; rm "$said"`;
}
