/**
 * For tools that work on texts while they are written: the formatter, and what a piece of a session is. Apart from
 * tools.ts because running a program needs none of it.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { SourceText } from '../base/source.ts';
import type { Declaration, Program, Statement } from '../front/ast.ts';
import { type Formatted, formatSource } from '../front/format.ts';
import { lex, parse } from '../front/front.ts';
import type { TokenKind } from '../front/token.ts';
import { STANDARD } from '../std/index.ts';

/** The program in the layout of the house, or the errors that keep it from being read. */
export function formatProgram(text: string, name: string): Formatted {
  return formatSource(new SourceText(name, text));
}

/** A part of an entry, as a range of its text. */
export interface EntryPart {
  /** What it declares; empty for an anonymous TRANSFORM. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What somebody has typed into a session. */
export type Entry =
  | { readonly kind: 'empty' }
  /** It goes on: something is open at its end. */
  | { readonly kind: 'incomplete'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'errors'; readonly diagnostics: readonly Diagnostic[] }
  /** One that gives a value; `end` is where a `;` would stand. */
  | { readonly kind: 'expression'; readonly end: number }
  /** `variables` are the LETs outside of blocks, each up to the next statement. */
  | { readonly kind: 'statements'; readonly variables: readonly EntryPart[] }
  | { readonly kind: 'declarations'; readonly parts: readonly EntryPart[] };

/** They begin a statement even where the rest could be read as an expression. */
const STATEMENT_WORDS: ReadonlySet<TokenKind> = new Set([
  'LET',
  'SET',
  'APPEND',
  'MODIFY',
  'OUTPUT',
  'RETURN',
  'ABORT',
  'THROW',
]);

export function readEntry(source: SourceText): Entry {
  const { tokens } = lex(source);
  const [first] = tokens;
  if (first === undefined || first.kind === 'EOF') return { kind: 'empty' };
  const last = tokens.findLast((token) => token.kind !== 'SEMICOLON' && token.kind !== 'EOF');
  if (last !== undefined && !STATEMENT_WORDS.has(first.kind)) {
    const asValue = parse(new SourceText(source.name, `LET it = (\n${source.text.slice(0, last.end)}\n)`));
    if (!hasErrors(asValue.diagnostics)) return { kind: 'expression', end: last.end };
  }
  const { program, diagnostics } = parse(source);
  if (hasErrors(diagnostics)) return { kind: endsOpen(diagnostics, source) ? 'incomplete' : 'errors', diagnostics };
  const statements = scriptOf(program);
  if (statements !== undefined) return { kind: 'statements', variables: variablesOf(statements, source) };
  return { kind: 'declarations', parts: program.declarations.map(partOf) };
}

/** The names of all standard functions. */
export function standardNames(): readonly string[] {
  return [...STANDARD.keys()];
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** The first error is that the text has ended, or a comment has not. */
function endsOpen(diagnostics: readonly Diagnostic[], source: SourceText): boolean {
  const first = diagnostics.find((d) => d.severity === 'error');
  const start = first?.labels.find((label) => label.primary)?.span.start ?? 0;
  return first?.code === 'MR1007' || start >= source.text.trimEnd().length;
}

/** The statements of a source without declarations. */
function scriptOf({ declarations }: Program): readonly Statement[] | undefined {
  const [first] = declarations;
  return first?.kind === 'TransformDecl' && first.token === first.body.token ? first.body.statements : undefined;
}

function variablesOf(statements: readonly Statement[], source: SourceText): readonly EntryPart[] {
  return statements.flatMap((statement, i) => {
    if (statement.kind !== 'LetStmt') return [];
    const next = statements[i + 1];
    // A statement that starts with a bracket starts before its first expression does; a LET never ends with one.
    const end = next === undefined ? source.text.length : next.start;
    const text = source.text.slice(statement.start, end).replace(/[\s;(]+$/, '');
    return [{ name: statement.name.text, start: statement.start, end: statement.start + text.length }];
  });
}

function partOf(declaration: Declaration): EntryPart {
  const { start, end } = declaration;
  if (declaration.kind === 'ImportDecl') return { name: declaration.alias?.text ?? declaration.uri.text, start, end };
  return { name: declaration.name?.text ?? '', start, end };
}
