/**
 * `host:files`: texts below one folder, to be read.
 *
 * Promises: whatever a path looks like, what is opened is a regular file whose real path, after links, is below the real
 * path of the folder, and which is still there after it was opened; its size is known before it is read.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Capability, capability, GuestError } from '../engine/host.ts';
import { usageFailure } from './failure.ts';
import { decodeUtf8 } from './input.ts';

const MAX_BYTES = 64 << 20;
const MAX_NAMES = 10_000;

export function filesBelow(folder: string): Capability {
  const root = realFolder(folder);
  return capability('host:files', {
    read: {
      params: ['path: string'],
      returns: 'string',
      effect: 'read',
      call: (name: string) => readBelow(root, name),
    },
    list: {
      params: ['path: string'],
      returns: 'string[]',
      effect: 'read',
      call: (name: string) => listBelow(root, name),
    },
  });
}

function realFolder(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) return root;
  } catch {
    // Said below.
  }
  throw usageFailure(`host:files takes a folder, and there is no folder ${folder}`);
}

/** Security: nothing is told of what is outside, not even whether it exists. */
function realBelow(root: string, name: string): string {
  let real: string;
  try {
    real = realpathSync(path.resolve(root, name));
  } catch {
    throw notThere(name);
  }
  const below = path.relative(root, real);
  if (below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below)) throw notThere(name);
  return real;
}

function notThere(name: string): GuestError {
  return new GuestError(`there is no file ${JSON.stringify(name)} below the folder that is granted`);
}

function readBelow(root: string, name: string): string {
  const real = realBelow(root, name);
  // Why no blocking: opening a named pipe would wait for its writer.
  const file = opened(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK, name);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new GuestError(`${JSON.stringify(name)} is no regular file`);
    // A folder on the way may have become a link since its path was judged.
    const now = statSync(realBelow(root, name));
    if (now.ino !== stat.ino || now.dev !== stat.dev) throw notThere(name);
    return decode(readAll(file, name), name);
  } finally {
    closeSync(file);
  }
}

function opened(real: string, flags: number, name: string): number {
  try {
    return openSync(real, flags);
  } catch {
    throw new GuestError(`the file ${JSON.stringify(name)} cannot be read`);
  }
}

/** Not by its size alone: some files of the system say 0, and a file may grow. */
function readAll(file: number, name: string): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const count = readSync(file, chunk);
    if (count === 0) return Buffer.concat(chunks);
    length += count;
    if (length > MAX_BYTES) throw new GuestError(`${JSON.stringify(name)} is larger than ${MAX_BYTES >> 20} MB`);
    chunks.push(chunk.subarray(0, count));
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return decodeUtf8(bytes, name);
  } catch {
    throw new GuestError(`${JSON.stringify(name)} is not UTF-8`);
  }
}

/** Files and folders, folders with a slash behind. */
function listBelow(root: string, name: string): readonly string[] {
  const real = realBelow(root, name);
  try {
    const entries = readdirSync(real, { withFileTypes: true });
    if (entries.length > MAX_NAMES) throw new GuestError(`${JSON.stringify(name)} holds more than ${MAX_NAMES} files`);
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  } catch (error) {
    throw error instanceof GuestError ? error : new GuestError(`${JSON.stringify(name)} is no folder`);
  }
}
