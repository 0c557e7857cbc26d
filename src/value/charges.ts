/**
 * Charges for texts and lists that are about to be made, and the sizes beyond which V8 itself would fail.
 *
 * Invariant: no text or list is built that V8 would refuse (a RangeError of the host's) or die of (an abort of the
 * process), whatever memory limit the host has set.
 */
import { Stop } from './fault.ts';
import { BYTES, type Meter } from './meter.ts';

/** V8's longest string has 2^29 − 24 units. */
const MAX_TEXT_LENGTH = 2 ** 29 - 24;
/** Why: past about 2^27 elements V8 ends the process instead of throwing. */
export const MAX_LIST_LENGTH = 2 ** 27 - 16;

/** However high a host sets `limits.nesting`, walks of this room recurse no deeper: 1,000 frames fit any stack. */
export const MAX_NESTING = 1_000;

/** How deep this meter's values may nest where they are walked. */
export function nestingOf(meter: Meter): number {
  return Math.min(meter.nestingLimit, MAX_NESTING);
}

/** For a text that is charged piece by piece while its pieces are collected. */
export function checkTextLength(length: number): void {
  if (length > MAX_TEXT_LENGTH) throw new Stop('MR5002', `a text of ${length} characters is too long for any run`);
}

export function allocateText(meter: Meter, length: number): void {
  checkTextLength(length);
  meter.charge(length >> 6);
  meter.allocate(BYTES.stringHeader + 2 * length);
}

/** Memory of a list, and fuel for filling it by a simple loop. */
export function allocateList(meter: Meter, length: number): void {
  if (length > MAX_LIST_LENGTH) throw new Stop('MR5002', `a list of ${length} elements is too long for any run`);
  meter.charge(length >> 2);
  meter.allocate(BYTES.list + BYTES.listSlot * length);
}

/** Fuel for visiting one node or key of a value: finding its kind, its keys, its parts. Measured: 20–60 ns. */
export const FUEL_PER_NODE = 4;

/** For reading a text from end to end; V8 may have to build it first from the parts it was joined of. */
export function chargeScan(meter: Meter, length: number): void {
  if (length > 32) meter.charge(length >> 5);
}
