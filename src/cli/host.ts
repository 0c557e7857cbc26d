/**
 * The host that the command line is: what it grants, and programs loaded into it.
 *
 * Granted anyway: the clock and the console (PRINT talks on stderr, because stdout is for data). Chance makes a run
 * unrepeatable, so it has to be asked for. Must never grant files, network or processes.
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import type { Limits } from '../base/limits.ts';
import { escapeControls } from '../base/render.ts';
import { type Capability, capability, createHost, sharedState } from '../engine/host.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import type { MemoryStore } from '../engine/memory-store.ts';
import { SoleWriterStore } from '../engine/sole-writer-store.ts';
import { printedLine } from '../formats/printed.ts';
import { usageFailure } from './failure.ts';

const ALWAYS = ['host:clock', 'host:console', 'host:shared'];

const OFFERED: Readonly<Record<string, (store: MemoryStore) => Capability>> = {
  'host:clock': () => capability('host:clock', { now: { params: [], effect: 'read', call: now } }),
  'host:console': () => capability('host:console', { print: { effect: 'write', call: print } }),
  'host:shared': (store) => sharedState(store),
  'host:random': () =>
    capability('host:random', {
      next: { params: [], effect: 'read', call: () => Math.random() },
      uuid: { params: [], effect: 'read', call: () => randomUUID() },
    }),
};

/** ISO 8601 in UTC; whole seconds have no fraction. */
function now(): string {
  return new Date().toISOString().replace('.000Z', 'Z');
}

/** Security: a program's text reaches a terminal without control characters other than tabs and line ends. */
function print(...values: readonly unknown[]): null {
  for (const value of values) {
    const line = printedLine(value).split('\t').map(escapeControls).join('\t');
    process.stderr.write(`${line}\n`);
  }
  return null;
}

/** The capabilities that are granted anyway, and those asked for. */
export function capabilitiesFor(
  uris: readonly string[],
  store: MemoryStore = new SoleWriterStore(),
): Readonly<Record<string, Capability>> {
  const grants: Record<string, Capability> = {};
  for (const uri of [...ALWAYS, ...uris]) {
    if (!Object.hasOwn(OFFERED, uri))
      throw usageFailure(`there is no capability '${uri}' to grant; there are ${Object.keys(OFFERED).join(', ')}`);
    grants[uri] = (OFFERED[uri] as (typeof OFFERED)[string])(store);
  }
  return grants;
}

export async function loadProgram(
  source: string,
  name: string,
  options: { readonly limits: Partial<Limits>; readonly grants: readonly string[]; readonly store: MemoryStore },
): Promise<LoadedModule> {
  const grants = capabilitiesFor(options.grants, options.store);
  return createHost({ limits: options.limits }).load(source, { id: name, grants });
}
