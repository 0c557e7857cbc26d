/** `:disasm` in a session: of the listing of the whole program, what the entry itself has become. */
import type { ProgramBuilder } from './repl-program.ts';

/** A statement that leaves a call behind which the code of the entry starts; nothing is moved across it. */
export const BEFORE_ENTRY = 'CHECKPOINT("before the entry");\n';

const LAST_BEFORE = /CALL_HOST CHECKPOINT, 1\n +\d+: POP\n/;
/** How a listing marks the code of a line. */
const LINE_MARK = /^ {6}; (\d+): /;

/** The units that `known`, the listing without the entry, does not have, with the lines that were typed. */
export function listingOfEntry(listing: string, known: string, program: ProgramBuilder): string {
  const others = known.split('\n\n');
  const units = listing.split('\n\n').filter((unit) => {
    const at = others.indexOf(unit);
    if (at >= 0) others.splice(at, 1);
    return at < 0;
  });
  return units.map((unit) => typedUnit(unit, program)).join('\n\n');
}

function typedUnit(unit: string, program: ProgramBuilder): string {
  const before = LAST_BEFORE.exec(unit);
  const lines = (before === null ? unit : unit.slice(before.index + before[0].length)).split('\n');
  const first = lines.findIndex((line) => LINE_MARK.test(line));
  // The operands of a line are loaded before the instruction that is marked with it.
  if (before !== null && first > 0) lines.unshift(...lines.splice(first, 1));
  return lines.map((line) => typedMark(line, program)).join('\n');
}

function typedMark(line: string, program: ProgramBuilder): string {
  const mark = LINE_MARK.exec(line);
  return mark === null ? line : `      ; ${program.typedLine(Number(mark[1]))?.code ?? ''}`;
}
