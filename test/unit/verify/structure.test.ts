// Each reason for refusal is met by a unit made by bytes, not by the compiler; the well-formed twin is accepted.
import { describe, expect, it } from 'vitest';
import type { Module, Unit } from '../../../src/bytecode/module.ts';
import { OPCODES, type OpName } from '../../../src/bytecode/opcodes.ts';
import { REASONS, type Reason } from '../../../src/verify/reasons.ts';
import { verifyModule } from '../../../src/verify/verify.ts';

const op = (name: OpName): number => OPCODES[name].code;

function moduleOf(code: readonly number[], unit: Partial<Unit> = {}): Module {
  return {
    units: [
      {
        name: 'u',
        kind: 'transform',
        parameterCount: 1,
        slotCount: 3,
        captures: [],
        cells: [],
        slotNames: ['input', 'a', 'b'],
        loopCount: 0,
        code: Int32Array.from(code),
        places: new Int32Array(0),
        ...unit,
      },
    ],
    constants: [1],
    keys: ['k'],
    shapes: [['a', 'b']],
    paths: [{ segments: ['x', null] }],
    calls: [],
    imports: [],
    shared: [],
    exports: [],
  };
}

function reasonOf(code: readonly number[], unit?: Partial<Unit>): Reason | 'accepted' {
  const result = verifyModule(moduleOf(code, unit));
  return result.ok ? 'accepted' : (result.refusals[0]?.reason as Reason);
}

const PUSH = [op('PUSH'), 0];
const REFUSED: Readonly<Record<Reason, readonly (readonly number[])[]>> = {
  'empty-unit': [[]],
  'unknown-opcode': [[0x0e], [0xff], [-1]],
  'runtime-only-opcode': [[op('CHARGE'), 0, op('RETURN')]],
  'truncated-instruction': [[op('PUSH')], [op('JUMP')], [op('CALL'), 0, 0]],
  'operand-range': [
    [op('PUSH'), 1, op('RETURN')],
    [op('PUSH'), -1, op('RETURN')],
    [op('LOAD_LOCAL'), 3, op('RETURN')],
    [op('JUMP'), 99],
    [op('JUMP'), -1],
    [...PUSH, op('ACCESS_STATIC'), 1, op('RETURN_VALUE')],
    [op('MAKE_ARRAY'), -1, op('RETURN')],
    [op('FAULT'), 7],
    [op('CALL_HOST'), 0, 0, op('RETURN')],
    [op('CALL_FN'), 1, 0, op('RETURN')],
  ],
  'target-boundary': [[op('JUMP'), 3, op('PUSH'), 0, op('RETURN_VALUE')]],
  'stack-underflow': [
    [op('POP'), op('RETURN')],
    [op('RETURN_VALUE')],
    [...PUSH, op('ADD'), op('RETURN')],
    [op('MAKE_ARRAY'), 1, op('RETURN')],
    [op('MAKE_RECORD'), 0, op('RETURN')],
    [...PUSH, op('SET_PATH'), 1, 0, op('RETURN')],
  ],
  'stack-overflow': [[...Array.from({ length: 65_536 }, () => PUSH).flat(), op('RETURN')]],
  'height-mismatch': [
    // One way pushes, the other does not.
    [...PUSH, op('JUMP_IF_TRUE'), 6, ...PUSH, op('RETURN')],
    // A loop that leaves a value behind each time.
    [...PUSH, op('JUMP'), 0],
  ],
  'handler-mismatch': [
    [op('TRY_END'), op('RETURN')],
    [op('CATCH'), 1, 0, 0, op('RETURN')],
    [...PUSH, op('JUMP_IF_TRUE'), 6, op('TRY_START'), 7, op('RETURN'), op('CATCH'), 1, 0, 0, op('RETURN')],
  ],
  'falls-off': [PUSH, [op('NOP')]],
  'unreachable-code': [[op('RETURN'), op('NOP'), op('RETURN')]],
  'unit-shape': [],
};

describe('the structural check', () => {
  for (const [reason, codes] of Object.entries(REFUSED)) {
    codes.forEach((code, i) => {
      it(`refuses for ${reason}, case ${i + 1}`, () => {
        expect(reasonOf(code)).toBe(reason);
      });
    });
  }

  it('refuses units whose counts do not fit', () => {
    const code = [op('RETURN')];
    expect(reasonOf(code, { slotCount: -1 })).toBe('unit-shape');
    expect(reasonOf(code, { slotCount: 1e9 })).toBe('unit-shape');
    expect(reasonOf(code, { parameterCount: 4 })).toBe('unit-shape');
    expect(reasonOf(code, { captures: [0, 1, 2] })).toBe('unit-shape');
    expect(reasonOf(code, { cells: [3] })).toBe('unit-shape');
    expect(reasonOf(code, { loopCount: Number.NaN })).toBe('unit-shape');
  });

  it('has a case for every reason', () => {
    expect(Object.keys(REFUSED).sort()).toEqual(Object.keys(REASONS).sort());
  });

  it('accepts the well-formed twins', () => {
    expect(reasonOf([op('RETURN')])).toBe('accepted');
    expect(reasonOf([...PUSH, op('RETURN_VALUE')])).toBe('accepted');
    expect(reasonOf([...PUSH, op('JUMP_IF_TRUE'), 5, op('NOP'), op('RETURN')])).toBe('accepted');
    expect(
      reasonOf(
        [op('TRY_START'), 6, ...PUSH, op('POP'), op('TRY_END'), op('RETURN')]
          .with(1, 7)
          .concat(op('CATCH'), 1, 0, 0, op('RETURN')),
      ),
    ).toBe('accepted');
    expect(reasonOf([op('JUMP'), 0])).toBe('accepted');
  });

  it('finds blocks, their costs and the stack they need', () => {
    const result = verifyModule(moduleOf([...PUSH, op('JUMP_IF_TRUE'), 6, op('NOP'), op('NOP'), op('RETURN')]));
    expect(result.ok && result.verified.facts[0]).toEqual({ maxStack: 1, leaders: [0, 4, 6], blockCosts: [2, 0, 1] });
  });
});
