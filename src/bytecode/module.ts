/**
 * A compiled module: units of flat code and the tables their operands index. Plain data without behaviour; nothing in it
 * is trusted until `verify` has passed it.
 */

import type { TracePoint } from './trace-point.ts';

export type Key = string | number | bigint;
export type ConstantValue = null | boolean | number | bigint | string;
export type UnitKind = 'transform' | 'function' | 'lambda';

/** A segment of a path: a static key, or null for a key taken from the stack. */
export interface Path {
  readonly segments: readonly (Key | null)[];
}

/** The words of `code` are an opcode followed by its operands; targets are absolute word offsets. */
export interface Unit {
  readonly name: string;
  readonly kind: UnitKind;
  readonly parameterCount: number;
  /** Slots: parameters, captures, other variables, then hidden ones (cursors, accumulators). */
  readonly slotCount: number;
  /** For each capture, the slot in the enclosing unit; capture i arrives in slot `parameterCount + i`. */
  readonly captures: readonly number[];
  /** Which slots hold cells. */
  readonly cells: readonly number[];
  /** Names of the variables, by slot, for messages. */
  readonly slotNames: readonly string[];
  readonly loopCount: number;
  readonly code: Int32Array;
  /** Triples (word offset, start, end), ascending: the source range of each instruction that can fault. */
  readonly places: Int32Array;
}

/** A call-table entry: a standard function (`import` null) or a member of an import. */
export interface CallEntry {
  readonly name: string;
  readonly import: number | null;
}

export interface Import {
  readonly uri: string;
  readonly alias: string;
  readonly implied: boolean;
  readonly members: readonly { readonly name: string; readonly arity: number | null }[];
  readonly at: number;
  readonly end: number;
}

export interface Module {
  readonly units: readonly Unit[];
  readonly constants: readonly ConstantValue[];
  readonly keys: readonly Key[];
  readonly shapes: readonly (readonly string[])[];
  readonly paths: readonly Path[];
  readonly calls: readonly CallEntry[];
  readonly imports: readonly Import[];
  readonly shared: readonly { readonly name: string; readonly mode: 'SINGLE' | 'MANY' }[];
  readonly exports: readonly { readonly name: string; readonly unit: number }[];
  /** What TRACE instructions name; only code for traced runs has any. */
  readonly points?: readonly TracePoint[];
}

export function dynamicKeyCount(path: Path): number {
  let count = 0;
  for (const segment of path.segments) if (segment === null) count++;
  return count;
}
