/** Why a file or a stream could not be read or written, in words. */
import { CliFailure } from './failure.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'a part of its path is a file',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space is left',
  ENOTDIR: 'a part of its path is a file',
  EROFS: 'the file system is read-only',
};

export function readIoFailure(name: string, error: unknown): CliFailure {
  return ioFailure(`cannot read ${name}`, { ENOENT: 'there is no such file' }, error);
}

export function writeIoFailure(name: string, error: unknown): CliFailure {
  return ioFailure(`cannot write ${name}`, { ENOENT: 'a folder of its path is not there' }, error);
}

function ioFailure(fact: string, reasons: Readonly<Record<string, string>>, error: unknown): CliFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new CliFailure('io', `${fact}: ${reasons[code] ?? REASONS[code] ?? code}`);
}
