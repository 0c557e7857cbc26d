/**
 * The long texts that a run has made without a copy and that a later use copies, by their lengths: those that it has
 * joined and not yet read, and those that it has cut out of others and not yet used as a key. V8 joins texts by reference and copies such a
 * text into one piece when it is first read; that copy stays as long as the text. Nothing tells one from a text in one
 * piece, so the first reading of any text of that length pays for it.
 *
 * Lengths are counted in classes, because a table of exact ones costs a loop that grows a text more than the joins:
 * measured, a map by length took as long as the rest of such a loop. A text of another length in the same class may pay.
 *
 * Invariant: as many readings of a class are paid as texts of it were joined, if there are so many. Why that is enough: a
 * copy is made by a reading, and only of a text that was joined. The same holds of cut texts and keys.
 */
const CLASSES = 1024;

export class JoinedTexts {
  #counts: Int32Array | null = null;
  #open = 0;

  get isEmpty(): boolean {
    return this.#open === 0;
  }

  add(length: number): void {
    this.#counts ??= new Int32Array(CLASSES);
    const index = length & (CLASSES - 1);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#open++;
  }

  clear(): void {
    this.#counts = null;
    this.#open = 0;
  }

  /** Whether a text of this length is to be paid for; it is then counted as read. */
  take(length: number): boolean {
    if (this.#open === 0) return false;
    const counts = this.#counts as Int32Array;
    const index = length & (CLASSES - 1);
    const count = counts[index] as number;
    if (count === 0) return false;
    counts[index] = count - 1;
    this.#open--;
    return true;
  }
}
