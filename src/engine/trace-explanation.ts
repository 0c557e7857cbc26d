/** Explanations: a value, the step that made it, and what that step came from; and how such a tree looks as text. */
import { showValue } from './trace-values.ts';

const MAX_CODE = 90;

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
  const lines = [nodeText(root, null)];
  const draw = (nodes: readonly Explanation[], indent: string, line: number | null): void => {
    nodes.forEach((node, i) => {
      const isLast = i === nodes.length - 1;
      lines.push(`${indent}${isLast ? '└─ ' : '├─ '}${nodeText(node, line)}`);
      draw(node.from, `${indent}${isLast ? '   ' : '│  '}`, node.line ?? line);
    });
  };
  draw(root.from, '', root.line);
  return lines.join('\n');
}

/** The line of source stands where it changes: `line` is that of the node above. */
function nodeText(node: Explanation, line: number | null): string {
  const isShown = node.code !== null && node.line !== line;
  const where = isShown ? `   ← line ${node.line}: ${clip(node.code)}` : '';
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
      return `${node.what} ${showValue(node.value)}${where}`;
    default:
      return `${node.what} = ${showValue(node.value, 1)}${note}${where}`;
  }
}

function clip(code: string): string {
  return code.length > MAX_CODE ? `${code.slice(0, MAX_CODE)}…` : code;
}
