/**
 * The configurations that every program must agree in: value, or error code, type, message and place.
 * Fuel slices of one unit make the run pass through every place where it may be interrupted.
 */
import type { InternalOptions } from '../../src/index.ts';
import type { Form } from './forms.ts';

export interface Configuration {
  readonly name: string;
  readonly internals: InternalOptions;
  /** Not said: compiled when hot, which no test program becomes. */
  readonly jit?: 'eager';
  /** Through `runAsync`: the run gives way whenever its fuel slice is spent, and its input is a copy. */
  readonly isAsync?: true;
  /** What is loaded: the text, if not said. */
  readonly form?: Form;
}

export const CONFIGURATIONS: readonly Configuration[] = [
  { name: 'optimised', internals: {} },
  { name: 'unoptimised', internals: { optimise: false } },
  { name: 'fuel by the unit', internals: { fuelSlice: 1 } },
  { name: 'debug', internals: { debug: true } },
  { name: 'asynchronous', internals: { fuelSlice: 9_973 }, isAsync: true },
  { name: 'JSON AST', internals: {}, form: 'json' },
  { name: 'binary', internals: {}, form: 'binary' },
];

/** Compiled to JavaScript at the first call; `compiled loops` enters loops in the middle, at their second pass. */
export const COMPILED: readonly Configuration[] = [
  { name: 'compiled', internals: {}, jit: 'eager' },
  { name: 'compiled unoptimised', internals: { optimise: false }, jit: 'eager' },
  { name: 'compiled, fuel by the unit', internals: { fuelSlice: 1 }, jit: 'eager' },
  { name: 'compiled loops', internals: { jitLoopsOnly: true }, jit: 'eager' },
];
