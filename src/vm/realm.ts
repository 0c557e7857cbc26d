/**
 * Whether Object.prototype and Array.prototype are as they were. Additions by other code make every read an own-property
 * read (slower, never different); accessors or index keys among them refuse to run at all, since they would see writes.
 * Looked at once per turn of the event loop in which programs run, and after each host call.
 */
import { Stop } from '../value/fault.ts';
import { isIndex, isRealmClean, isStandardName } from '../value/path.ts';

/** Measured: as two variables of the module they cost each tiny call 2.6 ns; V8 finds those of a constant faster. */
const known = { isClean: false, isAltered: false };

export function realmIsClean(): boolean {
  return known.isClean || !(known.isAltered || isAltered());
}

/** Looks, and keeps the answer for this turn. */
function isAltered(): boolean {
  const isClean = isRealmClean();
  if (!isClean) refuseTraps();
  void forgetSoon();
  // Last: a built-in that somebody replaced may have thrown until here.
  known.isClean = isClean;
  known.isAltered = !isClean;
  return !isClean;
}

export function forgetRealm(): void {
  known.isClean = false;
  known.isAltered = false;
}

/** In a microtask. Why not queueMicrotask: Node makes and tracks a resource for each, which takes 2 µs. */
async function forgetSoon(): Promise<void> {
  await null;
  forgetRealm();
}

function refuseTraps(): void {
  for (const prototype of [Object.prototype, Array.prototype]) {
    for (const key of Object.getOwnPropertyNames(prototype)) {
      if (!isTrap(prototype, key)) continue;
      throw new Stop(
        'MR4013',
        `Object.prototype or Array.prototype carries ${JSON.stringify(key)}: programs cannot run safely beside it`,
      );
    }
  }
}

/** What sees writes, or what every property descriptor would inherit. Under names of the standard nothing is assigned. */
function isTrap(prototype: object, key: string): boolean {
  if (isStandardName(key)) return false;
  if (key === 'get' || key === 'set' || isIndex(key)) return true;
  return !Object.hasOwn(Object.getOwnPropertyDescriptor(prototype, key) as object, 'value');
}
