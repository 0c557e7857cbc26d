/** The published JSON Schema and the decoder say the same, for good files and for changed ones. */
import { expect, test } from 'vitest';
import type { Json } from '../../../src/ir/encode.ts';
import { moduleSchema } from '../../../src/ir/json-schema.ts';
import { IR_REASONS } from '../../../src/ir/reasons.ts';
import { Random } from '../../fuzz/random.ts';
import { mutate } from '../../fuzz/tree-edits.ts';
import { SchemaValidator } from './json-schema.ts';
import { admit, astOf, generatedPrograms, langPrograms } from './programs.ts';

const validator = new SchemaValidator(moduleSchema());

test('the schema accepts every script of the language suite', () => {
  expect(langPrograms().filter(({ source }) => !validator.accepts(astOf(source)))).toEqual([]);
});

test('what the schema refuses the decoder refuses, and the other way round', () => {
  const asts = [...generatedPrograms(43, 60)].map(({ source }) => astOf(source));
  let refused = 0;
  for (let n = 0; n < 1_500; n++) {
    const random = new Random(43, n);
    const ast = structuredClone(random.pick(asts));
    mutate(random, ast, random.pick(asts));
    const decoding = admit(ast);
    const hasShape = decoding.ok || IR_REASONS[decoding.refusal.reason].code === 'MR3203';
    if (!hasShape) refused++;
    expect(validator.accepts(JSON.parse(JSON.stringify(ast)) as Json), `mutation ${n}`).toBe(hasShape);
  }
  expect(refused).toBeGreaterThan(300);
});
