/** B: programs that reach for prototypes, constructors, accessors and conversions of JavaScript. */
import type { ReachAttack } from './attack.ts';

const STATIC = ['ACCESS_STATIC', 'LOAD_PART'] as const;
const DYNAMIC = ['ACCESS_DYNAMIC'] as const;
const parsed = (json: string) => () => JSON.parse(json) as unknown;

export const PROTOTYPE_ATTACKS: readonly ReachAttack[] = [
  {
    number: 38,
    idea: 'read `constructor` by a key of the program',
    program: 'OUTPUT { v: [input.constructor, input.toString, input.valueOf, input.hasOwnProperty] }',
    expected: { result: { v: [null, null, null, null] } },
    reached: STATIC,
    naive: "read({}, 'constructor') === Object",
  },
  {
    number: 39,
    idea: 'read `constructor` by a key from the data',
    program: 'OUTPUT { v: input[input.k] }',
    input: () => ({ k: 'constructor' }),
    expected: { result: { v: null } },
    reached: DYNAMIC,
    naive: 'read({}, json(\'"constructor"\')) === Object',
  },
  {
    number: 40,
    idea: '`constructor` put together by +, JOIN and a slice',
    program:
      'LET p = input.p; OUTPUT { v: [input[p + "structor"], input[JOIN([p, "structor"], "")], input[(p + "structors")[0:11]]] }',
    input: () => ({ p: 'con' }),
    expected: { result: { v: [null, null, null] } },
    reached: DYNAMIC,
    naive: "['con' + 'structor', ['con', 'structor'].join('')].every((k) => read({}, k) === Object)",
  },
  {
    number: 41,
    idea: '`constructor.constructor`, the way to Function',
    program: 'OUTPUT { v: input.constructor.constructor }',
    input: () => ({}),
    expected: { code: 'MR6005', says: 'Indexing supported only for list or object' },
    reached: STATIC,
    naive: "read(read({}, 'constructor'), 'constructor')('return 7')() === 7",
  },
  {
    number: 42,
    idea: '`__proto__` read, written, listed and deleted as a key',
    program:
      'LET o = {}; LET k = "__proto__"; LET before = o[k]; SET o[k] = {x: 1}; OUTPUT { v: [before, o.x, KEYS(o), KEYS(DELETE(o, k))] }',
    expected: { result: { v: [null, null, ['__proto__'], []] } },
    reached: ['SET_DYNAMIC', 'SET_PATH'],
    naive: "const o = {}; write(o, '__proto__', { x: 1 }); read(o, 'x') === 1 && Object.keys(o).length === 0",
  },
  {
    number: 42,
    idea: 'write through `__proto__`',
    program: 'LET o = {}; SET o.__proto__.polluted = 1; OUTPUT o',
    expected: { code: 'MR6007', says: "segment '__proto__' not found" },
    reached: ['SET_PATH', 'CHECK_PATH'],
    naive: "write(read({}, '__proto__'), 'polluted', 1); ({}).polluted === 1",
  },
  {
    number: 43,
    idea: '`__proto__` from data through MERGE, PUT, FROM_ENTRIES and a literal',
    program:
      'LET k = "__proto__"; LET all = [MERGE({}, input), PUT({}, k, {x: 1}), FROM_ENTRIES([[k, {x: 1}]]), {[k]: {x: 1}}]; OUTPUT { v: [[o.x, KEYS(o)] FOR EACH o IN all] }',
    input: parsed('{"__proto__":{"x":1}}'),
    expected: { result: { v: new Array(4).fill([null, ['__proto__']]) } },
    reached: ['CALL_HOST'],
    naive: `merge({}, json('{"__proto__":{"x":1}}')); ({}).x === 1`,
  },
  {
    number: 43,
    idea: '`__proto__` in a text that the program parses as JSON',
    program: 'LET o = JSON_PARSE(input.t); OUTPUT { v: [o.x, KEYS(o), o.__proto__.x] }',
    input: () => ({ t: '{"__proto__":{"x":1}}' }),
    expected: { result: { v: [null, ['__proto__'], 1] } },
    reached: ['CALL_HOST'],
    naive: `Object.assign({}, json('{"__proto__":{"x":1}}')).x === 1`,
  },
  {
    number: 44,
    idea: '`prototype`, `caller`, `callee`, `arguments` of a lambda',
    program:
      'LET f = (x) -> x; LET keys = ["prototype", "caller", "callee", "arguments", "constructor"]; OUTPUT { v: [TRY f[k] CATCH(e) -> e.code FOR EACH k IN keys] }',
    expected: { result: { v: new Array(5).fill('MR6005') } },
    reached: DYNAMIC,
    naive:
      "typeof read(function () {}, 'prototype') === 'object' && typeof read(() => 1, 'constructor') === 'function'",
  },
  {
    number: 45,
    idea: 'call of `__defineGetter__`',
    program: 'LET o = {}; OUTPUT { v: o.__defineGetter__("x", () -> 1) }',
    expected: { code: 'MR6008', says: 'Value is not callable' },
    reached: ['CALL_LAMBDA', 'CHECK_CALLABLE'],
    naive: "const o = {}; read(o, '__defineGetter__').call(o, 'x', () => 7); read(o, 'x') === 7",
  },
  {
    number: 46,
    idea: 'own `toString` and `valueOf`, then conversion to a text and to a number',
    program:
      'LET n = [0]; LET o = {toString: () -> "ran", valueOf: () -> 7}; OUTPUT { v: [CONTAINS("" + o, "ran"), o == "ran", TRY o * 1 CATCH(e) -> e.code, TRY NUMBER(o) CATCH(e) -> e.code] }',
    expected: { result: { v: [false, false, 'MR6001', 'MR6012'] } },
    reached: ['MUL'],
    naive: "'' + { toString: () => 'ran' } === 'ran' && { valueOf: () => 7 } * 1 === 7",
  },
  {
    number: 47,
    idea: 'a lambda under `toJSON` in the result',
    program: 'OUTPUT { toJSON: () -> "ran" }',
    expected: { code: 'MR6019', says: 'a function cannot leave the program' },
    reached: ['OUTPUT', 'OUTPUT_RECORD'],
    naive: `JSON.stringify({ toJSON: () => 'ran' }) === '"ran"'`,
  },
  {
    number: 48,
    idea: 'a lambda under `then` in the result',
    program: 'OUTPUT { "then": (resolve) -> resolve(1) }',
    expected: { code: 'MR6019', says: 'a function cannot leave the program' },
    reached: ['OUTPUT', 'OUTPUT_RECORD'],
    naive: "let ran = false; const o = {}; write(o, 'then', () => { ran = true; }); o.then(); ran",
  },
  {
    number: 49,
    idea: 'a write to `length` of a list',
    program: 'LET a = [1, 2]; LET k = "length"; SET a[k] = 0; OUTPUT { v: a }',
    expected: { code: 'MR6006', says: 'ist' },
    reached: ['SET_DYNAMIC', 'SET_PATH'],
    naive: "const a = [1, 2]; write(a, 'length', 0); a[0] === undefined",
  },
  {
    number: 49,
    idea: '`length` of a list, a text and a lambda read as a key',
    program:
      'LET k = "length"; LET f = (x) -> x; OUTPUT { v: [TRY [1][k] CATCH(e) -> e.code, TRY "ab"[k] CATCH(e) -> e.code, TRY f[k] CATCH(e) -> e.code] }',
    expected: { result: { v: ['MR6006', 'MR6005', 'MR6005'] } },
    reached: DYNAMIC,
    naive: "[[1], 'ab', (x) => x].every((o) => typeof read(o, 'length') === 'number')",
  },
  {
    number: 50,
    idea: 'indexes that are none: −1, 1.5, "0", "00", 2³²−1, 2⁵³, −0 as a text',
    program:
      'LET a = [5]; OUTPUT { v: [TRY a[k] CATCH(e) -> e.code FOR EACH k IN [0, 0 - 1, 1.5, "0", "00", 4294967295, 9007199254740992, "-0"]] }',
    expected: { result: { v: [5, 'MR6004', 'MR6006', 'MR6006', 'MR6006', 'MR6004', 'MR6004', 'MR6006'] } },
    reached: DYNAMIC,
    naive:
      "read([5], '0') === 5 && (() => { const a = [5]; write(a, 4294967294, 1); return a.length === 4294967295; })()",
  },
  {
    number: 51,
    idea: 'a key that is a list, an object, null or a truth value',
    program:
      'LET o = {a: 1, "null": 2, "true": 3}; OUTPUT { v: [TRY o[k] CATCH(e) -> e.code FOR EACH k IN [["a"], {a: 1}, null, true]] }',
    expected: { result: { v: ['MR6006', 'MR6006', 'MR6006', 'MR6006'] } },
    reached: DYNAMIC,
    naive: "read({ a: 1 }, ['a']) === 1 && read({ null: 2 }, null) === 2",
  },
  {
    number: 53,
    idea: 'names of symbols as keys',
    program:
      'OUTPUT { v: [input[k] FOR EACH k IN ["@@iterator", "Symbol.iterator", "Symbol(Symbol.iterator)", "Symbol(nodejs.util.inspect.custom)"]] }',
    expected: { result: { v: [null, null, null, null] } },
    reached: DYNAMIC,
    naive: "typeof read([], Symbol[('@@iterator').slice(2)]) === 'function'",
  },
  {
    number: 54,
    idea: '`hasOwnProperty` of the data in the place of the built-in one',
    program: 'OUTPUT { v: [GET(input, "a"), KEYS(input), input.a, EXISTS(input.b)] }',
    input: () => ({ hasOwnProperty: 1, a: 2 }),
    expected: { result: { v: [2, ['hasOwnProperty', 'a'], 2, false] } },
    reached: ['CALL_HOST'],
    naive: "throws(() => json('{\"hasOwnProperty\":1}').hasOwnProperty('a'))",
  },
  {
    number: 55,
    idea: 'a method call on a text',
    program: 'LET t = "a"; OUTPUT { v: t.toUpperCase() }',
    expected: { code: 'MR6005', says: 'Indexing supported only for list or object' },
    reached: STATIC,
    naive: "read('a', 'toUpperCase').call('a') === 'A'",
  },
  {
    number: 55,
    idea: 'a method call on a list',
    program: 'LET a = [1]; OUTPUT { v: a.map((x) -> x) }',
    expected: { code: 'MR6006', says: "Cannot use name 'map' on list" },
    reached: STATIC,
    naive: "read([1], 'map').call([1], (x) => x)[0] === 1",
  },
  {
    number: 56,
    idea: 'a loop over a text with a character of two units',
    program: 'LET n = 0; FOR c IN "a😀" { SET n = n + 1; } OUTPUT { v: n }',
    expected: { code: 'MR6020', says: 'iterable' },
    reached: ['INIT_FOREACH'],
    naive: "[...'a😀'].length === 2",
  },
  {
    number: 57,
    idea: 'enumeration of an object below a polluted prototype',
    program:
      'OUTPUT { v: [KEYS(input), VALUES(input), ENTRIES(input), LENGTH(input), JSON_STRING(input), "" + input] }',
    input: () => ({ a: 1 }),
    expected: {
      result: { v: [['a'], [1], [{ key: 'a', value: 1 }], 1, '{"a":1}', '{a=1}'] },
    },
    reached: ['CALL_HOST'],
    naive:
      "Object.prototype.evil = 1; const seen = []; for (const key in { a: 1 }) seen.push(key); seen.includes('evil')",
  },
  {
    number: 58,
    idea: 'a hole of a sparse list of the host',
    program: 'OUTPUT { v: [input[1], SUM([x ?? 0 FOR EACH x IN input])] }',
    input: () => Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
    expected: { result: { v: [null, 4] } },
    reached: ['ACCESS_STATIC', 'LOAD_PART', 'INIT_FOREACH'],
    naive: "Array.prototype[1] = 'evil'; read([0, , 2], 1) === 'evil'",
  },
  {
    number: 66,
    idea: 'a write whose every key comes from the data, aimed at `__proto__.isAdmin`',
    program: 'LET o = {}; SET o[input.a][input.b] = true; OUTPUT { v: o }',
    input: () => ({ a: '__proto__', b: 'isAdmin' }),
    expected: { code: 'MR6007', says: 'not found' },
    reached: ['SET_PATH', 'CHECK_PATH'],
    naive: "write(read({}, '__proto__'), 'isAdmin', true); ({}).isAdmin === true",
  },
  {
    number: 67,
    idea: 'a path of writes that crosses a text and a lambda',
    program:
      'LET o = {t: "text", f: () -> 1}; LET a = TRY (() -> { SET o.t.x.y = 1; RETURN "written"; })() CATCH(e) -> e.code; LET b = TRY (() -> { SET o.f.prototype.y = 1; RETURN "written"; })() CATCH(e) -> e.code; OUTPUT { v: [a, b] }',
    expected: { result: { v: ['MR6007', 'MR6007'] } },
    reached: ['SET_PATH', 'CHECK_PATH'],
    naive: "const f = function () {}; write(read(f, 'prototype'), 'y', 1); new f().y === 1",
  },
  {
    number: 68,
    idea: 'a callback of SORT_BY that changes the list being sorted',
    program:
      'LET a = [3, 1, 2]; LET s = SORT_BY(a, (x) -> { SET a[0] = 99; APPEND TO a 7; RETURN x; }); OUTPUT { v: [s, LENGTH(a)] }',
    expected: { result: { v: [[1, 2, 3], 6] } },
    reached: ['CALL_HOST'],
    naive: 'const a = [3, 1, 2]; sort(a, (x, y) => { a[0] = 99; return x - y; }); a.includes(99)',
  },
  {
    number: 69,
    idea: 'equality and DISTINCT over cyclic data of the host',
    program: 'OUTPUT { v: DISTINCT([input, [input]]) == input }',
    input: () => {
      const cycle: unknown[] = [];
      cycle.push(cycle);
      return cycle;
    },
    expected: { code: 'MR5006', says: 'nested deeper than 256 levels' },
    reached: ['CALL_HOST'],
    naive: 'const a = []; a.push(a); throws(() => JSON.stringify(a)) && throws(function same(x) { same(a[0]); })',
  },
];
