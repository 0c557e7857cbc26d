/** Explanations: a value, the step that made it, and what that step came from; and how such a tree looks as text. */
import { clip, showLine } from './trace-values.ts';

export type Origin =
  | 'output'
  | 'let'
  | 'set'
  | 'append'
  | 'modify'
  | 'parameter'
  | 'element'
  | 'caught'
  | 'call'
  | 'round'
  | 'condition'
  | 'failed'
  | 'skipped'
  | 'input'
  | 'literal'
  | 'outside'
  | 'unknown'
  | 'more';

/** A value and what it came from. */
export interface Explanation {
  /** The variable, path, input field, call or rule; for a literal its text. */
  readonly what: string;
  readonly value: unknown;
  readonly by: Origin;
  /** Where it was made, and that line of the source. */
  readonly line: number | null;
  readonly code: string | null;
  readonly note: string | null;
  readonly from: readonly Explanation[];
}

/** The tree as text: what, its value, and the line that made it. */
export function renderExplanation(root: Explanation): string {
  return renderTree(root, (line) => `line ${line}`);
}

/** The same for lines of several texts: `placeOf` says how a line is called. */
export function renderTree(root: Explanation, placeOf: (line: number) => string): string {
  const lines = [nodeText(root, null, placeOf)];
  const draw = (nodes: readonly Explanation[], indent: string, line: number | null): void => {
    nodes.forEach((node, i) => {
      const isLast = i === nodes.length - 1;
      lines.push(`${indent}${isLast ? '└─ ' : '├─ '}${nodeText(node, line, placeOf)}`);
      draw(node.from, `${indent}${isLast ? '   ' : '│  '}`, node.line ?? line);
    });
  };
  draw(root.from, '', root.line);
  return lines.join('\n');
}

/** The line of source stands where it changes: `line` is that of the node above. */
function nodeText(node: Explanation, line: number | null, placeOf: (line: number) => string): string {
  const isShown = node.code !== null && node.line !== null && node.line !== line;
  const where = isShown ? `   ← ${placeOf(node.line)}: ${clip(node.code)}` : '';
  const note = node.note === null ? '' : ` (${node.note})`;
  switch (node.by) {
    case 'literal':
      return `${node.what} (literal)`;
    case 'round':
    case 'more':
    case 'skipped':
    case 'failed':
      return `${node.what}${note}${where}`;
    case 'condition':
      return `${node.what} ${showLine(node.value)}${where}`;
    default:
      return `${node.what} = ${showLine(node.value, 1)}${note}${where}`;
  }
}
