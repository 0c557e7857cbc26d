/**
 * The variables of a traced run: which definition gave each its value, through cells and captures too, and values kept as
 * they are at a moment. Reads the frames of the run, never writes them.
 */
import type { TracedExpression } from '../bytecode/trace-point.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import { Closure } from '../value/closure.ts';
import type { Value } from '../value/kinds.ts';
import { Cell, type Frame } from '../vm/frame.ts';
import type { Run } from '../vm/run.ts';
import type { Definition, Evaluation } from './trace-evaluation.ts';
import type { Activation } from './trace-stack.ts';
import { Keeper } from './trace-values.ts';

/** Lambdas of one place in the program that are remembered. */
const MAX_CREATIONS = 64;

/** A lambda that was made: what it captured, and what had given that its value. */
interface Creation {
  readonly captured: readonly Value[];
  readonly definitions: readonly (Definition | undefined)[];
}

export class TracedVariables {
  readonly #keeper = new Keeper();
  readonly #cells = new WeakMap<Cell, Definition>();
  readonly #creations = new Map<LinkedUnit, Creation[]>();
  #run: Run | null = null;
  #evaluationsLeft: number;

  /** `limit`: how many evaluations are kept with all their causes. */
  constructor(limit: number) {
    this.#evaluationsLeft = limit;
  }

  /** Past the limit nothing refers to what came before it, so that memory stays bounded. */
  get isFull(): boolean {
    return this.#evaluationsLeft <= 0;
  }

  spend(): void {
    this.#evaluationsLeft--;
  }

  follow(run: Run): void {
    this.#run = run;
  }

  /** The value as it is now. */
  keep(value: Value): Value {
    return this.#run === null ? value : this.#keeper.keep(this.#run.owned, value);
  }

  valueAt(activation: Activation, slot: number): Value {
    return this.keep(valueIn(activation.frame, slot));
  }

  definitionAt(activation: Activation, slot: number): Definition | undefined {
    const held = activation.frame.registers[slot];
    return held instanceof Cell ? this.#cells.get(held) : activation.definitions.get(slot);
  }

  set(activation: Activation, slot: number, definition: Definition): void {
    const held = activation.frame.registers[slot];
    if (held instanceof Cell) this.#cells.set(held, definition);
    else activation.definitions.set(slot, definition);
  }

  /** The variable was given the value that it has now. */
  define(
    activation: Activation,
    slot: number,
    kind: Definition['kind'],
    name: string,
    known: Partial<Definition> = {},
  ): Definition {
    const value = this.valueAt(activation, slot);
    const definition = { ...this.definition(activation, kind, name), value, ...known };
    this.set(activation, slot, definition);
    return definition;
  }

  /** A definition at this place, to be filled in. */
  definition(activation: Activation, kind: Definition['kind'], name: string): Definition {
    return {
      kind,
      name,
      line: activation.line,
      value: null,
      evaluation: null,
      op: null,
      path: [],
      keys: [],
      before: null,
      because: this.isFull ? null : activation.condition,
      loop: this.isFull ? null : activation.loop,
      call: null,
      turn: 0,
    };
  }

  madeLambda(activation: Activation, { captures }: TracedExpression, lambda: Value): void {
    if (!(lambda instanceof Closure) || captures.length === 0) return;
    const unit = Closure.unitOf(lambda) as LinkedUnit;
    const known = this.#creations.get(unit) ?? [];
    if (known.length >= MAX_CREATIONS) known.shift();
    known.push({
      captured: Closure.capturedOf(lambda),
      definitions: captures.map((slot) => this.definitionAt(activation, slot)),
    });
    this.#creations.set(unit, known);
  }

  /** A lambda was called: which making of it this is, is known by what was captured. */
  takeCaptures({ frame, definitions }: Activation, firstCapture: number): void {
    const creation = this.#creations
      .get(frame.unit)
      ?.findLast(({ captured }) => captured.every((value, i) => Object.is(value, frame.registers[firstCapture + i])));
    creation?.definitions.forEach((definition, i) => {
      if (definition !== undefined) definitions.set(firstCapture + i, definition);
    });
  }
}

/** The value of a variable, in its slot or its cell. */
export function valueIn(frame: Frame, slot: number): Value {
  const held = frame.registers[slot];
  return held instanceof Cell ? held.value : held;
}

/** The expression of an argument of a unit's call; null when the library or the host made the call. */
export function argumentOf(call: Evaluation, index: number): Evaluation | null {
  const { kind, name } = call.expression;
  const isDirect = kind === 'CallStd' ? name === 'APPLY' : kind !== 'CallHost';
  return isDirect ? (argumentsOf(call)[index] ?? null) : null;
}

/** Calls of a value have the callee as their first part. */
export function argumentsOf(call: Evaluation): readonly Evaluation[] {
  const { kind, name } = call.expression;
  return kind === 'Invoke' || (kind === 'CallStd' && name === 'APPLY') ? call.parts.slice(1) : call.parts;
}
