/**
 * Charges for texts and lists that are about to be made, and the sizes beyond which V8 itself would fail.
 *
 * Invariant: no text or list is built that V8 would refuse (a RangeError of the host's) or die of (an abort of the
 * process), whatever memory limit the host has set.
 */
import { Stop } from './fault.ts';
import { BYTES, type Meter } from './meter.ts';

/** V8's longest string has 2^29 − 24 units. */
export const MAX_TEXT_LENGTH = 2 ** 29 - 24;
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

/** Past so many keys V8 keeps a record that is built key by key as a hash table. */
const MAX_FAST_KEYS = 128;
/** Measured: 10 to 20 ns per key of a small record, up to 400 ns per key of one that V8 keeps as a hash table. */
export const KEY_FUEL = 4;
/** Measured on Node 20: 250 to 500 ns for a new key of a hash table, more with the collections that large ones cause. */
const HASHED_KEY_FUEL = 20;

/** Fuel for building or copying an object of so many keys, which need not all be different. */
export function chargeBuilding(meter: Meter, keyCount: number): void {
  meter.charge((keyCount > MAX_FAST_KEYS ? HASHED_KEY_FUEL : KEY_FUEL) * keyCount);
}

export function recordBytes(keyCount: number): number {
  return BYTES.record + (keyCount > MAX_FAST_KEYS ? BYTES.mapEntry : BYTES.recordField) * keyCount;
}

/** Up to this length a joined text is charged as one piece, beyond it as one only when it is first read. */
export const LONG_TEXT = 256;
export const LONG_JOIN_FUEL = 4;

/** `a + b`. Why the shorter length: V8 joins long texts without copying them. */
export function allocateJoined(meter: Meter, a: number, b: number): void {
  const length = a + b;
  checkTextLength(length);
  meter.allocate(BYTES.stringHeader + 2 * (length > LONG_TEXT ? Math.min(a, b) : length));
  if (length <= LONG_TEXT) return;
  meter.charge(LONG_JOIN_FUEL);
  meter.joinedTexts.add(length);
}

/** A text that is about to be read by something that charges for the reading itself. */
export function chargeFlattening(meter: Meter, length: number): void {
  if (length <= LONG_TEXT || !meter.joinedTexts.take(length)) return;
  meter.charge(length >> 5);
  meter.allocate(BYTES.stringHeader + 2 * length);
}

/** For reading a text from end to end. */
export function chargeScan(meter: Meter, length: number): void {
  if (length <= 32) return;
  meter.charge(length >> 5);
  chargeFlattening(meter, length);
}

/** Up to this length V8 hashes what a text says, beyond it the length alone. */
const LONGEST_HASHED = 16_383;
/**
 * Measured on Node 20: 0.2 ns per character for each other key of that length, of whatever run, that V8 still knows; at 10 ns
 * for a unit, this is the price of some 300 of them, and no more than 20 times too little among 6,000.
 */
const UNHASHED_KEY_FUEL = 6;

/** What is so long that V8 compares it with all other keys of its length. */
export function unhashedKeyFuel(length: number): number {
  return length > LONGEST_HASHED ? UNHASHED_KEY_FUEL * length : 0;
}

/** For a text that is about to be used as a key: V8 looks it up by what it says, and keeps a copy of its own. */
export function chargeKey(meter: Meter, length: number): void {
  if (length <= 32) return;
  chargeScan(meter, length);
  meter.charge(unhashedKeyFuel(length));
  if (meter.cutTexts.take(length)) meter.allocate(BYTES.stringHeader + 2 * length);
}
