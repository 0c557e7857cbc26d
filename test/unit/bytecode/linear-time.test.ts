/** Reading takes time in line with the length of a file, whatever it says of itself. */
import { expect, test } from 'vitest';
import { decodeBinary } from '../../../src/bytecode/decode.ts';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import { OPCODES } from '../../../src/bytecode/opcodes.ts';
import { type FileParts, joinFile, leb, splitFile } from '../../support/mutate-bytes.ts';
import { generatedPrograms } from '../ir/programs.ts';
import { fileOf, moduleOf, strippedOf } from './files.ts';

function sampleFiles(): readonly Uint8Array[] {
  return [...generatedPrograms(7, 20)].map((program, i) => {
    const file = fileOf(program);
    const signature = i % 4 === 0 ? Uint8Array.of(1, 2, 3) : null;
    return encodeBinary(i % 2 === 0 ? { ...file, signature } : { ...file, lines: null, signature });
  });
}

test('the splitter of the mutations agrees with the format', () => {
  for (const file of sampleFiles()) {
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
  const [one, eight] = [20_000, 160_000].map((count) => bestOf(5, decoder(fileWithJoins(count))));
  // Eight times the bytes; four times that for a busy machine and its collector. Quadratic time would be 64 times.
  expect((eight as number) / (one as number)).toBeLessThan(32);
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
