/** Names, texts and numbers of IR as a program writes them. */
import type { IrKey } from '../ir/nodes.ts';
import { isPlainName } from './plain-name.ts';
import { keywordOf } from './token.ts';

/** A name where any word could stand: keywords and what is no word in backticks. */
export function nameText(name: string): string {
  return isWord(name) && keywordOf(name.toUpperCase()) === undefined ? name : `\`${name}\``;
}

/** A name where only names can stand: behind a dot, or before a colon. */
export function fieldText(name: string): string {
  const keyword = keywordOf(name.toUpperCase());
  return isWord(name) && keyword?.isName !== false ? name : `\`${name}\``;
}

export function propertyKeyText(key: IrKey): string {
  if (typeof key !== 'string') return String(key);
  const isName = isWord(key) && fieldText(key) === key;
  return isName ? key : literalText(key);
}

export function literalText(text: string): string {
  let escaped = '';
  for (let i = 0; i < text.length; i++) escaped += escapeAt(text, i);
  return `"${escaped}"`;
}

function escapeAt(text: string, i: number): string {
  const character = text[i] as string;
  switch (character) {
    case '"':
    case '\\':
      return `\\${character}`;
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
  }
  const code = text.charCodeAt(i);
  const isHidden = code < 0x20 || (code >= 0x7f && code < 0xa1) || isFormat(code) || isLone(text, i);
  return isHidden ? `\\u${code.toString(16).padStart(4, '0')}` : character;
}

/** Line separators, direction marks, byte order mark: what an editor shows as nothing or as something else. */
function isFormat(code: number): boolean {
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff
  );
}

function isLone(text: string, i: number): boolean {
  const isHalf = (at: number, low: number): boolean => (text.charCodeAt(at) & 0xfc00) === low;
  if (isHalf(i, 0xd800)) return !isHalf(i + 1, 0xdc00);
  return isHalf(i, 0xdc00) && !isHalf(i - 1, 0xd800);
}

/** Digits of the largest double and some more: no program says Infinity otherwise. */
const BEYOND_ALL = `${'9'.repeat(310)}.0`;

/** A number from 0 up. */
export function numberText(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  if (value === Number.POSITIVE_INFINITY) return BEYOND_ALL;
  if (Number.isInteger(value)) return `${BigInt(value)}.0`;
  const [digits = '', exponent] = String(value).split('e-');
  if (exponent === undefined) return digits;
  return `0.${digits.replace('.', '').padStart(digits.replace('.', '').length + Number(exponent) - 1, '0')}`;
}

function isWord(name: string): boolean {
  return isPlainName(name) && !/[\ud800-\udfff]/.test(name);
}
