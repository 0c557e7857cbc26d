/**
 * Bytecode module → verified module, or the reasons why not. Knows neither compiler nor VM. Every module passes here,
 * whatever made it: there is no bypass for our own compiler.
 */
import { EffectsOfUnits } from '../bytecode/effects.ts';
import type { Module, Unit } from '../bytecode/module.ts';
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
  const { units } = module;
  const facts: UnitFacts[] = [];
  const refusals: Refusal[] = [];
  try {
    checkTables(module);
  } catch (error) {
    return { ok: false, refusals: [refusalOf(error, module, -1)] };
  }
  const moduleIndex = new ModuleIndex(module);
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as Unit;
    try {
      facts.push(new UnitVerifier(moduleIndex, unit).run());
      checkPlaces(unit);
    } catch (error) {
      refusals.push(refusalOf(error, module, i));
    }
  }
  if (refusals.length > 0) return { ok: false, refusals };
  const effects = new EffectsOfUnits(module);
  try {
    checkEffects(module, effects);
  } catch (error) {
    return { ok: false, refusals: [refusalOf(error, module, -1)] };
  }
  return { ok: true, verified: { module, facts, effects } as unknown as VerifiedModule };
}

function refusalOf(error: unknown, module: Module, unitIndex: number): Refusal {
  if (!(error instanceof Refused)) throw error;
  const { reason, offset, what } = error;
  return { reason, unit: module.units[unitIndex]?.name ?? '', unitIndex, offset, what };
}
