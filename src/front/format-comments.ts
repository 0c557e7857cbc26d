/**
 * What stands between the tokens of a source: comments and line ends. The lexer has decided already what a comment is; in
 * the gap between two tokens there is nothing else but white space.
 */
import type { Token } from './token.ts';

export interface SourceComment {
  /** Without trailing blanks, lines joined by LF. */
  readonly text: string;
  /** Line ends between it and what stands before it. */
  readonly linesBefore: number;
}

/** What stands before one token. */
export interface Gap {
  readonly comments: readonly SourceComment[];
  /** Line ends between the last comment, or the token before, and the token. */
  readonly linesBefore: number;
}

/** One gap for each token. */
export function readGaps(text: string, tokens: readonly Token[]): Gap[] {
  let end = 0;
  return tokens.map((token) => {
    const gap = readGap(text, end, token.start);
    end = token.end;
    return gap;
  });
}

export function isLineComment(comment: SourceComment): boolean {
  return comment.text.startsWith('//');
}

function readGap(text: string, start: number, end: number): Gap {
  const comments: SourceComment[] = [];
  let lines = 0;
  // Why: nothing will follow a comment of several lines on its last one, so nothing is taken to do so now.
  const linesBefore = () => Math.max(lines, comments.at(-1)?.text.includes('\n') ? 1 : 0);
  for (let at = start; at < end; ) {
    const c = text[at];
    if (c === '/') {
      const commentEnd = endOfComment(text, at);
      comments.push({ text: cleaned(text.slice(at, commentEnd)), linesBefore: linesBefore() });
      lines = 0;
      at = commentEnd;
    } else {
      if (c === '\n') lines++;
      at++;
    }
  }
  return { comments, linesBefore: linesBefore() };
}

/** The end of the comment at `at`, without its line end. */
function endOfComment(text: string, at: number): number {
  if (text[at + 1] === '*') return text.indexOf('*/', at) + 2;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function cleaned(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
