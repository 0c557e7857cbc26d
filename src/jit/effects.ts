/** What a call may reach, read off the code: whether functions of the host can run in it. */
import { type OpName, opName, opWidth } from '../bytecode/opcodes.ts';
import type { LinkedUnit } from '../link/linked-module.ts';

/** Lambdas that are known to arrive as parameters, by position. */
export type Lambdas = readonly (LinkedUnit | undefined)[];

const STORES: ReadonlySet<string> = new Set(['STORE_LOCAL', 'MAKE_CELL', 'CATCH']);

/** Whether code of the host may run: it is called, or a lambda that nobody knows is. */
export function mayRunHost(unit: LinkedUnit, lambdas: Lambdas): boolean {
  return reachesHost(unit, lambdas, new Set());
}

/** Invariant: what was visited was read with no lambda known, for a call back to it may pass any other. */
function reachesHost(unit: LinkedUnit, lambdas: Lambdas, visited: Set<LinkedUnit>): boolean {
  if (lambdas.every((lambda) => lambda === undefined)) {
    if (visited.has(unit)) return false;
    visited.add(unit);
  }
  const { code, module } = unit;
  for (let pc = 0; pc < code.length; ) {
    const name = opName(code[pc] as number) as OpName;
    const first = code[pc + 1] as number;
    const called = calledBy(name, first, unit, lambdas);
    if (called === 'unknown') return true;
    // Lambdas that are passed on are unknown there.
    if (called !== null && reachesHost(called, [], visited)) return true;
    if (name === 'CALL_HOST' && module.calls[first]?.host !== null) return true;
    pc += opWidth(name);
  }
  return false;
}

function calledBy(name: OpName, first: number, unit: LinkedUnit, lambdas: Lambdas): LinkedUnit | 'unknown' | null {
  switch (name) {
    case 'CALL_FN':
      return unit.module.units[first] as LinkedUnit;
    case 'CALL_HOST':
      return unit.module.calls[first]?.unit ?? null;
    case 'CALL':
      return (isStored(unit, first) ? undefined : lambdas[first]) ?? 'unknown';
    case 'CALL_LAMBDA':
    case 'SHARED_AWAIT':
    case 'SUSPEND':
      return 'unknown';
    default:
      return null;
  }
}

function isStored({ code }: LinkedUnit, slot: number): boolean {
  for (let pc = 0; pc < code.length; ) {
    const name = opName(code[pc] as number) as OpName;
    if (STORES.has(name) && code[pc + 1] === slot) return true;
    if (name === 'INIT_FOREACH' && code[pc + 2] === slot) return true;
    pc += opWidth(name);
  }
  return false;
}
