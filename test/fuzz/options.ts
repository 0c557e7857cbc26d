/** Options of `npm run fuzz -- …`, the same for all its parts. */
import { parseArgs } from 'node:util';

/** What there is to run, and how much of it when nothing else is said. */
const COUNTS = {
  programs: 20_000,
  tiers: 200_000,
  soups: 200_000,
  breakers: 500,
  bytecode: 100_000,
  watched: 20_000,
  binaries: 500_000,
  trees: 200_000,
};
export type Part = keyof typeof COUNTS;
export const PARTS = Object.keys(COUNTS) as readonly Part[];

export interface FuzzOptions {
  readonly seed: number;
  /** Number of the first module, program or mutant: what failed is made again by its number and a count of 1. */
  readonly from: number;
  readonly counts: { readonly [P in Part]: number };
  readonly parts: ReadonlySet<Part>;
  readonly maxFailures: number;
  /** For each part; without `--minutes` the counts decide. */
  readonly deadlineMs: number | undefined;
}

export function fuzzOptions(): FuzzOptions {
  const count = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      failures: { type: 'string', default: '3' },
      minutes: { type: 'string' },
      parts: { type: 'string', default: PARTS.join() },
      ...(Object.fromEntries(PARTS.map((part) => [part, count])) as { [P in Part]: typeof count }),
    },
  });
  const parts = new Set(PARTS.filter((part) => values.parts.split(',').includes(part)));
  const { minutes } = values;
  // With a time given, that alone is what ends a part.
  const countOf = (part: Part): number =>
    Number(values[part] ?? (minutes === undefined ? COUNTS[part] : Number.POSITIVE_INFINITY));
  return {
    seed: Number(values.seed),
    from: Number(values.from),
    counts: Object.fromEntries(PARTS.map((part) => [part, countOf(part)])) as { [P in Part]: number },
    parts,
    maxFailures: Number(values.failures),
    deadlineMs: minutes === undefined ? undefined : (60_000 * Number(minutes)) / Math.max(1, parts.size),
  };
}
