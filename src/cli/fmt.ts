/**
 * `millrace fmt`: programs in the layout of the house, to stdout or in place.
 *
 * Promises: a file is replaced whole or left alone; one with errors is left alone, and the others are still formatted.
 */
import process from 'node:process';
import type { Diagnostic } from '../base/diagnostic.ts';
import { renderDiagnostic } from '../base/render.ts';
import { formatProgram } from '../engine/editing.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { displayName, readText } from './input.ts';
import { writeData } from './output.ts';
import { findPrograms } from './program-files.ts';
import { failureOfDiagnostics } from './report.ts';
import { replaceText } from './write-file.ts';

type Mode = 'print' | 'check' | 'write';

const STDIN = '-';

export async function fmtCommand(args: ParsedArguments): Promise<number> {
  const { positionals } = args;
  if (args.has('check') && args.has('write')) throw usageFailure('give one of --check and --write');
  const mode: Mode = args.has('check') ? 'check' : args.has('write') ? 'write' : 'print';
  if (positionals.length === 0) throw usageFailure(`fmt takes files, folders, or '${STDIN}' for stdin`);
  if (positionals.includes(STDIN) && (mode === 'write' || positionals.length > 1))
    throw usageFailure("'-' stands alone, and there is nothing to --write to");
  const paths = positionals.includes(STDIN) ? [STDIN] : (await findPrograms(positionals)).map((file) => file.path);
  if (mode === 'print' && paths.length > 1)
    throw usageFailure(`${paths.length} files would be printed as one; give --write or --check`);
  return formatAll(paths, mode);
}

async function formatAll(paths: readonly string[], mode: Mode): Promise<number> {
  const findings: Diagnostic[] = [];
  let changed = 0;
  for (const path of paths) {
    const text = await readText(path);
    const result = formatProgram(text, displayName(path));
    if ('diagnostics' in result) {
      findings.push(...result.diagnostics);
      continue;
    }
    if (mode === 'print') await writeData(result.text);
    if (result.text === text) continue;
    changed++;
    if (mode === 'write') await replaceText(path, result.text);
    if (mode !== 'print') await writeData(`${displayName(path)}\n`);
  }
  if (findings.some((d) => d.severity === 'error')) throw failureOfDiagnostics(findings);
  for (const warning of findings) process.stderr.write(`${renderDiagnostic(warning)}\n`);
  if (mode === 'check' && changed > 0) {
    process.stderr.write(`${changed} of ${paths.length} would change; millrace fmt --write changes them\n`);
    return EXIT_CODES.findings;
  }
  return EXIT_CODES.ok;
}
