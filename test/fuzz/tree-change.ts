/** Generated code as a tree that may be changed: what a fault of the generator would have made of it. */

export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The node in the place of another; null takes a statement away; undefined leaves it. */
export type Change = (node: Node) => Node | null | undefined;

/** The tree with a change made wherever it applies, innermost first, and how often that was. */
export function changedTree<T extends object>(tree: T, change: Change): { readonly tree: T; readonly count: number } {
  let count = 0;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk).filter((item) => item !== null);
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(value)) {
      const walked = walk(part);
      // A statement that stood alone in its place.
      copy[key] = walked === null && part !== null ? { type: 'BlockStatement', body: [] } : walked;
    }
    const made = change(copy as Node);
    if (made === undefined) return copy;
    count++;
    return made;
  };
  return { tree: walk(tree) as T, count };
}

export const name = (text: string): Node => ({ type: 'Identifier', name: text });
export const literal = (value: unknown): Node => ({ type: 'Literal', value });
export const call = (callee: string, ...given: readonly Node[]): Node => ({
  type: 'CallExpression',
  callee: name(callee),
  arguments: given,
  optional: false,
});

export const isName = (node: unknown, text?: RegExp): node is Node & { readonly name: string } =>
  (node as Node | null)?.type === 'Identifier' && (text === undefined || text.test((node as Node).name as string));

export const isNumber = (node: unknown): node is Node & { readonly value: number } =>
  (node as Node | null)?.type === 'Literal' && typeof (node as Node).value === 'number';

/** The arguments of a call of this name. */
export function given(node: unknown, callee: string | RegExp): readonly Node[] | undefined {
  const { type, callee: called, arguments: all } = (node ?? {}) as Node;
  if (type !== 'CallExpression' || !isName(called)) return undefined;
  const isIt = typeof callee === 'string' ? called.name === callee : callee.test(called.name);
  return isIt ? (all as readonly Node[]) : undefined;
}

/** The call with other arguments. */
export const giving = (node: Node, all: readonly Node[]): Node => ({ ...node, arguments: all });

/** The right side of `run.<field> <operator> …`. */
export function counted(node: unknown, field: string, operator = '-='): Node | undefined {
  const { type, left, right, ...rest } = (node ?? {}) as Node;
  if (type !== 'AssignmentExpression' || rest.operator !== operator) return undefined;
  const { object, property } = left as { readonly object?: unknown; readonly property?: unknown };
  return isName(object, /^run$/) && isName(property) && property.name === field ? (right as Node) : undefined;
}

/** The expression of a statement that is one. */
export const effect = (node: Node): Node | undefined =>
  node.type === 'ExpressionStatement' ? (node.expression as Node) : undefined;
