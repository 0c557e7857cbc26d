/**
 * The table of commands: what help shows, which flags are understood, and where the work is loaded from. A command's code
 * is imported when it is called, so that `millrace --help` starts none of the engine.
 */
import { LIMITS } from '../base/limits.ts';
import type { Flag, ParsedArguments } from './arguments.ts';

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** `[command line, what it shows]` */
  readonly examples: readonly (readonly [string, string])[];
  /** Resolves to the exit code. */
  readonly load: () => Promise<(args: ParsedArguments) => Promise<number>>;
}

export const ERROR_FORMATS = ['text', 'json'] as const;
const INPUT_FORMATS = ['json', 'ndjson'] as const;
const OUTPUT_FORMATS = ['json', 'json-compact', 'json-canonical', 'ndjson'] as const;
const KEY_MODES = ['string', 'numeric'] as const;
const NUMBER_MODES = ['strict', 'safe', 'extended'] as const;

const ERROR_FORMAT: Flag = {
  name: 'error-format',
  value: 'FORMAT',
  choices: ERROR_FORMATS,
  doc: 'how errors are written to stderr: text (default) | json, one line',
};

export const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    summary: 'run a program on one input, or on each record of a stream',
    usage: 'millrace run PROGRAM [INPUT] [flags]',
    flags: [
      {
        name: 'input',
        value: 'FILE',
        doc: "where the input is; '-' is stdin, which is also the default when something is piped in",
      },
      {
        name: 'from',
        value: 'FORMAT',
        choices: INPUT_FORMATS,
        doc: 'json (default): one value | ndjson: one record a line, run one by one',
      },
      { name: 'input-format', value: 'FORMAT', choices: INPUT_FORMATS, aliasOf: 'from', doc: 'the same as --from' },
      {
        name: 'to',
        value: 'FORMAT',
        choices: OUTPUT_FORMATS,
        doc: 'json (default for json) | json-compact | json-canonical, keys sorted | ndjson (default for ndjson)',
      },
      { name: 'output-format', value: 'FORMAT', choices: OUTPUT_FORMATS, aliasOf: 'to', doc: 'the same as --to' },
      { name: 'name', value: 'EXPORT', doc: 'what to run; default: the first TRANSFORM' },
      { name: 'transform', value: 'EXPORT', aliasOf: 'name', doc: 'the same as --name' },
      {
        name: 'limit',
        value: 'NAME=N,…',
        repeats: true,
        doc: `limits of one run: ${Object.keys(LIMITS).join(', ')}; bytes may end in kb, mb, gb`,
      },
      {
        name: 'grant',
        value: 'URI,…',
        repeats: true,
        doc: 'grant host:random too; host:clock and host:console are granted anyway',
      },
      {
        name: 'json-numbers',
        value: 'MODE',
        choices: NUMBER_MODES,
        doc: 'numbers beyond 53 bits: safe (default) prints them as strings | extended as digits | strict refuses',
      },
      {
        name: 'json-key-mode',
        value: 'MODE',
        choices: KEY_MODES,
        doc: 'string (default) | numeric: keys of nested objects that look like integers become integer keys',
      },
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace run enrich.bl --input order.json', 'one input, pretty result'],
      ['cat order.json | millrace run enrich.bl --to json-compact', 'the same from a pipe, on one line'],
      ['zcat orders.gz | millrace run enrich.bl --from ndjson > out.ndjson', 'each line a record, in flat memory'],
      ['millrace run rules.bl - --limit fuel=1e6,memory=64mb --error-format json', 'tight limits, errors for machines'],
    ],
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'check',
    summary: 'read programs and report every error, without running them',
    usage: 'millrace check PROGRAM… [flags]',
    flags: [{ name: 'json', doc: 'write the findings to stdout as one JSON array' }, ERROR_FORMAT],
    examples: [
      ['millrace check enrich.bl', 'errors with place and help, or ok'],
      ['millrace check *.bl --json', 'for editors and CI'],
    ],
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'disasm',
    summary: 'print the bytecode of a program with its source lines',
    usage: 'millrace disasm PROGRAM [flags]',
    flags: [ERROR_FORMAT],
    examples: [['millrace disasm enrich.bl', 'one block per TRANSFORM, FUNC and lambda']],
    load: async () => (await import('./disasm.ts')).disasmCommand,
  },
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
