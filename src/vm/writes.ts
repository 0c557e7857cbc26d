/**
 * SET, APPEND TO and MODIFY on a variable's value: navigation with the language's faults, then the write, in place down
 * to the first container that is not owned, by copies from there.
 */
import type { Key } from '../bytecode/module.ts';
import { adviceOnWrittenIndex } from '../value/advice.ts';
import { argumentFault, type Fault, stateFault } from '../value/fault.ts';
import { isList, isObject, kindOf, typeWord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { normaliseKey, writeKey } from '../value/path.ts';
import { asContainer, type Container, copyList, ownedCopy, ownedList, partOf, writePart } from './containers.ts';
import { share } from './ownership.ts';
import type { Run } from './run.ts';

type Verb = 'SET' | 'APPEND TO' | 'MODIFY';

/** A resolved segment: the key, and whether the program computed it (faults are worded differently). */
interface Step {
  readonly key: MapKey;
  readonly computed: boolean;
}

/** One part: the fast path of SET. Returns the variable's new value. */
export function setPart(run: Run, name: string, root: Value, key: Value, computed: boolean, value: Value): Value {
  share(run.owned, value);
  if (root === null || root === undefined) throw notFound(name, 'SET');
  const parent = targetParent(root);
  const resolved = leafKey(run, parent, key, computed);
  return writePart(run, owned(run, parent), resolved, value);
}

/** SET through at least two segments. `keys` are the computed ones, in order. */
export function setPath(
  run: Run,
  name: string,
  root: Value,
  segments: readonly (Key | null)[],
  keys: readonly Value[],
  value: Value,
): Value {
  share(run.owned, value);
  const { spine, last } = navigate(run, name, 'SET', root, segments, keys);
  return rewrite(run, spine, segments, keys, last, value);
}

/** Faults where a write through these containers could not arrive. `keys` are those of `segments`. */
export function checkPath(
  run: Run,
  name: string,
  verb: Verb,
  root: Value,
  segments: readonly (Key | null)[],
  keys: readonly Value[],
): void {
  if (root === null || root === undefined) throw notFound(name, verb);
  let at: Value = root;
  const passed: MapKey[] = [];
  let dynamic = 0;
  for (const segment of segments) {
    const step = stepAt(run, asContainer(at), segment, segment === null ? keys[dynamic++] : segment);
    at = enter(at, step, verb, passed);
    passed.push(step.key);
  }
}

export function appendToVariable(
  run: Run,
  name: string,
  current: Value,
  element: Value,
  init: Value | undefined,
): Value {
  share(run.owned, element);
  return push(run, listToAppendTo(run, name, current, init), element);
}

/** For compiled code, which keeps the mark: a list that may be appended to once it is owned. */
export function appendableList(run: Run, name: string, current: Value, init: Value | undefined): Value[] {
  const list = listToAppendTo(run, name, current, init);
  return run.owned.size !== 0 && run.owned.has(list) ? list : copyList(run, list);
}

function listToAppendTo(run: Run, name: string, current: Value, init: Value | undefined): Value[] {
  if (isList(current)) return current;
  if (current !== null && current !== undefined)
    throw stateFault('MR6007', `APPEND TO expects list in variable '${name}'`);
  if (init === undefined) return [];
  if (!isList(init)) throw argumentFault('MR6007', 'INIT for APPEND TO must evaluate to a list');
  share(run.owned, init);
  return init;
}

export function appendAtPath(
  run: Run,
  name: string,
  root: Value,
  segments: readonly (Key | null)[],
  keys: readonly Value[],
  element: Value,
  init: Value | undefined,
): Value {
  share(run.owned, element);
  const { spine, last } = navigate(run, name, 'APPEND TO', root, segments, keys);
  const parent = spine.at(-1) as Container;
  const current = partOf(parent, last);
  if (init !== undefined && !isList(init))
    throw argumentFault('MR6007', `INIT for APPEND TO must evaluate to a list (got ${typeWord(init)})`);
  let list: Value[];
  if (current === null || current === undefined) list = init ?? [];
  else if (isList(current)) list = current;
  else throw stateFault('MR6007', `APPEND TO expects list at target path, got ${typeWord(current)}`);
  if (spine.every((c) => run.owned.has(c)) && run.owned.has(list) && list === current) {
    push(run, list, element);
    return root;
  }
  // The list may be owned by a container that is itself shared: then it must be copied all the same.
  run.owned.delete(list);
  const appended = push(run, list, element);
  return rewrite(run, spine, segments, keys, last, appended);
}

/** MODIFY: `pairs` are key, value, key, value …, all computed before the target is looked at. */
export function modifyAtPath(
  run: Run,
  name: string,
  root: Value,
  segments: readonly (Key | null)[],
  pairs: readonly Value[],
): Value {
  const updates: (readonly [MapKey, Value])[] = [];
  for (let i = 0; i < pairs.length; i += 2) updates.push([writeKey(run, pairs[i]), pairs[i + 1]]);
  for (const [, value] of updates) share(run.owned, value);
  if (root === null || root === undefined) throw stateFault('MR6007', `MODIFY root '${name}' not found`);
  const spine: Container[] = [];
  let at: Value = root;
  for (const segment of segments) {
    const container = asContainer(at);
    if (container === undefined) throw stateFault('MR6007', 'MODIFY path enters non-container value');
    const key = isList(container) ? listIndex(container, segment, false) : (segment as Key);
    const part = partOf(container, key);
    if (part === null || part === undefined) {
      throw stateFault(
        'MR6007',
        isList(container)
          ? `MODIFY path index ${String(key)} is null`
          : `MODIFY path segment '${String(key)}' not found`,
      );
    }
    spine.push(container);
    at = part;
  }
  if (!isObject(at)) throw stateFault('MR6007', 'MODIFY target must be object');
  const isOwned = spine.every((c) => run.owned.has(c)) && run.owned.has(at);
  let target: Container = isOwned ? at : copyOf(run, at);
  for (const [key, value] of updates) {
    run.charge(2);
    target = writePart(run, target, key, value);
  }
  if (segments.length === 0) return target;
  if (isOwned && target === at) return root;
  return rewrite(run, spine, segments, [], segments.at(-1) as Key, target);
}

function push(run: Run, list: Value[], element: Value): Value[] {
  const target = ownedList(run, list);
  run.allocate(2 * BYTES.listSlot);
  // Why not `push`: the optimised loop bets that a list stays of the kind it starts as, and is thrown away when it does not.
  target[target.length] = element;
  return target;
}

function owned(run: Run, container: Container): Container {
  return run.owned.has(container) ? container : ownedCopy(run, container);
}

/** A copy even of an owned container: one above it is shared. */
function copyOf(run: Run, container: Container): Container {
  run.owned.delete(container);
  return ownedCopy(run, container);
}

interface Target {
  /** The containers from the root to the parent of the last segment. */
  readonly spine: readonly Container[];
  readonly last: MapKey;
}

function navigate(
  run: Run,
  name: string,
  verb: Verb,
  root: Value,
  segments: readonly (Key | null)[],
  keys: readonly Value[],
): Target {
  if (root === null || root === undefined) throw notFound(name, verb);
  const spine: Container[] = [];
  let at: Value = root;
  const passed: MapKey[] = [];
  let dynamic = 0;
  for (let i = 0; i < segments.length - 1; i++) {
    const segment = segments[i] as Key | null;
    const container = asContainer(at);
    const step = stepAt(run, container, segment, segment === null ? keys[dynamic++] : segment);
    at = enter(at, step, verb, passed);
    spine.push(container as Container);
    passed.push(step.key);
  }
  const parent = targetParent(at);
  spine.push(parent);
  const last = segments.at(-1) as Key | null;
  return { spine, last: leafKey(run, parent, last === null ? keys[dynamic] : last, last === null) };
}

/** Rebuilds the spine bottom up; stops at the first container that is owned from the root down and kept its identity. */
function rewrite(
  run: Run,
  spine: readonly Container[],
  segments: readonly (Key | null)[],
  keys: readonly Value[],
  last: MapKey,
  value: Value,
): Value {
  let ownedDown = 0;
  while (ownedDown < spine.length && run.owned.has(spine[ownedDown] as Container)) ownedDown++;
  const path = spineKeys(run, spine, segments, keys, last);
  let part: Value = value;
  for (let i = spine.length - 1; i >= 0; i--) {
    const before = spine[i] as Container;
    const target = i < ownedDown ? before : copyOf(run, before);
    const after = writePart(run, target, path[i] as MapKey, part);
    if (after === before) return spine[0];
    part = after;
  }
  return part;
}

function spineKeys(
  run: Run,
  spine: readonly Container[],
  segments: readonly (Key | null)[],
  keys: readonly Value[],
  last: MapKey,
): MapKey[] {
  let dynamic = 0;
  const path: MapKey[] = [];
  for (let i = 0; i < spine.length - 1; i++) {
    const segment = segments[i] as Key | null;
    path.push(stepAt(run, spine[i], segment, segment === null ? keys[dynamic++] : segment).key);
  }
  path.push(last);
  return path;
}

function stepAt(run: Run, container: Container | undefined, segment: Key | null, key: Value): Step {
  const computed = segment === null;
  if (container === undefined)
    return { key: typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint' ? key : '', computed };
  return { key: leafKey(run, container, key, computed), computed };
}

/** `passed` are the keys on the way here. */
function enter(at: Value, step: Step, verb: Verb, passed: readonly MapKey[]): Value {
  const container = asContainer(at);
  if (container === undefined) throw stateFault('MR6007', `${verb} path enters non-container value`);
  const part = partOf(container, step.key);
  if ((part === null || part === undefined) && !isList(container)) {
    const key = String(step.key);
    const place = ['<root>', ...passed].join('.');
    throw stateFault(
      'MR6007',
      step.computed ? `${verb} path segment '${key}' not found` : `${verb}: segment '${key}' not found at ${place}`,
    );
  }
  return part;
}

function targetParent(value: Value): Container {
  const container = asContainer(value);
  if (container !== undefined) return container;
  if (kindOf(value) === 'foreign') throw stateFault('MR6016', 'a value of the host cannot be written to');
  throw stateFault('MR6007', 'Target parent must be object or list');
}

function notFound(name: string, verb: Verb): Fault {
  return stateFault('MR6007', `${verb} variable '${name}' not found`);
}

/** The key of a write, by the container's rules. */
function leafKey(run: Run, container: Container, key: Value, computed: boolean): MapKey {
  return isList(container)
    ? listIndex(container, key, computed)
    : container instanceof OrderedMap || computed
      ? writeKey(run, key)
      : (key as MapKey);
}

function listIndex(list: readonly Value[], key: Value, computed: boolean): number {
  const index = typeof key === 'bigint' ? normaliseKey(key) : key;
  if (typeof index === 'string' && !computed) throw stateFault('MR6006', 'Cannot use name segment on list');
  if (typeof index === 'bigint' || (typeof index === 'number' && Number.isInteger(index))) {
    if (typeof index === 'number' && index >= 0 && index < list.length) return index;
    throw outOfBounds(list, index);
  }
  throw stateFault('MR6006', 'Index must be integer for list');
}

function outOfBounds(list: readonly Value[], index: number | bigint): Fault {
  const message = `Index ${String(index)} out of bounds 0..${list.length - 1}`;
  return argumentFault('MR6004', message, () => adviceOnWrittenIndex(list));
}
