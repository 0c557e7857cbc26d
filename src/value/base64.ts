/** Bytes as base64 text (RFC 4648, section 4, padded): how JSON shows them. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Why: `fromCharCode` takes its characters as arguments, of which there may be some 10,000s at most. */
const CHUNK = 3 * 4_096;

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

const PAD = 0x3d;

function code(bits: number): number {
  return ALPHABET.charCodeAt(bits & 63);
}
