/**
 * Changed JSON ASTs: refused with a pointer, or the compiler takes them and the verifier finds nothing but parts that are too
 * large; and what is accepted can be written as a program that passes again.
 */
import { expect, test } from 'vitest';
import { unparseModule } from '../../../src/front/unparse.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { Random } from '../../fuzz/random.ts';
import { mutate } from './mutate.ts';
import { admit, astOf, generatedPrograms, irOf, refusals } from './programs.ts';

test('changed programs are refused, or compile and verify', () => {
  const asts = [...generatedPrograms(44, 100)].map(({ source }) => astOf(source));
  let accepted = 0;
  const reasons = new Set<string>();
  for (let n = 0; n < 1_500; n++) {
    const random = new Random(44, n);
    const ast = structuredClone(random.pick(asts));
    mutate(random, ast, random.pick(asts));
    const decoding = admit(ast);
    if (!decoding.ok) {
      reasons.add(decoding.refusal.reason);
      continue;
    }
    accepted++;
    expect(refusals(decoding.module), `mutation ${n}`).toEqual([]);
    const unparsed = unparseModule(decoding.module, { standard: STANDARD });
    expect('text' in unparsed && irOf(unparsed.text), `mutation ${n}`).not.toBe(null);
  }
  expect(accepted).toBeGreaterThan(150);
  expect(reasons.size).toBeGreaterThan(12);
});
