// Code that no compiler makes and no verifier passes: what it ends in, should it ever get as far as the machine.

import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import { EffectsOfUnits } from '../../../src/bytecode/effects.ts';
import { OPCODES } from '../../../src/bytecode/opcodes.ts';
import { linkModule } from '../../../src/link/linker.ts';
import type { VerifiedModule } from '../../../src/verify/verified.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { Failure } from '../../../src/vm/faults.ts';
import { beginRun, runToEnd } from '../../../src/vm/machine.ts';
import { handMade } from '../../support/hand-made.ts';

const MODULE = handMade({ code: [['UNREACHABLE']], calls: [], imports: [], shared: [] });
const FACTS = [{ maxStack: 0, leaders: [0], blockCosts: [1] }];

function failureOf(verified: VerifiedModule): unknown {
  const linked = linkModule(verified, {
    id: 'trap',
    grants: {},
    modules: new Map(),
    standard: () => undefined,
    prelude: () => {
      throw new Error('no prelude');
    },
  });
  if (!linked.ok) throw new Error('not linked');
  const [unit] = linked.linked.units;
  if (unit === undefined) throw new Error('no unit');
  try {
    return runToEnd(beginRun(unit, [], { limits: DEFAULT_LIMITS, mode: 'sync' }));
  } catch (failure) {
    return failure instanceof Failure ? failure.reason : failure;
  }
}

describe('traps', () => {
  it('UNREACHABLE, and so zeroed code, is refused', () => {
    expect(MODULE.units[0]?.code[0]).toBe(0);
    expect(verifyModule(MODULE)).toMatchObject({ ok: false, refusals: [{ reason: 'runtime-only-opcode' }] });
    expect(OPCODES.UNREACHABLE.runtimeOnly).toBe(true);
  });

  it('and an internal error if it is run all the same', () => {
    expect(
      failureOf({ module: MODULE, facts: FACTS, effects: new EffectsOfUnits(MODULE) } as unknown as VerifiedModule),
    ).toMatchObject({
      name: 'InternalError',
      message: 'opcode 0 at 2 of u',
    });
  });
});
