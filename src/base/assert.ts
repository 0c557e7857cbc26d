/** Assertions about our own code: a failure is an internal error (MR9001), never the guest's or the host's fault. */

/** Thrown when an invariant of ours does not hold; the run that met it is dead. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new InternalError(what);
}

/** For the default branch of a switch over a closed union. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected case ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'kind' in value) return String(value.kind);
  return String(value);
}
