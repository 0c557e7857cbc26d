/** Files stay small and say what they are for. */
import ts from 'typescript';
import { expect, test } from 'vitest';
import { projectFiles, readProject } from './project.ts';

const MAX_LINES = 600;
/** Past this, ask which noun is hiding in the file. Only a warning. */
const LONG_LINES = 400;
const ALLOWED_TO_BE_LONG = new Set(['src/vm/dispatch.ts', 'src/bytecode/opcodes.ts']);

const sources = projectFiles('src').filter((file) => file.endsWith('.ts'));
const tests = projectFiles('test').filter((file) => file.endsWith('.ts'));

test(`no file has more than ${MAX_LINES} lines`, () => {
  const sizes = [...sources, ...tests].map((file) => ({ file, lines: readProject(file).split('\n').length }));
  const long = sizes.filter(({ file, lines }) => lines > LONG_LINES && !ALLOWED_TO_BE_LONG.has(file));
  for (const { file, lines } of long) console.warn(`${file} has ${lines} lines: which noun is hiding in it?`);
  expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
});

test('every source file opens with a comment', () => {
  const bare = sources.filter((file) => {
    const text = readProject(file);
    const start = ts.getShebang(text)?.length ?? 0;
    return (ts.getLeadingCommentRanges(text, start)?.length ?? 0) === 0;
  });
  expect(bare).toEqual([]);
});
