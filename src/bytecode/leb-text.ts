/**
 * Texts as bytes: UTF-8, and half characters (lone surrogates) as UTF-8 would write them if it could (WTF-8), because texts
 * of programs may hold them. Promises: every text has exactly one form, and no other bytes are taken for it.
 */
import { BinaryRefused } from './binary-reasons.ts';

/** Why: `fromCharCode` takes its characters as arguments, of which there may be some 10,000s at most. */
const CHUNK = 4_096;
const MAX_BYTES_PER_UNIT = 3;

export function writeWtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * MAX_BYTES_PER_UNIT);
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number;
    if (point < 0x80) bytes[end++] = point;
    else {
      if (point < 0x800) bytes[end++] = 0xc0 | (point >> 6);
      else {
        if (point < 0x1_0000) bytes[end++] = 0xe0 | (point >> 12);
        else {
          bytes[end++] = 0xf0 | (point >> 18);
          bytes[end++] = 0x80 | ((point >> 12) & 0x3f);
          i++;
        }
        bytes[end++] = 0x80 | ((point >> 6) & 0x3f);
      }
      bytes[end++] = 0x80 | (point & 0x3f);
    }
  }
  return bytes.subarray(0, end);
}

/** Whether each byte is a character, by itself and in any encoding. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return false;
  return true;
}

/** One character for each byte. */
export function readLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += CHUNK) text += unitsToText(bytes.subarray(at, Math.min(at + CHUNK, end)));
  return text;
}

/** @throws BinaryRefused */
export function readWtf8(bytes: Uint8Array, start: number, end: number): string {
  const units = new Uint16Array(Math.min(end - start, CHUNK));
  let text = '';
  let used = 0;
  let before = 0;
  for (let at = start; at < end; ) {
    const point = pointAt(bytes, at, end);
    // Two halves that fit are one character, which has a form of its own.
    if (isLowHalf(point) && isHighHalf(before)) throw new BinaryRefused('text-encoding', at);
    before = point;
    if (used + 2 > CHUNK) {
      text += unitsToText(units.subarray(0, used));
      used = 0;
    }
    if (point < 0x1_0000) units[used++] = point;
    else {
      units[used++] = 0xd800 | ((point - 0x1_0000) >> 10);
      units[used++] = 0xdc00 | (point & 0x3ff);
    }
    at += byteLength(point);
  }
  return text + unitsToText(units.subarray(0, used));
}

function pointAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return first;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc0 || first >= 0xf8 || at + length > end) throw new BinaryRefused('text-encoding', at);
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] as number;
    if (byte >> 6 !== 2) throw new BinaryRefused('text-encoding', at);
    point = (point << 6) | (byte & 0x3f);
  }
  if (point > 0x10_ffff || byteLength(point) !== length) throw new BinaryRefused('text-encoding', at);
  return point;
}

function byteLength(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x1_0000 ? 3 : 4;
}

function isHighHalf(point: number): boolean {
  return point >= 0xd800 && point < 0xdc00;
}

function isLowHalf(point: number): boolean {
  return point >= 0xdc00 && point < 0xe000;
}

/** Why not spread: it would go through the iterator of the realm, element by element. */
function unitsToText(units: Uint16Array | Uint8Array): string {
  return Reflect.apply(String.fromCharCode, null, units as unknown as number[]);
}
