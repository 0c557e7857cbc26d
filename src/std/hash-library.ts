/** The only place that knows the hash library: loads it and hashes bytes. Charging is the caller's business. */
import { invariant } from '../base/assert.ts';

type Library = typeof import('@noble/hashes/sha2.js');
let library: Library | undefined;

const HEX_DIGITS = '0123456789abcdef';

/** Awaited by `load` when a module calls a function that needs hashes: nothing is imported during a run. */
export async function loadHashLibrary(): Promise<void> {
  library ??= await import('@noble/hashes/sha2.js');
}

/** 64 hexadecimal digits in lower case. */
export function sha256Hex(data: Uint8Array): string {
  invariant(library !== undefined, 'the hash library is loaded before a module that needs it runs');
  // One that grows digit by digit V8 keeps in parts of 745 bytes in all.
  const digits: string[] = [];
  for (const byte of library.sha256(data)) digits.push(HEX_DIGITS.charAt(byte >> 4), HEX_DIGITS.charAt(byte & 15));
  return digits.join('');
}
