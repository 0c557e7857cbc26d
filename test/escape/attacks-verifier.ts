/**
 * D: modules that no compiler makes, as hand-made code and as damaged files. The modules are those of the verifier's own
 * tests, by reason and title; each has a well-formed twin.
 */

import { LOAD_LIMITS } from '../../src/base/limits.ts';
import type { BinaryReason } from '../../src/bytecode/binary-reasons.ts';
import { encodeBinary } from '../../src/bytecode/encode.ts';
import { OPCODES } from '../../src/bytecode/opcodes.ts';
import type { Reason } from '../../src/verify/reasons.ts';
import { inForm } from '../support/forms.ts';
import { handMade } from '../support/hand-made.ts';
import { type FileParts, joinFile, leb, splitFile } from '../support/mutate-bytes.ts';

export interface CodeAttack {
  readonly number: number;
  readonly idea: string;
  readonly reason: Reason;
  /** The title of the case. */
  readonly title: string;
  /** What the run of the control is given. */
  readonly input: unknown;
  /**
   * How the control ends. `broken`: the watcher, or the machine itself, sees it at once. `value`: the hostile code runs
   * through and nobody sees it. `limit`: only the charges that the control makes up for each instruction end it.
   */
  readonly unverified: 'broken' | 'value' | 'limit';
}

const row = (
  number: number,
  reason: Reason,
  title: string,
  idea: string,
  { input = null, unverified = 'broken' }: Partial<Pick<CodeAttack, 'input' | 'unverified'>> = {},
): CodeAttack => ({ number, idea, reason, title, input, unverified });

export const CODE_ATTACKS: readonly CodeAttack[] = [
  row(101, 'stack-underflow', 'nothing to drop', 'a pop from an empty stack'),
  row(101, 'stack-underflow', 'what stood there before the TRY', 'a pop of what lies below a TRY'),
  row(101, 'stack-underflow', 'elements', 'a list of more elements than there are'),
  row(102, 'height-mismatch', 'a loop leaves a value each time', 'a loop that leaves a value each time', {
    input: [1, 2, 3],
  }),
  row(102, 'height-mismatch', 'the declaration is higher', 'a join declared higher than any way to it'),
  row(103, 'slot-mismatch', 'declared a cell that is a value', 'a join that declares a value to be a cell'),
  row(103, 'slot-kind', 'a value for a cell', 'a value read as a cell'),
  row(103, 'slot-kind', 'a cell for a value', 'a cell read as a value'),
  row(104, 'target-boundary', 'into an operand', 'a jump into an operand', { unverified: 'limit' }),
  row(105, 'backward-jump', 'a branch back', 'a branch that leads backwards', { unverified: 'limit' }),
  row(106, 'scope-mismatch', 'a jump out of a TRY', 'a jump out of a TRY', { unverified: 'value' }),
  row(106, 'scope-mismatch', 'a jump into a TRY', 'a jump into a TRY'),
  row(106, 'scope-mismatch', 'an end without a TRY', 'the end of a TRY that never began'),
  row(107, 'scope-mismatch', 'a next without a loop', 'the next element of a loop that never began'),
  row(108, 'catch-entry', 'by a jump', 'a jump to a CATCH'),
  row(108, 'catch-entry', 'from the start', 'a unit that begins with CATCH'),
  row(109, 'scope-mismatch', 'a next inside a TRY inside the loop', 'a TRY and a loop that overlap', { input: [1, 2] }),
  row(110, 'backward-jump', 'a TRY that leads back', 'a TRY whose CATCH lies before it', { unverified: 'value' }),
  row(111, 'cursor-use', 'a load of it', 'a cursor on the stack', { input: [1, 2] }),
  row(111, 'cursor-use', 'a store over it', 'a value stored over a cursor', { input: [1, 2] }),
  row(111, 'capture-kind', 'a cursor', 'a cursor captured by a lambda', { input: [1, 2] }),
  row(112, 'cursor-use', 'another cursor', 'the next element of another cursor', { input: [1, 2] }),
  row(113, 'slot-empty', 'a load', 'a slot read that nothing has set'),
  row(113, 'slot-empty', 'an element after its loop', 'the element of a loop read after it', { input: [] }),
  row(114, 'operand-range', 'a slot', 'a slot beyond the frame'),
  row(115, 'capture-kind', 'an empty slot', 'a lambda that captures what is not set'),
  row(115, 'capture-kind', 'a slot that there is not', 'a lambda that captures a slot beyond the frame'),
  row(
    116,
    'call-arity',
    'an argument too many',
    'a host function called with another number of arguments than declared',
    { unverified: 'value' },
  ),
  row(117, 'unit-kind', 'a lambda made of a FUNC', 'a lambda made of a FUNC', { unverified: 'value' }),
  row(117, 'operand-range', 'a unit', 'a call of a unit that there is not'),
  row(118, 'operand-range', 'a constant', 'a constant that there is not', { unverified: 'value' }),
  row(119, 'backward-jump', 'a jump to itself', 'a jump to itself, which no loop pays for', { unverified: 'limit' }),
  row(120, 'runtime-only-opcode', 'a charge', 'a charge of its own'),
  row(120, 'runtime-only-opcode', 'zeroed code', 'zeroed code'),
  row(121, 'unknown-opcode', 'a free number', 'an instruction that there is not'),
  row(121, 'unreachable-code', 'behind a return', 'code that nothing leads to', { unverified: 'value' }),
  row(122, 'falls-off', 'behind an instruction', 'control that runs past the end'),
  row(123, 'undeclared-effect', 'suspension', 'a SUSPEND that the export does not declare'),
  row(124, 'undeclared-effect', 'an import', 'a host call that the export does not declare'),
  row(124, 'undeclared-effect', 'output', 'an output that the export does not declare'),
  row(125, 'output-outside-transform', 'a record in a FUNC', 'an output in a FUNC', { unverified: 'value' }),
  row(95, 'table-entry', 'a call of an import that is not there', 'a call of an import that there is not'),
];

export interface FileAttack {
  readonly number: number;
  readonly idea: string;
  readonly code: 'MR3001' | 'MR3002';
  readonly reason: BinaryReason;
  readonly damage: (file: Uint8Array) => Uint8Array;
}

export const SOUND_FILE = inForm('binary', 'LET key = "konstante"; OUTPUT { v: input[key] ?? "nichts" }') as Uint8Array;

const parts = (file: Uint8Array): FileParts => splitFile(file) as FileParts;
const edited = (change: (sections: FileParts['sections'][number][]) => void) => (file: Uint8Array) => {
  const { head, sections } = parts(file);
  const copies = sections.map((section) => ({ ...section }));
  change(copies);
  return joinFile({ head, sections: copies });
};
const replaced =
  (at: number, ...bytes: number[]) =>
  (file: Uint8Array) =>
    Uint8Array.from([...file.subarray(0, at), ...bytes, ...file.subarray(at + 1)]);
const texts = (change: (content: number[]) => readonly number[]) =>
  edited(([section]) => {
    if (section !== undefined) section.content = Uint8Array.from(change([...section.content]));
  });
/** The first place of two ASCII characters, overwritten. */
const inText =
  (pair: string, ...bytes: readonly [number, number]) =>
  (file: Uint8Array): Uint8Array => {
    const at = file.findIndex((byte, i) => byte === pair.charCodeAt(0) && file[i + 1] === pair.charCodeAt(1));
    const damaged = file.slice();
    damaged.set(bytes, at);
    return damaged;
  };
const WORD_BYTES = 4;

/** The encoder writes no such code: three NOPs become LINE and what would be its operand. */
function debugging(): Uint8Array {
  const nops = handMade({ code: [['NOP'], ['NOP'], ['NOP'], ['RETURN']] });
  const file = encodeBinary({ module: nops, lines: null, signature: null });
  const { NOP, LINE } = OPCODES;
  const isNop = (at: number): boolean => file[at] === NOP.code;
  file[file.findLastIndex((_, at) => isNop(at) && isNop(at + WORD_BYTES) && isNop(at + 2 * WORD_BYTES))] = LINE.code;
  return file;
}
const VERSION_AT = 4;

export const FILE_ATTACKS: readonly FileAttack[] = [
  {
    number: 129,
    idea: 'a text in an overlong encoding',
    code: 'MR3002',
    reason: 'text-encoding',
    damage: inText('ko', 0xc0, 0x80),
  },
  {
    number: 129,
    idea: 'a text that ends within a character',
    code: 'MR3002',
    reason: 'text-encoding',
    damage: inText('te', 0xe2, 0x82),
  },
  {
    number: 133,
    idea: 'an instruction that only debuggers have, with a payload',
    code: 'MR3002',
    reason: 'traced-code',
    damage: debugging,
  },
  { number: 131, idea: 'another version', code: 'MR3001', reason: 'bad-version', damage: replaced(VERSION_AT, 0) },
  {
    number: 131,
    idea: 'a feature that nobody knows',
    code: 'MR3001',
    reason: 'unknown-feature',
    damage: replaced(VERSION_AT + 1, 1),
  },
  {
    number: 126,
    idea: 'a number of more bytes than it needs',
    code: 'MR3002',
    reason: 'leb-not-minimal',
    damage: replaced(VERSION_AT, 0x81, 0),
  },
  {
    number: 126,
    idea: 'a number of ten bytes',
    code: 'MR3002',
    reason: 'leb-too-large',
    damage: replaced(VERSION_AT, ...new Array<number>(9).fill(0xff), 1),
  },
  {
    number: 127,
    idea: 'sections out of order',
    code: 'MR3002',
    reason: 'section-order',
    damage: edited((sections) => void sections.reverse()),
  },
  {
    number: 127,
    idea: 'a section twice',
    code: 'MR3002',
    reason: 'section-order',
    damage: edited((sections) => void sections.splice(1, 0, { ...(sections[0] as (typeof sections)[number]) })),
  },
  {
    number: 127,
    idea: 'a section that is missing',
    code: 'MR3002',
    reason: 'missing-section',
    damage: edited((sections) => void sections.splice(1, 1)),
  },
  {
    number: 127,
    idea: 'bytes behind the file',
    code: 'MR3002',
    reason: 'file-length',
    damage: (file) => Uint8Array.from([...file, 0]),
  },
  {
    number: 127,
    idea: 'bytes behind the content of a section',
    code: 'MR3002',
    reason: 'trailing-bytes',
    damage: edited((sections) => {
      const [, second] = sections;
      if (second !== undefined) second.content = Uint8Array.from([...second.content, 0]);
    }),
  },
  {
    number: 128,
    idea: 'a count of four thousand million entries',
    code: 'MR3002',
    reason: 'count-too-large',
    damage: texts((content) => [...leb(0xffff_ffff), ...content.slice(1)]),
  },
  {
    number: 128,
    idea: 'a file longer than files may be',
    code: 'MR3001',
    reason: 'too-long',
    damage: (file) => {
      const long = new Uint8Array(LOAD_LIMITS.binaryLength.default + 1);
      long.set(file);
      return long;
    },
  },
];
