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
import { type Codec, SectionReader } from './binary-codec.ts';
import { type BinaryRefusal, BinaryRefused } from './binary-reasons.ts';
import type { Import, Module, Unit } from './module.ts';

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

const NO_PLACES = new Int32Array(0);
const NOWHERE = { at: 0, end: 0 };

const ABSENT = -1;
const TEXTS_AT = SECTIONS.indexOf('texts');
const LINES_AT = SECTIONS.indexOf('lines');
const SIGNATURE_AT = SECTIONS.indexOf('signature');

class FileDecoder {
  readonly #bytes: Uint8Array;
  readonly #input: SectionReader;
  /** By section: where it starts, or ABSENT; and how long it is. */
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#input = new SectionReader(bytes);
  }

  /** @throws BinaryRefused */
  read(): BinaryFile {
    this.#readHeader();
    this.#readTexts();
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
    const unused = this.#input.unusedText();
    if (unused) throw new BinaryRefused('text-unused', this.#starts[TEXTS_AT] as number);
    const lines = this.#lines(tables);
    return {
      module: moduleOf(tables, lines),
      lines: lines === null ? null : { name: lines.name, lineStarts: lines.lineStarts },
      signature: this.#signature(),
    };
  }

  #readHeader(): void {
    if (!isBinary(this.#bytes)) throw new BinaryRefused('bad-magic', 0);
    const input = this.#input;
    input.enter(MAGIC.length, this.#bytes.length);
    const versionAt = input.at;
    if (input.u32() !== VERSION) input.refuse('bad-version', versionAt);
    const featuresAt = input.at;
    if ((input.u32() & ~KNOWN_FEATURES) !== 0) input.refuse('unknown-feature', featuresAt);
    this.#readSectionTable(input);
  }

  #readSectionTable(input: SectionReader): void {
    const starts = this.#starts;
    const lengths = this.#lengths;
    const tableAt = input.at;
    const count = input.count(2);
    for (let i = 0; i < count; i++) {
      const at = input.at;
      const number = input.u32();
      if (number < 1 || number > SECTIONS.length) input.refuse('unknown-section', at);
      if (number <= lengths.length) input.refuse('section-order', at);
      while (lengths.length < number - 1) lengths.push(ABSENT);
      lengths.push(input.u32());
    }
    while (lengths.length < SECTIONS.length) lengths.push(ABSENT);
    let start = input.at;
    for (let i = 0; i < SECTIONS.length; i++) {
      const length = lengths[i] as number;
      if (length === ABSENT && !isOptional(SECTIONS[i] as SectionName)) input.refuse('missing-section', tableAt);
      starts.push(length === ABSENT ? ABSENT : start);
      if (length !== ABSENT) start += length;
    }
    if (start !== this.#bytes.length) input.refuse('file-length', tableAt);
  }

  #readTexts(): void {
    const texts = this.#section(TEXTS_AT, TEXTS);
    for (let i = 1; i < texts.length; i++)
      if ((texts[i - 1] as string) >= (texts[i] as string))
        throw new BinaryRefused('text-order', this.#starts[TEXTS_AT] as number);
    this.#input.useTexts(texts);
  }

  #table<Name extends TableName>(name: Name): StoredTables[Name] {
    return this.#section(SECTIONS.indexOf(name), TABLES[name]);
  }

  #lines({ imports, units }: StoredTables): LineTable | null {
    return this.#starts[LINES_AT] === ABSENT ? null : this.#section(LINES_AT, lineTable(imports.length, units.length));
  }

  #signature(): Uint8Array | null {
    const start = this.#starts[SIGNATURE_AT] as number;
    return start === ABSENT ? null : this.#bytes.slice(start, start + (this.#lengths[SIGNATURE_AT] as number));
  }

  /** All of a section. */
  #section<T>(index: number, codec: Codec<T>): T {
    const input = this.#input;
    const start = this.#starts[index] as number;
    input.enter(start, start + (this.#lengths[index] as number));
    const content = codec.read(input);
    input.expectEnd();
    return content;
  }
}

function moduleOf(tables: StoredTables, lines: LineTable | null): Module {
  const { constants, keys, shapes, paths, calls, shared, exports } = tables;
  const imports: Import[] = [];
  for (let i = 0; i < tables.imports.length; i++) {
    const { at, end } = lines?.imports[i] ?? NOWHERE;
    imports.push({ ...(tables.imports[i] as StoredTables['imports'][number]), at, end });
  }
  const units: Unit[] = [];
  for (let i = 0; i < tables.units.length; i++)
    units.push(unitOf(tables.units[i] as StoredTables['units'][number], lines?.places[i] ?? NO_PLACES));
  return { units, constants, keys, shapes, paths, calls, imports, shared, exports };
}

/** Why not spread: it takes several times as long, once for each unit. */
function unitOf(stored: StoredTables['units'][number], places: Int32Array): Unit {
  const { name, kind, parameterCount, slotNames, captures, cells, loopCount, code, joins } = stored;
  const slotCount = slotNames.length;
  return { name, kind, parameterCount, slotCount, captures, cells, slotNames, loopCount, code, joins, places };
}
