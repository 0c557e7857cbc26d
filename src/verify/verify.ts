/**
 * Bytecode module → verified module, or the reasons why not. Knows neither compiler nor VM. Every module passes here,
 * whatever made it: there is no bypass for our own compiler.
 */
import { EffectsOfUnits } from '../bytecode/effects.ts';
import type { Module } from '../bytecode/module.ts';
import { ModuleIndex } from './module-index.ts';
import { type Refusal, Refused } from './reasons.ts';
import { checkEffects, checkPlaces, checkTables } from './tables.ts';
import { UnitVerifier } from './unit.ts';
import type { UnitFacts, VerifiedModule } from './verified.ts';

export type Verification =
  | { readonly ok: true; readonly verified: VerifiedModule }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Stops at the first refusal of the tables, and at the first of each unit. */
export function verifyModule(module: Module): Verification {
  const facts: UnitFacts[] = [];
  const refusals: Refusal[] = [];
  const guard = (unitIndex: number, check: () => void): void => {
    try {
      check();
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      const { reason, offset, what } = refused;
      refusals.push({ reason, unit: module.units[unitIndex]?.name ?? '', unitIndex, offset, what });
    }
  };
  guard(-1, () => checkTables(module));
  if (refusals.length > 0) return { ok: false, refusals };
  const moduleIndex = new ModuleIndex(module);
  module.units.forEach((unit, index) => {
    guard(index, () => {
      facts.push(new UnitVerifier(moduleIndex, unit).run());
      checkPlaces(unit);
    });
  });
  const effects = new EffectsOfUnits(module);
  if (refusals.length === 0) guard(-1, () => checkEffects(module, effects));
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, verified: { module, facts, effects } as unknown as VerifiedModule };
}
