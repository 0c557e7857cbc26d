/** What a tracer tells: the events of a run, in order, each with the line of the program that it belongs to. */
import type { CallKind } from '../bytecode/trace-point.ts';
import type { Value } from '../value/kinds.ts';

interface Happening {
  /** Milliseconds since the first event. */
  readonly at: number;
  /** 1-based, of the program's source. */
  readonly line: number;
}

export interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

/** Values are as they were then. A large one that the program was still writing is cut, with a text that says so. */
export type TraceEvent = Happening &
  (
    | { readonly kind: 'enter' | 'exit'; readonly node: string }
    | { readonly kind: 'eval-enter'; readonly expression: string }
    | { readonly kind: 'eval-exit'; readonly expression: string; readonly value: unknown }
    | { readonly kind: 'error'; readonly text: string; readonly message: string }
    | {
        readonly kind: 'call';
        readonly call: CallKind | 'CHECKPOINT';
        readonly name: string | null;
        readonly args: readonly unknown[];
      }
    | { readonly kind: 'return'; readonly call: CallKind; readonly name: string | null; readonly value: unknown }
    | { readonly kind: 'read'; readonly name: string; readonly value: unknown }
    | { readonly kind: 'let'; readonly name: string; readonly old: unknown; readonly new: unknown }
    | {
        readonly kind: 'path-write';
        readonly op: 'SET' | 'APPEND';
        readonly root: string;
        readonly path: readonly (string | number | bigint)[];
        readonly old: unknown;
        readonly new: unknown;
      }
    | { readonly kind: 'output'; readonly record: unknown }
    /** LINE and BREAKPOINT, in code compiled for debugging. */
    | { readonly kind: 'line' | 'breakpoint'; readonly unit: string }
  );

export type TraceEventKind = TraceEvent['kind'];

/** An event as its maker knows it; the tracer adds when. */
export type UntimedEvent = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 'at'> : never) : never;

export interface TraceOptions {
  /** Report statements, and LET and SET of every variable (default false). */
  readonly step?: boolean;
  /** Report reads of these names only, and their LETs even without `step`; default: reads of all names. */
  readonly watch?: readonly string[];
  /** Keep values in events (default true). */
  readonly captureValues?: boolean;
  /** How many events are kept (default 100,000); the run goes on past it. */
  readonly maxEvents?: number;
  /** Report every expression before and after it is computed (default true). */
  readonly includeEval?: boolean;
  /** Report calls and returns (default true). */
  readonly includeCalls?: boolean;
}

/** Options with every default filled in. */
export interface TraceSettings {
  readonly step: boolean;
  readonly watch: ReadonlySet<string>;
  readonly captureValues: boolean;
  readonly maxEvents: number;
  readonly includeEval: boolean;
  readonly includeCalls: boolean;
}

export interface HostCall {
  readonly kind: CallKind;
  readonly name: string | null;
  readonly args: readonly Value[];
  readonly value: Value;
}
