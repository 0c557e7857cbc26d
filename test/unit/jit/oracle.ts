/**
 * A second opinion on accepted text, from its tokens alone: which names, calls, members and strings occur at all. It shares
 * no idea with the gate's walk over the tree, and is coarser: it does not know scopes.
 */
import { type Token, tokenizer } from 'acorn';
import type { Permit } from '../../../src/jit/gate.ts';

const KEYWORDS = new Set(
  'function let const if else for return try catch throw break typeof null true false'.split(' '),
);
const PUNCTUATION = new Set('( ) { } [ ] , ; : ? . = += -= ++ + - * / % < <= > >= === !== ! && ||'.split(' '));
const STRINGS = new Set(['use strict', 'object', 'number', 'string', 'boolean', 'bigint']);
const FIELDS = new Set(['length', 'value', '__proto__', 'fuel', 'memoryLeft', 'depth', 'compiledLimit', 'markEpoch']);
const DECLARED = /^[a-z][A-Za-z0-9]*_\d+$/;

/** Everything in the text that no accepted text may hold. */
export function strangers(text: string, permit: Permit): readonly string[] {
  const tokens = [...tokenizer(text, { ecmaVersion: 2020 })].map((token) => ({
    token,
    text: text.slice(token.start, token.end),
  }));
  const words = tokens.map((t) => t.text);
  const declared = declaredNames(words);
  const found: string[] = [];
  for (const [i, { token }] of tokens.entries()) found.push(...strangersAt(token, words, i, declared, permit));
  return found;
}

function strangersAt(
  token: Token,
  words: readonly string[],
  i: number,
  declared: Declared,
  permit: Permit,
): readonly string[] {
  const word = words[i] as string;
  const [before, after] = [words[i - 1] ?? '', words[i + 1] ?? ''];
  if (token.type.label === 'string') return STRINGS.has(word.slice(1, -1)) ? [] : [word];
  if (token.type.label === 'num') return /^[0-9.e+-]+$/.test(word) ? [] : [word];
  if (before === '.') return FIELDS.has(word) || permit.keys.has(word) ? [] : [`.${word}`];
  if (after === ':' && (before === '{' || before === ',') && permit.keys.has(word)) return [];
  if (word === '(') return strangeCall(words, i, declared, permit);
  if (word === '[') return strangeIndex(words, i, declared);
  if (PUNCTUATION.has(word) || KEYWORDS.has(word)) return [];
  return token.type.label === 'name' && isKnown(word, declared, permit) ? [] : [word];
}

/** A parenthesis after a name is a call, or a function's parameters; after a keyword or an operator it is none. */
function strangeCall(words: readonly string[], i: number, declared: Declared, permit: Permit): readonly string[] {
  const callee = words[i - 1] ?? '';
  if (words[i - 2] === 'function' || (PUNCTUATION.has(callee) && !/^[)\]}]$/.test(callee))) return [];
  if (['if', 'for', 'catch', 'return', 'typeof'].includes(callee) && words[i - 2] !== '.') return [];
  const isAllowed =
    permit.helpers.has(callee) || declared.functions.has(callee) || isNumbered('f', callee, permit.functions);
  return isAllowed && words[i - 2] !== '.' ? [] : [`${callee}(`];
}

/** A bracket after a name or a bracket is an index: a number or the counter of a loop. */
function strangeIndex(words: readonly string[], i: number, declared: Declared): readonly string[] {
  const [before, index, close] = [words[i - 1] ?? '', words[i + 1] ?? '', words[i + 2] ?? ''];
  const isList = KEYWORDS.has(before) || (PUNCTUATION.has(before) && !/^[)\]}]$/.test(before));
  if (isList) return [];
  return close === ']' && (/^\d+$/.test(index) || declared.counters.has(index)) ? [] : [`${before}[${index}`];
}

interface Declared {
  readonly names: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly counters: ReadonlySet<string>;
}

function declaredNames(words: readonly string[]): Declared {
  const names = new Set<string>();
  const functions = new Set<string>();
  const counters = new Set<string>();
  words.forEach((word, i) => {
    if (!DECLARED.test(word)) return;
    const before = words[i - 1] ?? '';
    if (before === 'function') functions.add(word);
    if (before === 'let' && words[i - 2] === '(') counters.add(word);
    const isParameter = words[words.lastIndexOf('(', i) - 2] === 'function';
    const isLabel = words[i + 1] === ':';
    if (['function', 'let', 'const'].includes(before) || words[i - 2] === 'catch' || isParameter || isLabel)
      names.add(word);
  });
  return { names, functions, counters };
}

function isKnown(word: string, { names }: Declared, permit: Permit): boolean {
  return (
    ['run', 'undefined'].includes(word) ||
    names.has(word) ||
    permit.helpers.has(word) ||
    permit.values.has(word) ||
    isNumbered('k', word, permit.constants) ||
    isNumbered('u', word, permit.units) ||
    isNumbered('f', word, permit.functions)
  );
}

function isNumbered(letter: string, word: string, count: number): boolean {
  return Array.from({ length: count }, (_, i) => `${letter}_${i}`).includes(word);
}
