/** Bytes made by the engine (BASE64_DECODE, contracts). Compared by identity; host `Uint8Array`s are the same kind. */
import { sealPrototype } from './null-prototype.ts';

export class Bytes {
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** The bytes of either form; not to be written to. */
  static dataOf(value: Bytes | Uint8Array): Uint8Array {
    return value instanceof Bytes ? value.#data : value;
  }
}
sealPrototype(Bytes);
