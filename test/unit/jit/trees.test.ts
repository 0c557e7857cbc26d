/**
 * What compiled code says of its results: one that leaves without a walk is a tree of plain data, no deeper than the limit,
 * and a walk would cost nothing. Asked of programs written to deceive it, and of language scripts.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/base/limits.ts';
import { fromNotation } from '../../../src/formats/notation.ts';
import { HotTier } from '../../../src/jit/index.ts';
import { exportValue } from '../../../src/value/border.ts';
import { kindOf, type Value } from '../../../src/value/kinds.ts';
import { Failure } from '../../../src/vm/faults.ts';
import { makeRun, runUnit } from '../../../src/vm/machine.ts';
import { exportedResult } from '../../../src/vm/output.ts';
import { readLangScripts } from '../../support/lang-scripts.ts';
import { linkedUnit } from '../../support/linked-unit.ts';

const LIMITS = { ...DEFAULT_LIMITS, fuel: 100_000, deadlineMs: 60_000 };

/** Counts the containers of a tree; null when there is anything in it that is neither one nor a scalar. */
function sizeOfTree(value: Value, levels: number, seen: Set<object>): number | null {
  if (typeof value !== 'object' || value === null) return 0;
  const kind = kindOf(value);
  if (kind === 'decimal') return 0;
  if (levels === 0 || seen.has(value) || (kind !== 'record' && kind !== 'list')) return null;
  seen.add(value);
  let size = 1;
  for (const part of Object.values(value)) {
    const below = sizeOfTree(part, levels - 1, seen);
    if (below === null) return null;
    size += below;
  }
  return size;
}

/** How the result of a program left, compiled; null when it has none. */
async function leaving(source: string, input: Value, limits: Limits = LIMITS): Promise<'walked' | 'as it is' | null> {
  const unit = await linkedUnit(source);
  if (unit === null) return null;
  const tier = new HotTier({ isEager: true, loopsOnly: false });
  const run = makeRun(unit, { limits, mode: 'sync', tier });
  let given: Value;
  try {
    given = runUnit(run, unit, input, []);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
  if (run.mustExport || run.outputCount === 0) return run.outputCount === 0 ? null : 'walked';
  const result = exportedResult(run, unit, given);
  expect(sizeOfTree(result, limits.nesting, new Set()), source).not.toBeNull();
  const spent = run.fuelUsed;
  expect(exportValue(run, result, spent)).toBe(result);
  expect(run.fuelUsed, source).toBe(spent);
  return 'as it is';
}

const input = { n: 3, part: { a: 1 }, list: [{ k: 1 }, { k: 2 }], key: 1 };
const main = (body: string): string => `FUNC same(x) = x;\nEXPORT TRANSFORM T { ${body} }`;

describe('a result that leaves as it is', () => {
  it.each([
    ['scalars', 'OUTPUT { a: input.n, b: "x", c: same(input.n) };'],
    ['literals in literals', 'OUTPUT { a: { b: [1, { c: input.n }] } };'],
    ['a list that a loop fills', 'LET l = []; FOR EACH x IN input.list { APPEND TO l { k: x.k }; } OUTPUT { l: l };'],
    ['a list of each pass', 'FOR EACH x IN input.list { LET l = []; APPEND TO l { k: x.k }; OUTPUT { l: l }; }'],
    ['a record that is set', 'LET r = {}; SET r.a = 1; SET r.b = { c: input.n }; OUTPUT r;'],
    ['a variable handed on', 'LET a = [1]; LET b = a; OUTPUT { b: b };'],
    ['a record that is output', 'LET r = { a: [input.n] }; OUTPUT r;'],
    ['one of two', 'LET a = null; IF input.n == 3 THEN { SET a = [1]; } ELSE { SET a = { b: 2 }; } OUTPUT { a: a };'],
  ])('%s', async (_name, body) => {
    expect(await leaving(main(body), input)).toBe('as it is');
  });
});

describe('a result that is walked', () => {
  it.each([
    ['a part of the input', 'OUTPUT { a: input.part };'],
    ['the result of a function', 'OUTPUT { a: same({ b: 1 }) };'],
    ['a variable in two places', 'LET a = [1]; OUTPUT { a: a, b: a };'],
    ['an alias', 'LET a = [1]; LET b = a; OUTPUT { a: a, b: b };'],
    ['a variable in two outputs', 'LET a = [1]; OUTPUT { a: a }; OUTPUT { a: a };'],
    ['a variable output and a part', 'LET a = { x: 1 }; OUTPUT a; OUTPUT { a: a };'],
    ['a variable in each pass', 'LET a = [1]; FOR EACH x IN input.list { OUTPUT { a: a }; }'],
    ['a list in itself', 'LET a = [1]; APPEND TO a a; OUTPUT { a: a };'],
    ['what a loop doubles', 'LET a = [1]; FOR EACH x IN input.list { SET a = [a, a]; } OUTPUT { a: a };'],
    ['what a loop nests', 'LET a = []; FOR EACH x IN input.list { SET a = [a]; } OUTPUT { a: a };'],
    ['a copy that shares its parts', 'LET a = [[1]]; LET b = a; APPEND TO a 2; OUTPUT { a: a, b: b };'],
    ['an element of a list', 'LET a = [[1]]; LET b = a[0]; OUTPUT { a: a, b: b };'],
    [
      'elements that are looped over',
      'LET a = [[1]]; LET b = []; FOR EACH x IN a { APPEND TO b x; } OUTPUT { a: a, b: b };',
    ],
    ['a captured variable', 'LET a = [1]; LET f = () -> a; OUTPUT { a: f(), b: f() };'],
    ['a record with an integer key', 'LET r = {}; SET r[input.key] = 1; OUTPUT { r: r };'],
    ['a computed key', 'OUTPUT { r: { [input.key]: 1 } };'],
    ['bytes', 'OUTPUT { b: BASE64_DECODE("YQ==") };'],
    ['a decimal', 'OUTPUT { d: DEC("1.5") };'],
    ['an error record', 'OUTPUT { e: TRY 1 / 0 CATCH(e) -> e };'],
    ['a variable that a handler takes again', 'LET a = [1]; OUTPUT { b: TRY [a, 1 / 0] CATCH(e) -> [a] };'],
    [
      'a variable behind what may have taken it',
      'LET a = [1]; LET b = TRY [a] CATCH(e) -> null; OUTPUT { a: a, b: b };',
    ],
    ['one way of two', 'LET a = [1]; LET b = []; IF input.n == 3 THEN { APPEND TO b a; } OUTPUT { a: a, b: b };'],
    ['a default', 'LET a = [1]; LET b = null ?? a; OUTPUT { a: a, b: b };'],
    ['an aborted one', 'ABORT { a: 1 };'],
  ])('%s', async (_name, body) => {
    const how = await leaving(main(body), input);
    expect([how, await linkedUnit(main(body))]).toEqual(['walked', expect.anything()]);
  });

  it('where it may be deeper than the limit', async () => {
    const body = main('OUTPUT { a: { b: [1] } };');
    expect(await leaving(body, input, { ...LIMITS, nesting: 3 })).toBe('walked');
    expect(await leaving(body, input, { ...LIMITS, nesting: 4 })).toBe('as it is');
  });
});

describe('what compiled code says of results', () => {
  it('holds for a third of the scripts', async () => {
    let count = 0;
    for (const { expectations } of readLangScripts().filter((_, i) => i % 3 === 0)) {
      for (const { program } of expectations) {
        const given = program.input === undefined ? {} : fromNotation(program.input);
        if ((await leaving(program.source, given)) === 'as it is') count++;
      }
    }
    expect(count).toBeGreaterThan(30);
  });
});
