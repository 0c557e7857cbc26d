/** Instructions, by fragments of programs that compile to them. What no program compiles to is made by hand. */
import type { OpName } from '../../src/bytecode/opcodes.ts';
import { handMade, type Line } from '../support/hand-made.ts';
import {
  type Case,
  computing,
  deep,
  doing,
  flatText,
  latinText,
  listOf,
  objectOf,
  SMALL_SIZES,
  shuffled,
  TEXT_SIZES,
} from './case.ts';

const text = (n: number) => ({ a: latinText(n) });
/** Two texts that are equal but not one. */
const texts = (n: number) => ({ a: latinText(n), b: latinText(n) });
const list = (n: number) => ({ a: listOf(n, (i) => i), b: listOf(n, (i) => i) });
const object = (n: number) => ({ a: objectOf(n), b: objectOf(n) });
const nested = { inputs: (n: number) => ({ a: deep(n), b: deep(n) }), sizes: [1, 4, 16, 64, 256, 900] };
const sequence = (n: number, part: (i: number) => string, by = ', ') => listOf(n, part).join(by);
const path = (n: number, k: number) => `t${k}${'.k'.repeat(n)}`;

/** Instructions of one repetition, between the head of a loop over `input.times` and its end. */
function byHand(name: string, repeated: (size: number) => readonly Line[]): Case {
  return doing(name, () => '', {
    sizes: TEXT_SIZES,
    module: (size) =>
      handMade({
        keys: ['times'],
        code: [
          ['LOAD_LOCAL', 0],
          ['ACCESS_STATIC', 0],
          ['INIT_FOREACH', 1, 2, 'end', 0],
          'body:',
          ...repeated(size),
          ['NEXT_FOREACH', 1, 2, 'body', 0],
          'end:',
          ['RETURN'],
        ],
        loopCount: 1,
      }),
  });
}

/** Opcodes that no program executes, and why. */
export const UNMEASURED: { readonly [K in OpName]?: string } = {
  UNREACHABLE: 'ends the run',
  TRACE: 'stands in code of traced runs only',
  FAULT: 'ends the run or is caught, as THROW',
  ABORT: 'ends the run',
};

const MOVES: readonly Case[] = [
  byHand('NOP', (n) => Array<Line>(n).fill(['NOP'])),
  byHand('LINE', (n) => Array<Line>(n).fill(['LINE', 1])),
  byHand('BREAKPOINT', (n) => Array<Line>(n).fill(['BREAKPOINT', 1])),
  byHand('JUMP', (n) => listOf(n, (i) => [['JUMP', `j${i}`], `j${i}:`] as Line[]).flat()),
  byHand('SWAP DUP POP', (n) => [
    ['LOAD_LOCAL', 0],
    ...listOf(n, () => [['DUP'], ['SWAP'], ['POP']] as Line[]).flat(),
    ['POP'],
  ]),
  byHand('TO_BOOL', (n) => [['LOAD_LOCAL', 0], ...Array<Line>(n).fill(['TO_BOOL']), ['POP']]),
  computing('LOAD_LOCAL STORE_LOCAL CHARGE', 'a', { inputs: list }),
  computing('PUSH', '"text"'),
  computing('JUMP_IF_FALSE RETURN', 'IF a THEN 1 ELSE 2', { inputs: text }),
  computing('JUMP_IF_TRUE', 'IF NOT(a) THEN 1 ELSE IF !a THEN 2 ELSE 3', { inputs: text }),
  computing('COALESCE', 'a ?? b ?? c', { inputs: list }),
  computing('AND', 'a && b', { inputs: texts }),
  computing('OR', 'a || b', { inputs: texts }),
  computing('NOT: operator', '!a', { inputs: list }),
  computing('NEG', '-a', { inputs: (n) => ({ a: n / 7 }) }),
];

const OPERATORS: readonly Case[] = [
  computing('ADD', 'a + b', { inputs: (n) => ({ a: n, b: n / 7 }) }),
  computing('ADD: texts', 'a + b', { inputs: texts }),
  computing('ADD: a short text to a long one', 'a + "x"', { inputs: text }),
  doing('ADD: a text that grows', (_n, k) => `LET r${k} = a; FOR EACH x IN b { SET r${k} = r${k} + "x"; }`, {
    inputs: list,
    kept: 'LET r = ""; FOR EACH x IN b { SET r = r + "x"; } APPEND TO out r;',
  }),
  doing('ADD: joined texts that are read', (_n, k) => `LET r${k} = a + i; LET s${k} = r${k} < b;`, {
    inputs: texts,
    kept: 'LET r = a + i; LET s = r < b; APPEND TO out r;',
  }),
  computing('ADD: a list to a text', 'a + "x"', { inputs: list }),
  computing('SUB', 'a - b', { inputs: (n) => ({ a: n, b: n / 7 }) }),
  computing('MUL', 'a * b', { inputs: (n) => ({ a: n, b: n / 7 }) }),
  computing('DIV', 'a / b', { inputs: (n) => ({ a: n, b: n / 7 }) }),
  computing('IDIV', 'a // b', { inputs: (n) => ({ a: n * 1e6, b: 7 }) }),
  computing('MOD', 'a % b', { inputs: (n) => ({ a: n * 1e6, b: n / 7 }) }),
  computing('EQ: texts', 'a == b', { inputs: texts }),
  computing('EQ', 'a == b', { inputs: list }),
  computing('EQ: objects', 'a == b', { inputs: object }),
  computing('EQ: deep', 'a == b', nested),
  computing('EQ: sets', 'a == b', {
    inputs: (n) => ({ a: new Set(listOf(n, (i) => `x${i}`)), b: new Set(listOf(n, (i) => `x${n - 1 - i}`)) }),
  }),
  computing('EQ: integer keys', 'a == b', {
    inputs: (n) => ({ a: listOf(n, (i) => ({ x: i })), b: listOf(n, (i) => ({ x: i })) }),
  }),
  computing('NEQ', 'a != b', { inputs: list }),
  computing('LT', 'a < b', { inputs: texts }),
  computing('LT: of lists', 'a < b', { inputs: list }),
  computing('LE', 'a <= b', { inputs: texts }),
  computing('GT', 'a > b', { inputs: texts }),
  computing('GE', 'a >= b', { inputs: texts }),
  computing('CONCAT', 'a ++ b', { inputs: list }),
];

const CONTAINERS: readonly Case[] = [
  computing('MAKE_ARRAY', '([a])', { inputs: list }),
  doing('MAKE_ARRAY: long', (n, k) => `LET r${k} = [${sequence(n, () => 'a')}];`, { sizes: TEXT_SIZES }),
  doing('MAKE_RECORD', (n, k) => `LET r${k} = { ${sequence(n, (i) => `k${i}: a`)} };`, {
    sizes: TEXT_SIZES,
    kept: 'APPEND TO out { k: a };',
  }),
  doing('MAKE_RECORD: reserved keys', (_n, k) => `LET r${k} = { constructor: a, toString: a, __proto__: a };`, {
    kept: 'APPEND TO out { constructor: a, toString: a };',
  }),
  doing('MAKE_OBJECT', (n, k) => `LET r${k} = { ${sequence(n, (i) => `["k" + (a + ${i})]: a`)} };`, {
    sizes: TEXT_SIZES,
    inputs: () => ({ a: 1 }),
    kept: 'APPEND TO out { ["k" + i]: i, ["l" + i]: i, ["m" + i]: i };',
  }),
  doing('MAKE_OBJECT: integers', (n, k) => `LET r${k} = { ${sequence(n, (i) => `[a + ${i}]: a`)} };`, {
    sizes: TEXT_SIZES,
    inputs: () => ({ a: 1 }),
    kept: 'APPEND TO out { [i]: i };',
  }),
  computing('MAKE_OBJECT: a joined key', '{ [a + i]: 1 }', { inputs: text }),
  computing('ACCESS_STATIC', 'a.x.key0', { inputs: (n) => ({ a: { x: objectOf(n) } }) }),
  computing('ACCESS_STATIC: of a reserved key', 'a.x.constructor', { inputs: (n) => ({ a: { x: objectOf(n) } }) }),
  computing('LOAD_PART', 'a.key0', { inputs: object }),
  computing('ACCESS_DYNAMIC', 'a[b]', { inputs: (n) => ({ a: objectOf(n), b: 'key0' }) }),
  computing('ACCESS_DYNAMIC: of a joined key', 'a[b + i]', { inputs: (n) => ({ a: { x: 1 }, b: latinText(n) }) }),
  computing('ACCESS_DYNAMIC: of a list', 'a[b]', { inputs: (n) => ({ a: listOf(n, (i) => i), b: 0 }) }),
  computing('ACCESS_DYNAMIC: out of bounds', 'TRY a[b] CATCH (e) -> e', {
    inputs: (n) => ({ a: listOf(n, (i) => i), b: -1 }),
  }),
  computing('SLICE', 'a[0:]', { inputs: list }),
  computing('SLICE: a text', 'a[1:]', { inputs: text }),
  computing('SLICE: a joined text', '(a + i)[1:2]', { inputs: text }),
  computing('CLOSURE', '(x) -> a', { inputs: list }),
  doing(
    'CLOSURE: many captures',
    (n, k) =>
      `${sequence(n, (i) => `LET v${k}_${i} = i;`, ' ')} LET r${k} = () -> [${sequence(n, (i) => `v${k}_${i}`)}];`,
    { sizes: [1, 4, 16, 64, 128, 256] },
  ),
  doing(
    'MAKE_CELL LOAD_VAR STORE_VAR',
    (_n, k) => `LET r${k} = a; LET f${k} = () -> r${k}; SET r${k} = b; LET q${k} = r${k};`,
    {
      inputs: list,
      kept: 'LET r = a; LET f = () -> r; SET r = b; APPEND TO out f;',
    },
  ),
];

const WRITES: readonly Case[] = [
  doing('SET_STATIC', (_n, k) => `LET r${k} = {}; SET r${k}.x = a;`, {
    inputs: list,
    kept: 'LET r = {}; SET r.x = i; SET r.y = i; SET r.z = i; APPEND TO out r;',
  }),
  doing('SET_STATIC: in a copy', (_n, k) => `LET r${k} = a; SET r${k}.x = 1;`, {
    inputs: object,
    kept: 'LET r = a; SET r.x = i; APPEND TO out r;',
  }),
  doing('SET_DYNAMIC', (_n, k) => `LET r${k} = a; SET r${k}[b] = 1;`, {
    inputs: (n) => ({ a: objectOf(n), b: 'x' }),
    kept: 'LET r = a; SET r[b] = i; APPEND TO out r;',
  }),
  doing('SET_DYNAMIC: a list', (_n, k) => `LET r${k} = a; SET r${k}[b] = 1;`, {
    inputs: (n) => ({ a: listOf(n, (i) => i), b: 0 }),
    kept: 'LET r = a; SET r[b] = i; APPEND TO out r;',
  }),
  doing('SET_DYNAMIC: an integer key', (_n, k) => `LET r${k} = a; SET r${k}[7] = 1;`, {
    inputs: object,
    kept: 'LET r = a; SET r[7] = i; APPEND TO out r;',
  }),
  doing('SET_DYNAMIC: joined keys', (_n, k) => `LET r${k} = {}; SET r${k}[a + i] = 1;`, {
    inputs: text,
    kept: 'LET r = {}; SET r[a + i] = i; APPEND TO out r;',
  }),
  doing('SET_DYNAMIC: keys cut out of a text', (_n, k) => `LET r${k} = {}; SET r${k}[SUBSTRING(a, i, b)] = 1;`, {
    inputs: (n) => ({ a: shuffled(Math.ceil((n + 1e5) / 5)).join(''), b: n }),
    kept: 'LET r = {}; SET r[SUBSTRING(a, i, b)] = i; APPEND TO out r;',
  }),
  doing('SET_DYNAMIC: big integers', (_n, k) => `LET r${k} = {}; FOR EACH x IN a { SET r${k}[x] = x; }`, {
    inputs: (n) => ({ a: listOf(n, (i) => BigInt(i + 1) << 64n) }),
    kept: 'LET r = {}; FOR EACH x IN a { SET r[x] = x; } APPEND TO out r;',
  }),
  doing('SET_DYNAMIC: growing', (_n, k) => `LET r${k} = {}; FOR EACH x IN a { SET r${k}["key" + x] = x; }`, {
    inputs: list,
    kept: 'LET r = {}; FOR EACH x IN a { SET r["key" + x] = x; } APPEND TO out r;',
  }),
  doing('CHECK_PATH', (n, k) => `LET t${k} = a; SET ${path(n - 1, k)}[f("x")] = i;`, {
    ...nested,
    declarations: () => 'FUNC f(x) { RETURN x; }',
    sizes: [1, 4, 16, 64, 128, 250],
  }),
  doing('SET_PATH', (n, k) => `LET t${k} = a; SET ${path(n, k)} = i;`, { ...nested, sizes: [1, 4, 16, 64, 128, 250] }),
  doing('SET_PATH: in a wide object', (_n, k) => `LET r${k} = { x: a }; SET r${k}.x.y = 1;`, {
    inputs: object,
    kept: 'LET r = { x: a }; SET r.x.y = 1; APPEND TO out r;',
  }),
  doing('APPEND', (_n, k) => `LET r${k} = a; APPEND TO r${k} i;`, {
    inputs: list,
    kept: 'LET r = a; APPEND TO r i; APPEND TO out r;',
  }),
  doing('APPEND: to a long list', () => 'APPEND TO out a;', { inputs: list, kept: 'APPEND TO out a;' }),
  doing('APPEND_INIT JUMP_IF_NULL', (_n, k) => `LET r${k} = null; APPEND TO r${k} i INIT a;`, {
    inputs: list,
    kept: 'LET r = null; APPEND TO r i INIT a; APPEND TO out r;',
  }),
  doing('APPEND_PATH', (_n, k) => `LET r${k} = { x: a }; APPEND TO r${k}.x i;`, {
    inputs: list,
    kept: 'LET r = { x: a }; APPEND TO r.x i; APPEND TO out r;',
  }),
  doing('MODIFY', (_n, k) => `LET r${k} = { x: a }; MODIFY r${k}.x { y: i };`, {
    inputs: object,
    kept: 'LET r = { x: a }; MODIFY r.x { y: i }; APPEND TO out r;',
  }),
];

const CONTROL: readonly Case[] = [
  doing('INIT_FOREACH NEXT_FOREACH', (_n, k) => `FOR EACH x${k} IN a { }`, { inputs: list }),
  doing('INIT_FOREACH: a set', (_n, k) => `FOR EACH x${k} IN a { }`, {
    inputs: (n) => ({ a: new Set(listOf(n, (i) => i)) }),
  }),
  doing('INIT_FOREACH: a sequence', (_n, k) => `FOR EACH x${k} IN WALK(a) { }`, { inputs: object }),
  computing('INIT_FOREACH: a comprehension', '[x FOR EACH x IN a]', { inputs: list }),
  doing('CALL_FN RETURN_VALUE', (_n, k) => `LET r${k} = f(a);`, {
    declarations: () => 'FUNC f(x) { RETURN x; }',
    inputs: list,
  }),
  doing('CALL_FN: with many variables', (_n, k) => `LET r${k} = f(1);`, {
    declarations: (n) => `FUNC f(x) { IF x THEN { RETURN 1; } ${sequence(n, (i) => `LET v${i} = x;`, ' ')} RETURN 2; }`,
    sizes: SMALL_SIZES,
  }),
  doing('CALL_FN: with many arguments', (n, k) => `LET r${k} = f(${sequence(n, () => 'a')});`, {
    declarations: (n) => `FUNC f(${sequence(n, (i) => `p${i}`)}) { RETURN 1; }`,
    sizes: [1, 4, 16, 64, 128, 250],
  }),
  doing('CALL', (_n, k) => `LET f${k} = (x) -> x; LET r${k} = f${k}(a);`, { inputs: list }),
  computing('CALL_LAMBDA CHECK_CALLABLE', '((x) -> x)(f(a))', {
    declarations: () => 'FUNC f(x) { RETURN x; }',
    inputs: list,
  }),
  computing('CALL_HOST', 'BOOLEAN(a)', { inputs: list }),
  computing('CALL_HOST: a capability', 'NOW()'),
  doing('CALL_HOST: many arguments', (n) => `PRINT(${sequence(n, () => 'a')});`, { sizes: [1, 4, 16, 64, 128, 250] }),
  doing('OUTPUT_VALUE', () => 'OUTPUT a;', { inputs: (n) => ({ a: listOf(n, () => ({})) }), sizes: SMALL_SIZES }),
  doing('OUTPUT_RECORD', (n) => `OUTPUT { ${sequence(n, (i) => `k${i}: i`)} };`, { sizes: TEXT_SIZES }),
  doing('OUTPUT', (n) => `OUTPUT { ${sequence(n, (i) => `["k" + ${i}]: i`)} };`, { sizes: TEXT_SIZES }),
  doing('TRY_START TRY_END', (_n, k) => `LET r${k} = TRY a CATCH (e) -> b;`, { inputs: list }),
  computing('THROW CATCH', 'TRY f(a) CATCH (e) -> e', {
    declarations: () => 'FUNC f(x) { THROW x; }',
    inputs: text,
  }),
  computing('THROW: an object', 'TRY f(a) CATCH (e) -> e', {
    declarations: () => 'FUNC f(x) { THROW x; }',
    inputs: object,
  }),
  computing('CATCH: retries', 'TRY f(a) CATCH (e) RETRY 20 TIMES -> 1', {
    declarations: () => 'FUNC f(x) { THROW x; }',
    inputs: text,
  }),
  computing('CATCH: of a fault far below', 'TRY f(a) CATCH (e) -> e', {
    declarations: () => 'FUNC f(x) { IF x > 0 THEN { RETURN f(x - 1); } THROW "deep"; }',
    inputs: (n) => ({ a: n }),
    sizes: [1, 4, 16, 64, 128, 250],
  }),
  doing('SUSPEND', (_n, k) => `LET r${k} = SUSPEND a;`, { inputs: list }),
  doing('SHARED_WRITE SHARED_AWAIT', (_n, k) => `s["k"] = a; LET r${k} = AWAIT s.k;`, {
    declarations: () => 'SHARED s MANY;',
    inputs: list,
    kept: 's["k" + i] = a;',
  }),
  computing('LOAD_SCOPE', 's', { declarations: () => 'SHARED s MANY;' }),
  computing('KEYS: of shared state', 'KEYS(s)', { declarations: () => 'SHARED s MANY;' }),
  doing('SHARED_WRITE: objects', () => 's["k"] = a;', {
    declarations: () => 'SHARED s MANY;',
    inputs: object,
  }),
  doing('SHARED_WRITE: texts', (_n, k) => `LET r${k} = f(a + i);`, {
    declarations: () => 'SHARED s MANY; FUNC f(x) { s["k"] = x; RETURN x; }',
    inputs: (n) => ({ a: flatText(n) }),
  }),
];

export const OPCODE_CASES: readonly Case[] = [...MOVES, ...OPERATORS, ...CONTAINERS, ...WRITES, ...CONTROL];
