/** `millrace disasm`: the bytecode that the compiler makes of a program, for people. */
import { disassembleSource } from '../engine/tools.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { displayName, readText } from './input.ts';
import { writeData } from './output.ts';
import { failureOfDiagnostics } from './report.ts';

export async function disasmCommand(args: ParsedArguments): Promise<number> {
  const [path, ...more] = args.positionals;
  if (path === undefined || more.length > 0) throw usageFailure('disasm takes one PROGRAM');
  const result = disassembleSource(await readText(path), displayName(path), {});
  if ('diagnostics' in result) throw failureOfDiagnostics(result.diagnostics);
  await writeData(`${result.text}\n`);
  return EXIT_CODES.ok;
}
