/** The attacks on generated code: the programs run compiled; what a trusting generator would print is refused by the gate. */
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../src/index.ts';
import { checkGenerated, type Permit } from '../../src/jit/gate.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import { RUNTIME } from '../../src/jit/runtime.ts';
import { countCanaries } from '../unit/jit/stubs.ts';
import { endingOf } from './attack.ts';
import { PRINTED_ATTACKS } from './attacks-code.ts';
import { COMPILER_ATTACKS } from './attacks-compiler.ts';
import { expectEnding } from './expect-ending.ts';

/** As much as any text is ever given. */
const PERMIT: Permit = {
  helpers: new Set(Object.keys(RUNTIME)),
  values: new Set(['Plain']),
  constants: 5,
  units: 5,
  functions: 5,
  keys: new Set(['a', 'v', 'x']),
};

/** What the text does when it becomes code, in a realm where harm is only counted. */
function isHarmful(printed: string, harm = '(call(f), isEvil())'): boolean {
  const realm = `
    let calls = 0;
    globalThis.evil = () => { calls++; return 0; };
    const isEvil = () => calls > 0;
    const call = (made) => { for (const one of made ?? []) { try { one({}); } catch {} try { one({}, {}); } catch {} } };
    let f = null;
    try { f = new Function(printed)(); } catch (error) { if (!(error instanceof SyntaxError)) throw error; }
    ${harm}`;
  return vm.runInNewContext(realm, { printed, TextEncoder, TextDecoder }) === true;
}

describe.each(PRINTED_ATTACKS.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const))(
  '%s',
  (_, attack) => {
    it('runs as a program like any other, compiled', async () => {
      const events: TierEvent[] = [];
      const internals = { onCompiled: (event: TierEvent) => void events.push(event) };
      const { program, input = {}, id = 'm', result, stays } = attack;
      const module = await createHost({ jit: 'eager', internals }).load(program, { id });
      let given: unknown;
      const canaries = countCanaries(() => {
        given = module.run(undefined, input);
      });
      expect(given).toEqual(result);
      expect(canaries).toBe(0);
      expect(events.length).toBeGreaterThan(0);
      expect([...new Set(events.map(({ refusal }) => refusal))]).toEqual([stays ?? null]);
    });

    it('is refused by the gate where it is printed as it is', () => {
      expect(checkGenerated(attack.printed, PERMIT)?.reason).toBe(attack.reason);
    });

    it('does harm without the gate', () => {
      expect(isHarmful(attack.printed, attack.harm)).toBe(true);
    });
  },
);

describe.each(COMPILER_ATTACKS.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const))(
  '%s',
  (_, attack) => {
    it('ends as it must', async () => {
      const events: TierEvent[] = [];
      const internals = { onCompiled: (event: TierEvent) => void events.push(event) };
      const ending = await endingOf(() =>
        attack.attack(
          (text, host = {}, options = {}) => createHost({ jit: 'eager', internals, ...host }).load(text, options),
          events,
        ),
      );
      expectEnding(ending, attack.expected);
    });

    it('succeeds without the defence', async () => {
      expect(await attack.control()).toBe(true);
    });
  },
);
