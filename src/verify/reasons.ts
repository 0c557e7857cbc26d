/** THE closed list of reasons for which a unit is refused: each with the sentence that explains it. */

export const REASONS = {
  'empty-unit': 'the unit has no code',
  'unknown-opcode': 'no instruction has this number',
  'runtime-only-opcode': 'this instruction may only be placed by the linker',
  'truncated-instruction': 'the code ends inside an instruction',
  'operand-range': 'an operand does not name an entry of its table, a slot, or a sensible count',
  'target-boundary': 'a jump does not lead to the start of an instruction',
  'stack-underflow': 'an instruction takes more values than there are',
  'stack-overflow': 'the operand stack grows beyond its limit',
  'height-mismatch': 'two ways to one instruction arrive with different stack heights',
  'handler-mismatch': 'guarded regions are not nested, or two ways arrive with different ones open',
  'falls-off': 'control can run past the last instruction',
  'unreachable-code': 'no way leads to this instruction',
  'unit-shape': 'the counts of a unit do not fit together',
} as const;

export type Reason = keyof typeof REASONS;

export interface Refusal {
  readonly reason: Reason;
  readonly unit: string;
  /** Index of the unit in its module. */
  readonly unitIndex: number;
  /** Word offset in the unit's code. */
  readonly offset: number;
}
