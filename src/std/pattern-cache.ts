/** The compiled patterns of one linked module: bounded in number and in size, the oldest goes first. */

const MAX_PATTERNS = 64;
/** A unit (pattern-size.ts) takes some 300 bytes when compiled. */
const MAX_UNITS = 20_000;

export class PatternCache<Pattern> {
  readonly #entries = new Map<string, { readonly pattern: Pattern; readonly units: number }>();
  #units = 0;

  get count(): number {
    return this.#entries.size;
  }

  get units(): number {
    return this.#units;
  }

  get(text: string): Pattern | undefined {
    return this.#entries.get(text)?.pattern;
  }

  /** `text` is not in the cache. */
  add(text: string, pattern: Pattern, units: number): void {
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size < MAX_PATTERNS && this.#units + units <= MAX_UNITS) break;
      this.#entries.delete(oldest);
      this.#units -= entry.units;
    }
    this.#entries.set(text, { pattern, units });
    this.#units += units;
  }
}
