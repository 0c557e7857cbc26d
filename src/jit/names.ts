/** Names in generated code: a word of the program where that is plain ASCII, and a number that makes it unique. */
import { RESERVED_KEYS } from '../value/path.ts';

const WORD = /^[A-Za-z][A-Za-z0-9]*/;
const MAX_WORD = 24;
/** First letters of the factory's parameters. */
const PARAMETERS: ReadonlySet<string> = new Set(['k', 'u', 'f']);
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Names that records and lists inherit, or that JavaScript looks for on any object. */
const RISKY_KEYS: ReadonlySet<string> = new Set([
  ...RESERVED_KEYS,
  ...['prototype', 'then', 'toJSON', 'caller', 'callee', 'arguments'],
]);

/** Whether a key of the program may stand in the text of generated code, after a dot or before a colon. */
export function isPlainKey(key: unknown): key is string {
  return typeof key === 'string' && PLAIN_KEY.test(key) && !RISKY_KEYS.has(key);
}

export class Names {
  /** Not 0: parameters with that number have fixed names. */
  #count = 1;

  /** A new name that reads like `word`. */
  next(word: string): string {
    const found = WORD.exec(word)?.[0].slice(0, MAX_WORD) ?? 'v';
    const plain = PARAMETERS.has(found.toLowerCase()) ? `${found}Value` : found;
    return `${plain[0]?.toLowerCase()}${plain.slice(1)}_${this.#count++}`;
  }
}
