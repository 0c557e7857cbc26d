/** What the slots of a frame hold, packed as in `Join.slots`, so that a join is compared four slots at a time. */
import { entrySlots, packSlots } from '../bytecode/joins.ts';
import { SLOT, type Unit } from '../bytecode/module.ts';

export function packedSlot(packed: Uint8Array, slot: number): number {
  return ((packed[slot >> 2] as number) >> (2 * (slot & 3))) & 3;
}

export class SlotStates {
  readonly #packed: Uint8Array;

  /** As they are when the unit is entered. */
  constructor(unit: Unit) {
    this.#packed = packSlots(entrySlots(unit));
  }

  /** Bytes that a comparison may look at. */
  get size(): number {
    return this.#packed.length;
  }

  get(slot: number): number {
    return packedSlot(this.#packed, slot);
  }

  set(slot: number, holds: number): void {
    const shift = 2 * (slot & 3);
    const byte = this.#packed[slot >> 2] as number;
    this.#packed[slot >> 2] = (byte & ~(3 << shift)) | (holds << shift);
  }

  take(declared: Uint8Array): void {
    this.#packed.set(declared);
  }

  /** Null when the slots hold at least what is declared; else why not. A cursor cannot be declared away. */
  mismatch(declared: Uint8Array): 'cursor-use' | 'slot-mismatch' | null {
    const present = this.#packed;
    for (let byte = 0; byte < present.length; byte++) {
      if (present[byte] === declared[byte]) continue;
      for (let slot = 4 * byte; slot < 4 * byte + 4; slot++) {
        const holds = packedSlot(present, slot);
        const wanted = packedSlot(declared, slot);
        if (holds === wanted) continue;
        if (holds === SLOT.cursor) return 'cursor-use';
        if (wanted !== SLOT.empty) return 'slot-mismatch';
      }
    }
    return null;
  }
}
