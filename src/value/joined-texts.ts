/**
 * The long texts that a run has made without a copy and that a later use copies, by their lengths: those that it has
 * joined and not yet read, and those that it has cut out of others and not yet used as a key. V8 joins texts by reference
 * and copies such a text into one piece when it is first read; that copy stays as long as the text. Nothing tells one from
 * a text in one piece, so the first reading of any text of that length pays for it.
 *
 * Lengths are counted in classes, because a table of exact ones costs a loop that grows a text more than the joins:
 * measured, a map by length took as long as the rest of such a loop. A text of another length in the same class may pay.
 *
 * Invariant: as many readings of a class are paid as texts of it were joined, if there are so many. Why that is enough: a
 * copy is made by a reading, and only of a text that was joined. The same holds of cut texts and keys.
 */
const CLASSES = 1024;

/** Measured: a copy takes half the time of making an Int32Array of this size. */
const NONE: readonly number[] = Array.from({ length: CLASSES }, () => 0);

/** What keeps such texts; told of the first. */
export interface TextOwner {
  isTouched: boolean;
}

export class JoinedTexts {
  readonly #owner: TextOwner | null;
  #counts: number[] | null = null;

  constructor(owner: TextOwner | null = null) {
    this.#owner = owner;
  }

  /** Whether no text was ever added. */
  get isEmpty(): boolean {
    return this.#counts === null;
  }

  add(length: number): void {
    count((this.#counts ??= this.#begin()), length, 1);
  }

  /** Eight texts, of which the last `spare` are one and the same and do not count. */
  addEight(
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
    spare: number,
  ): void {
    const counts = (this.#counts ??= this.#begin());
    count(counts, a, 1);
    count(counts, b, 1);
    count(counts, c, 1);
    count(counts, d, 1);
    count(counts, e, 1);
    count(counts, f, 1);
    count(counts, g, 1);
    count(counts, h, 1);
    count(counts, h, -spare);
  }

  clear(): void {
    this.#counts = null;
  }

  #begin(): number[] {
    if (this.#owner !== null) this.#owner.isTouched = true;
    return NONE.slice();
  }

  /** Whether a text of this length is to be paid for; it is then counted as read. */
  take(length: number): boolean {
    const counts = this.#counts;
    if (counts === null) return false;
    const index = length & (CLASSES - 1);
    const open = counts[index] as number;
    if (open === 0) return false;
    counts[index] = open - 1;
    return true;
  }
}

function count(counts: number[], length: number, by: number): void {
  const index = length & (CLASSES - 1);
  counts[index] = (counts[index] as number) + by;
}
