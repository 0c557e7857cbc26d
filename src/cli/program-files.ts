/** The programs that paths on the command line stand for: files as they are, folders with every `.bl` file below them. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliFailure } from './failure.ts';

const SKIPPED = new Set(['node_modules']);

export interface ProgramFile {
  readonly path: string;
  /** Named itself, not found in a folder. */
  readonly isNamed: boolean;
}

/** In the order of the paths; files of a folder in the order of their names, each file once. */
export async function findPrograms(paths: readonly string[]): Promise<readonly ProgramFile[]> {
  const found = new Map<string, ProgramFile>();
  for (const name of paths) {
    const isFolder = await stat(name).then(
      (s) => s.isDirectory(),
      () => false,
    );
    const files = isFolder ? await programsBelow(name) : [name];
    for (const file of files) if (!found.has(file)) found.set(file, { path: file, isNamed: !isFolder });
  }
  return [...found.values()];
}

/** Hidden folders and those of packages are left out; links to folders are not followed. */
async function programsBelow(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => {
      throw new CliFailure('io', `cannot read the folder ${at}`);
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
      const full = path.join(at, entry.name);
      if (entry.isDirectory()) pending.push(full);
      else if (entry.name.endsWith('.bl')) files.push(full);
    }
  }
  return files.sort();
}
