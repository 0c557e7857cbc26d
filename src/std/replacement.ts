/**
 * The replacement text of REPLACE: `$n` and `${name}` insert a group, `\c` inserts the character c. Read at the first
 * match, so that a replacement which is never used is never refused.
 */
import { Fault } from '../value/fault.ts';
import { refuseArgument } from './arguments.ts';
import type { Pattern } from './pattern-library.ts';

/** A literal part, or the number of a group. */
export type ReplacementPart = string | number;

export function mayNameGroups(text: string): boolean {
  return text.includes('$');
}

export function parseReplacement(text: string, pattern: Pattern): readonly ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let literal = '';
  const add = (group: number): void => {
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(group);
  };
  for (let at = 0; at < text.length; ) {
    const plain = plainEnd(text, at);
    literal += text.slice(at, plain);
    at = plain;
    if (at === text.length) break;
    if (text[at] === '\\') {
      if (at + 1 === text.length) throw refuseArgument('character to be escaped is missing');
      literal += text[at + 1];
      at += 2;
    } else if (text[at + 1] === '{') {
      const { group, end } = namedGroup(text, at + 2, pattern);
      add(group);
      at = end;
    } else {
      const { group, end } = numberedGroup(text, at + 1, pattern);
      add(group);
      at = end;
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** The next `$` or `\` at or after `from`. */
function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '$' && text[at] !== '\\') at++;
  return at;
}

function numberedGroup(
  text: string,
  start: number,
  pattern: Pattern,
): { readonly group: number; readonly end: number } {
  if (start === text.length) throw refuseArgument('Illegal group reference: group index is missing');
  if (!isDigit(text, start)) throw refuseArgument('Illegal group reference');
  let group = Number(text[start]);
  if (group > pattern.groupCount) throw new Fault('IndexOutOfBoundsException', 'MR6012', `No group ${group}`);
  let end = start + 1;
  while (isDigit(text, end) && group * 10 + Number(text[end]) <= pattern.groupCount) {
    group = group * 10 + Number(text[end]);
    end++;
  }
  return { group, end };
}

function namedGroup(text: string, start: number, pattern: Pattern): { readonly group: number; readonly end: number } {
  const close = text.indexOf('}', start);
  if (close < 0) throw refuseArgument("named capturing group is missing trailing '}'");
  const name = text.slice(start, close);
  const group = pattern.groupNamed(name);
  if (group === undefined) throw refuseArgument(`No group with name {${name}}`);
  return { group, end: close + 1 };
}

function isDigit(text: string, at: number): boolean {
  return at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57;
}
