/**
 * The identity of a module: SHA-256 of its file without line table and signature. Formatting, comments and the name of the
 * source do not change it; anything that a program could notice does. The same for source, JSON AST and binary.
 */
import { encodeBinary } from './encode.ts';
import type { Module } from './module.ts';

const HEX_DIGITS = '0123456789abcdef';

/** `sha256:` and 64 hexadecimal digits in lower case. */
export async function identityOf(module: Module): Promise<string> {
  return `sha256:${await sha256Hex(encodeBinary({ module, lines: null, signature: null }))}`;
}

export async function sha256Hex(data: Uint8Array): Promise<string> {
  const { sha256 } = await import('@noble/hashes/sha2.js');
  let hex = '';
  for (const byte of sha256(data)) hex += HEX_DIGITS.charAt(byte >> 4) + HEX_DIGITS.charAt(byte & 15);
  return hex;
}
