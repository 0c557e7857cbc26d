/**
 * Finds a literal text in another: linear in both, charged before each stretch is searched, whatever the two texts are.
 *
 * Why not `indexOf` alone: measured on Node 20, one call takes 13 s for a needle of 100,000 units in a text of
 * 1,000,000 (`babab…` in `abab…`); up to 128 units it stays below 10 ns per unit.
 */
import type { Meter } from '../value/meter.ts';
import { chargeUnits } from './charges.ts';

const LONGEST_NATIVE_NEEDLE = 128;
const WINDOW = 4096;

export class LiteralSearch {
  readonly #meter: Meter;
  readonly #text: string;
  readonly #needle: string;
  /** Failure function of Knuth, Morris and Pratt, for long needles. */
  readonly #borders: Int32Array | undefined;
  /** The text up to here has been charged: finds that follow each other pay for the text once. */
  #paidTo = 0;

  /** `needle` is not empty. */
  constructor(meter: Meter, text: string, needle: string) {
    this.#meter = meter;
    this.#text = text;
    this.#needle = needle;
    if (needle.length > LONGEST_NATIVE_NEEDLE && needle.length <= text.length) {
      meter.charge(needle.length >> 1);
      meter.allocate(4 * needle.length);
      this.#borders = bordersOf(needle);
    }
  }

  /** The first place at or after `from`, or -1. Successive calls move forward. */
  next(from: number): number {
    const text = this.#text;
    const needle = this.#needle;
    const borders = this.#borders;
    let matched = 0;
    for (let at = from; at + needle.length - matched <= text.length; at += WINDOW) {
      const end = Math.min(text.length, at + WINDOW);
      this.#payTo(end);
      if (borders === undefined) {
        const found = indexWithin(text, needle, at, end);
        if (found >= 0) return found;
        continue;
      }
      for (let i = at; i < end; i++) {
        const unit = text.charCodeAt(i);
        while (matched > 0 && needle.charCodeAt(matched) !== unit) matched = borders[matched - 1];
        if (needle.charCodeAt(matched) === unit) matched++;
        if (matched === needle.length) return i + 1 - matched;
      }
    }
    return -1;
  }

  #payTo(end: number): void {
    if (end <= this.#paidTo) return;
    chargeUnits(this.#meter, end - this.#paidTo);
    this.#paidTo = end;
  }
}

/** Where `needle` starts in `text` between `start` and `end`, or -1. */
function indexWithin(text: string, needle: string, start: number, end: number): number {
  const last = end + needle.length - 1;
  if (last >= text.length) return text.indexOf(needle, start);
  const found = text.slice(start, last).indexOf(needle);
  return found < 0 ? -1 : start + found;
}

function bordersOf(needle: string): Int32Array {
  const borders = new Int32Array(needle.length);
  let length = 0;
  for (let i = 1; i < needle.length; i++) {
    const unit = needle.charCodeAt(i);
    while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1];
    if (needle.charCodeAt(length) === unit) length++;
    borders[i] = length;
  }
  return borders;
}
