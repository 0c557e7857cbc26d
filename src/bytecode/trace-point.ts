/**
 * What TRACE instructions name: places of a program at which a tracer looks at a run. Plain data, made by the compiler's
 * instrumentation and read by the observer of a run; code without tracing has none.
 *
 * A point only tells what there is to see (slots, keys, names). Whatever it says, looking changes nothing of the run.
 */
import type { Key, UnitKind } from './module.ts';

export type CallKind = 'HOST' | 'FUNC' | 'LAMBDA' | 'CALL';

export interface TracedExpression {
  /** The kind of its IR node, or `Condition` for what IF, CASE and WHERE ask. */
  readonly kind: string;
  /** The operator, the name of the variable or of what is called; otherwise empty. */
  readonly name: string;
  /** Of its first character. */
  readonly line: number;
  /** The variable that is read, or -1. */
  readonly slot: number;
  /** The keys of a path, an object or a slice; null is a computed one, which is a part of its own. */
  readonly keys: readonly (Key | null)[];
  readonly call: CallKind | null;
  /** Of a lambda: the variables of the enclosing unit that it captures. */
  readonly captures: readonly number[];
}

export interface TracedStatement {
  /** As events name it: `IRLet`, `IRSet` … */
  readonly node: string;
  readonly line: number;
  /** The variable that the whole statement is about, or -1. */
  readonly slot: number;
  readonly name: string;
}

export interface TracedWrite {
  readonly op: 'SET' | 'APPEND' | 'MODIFY';
  readonly name: string;
  readonly slot: number;
  /** The slot that holds the root while it is written: `slot`, or a hidden one. */
  readonly root: number;
  readonly segments: readonly (Key | null)[];
  /** How far above the first of the peeked operands the value stands; computed keys stand below. */
  readonly valueOffset: number;
  /** The expression of the value. */
  readonly value: TracedExpression | null;
}

/** Operands are peeked, never popped: a point's instruction says how many there are. */
export type TracePoint =
  // Units. `begin` comes first; `result` before each way out, its value on top where there is one.
  | {
      readonly kind: 'begin';
      readonly unit: { readonly name: string; readonly kind: UnitKind; readonly line: number };
      readonly parameters: readonly string[];
    }
  | { readonly kind: 'result'; readonly hasValue: boolean }
  // Statements, around each.
  | { readonly kind: 'enter' | 'exit'; readonly statement: TracedStatement }
  // Expressions: `open` before, `close` with the value on top; `hold` closes one that is known to be true. `leaf` is both:
  // for a variable before it is loaded, otherwise with the value on top.
  | { readonly kind: 'open' | 'close' | 'leaf' | 'hold'; readonly expression: TracedExpression }
  // The container of a path was replaced by the part under key `index`, which is on top.
  | { readonly kind: 'part'; readonly index: number }
  // The arguments are complete, the call comes next.
  | { readonly kind: 'call'; readonly expression: TracedExpression }
  // An opened Condition has its answer; `leave` is where both ways meet again.
  | { readonly kind: 'decide'; readonly outcome: boolean }
  | { readonly kind: 'leave'; readonly expression: TracedExpression }
  // Loops: before the first element, at each, after the last.
  | { readonly kind: 'loop'; readonly line: number }
  | { readonly kind: 'element'; readonly name: string; readonly slot: number; readonly cursor: number }
  | { readonly kind: 'end-loop' }
  // Variables: the slot has its new value.
  | { readonly kind: 'define'; readonly op: 'LET' | 'SET'; readonly name: string; readonly slot: number }
  | { readonly kind: 'writing' | 'written'; readonly write: TracedWrite }
  // A field of OUTPUT or MODIFY is computed; null is a computed key.
  | { readonly kind: 'field'; readonly key: Key | null }
  // Records were output; or, with the record on top, the run is about to end with it.
  | { readonly kind: 'output' | 'abort' }
  // TRY: before the guarded part, after it, and where an error was bound.
  | { readonly kind: 'guard' | 'unguard' }
  | { readonly kind: 'caught'; readonly name: string; readonly slot: number };
