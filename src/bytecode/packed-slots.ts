/** What the slots of a frame hold, packed as in `Join.slots`. */
import { SLOT, type Unit } from './module.ts';

/** Bytes that the states of so many slots take. */
export function packedLength(slotCount: number): number {
  return (slotCount + 3) >> 2;
}

export function packedSlot(packed: Uint8Array, slot: number): number {
  return ((packed[slot >> 2] as number) >> (2 * (slot & 3))) & 3;
}

export function setPackedSlot(packed: Uint8Array, slot: number, holds: number): void {
  const shift = 2 * (slot & 3);
  packed[slot >> 2] = ((packed[slot >> 2] as number) & ~(3 << shift)) | (holds << shift);
}

/** The state of a unit's slots when it is entered. */
export function entrySlots(unit: Pick<Unit, 'slotCount' | 'parameterCount' | 'captures' | 'cells'>): Uint8Array {
  const { slotCount, parameterCount, captures, cells } = unit;
  const packed = new Uint8Array(packedLength(slotCount));
  const given = parameterCount + captures.length;
  for (let slot = 0; slot < given; slot++) setPackedSlot(packed, slot, SLOT.value);
  for (const cell of cells) if (cell >= parameterCount && cell < given) setPackedSlot(packed, cell, SLOT.cell);
  return packed;
}
