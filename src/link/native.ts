/**
 * What a standard function written in JavaScript is and receives. Natives take no callbacks (higher-order functions are
 * a prelude in the language), see no machine, and charge by size before they work.
 */

import type { Value } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import type { Series } from '../value/series.ts';
import type { SharedStore } from './shared-store.ts';

/** The tracer of a run as its program sees it. */
export interface ProgramTracer {
  /** Reads the label without charge: a traced run pays what an untraced one does. */
  checkpoint(label: Value): void;
  /** How the value of a name came about, charged as it is made; undefined when nothing is known of the name. */
  explain(meter: Meter, name: string): Value | undefined;
}

export interface NativeContext extends Meter {
  /** Compiled patterns and the like, kept for one linked module. Bounded by the function that uses it. */
  readonly cache: Map<string, unknown>;
  /** The shared state granted to the module that runs. */
  readonly shared: SharedStore | null;
  /** Null unless the run is traced. */
  readonly tracer: ProgramTracer | null;
}

/**
 * Arguments are positional; the linker has checked the count against the row, missing optional ones are `undefined`.
 * Throws `Fault` for what programs may catch.
 */
export type NativeCall = (context: NativeContext, ...args: Value[]) => Value;

/** The same call, for whoever only counts over the list: charges what the list costs. */
export type SeriesCall = (context: NativeContext, ...args: Value[]) => Series;

export type Purity = 'pure' | 'impure';

interface StdRowBase {
  readonly name: string;
  readonly module: string;
  /** The usage text, which is also the whole message of an arity error. */
  readonly usage: string;
  readonly minArgs: number;
  /** Infinity for functions that take any number. */
  readonly maxArgs: number;
  /** Functions of ours (not upstream's) yield to a FUNC or LET of the same name. */
  readonly yields: boolean;
  /** Not shipped, as `examples`: the build drops both. */
  readonly doc: string;
  /** `[expression, value as JSON text or "✗ message"]`, run as tests. */
  readonly examples: readonly (readonly [string, string])[];
}

export interface NativeRow extends StdRowBase {
  readonly kind: 'native';
  /** Fuel per call, before what it charges by size. */
  readonly cost: number;
  readonly purity: Purity;
  /** True when neither the result nor anything kept holds a part of an argument (see ownership in vm/ownership.ts). */
  readonly borrows: boolean;
  /** A library that must be loaded before the first call. */
  readonly needs?: 'patterns' | 'decimals' | 'hashes';
  /** A helper that the compiler puts into modules, though no program can name it. */
  readonly isEmitted?: true;
  readonly call: NativeCall;
  /** For functions whose result is a list of numbers at equal distances. */
  readonly series?: SeriesCall;
}

/** A standard function written in the language; `source` is one FUNC. */
export interface PreludeRow extends StdRowBase {
  readonly kind: 'prelude';
  readonly source: string;
}

/** An impure standard function: a call of it is a call of a capability's member, imported by implication. */
export interface ImpliedRow extends StdRowBase {
  readonly kind: 'implied';
  readonly uri: string;
  readonly member: string;
}

export type StdRow = NativeRow | PreludeRow | ImpliedRow;
