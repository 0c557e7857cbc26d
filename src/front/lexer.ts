/**
 * Text → tokens.
 *
 * Promises: never throws; time linear in the length of the text; every character ends up in a token, in white space or
 * in a diagnostic. After an error it goes on behind it, so that one reading reports several.
 */
import type { DiagnosticCollector } from '../base/diagnostic.ts';
import { keywordOf, LONGEST_KEYWORD, type Token, type TokenKind } from './token.ts';

/** Why: BigInt conversion is not linear, and nobody writes longer ones. */
const MAX_NUMBER_LENGTH = 4096;

/** How far to look for the closing one of a pair of foreign quotes. */
const MAX_QUOTED = 200;

const LF = 10;
const CR = 13;
const TAB = 9;
const BLANK = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const BACKTICK = 96;
const SLASH = 47;
const STAR = 42;

/** Classes of characters; words consist of those from LETTER up, which are bits. */
const OTHER = 0;
const SPACE = 1;
const CAPITAL = 4;
const SMALL = 8;
const MIXED = CAPITAL | SMALL;
/** A letter that no keyword has. */
const LETTER = 16;
const DIGIT = 32;

const CLASSES = new Uint8Array(128);
CLASSES.fill(CAPITAL, 65, 91).fill(SMALL, 97, 123).fill(LETTER, 95, 96).fill(DIGIT, 48, 58);
for (const c of [BLANK, TAB, CR, LF]) CLASSES[c] = SPACE;

export function lexText(text: string, problems: DiagnosticCollector): readonly Token[] {
  return new Lexer(text, problems).run();
}

class Lexer {
  readonly #text: string;
  readonly #problems: DiagnosticCollector;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;

  constructor(text: string, problems: DiagnosticCollector) {
    this.#text = text;
    this.#problems = problems;
  }

  run(): readonly Token[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const c = text.charCodeAt(this.#at);
      switch (c < 128 ? CLASSES[c] : isLetter(c) ? LETTER : OTHER) {
        case SPACE:
          this.#space();
          break;
        case CAPITAL:
        case SMALL:
        case LETTER:
          this.#word();
          break;
        case DIGIT:
          this.#number();
          break;
        default:
          if (c === QUOTE) this.#string();
          else if (c === BACKTICK) this.#quotedName();
          else if (c === SLASH) this.#slash();
          else this.#operator(c);
      }
    }
    this.#push('EOF', text.length, text.length, '', false);
    return this.#tokens;
  }

  #push(kind: TokenKind, start: number, end: number, text: string, isName: boolean): void {
    this.#tokens.push({ kind, start, end, line: this.#line, text, isName, index: this.#tokens.length });
    this.#at = end;
  }

  #error(start: number, end: number): void {
    this.#push('ERROR', start, end, this.#text.slice(start, end), false);
  }

  #space(): void {
    const text = this.#text;
    let at = this.#at;
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c >= 128 || CLASSES[c] !== SPACE) break;
      if (c === LF) this.#line++;
    }
    this.#at = at;
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let classes = 0;
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at);
      const found = c < 128 ? (CLASSES[c] as number) : isLetter(c) ? LETTER : OTHER;
      if (found < CAPITAL) break;
      classes |= found;
    }
    const word = text.slice(start, at);
    // Why: only ASCII folds, so that `ıf` is a name here and not IF by an accident of Unicode.
    const isCandidate = classes < LETTER && word.length <= LONGEST_KEYWORD;
    const keyword = isCandidate ? keywordOf(classes === MIXED ? word.toUpperCase() : word) : undefined;
    if (keyword === undefined) this.#push('IDENTIFIER', start, at, word, true);
    else this.#push(keyword.kind, start, at, word, keyword.isName);
  }

  #number(): void {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    while (isDigit(text.charCodeAt(at))) at++;
    if (text[at] === '.' && isDigit(text.charCodeAt(at + 1))) {
      at++;
      while (isDigit(text.charCodeAt(at))) at++;
    }
    if (at - start > MAX_NUMBER_LENGTH) {
      this.#problems.report('MR1005', { start, end: at }, `a number of ${at - start} characters is too long`, {
        label: `numbers may have ${MAX_NUMBER_LENGTH} characters`,
      });
      this.#error(start, at);
      return;
    }
    this.#push('NUMBER', start, at, text.slice(start, at), false);
  }

  #string(): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    let decoded = '';
    let from = start + 1;
    let at = from;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c === QUOTE) break;
      if (at >= text.length || c === LF) {
        const end = at > start + 1 && text.charCodeAt(at - 1) === CR ? at - 1 : at;
        this.#problems.report('MR1006', { start, end }, 'a text is not closed on its line', {
          label: 'no `"` follows before the line ends',
          help: 'close it with `"`; for a line break inside a text write \\n',
        });
        this.#error(start, end);
        return;
      }
      if (c !== BACKSLASH) {
        at++;
        continue;
      }
      decoded += text.slice(from, at);
      const escaped = this.#escape(start, at);
      if (escaped === undefined) return;
      decoded += escaped.text;
      at = from = escaped.end;
    }
    decoded += text.slice(from, at);
    const index = this.#tokens.length;
    this.#tokens.push({ kind: 'STRING', start, end: at + 1, line, text: decoded, isName: false, index });
    this.#at = at + 1;
  }

  /** Decodes the escape at `at`; undefined when the text ends in it, which is then an ERROR token. */
  #escape(start: number, at: number): { readonly text: string; readonly end: number } | undefined {
    const text = this.#text;
    const c = text[at + 1];
    if (c === undefined) {
      this.#problems.report('MR1006', { start: at, end: at + 1 }, 'the source ends inside a text, after `\\`', {
        label: 'an escaped character should follow',
        related: [{ span: { start, end: start + 1 }, text: 'the text starts here' }],
      });
      this.#error(start, text.length);
      return undefined;
    }
    if (c === 'u') return this.#unicodeEscape(start, at);
    if (c === '\n') this.#line++;
    const simple = c === 'n' ? '\n' : c === 't' ? '\t' : c === 'r' ? '\r' : c;
    return { text: simple, end: at + 2 };
  }

  #unicodeEscape(start: number, at: number): { readonly text: string; readonly end: number } | undefined {
    const text = this.#text;
    let end = at + 2;
    while (end < at + 6 && isHexDigit(text.charCodeAt(end))) end++;
    if (end === at + 6) return { text: String.fromCharCode(Number.parseInt(text.slice(at + 2, end), 16)), end };
    const next = text[end];
    const isCut = next === undefined || next === '\n' || next === '\r' || next === '"';
    const fact = isCut
      ? `the escape \\u has ${end - at - 2} of its 4 digits`
      : `\`${next}\` is not a hexadecimal digit`;
    this.#problems.report('MR1006', { start: at, end: isCut ? end : end + 1 }, fact, {
      label: 'expected \\u and four digits of 0-9, a-f',
      help: 'for example \\u00e9; for a backslash write \\\\',
    });
    if (!isCut || next === '"') return { text: '', end };
    this.#error(start, end);
    return undefined;
  }

  #quotedName(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start + 1;
    while (end < text.length && text.charCodeAt(end) !== BACKTICK && text.charCodeAt(end) !== LF) end++;
    if (text.charCodeAt(end) !== BACKTICK) {
      this.#problems.report('MR1008', { start, end }, 'a name in backticks is not closed on its line', {
        label: 'no second backtick follows before the line ends',
      });
      this.#error(start, end);
    } else if (end === start + 1) {
      this.#problems.report('MR1008', { start, end: end + 1 }, 'a name in backticks is empty', {
        label: 'a name should stand between the backticks',
      });
      this.#error(start, end + 1);
    } else this.#push('IDENTIFIER', start, end + 1, text.slice(start + 1, end), true);
  }

  #slash(): void {
    const text = this.#text;
    const start = this.#at;
    const next = text.charCodeAt(start + 1);
    if (next === STAR) this.#blockComment();
    else if (next !== SLASH) this.#push('SLASH', start, start + 1, '/', false);
    else if (this.#isDivision(start)) this.#push('SLASH_SLASH', start, start + 2, '//', false);
    else {
      const end = text.indexOf('\n', start);
      this.#at = end < 0 ? text.length : end;
    }
  }

  /** Whether `//` at `at` is the operator: decided by the last character before it on its line. */
  #isDivision(at: number): boolean {
    let before = at - 1;
    for (; before >= 0; before--) {
      const c = this.#text.charCodeAt(before);
      if (c !== BLANK && c !== TAB && c !== CR) break;
    }
    if (before < 0) return false;
    const c = this.#text.charCodeAt(before);
    return isLetter(c) || isDigit(c) || c === QUOTE || c === 41 /* ) */ || c === 93 /* ] */ || c === 36 /* $ */;
  }

  #blockComment(): void {
    const start = this.#at;
    const end = this.#text.indexOf('*/', start + 2);
    if (end < 0) {
      this.#problems.report('MR1007', { start, end: start + 2 }, 'a comment is not closed', {
        label: 'no `*/` follows',
        help: 'block comments do not nest; a comment to the end of the line starts with //',
      });
      this.#error(start, this.#text.length);
      return;
    }
    for (let at = this.#text.indexOf('\n', start); at >= 0 && at < end; at = this.#text.indexOf('\n', at + 1))
      this.#line++;
    this.#at = end + 2;
  }

  #operator(c: number): void {
    const start = this.#at;
    const operator = c < 128 ? OPERATORS[c] : undefined;
    const second = this.#text.charCodeAt(start + 1);
    const longer =
      operator === undefined || operator.longer.length === 0
        ? undefined
        : operator.longer.find((candidate) => candidate.second === second);
    if (longer !== undefined) this.#push(longer.kind, start, start + 2, longer.text, false);
    else if (operator?.kind !== undefined) this.#push(operator.kind, start, start + 1, operator.text, false);
    else this.#strange(start);
  }

  /** A text in foreign quotes is one mistake: up to the closing one, if that follows on the line. */
  #closingQuote(start: number, opening: string): number {
    if (this.#problems.isFull) return start + 1;
    const closing = opening === '“' ? '”' : opening;
    for (let at = start + 1; at < start + MAX_QUOTED; at++) {
      const c = this.#text[at];
      if (c === closing) return at + 1;
      if (c === undefined || c === '\n') break;
    }
    return start + 1;
  }

  #strange(start: number): void {
    const text = this.#text;
    const character = text[start] as string;
    let end = start + 1;
    // One report for a run of the same character, for both halves of a pair, and for a whole `#!` line.
    if (character === '#' && text[end] === '!') {
      const lineEnd = text.indexOf('\n', end);
      end = lineEnd < 0 ? text.length : lineEnd;
    } else if (isHighSurrogate(character) && end < text.length) end++;
    else if (character === "'" || character === '“') end = this.#closingQuote(start, character);
    else while (text[end] === character) end++;
    this.#error(start, end);
    if (this.#problems.isFull) return;
    const shown = String.fromCodePoint(text.codePointAt(start) as number);
    const help = helpFor(character, text[start + 1]);
    this.#problems.report('MR1005', { start, end }, `the character ${nameOf(shown)} has no meaning here`, {
      label: 'not part of the language',
      ...(help === undefined ? {} : { help }),
    });
  }
}

/** What begins with one character. */
interface Operator {
  readonly text: string;
  /** Undefined where it means nothing by itself. */
  kind: TokenKind | undefined;
  readonly longer: { readonly second: number; readonly text: string; readonly kind: TokenKind }[];
}

const OPERATORS: readonly (Operator | undefined)[] = operatorsByCharacter([
  ['(', 'LEFT_PAREN'],
  [')', 'RIGHT_PAREN'],
  ['{', 'LEFT_BRACE'],
  ['}', 'RIGHT_BRACE'],
  ['[', 'LEFT_BRACKET'],
  [']', 'RIGHT_BRACKET'],
  [',', 'COMMA'],
  ['.', 'DOT'],
  [';', 'SEMICOLON'],
  [':', 'COLON'],
  ['?', 'QUESTION'],
  ['+', 'PLUS'],
  ['-', 'MINUS'],
  ['*', 'STAR'],
  ['%', 'PERCENT'],
  ['!', 'BANG'],
  ['=', 'ASSIGN'],
  ['<', 'LT'],
  ['>', 'GT'],
  ['|', 'PIPE'],
  ['$', 'DOLLAR'],
  ['??', 'COALESCE'],
  ['++', 'CONCAT'],
  ['->', 'ARROW'],
  ['!=', 'NEQ'],
  ['==', 'EQ'],
  ['=>', 'ARROW'],
  ['<=', 'LE'],
  ['>=', 'GE'],
  ['&&', 'AND'],
  ['||', 'OR'],
]);

function operatorsByCharacter(rows: readonly (readonly [string, TokenKind])[]): readonly (Operator | undefined)[] {
  const operators: (Operator | undefined)[] = new Array(128).fill(undefined);
  for (const [text, kind] of rows) {
    const first = text.charCodeAt(0);
    const operator = operators[first] ?? { text: text.slice(0, 1), kind: undefined, longer: [] };
    operators[first] = operator;
    if (text.length === 1) operator.kind = kind;
    else operator.longer.push({ second: text.charCodeAt(1), text, kind });
  }
  return operators;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isHexDigit(c: number): boolean {
  return isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);
}

/** Letters of the Basic Multilingual Plane and `_`. */
function isLetter(c: number): boolean {
  if (c < 128) return (CLASSES[c] as number) >= CAPITAL && CLASSES[c] !== DIGIT;
  return /^\p{L}$/u.test(String.fromCharCode(c));
}

function isHighSurrogate(character: string): boolean {
  return character >= '\ud800' && character <= '\udbff';
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) as number;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code === 0xfeff) return `${number} (byte order mark)`;
  if (code === 0xa0) return `${number} (no-break space)`;
  return /\p{C}|\p{Z}/u.test(character) ? number : `\`${character}\``;
}

function helpFor(character: string, next: string | undefined): string | undefined {
  switch (character) {
    case "'":
    case '“':
    case '”':
      return 'texts stand in straight double quotes: "text"';
    case '&':
      return '“and” is written &&';
    case '#':
      return next === '!' ? 'there is no such first line; a comment starts with //' : 'a comment starts with //';
    case '@':
      return 'there are no annotations';
    case '^':
      return 'a power is written POWER(base, exponent)';
    case '\ufeff':
      return 'save the file as UTF-8 without a byte order mark';
    case '\u00a0':
      return 'replace it with a plain space';
    default:
      return undefined;
  }
}
