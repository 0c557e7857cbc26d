/** A fault or stop on its way out of compiled code, with the steps of the activations that it has already left. */
import type { LinkedUnit } from '../link/linked-module.ts';
import { classify, Failure, MAX_TRAIL, placeOf, type Reason, type TrailStep } from './faults.ts';

export class Unwinding {
  readonly reason: Reason;
  readonly steps: TrailStep[];
  leftOut: number;
  /** Where the activation stands that a compiled loop of it has left to the interpreter; -1 when its frame says so. */
  pc = -1;
  /** The interpreter has ended the activation that threw it, and has noted its step. */
  hasLeft = false;

  constructor(reason: Reason, steps: TrailStep[], leftOut: number) {
    this.reason = reason;
    this.steps = steps;
    this.leftOut = leftOut;
  }

  /** What was thrown, as one; the steps of a failure that the interpreter has completed are taken over. */
  static of(error: unknown): Unwinding {
    if (error instanceof Unwinding) return error;
    if (error instanceof Failure) return new Unwinding(error.reason, [...error.trail], error.leftOut);
    return new Unwinding(classify(error), [], 0);
  }

  /** Leaves an activation of `unit` at the instruction at `pc`. */
  leave(unit: LinkedUnit, pc: number): this {
    if (this.steps.length < MAX_TRAIL) this.steps.push(placeOf(unit, pc));
    else this.leftOut++;
    return this;
  }

  toFailure(): Failure {
    return new Failure(this.reason, this.steps, this.leftOut);
  }
}
