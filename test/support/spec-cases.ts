/**
 * The examples of the specifications as data, and the decisions that changed some of them. A case that an override
 * names has another outcome here, or waits for a later issue; the reason stands with it.
 */
import { readFileSync } from 'node:fs';
import { fromNotation, type Notation } from '../../src/formats/notation.ts';
import { type Limits, stringify } from '../../src/index.ts';
import type { Outcome, Program } from './run-program.ts';

export type Expected =
  | {
      readonly value: Notation;
      readonly printed?: readonly string[];
      readonly requests?: readonly Notation[];
      readonly json?: string;
    }
  /** Many records: their number, the first and the last. */
  | { readonly rows: { readonly count: number; readonly first: Notation; readonly last: Notation } }
  | {
      readonly error: {
        readonly type?: string;
        readonly message?: string;
        readonly name?: string;
        readonly code?: string;
      };
    }
  | { readonly load: { readonly code: string; readonly place: string; readonly text: string } };

export interface SpecCase {
  readonly id: string;
  readonly section: string;
  readonly source: string;
  readonly input?: Notation;
  readonly limits?: Partial<Limits>;
  readonly grants?: readonly string[];
  readonly answers?: readonly Notation[];
  readonly expected: Expected;
  readonly note?: string;
}

export type Override =
  | { readonly id: string; readonly old: Expected; readonly new: Expected; readonly decision: string }
  /** Waits; `later` says for what. */
  | { readonly id: string; readonly later: string };

export interface SpecFile {
  readonly cases: readonly SpecCase[];
  readonly overrides: ReadonlyMap<string, Override>;
}

export function readSpecFile(name: 'runtime' | 'stdlib' | 'regressions'): SpecFile {
  const read = (folder: string): unknown =>
    JSON.parse(readFileSync(new URL(`../spec/${folder}/${name}.json`, import.meta.url), 'utf8'));
  const { cases } = read('cases') as { readonly cases: readonly SpecCase[] };
  const { overrides } = read('overrides') as { readonly overrides: readonly Override[] };
  return { cases, overrides: new Map(overrides.map((o) => [o.id, o])) };
}

export function programOf(c: SpecCase): Program {
  const { source, input, limits, grants, answers } = c;
  return {
    source,
    ...(input === undefined ? {} : { input }),
    ...(limits === undefined ? {} : { limits }),
    ...(grants === undefined ? {} : { grants }),
    ...(answers === undefined ? {} : { answers }),
  };
}

export function isAsExpected(outcome: Outcome, expected: Expected): boolean {
  if ('value' in expected) {
    return (
      outcome.kind === 'value' &&
      isSame(outcome.value, expected.value) &&
      isSame(outcome.printed, expected.printed ?? []) &&
      isSame(outcome.requests, expected.requests ?? []) &&
      (expected.json === undefined || jsonOfExample(outcome.value) === expected.json)
    );
  }
  if ('rows' in expected) {
    const { count, first, last } = expected.rows;
    if (outcome.kind !== 'value' || !Array.isArray(outcome.value)) return false;
    const rows = outcome.value as readonly Notation[];
    return rows.length === count && isSame(rows[0], first) && isSame(rows.at(-1), last);
  }
  if ('error' in expected) {
    return (
      outcome.kind === 'error' && Object.entries(expected.error).every(([key, text]) => outcome[key as 'type'] === text)
    );
  }
  const { code, place, text } = expected.load;
  return (
    outcome.kind === 'load' &&
    outcome.findings.some((f) => f.code === code && f.place === place && f.message.includes(text))
  );
}

/** An example's value stands as `v` of the record that its program outputs. */
function jsonOfExample(value: Notation): string {
  return stringify((fromNotation(value) as { readonly v: unknown }).v);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
