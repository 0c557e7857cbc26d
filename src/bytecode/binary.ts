/**
 * THE layout of a binary module: its sections in their order, and the parts of each. Encoder, decoder and identity derive
 * from it.
 *
 *     00 4D 52 42   magic: NUL, then MRB
 *     version       LEB128
 *     features      LEB128, one bit for each feature that a reader must know; none so far
 *     sections      their number, then number and length of each, ascending
 *     content       of each section, one after the other, to the end of the file
 *
 * Numbers are unsigned LEB128 of at most 32 bits, code is words of four bytes (lowest first), in which jumps are relative
 * to the instruction that jumps. Names, keys and constant texts are numbers of the table of texts, which is sorted. What
 * `LINES` and `SIGNATURE` hold can be dropped without changing the program, and is no part of its identity.
 */

import { CODE } from './binary-code.ts';
import {
  BOOLEAN,
  BYTES,
  CONSTANT,
  type Codec,
  exactly,
  KEY,
  list,
  OWN_TEXT,
  oneOf,
  optional,
  record,
  TEXT,
  TEXT_LIST,
  U32,
} from './binary-codec.ts';
import { LINE_STARTS, PLACE_OF_IMPORT, PLACES, type PlaceOfImport } from './binary-lines.ts';
import type { CallEntry, Effects, Export, Import, Join, Module, Path, Unit } from './module.ts';

export const MAGIC = Uint8Array.of(0x00, 0x4d, 0x52, 0x42);
export const VERSION = 1;
/** The bits of the features that this version knows. */
export const KNOWN_FEATURES = 0;

/** In the order of the file; a section's number is one more than its place here. */
export const SECTIONS = [
  'texts',
  'constants',
  'keys',
  'shapes',
  'paths',
  'imports',
  'calls',
  'shared',
  'exports',
  'units',
  'lines',
  'signature',
] as const;

export type SectionName = (typeof SECTIONS)[number];
/** The sections that are there in every file. */
export type TableName = Exclude<SectionName, 'texts' | 'lines' | 'signature'>;

export function isOptional(section: SectionName): boolean {
  return section === 'lines' || section === 'signature';
}

type StoredImport = Omit<Import, 'at' | 'end'>;
/** A unit has as many slots as names of slots. */
type StoredUnit = Omit<Unit, 'slotCount' | 'places'>;

/** A module without places. */
export type StoredTables = Omit<Pick<Module, TableName>, 'imports' | 'units'> & {
  readonly imports: readonly StoredImport[];
  readonly units: readonly StoredUnit[];
};

const PATH = record<Path>({ segments: list(optional(KEY)) });

const IMPORT = record<StoredImport>({
  uri: TEXT,
  alias: TEXT,
  implied: BOOLEAN,
  members: list(record<Import['members'][number]>({ name: TEXT, arity: optional(U32) })),
  handedOn: list(U32),
  pin: optional(TEXT),
});

const CALL = record<CallEntry>({ name: TEXT, import: optional(U32) });

const SHARED = record<Module['shared'][number]>({ name: TEXT, mode: oneOf(['SINGLE', 'MANY']) });

const EFFECTS = record<Effects>({ emits: BOOLEAN, suspends: BOOLEAN, awaits: BOOLEAN, imports: list(U32) });

const EXPORT = record<Export>({ name: TEXT, unit: U32, effects: EFFECTS });

const SCOPES = list(U32);
const JOIN: Codec<Join> = {
  ...record<Join>({ at: U32, height: U32, scopes: SCOPES, slots: BYTES }),
  // Why: there are more of them than of all other records.
  read: (input) => ({ at: input.u32(), height: input.u32(), scopes: SCOPES.read(input), slots: input.bytes() }),
};

const UNIT = record<StoredUnit>({
  name: TEXT,
  kind: oneOf(['transform', 'function', 'lambda']),
  parameterCount: U32,
  slotNames: TEXT_LIST,
  captures: list(U32),
  cells: list(U32),
  loopCount: U32,
  code: CODE,
  joins: list(JOIN),
});

export const TEXTS: Codec<readonly string[]> = { ...list(OWN_TEXT), read: (input) => input.texts() };

export const TABLES: { readonly [Name in TableName]: Codec<StoredTables[Name]> } = {
  constants: list(CONSTANT),
  keys: list(KEY),
  shapes: list(TEXT_LIST),
  paths: list(PATH),
  imports: list(IMPORT),
  calls: list(CALL),
  shared: list(SHARED),
  exports: list(EXPORT),
  units: list(UNIT),
};

export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** What is known of the text that was compiled, without the text: enough to print a place as line and column. */
export interface SourceLines {
  readonly name: string;
  /** Offset of the first character of each line; the first is 0. */
  readonly lineStarts: readonly number[];
}

export interface LineTable extends SourceLines {
  readonly imports: readonly PlaceOfImport[];
  /** `Unit.places` of each unit. */
  readonly places: readonly Int32Array[];
}

/** The line table of a module with so many imports and units. */
export function lineTable(importCount: number, unitCount: number): Codec<LineTable> {
  const imports = exactly(importCount, PLACE_OF_IMPORT);
  const places = exactly(unitCount, PLACES);
  // Why not record(): making one takes longer than reading with it.
  return {
    minBytes: OWN_TEXT.minBytes + LINE_STARTS.minBytes + imports.minBytes + places.minBytes,
    write: (output, table) => {
      OWN_TEXT.write(output, table.name);
      LINE_STARTS.write(output, table.lineStarts);
      imports.write(output, table.imports);
      places.write(output, table.places);
    },
    read: (input) => ({
      name: OWN_TEXT.read(input),
      lineStarts: LINE_STARTS.read(input),
      imports: imports.read(input),
      places: places.read(input),
    }),
  };
}

/** All that a module file holds. */
export interface BinaryFile {
  readonly module: Module;
  /** Null for a file without a line table; then all places are empty. */
  readonly lines: SourceLines | null;
  /** Opaque here; see signature.ts. */
  readonly signature: Uint8Array | null;
}
