/** Charges of the library beyond those of the value room: scans by loops of ours, and parts of texts. */
import { BYTES, type Meter } from '../value/meter.ts';

/** A loop over the units of a text, or a search of the host's, takes 0.1 to 10 ns for each. */
const UNITS_PER_FUEL = 8;
/** Shorter slices are copied, longer ones share the text that they come from. */
const COPIED_SLICE_LENGTH = 12;

export function chargeUnits(meter: Meter, length: number): void {
  meter.charge(Math.ceil(length / UNITS_PER_FUEL));
}

/** Longer ones are copied when they become keys, which is then paid for. */
const LONGEST_FREE_KEY = 48;

/** A part of an existing text. That text was charged when it was made, and the part keeps it alive. */
export function allocateSlice(meter: Meter, length: number): void {
  if (length > LONGEST_FREE_KEY) meter.cutTexts.add(length);
  meter.allocate(BYTES.stringHeader + 2 * Math.min(length, COPIED_SLICE_LENGTH));
}
