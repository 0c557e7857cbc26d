/**
 * Provenance by name, as EXPLAIN and reports show it: for each variable and output field the steps that wrote it, with
 * what was read for them. (The tree of causes behind one output field is `trace-explain.ts`.)
 *
 * Owned by one run. Bounded: a step costs its inputs, and past the budget no more steps are kept.
 */
import type { Key } from '../bytecode/module.ts';
import type { PlainRecord, Value } from '../value/kinds.ts';
import { BYTES, type Meter } from '../value/meter.ts';
import { setOwn } from '../value/path.ts';
import type { Evaluation } from './trace-evaluation.ts';
import type { HostCall, NamedValue } from './trace-events.ts';
import { renderEvaluation } from './trace-render.ts';
import { isContainer, showValue } from './trace-values.ts';

/** Reads and calls gathered for one statement. */
const MAX_GATHERED = 100;
const MAX_DEBUG_VALUES = 12;

export interface ProvenanceStep {
  readonly op: 'LET' | 'SET' | 'APPEND' | 'OUTPUT';
  readonly path: readonly Key[];
  /** What the direct reads come down to, each name once. */
  readonly inputs: readonly NamedValue[];
  readonly delta: Value;
  readonly old: Value;
  readonly new: Value;
  readonly calc: readonly HostCall[];
  readonly debug: readonly string[];
  /** The direct reads. */
  readonly sources: readonly NamedValue[];
}

export interface NameProvenance {
  readonly name: string;
  readonly final: Value;
  readonly steps: readonly ProvenanceStep[];
}

interface Gathering {
  readonly reads: NamedValue[];
  readonly calls: HostCall[];
}

interface LetRecord {
  readonly reads: readonly NamedValue[];
  readonly calls: readonly HostCall[];
  readonly evaluation: Evaluation | null;
}

interface LastEvent {
  readonly kind: 'let' | 'return' | 'write';
  readonly value: Value;
}

export class Provenance {
  /** Statements under way that write a path, and those that set a variable. */
  readonly #gatherings = { write: [] as Gathering[], let: [] as Gathering[] };
  readonly #lets = new Map<string, LetRecord>();
  readonly #last = new Map<string, LastEvent>();
  readonly #steps = new Map<string, ProvenanceStep[]>();
  readonly #outputs = new Map<string, Value>();
  #budget: number;

  constructor(budget: number) {
    this.#budget = budget;
  }

  enter(kind: 'write' | 'let'): void {
    this.#gatherings[kind].push({ reads: [], calls: [] });
  }

  exit(kind: 'write' | 'let'): void {
    this.#gatherings[kind].pop();
  }

  read(name: string, value: Value): void {
    for (const stack of [this.#gatherings.write, this.#gatherings.let]) {
      const reads = stack.at(-1)?.reads;
      if (reads !== undefined && reads.length < MAX_GATHERED) reads.push({ name, value });
    }
  }

  called(call: HostCall): void {
    if (call.name !== null) this.#last.set(call.name, { kind: 'return', value: call.value });
    if (call.kind !== 'HOST') return;
    for (const stack of [this.#gatherings.write, this.#gatherings.let]) {
      const calls = stack.at(-1)?.calls;
      if (calls !== undefined && calls.length < MAX_GATHERED) calls.push(call);
    }
  }

  let(name: string, value: Value, evaluation: Evaluation | null): void {
    const gathered = this.#gatherings.let.at(-1);
    this.#lets.set(name, { reads: gathered?.reads ?? [], calls: gathered?.calls ?? [], evaluation });
    this.#last.set(name, { kind: 'let', value });
  }

  wrote(op: 'SET' | 'APPEND', root: string, path: readonly Key[], old: Value, value: Value, element: Value): void {
    this.#last.set(root, { kind: 'write', value });
    if (this.#budget < 0) return;
    const gathered = this.#gatherings.write.at(-1);
    const sources = [...(gathered?.reads ?? [])];
    const { inputs, calls } = this.#flatten(sources);
    this.#add(root, {
      op,
      path,
      inputs,
      delta: op === 'APPEND' ? element : value,
      old,
      new: value,
      calc: [...(gathered?.calls ?? []), ...calls],
      debug: [],
      sources,
    });
  }

  /** A field of OUTPUT or MODIFY has its value. */
  field(key: string, value: Value, evaluation: Evaluation): void {
    if (this.#budget < 0) return;
    this.#outputs.set(key, value);
    if (this.#last.get(key)?.kind === 'let') this.#add(key, this.#letStep(key));
    const sources = readsOf(evaluation);
    const { inputs, calls } = this.#flatten(sources);
    this.#add(key, {
      op: 'OUTPUT',
      path: [key],
      inputs,
      delta: null,
      old: null,
      new: value,
      calc: calls,
      debug: [`${key} -> ${showValue(value)}`],
      sources,
    });
  }

  /** Undefined when nothing is known of the name. */
  explain(name: string): NameProvenance | undefined {
    const last = this.#last.get(name);
    const steps = this.#steps.get(name);
    if (last === undefined && steps === undefined) return undefined;
    const final = last === undefined ? (this.#outputs.get(name) ?? null) : last.value;
    return { name, final, steps: steps ?? [this.#letStep(name)] };
  }

  names(): readonly string[] {
    return [...new Set([...this.#steps.keys(), ...this.#lets.keys()])];
  }

  /** The names that this one directly depends on. */
  dependenciesOf(name: string): readonly string[] {
    const steps = this.explain(name)?.steps ?? [];
    return [...new Set(steps.flatMap((step) => step.sources.map((source) => source.name)))];
  }

  #letStep(name: string): ProvenanceStep {
    const value = this.#last.get(name)?.value ?? null;
    const { reads = [], calls: own = [], evaluation = null } = this.#lets.get(name) ?? {};
    const { inputs, calls } = this.#flatten(reads);
    const debug = scalarLines(reads);
    if (evaluation !== null) debug.push(`${renderEvaluation(evaluation)} -> ${showValue(value)}`);
    return {
      op: 'LET',
      path: [],
      inputs,
      delta: value,
      old: null,
      new: value,
      calc: [...own, ...calls],
      debug,
      sources: [...reads],
    };
  }

  /** Breadth first: a name that was itself computed from others is replaced by those; each name once. */
  #flatten(reads: readonly NamedValue[]): { readonly inputs: NamedValue[]; readonly calls: HostCall[] } {
    const inputs: NamedValue[] = [];
    const calls: HostCall[] = [];
    const seen = new Set<string>();
    const queue = [...reads];
    for (const read of queue) {
      if (seen.has(read.name)) continue;
      seen.add(read.name);
      const known = this.#lets.get(read.name);
      if (known === undefined || known.reads.length === 0) {
        inputs.push(read);
        continue;
      }
      calls.push(...known.calls);
      queue.push(...known.reads);
    }
    return { inputs, calls };
  }

  #add(name: string, step: ProvenanceStep): void {
    this.#budget -= 1 + step.inputs.length + step.sources.length + step.calc.length;
    if (this.#budget < 0) return;
    const steps = this.#steps.get(name);
    if (steps === undefined) this.#steps.set(name, [step]);
    else steps.push(step);
  }
}

/** What EXPLAIN gives to the program, charged as it is made. */
export function provenanceValue(meter: Meter, known: NameProvenance): Value {
  return { var: known.name, final: plain(known.final), steps: known.steps.map((step) => stepValue(meter, step)) };
}

function stepValue(meter: Meter, step: ProvenanceStep): Value {
  const entries = step.inputs.length + step.sources.length + step.calc.length;
  meter.charge(10 + 2 * entries);
  meter.allocate((1 + entries) * (BYTES.record + 9 * BYTES.recordField));
  return {
    op: step.op,
    path: [...step.path],
    inputs: step.inputs.map(namedValue),
    delta: plain(step.delta),
    old: plain(step.old),
    new: plain(step.new),
    calc: step.calc.map(({ kind, name, args, value }) => ({ kind, name, args: args.map(plain), value: plain(value) })),
    debug: [...step.debug],
    sources: step.sources.map(namedValue),
  };
}

function namedValue({ name, value }: NamedValue): PlainRecord {
  const record: PlainRecord = { name };
  setOwn(record, 'value', plain(value));
  return record;
}

/** What cannot leave the engine is told, not shown. */
function plain(value: Value): Value {
  return typeof value !== 'object' || value === null || isContainer(value) ? (value ?? null) : leavable(value);
}

function leavable(value: object): Value {
  const shown = showValue(value);
  return shown.startsWith('<') ? shown : value;
}

function readsOf(evaluation: Evaluation): NamedValue[] {
  const reads: NamedValue[] = [];
  const pending = [evaluation];
  for (let at = pending.pop(); at !== undefined && reads.length < MAX_GATHERED; at = pending.pop()) {
    if (at.name !== null) reads.push({ name: at.name, value: at.value });
    for (let i = at.parts.length - 1; i >= 0; i--) pending.push(at.parts[i] as Evaluation);
  }
  return reads;
}

/** `name = value` for each scalar read, `name = [v1, v2]` for one that was read several times. */
function scalarLines(reads: readonly NamedValue[]): string[] {
  const values = new Map<string, Value[]>();
  for (const { name, value } of reads) {
    if (isContainer(value)) continue;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else if (known.length < MAX_DEBUG_VALUES) known.push(value);
  }
  return [...values].map(([name, list]) => `${name} = ${list.length === 1 ? showValue(list[0]) : showAll(list)}`);
}

function showAll(values: readonly Value[]): string {
  return `[${values.map((value) => showValue(value)).join(', ')}]`;
}
