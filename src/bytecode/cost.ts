/**
 * Fuel of each instruction. One unit is about what a simple instruction of the interpreter takes (10 ns); work that
 * depends on the size of values is charged by the operation itself. A block's cost is the sum over its instructions.
 */
import type { OpName } from './opcodes.ts';

const COSTS: { readonly [K in OpName]?: number } = {
  // A traced run pays what an untraced one does.
  TRACE: 0,
  CHARGE: 0,
  CLOSURE: 4,
  MAKE_CELL: 2,
  DIV: 2,
  MOD: 2,
  MAKE_OBJECT: 8,
  MAKE_ARRAY: 2,
  MAKE_RECORD: 3,
  SET_STATIC: 5,
  SET_DYNAMIC: 8,
  SET_PATH: 14,
  APPEND: 3,
  APPEND_INIT: 3,
  APPEND_PATH: 14,
  MODIFY: 12,
  CHECK_PATH: 8,
  INIT_FOREACH: 4,
  CALL: 8,
  CALL_HOST: 4,
  CALL_FN: 8,
  CALL_LAMBDA: 8,
  OUTPUT: 10,
  OUTPUT_RECORD: 4,
  OUTPUT_VALUE: 3,
  TRY_START: 4,
  // Raising, unwinding and binding a fault: measured 0.4 µs.
  CATCH: 40,
  SUSPEND: 20,
  SHARED_WRITE: 20,
  SHARED_AWAIT: 20,
};

export function costOf(name: OpName): number {
  return COSTS[name] ?? 1;
}
