/**
 * WALK: the nodes of a tree, depth first, parents before children, one at a time. Nothing is produced before it is asked
 * for, and each traversal starts anew. The stack is a list of frames, so that no tree overflows that of JavaScript.
 */
import { nestingOf } from '../value/charges.ts';
import { nestingStop } from '../value/fault.ts';
import { isList, isObject, type Value } from '../value/kinds.ts';
import { BYTES, type Meter } from '../value/meter.ts';
import type { MapKey } from '../value/ordered-map.ts';
import { Sequence } from '../value/sequence.ts';
import { keysOf, type LanguageObject, valueAt } from './objects.ts';

const NODE_FUEL = 16;
const NODE_FIELDS = 5;

interface Frame {
  readonly container: readonly Value[] | LanguageObject;
  /** null for a list, whose keys are its indexes. */
  readonly keys: readonly MapKey[] | null;
  readonly count: number;
  next: number;
}

export function walk(tree: Value): Sequence {
  return new Sequence((meter) => nodesOf(meter, tree));
}

function* nodesOf(meter: Meter, tree: Value): Generator<Value> {
  const limit = nestingOf(meter);
  const frames: Frame[] = [];
  const path: MapKey[] = [];
  let key: MapKey | null = null;
  let value: Value = tree ?? null;
  while (true) {
    const depth = path.length;
    const children = childrenOf(meter, value);
    meter.charge(NODE_FUEL + (depth >> 2));
    meter.allocate(BYTES.record + NODE_FIELDS * BYTES.recordField + BYTES.list + BYTES.listSlot * depth);
    yield { path: path.slice(), key, value, depth, isLeaf: children === null };
    if (children !== null) {
      if (frames.length >= limit) throw nestingStop(limit);
      frames.push(children);
    } else path.pop();
    let frame = frames.at(-1);
    while (frame !== undefined && frame.next === frame.count) {
      frames.pop();
      path.pop();
      frame = frames.at(-1);
    }
    if (frame === undefined) return;
    const index: number = frame.next++;
    key = frame.keys === null ? index : (frame.keys[index] as MapKey);
    value =
      (isList(frame.container) ? frame.container[index] : valueAt(frame.container as LanguageObject, key)) ?? null;
    path.push(key);
  }
}

/** A frame for what has children, null for a leaf: a scalar, a set, or an empty container. */
function childrenOf(meter: Meter, value: Value): Frame | null {
  if (isList(value)) return value.length === 0 ? null : { container: value, keys: null, count: value.length, next: 0 };
  if (!isObject(value)) return null;
  const keys = keysOf(meter, value);
  return keys.length === 0 ? null : { container: value, keys, count: keys.length, next: 0 };
}
