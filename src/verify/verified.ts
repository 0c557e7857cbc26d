/** A module that has passed verification. Only `verify.ts` makes one: the brand is the proof. */
import type { EffectsOfUnits } from '../bytecode/effects.ts';
import type { Module } from '../bytecode/module.ts';

/** What verification found out about a unit and the linker needs. */
export interface UnitFacts {
  readonly maxStack: number;
  /** Word offsets at which a block begins, ascending. */
  readonly leaders: readonly number[];
  /** Fuel of the block that begins at the leader of the same index. */
  readonly blockCosts: readonly number[];
}

declare const verified: unique symbol;

export interface VerifiedModule {
  readonly [verified]: true;
  readonly module: Module;
  readonly facts: readonly UnitFacts[];
  readonly effects: EffectsOfUnits;
}
