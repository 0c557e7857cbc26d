/** Reports of `inspect` as text for people. Whatever a module says of itself is shown without control characters. */
import { escapeControls } from '../base/render.ts';
import type {
  ExportReport,
  GraphReport,
  ImportReport,
  ModuleReport,
  Permission,
  PermissionChanges,
} from '../engine/inspect.ts';

/** A paragraph for each module, the program first. */
export function renderGraph({ modules }: GraphReport): string {
  return [...modules].reverse().map(renderModule).join('\n');
}

function renderModule({ uri, identity, imports, exports }: ModuleReport): string {
  const lines = [`${uri}  ${identity}`, ...imports.map(importLine), ...exports.map(exportLine)];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function importLine({ uri, kind, implied, members, resolved, handedOn, pin }: ImportReport): string {
  const names = members.map(({ name, arity }) => (arity === null ? name : `${name}/${arity}`));
  const notes = [
    ...(implied ? ['implied'] : []),
    ...(handedOn.length === 0 ? [] : [`hands on ${handedOn.join(', ')}`]),
    ...(pin === null ? [] : ['pinned']),
  ];
  const what = kind === 'capability' ? uri : `${uri} (${resolved})`;
  return `  imports ${what}: ${names.join(', ') || 'nothing by name'}${notes.map((note) => ` · ${note}`).join('')}`;
}

function exportLine({ name, kind, parameters, pure, emits, suspends, awaits, imports }: ExportReport): string {
  const effects = [
    ...(pure ? ['pure'] : []),
    ...(emits ? ['outputs'] : []),
    ...(awaits ? ['waits'] : []),
    ...(suspends ? ['suspends'] : []),
    ...(imports.length === 0 ? [] : [`reaches ${[...new Set(imports)].join(', ')}`]),
  ];
  return `  exports ${kind} ${name}(${parameters.join(', ')}): ${effects.join(', ')}`;
}

export function hasChanges(changes: PermissionChanges): boolean {
  return (
    changes.added.length + changes.removed.length + changes.modulesAdded.length + changes.modulesRemoved.length > 0
  );
}

/** What is asked for anew, then what is not any more, then which modules are others. */
export function renderChanges(changes: PermissionChanges): string {
  const permission = ({ module, capability, member }: Permission): string => `${module}: ${capability} ${member}`;
  const lines = [
    ...changes.added.map((p) => `+ ${permission(p)}`),
    ...changes.removed.map((p) => `- ${permission(p)}`),
    ...changes.modulesAdded.map((uri) => `+ module ${uri}`),
    ...changes.modulesRemoved.map((uri) => `- module ${uri}`),
    ...changes.modulesChanged.map((uri) => `~ module ${uri}`),
    ...(hasChanges(changes) ? [] : ['the permissions are the same']),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}
