/**
 * The observer of one traced run: follows it from point to point, tells what happens, and keeps how every value came about.
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
import { outputsSince } from '../vm/output.ts';
import type { Run } from '../vm/run.ts';
import { Evaluation, Loop, type OutputStep, type Skipped, StatementEntry } from './trace-evaluation.ts';
import { Activation, type Entry, isUnder } from './trace-stack.ts';
import type { TraceTeller } from './trace-teller.ts';
import { keyOf, showKey, showValue } from './trace-values.ts';
import { argumentOf, argumentsOf, TracedVariables } from './trace-variables.ts';
import { afterWrite, beforeWrite } from './trace-writes.ts';

type PointOf<K extends TracePoint['kind']> = Extract<TracePoint, { readonly kind: K }>;

/** Parts of a comprehension that are kept once the recorder is full; others have as many as the program has written. */
const FEW = 16;
const MAX_SKIPPED = 5;

/** What the program itself can ask of its tracer. */
export interface Explanations {
  explain(meter: Meter, name: string): Value | undefined;
}

export class TraceRecorder implements RunObserver {
  /** What made the records that were output, in order. */
  readonly outputs: OutputStep[] = [];
  /** What the first call of the run was given, and what it returned. */
  input: { readonly name: string; readonly value: Value } | null = null;
  result: Evaluation | null = null;
  outputCount = 0;
  readonly #limit: number;
  readonly #teller: TraceTeller;
  readonly #explanations: Explanations;
  readonly #activations: Activation[] = [];
  readonly #variables: TracedVariables;
  #hasBegun = false;

  /** `limit`: how many evaluations and outputs are kept with their causes. */
  constructor(limit: number, teller: TraceTeller, explanations: Explanations) {
    this.#limit = limit;
    this.#teller = teller;
    this.#explanations = explanations;
    this.#variables = new TracedVariables(limit);
  }

  /** Whether its run has begun; one that was refused before leaves the recorder as it was. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether the run was too long to keep the causes of all of it. */
  get isFull(): boolean {
    return this.#variables.isFull;
  }

  checkpoint(label: Value): void {
    const text = label === null || typeof label === 'string' ? label : showValue(label);
    this.#teller.checkpoint(text, this.#activations.at(-1)?.statement?.statement.line ?? 0);
  }

  explain(meter: Meter, name: string): Value | undefined {
    return this.#explanations.explain(meter, name);
  }

  reached(kind: 'line' | 'breakpoint', unit: string, line: number): void {
    this.#teller.reached(kind, unit, line);
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
        activation.entries.push(new Loop(point.line, activation.owner?.parts.at(-1) ?? null, activation.loop));
        return;
      case 'element':
        this.#element(activation, point);
        return;
      case 'end-loop':
        this.#skipUndecided(activation);
        activation.leave((entry) => entry.kind === 'loop');
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
        this.#add(activation, registers[sp - 1], activation.statement?.parts.at(-1) ?? null, []);
        this.#leaveAll(activation);
        return;
      case 'result':
        this.#result(activation, point.hasValue, registers[sp - 1]);
        return;
      case 'guard': {
        const parts = activation.owner?.parts ?? null;
        activation.entries.push({ kind: 'guard', parts, partCount: parts?.length ?? 0 });
        return;
      }
      case 'unguard':
        activation.leave((entry) => entry.kind === 'guard');
        // What an earlier attempt failed of has no part in the value.
        if (activation.owner !== null) activation.owner.failure = null;
        return;
      case 'caught':
        activation.leave((entry) => entry.kind === 'guard');
        this.#variables.define(activation, point.slot, 'caught', point.name);
        return;
    }
  }

  unwound(message: string, run: Run, frame: Frame | null, isCaught: boolean): void {
    this.#variables.follow(run);
    const activations = this.#activations;
    for (let top = activations.at(-1); top !== undefined; top = activations.at(-1)) {
      if (frame !== null && isUnder(top.frame, frame)) break;
      this.#fail(top, message, () => false);
      const { kind, name, line } = top.unit;
      if (kind === 'lambda') this.#teller.failedCall('LAMBDA', lambdaName(name), message, line);
      activations.pop();
    }
    const top = activations.at(-1);
    if (!isCaught || top === undefined || top.frame !== frame) return;
    this.#fail(top, message, (entry) => entry.kind === 'guard');
    const guard = top.popTo((entry) => entry.kind === 'guard');
    // A second attempt starts over.
    if (guard?.kind === 'guard' && guard.parts !== null) guard.parts.length = guard.partCount;
    if (top.owner !== null) top.owner.failure = message;
  }

  // --- calls

  #begin(point: PointOf<'begin'>, frame: Frame): void {
    const activations = this.#activations;
    this.#hasBegun = true;
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
      const known = this.#variables.isFull ? null : call;
      const { value } = this.#variables.define(activation, slot, caller === undefined ? 'input' : 'parameter', name, {
        evaluation: known === null ? null : argumentOf(known, slot),
        call: known,
        path: [slot],
        turn,
      });
      if (caller === undefined && this.input === null) this.input = { name, value };
    });
    this.#variables.takeCaptures(activation, point.parameters.length);
    if (point.unit.kind === 'lambda')
      this.#teller.called(
        'LAMBDA',
        lambdaName(point.unit.name),
        point.parameters.map((_, slot) => this.#variables.valueAt(activation, slot)),
        point.unit.line,
      );
  }

  #result(activation: Activation, hasValue: boolean, top: Value): void {
    const evaluation = hasValue ? (activation.statement?.parts.at(-1) ?? null) : null;
    const { unit, call } = activation;
    if (evaluation !== null && call !== null && !this.#variables.isFull) {
      evaluation.outer = activation.condition;
      call.results ??= [];
      call.results.push(evaluation);
    }
    if (evaluation !== null && this.#activations.length === 1) this.result = evaluation;
    this.#leaveAll(activation);
    if (unit.kind === 'lambda')
      this.#teller.returned(lambdaName(unit.name), hasValue ? this.#variables.keep(top) : null, unit.line);
  }

  /** RETURN and ABORT leave every statement around them. */
  #leaveAll({ entries }: Activation): void {
    for (let entry = entries.pop(); entry !== undefined; entry = entries.pop())
      if (entry.kind === 'statement') this.#teller.exit(entry.statement);
  }

  #call({ call, name, line }: TracedExpression, operands: readonly Value[]): void {
    if (call === null) return;
    const args = operands.map((value) => this.#variables.keep(value));
    this.#teller.called(call, name, args, line);
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
    this.#teller.enter(statement);
  }

  #exit(activation: Activation, statement: StatementEntry['statement']): void {
    if (activation.leave((entry) => entry.kind === 'statement' && entry.statement === statement) !== null)
      this.#teller.exit(statement);
  }

  /** Reports everything under way down to an entry that `stops`, innermost first, as failed. */
  #fail(activation: Activation, message: string, stops: (entry: Entry) => boolean): void {
    const { entries } = activation;
    for (let entry = entries.at(-1); entry !== undefined && !stops(entry); entry = entries.at(-1)) {
      entries.pop();
      if (entry.kind === 'statement') this.#teller.failedStatement(entry.statement, message);
      else if (entry.kind === 'evaluation' && entry.expression.kind !== 'Condition')
        this.#teller.failedExpression(entry.expression, message);
    }
  }

  // --- expressions

  #open(activation: Activation, expression: TracedExpression): void {
    const evaluation = new Evaluation(expression);
    if (expression.kind === 'Condition') {
      evaluation.outer = activation.condition;
      const around = activation.entries.at(-1);
      if (around?.kind === 'loop') evaluation.filtered = around;
      // What an IF or a WHERE asks is no part of the statement's value.
      if (activation.open !== null) this.#attach(activation, evaluation);
    } else {
      this.#attach(activation, evaluation);
      this.#teller.evaluating(expression, null);
    }
    activation.entries.push(evaluation);
  }

  #leaf(activation: Activation, expression: TracedExpression, top: Value): void {
    const evaluation = new Evaluation(expression);
    const isVariable = expression.kind === 'Variable';
    evaluation.value = isVariable ? this.#variables.valueAt(activation, expression.slot) : this.#variables.keep(top);
    this.#teller.evaluating(expression, evaluation.value);
    this.#attach(activation, evaluation);
    if (isVariable) {
      evaluation.name = expression.name;
      if (!this.#variables.isFull)
        evaluation.definition = this.#variables.definitionAt(activation, expression.slot) ?? null;
      this.#teller.read(expression.name, evaluation.value, expression.line);
    }
    this.#teller.evaluated(evaluation);
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
    this.#teller.read(path.name, path.value, path.expression.line);
  }

  #close(activation: Activation, expression: TracedExpression, top: Value): void {
    const evaluation = activation.leave((entry) => entry.kind === 'evaluation' && entry.expression === expression);
    if (evaluation?.kind !== 'evaluation') return;
    evaluation.value = this.#variables.keep(top);
    const { call } = expression;
    if (expression.kind === 'Lambda') this.#variables.madeLambda(activation, expression, top);
    if (call !== null) {
      const args = argumentsOf(evaluation).map((part) => part.value);
      this.#teller.answered(call, evaluation, args);
    }
    this.#teller.evaluated(evaluation);
  }

  #attach({ owner }: Activation, evaluation: Evaluation): void {
    this.#variables.spend();
    if (owner === null) return;
    const isEndless = owner.kind === 'evaluation' && owner.expression.kind === 'Comprehension';
    if (!(isEndless && this.#variables.isFull && owner.parts.length >= FEW)) owner.parts.push(evaluation);
  }

  // --- conditions and loops

  #decide(activation: Activation, outcome: boolean): void {
    const condition = activation.popTo(isAsked);
    if (condition?.kind !== 'evaluation') return;
    condition.value = outcome;
    condition.isDecided = true;
  }

  #leave(activation: Activation, expression: TracedExpression): void {
    activation.leave((entry) => entry.kind === 'evaluation' && entry.expression === expression);
  }

  #element(activation: Activation, point: PointOf<'element'>): void {
    this.#skipUndecided(activation);
    const loop = activation.popTo((entry) => entry.kind === 'loop');
    if (loop?.kind !== 'loop') return;
    const cursor = activation.frame.registers[point.cursor];
    const index = cursor instanceof Cursor && cursor.list !== null ? cursor.index - 1 : loop.turns;
    loop.turns++;
    this.#variables.define(activation, point.slot, 'element', point.name, {
      line: loop.line,
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
    const evaluation = statement?.parts.at(-1) ?? null;
    const kind = point.op === 'LET' ? 'let' : 'set';
    const { value, line } = this.#variables.define(activation, point.slot, kind, point.name, { evaluation });
    this.#teller.defined(point.name, statement?.old ?? null, value, evaluation, line);
  }

  #written(activation: Activation, write: TracedWrite): void {
    const summary = afterWrite(this.#variables, activation, write);
    if (summary === null) return;
    this.#teller.wrote(write.name, summary, activation.line);
  }

  // --- outputs

  #field(activation: Activation, key: Key | null, top: Value): void {
    const { statement } = activation;
    const evaluation = statement?.parts.at(-1);
    if (statement === null || evaluation === undefined) return;
    const name = key ?? keyOf(statement.parts.at(-2)?.value);
    statement.fields.push({ key: name, evaluation });
    this.#teller.field(name, this.#variables.keep(top), evaluation);
  }

  #output(activation: Activation, run: Run): void {
    const { statement } = activation;
    const evaluation = statement?.parts.at(-1) ?? null;
    const records = outputsSince(run, this.outputCount);
    const isMany = isList(evaluation?.value);
    records.forEach((record, i) => {
      this.#add(activation, record, statement?.statement.node === 'IROutput' ? null : evaluation, isMany ? [i] : []);
    });
  }

  #add(activation: Activation, record: Value, evaluation: Evaluation | null, path: readonly Key[]): void {
    const { statement } = activation;
    const { line } = activation;
    this.outputCount++;
    const kept = this.#variables.keep(record);
    this.#teller.output(kept, line);
    if (this.outputs.length >= this.#limit) return;
    this.outputs.push({
      line,
      record: kept,
      fields: statement?.fields ?? [],
      evaluation,
      path,
      failure: statement?.failure ?? null,
      because: activation.condition,
      loop: activation.loop,
    });
  }
}

function isAsked(entry: Entry): boolean {
  return entry.kind === 'evaluation' && entry.expression.kind === 'Condition' && !entry.isDecided;
}

function lambdaName(name: string): string | null {
  return name === '<lambda>' ? null : name;
}
