/**
 * What the diagnostic of a fault says beside its message: what was found and what to do. The messages are the language's
 * own and fixed; advice goes to the host and is never seen by programs.
 *
 * Promises: asked for only once a fault has left its run; constant time whatever the value; a foreign value is asked for
 * its kind and for nothing else.
 */
import { wordsOf } from './bigints.ts';
import { Decimal } from './decimal.ts';
import type { Advice } from './fault.ts';
import { sizeOfSet } from './iterate.ts';
import { kindOf, type Value } from './kinds.ts';

const MAX_SHOWN_TEXT = 40;
/** Printing digits takes time that grows faster than their number. */
const MAX_SHOWN_WORDS = 2;
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The kind of a value, and at most 40 characters of it. */
export function renderFound(value: Value): string {
  switch (kindOf(value)) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value);
    case 'number':
      return `the number ${String(value)}`;
    case 'bigint':
      return wordsOf(value as bigint) > MAX_SHOWN_WORDS ? 'an integer of many digits' : `the integer ${String(value)}`;
    case 'decimal':
      return wordsOf(Decimal.unscaledOf(value as Decimal)) > MAX_SHOWN_WORDS
        ? 'a decimal of many digits'
        : `the decimal ${Decimal.textOf(value as Decimal)}`;
    case 'text':
      return `the text ${quoted(value as string)}`;
    case 'list':
      return sized('list', (value as readonly Value[]).length);
    case 'set':
      return sized('set', sizeOfSet(value as ReadonlySet<Value>));
    case 'record':
    case 'map':
      return 'an object';
    case 'bytes':
      return 'bytes';
    case 'sequence':
      return 'a sequence';
    case 'closure':
      return 'a function';
    case 'handle':
      return 'a shared resource';
    case 'foreign':
      return 'a value of the host';
  }
}

/** A part is read of what has none. */
export function adviceOnParts(container: Value, key: Value): Advice {
  const segment = renderSegment(key);
  return {
    notes: [`\`${segment}\` is read from ${renderFound(container)}`],
    help: helpOnParts(container, key, segment),
  };
}

/** An index is not in a list. */
export function adviceOnIndex(list: readonly Value[], index: number | bigint): Advice {
  const { length } = list;
  const notes = sizeOf(list);
  if (length === 0) return { notes, help: 'look at LENGTH(list) first; a slice may be empty: list[0:1]' };
  if (index < 0) return { notes, help: 'a slice counts from the end: list[-1:] has the last element' };
  return { notes, help: 'the first element has index 0; look at LENGTH(list) first' };
}

/** The same, where the element was to be written. */
export function adviceOnWrittenIndex(list: readonly Value[]): Advice {
  return { notes: sizeOf(list), help: 'SET replaces elements; APPEND TO list value adds one behind the last' };
}

/** A list is given a key that is no integer. */
export function adviceOnListKey(list: readonly Value[], key: Value): Advice {
  return {
    notes: [`\`${renderSegment(key)}\` is read from ${renderFound(list)}`],
    help:
      typeof key === 'string' && !/^-?[0-9.]+$/.test(key.slice(0, MAX_SHOWN_TEXT))
        ? `for one element write list[0]${renderSegment(key)}, for all of them [x${renderSegment(key)} FOR EACH x IN list]`
        : 'an index is an integer from 0 up: convert with INT or FLOOR first',
  };
}

function helpOnParts(container: Value, key: Value, segment: string): string {
  switch (kindOf(container)) {
    case 'null':
      return typeof key === 'string'
        ? `only the last key of a path may be missing; give what stands before it a default: (… ?? {})${segment}`
        : `look for null first: IF list THEN list${segment} ELSE NULL`;
    case 'text':
      return typeof key === 'string'
        ? `a text has no keys; where it may stand for an object: IF IS_OBJECT(x) THEN x${segment} ELSE NULL`
        : 'a part of a text is a slice: text[0:1] is its first character';
    case 'set':
    case 'sequence':
      return 'make a list of it first: COLLECT(x)';
    case 'closure':
      return 'call the function first: f(x)';
    case 'handle':
      return 'a value in a shared resource is read with AWAIT resource.key';
    default:
      return `where it may stand for an object: IF IS_OBJECT(x) THEN x${segment} ELSE NULL`;
  }
}

/** `.name`, or the key in brackets. */
function renderSegment(key: Value): string {
  if (typeof key !== 'string') return `[${renderFound(key).replace(/^the (?:number|integer) /, '')}]`;
  return key.length <= MAX_SHOWN_TEXT && PLAIN_NAME.test(key) ? `.${key}` : `[${quoted(key)}]`;
}

function sizeOf(list: readonly Value[]): readonly string[] {
  return [list.length === 0 ? 'the list is empty' : `the list has ${elements(list.length)}`];
}

function quoted(text: string): string {
  return text.length <= MAX_SHOWN_TEXT ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, MAX_SHOWN_TEXT))}…`;
}

function sized(kind: string, size: number): string {
  return size === 0 ? `an empty ${kind}` : `a ${kind} of ${elements(size)}`;
}

function elements(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`;
}
