/** Reading host and engine sets without running any host code: only the intrinsics captured here touch a set. */
import { allocateList } from './charges.ts';
import { foreignFault } from './fault.ts';
import type { Value } from './kinds.ts';
import type { Meter } from './meter.ts';

const apply = Reflect.apply;
const forEach = Set.prototype.forEach;
const sizeOf = Object.getOwnPropertyDescriptor(Set.prototype, 'size')?.get as () => number;

/** How many elements; a fault for an object that only pretends to be a set. */
export function sizeOfSet(set: ReadonlySet<Value>): number {
  try {
    return apply(sizeOf, set, []);
  } catch {
    throw foreignFault('read as a set');
  }
}

/** The elements in insertion order, as a new list. */
export function listOfSet(meter: Meter, set: ReadonlySet<Value>): Value[] {
  allocateList(meter, sizeOfSet(set));
  return elementsOf(set);
}

/** The same, uncharged: for walks that charge per element themselves. */
export function elementsOf(set: ReadonlySet<Value>): Value[] {
  const list: Value[] = [];
  if (sizeOfSet(set) === 0) return list;
  apply(forEach, set, [(element: Value) => list.push(element ?? null)]);
  return list;
}
