/** A lazy, re-iterable sequence (WALK). Each traversal starts anew; producing an element is charged by the producer. */

import type { Value } from './kinds.ts';
import type { Meter } from './meter.ts';
import { sealPrototype } from './null-prototype.ts';

export class Sequence {
  readonly #start: (meter: Meter) => Iterator<Value>;

  constructor(start: (meter: Meter) => Iterator<Value>) {
    this.#start = start;
  }

  static iterate(sequence: Sequence, meter: Meter): Iterator<Value> {
    return sequence.#start(meter);
  }
}
sealPrototype(Sequence);
