/** `host:random`: chance, or with a seed a sequence that is the same in each process. Not for secrets. */
import { createHash, randomUUID } from 'node:crypto';
import { type Capability, capability } from '../engine/host.ts';

export function random(seed: string): Capability {
  const source = seed === '' ? { next: () => Math.random(), uuid: () => randomUUID() } : new Sequence(seed);
  return capability('host:random', {
    next: { params: [], returns: 'number', effect: 'read', call: () => source.next() },
    uuid: { params: [], returns: 'string', effect: 'read', call: () => source.uuid() },
  });
}

/** The generator sfc32, started from the SHA-256 of the seed. */
class Sequence {
  readonly #state: Int32Array;

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed, 'utf8').digest();
    this.#state = Int32Array.from([0, 4, 8, 12], (at) => digest.readInt32LE(at));
  }

  /** 53 bits, from 0 up to but not including 1. */
  next(): number {
    return ((this.#bits() >>> 5) * 2 ** 26 + (this.#bits() >>> 6)) / 2 ** 53;
  }

  uuid(): string {
    const bytes = Buffer.alloc(16);
    for (let at = 0; at < 16; at += 4) bytes.writeInt32LE(this.#bits(), at);
    // Version 4, variant 1.
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  #bits(): number {
    const [a = 0, b = 0, c = 0, count = 0] = this.#state;
    const result = (((a + b) | 0) + count) | 0;
    this.#state.set([b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + result) | 0, (count + 1) | 0]);
    return result;
  }
}
