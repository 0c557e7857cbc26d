/** A lambda value: a compiled unit and the cells and values it captured. Compared by identity; never leaves the engine. */

import type { Value } from './kinds.ts';
import { sealPrototype } from './null-prototype.ts';

export class Closure {
  readonly #unit: object;
  readonly #captured: readonly Value[];

  /** `unit` is opaque to this room: the VM gives and takes it back. */
  constructor(unit: object, captured: readonly Value[]) {
    this.#unit = unit;
    this.#captured = captured;
  }

  static unitOf(closure: Closure): object {
    return closure.#unit;
  }

  static capturedOf(closure: Closure): readonly Value[] {
    return closure.#captured;
  }
}
sealPrototype(Closure);
