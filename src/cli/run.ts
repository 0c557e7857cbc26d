/**
 * `millrace run`: one input to one result, or a stream of records to a stream of results.
 *
 * Promises: results go to stdout in input order and are flushed before a failure is reported.
 */
import process from 'node:process';
import { renderDiagnostic } from '../base/render.ts';
import { suggestName } from '../base/suggest.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import type { HostOptions } from '../engine/options.ts';
import { SoleWriterStore } from '../engine/sole-writer-store.ts';
import { type RecordsWriter, valueReader } from '../formats/codecs.ts';
import { FormatError } from '../formats/format-error.ts';
import { areNumbersLoaded, loadNumbers } from '../formats/json.ts';
import type { ParsedArguments } from './arguments.ts';
import type { JIT_MODES } from './commands.ts';
import { CliFailure, EXIT_CODES, usageFailure } from './failure.ts';
import { chooseFormats, type Formats, readFailure, sourceOf, writerOf } from './formats.ts';
import { parseGrants } from './grants.ts';
import { loadProgram } from './host.ts';
import { displayName, isStdinPiped, isTerminal, readText, STDIN } from './input.ts';
import { parseLimits } from './limits.ts';
import { type ModuleFile, readModuleFile } from './module-files.ts';
import { writeData } from './output.ts';
import { OUTPUT_FLAGS } from './output-flags.ts';
import { RecordRun } from './record-run.ts';
import { withWarnings } from './report.ts';
import type { Delivery } from './result-files.ts';
import { SHARED_FLAGS } from './shared-flags.ts';
import type { CommandTrace } from './trace.ts';
import { readTrustedKeys } from './trusted-keys.ts';

/** One run of the chosen export: a value, or a promise where the program may have to wait. */
type RunExport = (input: unknown) => unknown;

interface Chosen {
  readonly name: string;
  readonly run: RunExport;
  readonly waits: boolean;
  /** A transform's list is several records; a function's list is one value. */
  readonly isTransform: boolean;
}

export async function runCommand(args: ParsedArguments): Promise<number> {
  const [programPath, inputPath, ...more] = args.positionals;
  if (programPath === undefined) throw usageFailure('run takes a PROGRAM');
  if (more.length > 0) throw usageFailure(`run takes one PROGRAM and one INPUT, found '${more[0]}' too`);
  const input = chooseInput(programPath, inputPath, args.text('input'));
  const formats = chooseFormats(args, input);
  const deliver = await chooseDelivery(args, formats);
  const limits = parseLimits(args.texts('limit'));
  const grants = parseGrants(args.texts('grant'));
  const store = new SoleWriterStore();
  const file = await readModuleFile(programPath);
  checkTraceable(args, file, displayName(programPath));
  const signedBy = await readTrustedKeys(args.texts('signed-by'));
  const compiling = await chooseCompiling(args);
  const program = await loadProgram(file, programPath, {
    limits,
    grants,
    store,
    signedBy,
    compiling: compiling.options,
  });
  try {
    return await runProgram(args, program, { programPath, input, formats, deliver, store });
  } catch (error) {
    throw withWarnings(error, program.warnings);
  } finally {
    compiling.tell();
  }
}

interface Compiling {
  readonly options: Pick<HostOptions, 'jit' | 'internals'>;
  /** Says on stderr what became of it. */
  tell(): void;
}

/** Why loaded on use: most runs compile nothing, or nobody asks. */
async function chooseCompiling(args: ParsedArguments): Promise<Compiling> {
  const isReported = args.has('jit-report');
  const jit = (args.text('jit') ?? (isReported ? 'auto' : 'off')) as (typeof JIT_MODES)[number];
  if (jit === 'off') return { options: { jit }, tell: () => isReported && talk(['off: there is nothing to report']) };
  const { CompilerReport } = await import('../engine/compiler-report.ts');
  const report = new CompilerReport();
  const tell = (): void => talk(isReported ? report.lines() : [report.forbidden ?? []].flat());
  return { options: { jit, internals: { onCompiled: report.onCompiled } }, tell };
}

function talk(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `jit: ${line}\n`).join(''));
}

/** Before anything runs, which is when the engine would find out. */
function checkTraceable(args: ParsedArguments, file: ModuleFile, name: string): void {
  const flag = ['trace', 'explain'].find((wanted) => args.has(wanted));
  if (flag !== undefined && typeof file !== 'string')
    throw usageFailure(`--${flag} takes a program as text or JSON AST; ${name} is binary`);
}

interface Plan {
  readonly programPath: string;
  readonly input: string | undefined;
  readonly formats: Formats;
  readonly deliver: Delivery;
  readonly store: SoleWriterStore;
}

async function runProgram(args: ParsedArguments, program: LoadedModule, plan: Plan): Promise<number> {
  const { programPath, input, formats, deliver, store } = plan;
  // Why loaded on use: most runs share nothing.
  if (SHARED_FLAGS.some(({ name }) => args.has(name)))
    await (await import('./shared-files.ts')).fillShared(args, program, store, formats);
  const untraced = chooseExport(program, args.text('name'));
  const trace = await chooseTrace(args, formats);
  const chosen = trace === undefined ? untraced : { ...untraced, run: trace.runner(program, untraced) };
  const render = renderer(chosen, formats, await writerOf(formats));
  if (!formats.isStream) {
    try {
      await runOne(chosen.run, formats, (result) => deliver(result, render), input);
    } finally {
      trace?.finish();
    }
    return EXIT_CODES.ok;
  }
  const records = new RecordRun({
    run: chosen.run,
    waits: chosen.waits,
    render,
    path: input ?? pipedInput(programPath),
    programPath,
    errorsPath: args.text('errors'),
    each: formats.each,
    onRecord: trace === undefined ? undefined : (record) => trace.startRecord(record),
    programTalks: program.imports.some(({ uri }) => uri === 'host:console'),
  });
  const code = await records.runAll(await sourceOf(formats));
  if (code === EXIT_CODES.findings)
    process.stderr.write(program.warnings.map((w) => `${renderDiagnostic(w)}\n`).join(''));
  return code;
}

function chooseInput(
  programPath: string,
  positional: string | undefined,
  flag: string | undefined,
): string | undefined {
  if (positional !== undefined && flag !== undefined)
    throw usageFailure(`the input is given twice: '${positional}' and --input ${flag}`);
  const chosen = positional ?? flag;
  if (chosen === STDIN && programPath === STDIN) throw stdinTwice();
  return chosen ?? (programPath !== STDIN && isStdinPiped() ? STDIN : undefined);
}

function stdinTwice(): CliFailure {
  return usageFailure('stdin cannot be both the program and the input');
}

function pipedInput(programPath: string): string {
  if (programPath === STDIN) throw stdinTwice();
  if (isTerminal()) throw usageFailure('records come from --input FILE or from a pipe');
  return STDIN;
}

function chooseExport(program: LoadedModule, wanted: string | undefined): Chosen {
  const exported = program.exports;
  const chosen = exported.find((e) => (wanted === undefined ? e.kind === 'transform' : e.name === wanted));
  if (chosen === undefined)
    throw new CliFailure(
      'input',
      noSuchExport(
        exported.map((e) => e.name),
        wanted,
      ),
    );
  const { name, kind, effects } = chosen;
  // A shared read may wait too, and says so only when it does.
  const waits = effects.waits || program.shared.length > 0;
  const run: RunExport = waits ? (input) => program.runAsync(name, input, { input: 'trusted' }) : program.get(name);
  return { name, run, waits, isTransform: kind === 'transform' };
}

function noSuchExport(names: readonly string[], wanted: string | undefined): string {
  const exports = `it exports ${names.join(', ') || 'nothing'}`;
  if (wanted === undefined) return `the program exports no TRANSFORM; choose with --name (${exports})`;
  const near = suggestName(wanted, names);
  return `the program does not export '${wanted}'; ${near === undefined ? exports : `did you mean ${near}?`}`;
}

/** A run's result as text, line ends included. */
function renderer(
  { isTransform }: Chosen,
  { isStream, to }: Formats,
  write: RecordsWriter,
): (result: unknown) => string {
  const isRecords = to === 'csv' || (isTransform && (isStream || to === 'ndjson'));
  if (!isRecords) return (result) => write([result]);
  return (result) => {
    if (result === null) return '';
    return write(Array.isArray(result) ? result : [result]);
  };
}

/** Why loaded on use: most runs only print. */
async function chooseDelivery(args: ParsedArguments, formats: Formats): Promise<Delivery> {
  const given = OUTPUT_FLAGS.find(({ name }) => args.has(name))?.name;
  if (given === undefined) return async (result, render) => render(result);
  if (formats.isStream) throw usageFailure(`--${given} is for a single result, not for records`);
  return (await import('./result-files.ts')).readDelivery(args, formats);
}

/** Why loaded on use: most runs are not traced. */
async function chooseTrace(args: ParsedArguments, { isStream }: Formats): Promise<CommandTrace | undefined> {
  if (!args.has('trace') && !args.has('explain')) return undefined;
  const { CommandTrace } = await import('./trace.ts');
  return new CommandTrace(args, isStream);
}

async function runOne(
  run: RunExport,
  formats: Formats,
  deliver: (result: unknown) => Promise<string>,
  path: string | undefined,
): Promise<void> {
  const text = path === undefined ? '' : await readText(path);
  const input = text.trim() === '' ? {} : await readInput(text, formats, displayName(path ?? STDIN));
  if (!areNumbersLoaded()) await loadNumbers();
  await writeData(await deliver(await run(input)));
}

async function readInput(text: string, formats: Formats, name: string): Promise<unknown> {
  const { from } = formats;
  if (from === 'ndjson' || from === 'csv') throw new Error(`${from} is read as a stream`);
  const read = await valueReader(from, formats);
  try {
    return read(text);
  } catch (error) {
    throw error instanceof FormatError ? readFailure(name, error) : error;
  }
}
