/**
 * `millrace run`: one input to one result, or a stream of records to a stream of results.
 *
 * Promises: results go to stdout in input order and are flushed before a failure is reported; a stream is worked on
 * record by record in flat memory and stops at the first record that fails, naming its line.
 */
import { suggestName } from '../base/suggest.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import {
  areNumbersLoaded,
  JsonError,
  type JsonStyle,
  jsonPrinter,
  loadNumbers,
  type NumberMode,
  type ReadOptions,
  readJson,
} from '../formats/json.ts';
import { LineError, LineReader } from '../formats/lines.ts';
import type { ParsedArguments } from './arguments.ts';
import { CliFailure, EXIT_CODES, usageFailure } from './failure.ts';
import { loadProgram } from './host.ts';
import { displayName, isStdinPiped, isTerminal, readChunks, readText } from './input.ts';
import { parseLimits } from './limits.ts';
import { writeData } from './output.ts';
import { failureOf } from './report.ts';

/** One run of the chosen export: a value, or a promise where the program may have to wait. */
type RunExport = (input: unknown) => unknown;

interface Chosen {
  readonly run: RunExport;
  readonly waits: boolean;
  /** A transform's list is several records; a function's list is one value. */
  readonly isTransform: boolean;
}

interface Plan extends Chosen {
  readonly reading: ReadOptions;
  /** A run's result as text, line ends included. */
  readonly render: (result: unknown) => string;
}

const STDIN = '-';
/** Results wait for the end of a chunk of input, but no longer than this many characters. */
const FLUSH_LENGTH = 1 << 20;

export async function runCommand(args: ParsedArguments): Promise<number> {
  const [programPath, inputPath, ...more] = args.positionals;
  if (programPath === undefined) throw usageFailure('run takes a PROGRAM');
  if (more.length > 0) throw usageFailure(`run takes one PROGRAM and one INPUT, found '${more[0]}' too`);
  const input = chooseInput(programPath, inputPath, args.text('input'));
  const limits = parseLimits(args.texts('limit'));
  const grants = args.texts('grant').flatMap((text) => text.split(','));
  const program = await loadProgram(await readText(programPath), displayName(programPath), { limits, grants });
  const chosen = chooseExport(program, args.text('name'));
  const fromLines = args.text('from') === 'ndjson';
  const numbers = (args.text('json-numbers') ?? 'safe') as NumberMode;
  const plan: Plan = {
    ...chosen,
    reading: { numbers, numericKeys: args.text('json-key-mode') === 'numeric' },
    render: renderer(chosen, fromLines, args.text('to'), numbers),
  };
  if (fromLines) await runLines(plan, input ?? pipedInput());
  else await runOne(plan, input);
  return EXIT_CODES.ok;
}

function chooseInput(
  programPath: string,
  positional: string | undefined,
  flag: string | undefined,
): string | undefined {
  if (positional !== undefined && flag !== undefined)
    throw usageFailure(`the input is given twice: '${positional}' and --input ${flag}`);
  const chosen = positional ?? flag;
  if (chosen === STDIN && programPath === STDIN) throw usageFailure('stdin cannot be both the program and the input');
  return chosen ?? (programPath !== STDIN && isStdinPiped() ? STDIN : undefined);
}

function pipedInput(): string {
  if (isTerminal()) throw usageFailure('--from ndjson takes records from --input FILE or from a pipe');
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
  const run: RunExport = effects.waits
    ? (input) => program.runAsync(name, input, { input: 'trusted' })
    : program.get(name);
  return { run, waits: effects.waits, isTransform: kind === 'transform' };
}

function noSuchExport(names: readonly string[], wanted: string | undefined): string {
  const exports = `it exports ${names.join(', ') || 'nothing'}`;
  if (wanted === undefined) return `the program exports no TRANSFORM; choose with --name (${exports})`;
  const near = suggestName(wanted, names);
  return `the program does not export '${wanted}'; ${near === undefined ? exports : `did you mean ${near}?`}`;
}

function renderer(chosen: Chosen, fromLines: boolean, to: string | undefined, numbers: NumberMode): Plan['render'] {
  const format = to ?? (fromLines ? 'ndjson' : 'json');
  const print = jsonPrinter(format === 'ndjson' ? 'json-compact' : (format as JsonStyle), numbers);
  if (!chosen.isTransform || (format !== 'ndjson' && !fromLines)) return (result) => `${print(result)}\n`;
  return (result) => {
    if (result === null) return '';
    return Array.isArray(result) ? result.map((record) => `${print(record)}\n`).join('') : `${print(result)}\n`;
  };
}

async function runOne(plan: Plan, path: string | undefined): Promise<void> {
  const text = path === undefined ? '' : await readText(path);
  const input = text.trim() === '' ? {} : readInput(text, { ...plan.reading, name: displayName(path ?? STDIN) });
  if (!areNumbersLoaded()) await loadNumbers();
  await writeData(plan.render(await plan.run(input)));
}

async function runLines(plan: Plan, path: string): Promise<void> {
  const source = displayName(path);
  const reader = new LineReader();
  let line = 0;
  let results = '';
  const flush = async () => {
    const text = results;
    results = '';
    await writeData(text);
  };
  const runBatch = async (lines: readonly string[]) => {
    for (const text of lines) {
      line++;
      if (text.trim() === '') continue;
      try {
        const input = readInput(text, plan.reading);
        if (!areNumbersLoaded()) await loadNumbers();
        const result = plan.run(input);
        results += plan.render(plan.waits ? await result : result);
        if (results.length > FLUSH_LENGTH) await flush();
      } catch (error) {
        throw failureOf(error, { source, line });
      }
    }
  };
  try {
    for await (const chunk of readChunks(path)) {
      await runBatch(reader.push(chunk));
      await flush();
    }
    await runBatch(reader.finish());
  } catch (error) {
    await flush();
    throw error instanceof LineError ? new CliFailure('input', `${source}:${error.line}: ${error.message}`) : error;
  }
  await flush();
}

function readInput(text: string, options: ReadOptions): unknown {
  try {
    return readJson(text, options);
  } catch (error) {
    throw error instanceof JsonError ? new CliFailure('input', error.message) : error;
  }
}
