/** `millrace check`: reads programs and reports what loading would, without running anything. */
import process from 'node:process';
import { type Diagnostic, diagnosticToJson } from '../base/diagnostic.ts';
import { renderDiagnostic } from '../base/render.ts';
import { checkSource } from '../engine/tools.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { displayName, readText } from './input.ts';
import { writeData } from './output.ts';
import { findPrograms } from './program-files.ts';
import { failureOfDiagnostics } from './report.ts';

export async function checkCommand(args: ParsedArguments): Promise<number> {
  if (args.positionals.length === 0) throw usageFailure('check takes at least one PROGRAM or FOLDER');
  const programs = await findPrograms(args.positionals);
  if (programs.length === 0) throw usageFailure(`there is no .bl file below ${args.positionals.join(', ')}`);
  const asJson = args.has('json');
  const findings: Diagnostic[] = [];
  for (const { path } of programs) {
    const name = displayName(path);
    const found = checkSource(await readText(path), name);
    findings.push(...found);
    if (!asJson && !found.some(isError)) await writeData(`${name}: ok\n`);
  }
  const failed = findings.some(isError);
  if (asJson) {
    await writeData(`${JSON.stringify(findings.map(diagnosticToJson))}\n`);
    return failed ? EXIT_CODES.input : EXIT_CODES.ok;
  }
  if (failed) throw failureOfDiagnostics(findings);
  for (const warning of findings) process.stderr.write(`${renderDiagnostic(warning)}\n`);
  return EXIT_CODES.ok;
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error';
}
