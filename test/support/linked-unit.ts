import { admitText } from '../../src/engine/admit-text.ts';
import { Library } from '../../src/engine/library.ts';
import { linkGraph } from '../../src/engine/load.ts';
import { LoadError, MemoryStore, sharedState } from '../../src/index.ts';
import type { LinkedUnit } from '../../src/link/linked-module.ts';
import { fuzzGrants } from '../fuzz/differential.ts';

/** The first exported transform of a program; null where it does not load, or may have to wait. */
export async function linkedUnit(source: string): Promise<LinkedUnit | null> {
  const grants = { ...fuzzGrants(), 'host:shared': sharedState(new MemoryStore()) };
  try {
    const library = new Library({ optimise: true });
    const admitted = admitText(source, 'program.bl', { library, internals: {} });
    const node = { uri: 'program.bl', admitted, imports: new Map() };
    const { linked } = await linkGraph(node, { library, grants, grantsFor: () => ({}) });
    const chosen = linked.exports.find((e) => linked.units[e.unit]?.kind === 'transform');
    const effects = chosen === undefined ? null : linked.effectsOf(chosen.unit);
    return effects === null || effects.waits || effects.suspends ? null : (linked.units[chosen?.unit ?? 0] ?? null);
  } catch (error) {
    if (error instanceof LoadError) return null;
    throw error;
  }
}
