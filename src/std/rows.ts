/** Builders of rows: they fill in what is the same for all of a module. */
import type { ImpliedRow, NativeRow, PreludeRow, StdRow } from '../link/native.ts';

type Shared = 'kind' | 'module' | 'yields';

/** Pure natives: everything that touches the outside is an implied capability call, not a native. */
export function nativeRows(module: string, rows: readonly Omit<NativeRow, Shared | 'purity'>[]): readonly NativeRow[] {
  return rows.map((row) => ({ kind: 'native', module, yields: false, purity: 'pure', ...row }));
}

export function preludeRows(module: string, rows: readonly Omit<PreludeRow, Shared>[]): readonly PreludeRow[] {
  return rows.map((row) => ({ kind: 'prelude', module, yields: false, ...row }));
}

export function impliedRows(module: string, rows: readonly Omit<ImpliedRow, Shared>[]): readonly ImpliedRow[] {
  return rows.map((row) => ({ kind: 'implied', module, yields: false, ...row }));
}

/** Rows of functions that upstream does not have: a FUNC or LET of the same name takes their place. */
export function ours<Row extends StdRow>(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row, yields: true }));
}
