/**
 * Module → bytes of a module file. Promises: equal modules make equal bytes, and `decodeBinary` makes the same module of
 * them. The module must be one that passed the verifier, without what traced runs report.
 */
import { invariant } from '../base/assert.ts';
import {
  type BinaryFile,
  lineTable,
  MAGIC,
  SECTIONS,
  type SectionName,
  type StoredTables,
  TABLE_NAMES,
  TABLES,
  type TableName,
  TEXTS,
  VERSION,
} from './binary.ts';
import { SectionWriter, type TextIndexes } from './binary-codec.ts';
import { ByteWriter } from './leb.ts';
import type { Module } from './module.ts';

export function encodeBinary({ module, lines, signature }: BinaryFile): Uint8Array {
  checkStorable(module);
  const texts = sortedTexts(module);
  const indexes = new Map(texts.map((text, index) => [text, index]));
  const table: TextIndexes = { indexOf: (text) => indexes.get(text) as number };
  const contents = new Map<SectionName, Uint8Array>();
  const output = new SectionWriter(table);
  TEXTS.write(output, texts);
  contents.set('texts', output.finish());
  for (const name of TABLE_NAMES) contents.set(name, writeTable(name, module, table));
  if (lines !== null) {
    const { imports, units } = module;
    const section = new SectionWriter(table);
    const places = units.map((unit) => unit.places);
    lineTable(imports.length, units.length).write(section, { ...lines, imports, places });
    contents.set('lines', section.finish());
  }
  if (signature !== null) contents.set('signature', signature);
  return assemble(contents);
}

/** The header and the sections, in the order of the file. */
function assemble(contents: ReadonlyMap<SectionName, Uint8Array>): Uint8Array {
  const file = new ByteWriter();
  file.raw(MAGIC);
  file.u32(VERSION);
  file.u32(0);
  file.u32(contents.size);
  SECTIONS.forEach((name, index) => {
    const content = contents.get(name);
    if (content === undefined) return;
    file.u32(index + 1);
    file.u32(content.length);
  });
  for (const name of SECTIONS) file.raw(contents.get(name) ?? new Uint8Array(0));
  return file.finish();
}

function writeTable<Name extends TableName>(name: Name, tables: StoredTables, texts: TextIndexes): Uint8Array {
  const output = new SectionWriter(texts);
  TABLES[name].write(output, tables[name]);
  return output.finish();
}

/** All texts that the tables name, found by writing them once for nothing. */
function sortedTexts(tables: StoredTables): readonly string[] {
  const found = new Set<string>();
  const collector: TextIndexes = {
    indexOf: (text) => {
      found.add(text);
      return 0;
    },
  };
  for (const name of TABLE_NAMES) writeTable(name, tables, collector);
  return [...found].sort(byUnits);
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkStorable({ units, points }: Module): void {
  invariant(points === undefined, 'code of traced runs is not stored');
  for (const { slotCount, slotNames } of units) invariant(slotCount === slotNames.length, 'every slot has a name');
}
