/** `millrace build`: a program in another form, with the same identity. Nothing of it runs. */
import path from 'node:path';
import process from 'node:process';
import { renderDiagnostic } from '../base/render.ts';
import { type BuildFormat, buildModule, type ModuleFile, type Signing } from '../engine/building.ts';
import type { ParsedArguments } from './arguments.ts';
import { BUILD_FORMATS, FORMAT_OF_FILE } from './build-flags.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { isSameFile } from './file-in-use.ts';
import { displayName, STDIN } from './input.ts';
import { readModuleFile } from './module-files.ts';
import { writeData } from './output.ts';
import { replaceFile } from './write-file.ts';

const SIGNING_FLAGS = ['sign', 'sign-as', 'valid-days'];

export async function buildCommand(args: ParsedArguments): Promise<number> {
  const [programPath, ...more] = args.positionals;
  if (programPath === undefined || more.length > 0) throw usageFailure('build takes one PROGRAM');
  const output = args.text('output');
  const format = chooseFormat(args.text('format'), output);
  checkFlags(args, format);
  const file = await readModuleFile(programPath);
  checkWay(file, format, displayName(programPath));
  const signing = await readSigning(args, programPath);
  const { content, identity, warnings } = await buildModule(file, displayName(programPath), {
    format,
    lines: args.has('strip') ? 'stripped' : 'kept',
    ...(signing === undefined ? {} : { signing }),
  });
  for (const warning of warnings) process.stderr.write(`${renderDiagnostic(warning)}\n`);
  await deliver(content, identity, { programPath, output });
  return EXIT_CODES.ok;
}

function chooseFormat(wanted: string | undefined, output: string | undefined): BuildFormat {
  const format = BUILD_FORMATS.find((f) => f === wanted) ?? FORMAT_OF_FILE[path.extname(output ?? '')];
  if (format === undefined) throw usageFailure(`build takes --format ${BUILD_FORMATS.join(' | ')}`);
  return format;
}

function checkFlags(args: ParsedArguments, format: BuildFormat): void {
  const signing = SIGNING_FLAGS.find((name) => args.has(name));
  if (signing !== undefined && format !== 'binary') throw usageFailure(`--${signing} is for --format binary`);
  if (signing !== undefined && !args.has('sign')) throw usageFailure(`--${signing} is for --sign KEY`);
  if (args.has('strip') && format === 'source') throw usageFailure('--strip is for --format json and binary');
}

function checkWay(file: ModuleFile, format: BuildFormat, name: string): void {
  if (typeof file !== 'string' && format !== 'binary')
    throw usageFailure(`there is no way back from ${name}, which is binary; build ${format} from its text or JSON AST`);
}

/** Why loaded on use: most modules are not signed. */
async function readSigning(args: ParsedArguments, programPath: string): Promise<Signing | undefined> {
  const key = args.text('sign');
  if (key === undefined) return undefined;
  const name = programPath === STDIN ? 'stdin' : path.basename(programPath, path.extname(programPath));
  return (await import('./signing.ts')).signingBy(key, {
    as: args.text('sign-as') ?? `${name}@0`,
    days: args.text('valid-days') ?? '365',
  });
}

interface Destination {
  readonly programPath: string;
  readonly output: string | undefined;
}

async function deliver(content: ModuleFile, identity: string, { programPath, output }: Destination): Promise<void> {
  if (output === undefined) {
    if (typeof content !== 'string' && process.stdout.isTTY)
      throw usageFailure('a terminal cannot show a binary; name a file with --output');
    await writeData(content);
    return;
  }
  // What is built has no comments: nobody means to lose them.
  if (isSameFile(programPath, output)) throw usageFailure(`--output ${output} is the program itself`);
  await replaceFile(output, content);
  process.stderr.write(`${output}: ${identity}\n`);
}
