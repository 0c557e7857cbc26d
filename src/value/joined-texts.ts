/**
 * The long texts that a run has joined and not yet read, by their lengths. V8 joins texts by reference and copies such a
 * text into one piece when it is first read; that copy stays as long as the text. Nothing tells one from a text in one
 * piece, so the first reading of any text of that length pays for it.
 *
 * Invariant: as many readings of a length are paid as texts of it were joined, if there are so many. Why that is enough: a
 * copy is made by a reading, and only of a text that was joined.
 */
export class JoinedTexts {
  #counts: Map<number, number> | null = null;

  get isEmpty(): boolean {
    return this.#counts === null || this.#counts.size === 0;
  }

  add(length: number): void {
    this.#counts ??= new Map();
    this.#counts.set(length, (this.#counts.get(length) ?? 0) + 1);
  }

  /** Whether a text of this length is to be paid for; it is then counted as read. */
  take(length: number): boolean {
    const count = this.#counts?.get(length);
    if (count === undefined) return false;
    if (count === 1) this.#counts?.delete(length);
    else this.#counts?.set(length, count - 1);
    return true;
  }
}
