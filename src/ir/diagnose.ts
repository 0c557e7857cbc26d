/** Refusals of a JSON AST as diagnostics: with the place in the text where there is one. */
import { type Diagnostic, DiagnosticCollector } from '../base/diagnostic.ts';
import type { SourceText } from '../base/source.ts';
import { placeInText } from './json-text.ts';
import { IR_REASONS, type IrRefusal } from './reasons.ts';

/** `source` is the text of the JSON AST; an empty one where the host gave an object. */
export function irDiagnostic({ reason, pointer, detail, offset }: IrRefusal, source: SourceText): Diagnostic {
  const { code, sentence } = IR_REASONS[reason];
  const { text } = source;
  const found = offset === undefined ? placeInText(text, pointer) : { start: offset, end: offset + 1 };
  const start = Math.min(found.start, text.length);
  const problems = new DiagnosticCollector(source, 1);
  const at = pointer === '' ? '' : ` at ${pointer}`;
  // A node may be hundreds of lines long: the label stands at its first line.
  const lineEnd = text.indexOf('\n', start);
  const end = Math.max(start, Math.min(found.end, lineEnd < 0 ? text.length : lineEnd));
  problems.report(code, { start, end }, `${sentence}${at}`, {
    label: detail,
    notes: [`reason: ${reason}`, ...(detail === '' ? [] : [`found or expected: ${detail}`])],
    help: 'a JSON AST is made by `millrace build --format json`; what was changed since has to be what a program can say',
  });
  return problems.list[0] as Diagnostic;
}
