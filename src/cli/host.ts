/**
 * The host that the command line is: what it grants, and programs loaded into it.
 *
 * Granted anyway, to imported modules too: the clock, the console (PRINT talks on stderr, because stdout is for data) and
 * shared state in memory. The rest has to be asked for (offers.ts), is for the program alone, and goes on from there only
 * by WITH.
 */
import process from 'node:process';
import type { Limits } from '../base/limits.ts';
import { escapeControls } from '../base/render.ts';
import { type Capability, capability, createHost, sharedState } from '../engine/host.ts';
import type { GraphReport } from '../engine/inspect.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import type { MemoryStore } from '../engine/memory-store.ts';
import type { HostOptions } from '../engine/options.ts';
import { SoleWriterStore } from '../engine/sole-writer-store.ts';
import { printedLine } from '../formats/printed.ts';
import { type Grants, makeGranted } from './grants.ts';
import { displayName } from './input.ts';
import { lockBeside } from './lock-file.ts';
import { type ModuleFile, moduleFiles } from './module-files.ts';

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

/** The capabilities that every module gets. */
export function alwaysGranted(store: MemoryStore = new SoleWriterStore()): Readonly<Record<string, Capability>> {
  return {
    'host:clock': capability('host:clock', { now: { params: [], effect: 'read', call: now } }),
    'host:console': capability('host:console', { print: { effect: 'write', call: print } }),
    'host:shared': sharedState(store),
  };
}

/** What a program and all that it imports can reach; nothing is granted, linked or run. */
export async function inspectProgram(
  file: ModuleFile,
  programPath: string,
  signedBy: TrustedKeys,
): Promise<GraphReport> {
  const host = createHost({ resolve: moduleFiles(programPath), ...trusting(signedBy) });
  return host.inspect(file, { id: displayName(programPath) });
}

/** Public keys, or undefined where anything may be loaded. */
type TrustedKeys = readonly Uint8Array[] | undefined;

function trusting(signedBy: TrustedKeys): Pick<HostOptions, 'signedBy'> {
  return signedBy === undefined ? {} : { signedBy };
}

export interface LoadProgramOptions {
  readonly limits: Partial<Limits>;
  readonly grants: Grants;
  readonly store: MemoryStore;
  readonly signedBy: TrustedKeys;
  /** What is compiled to JavaScript, and who is told of it. */
  readonly compiling: Pick<HostOptions, 'jit' | 'internals'>;
}

/** The program in `programPath`, linked; a lock beside it holds for it. */
export async function loadProgram(
  file: ModuleFile,
  programPath: string,
  { limits, grants, store, signedBy, compiling }: LoadProgramOptions,
): Promise<LoadedModule> {
  const always = alwaysGranted(store);
  const host = createHost({
    limits,
    resolve: moduleFiles(programPath),
    grantsFor: () => always,
    ...trusting(signedBy),
    ...compiling,
  });
  const lock = await lockBeside(programPath);
  return host.load(file, {
    id: displayName(programPath),
    grants: { ...always, ...(await makeGranted(grants)) },
    ...(lock === undefined ? {} : { lock }),
  });
}
