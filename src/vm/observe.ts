/** The diagnostic instructions: they report to the run's observer and change nothing. Normal code has none of them. */
import { InternalError } from '../base/assert.ts';
import type { TracePoint } from '../bytecode/trace-point.ts';
import type { Frame } from './frame.ts';
import type { Run } from './run.ts';

/** Executes LINE, TRACE or BREAKPOINT at `pc`; returns its width. Any other opcode has no business in the code. */
export function observe(run: Run, frame: Frame, pc: number, sp: number): number {
  const { unit } = frame;
  const operand = unit.code[pc + 1] as number;
  switch (unit.code[pc]) {
    case 0xf0 /* LINE */:
      run.observer?.reached('line', unit.name, operand);
      return 2;
    case 0xf1 /* TRACE */:
      run.observer?.at(unit.module.points[operand] as TracePoint, run, frame, sp, unit.code[pc + 2] as number);
      return 3;
    case 0xf2 /* BREAKPOINT */:
      run.observer?.reached('breakpoint', unit.name, operand);
      return 2;
    default:
      throw new InternalError(`opcode ${unit.code[pc]} at ${pc} of ${unit.name}`);
  }
}
