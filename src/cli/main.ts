#!/usr/bin/env node
/**
 * Entry of the `millrace` command: finds the command, loads it, reports its failure, sets the exit code.
 *
 * Promises: data on stdout, talk on stderr; a closed pipe ends it silently. Must never import the engine itself: help and
 * usage errors start nothing.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { suggestName } from '../base/suggest.ts';
import { parseArguments } from './arguments.ts';
import { COMMANDS, type Command, ERROR_FORMATS, findCommand } from './commands.ts';
import { CliFailure, type ErrorFormat, EXIT_CODES, renderFailure, usageFailure } from './failure.ts';
import { renderCommandHelp, renderHelp } from './help.ts';
import { writeIoFailure } from './io-failure.ts';

interface Invocation {
  errorFormat: ErrorFormat;
  command: string | null;
}

const invocation: Invocation = { errorFormat: 'text', command: null };
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has gone (`| head`): nothing is left to do.
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok);
  process.exit(report(writeIoFailure('stdout', error)));
});
// Nobody listens any more: results are still wanted.
process.stderr.on('error', () => undefined);
try {
  process.exitCode = await dispatch(process.argv.slice(2), invocation);
} catch (error) {
  process.exitCode = report(error instanceof CliFailure ? error : (await import('./report.ts')).failureOf(error));
}

/** The exit code. */
function report(failure: CliFailure): number {
  process.stderr.write(`${renderFailure(failure, invocation.errorFormat, invocation.command, readVersion())}\n`);
  return EXIT_CODES[failure.kind];
}

async function dispatch(args: readonly string[], found: Invocation): Promise<number> {
  found.errorFormat = wantedErrorFormat(args);
  const at = commandIndex(args);
  const name = args[at];
  if (name === undefined) {
    if (args.includes('--help') || args.includes('-h')) return print(renderHelp());
    if (args.includes('--version') || args.includes('-v')) return print(`millrace ${readVersion()}`);
    const flag = args.find((arg) => arg.startsWith('-') && !arg.startsWith('--error-format'));
    if (flag !== undefined) throw usageFailure(`unknown flag '${flag}', and no command given`);
    throw new CliFailure('usage', 'no command given', {}, renderHelp());
  }
  const rest = [...args.slice(0, at), ...args.slice(at + 1)];
  if (name === 'help') return print(rest[0] === undefined ? renderHelp() : renderCommandHelp(requireCommand(rest[0])));
  const command = requireCommand(name);
  found.command = command.name;
  if (rest.includes('--help') || rest.includes('-h')) return print(renderCommandHelp(command));
  const parsed = parseArguments(rest, command.flags);
  return (await command.load())(parsed);
}

/** The flag may stand anywhere, before the command too, and holds for errors in the other flags. */
function wantedErrorFormat(args: readonly string[]): ErrorFormat {
  for (const [i, arg] of args.entries()) {
    const value =
      arg === '--error-format'
        ? args[i + 1]
        : arg.startsWith('--error-format=')
          ? arg.slice('--error-format='.length)
          : undefined;
    if (value === undefined) continue;
    const format = ERROR_FORMATS.find((f) => f === value);
    if (format === undefined) throw usageFailure(`--error-format takes ${ERROR_FORMATS.join(' | ')}, found '${value}'`);
    return format;
  }
  return 'text';
}

function commandIndex(args: readonly string[]): number {
  return args.findIndex((arg, i) => !arg.startsWith('-') && args[i - 1] !== '--error-format');
}

function requireCommand(name: string): Command {
  const command = findCommand(name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((c) => c.name);
  const near = name.endsWith('.bl') ? `run ${name}` : suggestName(name, names);
  throw usageFailure(
    `there is no command '${name}'; there are ${names.join(', ')}${near === undefined ? '' : `; did you mean 'millrace ${near}'?`}`,
  );
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT_CODES.ok;
}

/** Built files lie one level below package.json. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}
