/**
 * Walks one JSON document of any size and hands out the items that a path picks.
 *
 * Promises: memory for one chunk and one item, whatever the document. The text around the items is checked as strictly as
 * any JSON: brackets, commas and tokens; only keys that stand twice in one object around the items go unseen. An item is read by
 * the reader of `value` like any JSON text, so number modes and errors are the same; a bad item does not end the walk as
 * long as its brackets pair up. No recursion.
 */
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { FormatError, shown } from './format-error.ts';
import { type JsonReading, readJson } from './json.ts';
import type { PathStep } from './json-path.ts';
import { recordOf } from './ndjson.ts';
import { PieceCursor, type Place } from './piece-cursor.ts';
import { MAX_RECORD_SIZE, type ReadRecord, type RecordSource } from './records.ts';

/** What may come next, or what the walk is inside of. */
type State =
  | 'value'
  | 'value or ]'
  | 'key'
  | 'key or }'
  | 'colon'
  | 'comma or close'
  | 'end'
  | 'text'
  | 'scalar'
  | 'item';

interface Frame {
  readonly isList: boolean;
  /** Whether the steps so far lead to this container. */
  readonly isOnPath: boolean;
  key: string;
  index: number;
}

const EXPECTED: Readonly<Record<string, string>> = {
  value: 'a value',
  'value or ]': 'a value',
  key: 'a key in quotes',
  'key or }': 'a key in quotes',
  colon: "':'",
  end: 'the end of the text',
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const TEXT_READING: JsonReading = { numbers: 'safe', numericKeys: false };

export function jsonItemsSource(path: readonly PathStep[], options: JsonReading): RecordSource {
  return async function* (chunks) {
    const walk = new JsonWalk(path, options);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of chunks) {
      const text = decode(decoder, chunk);
      yield walk.push(text ?? goodStart(chunk));
      if (text === undefined) throw new FormatError('the text is not UTF-8', walk.place().line);
    }
    const end = decode(decoder, undefined);
    if (end === undefined) throw new FormatError('the text is not UTF-8', walk.place().line);
    yield walk.push(end);
    yield walk.finish();
  };
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined): string | undefined {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    return undefined;
  }
}

/** What can be read of a chunk that is not UTF-8. */
function goodStart(chunk: Uint8Array): string {
  return new TextDecoder().decode(chunk).split('\ufffd', 1)[0] as string;
}

export class JsonWalk {
  readonly #path: readonly PathStep[];
  readonly #options: JsonReading;
  readonly #frames: Frame[] = [];
  #state: State = 'value';
  readonly #cursor = new PieceCursor(MAX_RECORD_SIZE);
  /** Inside an item or a text: whether the next unit is escaped; brackets open; whether inside a string. */
  #isEscaped = false;
  #depth = 0;
  #isInString = false;
  #isKey = false;
  /** Whether the text so far is what it says, without escapes. */
  #isPlain = true;

  constructor(path: readonly PathStep[], options: JsonReading) {
    this.#path = path;
    this.#options = options;
  }

  place(): Place {
    return this.#cursor.place();
  }

  /** The items that end in this piece of the text. To be drawn to the end before the next piece. */
  *push(text: string): Generator<ReadRecord, void, undefined> {
    this.#cursor.begin(text);
    while (this.#cursor.at < text.length) {
      const item = this.#state === 'item' ? this.#walkItem() : this.#step(text.charCodeAt(this.#cursor.at));
      if (item !== undefined) yield item;
    }
    this.#cursor.end();
  }

  *finish(): Generator<ReadRecord, void, undefined> {
    if (this.#state === 'item' && this.#depth === 0 && !this.#isInString) yield this.#endItem();
    if (this.#state === 'scalar') this.#endScalar();
    if (this.#state === 'item' || this.#state === 'text') {
      const where = this.#state === 'item' ? 'an item' : 'a string';
      throw new FormatError(
        `the text ends inside ${where} that starts at line ${this.#cursor.tokenPlace.line}`,
        this.place().line,
        this.place().column,
      );
    }
    if (this.#state !== 'end') throw this.#unexpected('the end of the text');
  }

  #step(code: number): ReadRecord | undefined {
    if (this.#state === 'text') return this.#walkText();
    if (this.#state === 'scalar') {
      if (isDelimiter(code)) this.#endScalar();
      else this.#cursor.at++;
      return undefined;
    }
    if (isSpace(code)) {
      this.#cursor.at++;
      return undefined;
    }
    switch (this.#state) {
      case 'value or ]':
        if (code === CLOSE_LIST) this.#close();
        else this.#startValue(code);
        return undefined;
      case 'value':
        this.#startValue(code);
        return undefined;
      case 'key or }':
        if (code === CLOSE_OBJECT) this.#close();
        else this.#startKey(code);
        return undefined;
      case 'key':
        this.#startKey(code);
        return undefined;
      case 'colon':
        if (code !== COLON) throw this.#unexpected();
        this.#cursor.at++;
        this.#state = 'value';
        return undefined;
      case 'comma or close':
        this.#continue(code);
        return undefined;
      default:
        throw this.#unexpected();
    }
  }

  #startValue(code: number): void {
    const isOnPath = this.#isPicked();
    if (isOnPath && this.#frames.length === this.#path.length) {
      this.#cursor.startToken();
      this.#state = 'item';
      this.#depth = 0;
      this.#isInString = false;
      // An item that cannot start is told like anything else that is out of place.
      if (isDelimiter(code) && code !== QUOTE && code !== OPEN_LIST && code !== OPEN_OBJECT) {
        this.#state = 'value';
        throw this.#unexpected();
      }
      return;
    }
    if (code === OPEN_LIST || code === OPEN_OBJECT) {
      this.#open(code === OPEN_LIST, isOnPath);
    } else if (code === QUOTE) {
      this.#startText(false);
    } else if (isDelimiter(code)) {
      throw this.#unexpected();
    } else {
      this.#cursor.startToken();
      this.#state = 'scalar';
      this.#cursor.at++;
    }
  }

  /** Whether the path leads to, or through, the value that starts here. */
  #isPicked(): boolean {
    const top = this.#frames.at(-1);
    if (top === undefined) return true;
    if (!top.isOnPath) return false;
    const step = this.#path[this.#frames.length - 1];
    switch (step.kind) {
      case 'every':
        return true;
      case 'index':
        return top.isList && top.index === step.index;
      case 'key':
        return !top.isList && top.key === step.key;
    }
  }

  #open(isList: boolean, isOnPath: boolean): void {
    const limit = DEFAULT_LIMITS.nesting;
    if (this.#frames.length >= limit) throw this.#error(`nested deeper than ${limit} levels`);
    this.#frames.push({ isList, isOnPath, key: '', index: 0 });
    this.#cursor.at++;
    this.#state = isList ? 'value or ]' : 'key or }';
  }

  #close(): void {
    this.#frames.pop();
    this.#cursor.at++;
    this.#endValue();
  }

  #endValue(): void {
    this.#state = this.#frames.length === 0 ? 'end' : 'comma or close';
  }

  #continue(code: number): void {
    const top = this.#frames[this.#frames.length - 1];
    if (code === (top.isList ? CLOSE_LIST : CLOSE_OBJECT)) {
      this.#close();
    } else if (code === COMMA) {
      top.index++;
      this.#cursor.at++;
      this.#state = top.isList ? 'value' : 'key';
    } else {
      throw this.#unexpected();
    }
  }

  #startKey(code: number): void {
    if (code !== QUOTE) throw this.#unexpected();
    this.#startText(true);
  }

  #startText(isKey: boolean): void {
    this.#cursor.startToken();
    this.#isKey = isKey;
    this.#isEscaped = false;
    this.#isPlain = true;
    this.#state = 'text';
    this.#cursor.at++;
  }

  /** To the end of the string, or of the text in hand. */
  #walkText(): undefined {
    const text = this.#cursor.text;
    for (let at = this.#cursor.at; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#isEscaped) {
        this.#isEscaped = false;
      } else if (code === BACKSLASH) {
        this.#isEscaped = true;
        this.#isPlain = false;
      } else if (code === QUOTE) {
        this.#cursor.at = at + 1;
        this.#endText();
        return;
      } else if (code < 0x20) {
        this.#isPlain = false;
      }
    }
    this.#cursor.at = text.length;
  }

  #endText(): void {
    const token = this.#cursor.takeToken();
    if (!this.#isKey) {
      if (!this.#isPlain) readJson(token, TEXT_READING, this.#cursor.tokenPlace);
      this.#endValue();
      return;
    }
    const key = this.#isPlain ? token.slice(1, -1) : readJson(token, TEXT_READING, this.#cursor.tokenPlace);
    this.#frames[this.#frames.length - 1].key = key as string;
    this.#state = 'colon';
  }

  #endScalar(): void {
    readJson(this.#cursor.takeToken(), this.#options, this.#cursor.tokenPlace);
    this.#endValue();
  }

  /** To the end of the item, or of the text in hand. */
  #walkItem(): ReadRecord | undefined {
    const text = this.#cursor.text;
    for (let at = this.#cursor.at; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) {
          this.#isInString = false;
          if (this.#depth === 0) return this.#endItemAt(at + 1);
        }
      } else if (code === QUOTE) {
        // A scalar that a string follows at once is not JSON; the next step says so.
        if (this.#depth === 0 && this.#cursor.tokenLengthTo(at) > 0) return this.#endItemAt(at);
        this.#isInString = true;
      } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        if (this.#depth === 0 && this.#cursor.tokenLengthTo(at) > 0) return this.#endItemAt(at);
        this.#depth++;
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
        if (this.#depth === 0) return this.#endItemAt(at);
        if (--this.#depth === 0) return this.#endItemAt(at + 1);
      } else if (this.#depth === 0 && isDelimiter(code)) {
        return this.#endItemAt(at);
      }
    }
    this.#cursor.at = text.length;
    return undefined;
  }

  #endItemAt(at: number): ReadRecord {
    this.#cursor.at = at;
    return this.#endItem();
  }

  #endItem(): ReadRecord {
    const text = this.#cursor.takeToken();
    this.#endValue();
    return recordOf(text, this.#cursor.tokenPlace, this.#options);
  }

  #unexpected(found?: string): FormatError {
    const top = this.#frames.at(-1);
    const expected = EXPECTED[this.#state] ?? (top?.isList ? "',' or ']'" : "',' or '}'");
    const character = this.#cursor.text.codePointAt(this.#cursor.at);
    const what = found ?? (character === undefined ? 'the end of the text' : shown(String.fromCodePoint(character)));
    return this.#error(`expected ${expected}, found ${what}`);
  }

  #error(fact: string): FormatError {
    const { line, column } = this.place();
    return new FormatError(fact, line, column);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** What ends a number or a word. */
function isDelimiter(code: number): boolean {
  switch (code) {
    case COMMA:
    case COLON:
    case QUOTE:
    case OPEN_LIST:
    case CLOSE_LIST:
    case OPEN_OBJECT:
    case CLOSE_OBJECT:
      return true;
    default:
      return isSpace(code);
  }
}
