/** What a tracer has to say at the end of a run: as data with stable keys, and as text for people. */
import type { TraceEvent } from './trace-events.ts';
import type { NameProvenance, Provenance, ProvenanceStep } from './trace-provenance.ts';
import { clip, oneLine, showBriefly, showKey, showLine, showPath, showValue } from './trace-values.ts';

const MAX_EXPLANATIONS = 8;
const MAX_WATCHES_SHOWN = 20;
export const TIMELINE_LENGTH = 25;

export interface TraceReport {
  readonly totalEvents: number;
  /** Milliseconds from the first event to the last. */
  readonly duration: number;
  readonly timelineSample: readonly { readonly at: number; readonly kind: string; readonly label: string }[];
  /** By total time, the longest first. Times are milliseconds and include what was called from there. */
  readonly hotspots: readonly {
    readonly kind: string;
    readonly name: string | null;
    readonly calls: number;
    readonly total: number;
    readonly mean: number;
  }[];
  /** The last value read under a name, and how often it had changed. */
  readonly watches: { readonly [name: string]: { readonly last: unknown; readonly changes: number } };
  readonly checkpoints: readonly { readonly at: number; readonly label: string | null }[];
  readonly explanations: readonly string[];
  /** Executions by instruction, of the code as compiled for tracing but without the tracing. */
  readonly instructions: { readonly [opcode: string]: number };
  /** Records that were output. */
  readonly rows: number;
}

export function eventLabel(event: TraceEvent): string {
  switch (event.kind) {
    case 'enter':
    case 'exit':
      return `${event.node} (line ${event.line})`;
    case 'eval-enter':
      return event.expression;
    case 'eval-exit':
      return `${event.expression} = ${showLine(event.value)}`;
    case 'error':
      return `${event.text}: ${oneLine(event.message)}`;
    case 'call':
      if (event.call === 'CHECKPOINT')
        return event.name === null ? 'CHECKPOINT' : `CHECKPOINT ${showValue(event.name)}`;
      return `${event.call} ${event.name ?? '<lambda>'}(${clip(event.args.map((arg) => showValue(arg, 2)).join(', '))})`;
    case 'return':
      return `${event.call} ${event.name ?? '<lambda>'} = ${showLine(event.value, 2)}`;
    case 'read':
      return `${event.name} = ${showLine(event.value, 2)}`;
    case 'let':
      return `${event.name} = ${showLine(event.new, 2)}`;
    case 'path-write':
      return `${event.op} ${event.root}${pathText(event.root, event.path)} = ${showLine(event.new, 2)}`;
    case 'output':
      return showLine(event.record, 1);
    case 'line':
    case 'breakpoint':
      return `${event.unit}:${event.line}`;
  }
}

/** The human form of the names asked for, or of all, and of what they directly depend on. */
export function explainNames(provenance: Provenance, asked: readonly string[]): readonly string[] {
  const first = asked.length > 0 ? asked : provenance.names();
  const names = new Set(first);
  for (const name of first) for (const dependency of provenance.dependenciesOf(name)) names.add(dependency);
  const texts: string[] = [];
  for (const name of names) {
    if (texts.length === MAX_EXPLANATIONS) break;
    const known = provenance.explain(name);
    if (known !== undefined && known.steps.length > 0) texts.push(provenanceText(known));
  }
  return texts;
}

/** One block per name, or per first part of the paths written below it. */
export function provenanceText({ name, steps }: NameProvenance): string {
  const groups = new Map<string, ProvenanceStep[]>();
  for (const step of steps) {
    const [top] = step.path;
    const isBelow = step.op === 'SET' || (step.op === 'APPEND' && top !== name);
    const title = isBelow && top !== undefined ? `${name}${showKey(top)}` : name;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [step]);
    else group.push(step);
  }
  return [...groups].flatMap(([title, group]) => [`• ${title}`, ...group.flatMap(stepLines)]).join('\n');
}

function stepLines(step: ProvenanceStep): readonly string[] {
  const lines = [`  → ${stepTitle(step)}`];
  const dotted = step.inputs.map((input) => input.name);
  const inputs = step.inputs
    .filter(({ name }) => !dotted.some((other) => other.startsWith(`${name}.`) || other.startsWith(`${name}[`)))
    .map(({ name, value }) => `${name}=${showBriefly(value)}`)
    .sort();
  if (inputs.length > 0) lines.push(`    inputs: ${inputs.join(', ')}`);
  const calc = [
    ...step.calc.map(
      ({ name, args, value }) => `${name}(${args.map(showBriefly).join(', ')}) -> ${showBriefly(value)}`,
    ),
    ...(step.op === 'LET' ? step.debug : []),
  ];
  if (calc.length > 0) lines.push('    calc:', ...calc.map((line) => `      ${line}`));
  return lines;
}

function stepTitle(step: ProvenanceStep): string {
  switch (step.op) {
    case 'SET':
      return `SET(value=${showBriefly(step.new)})`;
    case 'APPEND':
      return `APPEND(delta=${showBriefly(step.delta)})`;
    default:
      return step.op;
  }
}

function pathText(root: string, path: readonly unknown[]): string {
  return path.length === 1 && path[0] === root ? '' : showPath('', path);
}

export function renderReport(report: TraceReport): string {
  const lines = [
    `trace: ${report.totalEvents} events in ${milliseconds(report.duration)}, ${report.rows} ${report.rows === 1 ? 'record' : 'records'} output`,
  ];
  section(lines, 'timeline (first events)', [
    ...report.timelineSample.map(({ at, kind, label }) => [milliseconds(at), kind, label]),
  ]);
  section(lines, 'hotspots', [
    ...report.hotspots.map(({ kind, name, calls, total, mean }) => [
      `${kind} ${name ?? '<lambda>'}`,
      `${calls} ${calls === 1 ? 'call' : 'calls'}`,
      `${milliseconds(total)} in all`,
      `${milliseconds(mean)} each`,
    ]),
  ]);
  const watches = Object.entries(report.watches);
  section(lines, 'reads', [
    ...watches
      .slice(0, MAX_WATCHES_SHOWN)
      .map(([name, { last, changes }]) => [name, `= ${showLine(last, 2)}`, changes === 0 ? '' : `changed ${changes}×`]),
    ...(watches.length > MAX_WATCHES_SHOWN ? [[`… ${watches.length - MAX_WATCHES_SHOWN} more`]] : []),
  ]);
  section(lines, 'checkpoints', [
    ...report.checkpoints.map(({ at, label }) => [milliseconds(at), label === null ? '(no label)' : showValue(label)]),
  ]);
  const instructions = Object.entries(report.instructions).sort(([, a], [, b]) => b - a);
  section(lines, 'instructions', [...instructions.slice(0, 10).map(([name, count]) => [name, String(count)])]);
  if (report.explanations.length > 0) lines.push('', 'explanations', ...report.explanations.flatMap(indented));
  return lines.join('\n');
}

/** One line. What JSON cannot hold is told in words. */
export function reportToJson(report: TraceReport, print: (value: unknown) => string): string {
  const watches = Object.entries(report.watches).map(([name, { last, changes }]) => {
    return [name, { last: isPrintable(last, print) ? last : showValue(last), changes }] as const;
  });
  return print({ ...report, watches: Object.fromEntries(watches) });
}

function isPrintable(value: unknown, print: (value: unknown) => string): boolean {
  try {
    print(value);
    return true;
  } catch {
    return false;
  }
}

function section(lines: string[], title: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.min(40, Math.max(widths[i] ?? 0, cell.length));
    });
  lines.push('', title);
  for (const row of rows)
    lines.push(
      `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd(),
    );
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 1)} ms`;
}
