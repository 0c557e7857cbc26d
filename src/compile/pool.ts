/** Interned tables of a module under construction: equal entries share an index. */
import type { CallEntry, ConstantValue, Key, Path } from '../bytecode/module.ts';

class Interned<T> {
  readonly list: T[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #identify: (entry: T) => string;

  constructor(identify: (entry: T) => string) {
    this.#identify = identify;
  }

  add(entry: T): number {
    const id = this.#identify(entry);
    const known = this.#indexes.get(id);
    if (known !== undefined) return known;
    const index = this.list.push(entry) - 1;
    this.#indexes.set(id, index);
    return index;
  }
}

const identifyValue = (value: ConstantValue): string => `${typeof value}:${String(value)}`;

export class Pool {
  readonly constants = new Interned<ConstantValue>(identifyValue);
  readonly keys = new Interned<Key>(identifyValue);
  readonly shapes = new Interned<readonly string[]>((shape) => JSON.stringify(shape));
  readonly paths = new Interned<Path>((path) =>
    path.segments.map((s) => JSON.stringify(s === null ? null : identifyValue(s))).join(),
  );
  readonly calls = new Interned<CallEntry>((call) => `${call.import}:${call.name}`);
}
