/**
 * Bytes one after the other: what module files and signatures are made of. Every value has one form, and the reader
 * refuses all others: LEB128 numbers are as short as they can be, NaN has one pattern.
 *
 * The reader never looks past its end, and makes nothing that it has no bytes for.
 */
import { invariant } from '../base/assert.ts';
import { type BinaryReason, BinaryRefused } from './binary-reasons.ts';
import { isAscii, readLatin1, readWtf8, writeWtf8 } from './leb-text.ts';

export const MAX_U32 = 0xffff_ffff;
const NAN_HIGH = 0x7ff8_0000;
const WORD_BYTES = 4;
const LEB_BYTES = 5;
/** What the fifth byte of a LEB128 number may have: the upper four of 32 bits. */
const LAST_LEB_BYTE = 0x0f;

export class ByteWriter {
  #bytes = new Uint8Array(64);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  /** An unsigned 32-bit number as LEB128. */
  u32(value: number): void {
    invariant(Number.isInteger(value) && value >= 0 && value <= MAX_U32, 'counts and indexes have 32 bits');
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A signed 32-bit number in four bytes. */
  word(value: number): void {
    const at = this.#grow(4);
    this.#view.setInt32(at, value, true);
  }

  double(value: number): void {
    const at = this.#grow(8);
    if (Number.isNaN(value)) {
      this.#view.setUint32(at, 0, true);
      this.#view.setUint32(at + 4, NAN_HIGH, true);
    } else this.#view.setFloat64(at, value, true);
  }

  raw(data: Uint8Array): void {
    const at = this.#grow(data.length);
    this.#bytes.set(data, at);
  }

  /** Bytes with their number before them. */
  bytes(data: Uint8Array): void {
    this.u32(data.length);
    this.raw(data);
  }

  /** A text, itself. */
  text(text: string): void {
    this.bytes(writeWtf8(text));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room; the offset of it. */
  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #end: number;
  #at: number;
  /** Why lazily: most sections have no number that needs it. */
  #view: DataView | undefined;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes on with these bytes of the same whole. */
  enter(start: number, end: number): void {
    this.#at = start;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  u32(): number {
    const first = this.#bytes[this.#at] as number;
    if (first < 0x80 && this.#at < this.#end) {
      this.#at++;
      return first;
    }
    return this.#longU32();
  }

  #longU32(): number {
    const start = this.#at;
    let value = 0;
    for (let i = 0; i < LEB_BYTES; i++) {
      const byte = this.byte();
      if (i === LEB_BYTES - 1 && byte > LAST_LEB_BYTE) this.refuse('leb-too-large', start);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) {
        if (byte === 0 && i > 0) this.refuse('leb-not-minimal', start);
        return value;
      }
    }
    return this.refuse('leb-too-large', start);
  }

  /** The number of entries that follow, each of at least so many bytes. */
  count(minBytes: number): number {
    const start = this.#at;
    const count = this.u32();
    if (count * minBytes > this.left) this.refuse('count-too-large', start);
    return count;
  }

  words(length: number): Int32Array {
    const at = this.#take(WORD_BYTES * length);
    const view = this.#dataView();
    const words = new Int32Array(length);
    for (let i = 0; i < length; i++) words[i] = view.getInt32(at + WORD_BYTES * i, true);
    return words;
  }

  double(): number {
    const at = this.#take(8);
    const view = this.#dataView();
    const value = view.getFloat64(at, true);
    const isOwnNaN = view.getUint32(at, true) === 0 && view.getUint32(at + 4, true) === NAN_HIGH;
    if (Number.isNaN(value) && !isOwnNaN) this.refuse('nan-form', at);
    return value;
  }

  /** A copy of the next bytes. */
  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  bytes(): Uint8Array {
    return this.raw(this.count(1));
  }

  text(): string {
    const length = this.count(1);
    const at = this.#take(length);
    return this.#textAt(at, at + length);
  }

  #textAt(start: number, end: number): string {
    return isAscii(this.#bytes, start, end) ? readLatin1(this.#bytes, start, end) : readWtf8(this.#bytes, start, end);
  }

  /** Texts with their number before them. Why not one by one: most are cut out of a single one much faster. */
  texts(): string[] {
    const count = this.count(1);
    const start = this.#at;
    const characters = readLatin1(this.#bytes, start, this.#end);
    const texts: string[] = [];
    for (let i = 0; i < count; i++) {
      const length = this.count(1);
      const at = this.#take(length);
      const isPlain = isAscii(this.#bytes, at, at + length);
      texts.push(isPlain ? characters.slice(at - start, at - start + length) : readWtf8(this.#bytes, at, at + length));
    }
    return texts;
  }

  expectEnd(): void {
    if (this.left > 0) this.refuse('trailing-bytes', this.#at);
  }

  refuse(reason: BinaryReason, byteOffset: number): never {
    throw new BinaryRefused(reason, byteOffset);
  }

  #dataView(): DataView {
    this.#view ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    return this.#view;
  }

  /** Goes on; the offset of what was passed. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.left) this.refuse('truncated', at);
    this.#at += length;
    return at;
  }
}
