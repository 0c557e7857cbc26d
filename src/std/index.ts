/**
 * The standard library: every function that a program may call by name, and the helpers that the prelude is compiled
 * against. One row per function; the linker finds natives, preludes and implied capabilities here and nowhere else.
 */
import type { NativeRow, StdRow } from '../link/native.ts';
import { AGGREGATION_ROWS } from './aggregation.ts';
import { ARRAY_ROWS } from './arrays.ts';
import { BOOLEAN_ROWS } from './booleans.ts';
import { CONVERSION_ROWS } from './conversion.ts';
import { CORE_ROWS } from './core.ts';
import { DATE_ROWS } from './dates.ts';
import { DEBUG_ROWS } from './debug.ts';
import { ENCODING_ROWS } from './encodings.ts';
import { FORMAT_ROWS } from './format.ts';
import { GROUPING_HELPER_ROWS, GROUPING_ROWS } from './grouping.ts';
import { HELPER_ROWS, HIGHER_ORDER_ROWS } from './higher-order.ts';
import { LIST_ADDITION_ROWS } from './list-additions.ts';
import { NUMERIC_ROWS } from './numeric.ts';
import { OBJECT_ADDITION_ROWS } from './object-additions.ts';
import { PATTERN_ROWS } from './patterns.ts';
import { SHARED_ROWS } from './shared.ts';
import { TEXT_ROWS } from './text.ts';
import { TEXT_ADDITION_ROWS } from './text-additions.ts';
import { TRACING_ROWS } from './tracing.ts';

export { loadHashLibrary } from './hash-library.ts';
export { loadPatternLibrary } from './pattern-library.ts';

export const STANDARD: ReadonlyMap<string, StdRow> = byName<StdRow>([
  ...CORE_ROWS,
  ...OBJECT_ADDITION_ROWS,
  ...ARRAY_ROWS,
  ...LIST_ADDITION_ROWS,
  ...AGGREGATION_ROWS,
  ...NUMERIC_ROWS,
  ...CONVERSION_ROWS,
  ...TEXT_ROWS,
  ...FORMAT_ROWS,
  ...PATTERN_ROWS,
  ...TEXT_ADDITION_ROWS,
  ...ENCODING_ROWS,
  ...DATE_ROWS,
  ...HIGHER_ORDER_ROWS,
  ...GROUPING_ROWS,
  ...DEBUG_ROWS,
  ...TRACING_ROWS,
  ...SHARED_ROWS,
  ...BOOLEAN_ROWS,
]);

/** Natives that only the prelude may call; a program that writes such a name calls an unknown function. */
export const PRELUDE_HELPERS: ReadonlyMap<string, NativeRow> = byName([...HELPER_ROWS, ...GROUPING_HELPER_ROWS]);

function byName<Row extends StdRow>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.name, row]));
}
