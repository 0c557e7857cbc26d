/**
 * Text → tokens → tree. Promises: never throws, takes linear time, reports at most `diagnostics` errors (then MR1004),
 * and gives a tree of what could be read even when there are errors.
 */
import { type Diagnostic, DiagnosticCollector } from '../base/diagnostic.ts';
import { LOAD_LIMITS } from '../base/limits.ts';
import type { SourceText } from '../base/source.ts';
import type { Program } from './ast.ts';
import { lexText } from './lexer.ts';
import { DeclarationParser } from './parse-declarations.ts';
import type { Token } from './token.ts';

export interface Lexed {
  readonly tokens: readonly Token[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface Parsed {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export function lex(source: SourceText): Lexed {
  const problems = newCollector(source);
  if (!checkLength(source, problems)) return { tokens: lexText('', problems), diagnostics: problems.list };
  const tokens = lexText(source.text, problems);
  return { tokens, diagnostics: settled(problems) };
}

export function parse(source: SourceText): Parsed {
  const problems = newCollector(source);
  if (!checkLength(source, problems)) return { program: { declarations: [] }, diagnostics: problems.list };
  const tokens = lexText(source.text, problems);
  const program = new DeclarationParser(tokens, problems).program();
  return { program, diagnostics: settled(problems) };
}

export function newCollector(source: SourceText): DiagnosticCollector {
  return new DiagnosticCollector(source, LOAD_LIMITS.diagnostics.default);
}

/** In the order of their places; when the collector is full, with a last one that says so. */
export function settled(problems: DiagnosticCollector): readonly Diagnostic[] {
  const sorted = [...problems.list].sort((a, b) => placeOf(a) - placeOf(b));
  const last = sorted.filter((d) => d.severity === 'error').at(-1);
  if (!problems.isFull || last === undefined) return sorted;
  const final = new DiagnosticCollector(problems.source, 1);
  const { span } = last.labels[0] as Diagnostic['labels'][number];
  final.report('MR1004', span, `reading stopped after ${LOAD_LIMITS.diagnostics.default} errors`, {
    label: 'the last one reported',
    help: 'mend these first',
  });
  return [...sorted, ...final.list];
}

function placeOf(diagnostic: Diagnostic): number {
  return diagnostic.labels[0]?.span.start ?? 0;
}

function checkLength(source: SourceText, problems: DiagnosticCollector): boolean {
  const limit = LOAD_LIMITS.sourceLength.default;
  if (source.text.length <= limit) return true;
  problems.report(
    'MR1002',
    { start: limit, end: limit + 1 },
    `the source has ${source.text.length} characters, more than ${limit}`,
    {
      label: 'too long from here on',
      help: 'split the program into modules, or pass data as input instead of writing it into the program',
    },
  );
  return false;
}
