/**
 * THE table of limits of a run and of loading: name, default, unit, the code that is raised, who it protects.
 * Invariant: every default is finite.
 */
import type { Code } from './codes.ts';

interface LimitRow {
  readonly default: number;
  readonly unit: 'fuel' | 'bytes' | 'calls' | 'ms' | 'records' | 'levels' | 'characters' | 'entries';
  readonly code: Code;
  readonly doc: string;
}

export const LIMITS = {
  fuel: {
    default: 50_000_000,
    unit: 'fuel',
    code: 'MR5001',
    doc: 'work of one run, in units of about one VM instruction',
  },
  memory: { default: 256 << 20, unit: 'bytes', code: 'MR5002', doc: 'total bytes allocated by one run' },
  depth: { default: 256, unit: 'calls', code: 'MR5003', doc: 'nested calls of functions and lambdas' },
  deadlineMs: { default: 5_000, unit: 'ms', code: 'MR5004', doc: 'wall-clock time of one run' },
  output: { default: 1_000_000, unit: 'records', code: 'MR5005', doc: 'records that one run may output' },
  nesting: {
    default: 256,
    unit: 'levels',
    code: 'MR5006',
    doc: 'nesting of one value where it is walked (compared, printed, returned)',
  },
} as const satisfies Record<string, LimitRow>;

export type LimitName = keyof typeof LIMITS;

/** Limits of one run; every one finite. */
export type Limits = { readonly [K in LimitName]: number };

export const DEFAULT_LIMITS: Limits = Object.freeze(
  Object.fromEntries(Object.entries(LIMITS).map(([name, row]) => [name, row.default])) as Record<LimitName, number>,
);

/** Limits of reading programs. Not raised by hosts: a longer or deeper program is not one a person wrote. */
export const LOAD_LIMITS = {
  sourceLength: { default: 1 << 20, unit: 'characters', code: 'MR1002', doc: 'length of one source text' },
  sourceNesting: { default: 128, unit: 'levels', code: 'MR1003', doc: 'nesting of expressions and blocks in source' },
  astLength: {
    default: 8 << 20,
    unit: 'characters',
    code: 'MR3201',
    doc: 'length of one JSON AST; values and characters of one that is given as an object',
  },
  astNesting: {
    default: 768,
    unit: 'levels',
    code: 'MR3201',
    doc: 'nesting of expressions, statements and lambdas in a JSON AST',
  },
  binaryLength: { default: 4 << 20, unit: 'bytes', code: 'MR3001', doc: 'length of one binary module' },
  imports: { default: 256, unit: 'entries', code: 'MR1016', doc: 'modules and capabilities that one module imports' },
  units: { default: 65_535, unit: 'entries', code: 'MR1016', doc: 'FUNCs, TRANSFORMs and lambdas of one module' },
  diagnostics: { default: 20, unit: 'records', code: 'MR1004', doc: 'errors reported for one source' },
} as const satisfies Record<string, LimitRow>;
