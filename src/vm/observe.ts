/** The diagnostic instructions: they report to the host's tracer and change nothing. */
import { InternalError } from '../base/assert.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import type { Run } from './run.ts';

/** Executes LINE, TRACE or BREAKPOINT at `pc`; returns its width. Any other opcode has no business in the code. */
export function observe(run: Run, unit: LinkedUnit, pc: number): number {
  const operand = unit.code[pc + 1] as number;
  switch (unit.code[pc]) {
    case 0xf0 /* LINE */:
      run.onTrace?.({ kind: 'line', unit: unit.name, line: operand });
      return 2;
    case 0xf1 /* TRACE */:
      run.onTrace?.({ kind: 'trace', unit: unit.name, name: String(unit.module.constants[operand]) });
      return 2;
    case 0xf2 /* BREAKPOINT */:
      run.onTrace?.({ kind: 'breakpoint', unit: unit.name, line: operand });
      return 2;
    default:
      throw new InternalError(`opcode ${unit.code[pc]} at ${pc} of ${unit.name}`);
  }
}
