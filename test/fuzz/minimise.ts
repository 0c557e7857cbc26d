/** Makes a failing program smaller as long as it goes on failing. */
import { type Part, render, smaller } from './tree.ts';

const MAX_TRIES = 1500;

/** Greedy: takes the first smaller tree that still fails and starts again from it. */
export async function minimise(tree: Part, stillFails: (tree: Part) => Promise<boolean>): Promise<Part> {
  let best = tree;
  let triesLeft = MAX_TRIES;
  for (;;) {
    const next = await firstFailing(best, async (candidate) => triesLeft-- > 0 && (await stillFails(candidate)));
    if (next === undefined) return best;
    best = next;
  }
}

async function firstFailing(tree: Part, fails: (tree: Part) => Promise<boolean>): Promise<Part | undefined> {
  const size = render(tree).length;
  for (const candidate of smaller(tree)) {
    if (render(candidate).length < size && (await fails(candidate))) return candidate;
  }
  return undefined;
}
