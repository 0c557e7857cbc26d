/**
 * Patterns of paths: `*` and `?` stand for part of a name, `**` for anything; all else, brackets too, for itself. Folders in
 * front of the first wildcard are the root, from which the rest is matched.
 *
 * Promises: time linear in pattern × path. No RegExp is made from a text.
 */

export interface Glob {
  readonly root: string;
  /** Of a path below the root, with `/` between its parts. */
  matches(relativePath: string): boolean;
}

export function parseGlob(pattern: string): Glob {
  const wildcard = pattern.search(/[*?]/);
  const rootEnd = pattern.lastIndexOf('/', wildcard < 0 ? pattern.length : wildcard) + 1;
  const steps = pattern.slice(rootEnd).match(/\*\*\/|\*\*|[\s\S]/gu) ?? [];
  return { root: pattern.slice(0, rootEnd) || '.', matches: (path) => doesMatch(steps, path) };
}

/** Walks the path once, with every place of the pattern that its start can lead to. */
function doesMatch(steps: readonly string[], path: string): boolean {
  let places = withSkipped(new Set([0]), steps);
  for (const character of path) {
    const next = new Set<number>();
    // Within folders that `**/` stands for, where it cannot be left before their `/`.
    const within: number[] = [];
    for (const at of places) {
      const step = steps[at];
      if (step === '**/') {
        within.push(at);
        if (character === '/') next.add(at + 1);
      } else if (step === '**' || (step === '*' && character !== '/')) next.add(at);
      else if (step === character || (step === '?' && character !== '/')) next.add(at + 1);
    }
    places = withSkipped(next, steps);
    for (const at of within) places.add(at);
  }
  return places.has(steps.length);
}

/** Adds the places behind wildcards that stand for nothing. */
function withSkipped(places: Set<number>, steps: readonly string[]): Set<number> {
  for (const at of places) if (steps[at]?.startsWith('*') === true) places.add(at + 1);
  return places;
}
