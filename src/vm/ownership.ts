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
 * Compiled code keeps the mark of a variable's value in a number beside the variable while nothing else could look for it:
 * a value is owned if it is in the set or its variable has a mark of this epoch.
 *
 * Invariant: a write in place happens only when every container from the variable down is owned.
 */
import type { Value } from '../value/kinds.ts';

/** How many containers a run may own at a time; deterministic, so that every tier copies and charges alike. */
const OWNED_LIMIT = 1 << 18;

/** What of a run says who owns what. */
export interface Owner {
  /** Told when something of it is written. */
  isTouched: boolean;
  readonly owned: Set<object>;
  /** How many marks compiled code keeps beside its variables instead of in the set. */
  keptMarks: number;
  /** Marks that are kept count only while this is as it was when they were taken. Not 0. */
  markEpoch: number;
}

/** Marks a container that the program has just made by a write. Forgetting all others is always safe: it costs copies. */
export function own(owner: Owner, container: object): void {
  makeRoom(owner);
  owner.owned.add(container);
}

function makeRoom(owner: Owner): void {
  owner.isTouched = true;
  if (owner.owned.size + owner.keptMarks < OWNED_LIMIT) return;
  owner.owned.clear();
  owner.keptMarks = 0;
  owner.markEpoch++;
}

/** For compiled code: takes the mark of a variable's value out of the set, to keep it beside the variable; 0 if it has none. */
export function takeMark(owner: Owner, value: Value): number {
  if (!owner.owned.delete(value as object)) return 0;
  owner.keptMarks++;
  return owner.markEpoch;
}

/** For compiled code: the mark of a container that is owned, or that the program has just made by a write. */
export function keepMark(owner: Owner, container: object): number {
  if (owner.owned.size === 0 || !owner.owned.delete(container)) makeRoom(owner);
  owner.keptMarks++;
  return owner.markEpoch;
}

/** A mark that was kept goes: the value is referred to from one more place. */
export function dropMark(owner: Owner, mark: number): number {
  if (mark === owner.markEpoch) owner.keptMarks--;
  return 0;
}

/** A mark that was kept goes back to the set, where all else looks for it. */
export function giveMark(owner: Owner, value: Value, mark: number): number {
  if (mark === owner.markEpoch) {
    owner.keptMarks--;
    owner.owned.add(value as object);
  }
  return 0;
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
