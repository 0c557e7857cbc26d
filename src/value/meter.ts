/** What value operations charge to, and the sizes that they charge. */
import type { JoinedTexts } from './joined-texts.ts';

/**
 * What a value operation needs in order to charge for its work. Both methods throw `Stop` when a limit is reached.
 * Invariant: charged before the work or the allocation happens, so that no guest-driven loop is free.
 */
export interface Meter {
  /** Spends fuel (about one VM instruction each; about 10 ns). */
  charge(fuel: number): void;
  /** Counts bytes that are about to be allocated. */
  allocate(bytes: number): void;
  /** How deep a value may nest where it is walked. */
  readonly nestingLimit: number;
  readonly joinedTexts: JoinedTexts;
  /** Texts that share the text from which they were cut. */
  readonly cutTexts: JoinedTexts;
}

/**
 * Estimated sizes in bytes, used for every charge. Strings: 2 per UTF-16 unit, plus a header. Lists: V8 makes room for 17
 * elements when the first is appended, which are 184 bytes in all.
 */
export const BYTES = {
  stringHeader: 32,
  list: 64,
  listSlot: 8,
  record: 32,
  recordField: 16,
  mapEntry: 48,
  bigintHeader: 24,
  decimal: 56,
  closure: 64,
  cell: 24,
  cursor: 48,
  handler: 56,
  frame: 112,
} as const;
