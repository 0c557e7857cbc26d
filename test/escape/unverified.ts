/**
 * The control of the family "verifier": modules run as if they had been verified, on a machine whose every instruction is
 * watched (bundled with `paranoidLoop`). The facts that the verifier would have found are made up generously, so that what
 * trips the watcher is the attack and not the want of facts: well-formed modules run through.
 */

import { costOf } from '../../src/bytecode/cost.ts';
import { EffectsOfUnits } from '../../src/bytecode/effects.ts';
import type { Module, Unit } from '../../src/bytecode/module.ts';
import { type OpName, opName, opWidth } from '../../src/bytecode/opcodes.ts';
import type { UnitFacts, VerifiedModule } from '../../src/verify/verified.ts';
import { Machine } from '../fuzz/watched-run.ts';

const ROOM = 16;

/** How the runs of the exports ended: the first that is no value, or what linking threw. */
export async function runUnverified(module: Module, input: unknown): Promise<{ ending: string; text: string }> {
  const machine = await Machine.start();
  const unproven = {
    module,
    facts: module.units.map(factsOf),
    effects: new EffectsOfUnits(module),
  } as unknown as VerifiedModule;
  try {
    const linked = machine.link(unproven);
    if (linked === null) return { ending: 'not linked', text: '' };
    const endings = module.exports.map((_, i) => machine.run(unproven, linked, i, { args: [input], mode: 'start' }));
    return endings.find(({ ending }) => ending !== 'value') ?? { ending: 'value', text: '' };
  } catch (error) {
    return { ending: 'broken', text: error instanceof Error ? error.message : String(error) };
  }
}

/** Each instruction a block of its own. */
function factsOf({ code }: Unit): UnitFacts {
  const leaders: number[] = [];
  const blockCosts: number[] = [];
  for (let offset = 0; offset < code.length; ) {
    const name: OpName | undefined = opName(code[offset] as number);
    if (name === undefined) break;
    leaders.push(offset);
    blockCosts.push(costOf(name));
    offset += opWidth(name);
  }
  return { maxStack: ROOM, leaders, blockCosts };
}
