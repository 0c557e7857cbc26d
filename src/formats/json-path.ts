/**
 * Paths that pick items of a JSON document: `$.items[*]`, `$['a b'][0].c`. `[*]` and `.*` are every element of a list or
 * every value of an object.
 */
import { FormatError } from './format-error.ts';

export type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every' };

const STEP = /\.([^.[\]*'"\s]+)|(\.\*|\[\*\])|\[(\d{1,15})\]|\['([^']*)'\]|\["([^"]*)"\]/y;
const EVERY: PathStep = { kind: 'every' };

/** @throws FormatError with the column. */
export function parsePath(text: string): readonly PathStep[] {
  if (!text.startsWith('$')) throw new FormatError("a path starts with '$', as in $.items[*]", 1, 1);
  const steps: PathStep[] = [];
  for (let at = 1; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) {
      throw new FormatError("a step of a path is .name, ['name'], [0], [*] or .*", 1, at + 1);
    }
    steps.push(stepOf(match));
  }
  return steps;
}

function stepOf(match: RegExpExecArray): PathStep {
  const [, name, every, index, single, double] = match;
  if (every !== undefined) return EVERY;
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  return { kind: 'key', key: name ?? single ?? double };
}
