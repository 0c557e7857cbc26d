/** What the slots of a frame hold and what joins declare of them, in words of sixteen slots that are compared at once. */
import type { Join, Unit } from '../bytecode/module.ts';
import { entrySlots, packedLength, packedSlot, setPackedSlot } from '../bytecode/packed-slots.ts';

const WORD_BYTES = 4;
/** The low bit of each slot in a word. */
const LOW_BITS = 0x5555_5555;

export class SlotStates {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  /** Of all joins, one behind the other. */
  readonly #declared: Uint32Array;
  /** The join compared with last, whether it declares less than there is, and the range of words that were set since. */
  #compared = -1;
  #isLess = false;
  #setFrom = 0;
  #setTo = 0;
  /** Bytes that a comparison may look at. */
  readonly size: number;

  /** As they are when the unit is entered. What its joins declare must be of the right length. */
  constructor(unit: Unit) {
    this.size = packedLength(unit.slotCount);
    const words = Math.ceil(this.size / WORD_BYTES);
    this.#words = new Uint32Array(words);
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#bytes.set(entrySlots(unit));
    this.#declared = wordsOf(unit.joins, words);
  }

  get(slot: number): number {
    return packedSlot(this.#bytes, slot);
  }

  set(slot: number, holds: number): void {
    setPackedSlot(this.#bytes, slot, holds);
    const word = slot >> 4;
    if (word < this.#setFrom) this.#setFrom = word;
    if (word >= this.#setTo) this.#setTo = word + 1;
  }

  /** Takes up what the join of this index declares. */
  take(join: number): void {
    if (join === this.#compared && !this.#isLess && this.#setTo === 0) return;
    const words = this.#words;
    const declared = this.#declared;
    const first = join * words.length;
    for (let i = 0; i < words.length; i++) words[i] = declared[first + i] as number;
    this.#isLess = false;
    this.#startFrom(join);
  }

  /** Null when the slots hold at least what the join declares; else why not. A cursor cannot be declared away. */
  mismatch(join: number): 'cursor-use' | 'slot-mismatch' | null {
    const words = this.#words;
    const declared = this.#declared;
    const first = join * words.length;
    // Most joins are compared twice in a row: by the jump, and by the few instructions that it passes over.
    const isKnown = join === this.#compared;
    const end = isKnown ? this.#setTo : words.length;
    if (!isKnown) this.#isLess = false;
    for (let i = isKnown ? this.#setFrom : 0; i < end; i++) {
      const present = words[i] as number;
      const wanted = declared[first + i] as number;
      if (present === wanted) continue;
      const bits = present ^ wanted;
      const differs = (bits | (bits >>> 1)) & LOW_BITS;
      const cursors = present & (present >>> 1) & differs;
      const missing = (wanted | (wanted >>> 1)) & differs;
      if ((cursors | missing) !== 0) return firstOf(cursors, missing);
      this.#isLess = true;
    }
    this.#startFrom(join);
    return null;
  }

  #startFrom(join: number): void {
    this.#compared = join;
    this.#setFrom = this.#words.length;
    this.#setTo = 0;
  }
}

/** Which of the two has the lower bit: the first slot at fault is named, whatever its word. */
function firstOf(cursors: number, missing: number): 'cursor-use' | 'slot-mismatch' {
  const lowest = (cursors | missing) & -(cursors | missing);
  return (cursors & lowest) !== 0 ? 'cursor-use' : 'slot-mismatch';
}

function wordsOf(joins: readonly Join[], wordsEach: number): Uint32Array {
  const words = new Uint32Array(joins.length * wordsEach);
  const bytes = new Uint8Array(words.buffer);
  for (let i = 0; i < joins.length; i++) bytes.set((joins[i] as Join).slots, i * wordsEach * WORD_BYTES);
  return words;
}
