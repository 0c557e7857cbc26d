/** E: programs whose work JavaScript's own means would do in a time or space without bound. */
import type { ReachAttack } from './attack.ts';

const CALL = ['CALL_HOST'] as const;
/** In controls: how much longer the first takes. Each is far above what is asked of it. */
const SLOWER = `
  const time = (action) => { const start = Date.now(); for (let i = 0; i < 3; i++) action(); return Date.now() - start + 1; };
  const slower = (bad, good) => time(bad) / time(good);
`;

export const BOUNDED_ATTACKS: readonly ReachAttack[] = [
  {
    number: 148,
    idea: 'a tower of big integers',
    program: 'LET n = INT("12345678901234567890123"); FOR i IN RANGE(30) { SET n = n * n; } OUTPUT { v: n > 0 }',
    expected: { code: 'MR6023', says: 'overflow supported range' },
    reached: ['MUL'],
    naive: '(2n ** 1048577n) * 2n > 0n',
  },
  {
    number: 149,
    idea: 'a decimal with an exponent of a thousand million',
    program: 'OUTPUT { v: DEC(input.t) + DEC("1") }',
    input: () => ({ t: '1e999999999' }),
    expected: { code: 'MR6013', says: 'DEC: cannot parse' },
    reached: CALL,
    naive: "('1' + '0'.repeat(100000000)).length === 100000001",
  },
  {
    number: 150,
    idea: 'DISTINCT of big integers that share their lowest 64 bits',
    program:
      'LET step = INT("18446744073709551616"); OUTPUT { v: LENGTH(DISTINCT([step * (i + 1) FOR EACH i IN RANGE(6000)])) }',
    limits: { fuel: 3_000_000 },
    expected: { result: { v: 6000 } },
    reached: CALL,
    naive: `${SLOWER} const keys = (shift) => new Set(Array.from({ length: 3000 }, (_, i) => BigInt(i + 1) << shift));
      slower(() => keys(64n), () => keys(0n)) > 5`,
  },
  {
    number: 150,
    idea: 'an object with keys that are big integers and share their lowest 64 bits',
    program:
      'LET step = INT("18446744073709551616"); LET o = {}; FOR i IN RANGE(6000) { SET o[step * (i + 1)] = i; } OUTPUT { v: LENGTH(o) }',
    limits: { fuel: 1_000_000 },
    expected: { result: { v: 6000 } },
    reached: ['SET_DYNAMIC', 'SET_PATH'],
    naive: `${SLOWER} const keys = (shift) => new Map(Array.from({ length: 3000 }, (_, i) => [BigInt(i + 1) << shift, i]));
      slower(() => keys(64n), () => keys(0n)) > 5`,
  },
  {
    number: 151,
    idea: 'long texts of one length as keys',
    program: 'LET t = PAD("a", 20000, "a"); OUTPUT { v: LENGTH(DISTINCT([t + (1000 + i) FOR EACH i IN RANGE(800)])) }',
    expected: { result: { v: 800 } },
    limits: { fuel: 40_000_000 },
    reached: CALL,
    naive: `${SLOWER} const keys = (n) => { const t = 'a'.repeat(n); return new Set(Array.from({ length: 600 }, (_, i) => JSON.parse('"' + t + (1000 + i) + '"'))); };
      slower(() => keys(20000), () => keys(16000)) > 3`,
  },
  {
    number: 154,
    idea: 'a write to the index 2³²−2',
    program: 'LET a = [1]; LET k = 4294967294; SET a[k] = 1; OUTPUT { v: a }',
    expected: { code: 'MR6004', says: '4294967294' },
    reached: ['SET_DYNAMIC', 'SET_PATH'],
    naive: 'const a = [1]; write(a, 4294967294, 1); a.length === 4294967295',
  },
  {
    number: 155,
    idea: 'a pattern that backtracks, `(a+)+$`',
    program: 'OUTPUT { v: LENGTH(MATCH(input.t, input.p)) }',
    input: () => ({ t: `${'a'.repeat(5000)}!`, p: '(a+)+$' }),
    expected: { result: { v: 0 } },
    reached: CALL,
    naive: `${SLOWER} slower(() => /(a+)+$/.test('a'.repeat(22) + '!'), () => /(a+)+$/.test('a'.repeat(12) + '!')) > 5`,
  },
  {
    number: 155,
    idea: 'a count in a count in a pattern',
    program: 'OUTPUT { v: MATCH("aaaa", input.p) }',
    input: () => ({ p: '((a{100}){100}){100}' }),
    expected: { code: 'MR6014', says: 'pattern' },
    reached: CALL,
    naive: "new RegExp('((a{100}){100}){100}').test('aaaa') === false",
  },
  {
    number: 155,
    idea: 'a pattern with many alternatives',
    program: 'OUTPUT { v: MATCH("aaaa", JOIN(["a" + i FOR EACH i IN RANGE(1000)], "|")) }',
    expected: { code: 'MR6014', says: 'pattern' },
    reached: CALL,
    naive: "new RegExp(Array.from({ length: 1000 }, (_, i) => 'a' + i).join('|')).test('aaaa') === false",
  },
  {
    number: 161,
    idea: 'JSON_PARSE of 100 000 opened lists',
    program: 'OUTPUT { v: JSON_PARSE(REPEAT("[", 100000) + REPEAT("]", 100000)) }',
    expected: { code: 'MR6013', says: 'nested deeper than 256 levels' },
    reached: CALL,
    naive: "Array.isArray(json('['.repeat(100000) + ']'.repeat(100000)))",
  },
];
