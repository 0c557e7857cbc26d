/**
 * Renders diagnostics and faults as frames for terminals and logs: code and fact, place, labelled source lines, notes,
 * help. Pure text; colour is the caller's business.
 */
import type { Diagnostic, Label } from './diagnostic.ts';
import type { SourceText } from './source.ts';

const MAX_LINE_SHOWN = 160;

export interface Frame {
  readonly heading: string;
  readonly source: SourceText | undefined;
  readonly labels: readonly Label[];
  readonly notes: readonly string[];
  readonly help: string | undefined;
  readonly more: string | undefined;
}

export function renderDiagnostic(d: Diagnostic): string {
  return renderFrame({
    heading: `${d.severity}[${d.code}]: ${d.message}`,
    source: d.source,
    labels: d.labels,
    notes: d.notes,
    help: d.help,
    more: `src/ERRORS.md#${d.code.toLowerCase()}`,
  });
}

export function renderFrame(frame: Frame): string {
  const out = [escapeControls(frame.heading)];
  const { source, labels } = frame;
  const lineNumbers = source === undefined ? [] : labels.map((l) => source.positionAt(l.span.start).line);
  const gutter = String(Math.max(1, ...lineNumbers)).length;
  const pad = ' '.repeat(gutter);
  const primary = labels.find((l) => l.primary) ?? labels[0];
  if (source !== undefined && primary !== undefined) {
    const at = source.positionAt(primary.span.start);
    const place = at.line === 0 ? '' : `:${at.line}:${at.column}`;
    out.push(`${pad} ┌─ ${escapeControls(source.name)}${place}`);
    if (source.hasText) out.push(`${pad} │`, ...excerpt(source, labels, lineNumbers, pad));
  }
  for (const note of frame.notes) out.push(`${pad} = ${escapeControls(note)}`);
  if (frame.help !== undefined) out.push(`help: ${escapeControls(frame.help)}`);
  if (frame.more !== undefined) out.push(`more: ${frame.more}`);
  return out.join('\n');
}

/** The lines that the labels stand in, each with its marks below. */
function excerpt(source: SourceText, labels: readonly Label[], lineNumbers: readonly number[], pad: string): string[] {
  const out: string[] = [];
  let previous = 0;
  for (const line of [...new Set(lineNumbers)].sort((a, b) => a - b)) {
    if (previous !== 0 && line > previous + 1) out.push(`${pad} ┆`);
    previous = line;
    const text = escapeControls(source.lineText(line).replaceAll('\t', ' '));
    out.push(`${String(line).padStart(pad.length)} │ ${clip(text)}`.trimEnd());
    const here = labels.filter((l) => source.positionAt(l.span.start).line === line);
    for (const row of underline(source, line, here)) out.push(`${pad} │ ${row}`);
  }
  out.push(`${pad} │`);
  return out;
}

/** Control characters (ANSI sequences too) never reach a terminal through a message. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function clip(text: string): string {
  return text.length > MAX_LINE_SHOWN ? `${text.slice(0, MAX_LINE_SHOWN)}…` : text;
}

function underline(source: SourceText, line: number, labels: readonly Label[]): string[] {
  const lineLength = source.lineText(line).length;
  const marks = labels
    .map((l) => {
      const column = Math.min(source.positionAt(l.span.start).column - 1, MAX_LINE_SHOWN);
      const wanted = Math.max(1, Math.min(l.span.end - l.span.start, lineLength - column));
      return {
        column,
        text: l.text,
        line: (l.primary ? '^' : '-').repeat(Math.min(wanted, MAX_LINE_SHOWN - column + 1)),
      };
    })
    .sort((a, b) => a.column - b.column);
  let first = '';
  for (const m of marks) {
    if (first.length < m.column) first = first.padEnd(m.column);
    first = first.slice(0, m.column) + m.line + first.slice(m.column + m.line.length);
  }
  const last = marks.at(-1);
  if (last === undefined) return [];
  const rows = [last.text === '' ? first : `${first} ${escapeControls(last.text)}`];
  for (const m of marks.slice(0, -1).reverse())
    if (m.text !== '') rows.push(`${' '.repeat(m.column)}${escapeControls(m.text)}`);
  return rows;
}
