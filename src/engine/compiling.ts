/**
 * The JavaScript of a program that nobody runs, for people. What it imports is compiled with it; nothing is granted:
 * capabilities that do nothing stand in for all that it wants.
 */
import { isCapabilityUri } from '../base/uris.ts';
import { opName } from '../bytecode/opcodes.ts';
import { JIT_REFUSALS, listUnits, type UnitListing } from '../jit/index.ts';
import { type Capability, capability } from '../link/capability.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import { SHARED_URI } from '../link/shared-store.ts';
import { placeOf } from '../vm/faults.ts';
import { admit } from './admit.ts';
import type { ModuleFile } from './building.ts';
import { type GraphNode, nodesOf, type Resolve, readGraph } from './graph.ts';
import { sharedState } from './host.ts';
import { Library } from './library.ts';
import { linkGraph } from './load.ts';
import { MemoryStore } from './memory-store.ts';

/** One text: the functions, with the lines of the program that they come of as comments. @throws LoadError */
export async function listJavaScript(file: ModuleFile, name: string, resolve: Resolve): Promise<string> {
  const library = new Library({ optimise: true });
  const admission = { library, internals: {} };
  const graph = await readGraph(name, await admit(file, name, admission), {
    resolve,
    admit: (source, uri) => admit(source, uri, admission),
  });
  const grants = standIns(graph);
  const { linked, source } = await linkGraph(graph, { library, grants, grantsFor: () => grants });
  const heading = (unit: LinkedUnit, pc: number): string | null => {
    // Fuel is for all that follows it.
    const isCharge = opName(unit.code[pc] as number) === 'CHARGE';
    if (unit.module !== linked || unit.places.length === 0 || isCharge) return null;
    const { line } = source.positionAt(placeOf(unit, pc).at);
    return `${line}: ${source.lineText(line).trim()}`.replace(/: $/, '');
  };
  return listUnits(linked.units, heading).map(shown).join('\n\n');
}

function shown({ unit, refusal, text }: UnitListing): string {
  const { kind, name, module, index } = unit;
  const title = `// ${kind} ${name}`;
  const { waits, suspends } = module.effectsOf(index);
  if (refusal !== null) return `${title} stays with the interpreter: ${JIT_REFUSALS[refusal]}`;
  if (waits || suspends) return `${title} stays with the interpreter: it may have to wait`;
  return `${title}: ${text.length.toLocaleString('en-US')} characters\n${text.trimEnd()}`;
}

function standIns(graph: GraphNode): Readonly<Record<string, Capability>> {
  const wanted = new Map<string, Set<string>>();
  for (const { admitted } of nodesOf(graph)) {
    for (const { uri, members } of admitted.verified.module.imports) {
      if (!isCapabilityUri(uri)) continue;
      const known = wanted.get(uri) ?? new Set();
      for (const member of members) known.add(member.name);
      wanted.set(uri, known);
    }
  }
  const nothing = (..._given: readonly unknown[]): null => null;
  const entries = [...wanted].map(([uri, members]) => {
    const stands = uri === SHARED_URI ? sharedState(new MemoryStore()) : null;
    return [uri, stands ?? capability(uri, Object.fromEntries([...members].map((member) => [member, nothing])))];
  });
  return Object.fromEntries(entries);
}
