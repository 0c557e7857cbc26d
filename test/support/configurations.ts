/**
 * The configurations that every program must agree in: value, or error code, type, message and place.
 * Fuel slices of one unit make the run pass through every place where it may be interrupted.
 */
import type { InternalOptions } from '../../src/index.ts';
import type { Form } from './forms.ts';

export interface Configuration {
  readonly name: string;
  readonly internals: InternalOptions;
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
