/** The waiting times that BACKOFF takes: digits and `ms`, `s` or `m`; without a unit milliseconds. */

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
]);

/** The longest wait that a timer keeps. */
const MAX_MS = 2 ** 31 - 1;

/** Milliseconds, or undefined when `text` is not such a time. */
export function backoffMs(text: string): number | undefined {
  const match = /^([0-9]{1,10})(ms|s|m|)$/.exec(text);
  const factor = UNITS.get(match?.[2] ?? '');
  if (match === null || factor === undefined) return undefined;
  const ms = Number(match[1]) * factor;
  return ms <= MAX_MS ? ms : undefined;
}
