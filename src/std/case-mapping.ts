/** How long a text may become in the other case: some letters have none there and become two or three others. */

/** Ranges of letters that may become up to three units in upper case, such as `ß`, `ŉ`, `ΐ`, `ﬃ`. */
const GROWING: readonly (readonly [number, number])[] = [
  [0xdf, 0xdf],
  [0x149, 0x149],
  [0x1f0, 0x1f0],
  [0x390, 0x390],
  [0x3b0, 0x3b0],
  [0x587, 0x587],
  [0x1e96, 0x1e9a],
  [0x1f50, 0x1ffc],
  [0xfb00, 0xfb17],
];
const MOST_UNITS = 3;

/** No fewer units than this one becomes in upper case. */
export function upperUnits(unit: number): number {
  // Why: most scripts have none of them, and this is asked for each unit.
  if (unit < 0xdf || (unit > 0x587 && unit < 0x1e96) || (unit > 0x1ffc && unit < 0xfb00)) return 1;
  return GROWING.some(([first, last]) => unit >= first && unit <= last) ? MOST_UNITS : 1;
}

/** The same in lower case, where only the capital I with a dot above grows. */
export function lowerUnits(unit: number): number {
  return unit === 0x130 ? 2 : 1;
}
