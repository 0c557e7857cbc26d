/** Module files of programs, for the tests of the binary format. */
import { expect } from 'vitest';
import type { BinaryFile } from '../../../src/bytecode/binary.ts';
import type { BinaryReason } from '../../../src/bytecode/binary-reasons.ts';
import { decodeBinary } from '../../../src/bytecode/decode.ts';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import type { Module } from '../../../src/bytecode/module.ts';
import type { IrModule } from '../../../src/ir/nodes.ts';
import { compile, irOf, type NamedProgram, sourceLines } from '../ir/programs.ts';

export function moduleOf(source: string): Module {
  const ir = irOf(source);
  if (ir === null) throw new Error(`the program does not load: ${source}`);
  return compile(ir);
}

export function fileOf({ source }: Pick<NamedProgram, 'source'>): BinaryFile {
  return { module: compile(irOf(source) as IrModule), lines: sourceLines(source), signature: null };
}

export function bytesOf(source: string): Uint8Array {
  return encodeBinary(fileOf({ source }));
}

/** The file without what can be stripped. */
export function strippedOf(module: Module): BinaryFile {
  return {
    module: {
      ...module,
      units: module.units.map((unit) => ({ ...unit, places: new Int32Array(0) })),
      imports: module.imports.map((entry) => ({ ...entry, at: 0, end: 0 })),
    },
    lines: null,
    signature: null,
  };
}

/** `accepted`, or why not. What is accepted must have these bytes as its only form. */
export function outcomeOf(bytes: Uint8Array): BinaryReason | 'accepted' {
  const decoding = decodeBinary(bytes);
  if (!decoding.ok) {
    const { byteOffset } = decoding.refusal;
    expect(byteOffset).toBeGreaterThanOrEqual(0);
    expect(byteOffset).toBeLessThanOrEqual(bytes.length);
    return decoding.refusal.reason;
  }
  expect(Buffer.compare(encodeBinary(decoding.file), bytes)).toBe(0);
  return 'accepted';
}
