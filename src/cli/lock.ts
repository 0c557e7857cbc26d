/** `millrace lock`: writes down which modules the programs of a folder are made of, and what each may import. */
import { type LockedModule, lockOf } from '../engine/lock.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { inspectProgram } from './host.ts';
import { STDIN } from './input.ts';
import { lockPath, withPlaces } from './lock-file.ts';
import { readModuleFile } from './module-files.ts';
import { writeData } from './output.ts';
import { readTrustedKeys } from './trusted-keys.ts';
import { replaceText } from './write-file.ts';

/** All graphs are read before any lock is written. */
export async function lockCommand(args: ParsedArguments): Promise<number> {
  if (args.positionals.length === 0) throw usageFailure('lock takes at least one PROGRAM');
  const signedBy = await readTrustedKeys(args.texts('signed-by'));
  const locks = new Map<string, { readonly [uri: string]: LockedModule }>();
  for (const programPath of args.positionals) {
    if (programPath === STDIN)
      throw usageFailure('lock takes programs that are files: the lock is written beside them');
    const file = await readModuleFile(programPath);
    const report = withPlaces(await inspectProgram(file, programPath, signedBy), programPath);
    const lock = lockPath(programPath);
    locks.set(lock, { ...locks.get(lock), ...lockOf(report).modules });
  }
  for (const [file, modules] of locks) {
    const names = Object.keys(modules).sort();
    const sorted = Object.fromEntries(names.map((name) => [name, modules[name]]));
    await replaceText(file, `${JSON.stringify({ version: 1, modules: sorted }, null, 2)}\n`);
    await writeData(`${file}: ${names.join(', ')}\n`);
  }
  return EXIT_CODES.ok;
}
