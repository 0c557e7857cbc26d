/**
 * Damaged module files. Half of what it makes is damage anywhere; the other half keeps the table of sections true, so that
 * the damage is met by what reads the sections and by the verifier, not by the check of the lengths.
 */
import type { Random } from '../fuzz/random.ts';

export interface Mutant {
  /** What was done, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Change = (bytes: Uint8Array, random: Random, donor: Uint8Array) => Uint8Array;

const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];
const ODD_WORDS = [0, 1, 2, 3, -1, 255, 256, 65_535, 65_536, 0x7fff_ffff, -0x8000_0000];
const WORD_BYTES = 4;

/** By name: each makes other bytes of bytes, most of the time. */
const CHANGES: Readonly<Record<string, Change>> = {
  bit: (bytes, random) => replaced(bytes, random, (byte) => [byte ^ (1 << random.below(8))]),
  byte: (bytes, random) => replaced(bytes, random, () => [random.below(256)]),
  'next number': (bytes, random) => replaced(bytes, random, (byte) => [(byte + random.pick([1, 255])) & 0xff]),
  'longer LEB': (bytes, random) => replaced(bytes, random, (byte) => [byte | 0x80, 0]),
  'count bomb': (bytes, random) => replaced(bytes, random, () => HUGE),
  'large LEB': (bytes, random) => replaced(bytes, random, () => [0xff, 0xff, 0xff, 0xff, random.below(256), 1]),
  word: (bytes, random) => {
    const at = random.below(bytes.length);
    const word = new Uint8Array(WORD_BYTES);
    new DataView(word.buffer).setInt32(0, random.pick(ODD_WORDS), true);
    return spliced(bytes, at, WORD_BYTES, word);
  },
  insert: (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 0, randomBytes(random)),
  delete: (bytes, random) => spliced(bytes, random.below(bytes.length), random.between(1, 8), []),
  repeat: (bytes, random) => {
    const [start, end] = range(bytes, random);
    return spliced(bytes, end, 0, bytes.subarray(start, end));
  },
  swap: (bytes, random) => {
    const result = bytes.slice();
    const [a, b] = [random.below(bytes.length), random.below(bytes.length)];
    [result[a], result[b]] = [bytes[b] as number, bytes[a] as number];
    return result;
  },
  splice: (bytes, random, donor) => {
    const [start, end] = range(donor, random);
    return spliced(bytes, random.below(bytes.length + 1), end - start, donor.subarray(start, end));
  },
  truncate: (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  extend: (bytes, random) => spliced(bytes, bytes.length, 0, randomBytes(random)),
};

export function mutateBytes(bytes: Uint8Array, random: Random, donor: Uint8Array): Mutant {
  const name = random.pick(Object.keys(CHANGES));
  if (bytes.length === 0) return { name: 'extend', bytes: randomBytes(random) };
  return { name, bytes: (CHANGES[name] as Change)(bytes, random, donor) };
}

/** One to three changes of a module file, with parts of another one. */
export function mutateModule(file: Uint8Array, random: Random, donor: Uint8Array): Mutant {
  const names: string[] = [];
  let bytes = file;
  const isKeepingLengths = random.chance(50);
  for (let n = random.pick([1, 1, 1, 2, 3]); n > 0; n--) {
    const mutant =
      isKeepingLengths && splitFile(bytes) !== null
        ? mutateSection(bytes, random, donor)
        : mutateBytes(bytes, random, donor);
    names.push(mutant.name);
    bytes = mutant.bytes;
  }
  return { name: names.join(', '), bytes };
}

function mutateSection(file: Uint8Array, random: Random, donor: Uint8Array): Mutant {
  const parts = splitFile(file) as FileParts;
  const sections = parts.sections.map((section) => ({ ...section }));
  const chosen = random.below(sections.length);
  const section = sections[chosen] as Section;
  const given = splitFile(donor)?.sections.find(({ number }) => number === section.number)?.content ?? section.content;
  const name = random.weighted([
    [85, () => 'content'],
    ...Object.keys(SECTION_CHANGES).map((change) => [5, () => change] as const),
  ]);
  const change = SECTION_CHANGES[name];
  if (change !== undefined) {
    change(sections, chosen, given);
    return { name, bytes: joinFile({ ...parts, sections }) };
  }
  const mutant = mutateBytes(section.content, random, given);
  section.content = mutant.bytes;
  return { name: `${mutant.name} in section ${section.number}`, bytes: joinFile({ ...parts, sections }) };
}

/** What is done to whole sections. */
const SECTION_CHANGES: Readonly<Record<string, (sections: Section[], chosen: number, given: Uint8Array) => void>> = {
  'section dropped': (sections, chosen) => void sections.splice(chosen, 1),
  'section twice': (sections, chosen) => void sections.push(sections[chosen] as Section),
  'section of another file': (sections, chosen, given) => {
    (sections[chosen] as Section).content = given;
  },
  'section renumbered': (sections, chosen) => {
    (sections[chosen] as Section).number += 1;
  },
};

// --- files as sections, known from their description and not from the code under test

export interface Section {
  number: number;
  content: Uint8Array;
}

export interface FileParts {
  /** Magic, version and features. */
  readonly head: Uint8Array;
  readonly sections: readonly Section[];
}

const HEAD_BYTES = 6;

/** Null where the table of sections is not readable or not true. */
export function splitFile(file: Uint8Array): FileParts | null {
  let at = HEAD_BYTES;
  const u32 = (): number => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = file[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    return value;
  };
  const count = u32();
  if (count === 0 || count > file.length) return null;
  const table = Array.from({ length: count }, () => ({ number: u32(), length: u32() }));
  const sections = table.map(({ number, length }) => {
    at += length;
    return { number, content: file.slice(at - length, at) };
  });
  return at === file.length ? { head: file.slice(0, HEAD_BYTES), sections } : null;
}

export function joinFile({ head, sections }: FileParts): Uint8Array {
  const table = sections.flatMap(({ number, content }) => [...leb(number), ...leb(content.length)]);
  const contents = sections.map(({ content }) => content);
  return new Uint8Array(Buffer.concat([head, Uint8Array.from([...leb(sections.length), ...table]), ...contents]));
}

export function leb(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(Math.floor(value / 0x80))];
}

// --- parts

function replaced(bytes: Uint8Array, random: Random, change: (byte: number) => readonly number[]): Uint8Array {
  const at = random.below(bytes.length);
  return spliced(bytes, at, 1, change(bytes[at] as number));
}

function spliced(bytes: Uint8Array, at: number, dropped: number, added: ArrayLike<number>): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + dropped));
  const result = new Uint8Array(at + added.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(added, at);
  result.set(rest, at + added.length);
  return result;
}

function range(bytes: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(bytes.length);
  return [start, Math.min(bytes.length, start + random.between(1, 24))];
}

function randomBytes(random: Random): Uint8Array {
  return Uint8Array.from({ length: random.between(1, 8) }, () => random.below(256));
}
