/**
 * What a JSON text says beyond its value: how deep it nests, whether an object has a field twice, and where the value of a
 * pointer stands. Promises: no recursion, linear time; never throws, for any text.
 */
import { JsonError } from '../value/json-error.ts';
import { JsonReader } from '../value/json-reader.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

export interface TextProblem {
  readonly reason: 'too-deep' | 'duplicate-field';
  readonly offset: number;
  readonly detail: string;
}

/** The first bracket that is too deep or field that stands twice. Of a text that is no JSON it may find neither. */
export function findProblem(text: string, maxNesting: number): TextProblem | undefined {
  /** The fields so far of each open object; null for a list. */
  const open: (Set<string> | null)[] = [];
  let fields: Set<string> | null = null;
  let expectsField = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (open.length >= maxNesting) return { reason: 'too-deep', offset: at, detail: `${maxNesting} levels` };
        fields = text.charCodeAt(at) === OPEN_OBJECT ? new Set() : null;
        open.push(fields);
        expectsField = fields !== null;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        fields = open.at(-1) ?? null;
        expectsField = false;
        break;
      case COMMA:
        expectsField = fields !== null;
        break;
      case QUOTE: {
        const end = endOfText(text, at);
        if (expectsField && fields !== null) {
          const field = unquoted(text.slice(at, end));
          if (fields.has(field)) return { reason: 'duplicate-field', offset: at, detail: text.slice(at, end) };
          fields.add(field);
        }
        expectsField = false;
        at = end - 1;
        break;
      }
      default:
    }
  }
  return undefined;
}

/** Offset and message for a text that is not JSON. */
export function findSyntaxError(text: string): { readonly offset: number; readonly fact: string } {
  try {
    new JsonReader(text, {
      numbers: 'extended',
      nesting: Number.POSITIVE_INFINITY,
      name: undefined,
      numericKeys: false,
    }).read();
  } catch (error) {
    if (error instanceof JsonError) return { offset: error.offset, fact: error.fact };
    throw error;
  }
  return { offset: 0, fact: '' };
}

/** Where the value of a pointer starts and ends in a JSON text, or the nearest one around it that exists. */
export function placeInText(text: string, pointer: string): { readonly start: number; readonly end: number } {
  const steps = pointer === '' ? [] : pointer.slice(1).split('/');
  let start = skipSpace(text, 0);
  for (const step of steps) {
    const next = child(text, start, step.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (next === undefined) break;
    start = next;
  }
  return { start, end: endOfValue(text, start) };
}

function child(text: string, start: number, step: string): number | undefined {
  const isObject = text.charCodeAt(start) === OPEN_OBJECT;
  if (!isObject && text.charCodeAt(start) !== OPEN_LIST) return undefined;
  let at = skipSpace(text, start + 1);
  for (let index = 0; at < text.length; index++) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_OBJECT || code === CLOSE_LIST) return undefined;
    let name = String(index);
    if (isObject) {
      const end = endOfText(text, at);
      name = unquoted(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (name === step) return at;
    at = skipSpace(text, endOfValue(text, at));
    if (text.charCodeAt(at) !== COMMA) return undefined;
    at = skipSpace(text, at + 1);
  }
  return undefined;
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (depth === 0 && (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_LIST || code <= 0x20)) return at;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth--;
    if (depth === 0 && (code === QUOTE || code === CLOSE_OBJECT || code === CLOSE_LIST)) return at + 1;
  }
  return text.length;
}

/** Past the closing quote of the string that starts at `at`. */
function endOfText(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i++;
  }
  return text.length;
}

function unquoted(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && text.charCodeAt(i) <= 0x20) i++;
  return i;
}
