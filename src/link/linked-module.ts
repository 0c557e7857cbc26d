/**
 * What the VM runs: verified code with every import bound. Immutable but for the profile, compiled code and the cache
 * of natives. Invariant: a linked module reaches exactly its granted imports.
 */
import type { ConstantValue, Import, Key, Path, UnitKind } from '../bytecode/module.ts';
import type { TracePoint } from '../bytecode/trace-point.ts';
import type { HostFunction } from './capability.ts';
import type { NativeCall, SeriesCall } from './native.ts';
import type { Revocation } from './revocation.ts';
import type { SharedStore } from './shared-store.ts';

export interface LinkedUnit {
  readonly name: string;
  readonly kind: UnitKind;
  readonly index: number;
  readonly parameterCount: number;
  readonly slotCount: number;
  /** Slots and operand stack together. */
  readonly frameSize: number;
  readonly captures: Int32Array;
  /** Which slots hold cells. */
  readonly cells: readonly number[];
  readonly slotNames: readonly string[];
  /** Decoded code with a CHARGE at the head of each block. */
  readonly code: Int32Array;
  /** Triples (word offset, start, end), as in `Unit.places` but for `code`. */
  readonly places: Int32Array;
  readonly module: LinkedModule;
  /** The profile: [0] calls, [1 + i] passes of back edge i. Wraps; only large differences matter. */
  readonly counters: Int32Array;
  /** What the compiler to JavaScript has made of it; opaque to this room. */
  compiled: object | null;
}

export interface UnitEffects {
  /** Waits wherever it runs: an asynchronous host function, a BACKOFF. (A shared read waits only for an absent key.) */
  readonly waits: boolean;
  readonly suspends: boolean;
}

/** An entry of the call table after binding; exactly one of `native`, `unit` and `host` is set. */
export interface CallTarget {
  readonly name: string;
  readonly usage: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly cost: number;
  readonly borrows: boolean;
  readonly native: NativeCall | null;
  readonly series: SeriesCall | null;
  readonly unit: LinkedUnit | null;
  readonly host: HostFunction | null;
}

export interface LinkedModule {
  readonly id: string;
  readonly units: readonly LinkedUnit[];
  readonly constants: readonly ConstantValue[];
  readonly keys: readonly Key[];
  /** For each key: a text that neither Object.prototype nor Array.prototype has, so that a plain read is safe. */
  readonly plainKeys: readonly boolean[];
  readonly shapes: readonly (readonly string[])[];
  /** For each shape: no key needs care (see plainKeys). */
  readonly plainShapes: readonly boolean[];
  readonly paths: readonly Path[];
  readonly calls: readonly CallTarget[];
  readonly imports: readonly Import[];
  /** Of every capability that the module, or a module that it calls, can reach: one of them revoked ends its runs. */
  readonly revocations: readonly Revocation[];
  /** The store behind `shared`; set wherever the module uses shared state. */
  readonly store: SharedStore | null;
  readonly shared: readonly { readonly name: string; readonly mode: 'SINGLE' | 'MANY' }[];
  readonly exports: readonly { readonly name: string; readonly unit: number }[];
  /** What TRACE instructions name. */
  readonly points: readonly TracePoint[];
  readonly cache: Map<string, unknown>;
  /** Effects of a unit and of everything it can call inside its module. */
  effectsOf(unit: number): UnitEffects;
}
