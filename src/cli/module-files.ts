/**
 * Modules as files: what the command line reads for a program, and what it answers to an IMPORT of a module.
 *
 * Promises: an import gives only files below the folder of the program, judged on the real path, after links; anything else
 * is refused, whatever the URI looks like. One file has one URI: its place below that folder.
 */
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { decodeUtf8, displayName, readBytes, STDIN } from './input.ts';
import { readIoFailure } from './io-failure.ts';

/** A program text, the text of a JSON AST, or a binary module. */
export type ModuleFile = string | Uint8Array;

export type FileResolver = (
  uri: string,
  from: string,
) => Promise<{ readonly uri: string; readonly source: ModuleFile }>;

export async function readModuleFile(programPath: string): Promise<ModuleFile> {
  return moduleFileOf(await readBytes(programPath), displayName(programPath));
}

/** What a path has before the name of the file, as the user has written it. */
export function folderPrefix(programPath: string): string {
  return programPath.slice(0, programPath.length - path.basename(programPath).length);
}

/** A resolver for the modules that the program in `programPath` imports; URIs are paths as the user would write them. */
export function moduleFiles(programPath: string): FileResolver {
  const folder = path.dirname(programPath);
  const prefix = folderPrefix(programPath);
  return async (uri, from) => {
    if (programPath === STDIN) throw new Error('a program that comes from stdin has no files beside it');
    if (!/^\.\.?\//.test(uri))
      throw new Error(`only files beside the program can be imported, such as "./${path.posix.basename(uri)}"`);
    const file = path.join(path.dirname(from), uri);
    const [root, real] = await Promise.all([realPath(folder), realPath(file)]);
    const below = path.relative(root, real);
    if (below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below))
      throw new Error(`${file} is not below ${folder}`);
    const name = prefix + below.split(path.sep).join('/');
    return { uri: name, source: moduleFileOf(await readOrExplain(real, name), name) };
  };
}

/** No text begins with NUL, and every binary module does. */
function moduleFileOf(bytes: Uint8Array, name: string): ModuleFile {
  return bytes[0] === 0 ? bytes : decodeUtf8(bytes, name);
}

async function realPath(file: string): Promise<string> {
  return realpath(file).catch((error: unknown) => {
    throw readIoFailure(file, error);
  });
}

async function readOrExplain(real: string, name: string): Promise<Uint8Array> {
  return readFile(real).catch((error: unknown) => {
    throw readIoFailure(name, error);
  });
}
