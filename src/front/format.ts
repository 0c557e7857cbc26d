/**
 * The formatter: a program in the layout of the house.
 *
 * Promises: the tree of the program and the text of every comment stay the same, and formatting again changes nothing.
 * The first is not taken on trust: what was made is read again and compared before it is handed out. Never throws for any
 * text; one with errors is not formatted.
 */
import { invariant } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { LOAD_LIMITS } from '../base/limits.ts';
import { SourceText } from '../base/source.ts';
import { readGaps } from './format-comments.ts';
import { DeclarationFormatter } from './format-declarations.ts';
import { renderDoc } from './format-layout.ts';
import { readMarks } from './format-marks.ts';
import { lex, type Parsed, parse } from './parser.ts';
import { renderAst } from './render-ast.ts';
import type { Token } from './token.ts';

const WIDTH = 100;

/** The formatted text, or the errors that keep the program from being read. */
export type Formatted = { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] };

export function formatSource(source: SourceText): Formatted {
  const before = parse(source);
  if (hasErrors(before)) return { diagnostics: before.diagnostics };
  const { tokens } = lex(source);
  const formatter = new DeclarationFormatter(source.text, tokens, readMarks(before.program));
  const doc = formatter.program(before.program);
  const text = renderDoc(doc, WIDTH, LOAD_LIMITS.sourceLength.default + WIDTH).replace(/^\n+|\n+$/g, '');
  const formatted = new SourceText(source.name, text === '' ? '' : `${text}\n`);
  const after = parse(formatted);
  // Indentation may push a text over the limit of its length; nothing else can be wrong with it.
  if (after.diagnostics.some((d) => d.code === 'MR1002')) return { diagnostics: after.diagnostics };
  invariant(!hasErrors(after), `the formatted program can be read: ${after.diagnostics[0]?.message ?? ''}`);
  invariant(renderAst(after.program) === renderAst(before.program), 'formatting keeps the tree');
  const formattedTokens = lex(formatted).tokens;
  invariant(meaningOf(formattedTokens) === meaningOf(tokens), 'formatting keeps the tokens');
  const comments = commentsOf(formatted.text, formattedTokens);
  invariant(comments === commentsOf(source.text, tokens), 'formatting keeps the comments');
  return { text: formatted.text };
}

function hasErrors({ diagnostics }: Parsed): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** The tokens but for separators, which come and go, and the letter case of keywords. */
function meaningOf(tokens: readonly Token[]): string {
  return tokens
    .filter(({ kind }) => kind !== 'SEMICOLON' && kind !== 'COMMA')
    .map(({ kind, text }) => (kind === 'ARROW' || kind === text.toUpperCase() ? kind : `${kind} ${text}`))
    .join('\n');
}

function commentsOf(text: string, tokens: readonly Token[]): string {
  const comments = readGaps(text, tokens).flatMap((gap) => gap.comments);
  return comments.map((c) => c.text.replaceAll(/\n[ \t\r]*/g, '\n')).join('\n');
}
