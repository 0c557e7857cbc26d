/**
 * THE closed list of reasons for which bytes are refused as a module file, each with the sentence that explains it. Only
 * what concerns the bytes: what they say of a program is judged by the verifier, whatever form it came in.
 */
import type { Code } from '../base/codes.ts';

interface ReasonRow {
  readonly code: Code;
  readonly sentence: string;
}

const stranger = (sentence: string): ReasonRow => ({ code: 'MR3001', sentence });
const malformed = (sentence: string): ReasonRow => ({ code: 'MR3002', sentence });

export const BINARY_REASONS = {
  // Before any section
  'too-long': stranger('the file is longer than a module may be'),
  'bad-magic': stranger('the file does not start as a binary module does'),
  'bad-version': stranger('the file is of another version of the format'),
  'unknown-feature': stranger('the file needs a feature that this version does not have'),
  // The table of sections
  'unknown-section': malformed('there is no section of this number'),
  'section-order': malformed('sections are out of order, or one is there twice'),
  'missing-section': malformed('a section is missing'),
  'file-length': malformed('the lengths of the sections do not add up to the length of the file'),
  // Inside any section
  truncated: malformed('something goes on past the end of its section'),
  'trailing-bytes': malformed('a section has bytes behind its content'),
  'leb-not-minimal': malformed('a number takes more bytes than it needs'),
  'leb-too-large': malformed('a number has more than 32 bits'),
  'count-too-large': malformed('a list has more entries than the bytes left could hold'),
  'unknown-tag': malformed('a tag says something that cannot stand here'),
  // Texts
  'text-encoding': malformed('a text is not in the one encoding that texts have'),
  'text-order': malformed('the table of texts is out of order, or has one twice'),
  'text-index': malformed('there is no text of this number'),
  'text-unused': malformed('the table of texts has one that nothing names'),
  // Numbers
  'nan-form': malformed('NaN has other bits than its own'),
  'bigint-form': malformed('a big integer has a byte too many, or a zero a sign'),
  'bigint-too-large': malformed('a big integer has more bits than big integers may have'),
  // Code and its places
  'traced-code': malformed('the code has instructions that only code of traced runs has'),
  'place-range': malformed('a place lies beyond what a text can have'),
} as const satisfies Record<string, ReasonRow>;

export type BinaryReason = keyof typeof BINARY_REASONS;

export interface BinaryRefusal {
  readonly reason: BinaryReason;
  /** Where in the file what is refused begins. */
  readonly byteOffset: number;
}

/** Thrown while bytes are read, caught by `decodeBinary`. */
export class BinaryRefused {
  readonly refusal: BinaryRefusal;

  constructor(reason: BinaryReason, byteOffset: number) {
    this.refusal = { reason, byteOffset };
  }
}
