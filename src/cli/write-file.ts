/**
 * Writing files whole or not at all: the text goes into a new file beside the old one, which then takes its place. A
 * reader, or a crash, never sees half of it. What is no file, a pipe or a device, is written to and stays what it is; a
 * file that must not be written is left alone.
 */
import {
  access,
  chmod,
  constants,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { usageFailure } from './failure.ts';
import { isSameFile } from './file-in-use.ts';
import { writeIoFailure } from './io-failure.ts';

const MARK = '\ufeff';

/** Replaces the text of a file; a byte order mark at its start stays. */
export async function replaceText(file: string, text: string): Promise<void> {
  const old = await readFile(file, 'utf8').catch(() => '');
  await replaceFile(file, `${old.startsWith(MARK) ? MARK : ''}${text}`);
}

/** @throws CliFailure of kind `io` that names the file; of kind `usage` for the file that stdout goes to. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  if (isSameFile(file, 1)) throw usageFailure(`cannot write ${file}: it is where stdout goes`);
  let temporary = '';
  try {
    // Why the real path: a link stays a link, and what it leads to is replaced.
    const target = await realpath(file).catch(() => path.resolve(file));
    const old = await stat(target).catch(() => undefined);
    if (old !== undefined && !old.isFile() && !old.isDirectory()) {
      await writeFile(target, content);
      return;
    }
    // Replacing needs no right to the file itself, but who has taken that right away meant it.
    if (old !== undefined) await access(target, constants.W_OK);
    await mkdir(path.dirname(target), { recursive: true });
    const name = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
    const handle = await open(name, 'wx');
    temporary = name;
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    if (old !== undefined) await chmod(temporary, old.mode & 0o7777);
    await rename(temporary, target);
  } catch (error) {
    if (temporary !== '') await rm(temporary, { force: true });
    throw writeIoFailure(file, error);
  }
}
