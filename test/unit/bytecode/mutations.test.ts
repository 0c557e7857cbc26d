/**
 * Damaged files are refused with a reason, or are another file that has only this form; nothing else happens, soon, and
 * without more memory than the file is worth.
 */
import { expect, test } from 'vitest';
import { BINARY_REASONS } from '../../../src/bytecode/binary-reasons.ts';
import { decodeBinary } from '../../../src/bytecode/decode.ts';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import { OPCODES } from '../../../src/bytecode/opcodes.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { Random } from '../../fuzz/random.ts';
import { type FileParts, joinFile, leb, mutateModule, splitFile } from '../../support/mutate-bytes.ts';
import { generatedPrograms, langPrograms } from '../ir/programs.ts';
import { fileOf, moduleOf, outcomeOf, strippedOf } from './files.ts';

const MUTANTS = 20_000;
const SLOWEST_MS = 100;
const SEED = 1;

function sampleFiles(): readonly Uint8Array[] {
  const programs = [...langPrograms().filter((_, i) => i % 5 === 0), ...generatedPrograms(7, 40)];
  return programs.map((program, i) => {
    const file = fileOf(program);
    const signature = i % 4 === 0 ? Uint8Array.of(1, 2, 3) : null;
    return encodeBinary(i % 2 === 0 ? { ...file, signature } : { ...file, lines: null, signature });
  });
}

test(`${MUTANTS} damaged files`, () => {
  const files = sampleFiles();
  const random = new Random(SEED);
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  let slowest = 0;
  for (let n = 0; n < MUTANTS; n++) {
    const file = random.pick(files);
    const { name, bytes } = mutateModule(file, random, random.pick(files));
    const start = performance.now();
    try {
      const outcome = outcomeOf(bytes);
      count(outcome);
      if (outcome === 'accepted' && Buffer.compare(bytes, file) !== 0) count(verdictOf(bytes));
    } catch (error) {
      throw new Error(`seed ${SEED}, mutant ${n}: ${name}`, { cause: error });
    }
    const elapsed = performance.now() - start;
    // A busy machine may hold up any of them, but not the same one again and again.
    slowest = Math.max(slowest, elapsed < SLOWEST_MS ? elapsed : bestOf(3, () => void outcomeOf(bytes)) / 1_000);
  }
  console.info(
    `damaged files: ${[...counts].map(([what, n]) => `${what} ${n}`).join(', ')}; slowest ${slowest.toFixed(1)} ms`,
  );
  expect(slowest).toBeLessThan(SLOWEST_MS);
  // That the damage gets as far as it can: every reason but those for huge files and for three opcodes of 256 is met, and
  // so is the verifier. Made by hand, each is met in refusals.test.ts.
  const missed = Object.keys(BINARY_REASONS).filter((reason) => !counts.has(reason));
  expect(missed.filter((reason) => !['too-long', 'bigint-too-large', 'traced-code'].includes(reason))).toEqual([]);
  expect(counts.get('verified')).toBeGreaterThan(MUTANTS / 100);
  expect(counts.get('not verified')).toBeGreaterThan(MUTANTS / 100);
}, 240_000);

function verdictOf(bytes: Uint8Array): string {
  const decoding = decodeBinary(bytes);
  return decoding.ok && verifyModule(decoding.file.module).ok ? 'verified' : 'not verified';
}

test('the splitter of the mutations agrees with the format', () => {
  for (const file of sampleFiles().slice(0, 20)) {
    expect(Buffer.compare(joinFile(partsOf(file)), file)).toBe(0);
  }
});

test.each([
  [4, 'text-unused'],
  [5, 'accepted'],
  [6, 'count-too-large'],
  [9, 'count-too-large'],
  [10, 'count-too-large'],
])('section %i with four million entries of one byte: %s, in linear time', (number, outcome) => {
  const { head, sections } = partsOf(encodeBinary(strippedOf(moduleOf('TRANSFORM T { OUTPUT { a: 1 } }'))));
  const content = new Uint8Array(4_000_000);
  const count = leb(content.length - 4);
  expect(count.length).toBe(4);
  content.set(count);
  const bytes = joinFile({ head, sections: sections.map((s) => (s.number === number ? { number, content } : s)) });
  const start = process.cpuUsage();
  const decoding = decodeBinary(bytes);
  const { user, system } = process.cpuUsage(start);
  expect(decoding.ok ? 'accepted' : decoding.refusal.reason).toBe(outcome);
  // G18: one microsecond a byte and 50 ms.
  expect(user + system).toBeLessThan(bytes.length + 50_000);
});

test('a unit of joins takes linear time', () => {
  const [one, four] = [40_000, 160_000].map((count) => bestOf(5, decoder(fileWithJoins(count))));
  // Four times the bytes; three times that for a busy machine. Quadratic time would be sixteen times.
  expect((four as number) / (one as number)).toBeLessThan(12);
});

/** A unit with so many instructions, each of them a declared join. */
function fileWithJoins(count: number): Uint8Array {
  const module = moduleOf('TRANSFORM T { OUTPUT { a: 1 } }');
  const joins = Array.from({ length: count }, (_, at) => ({ at, height: 0, scopes: [], slots: Uint8Array.of(at & 3) }));
  const code = new Int32Array(count).fill(OPCODES.NOP.code);
  return encodeBinary(strippedOf({ ...module, units: module.units.map((unit) => ({ ...unit, code, joins })) }));
}

function decoder(bytes: Uint8Array): () => void {
  return () => expect(decodeBinary(bytes).ok).toBe(true);
}

/** Microseconds of the processor. */
function bestOf(times: number, action: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < times; n++) {
    const start = process.cpuUsage();
    action();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return best;
}

function partsOf(file: Uint8Array): FileParts {
  const parts = splitFile(file);
  if (parts === null) throw new Error('the file has no table of sections');
  return parts;
}
