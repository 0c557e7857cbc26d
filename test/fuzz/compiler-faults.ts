/**
 * Single faults of the compiler to JavaScript: a wrong constant, a guard left out, operands that changed places. Most are
 * made in the trees that the generator gives, wherever they apply; the others in the parts that it works with.
 */
import { EMITTERS, type Emitter } from '../../src/jit/emit.ts';
import { Names } from '../../src/jit/names.ts';
import { Translator } from '../../src/jit/translate.ts';
import {
  type Change,
  changedTree,
  counted,
  effect,
  given,
  giving,
  isName,
  isNumber,
  literal,
  type Node,
  name,
} from './tree-change.ts';

/** Puts the fault in place; gives what takes it out, and how often it has applied so far. */
export type Plant = () => { readonly undo: () => void; readonly applied: () => number };

// --- where faults go

type Method = (this: Translator, ...args: never[]) => unknown;

/** Replaces a method of a part of the generator. */
function replaced(holder: object, key: string, make: (original: Method, apply: () => void) => Method): Plant {
  return () => {
    const original = Reflect.get(holder, key) as Method;
    let count = 0;
    Reflect.set(
      holder,
      key,
      make(original, () => {
        count++;
      }),
    );
    return { undo: () => void Reflect.set(holder, key, original), applied: () => count };
  };
}

const TRANSLATIONS = ['translateUnit', 'translateLoop'] as const;

/** Changes all that the generator makes. */
function inTrees(change: Change): Plant {
  return () => {
    let count = 0;
    const planted = TRANSLATIONS.map((key) =>
      replaced(Translator.prototype, key, (original) => {
        return function (...args) {
          const changed = changedTree(Reflect.apply(original, this, args) as object, change);
          count += changed.count;
          return changed.tree;
        };
      })(),
    );
    return { undo: () => planted.map(({ undo }) => undo()), applied: () => count };
  };
}

const emitsAs = (op: keyof typeof EMITTERS, make: (original: Emitter) => Emitter): Plant =>
  replaced(EMITTERS, op, (original, apply) => {
    const made = make(original as unknown as Emitter) as unknown as Method;
    return (...args) => {
      apply();
      return Reflect.apply(made, undefined, args);
    };
  });

// --- forms of faults

/** Other arguments for calls of a helper; undefined leaves a call as it is. */
const calls = (callee: string | RegExp, change: (all: readonly Node[]) => readonly Node[] | undefined): Plant =>
  inTrees((node) => {
    const changed = change(given(node, callee) ?? []);
    return given(node, callee) === undefined || changed === undefined ? undefined : giving(node, changed);
  });

/** The argument at a position becomes another. */
const argument = (callee: string | RegExp, at: number, change: (node: Node) => Node | undefined): Plant =>
  calls(callee, (all) => {
    const index = at < 0 ? all.length + at : at;
    const made = all[index] === undefined ? undefined : change(all[index] as Node);
    return made === undefined ? undefined : all.map((node, i) => (i === index ? made : node));
  });

const swapped = (callee: string | RegExp, one: number, other: number): Plant =>
  calls(callee, (all) =>
    all.length <= Math.max(one, other)
      ? undefined
      : all.map((node, i) => (i === one ? (all[other] as Node) : i === other ? (all[one] as Node) : node)),
  );

const later = (node: Node): Node | undefined => (isNumber(node) ? literal(node.value + 1) : undefined);
/** What fails there tells of the first place of its unit. */
const misplaced = (callee: string | RegExp): Plant => argument(callee, -1, () => literal(0));

const inList =
  (change: (elements: readonly Node[]) => readonly Node[] | undefined) =>
  (node: Node): Node | undefined => {
    if (node.type !== 'ArrayExpression') return undefined;
    const elements = change(node.elements as readonly Node[]);
    return elements === undefined ? undefined : { ...node, elements };
  };
const emptied = inList((all) => (all.length === 0 ? undefined : []));
const turned = inList((all) => (all.length < 2 ? undefined : [...all].reverse()));
const shorter = (by: number) => inList((all) => (all.length < by ? undefined : all.slice(0, -by)));

const without = (callee: string | RegExp): Plant =>
  inTrees((node) => (given(effect(node), callee) === undefined ? undefined : null));

/** `if (test) …` */
const conditions = (change: (test: Node, node: Node) => Node | null | undefined): Plant =>
  inTrees((node) => (node.type === 'IfStatement' ? change(node.test as Node, node) : undefined));

const binary = (operator: string, change: (left: Node, right: Node, node: Node) => Node | undefined): Plant =>
  inTrees((node) =>
    node.type === 'BinaryExpression' && node.operator === operator
      ? change(node.left as Node, node.right as Node, node)
      : undefined,
  );

/** The quick side of an operator: `isFast ? <this> : slow`. */
const quick = (operator: string, change: (node: Node) => Node | undefined): Plant =>
  inTrees((node) => {
    const fast = node.consequent as Node | undefined;
    if (node.type !== 'ConditionalExpression' || fast?.type !== 'BinaryExpression') return undefined;
    const inner = fast.operator === '+' && isNumber(fast.right) ? (fast.left as Node) : fast;
    if (inner.type !== 'BinaryExpression' || inner.operator !== operator) return undefined;
    const made = change(inner);
    if (made === undefined) return undefined;
    return { ...node, consequent: inner === fast ? made : { ...fast, left: made } };
  });
const otherwise = (operator: string) => (node: Node) => ({ ...node, operator });
const turnedAround = (node: Node) => ({ ...node, left: node.right, right: node.left });

/** One of two conditions that must both hold is not asked for. */
const unasked = (isIt: (test: Node) => boolean): Plant =>
  inTrees((node) => {
    if (node.type !== 'LogicalExpression' || node.operator !== '&&') return undefined;
    if (isIt(node.right as Node)) return node.left as Node;
    return isIt(node.left as Node) ? (node.right as Node) : undefined;
  });
const asksType =
  (type: string) =>
  ({ type: kind, operator, left, right }: Node): boolean =>
    kind === 'BinaryExpression' &&
    operator === '===' &&
    (left as Node).type === 'UnaryExpression' &&
    (right as Node).value === type;
const compares =
  (operator: string, isRight: (node: Node) => boolean) =>
  (node: Node): boolean =>
    node.type === 'BinaryExpression' && node.operator === operator && isRight(node.right as Node);

const guards = (field: string) => (test: Node) =>
  test.type === 'BinaryExpression' && counted(test.left, field) !== undefined;

/** `const word_1 = …` */
const declared = (word: RegExp, change: (init: Node) => Node | undefined): Plant =>
  inTrees((node) => {
    const made =
      node.type === 'VariableDeclarator' && isName(node.id, word) && node.init !== null
        ? change(node.init as Node)
        : undefined;
    return made === undefined ? undefined : { ...node, init: made };
  });

const spent = (field: string, change: (node: Node) => Node | undefined): Plant =>
  inTrees((node) => {
    const right = counted(node, field);
    const made = right === undefined ? undefined : change(right);
    return made === undefined ? undefined : { ...node, right: made };
  });

const field = (change: (key: string) => string): Plant =>
  inTrees((node) => {
    const { type, computed, property, object } = node;
    if (type !== 'MemberExpression' || computed === true || isName(object, /^run$/) || !isName(property))
      return undefined;
    const isOurs = ['length', 'value', '__proto__'].includes(property.name);
    return isOurs ? undefined : { ...node, property: name(change(property.name)) };
  });

const COMPILED = /_\d+$/;

/** By what is wrong. */
export const FAULTS: Readonly<Record<string, Plant>> = {
  // Fuel, memory, depth
  'a block costs one less': spent('fuel', (node) => (isNumber(node) ? literal(node.value - 1) : undefined)),
  'no block costs anything': conditions((test) => (guards('fuel')(test) ? null : undefined)),
  'the last unit of fuel is refused': conditions((test, node) =>
    guards('fuel')(test) ? { ...node, test: { ...test, operator: '<=' } } : undefined,
  ),
  'fuel ends at another place': misplaced('refill'),
  'a container takes eight bytes less': spent('memoryLeft', (node) =>
    isNumber(node) ? literal(node.value - 8) : undefined,
  ),
  'memory is never asked for': conditions((test) => (guards('memoryLeft')(test) ? null : undefined)),
  'memory is asked for when there is some': conditions((test, node) =>
    guards('memoryLeft')(test) ? { ...node, test: { ...test, operator: '>' } } : undefined,
  ),
  'memory ends at another place': misplaced('refillMemory'),
  'a call does not count its depth': inTrees((node) =>
    counted(effect(node), 'depth', '+=') === undefined ? undefined : null,
  ),
  'a return does not give back its depth': inTrees((node) =>
    counted(effect(node), 'depth') === undefined ? undefined : null,
  ),
  'no call is too deep': conditions((test) =>
    test.operator === '>=' && (test.right as Node).type === 'MemberExpression' ? null : undefined,
  ),
  'what waits at a call costs nothing': without('charge'),
  'a wide frame costs nothing': without('chargeFrame'),

  // Arithmetic
  'zero may be negative': binary('+', (left, right) => (isNumber(right) && right.value === 0 ? left : undefined)),
  'an integer above the safe ones is exact': inTrees((node) =>
    node.type === 'Literal' && node.value === Number.MAX_SAFE_INTEGER ? literal(2 ** 53) : undefined,
  ),
  'no result is checked': conditions((test) =>
    test.type === 'UnaryExpression' && given((test.argument as Node).left, 'abs') !== undefined ? null : undefined,
  ),
  'the slow difference is the other way round': swapped('subtract', 1, 2),
  'the slow quotient is the other way round': swapped('divide', 1, 2),
  'the slow sum loses an operand': argument('add', 2, () => literal(0)),
  'the quick difference is the other way round': binary('-', (left, _, node) =>
    isNumber(left) ? undefined : turnedAround(node),
  ),
  'a product is a quotient': binary('*', (_, __, node) => ({ ...node, operator: '/' })),
  'a quotient is a rest': quick('/', otherwise('%')),
  'a rest is a quotient': quick('%', otherwise('/')),
  'a divisor may be zero': unasked(compares('!==', (right) => isNumber(right) && right.value === 0)),
  'the second operand may be anything': unasked(asksType('number')),
  'numbers are texts': inTrees((node) =>
    node.type === 'Literal' && node.value === 'number'
      ? { type: 'Literal', value: 'string', raw: "'string'" }
      : undefined,
  ),
  'a negative number is positive': binary('-', (left, right) =>
    isNumber(left) && left.value === 0 ? right : undefined,
  ),
  'a whole quotient is a quotient': inTrees((node) =>
    given(node, 'integerDivide') === undefined ? undefined : { ...node, callee: name('divide') },
  ),
  'less is less or equal': quick('<', otherwise('<=')),
  'at most is less': quick('<=', otherwise('<')),
  'more is at least': quick('>', otherwise('>=')),
  'at least is more': quick('>=', otherwise('>')),
  'the slow order is the other way round': swapped('order', 1, 2),
  'equal is unequal': quick('===', otherwise('!==')),
  'a long text is compared at no charge': unasked(compares('<=', (right) => isNumber(right) && right.value === 64)),
  'NaN is compared like a number': unasked(
    (test) => test.operator === '===' && isName(test.left) && isName(test.right),
  ),
  'texts are joined at no charge': inTrees((node) => {
    const all = given(node, 'join');
    return all === undefined ? undefined : { type: 'BinaryExpression', operator: '+', left: all[1], right: all[2] };
  }),
  'texts are joined the other way round': swapped('join', 1, 2),
  'arithmetic fails at another place': misplaced(/^(add|subtract|multiply|divide|remainder|integerDivide|negate)$/),

  // Reading and making
  'an instance is a record': unasked(compares('===', (right) => isName(right, /^Plain$/))),
  'null is a record': unasked(compares('!==', (right) => right.type === 'Literal' && right.value === null)),
  'anything is a record': declared(/^isRecord_/, () => literal(true)),
  'nothing is a record, at the place of another read': misplaced('readStatic'),
  'what is not there is undefined': conditions((_, node) => {
    const then = (node.consequent as Node).expression as Node | undefined;
    return given(then?.right, 'absent') === undefined ? undefined : null;
  }),
  'a key is one that prototypes have': field(() => 'constructor'),
  'a key is another': field((key) => `${key}x`),
  'a slow key is another': inTrees((node) => (isName(node, /^k_1$/) ? name('k_0') : undefined)),
  'a dynamic key is read of the key': swapped('readDynamic', 1, 2),
  'quick and slow reads change places': inTrees((node) =>
    node.type === 'ConditionalExpression' && isName(node.test)
      ? { ...node, consequent: node.alternate, alternate: node.consequent }
      : undefined,
  ),
  'two fields of a record change places': inTrees((node) => {
    const [first, second, ...rest] = (node.properties ?? []) as readonly Node[];
    if (first === undefined || second === undefined) return undefined;
    return { ...node, properties: [{ ...first, value: second.value }, { ...second, value: first.value }, ...rest] };
  }),
  'a record loses its last field': inTrees((node) =>
    node.type === 'ObjectExpression'
      ? { ...node, properties: (node.properties as readonly Node[]).slice(0, -1) }
      : undefined,
  ),
  'a list is made from its end': declared(/^list_/, turned),
  'a record that needs care loses its last field': argument('makeRecord', 2, shorter(1)),
  'a spread is made from its end': argument('makeObject', 1, turned),
  'an OUTPUT with a spread is an object': argument('makeObject', 2, (node) => literal(node.value !== true)),
  'a slice ends where it begins': swapped('slice', 2, 3),
  'a list is concatenated the other way round': swapped('concatenate', 1, 2),

  // Writing
  'nothing is ever shared': without('share'),
  'SET writes the key': swapped('setStatic', 3, 4),
  'SET at a dynamic key writes the key': swapped('setDynamic', 3, 4),
  'SET at a path loses the value': argument('setPath', 4, shorter(1)),
  'SET fails at another place': misplaced(/^set(Static|Dynamic|Path)$/),
  'APPEND begins with something else': argument('appendableInit', 3, () => literal(0)),
  'APPEND fails at another place': misplaced(/^append(Init|Path)?$/),
  'APPEND at a path knows of no beginning': argument('appendPath', 5, () => literal(false)),
  'a path is not checked before its value is made': without('checkPath'),
  'a path that fails is told of as the other statement': argument('checkPath', 5, (node) =>
    literal(node.value !== true),
  ),
  'MODIFY makes its fields from the last to the first': argument('modify', 4, turned),
  'a captured variable begins as null': argument('cell', 0, () => literal(null)),
  'a lambda captures in another order': argument('closure', 2, turned),

  // Control
  'a condition is negated': conditions((test, node) =>
    isName(test)
      ? { ...node, test: { type: 'UnaryExpression', operator: '!', prefix: true, argument: test } }
      : undefined,
  ),
  'only true is true': inTrees((node) =>
    node.type === 'LogicalExpression' && node.operator === '||' ? (node.left as Node) : undefined,
  ),
  'null is not null': binary('===', (_, right, node) =>
    right.type === 'Literal' && right.value === null ? { ...node, operator: '!==' } : undefined,
  ),
  'a loop leaves out its first element': inTrees((node) =>
    node.type === 'ForStatement' && isNumber(((node.init as Node).declarations as readonly Node[])[0]?.init)
      ? {
          ...node,
          init: {
            ...(node.init as Node),
            declarations: [{ ...((node.init as Node).declarations as readonly Node[])[0], init: literal(1) }],
          },
        }
      : undefined,
  ),
  'a loop goes one too far': inTrees((node) =>
    node.type === 'ForStatement' ? { ...node, test: { ...(node.test as Node), operator: '<=' } } : undefined,
  ),
  'a loop reads its first element again and again': inTrees((node) =>
    node.type === 'MemberExpression' && node.computed === true && isName(node.property)
      ? { ...node, property: literal(0) }
      : undefined,
  ),
  'a sequence is a list': conditions((test) => (given(test, 'isSequence') === undefined ? undefined : null)),
  'a loop iterates in another form': argument('iterate', 2, later),
  'a loop fails at another place': misplaced('iterate'),
  'a jump goes on': inTrees((node) => (node.type === 'BreakStatement' ? null : undefined)),
  'a jump leads nowhere': inTrees((node) =>
    node.type === 'BreakStatement' ? { ...node, label: name('nowhere_1') } : undefined,
  ),
  'an alternative is left out': conditions((_, node) =>
    node.alternate === null ? undefined : { ...node, alternate: null },
  ),
  'a result is lost': inTrees((node) =>
    node.type === 'ReturnStatement' && isName(node.argument) ? { ...node, argument: literal(null) } : undefined,
  ),

  // Faults
  'errors are swallowed': inTrees((node) =>
    node.type === 'CatchClause'
      ? { ...node, body: { type: 'BlockStatement', body: [{ type: 'ReturnStatement', argument: literal(null) }] } }
      : undefined,
  ),
  'a CATCH does not give back depth': argument('caught', 2, () => literal(999)),
  'a fault of the last time is caught again': inTrees((node) => {
    const { type, left, right } = effect(node) ?? { type: '' };
    return type === 'AssignmentExpression' && isName(left, /^fault_/) && (right as Node).value === null
      ? null
      : undefined;
  }),
  'the trail does not know the place of a call': argument('unwind', 3, (node) =>
    isName(node) ? literal(0) : undefined,
  ),
  'THROW is at another place': misplaced('throwValue'),
  'FAULT tells of another fault': argument('foreseen', 1, later),
  'a call that is none goes on': without('checkCallable'),
  'an unknown variable is called': without('checkVariable'),
  'a wrong number of arguments is no fault': without('refuseArity'),

  // Output
  'OUTPUT is forgotten': without('emitRecord'),
  'OUTPUT fails at another place': misplaced(/^(emitTree|emitRecord|lastTree)$/),
  'OUTPUT of a loop is that of a function': argument('emitValue', 2, (node) => literal(node.value !== true)),
  'ABORT goes on': without('abortWith'),

  // Back to the interpreter
  'the interpreter goes on one word later': argument('leave', 2, later),
  'the interpreter does not get the last variable': argument('leave', 3, shorter(2)),
  'the interpreter gets variables in other places': argument('leave', 3, turned),
  'the interpreter gets no operands': argument('leave', 4, emptied),
  'the interpreter gets operands in another order': argument('leave', 4, turned),
  'the interpreter does not know of a TRY': argument('leave', 5, emptied),
  'a loop begins again in the interpreter': argument('cursorAt', 1, () => literal(0)),
  'a loop leaves at another instruction': argument('leaveLoop', 2, later),
  'a loop keeps what it has changed': argument('leaveLoop', 3, emptied),
  'a loop gets another variable': argument('slotOf', 1, later),
  'a loop gets another operand': argument('operandOf', 1, later),
  'a loop entered in the middle begins at its start': inTrees((node) =>
    given(node, 'indexOf') === undefined ? undefined : literal(0),
  ),

  // Calls
  'a call loses its last argument': calls(COMPILED, (all) =>
    all.length < 2 ? undefined : [...all.slice(0, -1), literal(null)],
  ),
  'two arguments change places': swapped(COMPILED, 1, 2),
  'two arguments of a library function change places': swapped('nativeOfTwo', 2, 3),
  'arguments of a lambda change places': swapped('callLambdaOfTwo', 2, 3),
  'arguments for the host are the other way round': argument('callHost', 2, turned),
  'a library function fails at another place': misplaced(/^native(Of|OfOne|OfTwo|OfThree)?$/),
  'the host fails at another place': misplaced('callHost'),
  'a call notes no place': inTrees((node) => {
    const { type, left, right } = effect(node) ?? { type: '' };
    return type === 'AssignmentExpression' && isName(left, /^at_/) && isNumber(right) ? null : undefined;
  }),
  'a helper is another': inTrees((node) =>
    given(node, 'equals') === undefined ? undefined : { ...node, callee: name('eval') },
  ),

  // What the generator knows
  'everything is part of the input': replaced(Translator.prototype, 'push', (original, apply) => {
    return function (...args: never[]) {
      const [node, facts] = args as unknown as [never, object | undefined];
      apply();
      return Reflect.apply(original, this, [node, { ...facts, mayBeOwned: false, isInput: true }]);
    };
  }),
  'everything is a number': replaced(Translator.prototype, 'push', (original, apply) => {
    return function (...args: never[]) {
      const [node, facts] = args as unknown as [never, object | undefined];
      apply();
      return Reflect.apply(original, this, [node, { ...facts, kinds: 1 }]);
    };
  }),
  'names of programs stand as they are': replaced(Names.prototype, 'next', (_, apply) => (word) => {
    apply();
    return word;
  }),
  'names have no numbers': replaced(Names.prototype, 'next', (original, apply) => {
    return function (...args: never[]) {
      apply();
      return (Reflect.apply(original, this, args) as string).replace(/\d+$/, '1');
    };
  }),
  'POP leaves its operand': emitsAs('POP', () => () => {}),
  'SWAP leaves its operands': emitsAs('SWAP', () => () => {}),
  'DUP loses its operand': emitsAs('DUP', () => (t) => void t.pop()),
  'AND is OR': emitsAs('AND', () => EMITTERS.OR),
  'OR is AND': emitsAs('OR', () => EMITTERS.AND),
  '?? is OR': emitsAs('COALESCE', () => EMITTERS.OR),
  'a condition stays what it is': emitsAs('TO_BOOL', () => () => {}),
  'NOT is no negation': emitsAs('NOT', () => EMITTERS.TO_BOOL),
  'a branch that is taken when false is taken when true': emitsAs('JUMP_IF_FALSE', () => EMITTERS.JUMP_IF_TRUE),
  'NEQ is EQ': emitsAs('NEQ', () => EMITTERS.EQ),
  'a captured variable is written beside its cell': emitsAs('STORE_VAR', () => (t) => void t.pop()),
  'a captured variable is read as null': emitsAs('LOAD_VAR', () => (t) => t.push(literal(null) as never)),
};
