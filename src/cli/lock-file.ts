/**
 * `millrace.lock`: the modules that programs of a folder may be made of. In the file they are named by their place below its
 * folder, so that it holds wherever the command is called from.
 */
import { readFile } from 'node:fs/promises';
import type { GraphReport } from '../engine/inspect.ts';
import { checkShape, type Lock } from '../engine/lock.ts';
import { CliFailure } from './failure.ts';
import { STDIN } from './input.ts';
import { readIoFailure } from './io-failure.ts';
import { folderPrefix } from './module-files.ts';

const NAME = 'millrace.lock';

/** The lock beside a program, with URIs as this command has them; undefined if there is none. */
export async function lockBeside(programPath: string): Promise<Lock | undefined> {
  if (programPath === STDIN) return undefined;
  const file = lockPath(programPath);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw readIoFailure(file, error);
  }
  const prefix = folderPrefix(programPath);
  const lock = readLock(text, file);
  const modules = Object.entries(lock.modules).map(([uri, module]) => [prefix + uri, module] as const);
  return { ...lock, modules: Object.fromEntries(modules) };
}

export function lockPath(programPath: string): string {
  return folderPrefix(programPath) + NAME;
}

/** A report with modules named by their place below the folder of the program. */
export function withPlaces(report: GraphReport, programPath: string): GraphReport {
  const { length } = folderPrefix(programPath);
  const placeOf = (uri: string): string => uri.slice(length);
  return {
    entry: placeOf(report.entry),
    modules: report.modules.map((module) => ({
      ...module,
      uri: placeOf(module.uri),
      imports: module.imports.map((i) => ({ ...i, resolved: i.resolved === null ? null : placeOf(i.resolved) })),
    })),
  };
}

function readLock(text: string, file: string): Lock {
  try {
    const value: unknown = JSON.parse(text);
    checkShape(value);
    return value;
  } catch {
    throw new CliFailure('input', `${file} is no lock; write it anew with 'millrace lock'`);
  }
}
