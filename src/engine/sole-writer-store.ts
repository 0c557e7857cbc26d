/**
 * A shared store in memory for one run at a time, which is then the only one that writes: to wait for a key would never
 * end, so it is refused. Elsewhere a run that awaits is woken by another one.
 */
import { Stop } from '../value/fault.ts';
import { MemoryStore } from './memory-store.ts';

export class SoleWriterStore extends MemoryStore {
  override await(resource: string, key: string): Promise<unknown> {
    const value = this.lookup(resource, key);
    if (value !== undefined) return Promise.resolve(value);
    const fact = `${resource}.${key} has no value, and nobody can give it one while this run waits`;
    return Promise.reject(new Stop('MR6018', fact));
  }
}
