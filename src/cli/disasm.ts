/** `millrace disasm`: the bytecode of a program, for people; of a text, of a JSON AST or of a binary. */
import { disassembleFile } from '../engine/building.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { displayName } from './input.ts';
import { readModuleFile } from './module-files.ts';
import { writeData } from './output.ts';

export async function disasmCommand(args: ParsedArguments): Promise<number> {
  const [path, ...more] = args.positionals;
  if (path === undefined || more.length > 0) throw usageFailure('disasm takes one PROGRAM');
  await writeData(`${await disassembleFile(await readModuleFile(path), displayName(path))}\n`);
  return EXIT_CODES.ok;
}
