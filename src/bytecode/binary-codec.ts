/**
 * Both directions of a part of a module file in one definition: what is written is what is read, and the least number of
 * bytes of anything, which counts are held against, follows from its parts.
 *
 * Security: fields of records are names of ours, never of a file; names of a file stay texts.
 */
import { invariant } from '../base/assert.ts';
import { MAX_WORDS } from '../value/bigints.ts';
import { ByteReader, ByteWriter } from './leb.ts';
import type { ConstantValue, Key } from './module.ts';

export interface Codec<T> {
  readonly minBytes: number;
  write(output: SectionWriter, value: T): void;
  /** @throws BinaryRefused */
  read(input: SectionReader): T;
}

/** Where a text stands in the table of texts. */
export interface TextIndexes {
  indexOf(text: string): number;
}

export class SectionWriter extends ByteWriter {
  readonly #texts: TextIndexes;

  constructor(texts: TextIndexes) {
    super();
    this.#texts = texts;
  }

  reference(text: string): void {
    this.u32(this.#texts.indexOf(text));
  }
}

const NO_TEXTS: readonly string[] = [];

/** Reads one section after the other. */
export class SectionReader extends ByteReader {
  #texts = NO_TEXTS;
  /** For each text, whether something has named it. */
  #used: boolean[] = [];

  /** What references name from here on. */
  useTexts(texts: readonly string[]): void {
    this.#texts = texts;
    this.#used = texts.map(isUnused);
  }

  /** Whether there is a text that nothing has named. */
  unusedText(): boolean {
    return this.#used.includes(false);
  }

  reference(): string {
    const start = this.at;
    const index = this.u32();
    const text = this.#texts[index];
    if (text === undefined) return this.refuse('text-index', start);
    this.#used[index] = true;
    return text;
  }

  /** References with their number before them. */
  references(): string[] {
    const count = this.count(1);
    const texts: string[] = [];
    for (let i = 0; i < count; i++) texts.push(this.reference());
    return texts;
  }

  /** The number of a choice among so many. */
  tag(count: number): number {
    const start = this.at;
    const tag = this.byte();
    return tag < count ? tag : this.refuse('unknown-tag', start);
  }
}

function isUnused(): boolean {
  return false;
}

// --- leaves

export const U32: Codec<number> = {
  minBytes: 1,
  write: (output, value) => output.u32(value),
  read: (input) => input.u32(),
};

/** A text by its number in the table of texts. */
export const TEXT: Codec<string> = {
  minBytes: 1,
  write: (output, value) => output.reference(value),
  read: (input) => input.reference(),
};

/** A text itself: for the table of texts, and for what is no part of the identity. */
export const OWN_TEXT: Codec<string> = {
  minBytes: 1,
  write: (output, value) => output.text(value),
  read: (input) => input.text(),
};

export const BYTES: Codec<Uint8Array> = {
  minBytes: 1,
  write: (output, value) => output.bytes(value),
  read: (input) => input.bytes(),
};

/** One of a few values, as its number among them. */
export function oneOf<const T>(values: readonly T[]): Codec<T> {
  return {
    minBytes: 1,
    write: (output, value) => {
      const tag = values.indexOf(value);
      invariant(tag >= 0, 'a module holds values of its types');
      output.byte(tag);
    },
    read: (input) => values[input.tag(values.length)] as T,
  };
}

export const BOOLEAN: Codec<boolean> = { ...oneOf([false, true]), read: (input) => input.tag(2) === 1 };

// --- composites

/** A list with its number of entries before it. */
export function list<T>(entry: Codec<T>): Codec<readonly T[]> {
  return {
    minBytes: 1,
    write: (output, value) => {
      output.u32(value.length);
      for (const each of value) entry.write(output, each);
    },
    read: (input) => {
      const count = input.count(entry.minBytes);
      const entries: T[] = [];
      for (let i = 0; i < count; i++) entries.push(entry.read(input));
      return entries;
    },
  };
}

/** Texts by their numbers: most of what a file lists. */
export const TEXT_LIST: Codec<readonly string[]> = { ...list(TEXT), read: (input) => input.references() };

/** A list whose number of entries is known from elsewhere. */
export function exactly<T>(count: number, entry: Codec<T>): Codec<readonly T[]> {
  return {
    minBytes: count * entry.minBytes,
    write: (output, value) => {
      invariant(value.length === count, 'tables that belong together are of one length');
      for (const each of value) entry.write(output, each);
    },
    read: (input) => {
      const entries: T[] = [];
      for (let i = 0; i < count; i++) entries.push(entry.read(input));
      return entries;
    },
  };
}

export function optional<T>(inner: Codec<T>): Codec<T | null> {
  return {
    minBytes: 1,
    write: (output, value) => {
      BOOLEAN.write(output, value !== null);
      if (value !== null) inner.write(output, value);
    },
    read: (input) => (BOOLEAN.read(input) ? inner.read(input) : null),
  };
}

/** The fields in their order, without names. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  // Security: fields are there before they are set, so that nothing on Object.prototype can see or refuse it.
  const blank = Object.fromEntries(names.map((name) => [name, undefined])) as Partial<T>;
  return {
    minBytes: names.reduce((sum, name) => sum + fields[name].minBytes, 0),
    write: (output, value) => {
      for (const name of names) fields[name].write(output, value[name]);
    },
    read: (input) => {
      const value: Partial<T> = { ...blank };
      for (const name of names) value[name] = fields[name].read(input);
      return value as T;
    },
  };
}

// --- values

const VALUE_TAGS = ['text', 'number', 'natural', 'negative', 'null', 'false', 'true'] as const;
const KEY_TAG_COUNT = 4;
const MAX_BIGINT_BYTES = MAX_WORDS * 8;

export const CONSTANT: Codec<ConstantValue> = {
  minBytes: 1,
  write: writeConstant,
  read: (input) => readConstant(input, VALUE_TAGS.length),
};

/** A constant that is a text or a number. */
export const KEY: Codec<Key> = {
  minBytes: 1,
  write: writeConstant,
  read: (input) => readConstant(input, KEY_TAG_COUNT) as Key,
};

function writeConstant(output: SectionWriter, value: ConstantValue): void {
  const tag = tagOf(value);
  output.byte(VALUE_TAGS.indexOf(tag));
  if (typeof value === 'string') output.reference(value);
  else if (typeof value === 'number') output.double(value);
  else if (typeof value === 'bigint') output.bytes(magnitudeOf(value));
}

function readConstant(input: SectionReader, tagCount: number): ConstantValue {
  switch (VALUE_TAGS[input.tag(tagCount)] as (typeof VALUE_TAGS)[number]) {
    case 'text':
      return input.reference();
    case 'number':
      return input.double();
    case 'natural':
      return readMagnitude(input, 0);
    case 'negative':
      return -readMagnitude(input, 1);
    case 'null':
      return null;
    case 'false':
      return false;
    case 'true':
      return true;
  }
}

function tagOf(value: ConstantValue): (typeof VALUE_TAGS)[number] {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'bigint':
      return value < 0n ? 'negative' : 'natural';
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return 'null';
  }
}

/** The bytes of the absolute value, highest first, without leading zeros: none for zero. */
function magnitudeOf(value: bigint): Uint8Array {
  const digits = value === 0n ? '' : (value < 0n ? -value : value).toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) => Number.parseInt(even.slice(2 * i, 2 * i + 2), 16));
}

function readMagnitude(input: SectionReader, minLength: number): bigint {
  const start = input.at;
  const length = input.count(1);
  if (length > MAX_BIGINT_BYTES) input.refuse('bigint-too-large', start);
  const magnitude = input.raw(length);
  if (length < minLength || magnitude[0] === 0) input.refuse('bigint-form', start);
  let digits = '';
  for (const byte of magnitude) digits += (byte >> 4).toString(16) + (byte & 15).toString(16);
  return BigInt(`0x0${digits}`);
}
