/**
 * Whether Object.prototype and Array.prototype are as they were. Additions by other code make every read an own-property
 * read (slower, never different); accessors or index keys among them refuse to run at all, since they would see writes.
 * Looked at once per turn of the event loop in which programs run, and after each host call.
 */
import { Stop } from '../value/fault.ts';
import { isIndex, isRealmClean, isStandardName } from '../value/path.ts';

/**
 * Whether they are, as far as this turn knows. Measured: as two flags in variables of the module this cost a tiny call a
 * tenth of its time; V8 finds the field of a constant faster, and a number needs no conversion to a truth value.
 */
const UNKNOWN = 0;
const CLEAN = 1;
const ALTERED = 2;

const realm = { state: UNKNOWN };

/** Whether the end of this turn is waited for. Each wait holds 330 bytes until then, and a run may call a host often. */
let isAwaited = false;

export function realmIsClean(): boolean {
  return realm.state === CLEAN || (realm.state === UNKNOWN && lookAgain());
}

function lookAgain(): boolean {
  const isClean = isRealmClean();
  if (!isClean) refuseTraps();
  if (!isAwaited) void forgetSoon();
  // Last: a built-in that somebody replaced may have thrown until here.
  realm.state = isClean ? CLEAN : ALTERED;
  return isClean;
}

export function forgetRealm(): void {
  realm.state = UNKNOWN;
}

/** In a microtask. Why not queueMicrotask: Node makes and tracks a resource for each, which takes 2 µs. */
async function forgetSoon(): Promise<void> {
  isAwaited = true;
  await null;
  isAwaited = false;
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
