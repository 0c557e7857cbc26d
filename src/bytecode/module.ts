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

/** What a slot holds, in `Join.slots`: two bits a slot, slot 0 in the lowest bits of the first byte. */
export const SLOT = { empty: 0, value: 1, cell: 2, cursor: 3 } as const;

/**
 * What holds wherever control arrives at a jump's target, by whichever way. Declared, so that one pass verifies a unit:
 * each way must bring at least this. Offsets are word offsets.
 */
export interface Join {
  readonly at: number;
  /** Operands on the stack. */
  readonly height: number;
  /** The TRY_STARTs and INIT_FOREACHs whose regions are open, outermost first. */
  readonly scopes: readonly number[];
  /** A slot declared empty may hold any value, but is not read. */
  readonly slots: Uint8Array;
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
  /** One for each instruction that a jump, a loop or a TRY names, ascending. */
  readonly joins: readonly Join[];
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
  /** Indexes of the capabilities that are handed on to the imported module (`WITH`). */
  readonly handedOn: readonly number[];
  /** `sha256:…` of the only module that may stand here (`PIN`). */
  readonly pin: string | null;
  readonly at: number;
  readonly end: number;
}

/** What a unit and everything it can call inside its module may do. Declared of exports, recomputed by the verifier. */
export interface Effects {
  /** Outputs records. */
  readonly emits: boolean;
  readonly suspends: boolean;
  /** May have to wait by itself: AWAIT of shared state, a BACKOFF. What its imports wait for comes on top. */
  readonly awaits: boolean;
  /** Indexes into `imports`, ascending. */
  readonly imports: readonly number[];
}

export interface Export {
  readonly name: string;
  readonly unit: number;
  readonly effects: Effects;
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
  readonly exports: readonly Export[];
  /** What TRACE instructions name; only code for traced runs has any. */
  readonly points?: readonly TracePoint[];
}

export function dynamicKeyCount(path: Path): number {
  let count = 0;
  for (const segment of path.segments) if (segment === null) count++;
  return count;
}
