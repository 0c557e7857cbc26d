/** Whether two names, or a name and an open stream, are one file: links and redirections hide it. */
import { fstatSync, type Stats, statSync } from 'node:fs';

/** 0 to 2 are the streams of the process. */
export type FileName = string | 0 | 1 | 2;

/** Whether a path is another name for stderr. Opening one would empty a log, and fails on a socket. */
export function isStderr(path: string): boolean {
  return path === '-' || path === '/dev/stderr' || path === '/dev/fd/2';
}

/** False for devices and pipes, which are not emptied by being opened, and for what is not there. */
export function isSameFile(a: FileName, b: FileName): boolean {
  const [first, second] = [regularFile(a), regularFile(b)];
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

function regularFile(name: FileName): Stats | undefined {
  try {
    const stat = typeof name === 'number' ? fstatSync(name) : statSync(name);
    return stat.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
}
