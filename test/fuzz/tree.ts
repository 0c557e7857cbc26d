/**
 * Programs as trees of text: enough structure to count what a program is made of, to mark what is executed, and to make a
 * failing program smaller. A tree knows nothing of the language but which of its parts are expressions.
 */

export type Part = string | Tree | Items;

/** An expression, statement or declaration, or (sort `part`) a piece of one that is not counted. */
export interface Tree {
  readonly sort: 'expression' | 'statement' | 'declaration' | 'part';
  /** The construct, for counting; `std:NAME` for a call of a standard function. */
  readonly name: string;
  readonly parts: readonly Part[];
  /** The variable that a LET makes. */
  readonly declares?: string;
}

/** Parts of which any but the first `min` may be left out. */
export interface Items {
  readonly sort: 'items';
  readonly separator: string;
  readonly min: number;
  readonly items: readonly Part[];
}

/** Another way to write the same program: changes the text of single expressions and statements. */
export interface Style {
  readonly expression?: (tree: Tree, text: string) => string;
  readonly statement?: (tree: Tree, text: string) => string;
}

export function expression(name: string, ...parts: readonly Part[]): Tree {
  return { sort: 'expression', name, parts };
}

export function statement(name: string, ...parts: readonly Part[]): Tree {
  return { sort: 'statement', name, parts };
}

export function declaration(name: string, ...parts: readonly Part[]): Tree {
  return { sort: 'declaration', name, parts };
}

/** Grouping without a meaning of its own. */
export function part(...parts: readonly Part[]): Tree {
  return { sort: 'part', name: '', parts };
}

export function items(separator: string, list: readonly Part[], min = 0): Items {
  return { sort: 'items', separator, min, items: list };
}

export function render(node: Part, style: Style = {}): string {
  if (typeof node === 'string') return node;
  if (node.sort === 'items') return node.items.map((item) => render(item, style)).join(node.separator);
  const text = node.parts.map((p) => render(p, style)).join('');
  switch (node.sort) {
    case 'expression':
      return style.expression?.(node, text) ?? text;
    case 'statement': {
      const styled = style.statement?.(node, text) ?? text;
      // Why: the line before would go on with it.
      return /^[([-]/.test(styled) ? `;${styled}` : styled;
    }
    default:
      return text;
  }
}

/** Every construct below a node, itself included. */
export function namesOf(node: Part, into: string[] = []): string[] {
  if (typeof node === 'string') return into;
  if (node.sort !== 'items' && node.name !== '') into.push(node.name);
  for (const child of childrenOf(node)) namesOf(child, into);
  return into;
}

/** Trees a step smaller than `node`, the greatest steps first at each place, outer places before inner ones. */
export function* smaller(node: Part): Generator<Part> {
  if (typeof node === 'string') return;
  if (node.sort === 'items') yield* withoutSome(node);
  if (node.sort === 'expression') yield* simpler(node);
  const children = childrenOf(node);
  for (const [i, child] of children.entries()) {
    for (const replacement of smaller(child)) yield withChild(node, i, replacement);
  }
}

function* withoutSome(node: Items): Generator<Part> {
  for (let size = node.items.length; size >= 1; size = size >> 1) {
    for (let from = 0; from + size <= node.items.length; from += size) {
      const rest = [...node.items.slice(0, from), ...node.items.slice(from + size)];
      if (rest.length >= node.min) yield { ...node, items: rest };
    }
  }
}

function* simpler(node: Tree): Generator<Part> {
  const text = render(node);
  for (const inner of innerExpressions(node)) yield expression('paren', '(', inner, ')');
  for (const plain of ['null', '0', '""', '[]', '{}']) {
    if (text.length > plain.length) yield expression('literal', plain);
  }
  const { parts } = node;
  const isParenthesised = node.name === 'paren' && parts.length === 3;
  if (isParenthesised && isPlain(render(parts[1] as Part))) yield parts[1] as Part;
}

/** The nearest expressions below. */
function innerExpressions(node: Tree | Items): readonly Tree[] {
  return childrenOf(node).flatMap((child) => {
    if (typeof child === 'string') return [];
    return child.sort === 'expression' ? [child] : innerExpressions(child);
  });
}

function isPlain(text: string): boolean {
  return /^[\w.]+$|^"[^"\\]*"$|^\[\]$/.test(text);
}

function childrenOf(node: Tree | Items): readonly Part[] {
  return node.sort === 'items' ? node.items : node.parts;
}

function withChild(node: Tree | Items, index: number, child: Part): Part {
  const children = childrenOf(node).with(index, child);
  return node.sort === 'items' ? { ...node, items: children } : { ...node, parts: children };
}
