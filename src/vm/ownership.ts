/**
 * Copy on write with ownership. Values never change as far as a program can see; a container that only one place refers
 * to may be changed in place, so that loops of SET and APPEND are linear.
 *
 * `run.owned` holds the containers that (a) the program itself made by a write, and (b) exactly one variable or container
 * refers to. A reference on the operand stack does not count, because it is gone before the next statement; therefore:
 * - whatever stores a value (variable, element, argument, output, capture) takes it out of the set (`share`);
 * - a call that can run code of the program shares the operands that wait on the caller's stack;
 * - a copy shares the container's children, which from then on have two parents.
 * Ownership is a run-time fact: no instruction can claim it. Host inputs are never in the set.
 *
 * Invariant: a write in place happens only when every container from the variable down is owned.
 */
import type { Value } from '../value/kinds.ts';

/** How many containers a run may own at a time; deterministic, so that every tier copies and charges alike. */
const OWNED_LIMIT = 1 << 18;

/** Marks a container that the program has just made by a write. Forgetting all others is always safe: it costs copies. */
export function own(owned: Set<object>, container: object): void {
  if (owned.size >= OWNED_LIMIT) owned.clear();
  owned.add(container);
}

/**
 * A variable gets a new value: that one is referred to once more, and the old one is given up, so that what nobody can
 * reach is not kept alive by its mark.
 */
export function shareOverwritten(owned: Set<object>, before: Value, value: Value): void {
  share(owned, before);
  share(owned, value);
}

/** The value is about to be referred to from one more place. */
export function share(owned: Set<object>, value: Value): void {
  if (typeof value === 'object' && value !== null && owned.size !== 0) owned.delete(value);
}

export function shareRange(owned: Set<object>, registers: readonly Value[], from: number, to: number): void {
  if (owned.size === 0) return;
  for (let i = from; i < to; i++) {
    const value = registers[i];
    if (typeof value === 'object' && value !== null) owned.delete(value);
  }
}

export function shareAll(owned: Set<object>, values: Iterable<Value>): void {
  if (owned.size === 0) return;
  for (const value of values) if (typeof value === 'object' && value !== null) owned.delete(value);
}
