/** The attacks by damaged JSON ASTs, and their controls: the sound tree runs; what stands behind the rules is as said. */
import { describe, expect, it } from 'vitest';
import { encodeBinary } from '../../src/bytecode/encode.ts';
import { capability, createHost } from '../../src/index.ts';
import { decodeModuleText } from '../../src/ir/decode.ts';
import { moduleOf } from '../support/forms.ts';
import { endingOf } from './attack.ts';
import { SOUND_TREE, TREE_ATTACKS, type Tree, type TreeAttack } from './attacks-tree.ts';
import { expectEnding } from './expect-ending.ts';
import { REALMS } from './realms.ts';

const load = (tree: Tree) =>
  createHost({ grants: { 'host:x': capability('host:x', { f: (n: number) => n }) } }).load(tree);
const sound = (): Tree => JSON.parse(SOUND_TREE);
const named = TREE_ATTACKS.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const);

/** What comes of the code when the rules of the language are not asked of the tree: it comes as a binary module. */
async function behindTheRules({ damage }: TreeAttack): Promise<string> {
  const decoding = decodeModuleText(JSON.stringify(damage(sound())));
  if (!decoding.ok) throw new Error(`refused before the rules: ${decoding.refusal.reason}`);
  const bytes = encodeBinary({ module: moduleOf(decoding.module), lines: null, signature: null });
  const ending = await endingOf(() => load(bytes));
  return 'code' in ending ? ending.code : 'loads';
}

it('the sound tree loads and runs, as a value and as a text', async () => {
  for (const tree of [SOUND_TREE, sound()])
    expect((await load(tree)).run({ l: [4] })).toEqual({ v: [3, 3, 4, 3, 12345678901234567890n] });
});

describe.each(named)('a tree with %s', (_, attack) => {
  it.each(REALMS)('is refused for its reason in a realm that is $name', async ({ during }) => {
    const damaged = attack.damage(sound());
    const { code, reason } = attack;
    expectEnding(await during(() => endingOf(() => load(damaged))), { code, says: `reason: ${reason}` });
  });
});

describe.each(named.filter(([, { behind }]) => behind !== undefined))('without the rules, %s', (_, attack) => {
  it('ends as what stands behind them says', async () => {
    expect(await behindTheRules(attack)).toBe(attack.behind);
  });
});
