/**
 * Shared state: named resources with text keys, written by one run and read or awaited by others. The host owns the store
 * and grants it as the capability `host:shared`; what is stored is plain data, copied in and out.
 */
import type { Capability } from './capability.ts';

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

export interface SharedCapability extends Capability {
  readonly store: SharedStore;
}

/**
 * Makes the capability `host:shared` of a store. Modules linked to the same store share its resources.
 *
 * @example createHost({ grants: { 'host:shared': sharedState(new MemoryStore()) } })
 */
export function sharedState(store: SharedStore): SharedCapability {
  return Object.freeze({ uri: SHARED_URI, members: new Map(), store });
}

export function storeOf(capability: Capability | undefined): SharedStore | null {
  return capability !== undefined && 'store' in capability ? (capability as SharedCapability).store : null;
}
