/** Options of `npm run fuzz -- …`, the same for all its parts. */
import { parseArgs } from 'node:util';

/** What there is to run. Mutated binaries and mutated JSON ASTs belong here too, once both can be read. */
export const PARTS = ['programs', 'soups', 'breakers', 'bytecode', 'watched'] as const;
export type Part = (typeof PARTS)[number];

export interface FuzzOptions {
  readonly seed: number;
  /** Number of the first module or program. */
  readonly from: number;
  readonly counts: { readonly [P in Part]: number };
  readonly parts: ReadonlySet<Part>;
  readonly maxFailures: number;
  /** For each part; without `--minutes` the counts decide. */
  readonly deadlineMs: number | undefined;
}

export function fuzzOptions(): FuzzOptions {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      programs: { type: 'string', default: '20000' },
      soups: { type: 'string', default: '200000' },
      breakers: { type: 'string', default: '500' },
      bytecode: { type: 'string', default: '100000' },
      watched: { type: 'string', default: '20000' },
      failures: { type: 'string', default: '3' },
      minutes: { type: 'string' },
      parts: { type: 'string', default: PARTS.join() },
    },
  });
  const parts = new Set(PARTS.filter((part) => values.parts.split(',').includes(part)));
  return {
    seed: Number(values.seed),
    from: Number(values.from),
    counts: {
      programs: Number(values.programs),
      soups: Number(values.soups),
      breakers: Number(values.breakers),
      bytecode: Number(values.bytecode),
      watched: Number(values.watched),
    },
    parts,
    maxFailures: Number(values.failures),
    deadlineMs: values.minutes === undefined ? undefined : (60_000 * Number(values.minutes)) / Math.max(1, parts.size),
  };
}
