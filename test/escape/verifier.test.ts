/**
 * The attacks by hand-made code and by damaged files, and their controls: code runs without verification under a watcher;
 * for a file, that the one damage is what is refused.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBinary } from '../../src/bytecode/encode.ts';
import { createHost } from '../../src/index.ts';
import { type OpenBundle, openBundle } from '../fuzz/bundle.mjs';
import { paranoidLoop } from '../support/paranoid-loop.mjs';
import type { Case } from '../unit/verify/case-parts.ts';
import { CASES } from '../unit/verify/cases.ts';
import { endingOf } from './attack.ts';
import { CODE_ATTACKS, type CodeAttack, FILE_ATTACKS, SOUND_FILE } from './attacks-verifier.ts';
import { expectEnding } from './expect-ending.ts';
import type { runUnverified as RunUnverified } from './unverified.ts';

function caseOf({ reason, title }: CodeAttack): Case {
  const found = (CASES[reason] as readonly Case[]).find(({ why }) => why === title);
  if (found === undefined) throw new Error(`there is no case "${title}" of ${reason}`);
  return found;
}

let bundle: OpenBundle<{ readonly runUnverified: typeof RunUnverified }>;
beforeAll(async () => {
  bundle = await openBundle('../escape/unverified.ts', [paranoidLoop()]);
});
afterAll(() => bundle.close());

describe.each(CODE_ATTACKS.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const))('%s', (_, attack) => {
  const { broken, twin } = caseOf(attack);

  it('is refused for its reason', async () => {
    const bytes = encodeBinary({ module: broken, lines: null, signature: null });
    expectEnding(await endingOf(() => createHost().load(bytes)), { code: 'MR3003', says: `reason: ${attack.reason}` });
  });

  it('gets through, as far as it goes, when nobody verifies it; its twin harms nobody', async () => {
    const { runUnverified } = bundle.exports;
    const { ending, text } = await runUnverified(broken, attack.input);
    expect(ending, text).toBe(attack.unverified);
    expect((await runUnverified(twin, attack.input)).ending).not.toBe('broken');
  });
});

describe.each(FILE_ATTACKS.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const))(
  'a file with %s',
  (_, attack) => {
    it('is refused for its reason', async () => {
      const { code, reason, damage } = attack;
      expectEnding(await endingOf(() => createHost().load(damage(SOUND_FILE))), { code, says: `reason: ${reason}` });
    });

    it('loads and runs without the damage', async () => {
      const module = await createHost().load(SOUND_FILE);
      expect(module.run({ konstante: 7 })).toEqual({ v: 7 });
      expect(attack.damage(SOUND_FILE)).not.toEqual(SOUND_FILE);
    });
  },
);
