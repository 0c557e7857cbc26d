/** Code blocks of a document, and running the commands among them as a reader would. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { ROOT } from './project.ts';

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The block that follows, when nothing but blank lines or one line of prose stands between. */
  readonly next: CodeBlock | undefined;
}

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const lines = markdown.split('\n');
  const blocks: { language: string; text: string; line: number; end: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*)$/.exec(lines[i] as string);
    if (fence === null) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`the code block at line ${i + 1} has no end`);
    blocks.push({ language: fence[1] as string, text: lines.slice(i + 1, end).join('\n'), line: i + 1, end });
    i = end;
  }
  let next: CodeBlock | undefined;
  let nextStart = Number.POSITIVE_INFINITY;
  const linked = blocks.toReversed().map(({ language, text, line, end }) => {
    const block: CodeBlock = { language, text, line, next: nextStart - end <= 3 ? next : undefined };
    next = block;
    nextStart = line - 1;
    return block;
  });
  return linked.reverse();
}

/** What a command prints, stdout and stderr together; `millrace` is the built one. */
export function runCommand(command: string): string {
  const tool = path.join(ROOT, 'dist/millrace.js');
  const script = `millrace() { "${process.execPath}" "${tool}" "$@"; }\n{ ${command}\n} 2>&1\nexit 0`;
  return execFileSync('sh', ['-c', script], { cwd: ROOT, encoding: 'utf8', input: '', maxBuffer: 1 << 28 });
}
