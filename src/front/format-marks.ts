/** What the tree of a program says about its tokens, by their offsets: which brackets open what. */
import type { CodeBlock, Program } from './ast.ts';

export interface Marks {
  /** By the offset of their opening brace. */
  readonly blocks: ReadonlyMap<number, CodeBlock>;
  /** Offsets of the `(` before the parameters. */
  readonly lambdas: ReadonlySet<number>;
  /** Offsets of the `[`. */
  readonly comprehensions: ReadonlySet<number>;
}

export function readMarks(program: Program): Marks {
  const blocks = new Map<number, CodeBlock>();
  const lambdas = new Set<number>();
  const comprehensions = new Set<number>();
  const pending: unknown[] = [program];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null || 'isName' in node) continue;
    if (isBlock(node)) blocks.set(node.start, node);
    if ('kind' in node && 'start' in node && typeof node.start === 'number') {
      if (node.kind === 'LambdaExpr') lambdas.add(node.start);
      if (node.kind === 'ArrayCompExpr') comprehensions.add(node.start);
    }
    for (const part of Object.values(node)) pending.push(part);
  }
  return { blocks, lambdas, comprehensions };
}

function isBlock(node: object): node is CodeBlock {
  return 'statements' in node && Array.isArray(node.statements);
}
