// Code that no compiler makes: what it ends in, when it has passed verification all the same.
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import type { Module } from '../../../src/bytecode/module.ts';
import { OPCODES } from '../../../src/bytecode/opcodes.ts';
import { linkModule } from '../../../src/link/linker.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { Failure } from '../../../src/vm/faults.ts';
import { beginRun, runToEnd } from '../../../src/vm/machine.ts';

function failureOf(code: readonly number[]): unknown {
  const module: Module = {
    units: [
      {
        name: 'trap',
        kind: 'transform',
        parameterCount: 0,
        slotCount: 0,
        captures: [],
        cells: [],
        slotNames: [],
        loopCount: 0,
        code: Int32Array.from(code),
        places: Int32Array.from([0, 0, 1]),
      },
    ],
    constants: [],
    keys: [],
    shapes: [],
    paths: [],
    calls: [],
    imports: [],
    shared: [],
    exports: [{ name: 'trap', unit: 0 }],
  };
  const verification = verifyModule(module);
  if (!verification.ok) throw new Error('not verified');
  const linked = linkModule(verification.verified, {
    id: 'trap',
    grants: {},
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
  it('UNREACHABLE, and so zeroed code, is an internal error', () => {
    expect(failureOf([OPCODES.UNREACHABLE.code])).toMatchObject({
      name: 'InternalError',
      message: 'opcode 0 at 2 of trap',
    });
  });
});
