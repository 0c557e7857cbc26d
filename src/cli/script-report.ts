/** Says how the outcome of a test script differs from what it wanted, and writes outcomes as the script would say them. */
import type { Notation } from '../formats/notation.ts';
import { isAsWanted, type Outcome, readDirectives, type ValueOutcome, type Wanted } from './script.ts';

const MAX_PLACES = 8;
const MAX_SHOWN = 120;

/** One line for each place that differs; undefined when the outcome is as wanted. */
export function differencesOf(outcome: Outcome, wanted: Wanted): readonly string[] | undefined {
  if (isAsWanted(outcome, wanted)) return undefined;
  if (outcome.kind !== 'value' || wanted.kind !== 'value')
    return [`wanted ${directiveOf(wanted)}`, `found  ${directiveOf(outcome)}`];
  const lines: string[] = [];
  compare('$', wanted.value, outcome.value, lines);
  for (const seen of ['printed', 'requests', 'waits'] as const) compare(seen, wanted[seen], outcome[seen], lines);
  return lines.length > MAX_PLACES
    ? [...lines.slice(0, MAX_PLACES), `and ${lines.length - MAX_PLACES} more places`]
    : lines;
}

/** An outcome, or what was wanted, as its directive says it. */
export function directiveOf(outcome: Outcome | Wanted): string {
  switch (outcome.kind) {
    case 'value':
      return `expect: ${JSON.stringify(outcome.value)}`;
    case 'error': {
      const parts = [outcome.code, placed(outcome.place), outcome.type, outcome.message];
      return `expect error: ${parts.filter((part) => part !== '').join(' ')}`;
    }
    case 'load': {
      const [first] = 'findings' in outcome ? outcome.findings : [{ ...outcome, message: outcome.text }];
      const parts = first === undefined ? [] : [first.code, placed(first.place), first.message];
      return `expect load: ${parts.filter((part) => part !== '').join(' ')}`;
    }
    case 'broken':
      return `a broken promise: ${outcome.reason}`;
  }
}

/** The script with the directive on `line` (1-based) telling what came out; undefined if no directive can say that. */
export function updated(source: string, line: number, outcome: Outcome, wanted: Wanted): string | undefined {
  if (outcome.kind === 'broken') return undefined;
  const lines = source.split('\n');
  const changes = new Map([[line - 1, directiveOf(outcome)]]);
  if (outcome.kind === 'value') {
    for (const seen of ['printed', 'requests', 'waits'] as const) {
      if (sameText(outcome[seen], wanted.kind === 'value' ? wanted[seen] : [])) continue;
      const directive = readDirectives(source).find(({ name }) => name === seen);
      if (directive === undefined) return undefined;
      changes.set(directive.line - 1, `${seen}: ${JSON.stringify(outcome[seen])}`);
    }
  }
  return lines
    .map((text, i) => {
      const change = changes.get(i);
      return change === undefined
        ? text
        : `${text.slice(0, text.indexOf('//'))}// ${change}${text.endsWith('\r') ? '\r' : ''}`;
    })
    .join('\n');
}

function placed(place: string): string {
  return place === '' ? '' : `@${place}`;
}

function sameText(a: ValueOutcome['requests'], b: ValueOutcome['requests']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Adds a line for each place in which two notations differ, outer places first. */
function compare(path: string, wanted: Notation | undefined, found: Notation | undefined, lines: string[]): void {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return;
  if (wanted === undefined) lines.push(`${path}: not wanted, found ${shown(found)}`);
  else if (found === undefined) lines.push(`${path}: wanted ${shown(wanted)}, not there`);
  else if (Array.isArray(wanted) && Array.isArray(found)) {
    for (let i = 0; i < Math.max(wanted.length, found.length); i++)
      compare(`${path}[${i}]`, wanted[i] as Notation | undefined, found[i] as Notation | undefined, lines);
  } else if (isRecord(wanted) && isRecord(found)) {
    const before = lines.length;
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)]))
      compare(`${path}${segment(key)}`, own(wanted, key), own(found, key), lines);
    if (lines.length === before)
      lines.push(
        `${path}: keys wanted in the order ${Object.keys(wanted).join(', ')}, found ${Object.keys(found).join(', ')}`,
      );
  } else lines.push(`${path}: wanted ${shown(wanted)}, found ${shown(found)}`);
}

function isRecord(value: Notation): value is { readonly [key: string]: Notation } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(record: { readonly [key: string]: Notation }, key: string): Notation | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function segment(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function shown(value: Notation | undefined): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
