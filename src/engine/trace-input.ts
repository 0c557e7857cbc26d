/**
 * Where in the input of a run a value stands. Inputs are read in place and never written, so a container of the input is
 * known by its identity, however it reached the expression that read it.
 */
import { isList, isRecord, type Value } from '../value/kinds.ts';
import { getOwn } from '../value/path.ts';
import { showKey } from './trace-values.ts';

/** Containers beyond this many are not looked up. */
const MAX_CONTAINERS = 1_000_000;

interface Place {
  readonly parent: object | null;
  readonly key: string | number;
}

export class InputPaths {
  readonly name: string;
  readonly #root: Value;
  #places: Map<object, Place> | null = null;

  constructor(name: string, root: Value) {
    this.name = name;
    this.#root = root;
  }

  /** `input.lines[2]`; undefined for what is no container of the input. */
  pathOf(value: Value): string | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    this.#places ??= this.#find();
    let place = this.#places.get(value);
    if (place === undefined) return undefined;
    const keys: string[] = [];
    while (place !== undefined && place.parent !== null) {
      keys.unshift(showKey(place.key));
      place = this.#places.get(place.parent);
    }
    return this.name + keys.join('');
  }

  /** Without recursion; a container that stands in several places is known by the first. */
  #find(): Map<object, Place> {
    const places = new Map<object, Place>();
    const pending: object[] = [];
    const meet = (value: Value, place: Place): void => {
      if (!(isList(value) || isRecord(value)) || places.has(value) || places.size >= MAX_CONTAINERS) return;
      places.set(value, place);
      pending.push(value);
    };
    meet(this.#root, { parent: null, key: '' });
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const container: object = at;
      if (isList(container))
        container.forEach((part, i) => {
          meet(part, { parent: container, key: i });
        });
      else if (isRecord(container))
        for (const key of Object.keys(container)) meet(getOwn(container, key), { parent: container, key });
    }
    return places;
  }
}
