/**
 * What a tracer keeps of a run beside its events: how each expression got its value, and which definition gave each
 * variable the value that was read. From these an explanation is built backwards, from a value to what made it.
 */
import type { Key } from '../bytecode/module.ts';
import type { TracedExpression, TracedStatement } from '../bytecode/trace-point.ts';
import type { Value } from '../value/kinds.ts';

/** One evaluation of an expression, with those of its operands as far as they were evaluated. */
export class Evaluation {
  readonly kind = 'evaluation';
  readonly expression: TracedExpression;
  value: Value = null;
  readonly parts: Evaluation[] = [];
  /** How the program would write what was read (`line.qty`, `xs[0]`), or null. */
  name: string | null = null;
  /** Of a variable: what had given it its value. */
  definition: Definition | null = null;
  /** Of a path: the keys read so far, and the container that each was read from. */
  keys: Key[] | null = null;
  containers: Value[] | null = null;
  /** Of a call: the values that its units returned, in order. */
  results: Evaluation[] | null = null;
  /** Of a condition: it has its answer, and what runs until it is left runs because of it. */
  isDecided = false;
  /** Of the condition of WHERE: the loop that it filters. */
  filtered: Loop | null = null;
  /** Of a condition: the one around it. Of what a unit returned: the condition that it was returned under. */
  outer: Evaluation | null = null;
  /** Of a TRY: why its guarded part failed. */
  failure: string | null = null;

  constructor(expression: TracedExpression) {
    this.expression = expression;
  }
}

/** A variable got a value, or a part of its value was written. */
export interface Definition {
  /** `input` is a parameter of the unit that the host ran. */
  readonly kind: 'let' | 'set' | 'write' | 'input' | 'parameter' | 'element' | 'caught';
  readonly name: string;
  readonly line: number;
  /** The variable's value; for a write, the part's. */
  readonly value: Value;
  readonly evaluation: Evaluation | null;
  readonly op: 'SET' | 'APPEND' | 'MODIFY' | null;
  /** Of a write: the keys to the part. Of an element: its index. */
  readonly path: readonly Key[];
  /** Of a write: what its computed keys came from. */
  readonly keys: readonly Evaluation[];
  /** Of a write: the variable's definition before it. */
  readonly before: Definition | null;
  /** The innermost condition that it depends on. */
  readonly because: Evaluation | null;
  readonly loop: Loop | null;
  /** Of the parameter of a lambda: the call that passed it, and which call of the lambda it was. */
  readonly call: Evaluation | null;
  readonly turn: number;
}

/** FOR EACH or a comprehension under way. */
export class Loop {
  readonly kind = 'loop';
  readonly line: number;
  readonly iterable: Evaluation | null;
  readonly outer: Loop | null;
  /** Elements met so far. */
  turns = 0;
  /** Elements for which WHERE was false: their number, and the first few. */
  skippedCount = 0;
  readonly skipped: Skipped[] = [];

  constructor(line: number, iterable: Evaluation | null, outer: Loop | null) {
    this.line = line;
    this.iterable = iterable;
    this.outer = outer;
  }
}

export interface Skipped {
  readonly index: number;
  readonly condition: Evaluation;
}

/** A write to a path that is about to happen: what it writes, what stands there, and how long a list that is. */
export interface PendingWrite {
  readonly keys: readonly Key[];
  readonly value: Value;
  readonly old: Value;
  readonly size: number;
}

/** A statement under way. */
export class StatementEntry {
  readonly kind = 'statement';
  readonly statement: TracedStatement;
  readonly parts: Evaluation[] = [];
  readonly fields: { readonly key: Key; readonly evaluation: Evaluation }[] = [];
  /** Of SET on a variable: its value before. */
  old: Value = null;
  /** Of TRY: why its guarded part failed. */
  failure: string | null = null;
  pending: PendingWrite | null = null;

  constructor(statement: TracedStatement) {
    this.statement = statement;
  }
}

/** A guarded part under way: where a caught fault comes back to. */
export interface Guard {
  readonly kind: 'guard';
  readonly parts: Evaluation[] | null;
  readonly partCount: number;
}

/** A record that was output, with what made it. */
export interface OutputStep {
  readonly line: number;
  readonly record: Value;
  readonly fields: readonly { readonly key: Key; readonly evaluation: Evaluation }[];
  /** Of `OUTPUT expression`, and the way to this record in its value. */
  readonly evaluation: Evaluation | null;
  readonly path: readonly Key[];
  /** Of the fallback of TRY: why its guarded part failed. */
  readonly failure: string | null;
  readonly because: Evaluation | null;
  readonly loop: Loop | null;
}
