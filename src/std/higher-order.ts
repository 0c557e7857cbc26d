/**
 * Functions that call a function they are given: a prelude in the language itself, so that a run can be metered, unwound
 * and suspended inside the callback. Natives take no callbacks.
 *
 * The helpers check arguments and hand them on. They stand in a table of their own: only the prelude is compiled against
 * it, and calls of APPLY, which compile to a call of what `std.checkFunction("APPLY", 1, fn)` hands on.
 */
import type { NativeCall, NativeRow } from '../link/native.ts';
import { renderFound } from '../value/advice.ts';
import type { Fault } from '../value/fault.ts';
import { isList, isObject, kindOf, type Value } from '../value/kinds.ts';
import { refuse } from './arguments.ts';
import { nativeRows, preludeRows } from './rows.ts';

const CHECK_LIST = '`std.checkList`';
const CHECK_OBJECT = '`std.checkObject`';
const CHECK_FUNCTION = '`std.checkFunction`';

interface Requirement {
  readonly kind: string;
  readonly holds: (value: Value) => boolean;
  /** The advice on what is none. */
  readonly helpOn: (value: Value) => string | undefined;
}

const LIST: Requirement = {
  kind: 'list',
  holds: isList,
  helpOn: (value) => {
    if (isObject(value)) return 'take the parts of an object with VALUES(object) or ENTRIES(object)';
    const isIterable = ['set', 'sequence'].includes(kindOf(value));
    return isIterable
      ? 'make a list of it with COLLECT(x)'
      : 'LISTIFY(x) makes a list of anything, an empty one of null';
  },
};

const OBJECT: Requirement = {
  kind: 'object',
  holds: isObject,
  helpOn: (value) => (kindOf(value) === 'null' ? 'where it may be missing, give a default: x ?? {}' : undefined),
};

const FUNCTION: Requirement = {
  kind: 'function',
  holds: (value) => kindOf(value) === 'closure',
  helpOn: (value) =>
    kindOf(value) === 'null'
      ? 'a FUNC or standard function is no value, its name reads as null; wrap the call of it in a lambda: (x) -> name(x)'
      : 'write a lambda, for example (x) -> x.name',
};

function checking(requirement: Requirement): NativeCall {
  return (_context, name, position, value) => {
    if (!requirement.holds(value)) throw unmet(requirement, name, position, value);
    return value;
  };
}

function unmet({ kind, helpOn }: Requirement, name: Value, position: Value, value: Value): Fault {
  return refuse(`${name}: arg ${position} must be ${kind}`, () => {
    const help = helpOn(value);
    return { notes: [`argument ${position} is ${renderFound(value)}`], ...(help === undefined ? {} : { help }) };
  });
}

function helperRow(name: string, doc: string, call: NativeCall): NativeRow {
  const usage = `${name}(name, position, value)`;
  const [row] = nativeRows('prelude', [
    { name, usage, minArgs: 3, maxArgs: 3, doc, examples: [], cost: 2, borrows: false, call },
  ]);
  return row as NativeRow;
}

export const HELPER_ROWS: readonly NativeRow[] = [
  helperRow('std.checkList', 'Refuses what is no list.', checking(LIST)),
  helperRow('std.checkObject', 'Refuses what is no object.', checking(OBJECT)),
  { ...helperRow('std.checkFunction', 'Refuses what cannot be called.', checking(FUNCTION)), isEmitted: true },
];

export const HIGHER_ORDER_ROWS = [
  ...preludeRows('higher-order', [
    {
      name: 'MAP',
      usage: 'MAP(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The results of calling the function with each element, its index and the list.',
      examples: [
        ['MAP([1, 2], (x) -> x * 2)', '[2,4]'],
        ['MAP([5, 6], (x, i) -> i)', '[0,1]'],
        ['MAP({a: 1}, (x) -> x)', '✗ MAP: arg 1 must be list'],
        ['MAP([1], 5)', '✗ MAP: arg 2 must be function'],
      ],
      source: `FUNC MAP(list, fn) {
  ${CHECK_LIST}("MAP", 1, list);
  ${CHECK_FUNCTION}("MAP", 2, fn);
  LET out = [];
  LET i = 0;
  FOR EACH x IN list {
    APPEND TO out fn(x, i, list);
    SET i = i + 1;
  }
  RETURN out;
}`,
    },
    {
      name: 'FILTER',
      usage: 'FILTER(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The elements for which the function, called with element, index and list, gives something that counts as true.',
      examples: [
        ['FILTER([0, 1, "", null, "a", [], {}, false], (x) -> x)', '[1,"a",[],{}]'],
        ['FILTER([5, 6, 7], (x, i) -> i % 2 == 0)', '[5,7]'],
        ['FILTER([1], 5)', '✗ FILTER: arg 2 must be function'],
      ],
      source: `FUNC FILTER(list, fn) {
  ${CHECK_LIST}("FILTER", 1, list);
  ${CHECK_FUNCTION}("FILTER", 2, fn);
  LET out = [];
  LET i = 0;
  FOR EACH x IN list {
    IF BOOLEAN(fn(x, i, list)) THEN { APPEND TO out x; }
    SET i = i + 1;
  }
  RETURN out;
}`,
    },
    {
      name: 'REDUCE',
      usage: 'REDUCE(list, init, fn)',
      minArgs: 3,
      maxArgs: 3,
      doc: 'What the function makes of the result so far, each element, its index and the list, beginning with the initial value.',
      examples: [
        ['REDUCE([1, 2, 3], 0, (a, v) -> a + v)', '6'],
        ['REDUCE([], "init", (a, v) -> a)', '"init"'],
        ['REDUCE([1], (a, v) -> a, 0)', '✗ REDUCE: arg 3 must be function'],
      ],
      source: `FUNC REDUCE(list, initial, fn) {
  ${CHECK_LIST}("REDUCE", 1, list);
  ${CHECK_FUNCTION}("REDUCE", 3, fn);
  LET result = initial;
  LET i = 0;
  FOR EACH x IN list {
    SET result = fn(result, x, i, list);
    SET i = i + 1;
  }
  RETURN result;
}`,
    },
    {
      name: 'SOME',
      usage: 'SOME(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'Whether the function gives something that counts as true for at least one element; stops at the first.',
      examples: [
        ['SOME([1, 2], (x) -> x > 1)', 'true'],
        ['SOME([], (x) -> true)', 'false'],
        ['SOME([1], (x) -> "")', 'false'],
      ],
      source: `FUNC SOME(list, fn) {
  ${CHECK_LIST}("SOME", 1, list);
  ${CHECK_FUNCTION}("SOME", 2, fn);
  LET i = 0;
  FOR EACH x IN list {
    IF BOOLEAN(fn(x, i, list)) THEN { RETURN true; }
    SET i = i + 1;
  }
  RETURN false;
}`,
    },
    {
      name: 'EVERY',
      usage: 'EVERY(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'Whether the function gives something that counts as true for all elements; stops at the first where it does not.',
      examples: [
        ['EVERY([1, 2], (x) -> x > 0)', 'true'],
        ['EVERY([], (x) -> false)', 'true'],
        ['EVERY("ab", (x) -> true)', '✗ EVERY: arg 1 must be list'],
      ],
      source: `FUNC EVERY(list, fn) {
  ${CHECK_LIST}("EVERY", 1, list);
  ${CHECK_FUNCTION}("EVERY", 2, fn);
  LET i = 0;
  FOR EACH x IN list {
    IF NOT(fn(x, i, list)) THEN { RETURN false; }
    SET i = i + 1;
  }
  RETURN true;
}`,
    },
    {
      name: 'FIND',
      usage: 'FIND(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The first element for which the function gives something that counts as true, otherwise null.',
      examples: [
        ['FIND([1, 2, 3], (x) -> x > 1)', '2'],
        ['FIND([1], (x) -> x > 1)', 'null'],
        ['FIND([1], null)', '✗ FIND: arg 2 must be function'],
      ],
      source: `FUNC FIND(list, fn) {
  ${CHECK_LIST}("FIND", 1, list);
  ${CHECK_FUNCTION}("FIND", 2, fn);
  LET i = 0;
  FOR EACH x IN list {
    IF BOOLEAN(fn(x, i, list)) THEN { RETURN x; }
    SET i = i + 1;
  }
  RETURN null;
}`,
    },
    {
      // Why one parameter: a FUNC has no rest parameters, so the compiler calls `fn` itself with what follows it.
      name: 'APPLY',
      usage: 'APPLY(fn, ...)',
      minArgs: 1,
      maxArgs: Number.POSITIVE_INFINITY,
      doc: 'Calls the function with the other arguments.',
      examples: [
        ['APPLY((a, b) -> a + b, 1, 2)', '3'],
        ['APPLY(() -> 5)', '5'],
        ['APPLY((a) -> a)', 'null'],
        ['APPLY(5, 1)', '✗ APPLY: arg 1 must be function'],
      ],
      source: `FUNC APPLY(fn) {
  ${CHECK_FUNCTION}("APPLY", 1, fn);
  RETURN fn();
}`,
    },
    {
      name: 'SIFT',
      usage: 'SIFT(obj, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The entries of an object for which the function, called with value, key and object, gives something that counts as true.',
      examples: [
        ['SIFT({a: 1, b: 0, c: ""}, (v) -> v)', '{"a":1}'],
        ['SIFT({a: 1, b: 2}, (v, k) -> k == "b")', '{"b":2}'],
        ['SIFT([1], (v) -> v)', '✗ SIFT: arg 1 must be object'],
        ['SIFT({a: 1}, 5)', '✗ SIFT: arg 2 must be function'],
      ],
      source: `FUNC SIFT(obj, fn) {
  ${CHECK_OBJECT}("SIFT", 1, obj);
  ${CHECK_FUNCTION}("SIFT", 2, fn);
  LET out = {};
  FOR EACH key IN KEYS(obj) {
    LET value = GET(obj, key);
    IF BOOLEAN(fn(value, key, obj)) THEN { SET out[key] = value; }
  }
  RETURN out;
}`,
    },
  ]),
  ...nativeRows('higher-order', [
    {
      name: 'IS_FUNCTION',
      usage: 'IS_FUNCTION(x)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'Whether the value is a lambda; standard functions and FUNCs are not values.',
      examples: [
        ['IS_FUNCTION((x) -> x)', 'true'],
        ['IS_FUNCTION(5)', 'false'],
      ],
      cost: 2,
      borrows: true,
      call: (_context, value) => FUNCTION.holds(value),
    },
  ]),
];
