/** What counts as white space at the ends of a text: for TRIM, and for the functions that read numbers. */
import type { Meter } from '../value/meter.ts';
import { allocateSlice, chargeUnits } from './charges.ts';

/** Without white space of Unicode and the separators U+001C to U+001F; the byte order mark U+FEFF stays. */
export function trimmed(meter: Meter, text: string): string {
  let start = 0;
  let end = text.length;
  if (end === 0 || !(isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(end - 1)))) return text;
  chargeUnits(meter, 2 * end);
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  allocateSlice(meter, end - start);
  return text.slice(start, end);
}

function isSpace(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  if (unit < 0x2000) return unit === 0xa0 || unit === 0x1680;
  return unit <= 0x200a || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000;
}
