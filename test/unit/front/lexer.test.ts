/** Tokens: the comment rule, words, numbers, texts, operators, and characters that mean nothing. */
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../src/base/source.ts';
import { lex } from '../../../src/front/front.ts';

const kinds = (text: string) =>
  lex(new SourceText('lex', text))
    .tokens.map((t) => t.kind)
    .join(' ');
const texts = (text: string) =>
  lex(new SourceText('lex', text))
    .tokens.slice(0, -1)
    .map((t) => t.text);
const codes = (text: string) =>
  lex(new SourceText('lex', text)).diagnostics.map((d) => `${d.code}@${d.labels[0]?.span.start}`);

describe('comments and divisions', () => {
  it.each(['a', '1', 'a_', ')', ']', '"t"', '$', 'THEN', 'é', 'a  \t\r'])('divides after %j', (before) => {
    expect(kinds(`${before} // b`)).toContain('SLASH_SLASH');
  });

  it.each(['', ';', ',', '{', '}', '(', '[', ':', '=', '+', '`n`', '/* c */', 'a\n', 'a\n  '])(
    'comments after %j',
    (before) => {
      expect(kinds(`${before} // b "`)).not.toContain('SLASH_SLASH');
      expect(codes(`${before} // b "`)).toEqual([]);
    },
  );

  it('ends a comment at the line end and skips block comments', () => {
    expect(kinds('; // a\nb /* c\n // */ d')).toBe('SEMICOLON IDENTIFIER IDENTIFIER EOF');
    expect(lex(new SourceText('lex', '/*\n\n*/ a "x\\\ny"\nb')).tokens.map((t) => t.line)).toEqual([3, 3, 5, 5]);
  });
});

describe('words and numbers', () => {
  it('folds ASCII letters of keywords only', () => {
    expect(kinds('if If LET leT ıf ſet')).toBe('IF IF LET LET IDENTIFIER IDENTIFIER EOF');
  });

  it('takes letters of the basic plane and ASCII digits', () => {
    expect(texts('größe2 名前 _x')).toEqual(['größe2', '名前', '_x']);
    expect(codes('x٣')).toEqual(['MR1005@1']);
    expect(codes('𝑥')).toEqual(['MR1005@0']);
  });

  it('reads a fraction only where digits follow the dot', () => {
    expect(texts('1.5.2 1. .5 007')).toEqual(['1.5', '.', '2', '1', '.', '.', '5', '007']);
  });

  it('refuses numbers nobody writes', () => {
    expect(codes('9'.repeat(4096))).toEqual([]);
    expect(codes('9'.repeat(4097))).toEqual(['MR1005@0']);
  });

  it('keeps any text in backticks', () => {
    expect(texts('`in` `a b"c`')).toEqual(['in', 'a b"c']);
  });
});

describe('texts', () => {
  it('decodes escapes and keeps quotes', () => {
    expect(texts('"a\\n\\t\\r\\\\\\"\\u0041\\q"')).toEqual(['a\n\t\r\\"Aq']);
    expect(texts('"\\"hi\\""')).toEqual(['"hi"']);
  });

  it.each([
    ['"open', 'MR1006@0'],
    ['"open\n"', 'MR1006@0'],
    ['"a\\', 'MR1006@2'],
    ['"a\\u12"', 'MR1006@2'],
    ['"a\\u12', 'MR1006@2'],
    ['"a\\uzzzz"', 'MR1006@2'],
    ['``', 'MR1008@0'],
    ['`a\nb`', 'MR1008@0'],
    ['a /* b', 'MR1007@2'],
  ])('reports %j', (text, problem) => {
    expect(codes(text)[0]).toBe(problem);
  });
});

describe('operators', () => {
  it('takes the longest', () => {
    expect(kinds('??? +++ -> => == = <= >= != && || |')).toBe(
      'COALESCE QUESTION CONCAT PLUS ARROW ARROW EQ ASSIGN LE GE NEQ AND OR PIPE EOF',
    );
  });

  it('does not take a character above ASCII for half of an operator', () => {
    expect(kinds('<½')).toBe('LT ERROR EOF');
  });
});

describe('strange characters', () => {
  it('reports a run once and goes on', () => {
    expect(codes("@@@ a # b 'c d' ^ \u00a0 \ufeff")).toEqual([
      'MR1005@0',
      'MR1005@6',
      'MR1005@10',
      'MR1005@16',
      'MR1005@18',
      'MR1005@20',
    ]);
    expect(kinds('“a b” c')).toBe('ERROR IDENTIFIER EOF');
    expect(kinds('#! v 1\na')).toBe('ERROR IDENTIFIER EOF');
  });
});
