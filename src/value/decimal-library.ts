/**
 * The decimal library, loaded on first need: importing it costs 3 to 4 ms, and most programs make no decimal.
 *
 * Owns: the one reference to it and the conversion of its errors. Only decimal-math.ts calls `decimalLibrary`.
 */
import type * as Library from 'bigdecimal.js';
import { Stop } from './fault.ts';

export type DecimalLibrary = typeof Library;

let library: DecimalLibrary | undefined;
let loading: Promise<void> | undefined;

/** Resolves when division and rounding of decimals will work; a failed load is tried again by the next call. */
export function loadDecimalLibrary(): Promise<void> {
  loading ??= import('bigdecimal.js').then(
    (loaded) => {
      library = loaded;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

export function isDecimalLibraryLoaded(): boolean {
  return library !== undefined;
}

export function decimalLibrary(): DecimalLibrary {
  if (library === undefined) throw new Stop('MR6022', 'decimals are not ready');
  return library;
}
