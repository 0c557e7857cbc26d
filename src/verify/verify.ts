/**
 * Bytecode module → verified module, or the reasons why not. Knows neither compiler nor VM. Every module passes here,
 * whatever made it: there is no bypass for our own compiler.
 */
import type { Module } from '../bytecode/module.ts';
import type { Refusal } from './reasons.ts';
import { checkUnit } from './structure.ts';
import type { UnitFacts, VerifiedModule } from './verified.ts';

export type Verification =
  | { readonly ok: true; readonly verified: VerifiedModule }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

export function verifyModule(module: Module): Verification {
  const facts: UnitFacts[] = [];
  const refusals: Refusal[] = [];
  for (const [index, unit] of module.units.entries()) {
    const result = checkUnit(module, unit, index);
    if ('reason' in result) refusals.push(result);
    else facts.push(result);
  }
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, verified: { module, facts } as unknown as VerifiedModule };
}
