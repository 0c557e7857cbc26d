/** SHARED reads and writes over the store that the host granted. Values are copied both ways. */
import type { SharedStore } from '../link/shared-store.ts';
import { chargeKey } from '../value/charges.ts';
import { argumentFault, Stop, stateFault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { copyOut, Pending } from './calls.ts';
import { type Run, stopIfRevoked } from './run.ts';

/** Writes a key; a SINGLE key is written once. Returns the value. */
export function sharedWrite(run: Run, resource: Value, key: Value, value: Value): Value {
  if (typeof resource !== 'string') throw stateFault('MR6018', 'SHARED_WRITE: resource must be string');
  if (typeof key !== 'string') throw stateFault('MR6018', 'SHARED_WRITE: key must be string');
  const store = knownStore(run, resource);
  if (value === null || value === undefined) throw stateFault('MR6018', 'SHARED_WRITE: value must not be null');
  run.allocate(64 + 2 * key.length);
  chargeKey(run, key.length);
  const stored = copyOut(run, value);
  if (!store.setOnce(resource, key, stored))
    throw stateFault('MR6018', `SHARED_WRITE: ${resource}[${key}] is already set`);
  return value;
}

/** The value of a key, or what the run has to wait for until there is one. */
export function sharedAwait(run: Run, resource: Value, key: Value): Value | Pending {
  if (typeof resource !== 'string') throw stateFault('MR6018', 'AWAIT_SHARED: resource must be string');
  if (typeof key !== 'string') throw stateFault('MR6018', 'AWAIT_SHARED: key must be string');
  const store = knownStore(run, resource);
  chargeKey(run, key.length);
  const value = store.lookup(resource, key);
  if (value !== undefined && value !== null) return readValue(run, value);
  if (run.mode === 'sync')
    throw new Stop('MR4010', `${resource}.${key} has no value yet; use runAsync() to wait for it`);
  if (run.isNested) throw new Stop('MR6021', 'a callback of a host function cannot wait');
  const given = new AbortController();
  return new Pending({
    promise: store.await(resource, key, given.signal),
    timeout: null,
    finish: () => given.abort(),
    accept: (result) => readValue(run, result),
    // A store of ours says itself why; what others throw is for the host alone.
    refuse: (error) =>
      error instanceof Stop ? error : stateFault('MR6018', `${resource}.${key} could not be awaited`),
  });
}

function readValue(run: Run, value: unknown): Value {
  return copyOut(run, value);
}

function knownStore(run: Run, resource: string): SharedStore {
  stopIfRevoked(run.module.revocations);
  run.startClock();
  const { shared } = run;
  if (shared === null) throw stateFault('MR6018', 'SharedStore is not configured');
  if (!shared.hasResource(resource)) throw argumentFault('MR6018', `Unknown shared resource: ${resource}`);
  return shared;
}
