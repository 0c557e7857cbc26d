/** Interned tables of a module under construction: equal entries share an index. */
import type { CallEntry, ConstantValue, Key, Path } from '../bytecode/module.ts';

class Interned<T> {
  readonly list: T[] = [];
  readonly #indexes = new Map<unknown, number>();
  #bigs: Map<unknown, number> | undefined;
  readonly #identify: (entry: T) => ConstantValue;

  constructor(identify: (entry: T) => ConstantValue) {
    this.#identify = identify;
  }

  add(entry: T): number {
    const id = this.#identify(entry);
    if (typeof id !== 'bigint') return this.#addAs(id, entry, this.#indexes);
    // By their text: V8 hashes big integers by their low 64 bits, and chosen ones all collide.
    this.#bigs ??= new Map();
    return this.#addAs(String(id), entry, this.#bigs);
  }

  #addAs(id: ConstantValue, entry: T, indexes: Map<unknown, number>): number {
    const known = indexes.get(id);
    if (known !== undefined) return known;
    const index = this.list.push(entry) - 1;
    indexes.set(id, index);
    return index;
  }
}

const itself = (value: ConstantValue): ConstantValue => value;
const identifyValue = (value: ConstantValue): string => `${typeof value}:${String(value)}`;

export class Pool {
  readonly constants = new Interned<ConstantValue>(itself);
  readonly keys = new Interned<Key>(itself);
  readonly shapes = new Interned<readonly string[]>((shape) => JSON.stringify(shape));
  readonly paths = new Interned<Path>((path) =>
    path.segments.map((s) => JSON.stringify(s === null ? null : identifyValue(s))).join(),
  );
  readonly calls = new Interned<CallEntry>((call) => `${call.import}:${call.name}`);
}
