/** A shared store in memory, for one process. Values are copied by the engine on the way in and out. */
import type { SharedMode, SharedStore } from '../link/shared-store.ts';
import { UsageError } from './errors.ts';

interface Resource {
  readonly mode: SharedMode;
  readonly values: Map<string, unknown>;
  readonly waiters: Map<string, Set<(value: unknown) => void>>;
}

/** All resources and their values at one time: resource → key → value. */
export type SharedSnapshot = { readonly [resource: string]: { readonly [key: string]: unknown } };

export class MemoryStore implements SharedStore {
  readonly #resources = new Map<string, Resource>();

  hasResource(resource: string): boolean {
    return this.#resources.has(resource);
  }

  addResource(resource: string, mode: SharedMode): void {
    const waiters = this.#resources.get(resource)?.waiters ?? new Map();
    this.#resources.set(resource, { mode, values: new Map(), waiters });
  }

  lookup(resource: string, key: string): unknown {
    return this.#resource(resource).values.get(key);
  }

  keys(resource: string): readonly string[] {
    return [...this.#resource(resource).values.keys()];
  }

  setOnce(resource: string, key: string, value: unknown): boolean {
    const { mode, values } = this.#resource(resource);
    if (mode === 'SINGLE' && values.has(key)) return false;
    this.put(resource, key, value);
    return true;
  }

  /** Writes whatever the mode is. */
  put(resource: string, key: string, value: unknown): void {
    const { values, waiters } = this.#resource(resource);
    values.set(key, value);
    const waiting = waiters.get(key);
    if (waiting === undefined) return;
    waiters.delete(key);
    for (const wake of waiting) wake(value);
  }

  await(resource: string, key: string, signal?: AbortSignal): Promise<unknown> {
    const { values, waiters } = this.#resource(resource);
    if (values.has(key)) return Promise.resolve(values.get(key));
    return new Promise((resolve) => {
      const waiting = waiters.get(key) ?? new Set();
      waiters.set(key, waiting);
      waiting.add(resolve);
      signal?.addEventListener('abort', () => {
        waiting.delete(resolve);
        if (waiting.size === 0 && waiters.get(key) === waiting) waiters.delete(key);
      });
    });
  }

  snapshot(): SharedSnapshot {
    const copy: Record<string, Record<string, unknown>> = Object.create(null);
    for (const [name, { values }] of this.#resources)
      copy[name] = Object.assign(Object.create(null), Object.fromEntries(values));
    return copy;
  }

  /** Applies changes: null deletes a key, anything else writes it; resources that the store lacks are passed over. */
  commit(delta: SharedSnapshot): void {
    for (const [name, changes] of Object.entries(delta)) {
      const resource = this.#resources.get(name);
      if (resource === undefined) continue;
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) resource.values.delete(key);
        else this.put(name, key, value);
      }
    }
  }

  #resource(name: string): Resource {
    const resource = this.#resources.get(name);
    if (resource === undefined) throw new UsageError(`Unknown shared resource: ${name}`);
    return resource;
  }
}
