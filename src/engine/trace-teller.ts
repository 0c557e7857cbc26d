/**
 * What a traced run tells: events as the settings ask for them, and provenance by name, which is gathered from the same
 * moments.
 *
 * Promise: with `captureValues: false` no value of the run is in an event, in provenance or in a report, except where
 * the program put it into the label of a CHECKPOINT or into the message of an error.
 */
import type { Key } from '../bytecode/module.ts';
import type { CallKind, TracedExpression, TracedStatement } from '../bytecode/trace-point.ts';
import type { Value } from '../value/kinds.ts';
import type { Evaluation } from './trace-evaluation.ts';
import type { TraceSettings, UntimedEvent } from './trace-events.ts';
import { expressionClass } from './trace-names.ts';
import type { Provenance } from './trace-provenance.ts';
import type { WriteSummary } from './trace-writes.ts';

const WRITE_NODES: ReadonlySet<string> = new Set(['IRSet', 'IRAppendTo', 'IRAppendVar', 'IRModify']);
const LET_NODES: ReadonlySet<string> = new Set(['IRLet', 'IRSetVar']);

export class TraceTeller {
  readonly #settings: TraceSettings;
  readonly #provenance: Provenance;
  readonly #tell: (event: UntimedEvent) => void;

  constructor(settings: TraceSettings, provenance: Provenance, tell: (event: UntimedEvent) => void) {
    this.#settings = settings;
    this.#provenance = provenance;
    this.#tell = tell;
  }

  reached(kind: 'line' | 'breakpoint', unit: string, line: number): void {
    this.#tell({ kind, unit, line });
  }

  checkpoint(label: string | null, line: number): void {
    this.#tell({ kind: 'call', call: 'CHECKPOINT', name: label, args: label === null ? [] : [label], line });
  }

  enter({ node, line }: TracedStatement): void {
    if (!this.#settings.step) return;
    this.#tell({ kind: 'enter', node, line });
    if (WRITE_NODES.has(node)) this.#provenance.enter('write');
    if (LET_NODES.has(node)) this.#provenance.enter('let');
  }

  exit({ node, line }: TracedStatement): void {
    if (!this.#settings.step) return;
    if (WRITE_NODES.has(node)) this.#provenance.exit('write');
    if (LET_NODES.has(node)) this.#provenance.exit('let');
    this.#tell({ kind: 'exit', node, line });
  }

  failedStatement(statement: TracedStatement, message: string): void {
    const { node, line } = statement;
    this.#tell({ kind: 'error', text: `while executing ${node}`, message, line });
    this.exit(statement);
  }

  failedExpression(expression: TracedExpression, message: string): void {
    const { call, name, line } = expression;
    if (call !== null) this.failedCall(call, name, message, line);
    this.#tell({ kind: 'error', text: `eval ${expressionClass(expression, null)}`, message, line });
  }

  failedCall(call: CallKind, name: string | null, message: string, line: number): void {
    this.#tell({ kind: 'error', text: `call ${call} ${name ?? '<lambda>'}`, message, line });
  }

  /** `value` as far as it is known. */
  evaluating(expression: TracedExpression, value: Value): void {
    if (this.#settings.includeEval)
      this.#tell({ kind: 'eval-enter', expression: expressionClass(expression, value), line: expression.line });
  }

  evaluated({ expression, value }: Evaluation): void {
    if (!this.#settings.includeEval) return;
    const { line } = expression;
    this.#tell({ kind: 'eval-exit', expression: expressionClass(expression, value), value: this.#shown(value), line });
  }

  read(name: string, value: Value, line: number): void {
    const { watch } = this.#settings;
    if (watch.size > 0 && !watch.has(name)) return;
    const shown = this.#shown(value);
    this.#tell({ kind: 'read', name, value: shown, line });
    this.#provenance.read(name, shown);
  }

  called(call: CallKind, name: string | null, args: readonly Value[], line: number): void {
    if (this.#settings.includeCalls) this.#tell({ kind: 'call', call, name, args: args.map(this.#shown), line });
  }

  /** A lambda has returned; the expression that called it tells of itself. */
  returned(name: string | null, value: Value, line: number): void {
    if (this.#settings.includeCalls)
      this.#tell({ kind: 'return', call: 'LAMBDA', name, value: this.#shown(value), line });
  }

  answered(call: CallKind, { expression, value: result }: Evaluation, args: readonly Value[]): void {
    if (!this.#settings.includeCalls) return;
    const { name, line } = expression;
    const value = this.#shown(result);
    this.#provenance.called({ kind: call, name, args: args.map(this.#shown), value });
    this.#tell({ kind: 'return', call, name, value, line });
  }

  defined(name: string, old: Value, value: Value, evaluation: Evaluation | null, line: number): void {
    const { step, watch, captureValues } = this.#settings;
    if (!step && !watch.has(name)) return;
    const shown = this.#shown(value);
    this.#tell({ kind: 'let', name, old: this.#shown(old), new: shown, line });
    this.#provenance.let(name, shown, captureValues ? evaluation : null);
  }

  wrote(root: string, { op, path, old, new: after, element }: WriteSummary, line: number): void {
    const [before, now] = [this.#shown(old), this.#shown(after)];
    this.#tell({ kind: 'path-write', op, root, path, old: before, new: now, line });
    this.#provenance.wrote(op, root, path, before, now, this.#shown(element));
  }

  /** A field of OUTPUT or MODIFY. */
  field(key: Key, value: Value, evaluation: Evaluation): void {
    if (this.#settings.captureValues) this.#provenance.field(String(key), value, evaluation);
  }

  output(record: Value, line: number): void {
    this.#tell({ kind: 'output', record: this.#shown(record), line });
  }

  readonly #shown = (value: Value): Value => (this.#settings.captureValues ? value : null);
}
