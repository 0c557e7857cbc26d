/**
 * Tokens: what the lexer makes and the parser reads. Kind names are the published ones (they appear in token dumps).
 *
 * Invariant: a list of tokens is never empty and ends in EOF. An ERROR token stands for text that the lexer has already
 * reported; no grammar rule takes it, and nothing is reported about it again.
 */

/** Keywords that are never names; backticks make a name of them. */
const HARD = [
  'IF',
  'THEN',
  'ELSE',
  'CASE',
  'WHEN',
  'FOR',
  'EACH',
  'IN',
  'WHERE',
  'TRY',
  'CATCH',
  'AWAIT',
  'SUSPEND',
  'TRUE',
  'FALSE',
  'NULL',
] as const;

/** Keywords that are names wherever the grammar wants a name. The last six are Millrace's own. */
const SOFT = [
  'ABORT',
  'APPEND',
  'AS',
  'BACKOFF',
  'BUFFER',
  'CALL',
  'ENUM',
  'FOREACH',
  'FUNC',
  'INIT',
  'LET',
  'MANY',
  'MODIFY',
  'OPTIONS',
  'OUTPUT',
  'RETRY',
  'RETURN',
  'SET',
  'SHARED',
  'SINGLE',
  'THROW',
  'TIMES',
  'TO',
  'TRANSFORM',
  'TYPE',
  'UNION',
  'USING',
  'BATCH',
  'EXPORT',
  'IMPORT',
  'PIN',
  'PIPELINE',
  'WITH',
] as const;

export type HardKeyword = (typeof HARD)[number];
export type SoftKeyword = (typeof SOFT)[number];

export type TokenKind =
  | HardKeyword
  | SoftKeyword
  | 'LEFT_PAREN'
  | 'RIGHT_PAREN'
  | 'LEFT_BRACE'
  | 'RIGHT_BRACE'
  | 'LEFT_BRACKET'
  | 'RIGHT_BRACKET'
  | 'COMMA'
  | 'DOT'
  | 'SEMICOLON'
  | 'COLON'
  | 'QUESTION'
  | 'PLUS'
  | 'MINUS'
  | 'STAR'
  | 'SLASH'
  | 'SLASH_SLASH'
  | 'PERCENT'
  | 'LT'
  | 'GT'
  | 'ASSIGN'
  | 'BANG'
  | 'LE'
  | 'GE'
  | 'EQ'
  | 'NEQ'
  | 'ARROW'
  | 'AND'
  | 'OR'
  | 'COALESCE'
  | 'CONCAT'
  | 'PIPE'
  | 'DOLLAR'
  | 'IDENTIFIER'
  | 'STRING'
  | 'NUMBER'
  | 'ERROR'
  | 'EOF';

export interface Token {
  readonly kind: TokenKind;
  /** UTF-16 offsets into the source; a half-open range. */
  readonly start: number;
  readonly end: number;
  /** 1-based line of `start`. */
  readonly line: number;
  /** Names without backticks, strings decoded, everything else as written. */
  readonly text: string;
  /** True for identifiers and soft keywords. */
  readonly isName: boolean;
  /** Place among the tokens. */
  readonly index: number;
}

const HARD_KEYWORDS: ReadonlySet<string> = new Set(HARD);

export interface Keyword {
  readonly kind: HardKeyword | SoftKeyword;
  readonly isName: boolean;
}

/** By their names in capitals and in small letters, which is how they are written nearly always. */
const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  [...HARD, ...SOFT].flatMap((kind) => {
    const keyword = { kind, isName: !HARD_KEYWORDS.has(kind) };
    return [
      [kind, keyword],
      [kind.toLowerCase(), keyword],
    ] as const;
  }),
);

export const LONGEST_KEYWORD = Math.max(...[...HARD, ...SOFT].map((kind) => kind.length));

/** The keyword that an all-ASCII word spells. A word in letters of both cases is to be given in capitals. */
export function keywordOf(word: string): Keyword | undefined {
  return KEYWORDS.get(word);
}

export function isHardKeyword(kind: TokenKind): kind is HardKeyword {
  return HARD_KEYWORDS.has(kind);
}

const SHOWN_CHARACTERS = 40;

/** A token as messages name it. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'EOF':
      return 'the end of the source';
    case 'STRING':
      return `the text ${JSON.stringify(clip(token.text))}`;
    case 'NUMBER':
      return `the number ${clip(token.text)}`;
    case 'IDENTIFIER':
      return `the name \`${clip(token.text)}\``;
    default:
      return HARD_KEYWORDS.has(token.kind) || token.isName ? `the keyword \`${token.text}\`` : `\`${token.text}\``;
  }
}

function clip(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
