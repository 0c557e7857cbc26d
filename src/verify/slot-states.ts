/** What the slots of a frame hold and what joins declare of them, in words of sixteen slots that are compared at once. */
import type { Join, Unit } from '../bytecode/module.ts';
import { entrySlots, packedLength } from '../bytecode/packed-slots.ts';

const WORD_BYTES = 4;
const SLOT_BITS = 0b11;
/** The low bit of each slot in a word. */
const LOW_BITS = 0x5555_5555;

export class SlotStates {
  readonly #words: Uint32Array;
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
    addBytes(this.#words, 0, entrySlots(unit));
    this.#declared = wordsOf(unit.joins, words);
  }

  get(slot: number): number {
    return ((this.#words[slot >> 4] as number) >>> (2 * (slot & 15))) & SLOT_BITS;
  }

  set(slot: number, holds: number): void {
    const word = slot >> 4;
    const shift = 2 * (slot & 15);
    this.#words[word] = ((this.#words[word] as number) & ~(SLOT_BITS << shift)) | (holds << shift);
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
  for (let i = 0; i < joins.length; i++) addBytes(words, i * wordsEach, (joins[i] as Join).slots);
  return words;
}

/** Puts packed slots into words that are still empty. Why not as bytes of the same memory: V8 then moves it off its heap. */
function addBytes(words: Uint32Array, first: number, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    const word = first + (i >> 2);
    words[word] = (words[word] as number) | ((bytes[i] as number) << (8 * (i & 3)));
  }
}
