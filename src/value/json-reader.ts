/**
 * A reader of JSON texts (RFC 8259, nothing more) that never rounds a number silently and knows where it is.
 *
 * Promises: no recursion, whatever the nesting; keys become own properties, `__proto__` included; for texts without
 * long numbers the result equals that of JSON.parse (json.ts relies on it).
 */
import { MAX_WORDS } from './bigints.ts';
import { Decimal } from './decimal.ts';
import { JsonError } from './json-error.ts';
import type { PlainRecord, Value } from './kinds.ts';
import { type MapKey, OrderedMap } from './ordered-map.ts';
import { normaliseKey, setOwn } from './path.ts';

/**
 * `strict` refuses what a double cannot hold, and duplicate keys; `safe` makes big integers and decimals of such
 * numbers, and `extended` reads like `safe`.
 */
export type NumberMode = 'strict' | 'safe' | 'extended';

export interface ReaderOptions {
  readonly numbers: NumberMode;
  readonly nesting: number;
  /** Of the text, for messages. */
  readonly name: string | undefined;
  /** Whether keys of nested objects that look like integers become integer keys. */
  readonly numericKeys: boolean;
}

type Container = Value[] | PlainRecord | OrderedMap;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const MAX_EXACT_DIGITS = 15;
const MAX_INTEGER_DIGITS = Math.floor(64 * MAX_WORDS * Math.log10(2));
const NUMERIC_KEY = /^(?:0|[1-9][0-9]*)$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

export class JsonReader {
  readonly #text: string;
  readonly #options: ReaderOptions;
  #at = 0;

  constructor(text: string, options: ReaderOptions) {
    this.#text = text;
    this.#options = options;
  }

  /** The one value of the text. */
  read(): Value {
    const open: Container[] = [];
    const keys: MapKey[] = [];
    for (;;) {
      this.#skipSpace();
      const code = this.#code();
      let value: Value;
      if (code === OPEN_OBJECT || code === OPEN_LIST) {
        if (open.length >= this.#options.nesting)
          throw this.#error(`nested deeper than ${this.#options.nesting} levels`);
        this.#at++;
        this.#skipSpace();
        value = code === OPEN_LIST ? [] : {};
        if (this.#code() !== (code === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT)) {
          open.push(value as Container);
          if (code === OPEN_OBJECT) keys.push(this.#readKey(open));
          continue;
        }
        this.#at++;
      } else {
        value = this.#readScalar(code);
      }
      for (;;) {
        this.#skipSpace();
        if (open.length === 0) {
          if (this.#at < this.#text.length) throw this.#expected('the end of the text');
          return value;
        }
        const closed = this.#attach(open, keys, value);
        if (closed === undefined) break;
        value = closed;
      }
    }
  }

  /** Puts a value into the innermost container; returns the container if that ends there. */
  #attach(open: Container[], keys: MapKey[], value: Value): Container | undefined {
    const top = open[open.length - 1];
    const code = this.#code();
    if (Array.isArray(top)) {
      top.push(value);
      if (code !== COMMA && code !== CLOSE_LIST) throw this.#expected("',' or ']'");
    } else {
      this.#addEntry(open, top, keys.pop() as MapKey, value);
      if (code !== COMMA && code !== CLOSE_OBJECT) throw this.#expected("',' or '}'");
    }
    this.#at++;
    if (code !== COMMA) return open.pop();
    if (!Array.isArray(top)) {
      this.#skipSpace();
      keys.push(this.#readKey(open));
    }
    return undefined;
  }

  #addEntry(open: Container[], object: PlainRecord | OrderedMap, key: MapKey, value: Value): void {
    if (object instanceof OrderedMap) {
      OrderedMap.setInPlace(object, key, value);
    } else if (typeof key === 'string') {
      setOwn(object, key, value);
    } else {
      const map = new OrderedMap(Object.entries(object));
      OrderedMap.setInPlace(map, key, value);
      open[open.length - 1] = map;
    }
  }

  #readKey(open: readonly Container[]): MapKey {
    const start = this.#at;
    if (this.#code() !== QUOTE) throw this.#expected('a key in quotes');
    const text = this.#readText();
    const key = this.#options.numericKeys && open.length > 1 ? numericKeyOf(text) : text;
    if (this.#options.numbers === 'strict' && hasKey(open[open.length - 1], key)) {
      throw this.#errorAt(start, `the key ${shown(text)} stands twice in one object`);
    }
    this.#skipSpace();
    if (this.#code() !== COLON) throw this.#expected("':'");
    this.#at++;
    return key;
  }

  #readScalar(code: number): Value {
    switch (code) {
      case QUOTE:
        return this.#readText();
      case 0x74:
        return this.#readWord('true', true);
      case 0x66:
        return this.#readWord('false', false);
      case 0x6e:
        return this.#readWord('null', null);
      default:
        if (code === MINUS || isDigit(code)) return this.#readNumber();
        throw this.#expected('a value');
    }
  }

  #readWord(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#expected('a value');
    this.#at += word.length;
    return value;
  }

  #readText(): string {
    this.#at++;
    let done = '';
    let start = this.#at;
    for (;;) {
      const code = this.#code();
      if (code === QUOTE) {
        const text = done + this.#text.slice(start, this.#at);
        this.#at++;
        return text;
      }
      if (code === BACKSLASH) {
        done += this.#text.slice(start, this.#at) + this.#readEscape();
        start = this.#at;
      } else if (code >= 0x20) {
        this.#at++;
      } else if (Number.isNaN(code)) {
        throw this.#error('the text ends inside a string');
      } else {
        throw this.#error(`a control character (U+${hex(code)}) must be escaped in a string`);
      }
    }
  }

  #readEscape(): string {
    const start = this.#at;
    const letter = this.#text.charAt(start + 1);
    this.#at += 2;
    if (letter !== 'u') {
      const character = ESCAPES.get(letter);
      if (character === undefined) throw this.#errorAt(start, `${shown(`\\${letter}`)} is not an escape`);
      return character;
    }
    const unit = this.#readUnit(start);
    if (this.#options.numbers !== 'strict' || unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit >= 0xdc00 || !this.#text.startsWith('\\u', this.#at))
      throw this.#errorAt(start, 'a surrogate escape without its pair');
    this.#at += 2;
    const low = this.#readUnit(start);
    if (low < 0xdc00 || low > 0xdfff) throw this.#errorAt(start, 'a surrogate escape without its pair');
    return String.fromCharCode(unit, low);
  }

  #readUnit(escapeStart: number): number {
    let unit = 0;
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.#code());
      if (digit < 0) throw this.#errorAt(escapeStart, '\\u takes four hexadecimal digits');
      unit = unit * 16 + digit;
      this.#at++;
    }
    return unit;
  }

  #readNumber(): Value {
    const start = this.#at;
    if (this.#code() === MINUS) this.#at++;
    const wholeStart = this.#at;
    this.#readDigits();
    if (this.#text.charCodeAt(wholeStart) === 0x30 && this.#at > wholeStart + 1) {
      throw this.#errorAt(start, 'a number cannot have leading zeros');
    }
    let isInteger = true;
    if (this.#code() === POINT) {
      isInteger = false;
      this.#at++;
      this.#readDigits();
    }
    const mantissaEnd = this.#at;
    if (this.#code() === 0x65 || this.#code() === 0x45) {
      isInteger = false;
      this.#at++;
      if (this.#code() === PLUS || this.#code() === MINUS) this.#at++;
      this.#readDigits();
    }
    const token = this.#text.slice(start, this.#at);
    if (isInteger) return this.#integerOf(token, start);
    return this.#fractionOf(token, this.#text.slice(wholeStart, mantissaEnd), start);
  }

  #readDigits(): void {
    if (!isDigit(this.#code())) throw this.#expected('a digit');
    while (isDigit(this.#code())) this.#at++;
  }

  #integerOf(token: string, start: number): Value {
    const number = Number(token);
    if (Number.isSafeInteger(number)) return number;
    if (this.#options.numbers === 'strict') {
      throw this.#errorAt(start, `the integer ${shortened(token)} is beyond ${Number.MAX_SAFE_INTEGER}`);
    }
    if (token.length > MAX_INTEGER_DIGITS) throw this.#errorAt(start, 'the integer has too many digits');
    return BigInt(token);
  }

  #fractionOf(token: string, mantissa: string, start: number): Value {
    const number = Number(token);
    if (significantDigits(mantissa) <= MAX_EXACT_DIGITS && Number.isFinite(number)) return number;
    if (this.#options.numbers === 'strict') {
      throw this.#errorAt(start, `the number ${shortened(token)} is more than a double can hold`);
    }
    const decimal = Decimal.parse(token);
    if (decimal === undefined) throw this.#errorAt(start, `the number ${shortened(token)} is out of range`);
    return decimal;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#code();
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  /** NaN at the end of the text. */
  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #expected(what: string): JsonError {
    const character = this.#text.codePointAt(this.#at);
    const found = character === undefined ? 'the end of the text' : shown(String.fromCodePoint(character));
    return this.#error(`expected ${what}, found ${found}`);
  }

  #error(fact: string): JsonError {
    return this.#errorAt(this.#at, fact);
  }

  #errorAt(offset: number, fact: string): JsonError {
    return new JsonError(fact, this.#text, offset, this.#options.name);
  }
}

/** The integer key that the text of a key looks like, or the text. */
export function numericKeyOf(text: string): MapKey {
  return text.length <= MAX_INTEGER_DIGITS && NUMERIC_KEY.test(text) ? normaliseKey(BigInt(text)) : text;
}

function hasKey(container: Container, key: MapKey): boolean {
  if (container instanceof OrderedMap) return OrderedMap.has(container, key);
  return typeof key === 'string' && Object.hasOwn(container, key);
}

/** Digits of a mantissa after its leading zeros; trailing ones count, because they were written on purpose. */
function significantDigits(mantissa: string): number {
  let count = 0;
  for (let i = 0; i < mantissa.length; i++) {
    const code = mantissa.charCodeAt(i);
    if (code !== POINT && (count > 0 || code !== 0x30)) count++;
  }
  return count;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function hexDigit(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

/** Part of the text in a message: quoted, controls escaped, short. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function shortened(token: string): string {
  return token.length > 40 ? `${token.slice(0, 40)}…` : token;
}
