/** Runs accepted text with stand-ins for everything it is given, and notes what it touches. */

import type { Permit } from '../../../src/jit/gate.ts';
import { type CompiledFunction, instantiate, type Parameter } from '../../../src/jit/instantiate.ts';

class OutOfFuel extends Error {}

/** Globals that hostile text would call or write. */
export const CANARIES = ['evil', 'canary', 'pwned', 'a_99'] as const;

/** Runs each function of the text once and gives the keys that it touched. What it throws by itself is of no interest. */
export function runStubbed(text: string, permit: Permit): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const compiled of instantiate(text, permit, stubs(permit, keys), 'test-0')) attempt(compiled, keys);
  return keys;
}

/** The parameters of the factory that the permit describes. */
export function stubs(permit: Permit, keys: Set<string> = new Set()): readonly Parameter[] {
  let calls = 0;
  const helper = (): unknown => {
    if (++calls > 200) throw new OutOfFuel();
    return watched(keys);
  };
  const numbered = (letter: string, count: number, value: unknown): readonly Parameter[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${letter}_${i}`, value }));
  return [
    ...[...permit.helpers].map((name) => ({ name, value: helper })),
    ...[...permit.values].map((name) => ({ name, value: name === 'List' ? Array.prototype : Object.prototype })),
    ...numbered('k', permit.constants, 3),
    ...numbered('u', permit.units, watched(keys)),
    ...numbered('f', permit.functions, helper),
  ];
}

function attempt(compiled: CompiledFunction, keys: Set<string>): void {
  const run = { fuel: 1_000, memoryLeft: 1_000, depth: 0, compiledLimit: 5, markEpoch: 1 };
  try {
    compiled(run, watched(keys), watched(keys), watched(keys));
  } catch {}
}

/** A record that notes the keys by which it is reached. */
function watched(keys: Set<string>): object {
  const target: Record<string, unknown> = { length: 3, value: 1, total: 2 };
  return new Proxy(target, {
    get: (of, key) => {
      if (typeof key === 'string') keys.add(key);
      return key === '__proto__' ? Object.prototype : of[key as string];
    },
    set: (_, key) => {
      keys.add(String(key));
      return true;
    },
  });
}

/** Runs `inside` with accessors on the globals above, and says how often anybody came by. */
export function countCanaries(inside: () => void): number {
  let count = 0;
  const come = (): unknown => {
    count += 1;
    return come;
  };
  for (const name of CANARIES) Object.defineProperty(globalThis, name, { get: come, set: come, configurable: true });
  try {
    inside();
  } finally {
    for (const name of CANARIES) Reflect.deleteProperty(globalThis, name);
  }
  return count;
}
