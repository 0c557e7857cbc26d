/** Functions on texts: conversions, searches, patterns, and the forms of other systems. */
import { bigInteger, type Case, computing, deep, flatText, latinText, listOf, objectOf, SMALL_SIZES } from './case.ts';

const text = (n: number) => ({ a: latinText(n) });
const wide = (n: number) => ({ a: flatText(n, 'äöü日本 ') });
const digits = (n: number) => ({ a: latinText(n, '7') });
const a = (n: number) => ({ a: latinText(n, 'a') });
const parts = (n: number) => ({ a: listOf(n, (i) => `part ${i}`) });
const many = (unit: string) => (n: number) => ({ a: flatText(n, unit) });
/** So many units or more, none of them cut. */
const whole = (unit: string) => (n: number) => ({ a: flatText(unit.length * Math.ceil(n / unit.length), unit) });
/** A text that was joined a moment ago and is not yet one piece. */
const ROPE = '(a + i)';
const json = (value: (n: number) => unknown) => (n: number) => ({ a: JSON.stringify(value(n)) });
const base64 = (n: number) => ({ a: Buffer.alloc(n, 'x').toString('base64') });
const bytes = (n: number) => ({ a: new Uint8Array(n).fill(7) });

const CONVERSIONS: readonly Case[] = [
  computing('STRING', 'STRING(a)', { inputs: parts }),
  computing('STRING: of an object', 'STRING(a)', { inputs: (n) => ({ a: objectOf(n) }) }),
  computing('STRING: of a fraction', 'STRING(a)', { inputs: (n) => ({ a: n / 7e-300 }) }),
  computing('STRING: of a big integer', 'STRING(a)', {
    inputs: (n) => ({ a: bigInteger(n) }),
    sizes: [1, 20, 400, 8e3, 4e4, 3e5],
  }),
  computing('STRING: deep', 'STRING(a)', { inputs: (n) => ({ a: deep(n) }), sizes: [1, 4, 16, 64, 256, 900] }),
  computing('STRING: fractions', 'STRING(a)', { inputs: (n) => ({ a: listOf(n, (i) => i / 7e-300) }) }),
  computing('NUMBER', 'NUMBER(a)', { inputs: (n) => ({ a: `${'0'.repeat(n)}7` }) }),
  computing('NUMBER: a fraction', 'NUMBER(a)', { inputs: (n) => ({ a: `0.${latinText(n, '7')}e-300` }) }),
  computing('NUMBER: that fails', 'TRY NUMBER(a) CATCH (e) -> e', { inputs: many('1.') }),
  computing('NUMBER: blanks', 'NUMBER(a)', { inputs: (n) => ({ a: `${' '.repeat(n)}1${' '.repeat(n)}` }) }),
  computing('INT', 'INT(a)', { inputs: digits }),
  computing('INT: zeros', 'INT(a)', { inputs: many('0') }),
  computing('PARSE_INT', 'PARSE_INT(a)', { inputs: digits }),
  computing('PARSE_INT: between letters', 'PARSE_INT(a)', { inputs: many('a1') }),
  computing('BASE64_ENCODE', 'BASE64_ENCODE(a)', { inputs: bytes }),
  computing('BASE64_DECODE', 'BASE64_DECODE(a)', { inputs: base64 }),
];

const PLAIN: readonly Case[] = [
  computing('SUBSTRING', 'SUBSTRING(a, 1)', { inputs: text }),
  computing('SUBSTRING: of a joined text', `SUBSTRING(${ROPE}, 1)`, { inputs: text }),
  computing('CONTAINS', 'CONTAINS(a, "zz")', { inputs: text }),
  computing('CONTAINS: nearly', 'CONTAINS(a, b)', {
    inputs: (n) => ({ a: latinText(n, 'a'), b: `${latinText(Math.ceil(n / 2), 'a')}b` }),
  }),
  computing('CONTAINS: nearly, from behind', 'CONTAINS(a, b)', {
    inputs: (n) => ({ a: latinText(n, 'a'), b: `b${latinText(Math.ceil(n / 2), 'a')}` }),
  }),
  computing('CONTAINS: two bytes in one', 'CONTAINS(a, b)', {
    inputs: (n) => ({ a: flatText(n, 'aé日'), b: flatText(Math.ceil(n / 3), 'aé') }),
  }),
  computing('SPLIT', 'SPLIT(a, " ")', { inputs: text }),
  computing('SPLIT: into characters', 'SPLIT(a, "")', { inputs: text }),
  computing('SPLIT: wide characters', 'SPLIT(a, "")', { inputs: wide }),
  computing('SPLIT: nothing but separators', 'SPLIT(a, "a")', { inputs: a }),
  computing('SPLIT: nearly', 'SPLIT(a, b)', {
    inputs: (n) => ({ ...a(n), b: `${latinText(Math.ceil(n / 2), 'a')}b` }),
  }),
  computing('JOIN', 'JOIN(a, ", ")', { inputs: parts }),
  computing('JOIN: numbers', 'JOIN(a, ", ")', { inputs: (n) => ({ a: listOf(n, (i) => i / 7) }) }),
  computing('JOIN: nothing', 'JOIN(a, "")', { inputs: (n) => ({ a: listOf(n, () => '') }) }),
  computing('JOIN: joined texts', 'JOIN([a + 1, a + 2, a + 3])', { inputs: text }),
  computing('UPPER', 'UPPER(a)', { inputs: text }),
  computing('UPPER: sharp s', 'UPPER(a)', { inputs: many('ß') }),
  computing('UPPER: one that triples', 'UPPER(a)', { inputs: many('ΐ') }),
  computing('UPPER: wide', 'UPPER(a)', { inputs: many('äбσ') }),
  computing('LOWER', 'LOWER(a)', { inputs: many('ABC DEF') }),
  computing('LOWER: sigma', 'LOWER(a)', { inputs: many('Σ') }),
  computing('LOWER: dotted I', 'LOWER(a)', { inputs: many('İ') }),
  computing('LOWER: sigma before marks', 'LOWER(a)', { inputs: many('Σ\u0300\u0300\u0300\u0300\u0300\u0300') }),
  computing('TRIM', 'TRIM(a)', { inputs: many(' ') }),
  computing('TRIM: nothing to do', 'TRIM(a)', { inputs: many('x') }),
  computing('TRIM: of a joined text', `TRIM(${ROPE})`, { inputs: many('x') }),
  computing('SUBSTRING_BEFORE', 'SUBSTRING_BEFORE(a, "zz")', { inputs: text }),
  computing('SUBSTRING_AFTER', 'SUBSTRING_AFTER(a, "zz")', { inputs: text }),
  computing('PAD', 'PAD("", a, " ")', { inputs: (n) => ({ a: n }) }),
  computing('PAD: wide', 'PAD("", a, "日本")', { inputs: (n) => ({ a: n }) }),
  computing('FORMAT', 'FORMAT(a, {x: 1})', { inputs: many('{x}') }),
  computing('FORMAT: plain', 'FORMAT(a, {x: 1})', { inputs: text }),
  computing('FORMAT: braces', 'FORMAT(a, {x: 1})', { inputs: many('{{') }),
  computing('FORMAT: open braces', 'FORMAT(a, {x: 1})', { inputs: many('{ ') }),
  computing('FORMAT: large parts', 'FORMAT("{x}{x}{x}{x}", {x: a})', { inputs: text }),
  computing('STARTS_WITH', 'STARTS_WITH(a, a)', { inputs: text }),
  computing('STARTS_WITH: joined', `STARTS_WITH(${ROPE}, ${ROPE})`, { inputs: text }),
  computing('ENDS_WITH', 'ENDS_WITH(a, a)', { inputs: text }),
  computing('REPEAT', 'REPEAT("ab", a)', { inputs: (n) => ({ a: n }) }),
  computing('REPEAT: read', 'UPPER(REPEAT("ab", a))', { inputs: (n) => ({ a: n }) }),
  computing('TITLE', 'TITLE(a)', { inputs: text }),
  computing('TITLE: short words', 'TITLE(a)', { inputs: many('a ') }),
  computing('TITLE: apostrophes', 'TITLE(a)', { inputs: many("a'") }),
  computing('TITLE: sharp s', 'TITLE(a)', { inputs: many('ß ') }),
];

const PATTERNS: readonly Case[] = [
  computing('MATCH', 'MATCH(a, "[a-z]+")', { inputs: text }),
  computing('MATCH: a literal', 'MATCH(a, "abc")', { inputs: text }),
  computing('MATCH: each character', 'MATCH(a, ".")', { inputs: text }),
  computing('MATCH: nothing, everywhere', 'MATCH(a, "")', { inputs: text }),
  computing('MATCH: word ends', 'MATCH(a, "\\\\b")', { inputs: text }),
  computing('MATCH: nested repeats', 'MATCH(a, "(a+)+$")', { inputs: (n) => ({ a: `${latinText(n, 'a')}b` }) }),
  computing('MATCH: many ways', 'MATCH(a, "(.*)(.*)(.*)(.*)(.*)x")', { inputs: a }),
  computing('MATCH: counted', 'MATCH(a, "(a|aa){40}b")', { inputs: a }),
  computing('MATCH: alternatives', 'MATCH(a, "ab|cd|ef|gh|ij|kl|mn|op")', { inputs: text }),
  computing('MATCH: folded', 'MATCH(a, "(?i)ABC|[k-s]{3}")', { inputs: wide }),
  computing('MATCH: letters of all scripts', 'MATCH(a, "\\\\p{L}+")', { inputs: wide }),
  computing('MATCH: pairs', 'MATCH(a, "[😀-😎]")', { inputs: many('😀x') }),
  computing('MATCH: to the end from everywhere', 'MATCH(a, "a.*b")', { inputs: a, sizes: SMALL_SIZES }),
  computing('MATCH: a new pattern each time', 'MATCH("a", a + i)', { inputs: text, sizes: [1, 3, 10, 30, 100, 300] }),
  computing('MATCH: a new repeat each time', 'MATCH("a", "((a{10}){10}){" + (2 + i % 8) + "}|" + i)', {
    sizes: [1],
  }),
  computing('MATCH: a new folded class each time', 'MATCH("a", "(?i)[\\\\p{L}]" + i)', { sizes: [1] }),
  computing('MATCH: a pattern that cannot be read', 'TRY MATCH("a", "(" + a + i) CATCH (e) -> e', {
    inputs: text,
    sizes: [1, 3, 10, 30, 100, 300],
  }),
  computing('REPLACE', 'REPLACE(a, "[a-z]+", "-")', { inputs: text }),
  computing('REPLACE: each character', 'REPLACE(a, ".", "xyz")', { inputs: text }),
  computing('REPLACE: groups', 'REPLACE(a, "([a-z])([a-z])", "$2$1")', { inputs: text }),
  computing('REPLACE: nothing, everywhere', 'REPLACE(a, "", "-")', { inputs: text }),
  computing('REPLACE: a growing text', 'REPLACE(a, "a", b)', {
    inputs: (n) => ({ a: latinText(n, 'a'), b: latinText(n, 'b') }),
    sizes: SMALL_SIZES,
  }),
  computing('REPLACE: by a long template', 'REPLACE("a", "(a)", a)', { inputs: whole('$1') }),
];

const FORMS: readonly Case[] = [
  computing('JSON_PARSE', 'JSON_PARSE(a)', { inputs: json((n) => listOf(n, (i) => ({ id: i, name: 'x' }))) }),
  computing('JSON_PARSE: empty lists', 'JSON_PARSE(a)', { inputs: json((n) => listOf(n, () => [])) }),
  computing('JSON_PARSE: keys', 'JSON_PARSE(a)', { inputs: json((n) => objectOf(n)) }),
  computing('JSON_PARSE: fractions', 'JSON_PARSE(a)', { inputs: json((n) => listOf(n, (i) => i / 7e-300)) }),
  computing('JSON_PARSE: escapes', 'JSON_PARSE(a)', { inputs: json((n) => '\u0001'.repeat(n)) }),
  computing('JSON_PARSE: a long integer', 'JSON_PARSE(a)', { inputs: digits }),
  computing('JSON_PARSE: long integers', 'JSON_PARSE(a)', {
    inputs: (n) => ({ a: `[${listOf(n, () => '12345678901234567890').join(',')}]` }),
  }),
  computing('JSON_PARSE: text that fails', 'TRY JSON_PARSE(a) CATCH (e) -> e', { inputs: many('[1,\n') }),
  computing('JSON_STRING', 'JSON_STRING(a)', { inputs: (n) => ({ a: listOf(n, (i) => ({ id: i, name: 'x' })) }) }),
  computing('JSON_STRING: keys', 'JSON_STRING(a)', { inputs: (n) => ({ a: objectOf(n) }) }),
  computing('JSON_STRING: escapes', 'JSON_STRING(a)', { inputs: many('\u0001') }),
  computing('JSON_STRING: half pairs', 'JSON_STRING(a)', { inputs: (n) => ({ a: '\ud800'.repeat(n) }) }),
  computing('JSON_STRING: indented', 'JSON_STRING(a, 4)', {
    inputs: (n) => ({ a: deep(n) }),
    sizes: [1, 4, 16, 64, 128, 250],
  }),
  computing('JSON_STRING: fractions', 'JSON_STRING(a)', { inputs: (n) => ({ a: listOf(n, (i) => i / 7e-300) }) }),
  computing('JSON_STRING: a big integer', 'JSON_STRING(a)', {
    inputs: (n) => ({ a: bigInteger(n) }),
    sizes: [1, 20, 400, 8e3, 4e4, 3e5],
  }),
  computing('JSON_STRING: a set', 'JSON_STRING(a)', { inputs: (n) => ({ a: new Set(listOf(n, (i) => `x${i}`)) }) }),
  computing('JSON_STRING: bytes', 'JSON_STRING(a)', { inputs: bytes }),
  computing('URL_ENCODE', 'URL_ENCODE(a)', { inputs: text }),
  computing('URL_ENCODE: wide', 'URL_ENCODE(a)', { inputs: many('日') }),
  computing('URL_ENCODE: marks', 'URL_ENCODE(a)', { inputs: many("!'()*") }),
  computing('URL_DECODE', 'URL_DECODE(a)', { inputs: text }),
  computing('URL_DECODE: all escaped', 'URL_DECODE(a)', { inputs: whole('%e6%97%a5') }),
  computing('URL_DECODE: that fails', 'TRY URL_DECODE(a) CATCH (e) -> e', {
    inputs: (n) => ({ a: `${latinText(n)}%` }),
  }),
  computing('HASH_SHA256', 'HASH_SHA256(a)', { inputs: text }),
  computing('HASH_SHA256: wide', 'HASH_SHA256(a)', { inputs: many('日') }),
  computing('HASH_SHA256: bytes', 'HASH_SHA256(a)', { inputs: bytes }),
];

export const TEXT_CASES: readonly Case[] = [...CONVERSIONS, ...PLAIN, ...PATTERNS, ...FORMS];
