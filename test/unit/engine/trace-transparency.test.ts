/**
 * A traced run is the same run: same result or error, same fuel, nothing shared or copied differently, and it stops at
 * the same place when fuel ends. Checked on every language script and on generated programs, with code compiled for
 * tracing with and without a tracer.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/base/limits.ts';
import { admitText } from '../../../src/engine/admit-text.ts';
import { Library } from '../../../src/engine/library.ts';
import { type Loaded, linkGraph } from '../../../src/engine/load.ts';
import { createTracer } from '../../../src/engine/trace.ts';
import { fromNotation, notationText } from '../../../src/formats/notation.ts';
import { LoadError, MemoryStore, sharedState } from '../../../src/index.ts';
import type { LinkedUnit } from '../../../src/link/linked-module.ts';
import { Failure } from '../../../src/vm/faults.ts';
import { beginRun, runToEnd } from '../../../src/vm/machine.ts';

import { fuzzGrants } from '../../fuzz/differential.ts';
import { randomProgram, sourceOf } from '../../fuzz/programs.ts';
import { readLangScripts } from '../../support/lang-scripts.ts';

interface Seen {
  readonly outcome: string;
  readonly fuel: number;
  readonly memory: number;
  /** Containers that may be written in place. */
  readonly owned: number;
}

const FRAME_SLACK = 8;
/** Longer programs are not run again to be stopped: they would take most of the time of the test. */
const MAX_FUEL_OF_STOPPED = 5_000;
const LIMITS = { ...DEFAULT_LIMITS, fuel: 100_000, deadlineMs: 60_000 };

function runOnce(
  loaded: Loaded,
  input: unknown,
  how: 'plain' | 'unheard' | 'heard',
  limits: Limits = LIMITS,
): Seen | null {
  const { linked } = loaded;
  const chosen = linked.exports.find((e) => linked.units[e.unit]?.kind === 'transform');
  if (chosen === undefined) return null;
  const effects = linked.effectsOf(chosen.unit);
  if (effects.waits || effects.suspends) return null;
  const unit = (how === 'plain' ? linked : loaded.traced()).units[chosen.unit] as LinkedUnit;
  const tracer = createTracer({ step: true });
  const observer = how === 'heard' ? tracer.attach(loaded.source, undefined).observer : undefined;
  const run = beginRun(unit, [input], { limits, mode: 'sync', observer });
  let outcome: string;
  try {
    runToEnd(run);
    outcome = `value ${notationText(run.outputs ?? run.firstOutput)}`;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const { reason, trail } = failure;
    outcome = `${reason.message} at ${trail.map((step) => `${step.unit.name}:${step.at}-${step.end}`).join(' ')}`;
  }
  if (how === 'heard') {
    tracer.report();
    tracer.explainField('v');
  }
  return { outcome, fuel: run.fuelUsed, memory: limits.memory - run.memoryLeft, owned: run.owned.size };
}

async function load(source: string, optimise: boolean): Promise<Loaded | null> {
  const grants = { ...fuzzGrants(), 'host:shared': sharedState(new MemoryStore()) };
  try {
    const library = new Library({ optimise });
    const admitted = admitText(source, 'program.bl', { library, internals: { optimise } });
    const node = { uri: 'program.bl', admitted, imports: new Map() };
    return await linkGraph(node, { library, grants, grantsFor: () => ({}) });
  } catch (error) {
    if (error instanceof LoadError) return null;
    throw error;
  }
}

/** How many programs were compared. */
async function compare(source: string, input: unknown, optimise: boolean): Promise<number> {
  // Programs that ask for the trace do see it.
  if (/\bEXPLAIN\b/.test(source)) return 0;
  const loaded = await load(source, optimise);
  const plain = loaded === null ? null : runOnce(loaded, input, 'plain');
  if (loaded === null || plain === null) return 0;
  for (const how of ['unheard', 'heard'] as const) {
    const traced = runOnce(loaded, input, how);
    expect({ ...traced, memory: 0 }, `${how}\n${source}`).toEqual({ ...plain, memory: 0 });
    // A rewrite may hold one more operand in a frame.
    const frames = (plain.memory - (traced?.memory ?? 0)) / FRAME_SLACK;
    expect(
      Number.isInteger(frames) && frames >= 0 && frames * 8 <= plain.memory / 10,
      `${how}: memory\n${source}`,
    ).toBe(true);
  }
  if (plain.fuel > MAX_FUEL_OF_STOPPED) return 1;
  // Where fuel ends, and where calls nest too deep.
  for (const limits of [
    { ...LIMITS, fuel: Math.floor(plain.fuel / 2) },
    { ...LIMITS, depth: 4 },
  ]) {
    const [stopped, traced] = [runOnce(loaded, input, 'plain', limits), runOnce(loaded, input, 'heard', limits)];
    expect({ ...traced, memory: 0 }, `limits\n${source}`).toEqual({ ...stopped, memory: 0 });
  }
  return 1;
}

describe('a traced run', () => {
  it.each([true, false])(
    'is the run itself on every script of the language (optimised: %s)',
    async (optimise) => {
      let compared = 0;
      for (const { expectations } of readLangScripts())
        for (const { program } of expectations) {
          const input = program.input === undefined ? null : fromNotation(program.input);
          compared += await compare(program.source, input, optimise);
        }
      expect(compared).toBeGreaterThan(400);
    },
    180_000,
  );

  // Each of these differed once.
  it.each([
    ['a negation that is awaited', 'IF AWAIT (!input.a) THEN { LET b = 1; }\nOUTPUT { v: 1 };'],
    ['a comparison that is awaited', 'OUTPUT { v: input.a && AWAIT (input.b > 1) };'],
    [
      'a negation of a negation',
      'IF !(!input.a) THEN { LET b = 1; }\nOUTPUT { v: IF !(AWAIT (!input.a)) THEN 1 ELSE 2 };',
    ],
    [
      'statements that compute nothing',
      'AWAIT 1;\n1 + 2 + 3;\n!true;\n[x FOR EACH x IN [1, 2]];\nRETURN AWAIT (-0.5);',
    ],
    ['a label that is no text', 'LET o = {a: [1, {b: 2}]};\nCHECKPOINT(o);\nOUTPUT { v: 1 };'],
    ['a read of a part at the head of a block', 'FOR EACH x IN [1, 2] {\n  OUTPUT { v: input.a };\n}'],
  ])('is the run itself at every unit of fuel: %s', async (_, source) => {
    const loaded = await load(source, true);
    if (loaded === null) throw new Error('does not load');
    const whole = runOnce(loaded, { a: 1 }, 'plain');
    for (let fuel = 1; fuel <= (whole?.fuel ?? 0); fuel++) {
      const limits = { ...LIMITS, fuel };
      expect(runOnce(loaded, { a: 1 }, 'heard', limits)).toEqual(runOnce(loaded, { a: 1 }, 'plain', limits));
    }
    expect(runOnce(loaded, { a: 1 }, 'heard')).toEqual(whole);
  });

  it('is the run itself on generated programs', async () => {
    let compared = 0;
    for (let number = 0; number < 150; number++) {
      const program = randomProgram(20_260, number);
      for (const input of program.inputs) compared += await compare(sourceOf(program), input, true);
    }
    expect(compared).toBeGreaterThan(80);
  });
});
