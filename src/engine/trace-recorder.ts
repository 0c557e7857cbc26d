/**
 * The observer of one traced run: turns the points that the code reports into events, provenance and evaluations.
 *
 * Promises: changes nothing of the run; needs no cooperation of the machine beyond points and unwinding, because every
 * point says whose frame it is of, so calls that ended unseen (in the library, by a fault) are noticed at the next one.
 * Memory is bounded by `maxEvents`: past it only what the variables still hold is kept, without its own causes.
 */
import type { Key } from '../bytecode/module.ts';
import type { TracedExpression, TracedWrite, TracePoint } from '../bytecode/trace-point.ts';
import { isList, type Value } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import type { Frame } from '../vm/frame.ts';
import { Cursor } from '../vm/iterate.ts';
import type { RunObserver } from '../vm/observer.ts';
import type { Run } from '../vm/run.ts';
import { Evaluation, Loop, type OutputStep, type Skipped, StatementEntry } from './trace-evaluation.ts';
import type { TraceSettings, UntimedEvent } from './trace-events.ts';
import { expressionClass } from './trace-names.ts';
import { type Provenance, provenanceValue } from './trace-provenance.ts';
import { Activation, type Entry, isUnder } from './trace-stack.ts';
import { keyOf, showKey } from './trace-values.ts';
import { argumentOf, argumentsOf, TracedVariables } from './trace-variables.ts';
import { afterWrite, beforeWrite } from './trace-writes.ts';

type PointOf<K extends TracePoint['kind']> = Extract<TracePoint, { readonly kind: K }>;

/** Parts and results of one evaluation that are kept once the recorder is full. */
const FEW = 16;
const MAX_SKIPPED = 5;

const WRITE_NODES: ReadonlySet<string> = new Set(['IRSet', 'IRAppendTo', 'IRAppendVar', 'IRModify']);
const LET_NODES: ReadonlySet<string> = new Set(['IRLet', 'IRSetVar']);

export class TraceRecorder implements RunObserver {
  /** What made the records that were output, in order. */
  readonly outputs: OutputStep[] = [];
  /** What the first call of the run was given, and what it returned. */
  input: { readonly name: string; readonly value: Value } | null = null;
  result: Evaluation | null = null;
  outputCount = 0;
  readonly #settings: TraceSettings;
  readonly #provenance: Provenance;
  readonly #tell: (event: UntimedEvent) => void;
  readonly #asked: (name: string) => void;
  readonly #activations: Activation[] = [];
  readonly #variables: TracedVariables;

  constructor(
    settings: TraceSettings,
    provenance: Provenance,
    hooks: { tell(event: UntimedEvent): void; asked(name: string): void },
  ) {
    this.#settings = settings;
    this.#provenance = provenance;
    this.#tell = hooks.tell;
    this.#asked = hooks.asked;
    this.#variables = new TracedVariables(settings.maxEvents);
  }

  checkpoint(label: string | null): void {
    const args = label === null ? [] : [label];
    const line = this.#activations.at(-1)?.statement?.statement.line ?? 0;
    this.#tell({ kind: 'call', call: 'CHECKPOINT', name: label, args, line });
  }

  explain(meter: Meter, name: string): Value | undefined {
    this.#asked(name);
    const known = this.#provenance.explain(name);
    return known === undefined ? undefined : provenanceValue(meter, known);
  }

  reached(kind: 'line' | 'breakpoint', unit: string, line: number): void {
    this.#tell({ kind, unit, line });
  }

  at(point: TracePoint, run: Run, frame: Frame, sp: number, count: number): void {
    this.#variables.follow(run);
    if (point.kind === 'begin') {
      this.#begin(point, frame);
      return;
    }
    const activation = this.#activationOf(frame);
    if (activation === undefined) return;
    const { registers } = frame;
    switch (point.kind) {
      case 'enter':
        this.#enter(activation, point);
        return;
      case 'exit':
        this.#exit(activation, point.statement);
        return;
      case 'open':
        this.#open(activation, point.expression);
        return;
      case 'leaf':
        this.#leaf(activation, point.expression, registers[sp - 1]);
        return;
      case 'close':
        this.#close(activation, point.expression, registers[sp - 1]);
        return;
      case 'hold':
        this.#close(activation, point.expression, true);
        return;
      case 'part':
        this.#part(activation, point.index, registers[sp - 1]);
        return;
      case 'call':
        this.#call(point.expression, registers.slice(sp - count, sp));
        return;
      case 'decide':
        this.#decide(activation, point.outcome);
        return;
      case 'leave':
        this.#leave(activation, point.expression);
        return;
      case 'loop':
        activation.entries.push(new Loop(point.line, activation.parts?.at(-1) ?? null, activation.loop));
        return;
      case 'element':
        this.#element(activation, point);
        return;
      case 'end-loop':
        this.#skipUndecided(activation);
        if (activation.popTo((entry) => entry.kind === 'loop') !== null) activation.entries.pop();
        return;
      case 'define':
        this.#define(activation, point);
        return;
      case 'writing':
        if (activation.statement !== null)
          activation.statement.pending = beforeWrite(
            this.#variables,
            activation,
            point.write,
            registers.slice(sp - count, sp),
          );
        return;
      case 'written':
        this.#written(activation, point.write);
        return;
      case 'field':
        this.#field(activation, point.key, registers[sp - 1]);
        return;
      case 'output':
        this.#output(activation, run);
        return;
      case 'abort':
        this.#abort(activation, registers[sp - 1]);
        return;
      case 'result':
        this.#result(activation, point.hasValue, registers[sp - 1]);
        return;
      case 'guard': {
        const { parts } = activation;
        activation.entries.push({ kind: 'guard', parts, partCount: parts?.length ?? 0 });
        return;
      }
      case 'unguard':
        if (activation.popTo((entry) => entry.kind === 'guard') !== null) activation.entries.pop();
        return;
      case 'caught':
        if (activation.popTo((entry) => entry.kind === 'guard') !== null) activation.entries.pop();
        this.#variables.set(activation, point.slot, {
          ...this.#variables.definition(activation, 'caught', point.name),
          value: this.#variables.valueAt(activation, point.slot),
        });
        return;
    }
  }

  unwound(message: string, run: Run, frame: Frame | null, isCaught: boolean): void {
    this.#variables.follow(run);
    const activations = this.#activations;
    for (let top = activations.at(-1); top !== undefined; top = activations.at(-1)) {
      if (frame !== null && isUnder(top.frame, frame)) break;
      this.#fail(top, message, () => false);
      activations.pop();
    }
    const top = activations.at(-1);
    if (!isCaught || top === undefined || top.frame !== frame) return;
    this.#fail(top, message, (entry) => entry.kind === 'guard');
    const guard = top.popTo((entry) => entry.kind === 'guard');
    // A second attempt starts over.
    if (guard?.kind === 'guard' && guard.parts !== null) guard.parts.length = guard.partCount;
    if (top.open?.expression.kind === 'Try') top.open.failure = message;
  }

  // --- calls

  #begin(point: PointOf<'begin'>, frame: Frame): void {
    const activations = this.#activations;
    for (let top = activations.at(-1); top !== undefined; top = activations.at(-1)) {
      if (isUnder(top.frame, frame)) break;
      activations.pop();
    }
    const caller = activations.at(-1);
    const open = caller?.open ?? null;
    const call = open !== null && open.expression.call !== null ? open : null;
    const activation = new Activation(frame, point.unit, call);
    activations.push(activation);
    const turn = call?.results?.length ?? 0;
    point.parameters.forEach((name, slot) => {
      const value = this.#variables.valueAt(activation, slot);
      if (caller === undefined && this.input === null) this.input = { name, value };
      const evaluation = call === null || this.#variables.isFull ? null : argumentOf(call, slot);
      const definition = this.#variables.definition(activation, 'parameter', name);
      this.#variables.set(activation, slot, {
        ...definition,
        value,
        evaluation,
        call: this.#variables.isFull ? null : call,
        path: [slot],
        turn,
      });
    });
    this.#variables.takeCaptures(activation, point.parameters.length);
    if (point.unit.kind === 'lambda')
      this.#tellCall(
        'LAMBDA',
        lambdaName(point.unit.name),
        point.parameters.map((_, slot) => this.#variables.valueAt(activation, slot)),
        point.unit.line,
      );
  }

  #result(activation: Activation, hasValue: boolean, top: Value): void {
    const evaluation = hasValue ? (activation.statement?.parts.at(-1) ?? null) : null;
    const value = hasValue ? this.#variables.keep(top) : null;
    const { unit, call } = activation;
    if (unit.kind === 'lambda' && this.#settings.includeCalls)
      this.#tell({
        kind: 'return',
        call: 'LAMBDA',
        name: lambdaName(unit.name),
        value: this.#shown(value),
        line: unit.line,
      });
    if (evaluation === null) return;
    if (call !== null && !this.#variables.isFull) {
      evaluation.outer = activation.condition;
      call.results ??= [];
      call.results.push(evaluation);
    }
    if (this.#activations.length === 1) this.result = evaluation;
  }

  #call({ call, name, line }: TracedExpression, operands: readonly Value[]): void {
    if (call !== null)
      this.#tellCall(
        call,
        name,
        operands.map((value) => this.#variables.keep(value)),
        line,
      );
  }

  #tellCall(
    call: 'HOST' | 'FUNC' | 'LAMBDA' | 'CALL',
    name: string | null,
    args: readonly Value[],
    line: number,
  ): void {
    if (this.#settings.includeCalls)
      this.#tell({ kind: 'call', call, name, args: args.map((value) => this.#shown(value)), line });
  }

  /** The activation of this frame; what was called from it is over. */
  #activationOf(frame: Frame): Activation | undefined {
    const activations = this.#activations;
    let top = activations.at(-1);
    while (top !== undefined && top.frame !== frame) {
      if (!activations.some((activation) => activation.frame === frame)) return undefined;
      activations.pop();
      top = activations.at(-1);
    }
    return top;
  }

  // --- statements

  #enter(activation: Activation, { statement }: PointOf<'enter' | 'exit'>): void {
    const entry = new StatementEntry(statement);
    if (statement.node === 'IRSetVar') entry.old = this.#variables.valueAt(activation, statement.slot);
    activation.entries.push(entry);
    if (!this.#settings.step) return;
    this.#tell({ kind: 'enter', node: statement.node, line: statement.line });
    if (WRITE_NODES.has(statement.node)) this.#provenance.enter('write');
    if (LET_NODES.has(statement.node)) this.#provenance.enter('let');
  }

  #exit(activation: Activation, statement: StatementEntry['statement']): void {
    if (activation.popTo((entry) => entry.kind === 'statement' && entry.statement === statement) === null) return;
    activation.entries.pop();
    this.#tellExit(statement);
  }

  #tellExit(statement: StatementEntry['statement']): void {
    if (!this.#settings.step) return;
    if (WRITE_NODES.has(statement.node)) this.#provenance.exit('write');
    if (LET_NODES.has(statement.node)) this.#provenance.exit('let');
    this.#tell({ kind: 'exit', node: statement.node, line: statement.line });
  }

  /** Reports everything under way down to an entry that `stops`, innermost first, as failed. */
  #fail(activation: Activation, message: string, stops: (entry: Entry) => boolean): void {
    const { entries } = activation;
    for (let entry = entries.at(-1); entry !== undefined && !stops(entry); entry = entries.at(-1)) {
      entries.pop();
      if (entry.kind === 'statement') {
        const { node, line } = entry.statement;
        this.#tell({ kind: 'error', text: `while executing ${node}`, message, line });
        this.#tellExit(entry.statement);
      } else if (entry.kind === 'evaluation' && entry.expression.kind !== 'Condition') {
        const { call, name, line } = entry.expression;
        if (call !== null)
          this.#tell({ kind: 'error', text: `call ${call} ${name === '' ? '<lambda>' : name}`, message, line });
        this.#tell({ kind: 'error', text: `eval ${expressionClass(entry.expression, null)}`, message, line });
      }
    }
  }

  // --- expressions

  #open(activation: Activation, expression: TracedExpression): void {
    const evaluation = new Evaluation(expression);
    if (expression.kind === 'Condition') {
      evaluation.outer = activation.condition;
      // What an IF or a WHERE asks is no part of the statement's value.
      if (activation.open !== null) this.#attach(activation, evaluation);
    } else {
      this.#attach(activation, evaluation);
      this.#tellEval(expression, null);
    }
    activation.entries.push(evaluation);
  }

  #leaf(activation: Activation, expression: TracedExpression, top: Value): void {
    const evaluation = new Evaluation(expression);
    evaluation.value = this.#variables.keep(top);
    this.#tellEval(expression, evaluation.value);
    this.#attach(activation, evaluation);
    if (expression.kind === 'Variable') {
      evaluation.name = expression.name;
      if (!this.#variables.isFull)
        evaluation.definition = this.#variables.definitionAt(activation, expression.slot) ?? null;
      this.#read(expression.name, evaluation.value, expression.line);
    }
    this.#tellEvaluated(evaluation);
  }

  #part(activation: Activation, index: number, top: Value): void {
    const path = activation.open;
    if (path === null) return;
    if (path.keys === null || path.containers === null) {
      path.keys = [];
      path.containers = [];
      path.value = path.parts[0]?.value ?? null;
      path.name = path.parts[0]?.name ?? null;
    }
    const key = path.expression.keys[index] ?? keyOf(path.parts.at(-1)?.value);
    path.containers.push(path.value);
    path.keys.push(key);
    path.value = this.#variables.keep(top);
    if (path.name === null) return;
    path.name += showKey(key);
    this.#read(path.name, path.value, path.expression.line);
  }

  #close(activation: Activation, expression: TracedExpression, top: Value): void {
    const evaluation = activation.popTo((entry) => entry.kind === 'evaluation' && entry.expression === expression);
    if (evaluation?.kind !== 'evaluation') return;
    activation.entries.pop();
    evaluation.value = this.#variables.keep(top);
    if (expression.kind === 'Lambda') this.#variables.madeLambda(activation, expression, top);
    if (expression.call !== null && this.#settings.includeCalls) {
      const { call, name, line } = expression;
      const args = argumentsOf(evaluation).map((part) => part.value);
      this.#provenance.called({ kind: call, name, args, value: evaluation.value });
      this.#tell({ kind: 'return', call, name, value: this.#shown(evaluation.value), line });
    }
    this.#tellEvaluated(evaluation);
  }

  #attach(activation: Activation, evaluation: Evaluation): void {
    this.#variables.spend();
    const { parts } = activation;
    if (parts !== null && !(this.#variables.isFull && parts.length >= FEW)) parts.push(evaluation);
  }

  #read(name: string, value: Value, line: number): void {
    const { watch } = this.#settings;
    if (watch.size > 0 && !watch.has(name)) return;
    this.#tell({ kind: 'read', name, value: this.#shown(value), line });
    this.#provenance.read(name, value);
  }

  #tellEval(expression: TracedExpression, value: Value): void {
    if (this.#settings.includeEval)
      this.#tell({ kind: 'eval-enter', expression: expressionClass(expression, value), line: expression.line });
  }

  #tellEvaluated({ expression, value }: Evaluation): void {
    if (this.#settings.includeEval)
      this.#tell({
        kind: 'eval-exit',
        expression: expressionClass(expression, value),
        value: this.#shown(value),
        line: expression.line,
      });
  }

  // --- conditions and loops

  #decide(activation: Activation, outcome: boolean): void {
    const condition = activation.popTo(isAsked);
    if (condition?.kind !== 'evaluation') return;
    condition.value = outcome;
    condition.isDecided = true;
  }

  #leave(activation: Activation, expression: TracedExpression): void {
    if (activation.popTo((entry) => entry.kind === 'evaluation' && entry.expression === expression) !== null)
      activation.entries.pop();
  }

  #element(activation: Activation, point: PointOf<'element'>): void {
    this.#skipUndecided(activation);
    const loop = activation.popTo((entry) => entry.kind === 'loop');
    if (loop?.kind !== 'loop') return;
    const cursor = activation.frame.registers[point.cursor];
    const index = cursor instanceof Cursor && cursor.list !== null ? cursor.index - 1 : loop.turns;
    loop.turns++;
    this.#variables.set(activation, point.slot, {
      ...this.#variables.definition(activation, 'element', point.name),
      line: loop.line,
      value: this.#variables.valueAt(activation, point.slot),
      evaluation: this.#variables.isFull ? null : loop.iterable,
      path: [index],
    });
  }

  /** A condition that is still open when the next element comes was false. */
  #skipUndecided(activation: Activation): void {
    const { entries } = activation;
    const from = entries.findLastIndex((entry) => entry.kind === 'loop');
    const loop = entries[from];
    const condition = entries[from + 1];
    if (loop?.kind !== 'loop' || condition?.kind !== 'evaluation' || condition.isDecided) return;
    condition.value = false;
    loop.skippedCount++;
    const skipped: Skipped = { index: loop.turns - 1, condition };
    if (loop.skipped.length < MAX_SKIPPED && !this.#variables.isFull) loop.skipped.push(skipped);
  }

  // --- variables

  #define(activation: Activation, point: PointOf<'define'>): void {
    const { statement } = activation;
    const value = this.#variables.valueAt(activation, point.slot);
    const evaluation = statement?.parts.at(-1) ?? null;
    const definition = this.#variables.definition(activation, point.op === 'LET' ? 'let' : 'set', point.name);
    this.#variables.set(activation, point.slot, { ...definition, value, evaluation });
    const { step, watch } = this.#settings;
    if (!step && !watch.has(point.name)) return;
    const old = statement?.old ?? null;
    this.#tell({
      kind: 'let',
      name: point.name,
      old: this.#shown(old),
      new: this.#shown(value),
      line: definition.line,
    });
    this.#provenance.let(point.name, value, evaluation);
  }

  #written(activation: Activation, write: TracedWrite): void {
    const summary = afterWrite(this.#variables, activation, write);
    if (summary === null) return;
    const { op, path, old, new: after, element } = summary;
    const line = activation.statement?.statement.line ?? activation.unit.line;
    this.#tell({
      kind: 'path-write',
      op,
      root: write.name,
      path,
      old: this.#shown(old),
      new: this.#shown(after),
      line,
    });
    this.#provenance.wrote(op, write.name, path, old, after, element);
  }

  // --- outputs

  #field(activation: Activation, key: Key | null, top: Value): void {
    const { statement } = activation;
    const evaluation = statement?.parts.at(-1);
    if (statement === null || evaluation === undefined) return;
    const name = key ?? keyOf(statement.parts.at(-2)?.value);
    statement.fields.push({ key: name, evaluation });
    this.#provenance.field(String(name), this.#variables.keep(top), evaluation);
  }

  #output(activation: Activation, run: Run): void {
    const { statement } = activation;
    const evaluation = statement?.parts.at(-1) ?? null;
    const records = run.outputs.slice(this.outputCount);
    const isMany = isList(evaluation?.value);
    records.forEach((record, i) => {
      this.#add(activation, record, statement?.statement.node === 'IROutput' ? null : evaluation, isMany ? [i] : []);
    });
  }

  #abort(activation: Activation, record: Value): void {
    this.#add(activation, record, activation.statement?.parts.at(-1) ?? null, []);
  }

  #add(activation: Activation, record: Value, evaluation: Evaluation | null, path: readonly Key[]): void {
    const { statement } = activation;
    const line = statement?.statement.line ?? activation.unit.line;
    this.outputCount++;
    this.#tell({ kind: 'output', record: this.#shown(this.#variables.keep(record)), line });
    if (this.outputs.length >= this.#settings.maxEvents) return;
    this.outputs.push({
      line,
      record: this.#variables.keep(record),
      fields: statement?.fields ?? [],
      evaluation,
      path,
      because: activation.condition,
      loop: activation.loop,
    });
  }

  // --- values

  #shown(value: Value): Value {
    return this.#settings.captureValues ? value : null;
  }
}

function isAsked(entry: Entry): boolean {
  return entry.kind === 'evaluation' && entry.expression.kind === 'Condition' && !entry.isDecided;
}

function lambdaName(name: string): string | null {
  return name === '<lambda>' ? null : name;
}
