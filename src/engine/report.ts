/**
 * Reads off what a module and all that it imports can reach, without linking or running anything. What is reported is what
 * the verifier has recomputed, not what a module says of itself. Loaded on first use.
 */
import { isCapabilityUri } from '../base/uris.ts';
import { identityOf } from '../bytecode/identity.ts';
import type { Effects, Import, Module, Unit } from '../bytecode/module.ts';
import { type GraphNode, nodesOf } from './graph.ts';
import type { ExportReport, GraphReport, ImportReport, ModuleReport } from './inspect.ts';

export async function reportOn(entry: GraphNode): Promise<GraphReport> {
  const nodes = nodesOf(entry);
  const identities = await Promise.all(nodes.map((node) => identityOf(node.admitted.verified.module)));
  return { entry: entry.uri, modules: nodes.map((node, i) => moduleReport(node, identities[i] as string)) };
}

function moduleReport({ uri, admitted, imports }: GraphNode, identity: string): ModuleReport {
  const { module } = admitted.verified;
  return {
    uri,
    identity,
    imports: module.imports.map((entry, index) => importReport(module, entry, imports.get(index))),
    exports: module.exports.map(({ name, unit, effects }) =>
      exportReport(module, name, module.units[unit] as Unit, effects),
    ),
  };
}

function importReport(module: Module, entry: Import, imported: GraphNode | undefined): ImportReport {
  return {
    uri: entry.uri,
    kind: isCapabilityUri(entry.uri) ? 'capability' : 'module',
    alias: entry.alias,
    implied: entry.implied,
    members: entry.members.map(({ name, arity }) => ({ name, arity })),
    resolved: imported?.uri ?? null,
    handedOn: entry.handedOn.map((index) => (module.imports[index] as Import).uri),
    pin: entry.pin,
  };
}

function exportReport(module: Module, name: string, unit: Unit, effects: Effects): ExportReport {
  const { emits, suspends, awaits } = effects;
  const imports = effects.imports.map((index) => (module.imports[index] as Import).uri);
  return {
    name,
    kind: unit.kind === 'transform' ? 'transform' : 'function',
    parameters: unit.slotNames.slice(0, unit.parameterCount),
    pure: !emits && !suspends && !awaits && imports.length === 0,
    emits,
    suspends,
    awaits,
    imports,
  };
}
