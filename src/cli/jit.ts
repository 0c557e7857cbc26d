/** `millrace jit`: the JavaScript that a program becomes when it is hot, beside its lines. Nothing of it runs. */
import { listJavaScript } from '../engine/compiling.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { displayName } from './input.ts';
import { moduleFiles, readModuleFile } from './module-files.ts';
import { writeData } from './output.ts';

export async function jitCommand(args: ParsedArguments): Promise<number> {
  const [path, ...more] = args.positionals;
  if (path === undefined || more.length > 0) throw usageFailure('jit takes one PROGRAM');
  await writeData(`${await listJavaScript(await readModuleFile(path), displayName(path), moduleFiles(path))}\n`);
  return EXIT_CODES.ok;
}
