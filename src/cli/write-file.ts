/**
 * Writing files whole or not at all: the text goes into a new file beside the old one, which then takes its place. A
 * reader, or a crash, never sees half of it.
 */
import { chmod, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { CliFailure } from './failure.ts';

/** @throws CliFailure of kind `io` that names the file. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  let temporary = '';
  try {
    // Why the real path: a link stays a link, and what it leads to is replaced.
    const target = await realpath(file).catch(() => path.resolve(file));
    const mode = await stat(target).then(
      (s) => s.mode,
      () => undefined,
    );
    await mkdir(path.dirname(target), { recursive: true });
    const name = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
    const handle = await open(name, 'wx');
    temporary = name;
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    if (mode !== undefined) await chmod(temporary, mode & 0o7777);
    await rename(temporary, target);
  } catch (error) {
    if (temporary !== '') await rm(temporary, { force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliFailure('io', `cannot write ${file}: ${REASONS[code] ?? code}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  ENOSPC: 'no space is left',
  EROFS: 'the file system is read-only',
};
