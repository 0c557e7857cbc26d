/**
 * Code in files: the words of a unit, four bytes each, jumps relative to the instruction that jumps.
 *
 * Promises: any words can be read and written, whatever they mean (what is no instruction counts as one word), so that
 * the verifier alone judges code. But for one thing that it cannot know: instructions of traced runs never stand in files.
 */
import { invariant } from '../base/assert.ts';
import type { Codec } from './binary-codec.ts';
import { OPCODES, type OpRow } from './opcodes.ts';

const WORD_BYTES = 4;

export const CODE: Codec<Int32Array> = {
  minBytes: 1,
  write: (output, code) => {
    output.u32(code.length);
    const words = code.slice();
    const traced = shiftTargets(words, -1);
    invariant(traced < 0, 'code of traced runs is not stored');
    for (const word of words) output.word(word);
  },
  read: (input) => {
    const length = input.count(WORD_BYTES);
    const start = input.at;
    const words = input.words(length);
    const traced = shiftTargets(words, 1);
    if (traced >= 0) input.refuse('traced-code', start + WORD_BYTES * traced);
    return words;
  },
};

/**
 * Adds the offset of each instruction, so many times, to what it jumps to; relative targets become absolute, or the other
 * way round. The offset of the first instruction of traced runs, or -1. Wraps at 32 bits, so that nothing is lost.
 */
function shiftTargets(words: Int32Array, times: 1 | -1): number {
  const shapes = shapesByCode();
  let traced = -1;
  for (let offset = 0; offset < words.length; ) {
    const shape = shapes[words[offset] as number];
    if (shape === undefined) {
      offset++;
      continue;
    }
    if (shape.isTraced && traced < 0) traced = offset;
    const target = offset + shape.target;
    if (shape.target > 0 && target < words.length) words[target] = ((words[target] as number) + times * offset) | 0;
    offset += shape.width;
  }
  return traced;
}

interface Shape {
  readonly width: number;
  /** The word of the target in the instruction, 0 for none. */
  readonly target: number;
  readonly isTraced: boolean;
}

let shapes: readonly (Shape | undefined)[] | undefined;

/** Why lazily: only processes that load files need it. */
function shapesByCode(): readonly (Shape | undefined)[] {
  if (shapes === undefined) {
    const table: (Shape | undefined)[] = new Array(256).fill(undefined);
    for (const { code, operands, effect } of Object.values<OpRow>(OPCODES))
      table[code] = {
        width: 1 + operands.length,
        target: 1 + operands.indexOf('target'),
        isTraced: effect === 'trace',
      };
    shapes = table;
  }
  return shapes;
}
