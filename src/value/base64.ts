/**
 * Bytes as base64 text (RFC 4648, section 4, padded), and back. Reading is strict: no white space, no URL alphabet; padding
 * may be missing.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
/** Why: `fromCharCode` takes its characters as arguments, of which there may be some 10,000s at most. */
const CHUNK = 3 * 4_096;

const NOT_IN_ALPHABET = 0xff;
const SEXTET_OF = new Uint8Array(128).fill(NOT_IN_ALPHABET);
for (let i = 0; i < ALPHABET.length; i++) SEXTET_OF[ALPHABET.charCodeAt(i)] = i;

export function encodeBase64(data: Uint8Array): string {
  let text = '';
  for (let start = 0; start < data.length; start += CHUNK) {
    text += encodeChunk(data, start, Math.min(data.length, start + CHUNK));
  }
  return text;
}

function encodeChunk(data: Uint8Array, start: number, end: number): string {
  const codes: number[] = [];
  for (let i = start; i < end; i += 3) {
    const bits = (data[i] << 16) | ((i + 1 < end ? data[i + 1] : 0) << 8) | (i + 2 < end ? data[i + 2] : 0);
    codes.push(code(bits >> 18), code(bits >> 12));
    codes.push(i + 1 < end ? code(bits >> 6) : PAD, i + 2 < end ? code(bits) : PAD);
  }
  return String.fromCharCode(...codes);
}

function code(bits: number): number {
  return ALPHABET.charCodeAt(bits & 63);
}

/** The bytes, or null where the text is not base64. */
export function decodeBase64(text: string): Uint8Array | null {
  let length = text.length;
  while (length > 0 && text.length - length < 2 && text.charCodeAt(length - 1) === PAD) length--;
  const isPadded = length < text.length;
  if (length % 4 === 1 || (isPadded && text.length % 4 !== 0)) return null;
  const data = new Uint8Array(Math.floor((length * 3) / 4));
  let at = 0;
  let bits = 0;
  let bitCount = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const sextet = code < 128 ? SEXTET_OF[code] : NOT_IN_ALPHABET;
    if (sextet === NOT_IN_ALPHABET) return null;
    bits = ((bits << 6) | sextet) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      data[at++] = (bits >> bitCount) & 0xff;
    }
  }
  return data;
}
