/**
 * Bytes of a module file → module, or the reason why not. The module is plain data that nobody has verified.
 *
 * Promises: for every file that is taken, `encodeBinary` makes the same bytes of what came out: a module has one file.
 * Time and memory are linear in the length of the file, whatever it says of itself. The bytes are copied first, so that
 * nothing can change them meanwhile.
 */
import { LOAD_LIMITS } from '../base/limits.ts';
import {
  type BinaryFile,
  isOptional,
  KNOWN_FEATURES,
  type LineTable,
  lineTable,
  MAGIC,
  SECTIONS,
  type SectionName,
  type StoredTables,
  TABLES,
  type TableName,
  TEXTS,
  VERSION,
} from './binary.ts';
import { type Codec, SectionReader, type TextTable } from './binary-codec.ts';
import { type BinaryRefusal, BinaryRefused } from './binary-reasons.ts';
import { ByteReader } from './leb.ts';
import type { Module } from './module.ts';

export type BinaryDecoding =
  | { readonly ok: true; readonly file: BinaryFile }
  | { readonly ok: false; readonly refusal: BinaryRefusal };

export function decodeBinary(bytes: Uint8Array, maxLength = LOAD_LIMITS.binaryLength.default): BinaryDecoding {
  try {
    if (bytes.length > maxLength) throw new BinaryRefused('too-long', maxLength);
    return { ok: true, file: new FileDecoder(new Uint8Array(bytes)).read() };
  } catch (error) {
    if (error instanceof BinaryRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** Whether the bytes claim to be a module file; text never does. */
export function isBinary(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const NO_PLACES = new Int32Array(0);
const NO_TEXTS: TextTable = { texts: [], used: new Uint8Array(0) };

class FileDecoder {
  readonly #bytes: Uint8Array;
  #sections: ReadonlyMap<SectionName, Range> = new Map();
  #texts = NO_TEXTS;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws BinaryRefused */
  read(): BinaryFile {
    this.#sections = this.#readHeader();
    this.#texts = this.#readTexts();
    const tables: StoredTables = {
      constants: this.#table('constants'),
      keys: this.#table('keys'),
      shapes: this.#table('shapes'),
      paths: this.#table('paths'),
      imports: this.#table('imports'),
      calls: this.#table('calls'),
      shared: this.#table('shared'),
      exports: this.#table('exports'),
      units: this.#table('units'),
    };
    this.#checkTextsUsed();
    const lines = this.#lines(tables);
    return {
      module: moduleOf(tables, lines),
      lines: lines === null ? null : { name: lines.name, lineStarts: lines.lineStarts },
      signature: this.#signature(),
    };
  }

  #readHeader(): ReadonlyMap<SectionName, Range> {
    if (!isBinary(this.#bytes)) throw new BinaryRefused('bad-magic', 0);
    const input = new ByteReader(this.#bytes, MAGIC.length);
    const versionAt = input.at;
    if (input.u32() !== VERSION) input.refuse('bad-version', versionAt);
    const featuresAt = input.at;
    if ((input.u32() & ~KNOWN_FEATURES) !== 0) input.refuse('unknown-feature', featuresAt);
    return this.#readSectionTable(input);
  }

  #readSectionTable(input: ByteReader): ReadonlyMap<SectionName, Range> {
    const tableAt = input.at;
    const count = input.count(2);
    const lengths = new Map<SectionName, number>();
    let before = 0;
    for (let i = 0; i < count; i++) {
      const at = input.at;
      const number = input.u32();
      const name = SECTIONS[number - 1];
      if (name === undefined) return input.refuse('unknown-section', at);
      if (number <= before) input.refuse('section-order', at);
      before = number;
      lengths.set(name, input.u32());
    }
    const sections = new Map<SectionName, Range>();
    let start = input.at;
    for (const name of SECTIONS) {
      const length = lengths.get(name);
      if (length === undefined) {
        if (!isOptional(name)) input.refuse('missing-section', tableAt);
        continue;
      }
      sections.set(name, { start, end: start + length });
      start += length;
    }
    if (start !== this.#bytes.length) input.refuse('file-length', tableAt);
    return sections;
  }

  #readTexts(): TextTable {
    const { start } = this.#sections.get('texts') as Range;
    const texts = this.#section('texts', TEXTS);
    for (let i = 1; i < texts.length; i++)
      if ((texts[i - 1] as string) >= (texts[i] as string)) throw new BinaryRefused('text-order', start);
    return { texts, used: new Uint8Array(texts.length) };
  }

  #checkTextsUsed(): void {
    const { start } = this.#sections.get('texts') as Range;
    if (this.#texts.used.includes(0)) throw new BinaryRefused('text-unused', start);
  }

  #table<Name extends TableName>(name: Name): StoredTables[Name] {
    return this.#section(name, TABLES[name]);
  }

  #lines({ imports, units }: StoredTables): LineTable | null {
    return this.#sections.has('lines') ? this.#section('lines', lineTable(imports.length, units.length)) : null;
  }

  #signature(): Uint8Array | null {
    const range = this.#sections.get('signature');
    return range === undefined ? null : this.#bytes.slice(range.start, range.end);
  }

  /** All of a section. */
  #section<T>(name: SectionName, codec: Codec<T>): T {
    const { start, end } = this.#sections.get(name) as Range;
    const input = new SectionReader(this.#bytes, start, end, this.#texts);
    const content = codec.read(input);
    input.expectEnd();
    return content;
  }
}

function moduleOf({ imports, units, ...tables }: StoredTables, lines: LineTable | null): Module {
  return {
    ...tables,
    imports: imports.map((entry, i) => ({
      ...entry,
      at: lines?.imports[i]?.at ?? 0,
      end: lines?.imports[i]?.end ?? 0,
    })),
    units: units.map((unit, i) => ({
      ...unit,
      slotCount: unit.slotNames.length,
      places: lines?.places[i] ?? NO_PLACES,
    })),
  };
}
