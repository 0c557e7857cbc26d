/**
 * `--output-path a.b[0]['k']`: the part of a result that is wanted. Brackets around an integer, quoted or not, are an index;
 * an index into an object is the key of that text. What is not there is null. Reads own properties only.
 */
import { usageFailure } from './failure.ts';

export type OutputStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number };

const STEP = /\.?([^.[\]'"\s]+)|\[\s*(?:'([^']*)'|"([^"]*)"|([^\]'"]*))\s*\]/y;

/** @throws CliFailure of kind `usage`. */
export function parseOutputPath(text: string): readonly OutputStep[] {
  const steps: OutputStep[] = [];
  for (let at = 0; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    const isGlued = match?.[1] !== undefined && (at === 0) === text.startsWith('.', at);
    if (match === null || isGlued) throw unreadable(text, at);
    const [, name, single, double, bare] = match;
    const inside = single ?? double ?? bare?.trim();
    if (name === undefined && bare !== undefined && inside === '') throw unreadable(text, at);
    steps.push(name === undefined ? stepInBrackets(inside ?? '') : { kind: 'field', name });
  }
  if (steps.length === 0) throw unreadable(text, 0);
  return steps;
}

export function selectPath(value: unknown, steps: readonly OutputStep[]): unknown {
  return steps.reduce<unknown>((from, step) => {
    if (typeof from !== 'object' || from === null) return null;
    if (Array.isArray(from)) return step.kind === 'index' ? (from[step.index] ?? null) : null;
    const key = step.kind === 'index' ? String(step.index) : step.name;
    return Object.hasOwn(from, key) ? ((from as Record<string, unknown>)[key] ?? null) : null;
  }, value);
}

function stepInBrackets(text: string): OutputStep {
  return /^-?\d{1,15}$/.test(text) ? { kind: 'index', index: Number(text) } : { kind: 'field', name: text };
}

function unreadable(text: string, at: number) {
  return usageFailure(
    `--output-path takes a path such as a.b[0]['k']; '${text}' cannot be read from column ${at + 1} on`,
  );
}
