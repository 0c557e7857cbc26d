/**
 * THE closed list of reasons for which a module is refused: each with the sentence that explains it. A correct compiler
 * makes no such code, with one exception: parts that are too large (`isSizeReason`).
 */

export const REASONS = {
  // Tables
  'table-entry': 'an entry of a table of the module is malformed or names what is not there',
  'table-size': 'a table of the module has more entries than it may have',
  'duplicate-entry': 'a table of the module lists one thing twice',
  'unit-shape': 'the counts of a unit do not fit together',
  'verification-cost': 'the jumps of a unit compare more than its size allows',
  'line-table': 'the table of places does not list the instructions that may fault, in order',
  'undeclared-effect': 'an export does not declare what its code can do',
  // Instructions
  'empty-unit': 'the unit has no code',
  'unknown-opcode': 'no instruction has this number',
  'runtime-only-opcode': 'this instruction may only be placed by the linker',
  'truncated-instruction': 'the code ends inside an instruction',
  'operand-range': 'an operand does not name an entry of its table, a slot, or a sensible count',
  'entry-kind': 'an operand names a constant that is no text, or a path that the instruction cannot take',
  'unit-kind': 'what is called by index is no FUNC, or what a lambda is made of is none',
  'call-arity': 'a member of an import is called with another number of arguments than declared',
  'output-outside-transform': 'only a TRANSFORM may output records',
  // Flow
  'falls-off': 'control can run past the last instruction',
  'unreachable-code': 'no way leads to this instruction',
  'target-boundary': 'a jump leads to a place that is not declared, or inside an instruction',
  'backward-jump': 'a jump leads backwards; only a loop does, to its own head',
  'join-shape': 'the declarations of jump targets are out of order, malformed, or name what no jump leads to',
  // Stack
  'stack-underflow': 'an instruction takes more values than there are, or some that its TRY region did not put there',
  'stack-overflow': 'the operand stack grows beyond its limit',
  'height-mismatch': 'a way arrives with another stack height than declared',
  // Regions
  'scope-mismatch': 'loops and TRY regions are not nested, or a way arrives with others open than declared',
  'catch-entry': 'a CATCH is entered otherwise than by the fault of its own TRY, or a TRY names no CATCH',
  'cursor-use': 'a loop goes on with a cursor that is not its own, or something writes over a cursor',
  // Slots
  'slot-empty': 'an instruction reads a slot that may hold nothing yet',
  'slot-kind': 'an instruction takes a cell for a value, or a value for a cell',
  'slot-mismatch': 'a way arrives without a slot that is declared to be set',
  'capture-kind': 'a lambda is made of slots that do not hold what it captures',
} as const;

export type Reason = keyof typeof REASONS;

const SIZE_REASONS: ReadonlySet<Reason> = new Set([
  'table-size',
  'stack-overflow',
  'unit-shape',
  'operand-range',
  'verification-cost',
]);

/** What code of our own compiler may be refused for: a literal, unit or table beyond what the format holds. */
export function isSizeReason(reason: Reason): boolean {
  return SIZE_REASONS.has(reason);
}

export interface Refusal {
  readonly reason: Reason;
  /** Empty for a table of the module. */
  readonly unit: string;
  /** Index of the unit in its module; -1 for a table. */
  readonly unitIndex: number;
  /** Word offset in the unit's code. */
  readonly offset: number;
  /** What exactly, for tables: `imports[2]`. */
  readonly what: string;
}

/** Thrown inside the verifier, caught by `verifyModule`. */
export class Refused {
  readonly reason: Reason;
  readonly offset: number;
  readonly what: string;

  constructor(reason: Reason, offset: number, what = '') {
    this.reason = reason;
    this.offset = offset;
    this.what = what;
  }
}
