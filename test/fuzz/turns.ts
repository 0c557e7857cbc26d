/**
 * Asynchronous runs give way to the event loop between slices of fuel. With slices of one unit that is a timer for every
 * block, a millisecond each; here a timer without a delay is a turn of the event loop instead.
 */
export async function withInstantTurns<T>(action: () => Promise<T>): Promise<T> {
  const original = globalThis.setTimeout;
  const instant = (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): unknown =>
    (delay ?? 0) > 0 ? original(callback, delay, ...args) : setImmediate(callback, ...args);
  globalThis.setTimeout = instant as typeof setTimeout;
  try {
    return await action();
  } finally {
    globalThis.setTimeout = original;
  }
}
