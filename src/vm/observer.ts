/**
 * What a traced run tells whom. The machine knows this interface only; who listens belongs to the run and is its host's.
 *
 * Invariant: an observer changes nothing of a run: no value, no ownership, no fuel, no memory. What it keeps of a value
 * that the program may still write in place, it keeps as a copy (`vm/ownership.ts`).
 */
import type { TracePoint } from '../bytecode/trace-point.ts';
import type { ProgramTracer } from '../link/native.ts';
import type { Frame } from './frame.ts';
import type { Run } from './run.ts';

export interface RunObserver extends ProgramTracer {
  /** A TRACE instruction. It peeks at `count` operands, which end below `sp`. */
  at(point: TracePoint, run: Run, frame: Frame, sp: number, count: number): void;
  /** A LINE or BREAKPOINT instruction. */
  reached(kind: 'line' | 'breakpoint', unit: string, line: number): void;
  /** Something was thrown, and the frames above `frame` are gone. `isCaught` when its handler goes on. */
  unwound(message: string, run: Run, frame: Frame | null, isCaught: boolean): void;
}
