/**
 * D, and those of A that the format decides: trees that no front end makes, as damaged JSON ASTs. The sound tree has one of
 * everything that is damaged; where the damage is one that only the rules of the language see, `behind` says what becomes of
 * the code that is compiled of it all the same: the verifier or the linker refuses it, or it loads, because it is well-formed
 * and only means something else.
 */
import { LOAD_LIMITS } from '../../src/base/limits.ts';
import type { IrReason } from '../../src/ir/reasons.ts';
import { inForm } from '../support/forms.ts';

/** A node of a JSON AST, or a list of them. */
// biome-ignore lint/suspicious/noExplicitAny: damage is whatever a type would forbid
export type Tree = any;

export interface TreeAttack {
  readonly number: number;
  readonly idea: string;
  readonly code: 'MR3201' | 'MR3202' | 'MR3203';
  readonly reason: IrReason;
  /** Answers with the damaged tree, as a value or as a text. */
  readonly damage: (tree: Tree) => Tree | string;
  readonly behind?: 'MR3003' | 'MR4009' | 'loads';
}

const SOUND_SOURCE = `
IMPORT "host:x" AS x;
FUNC g(a) = a + 1;
TRANSFORM T {
  LET n = 1;
  LET f = (q) -> q + n;
  SET n = 2;
  LET z = 0;
  FOR e IN input.l { SET z = z + x.f(e); }
  OUTPUT { v: [f(1), g(n), z, LENGTH("abc"), 12345678901234567890] };
}`;
export const SOUND_TREE = inForm('json', SOUND_SOURCE) as string;

/** The first node of this kind, in the order of the text. */
function first(tree: Tree, kind: string): Tree {
  if (typeof tree !== 'object' || tree === null) return undefined;
  if (tree.kind === kind) return tree;
  for (const part of Object.values(tree)) {
    const found = first(part, kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

const change =
  (kind: string, action: (node: Tree, tree: Tree) => void) =>
  (tree: Tree): Tree => {
    action(first(tree, kind), tree);
    return tree;
  };
const set = (kind: string, field: string, value: unknown) => change(kind, (node) => void (node[field] = value));
/** On the named variable of the TRANSFORM. */
const flag = (name: string, boxed: boolean) =>
  change('transform', ({ variables }) => {
    variables.find((v: Tree) => v.name === name).boxed = boxed;
  });
const whole = (action: (tree: Tree) => void) => (tree: Tree) => {
  action(tree);
  return tree;
};
const text = (action: (written: string) => string) => (tree: Tree) => action(JSON.stringify(tree));
const indexOf = (tree: Tree, name: string): number =>
  first(tree, 'transform').variables.findIndex((v: Tree) => v.name === name);

const row =
  (code: TreeAttack['code']) =>
  (
    number: number,
    reason: IrReason,
    idea: string,
    damage: TreeAttack['damage'],
    behind?: TreeAttack['behind'],
  ): TreeAttack => ({ number, idea, code, reason, damage, ...(behind === undefined ? {} : { behind }) });
const format = row('MR3201');
const shape = row('MR3202');
const rule = row('MR3203');

export const TREE_ATTACKS: readonly TreeAttack[] = [
  shape(15, 'wrong-type', 'a number given as a text', set('CallFunc', 'unit', '0')),
  format(16, 'foreign-value', 'a number given as an object that converts itself', (tree) => {
    first(tree, 'Constant').value = { bigint: { toString: () => '1', toJSON: () => '1' } };
    Object.setPrototypeOf(first(tree, 'Constant').value, { valueOf: () => 1 });
    return tree;
  }),
  rule(17, 'constant-form', 'the constant −0', set('Constant', 'value', -0)),
  shape(
    17,
    'wrong-value',
    'the constant 1e400',
    text((t) => t.replace('"value":1,', '"value":1e400,')),
  ),
  shape(19, 'wrong-value', 'a big integer whose digits are code', set('Constant', 'value', { bigint: '1n;evil()' })),
  shape(21, 'wrong-value', 'code for an operator', set('Binary', 'operator', '+ evil() +')),
  shape(22, 'unknown-kind', 'code for a kind', set('Binary', 'kind', 'Binary();evil()')),
  shape(22, 'unknown-kind', 'a kind that every object inherits', set('Binary', 'kind', 'constructor')),
  shape(23, 'wrong-type', 'a kind that is a list', set('Binary', 'kind', ['Binary'])),
  format(23, 'foreign-value', 'a kind that is inherited', (tree) => {
    const node = first(tree, 'Binary');
    const { kind } = node;
    delete node.kind;
    Object.setPrototypeOf(node, { kind });
    return tree;
  }),
  format(23, 'foreign-value', 'a kind that an accessor changes', (tree) => {
    let reads = 0;
    Object.defineProperty(first(tree, 'Binary'), 'kind', {
      get: () => (reads++ === 0 ? 'Binary' : 'evil'),
      enumerable: true,
    });
    return tree;
  }),
  shape(24, 'unknown-field', 'a field `raw` beside a constant', set('Constant', 'raw', 'evil()')),
  shape(
    43,
    'unknown-field',
    'a field `__proto__`',
    text((t) => t.replace('"value":1,', '"value":1,"__proto__":{"kind":"x"},')),
  ),
  rule(95, 'no-such-entry', 'a call of an import that there is not', set('CallHost', 'import', 9), 'MR3003'),
  rule(95, 'no-such-entry', 'a call of a member that there is not', set('CallHost', 'member', 9), 'MR3003'),
  rule(
    96,
    'duplicate-name',
    'one member declared twice, with one number of arguments',
    whole(({ module: { imports } }) => imports[0].members.push({ ...imports[0].members[0] })),
    'MR3003',
  ),
  rule(103, 'variable-flags', 'a variable declared a cell that is a value', flag('z', true), 'loads'),
  rule(103, 'variable-flags', 'a variable declared a value that is a cell', flag('n', false), 'MR3003'),
  rule(
    112,
    'variable-made',
    'a loop whose element is the variable of another node',
    change('ForEach', (node, tree) => void (node.variable = indexOf(tree, 'n'))),
    'MR3003',
  ),
  rule(
    113,
    'variable-unset',
    'a variable read before anything has set it',
    change('transform', ({ body }) => void body.unshift(body.pop())),
    'MR3003',
  ),
  rule(
    113,
    'variable-unset',
    'the element of a loop read after it',
    change('OutputRecord', (node, tree) => {
      node.properties[0].value = { kind: 'Variable', index: indexOf(tree, 'e') };
    }),
    'MR3003',
  ),
  rule(114, 'no-such-entry', 'a variable beyond those of the unit', set('Variable', 'index', 60_000), 'MR3003'),
  rule(
    115,
    'capture-shape',
    'a lambda that captures what it does not use',
    change('lambda', (unit) => {
      unit.captures.push(unit.captures[0]);
      unit.variables.push({ ...unit.variables.at(-1) });
    }),
    'loads',
  ),
  rule(
    115,
    'no-such-entry',
    'a lambda that captures a variable that there is not',
    change('lambda', (unit) => void (unit.captures = [60_000])),
    'MR3003',
  ),
  rule(
    116,
    'call-arity',
    'a host function called with another number of arguments than declared',
    set('CallHost', 'args', []),
    'MR3003',
  ),
  rule(117, 'not-callable', 'a call of a TRANSFORM', set('CallFunc', 'unit', 1), 'MR3003'),
  rule(117, 'unit-shape', 'a lambda that is a TRANSFORM', set('lambda', 'kind', 'transform'), 'MR3003'),
  rule(117, 'no-such-entry', 'a call of a unit that there is not', set('CallFunc', 'unit', 9), 'MR3003'),
  rule(
    118,
    'constant-form',
    'a small integer written as a big one',
    set('Constant', 'value', { bigint: '1234567890123456' }),
  ),
  rule(118, 'no-such-entry', 'a standard function that there is not', set('CallStd', 'callee', 9), 'MR4009'),
  rule(
    118,
    'unknown-standard',
    'a standard function of the engine’s own',
    whole(({ module }) => void (module.standard[0] = 'constructor')),
    'MR4009',
  ),
  shape(121, 'unknown-kind', 'a statement that there is not', set('ForEach', 'kind', 'While')),
  shape(126, 'wrong-value', 'an index with a fraction', set('Variable', 'index', 0.5)),
  shape(126, 'wrong-value', 'an index beyond 32 bits', set('Variable', 'index', 2 ** 40)),
  format(
    127,
    'duplicate-field',
    'a field twice',
    text((t) => t.replace('"kind":"Binary"', '"kind":"Binary","kind":"Constant"')),
  ),
  shape(
    127,
    'missing-field',
    'a field that is missing',
    change('Binary', (node) => void delete node.right),
  ),
  format(
    127,
    'not-json',
    'characters behind the tree',
    text((t) => `${t};evil()`),
  ),
  format(
    128,
    'too-deep',
    'a million opened lists',
    text((t) => t.replace('"lineStarts":', `"lineStarts":${'['.repeat(1_000_000)}`)),
  ),
  format(
    128,
    'too-long',
    'a text longer than trees may be',
    text((t) => t + ' '.repeat(LOAD_LIMITS.astLength.default)),
  ),
  shape(
    128,
    'wrong-value',
    'a list of four thousand million elements, all holes',
    set('CallFunc', 'args', new Array(0xffff_ffff)),
  ),
  shape(129, 'wrong-value', 'a name with NUL', set('function', 'name', 'g\u0000')),
  shape(
    131,
    'wrong-value',
    'another version',
    whole((tree) => void (tree.millrace = 2)),
  ),
  format(
    134,
    'too-deep',
    'an expression that contains itself',
    change('Binary', (node) => void (node.left = node)),
  ),
];

/** Guide numbers of the verifier that a tree cannot say, and why. */
export const NOT_IN_TREES: { readonly [number: number]: string } = {
  101: 'a tree has no stack',
  102: 'a tree has no stack',
  104: 'a tree has no jumps',
  105: 'a tree has no jumps',
  106: 'TRY is a node: nothing enters or leaves it halfway',
  107: 'a loop is a node: nothing enters it halfway',
  108: 'CATCH is a part of its TRY',
  109: 'nodes cannot overlap',
  110: 'the compiler places regions',
  111: 'a tree has no cursors',
  119: 'a tree has no jumps',
  120: 'charges follow from the code',
  122: 'the compiler ends units',
  123: 'the compiler declares effects',
  124: 'the compiler declares effects',
  125: 'OUTPUT in a FUNC is well-formed, and a fault when it runs',
};
