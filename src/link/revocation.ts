/**
 * Whether a grant has been taken back. Runs look at it before each host call and at each fuel slice; who waits for a host
 * function is told at once.
 */
export class Revocation {
  readonly #listeners = new Set<() => void>();
  #isRevoked = false;

  get isRevoked(): boolean {
    return this.#isRevoked;
  }

  /** For good; once is enough. */
  revoke(): void {
    if (this.#isRevoked) return;
    this.#isRevoked = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls `listener` at the revocation; answers with what takes it off again. Why not an AbortSignal: a thousand runs may
   * wait under one grant, and Node warns of more than ten listeners. */
  onRevoke(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
