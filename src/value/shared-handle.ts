/** The value of a SHARED resource's name: opaque, printed as `SharedResourceHandle(name=c)`. */
import { sealPrototype } from './null-prototype.ts';

export class SharedHandle {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  static nameOf(handle: SharedHandle): string {
    return handle.#name;
  }
}
sealPrototype(SharedHandle);
