/**
 * Breakers: each takes a valid module and breaks exactly one rule on purpose. The verifier must refuse what comes out, for one
 * of the reasons that the breaker names: mostly one; more where code cannot break one rule without another.
 */
import type { Module } from '../../src/bytecode/module.ts';
import type { Reason } from '../../src/verify/reasons.ts';
import { CODE_BREAKERS } from './code-breakers.ts';
import type { Random } from './random.ts';
import { STATE_BREAKERS } from './state-breakers.ts';
import { TABLE_BREAKERS } from './table-breakers.ts';

export interface Breaker {
  readonly name: string;
  readonly reasons: readonly Reason[];
  /** The broken module; null when there is nothing in this one to break. */
  readonly apply: (module: Module, random: Random) => Module | null;
}

export const BREAKERS: readonly Breaker[] = [...TABLE_BREAKERS, ...CODE_BREAKERS, ...STATE_BREAKERS];
