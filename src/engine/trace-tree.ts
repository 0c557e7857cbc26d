/**
 * The nodes of a tree of causes. Invariant: whatever the program did, building the tree takes about `MAX_NODES` nodes and nests
 * `MAX_DEPTH` deep; what is cut says so.
 */
import type { SourceText } from '../base/source.ts';
import type { Value } from '../value/kinds.ts';
import type { Explanation, Origin } from './trace-explanation.ts';

const MAX_NODES = 400;
const MAX_DEPTH = 200;
const CUT = '…';
/** Rounds of a loop, calls of a lambda, writes below one variable: the first and the last of many. */
const FIRST_SHOWN = 8;
const LAST_SHOWN = 4;

export type Causes = readonly Explanation[];

export class CauseTree {
  readonly #source: SourceText;
  #nodes = 0;
  #depth = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  leaf(by: Origin, what: string, value: Value, note: string | null = null): Explanation {
    return this.node(by, what, value, null, [], note);
  }

  node(
    by: Origin,
    what: string,
    value: Value,
    line: number | null,
    from: Causes,
    note: string | null = null,
  ): Explanation {
    this.#nodes++;
    const isKnown = line !== null && line >= 1 && line <= this.#source.lineCount;
    return { what, value, by, line, code: isKnown ? this.#source.lineText(line).trim() : null, note, from };
  }

  /** The causes of a few of many steps. */
  some<T>(steps: readonly T[], causesOf: (step: T) => Causes): Causes {
    const hidden = steps.length - FIRST_SHOWN - LAST_SHOWN;
    if (hidden <= 1) return steps.flatMap(causesOf);
    const more = this.leaf('more', `… ${hidden} more`, null);
    return [...steps.slice(0, FIRST_SHOWN).flatMap(causesOf), more, ...steps.slice(-LAST_SHOWN).flatMap(causesOf)];
  }

  /** Causes one level further down, unless the tree is as large as it may be. */
  below(causes: () => Causes): Causes {
    if (this.#nodes >= MAX_NODES || this.#depth >= MAX_DEPTH) return [this.leaf('more', CUT, null)];
    this.#depth++;
    try {
      return causes();
    } finally {
      this.#depth--;
    }
  }
}

/** Read twice in one expression, told once. What has causes of its own is told where it is met first. */
export function distinct(causes: Causes): Causes {
  return causes.filter(
    ({ by, what, value, from }, i) =>
      from.length > 0 ||
      (by === 'more' && what !== CUT) ||
      !causes.slice(0, i).some((other) => other.by === by && other.what === what && Object.is(other.value, value)),
  );
}
