/**
 * Shared state: named resources with text keys, written by one run and read or awaited by others. The host owns the store
 * and grants it as the capability `host:shared`; what is stored is plain data, copied in and out.
 */
import { Capability } from './capability.ts';
import type { Revocation } from './revocation.ts';

export type SharedMode = 'SINGLE' | 'MANY';

/** What a store must do. Every method but `await` answers at once, so that concurrent runs see one order of writes. */
export interface SharedStore {
  hasResource(resource: string): boolean;
  /** Adds a resource, or empties the one of that name. */
  addResource(resource: string, mode: SharedMode): void;
  /** The value, or undefined when the key was never written. */
  lookup(resource: string, key: string): unknown;
  keys(resource: string): readonly string[];
  /** Writes; false, and nothing written, when the resource is SINGLE and the key has a value. */
  setOnce(resource: string, key: string, value: unknown): boolean;
  /** Resolves to the value as soon as the key has one; an abort of `signal` gives the wait up. */
  await(resource: string, key: string, signal: AbortSignal): Promise<unknown>;
}

export const SHARED_URI = 'host:shared';

/** Made by `sharedState()`. It has no members, so all that can be done with it is to take it back. */
export class SharedCapability extends Capability {
  readonly store: SharedStore;

  /** @internal use `sharedState()`. */
  constructor(store: SharedStore, revocations: readonly Revocation[] = []) {
    super(SHARED_URI, new Map(), revocations);
    this.store = store;
    Object.freeze(this);
  }

  /** @internal */
  protected override revokedBy(revocation: Revocation): Capability {
    return new SharedCapability(this.store, [...Capability.revocationsOf(this), revocation]);
  }

  /** @internal */
  protected override guarded(): Capability {
    throw new TypeError(`${SHARED_URI} has no members to narrow; grant another store`);
  }
}

/**
 * Makes the capability `host:shared` of a store. Modules linked to the same store share its resources.
 *
 * @example createHost({ grants: { 'host:shared': sharedState(new MemoryStore()) } })
 */
export function sharedState(store: SharedStore): SharedCapability {
  return new SharedCapability(store);
}

export function storeOf(capability: Capability | undefined): SharedStore | null {
  return capability instanceof SharedCapability ? capability.store : null;
}
