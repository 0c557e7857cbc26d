/** The line table in files: ascending numbers as their differences. What it cannot say, it never says: see `place-range`. */
import { invariant } from '../base/assert.ts';
import type { Codec, SectionReader, SectionWriter } from './binary-codec.ts';
import { MAX_U32 } from './leb.ts';

/** Offsets into code and texts are int32 in decoded modules. */
const MAX_OFFSET = 0x7fff_ffff;
const PLACE_WORDS = 3;

export interface PlaceOfImport {
  readonly at: number;
  readonly end: number;
}

export const PLACE_OF_IMPORT: Codec<PlaceOfImport> = {
  minBytes: 2,
  write: (output, { at, end }) => {
    output.u32(at);
    output.u32(end - at);
  },
  read: (input) => {
    const at = offsetBehind(input, 0);
    return { at, end: offsetBehind(input, at) };
  },
};

/** Offsets at which lines start; that the first is 0 goes without saying. */
export const LINE_STARTS: Codec<readonly number[]> = {
  minBytes: 1,
  write: (output, starts) => {
    invariant(starts[0] === 0, 'the first line starts at 0');
    output.u32(starts.length - 1);
    for (let i = 1; i < starts.length; i++) output.u32((starts[i] as number) - (starts[i - 1] as number) - 1);
  },
  read: (input) => {
    const count = input.count(1);
    const starts = [0];
    for (let i = 0; i < count; i++) starts.push(offsetBehind(input, (starts[i] as number) + 1));
    return starts;
  },
};

/** `Unit.places`: of each triple how far its instruction is behind the one before, its start likewise, and its length. */
export const PLACES: Codec<Int32Array> = {
  minBytes: 1,
  write: (output, places) => {
    output.u32(places.length / PLACE_WORDS);
    let [lastOffset, lastStart] = [0, 0];
    for (let i = 0; i < places.length; i += PLACE_WORDS) {
      const [offset, start, end] = [places[i] as number, places[i + 1] as number, places[i + 2] as number];
      invariant(start >= 0, 'places are offsets');
      output.u32(offset - lastOffset);
      writeSigned(output, start - lastStart);
      output.u32(end - start);
      [lastOffset, lastStart] = [offset, start];
    }
  },
  read: (input) => {
    const count = input.count(PLACE_WORDS);
    const places = new Int32Array(PLACE_WORDS * count);
    let [offset, start] = [0, 0];
    for (let i = 0; i < places.length; i += PLACE_WORDS) {
      offset = offsetBehind(input, offset);
      start = offsetAround(input, start);
      places[i] = offset;
      places[i + 1] = start;
      places[i + 2] = offsetBehind(input, start);
    }
    return places;
  },
};

function offsetBehind(input: SectionReader, base: number): number {
  const at = input.at;
  const offset = base + input.u32();
  return offset <= MAX_OFFSET ? offset : input.refuse('place-range', at);
}

function offsetAround(input: SectionReader, base: number): number {
  const at = input.at;
  const coded = input.u32();
  const offset = base + (coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2);
  return offset >= 0 && offset <= MAX_OFFSET ? offset : input.refuse('place-range', at);
}

/** Small numbers of either sign as small ones: 0, -1, 1, -2, … */
function writeSigned(output: SectionWriter, value: number): void {
  const coded = value >= 0 ? 2 * value : -2 * value - 1;
  invariant(coded <= MAX_U32, 'places are offsets');
  output.u32(coded);
}
