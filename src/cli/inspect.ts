/**
 * `millrace inspect`: what a program and all that it imports can reach, and how that differs between two of them. Nothing is
 * granted, linked or run.
 */
import { type GraphReport, permissionChanges, permissionsOf } from '../engine/inspect.ts';
import { checkLock } from '../engine/lock.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { inspectProgram } from './host.ts';
import { hasChanges, renderChanges, renderGraph } from './inspect-report.ts';
import { lockBeside, withPlaces } from './lock-file.ts';
import { readModuleFile } from './module-files.ts';
import { writeData } from './output.ts';
import { readTrustedKeys } from './trusted-keys.ts';

export async function inspectCommand(args: ParsedArguments): Promise<number> {
  return args.has('diff') ? compare(args) : inspectOne(args);
}

/** The report comes first: a lock that refuses is a reason to read it. */
async function inspectOne(args: ParsedArguments): Promise<number> {
  const [programPath, ...more] = args.positionals;
  if (programPath === undefined || more.length > 0) throw usageFailure('inspect takes one PROGRAM');
  const report = await read(programPath, args);
  const data = { ...report, permissions: permissionsOf(report) };
  await writeData(args.has('json') ? toJson(data) : renderGraph(report));
  const lock = await lockBeside(programPath);
  if (lock !== undefined) checkLock(report, lock);
  return EXIT_CODES.ok;
}

/** Programs are compared by the places of their modules below each one's folder. */
async function compare(args: ParsedArguments): Promise<number> {
  const [oldPath, newPath, ...more] = args.positionals;
  if (oldPath === undefined || newPath === undefined || more.length > 0)
    throw usageFailure('inspect --diff takes two PROGRAMs, the old one first');
  const [before, after] = [
    withPlaces(await read(oldPath, args), oldPath),
    withPlaces(await read(newPath, args), newPath),
  ];
  const changes = permissionChanges(before, after);
  await writeData(args.has('json') ? toJson(changes) : renderChanges(changes));
  return hasChanges(changes) ? EXIT_CODES.findings : EXIT_CODES.ok;
}

async function read(programPath: string, args: ParsedArguments): Promise<GraphReport> {
  const signedBy = await readTrustedKeys(args.texts('signed-by'));
  return inspectProgram(await readModuleFile(programPath), programPath, signedBy);
}

function toJson(data: object): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
