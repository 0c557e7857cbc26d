/**
 * The table of commands: what help shows, which flags are understood, and where the work is loaded from. A command's code
 * is imported when it is called, so that `millrace --help` starts none of the engine.
 */
import { LIMITS } from '../base/limits.ts';
import { INPUT_FORMATS, OUTPUT_FORMATS } from '../formats/names.ts';
import type { Flag, ParsedArguments } from './arguments.ts';
import { BUILD_FLAGS } from './build-flags.ts';
import { DIRECTIVES } from './directives.ts';
import { ALWAYS_GRANTED, OFFERS, type Offer } from './offers.ts';
import { OUTPUT_FLAGS } from './output-flags.ts';
import { SHARED_FLAGS } from './shared-flags.ts';

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** `[command line, what it shows]` */
  readonly examples: readonly (readonly [string, string])[];
  /** Further lines of help, as headings and `[left, right]`. */
  readonly details?: readonly (readonly [heading: string, rows: readonly (readonly [string, string])[]])[];
  /** Resolves to the exit code. */
  readonly load: () => Promise<(args: ParsedArguments) => Promise<number>>;
}

export const ERROR_FORMATS = ['text', 'json'] as const;
export const JIT_MODES = ['auto', 'off', 'eager'] as const;
const KEY_MODES = ['string', 'numeric'] as const;
const TRACE_FORMATS = ['text', 'json'] as const;
const NUMBER_MODES = ['strict', 'safe', 'extended'] as const;

const ERROR_FORMAT: Flag = {
  name: 'error-format',
  value: 'FORMAT',
  choices: ERROR_FORMATS,
  doc: 'how errors are written to stderr: text (default) | json, one line',
};

const SIGNED_BY: Flag = {
  name: 'signed-by',
  value: 'KEY',
  repeats: true,
  doc: 'take only binary modules, imported ones too, that this ed25519 public key has signed: a PEM file',
};

const VALUE_TEXT: Readonly<Record<Offer['needsValue'], (value: string) => string>> = {
  always: (value) => `=${value}`,
  may: (value) => `[=${value}]`,
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
        doc: 'json, xml, yaml: one value | ndjson, csv: records, run one by one; default: by the name of the input, else json',
      },
      { name: 'input-format', value: 'FORMAT', choices: INPUT_FORMATS, aliasOf: 'from', doc: 'the same as --from' },
      {
        name: 'to',
        value: 'FORMAT',
        choices: OUTPUT_FORMATS,
        doc: 'json (default) | json-compact | json-canonical, keys sorted | ndjson (default for records) | csv | xml | xml-compact | yaml',
      },
      { name: 'output-format', value: 'FORMAT', choices: OUTPUT_FORMATS, aliasOf: 'to', doc: 'the same as --to' },
      {
        name: 'each',
        value: 'PATH',
        doc: "run each item of one JSON document of any size, e.g. '$.items[*]'",
      },
      {
        name: 'errors',
        value: 'FILE',
        doc: "set bad records aside in FILE ('-' is stderr), go on, and exit with 1; without it the first one ends the run",
      },
      {
        name: 'delimiter',
        value: 'CHAR',
        doc: "between fields of CSV: ',' (default) | ';' | tab (default for .tsv) | …",
      },
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
        doc: 'grant a capability, narrowed behind =; nothing is granted but what is listed below as granted anyway',
      },
      SIGNED_BY,
      {
        name: 'trace',
        value: 'FORMAT',
        choices: TRACE_FORMATS,
        bare: 'text',
        doc: 'report on stderr what the run did: events, hot spots, reads; text (default) | json, one line',
      },
      {
        name: 'explain',
        value: 'FIELD',
        repeats: true,
        doc: 'print on stderr how a field of the output got its value: total, lines[0].price, [1].total',
      },
      {
        name: 'jit',
        value: 'MODE',
        choices: JIT_MODES,
        doc: 'hot code becomes JavaScript: off (default) | auto, once that pays | eager, at the first call',
      },
      {
        name: 'jit-report',
        doc: 'print on stderr what became JavaScript, why not, and at what cost; without --jit: auto',
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
      ...SHARED_FLAGS,
      ...OUTPUT_FLAGS,
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace run enrich.bl --input order.json', 'one input, pretty result'],
      ['cat order.json | millrace run enrich.bl --to json-compact', 'the same from a pipe, on one line'],
      ['zcat orders.gz | millrace run enrich.bl --from ndjson > out.ndjson', 'each line a record, in flat memory'],
      ['millrace run clean.bl people.csv --to csv --errors bad.ndjson > clean.csv', 'CSV, bad rows set aside'],
      ["millrace run enrich.bl huge.json --each '$.orders[*]'", 'the items of one huge document'],
      ['millrace run rules.bl - --limit fuel=1e6,memory=64mb --error-format json', 'tight limits, errors for machines'],
      ['millrace run order.bl order.json --output-path lines[0].sku --output-raw', 'one text, without quotes'],
      [
        'millrace run price.bl order.json --shared-dir rates=rates/ --shared-format json',
        'files for a program that declares SHARED rates MANY',
      ],
      ['millrace run site.bl --write-output-dir public', 'the files that the program makes, below public/'],
      ['millrace run rates.bl --grant host:http=GET:api.example', 'may read from one host, and reach nothing else'],
      [
        'millrace run enrich.bl orders.ndjson --jit-report > out.ndjson',
        'what became JavaScript on the way, on stderr',
      ],
      ['millrace run plugin.blb --signed-by vendor.pem', 'only if the vendor has signed it, and all that it imports'],
    ],
    details: [
      [
        'capabilities',
        [
          ...Object.entries(ALWAYS_GRANTED).map(([uri, doc]) => [uri, `granted anyway: ${doc}`] as const),
          ...OFFERS.map(({ uri, value, needsValue, doc }) => [`${uri}${VALUE_TEXT[needsValue](value)}`, doc] as const),
        ],
      ],
      [
        'a line of the --errors file has',
        [
          ['record, line, source', 'which record it is, from 1, and where it starts'],
          ['error', 'code and message; trail: the place in the program and the calls that led there, innermost first'],
          ['input', 'the value of the record; its text, as one JSON string, where it could not be read'],
        ],
      ],
    ],
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'check',
    summary: 'read programs and report every error, without running them',
    usage: 'millrace check PROGRAM|FOLDER|-… [flags]',
    flags: [
      {
        name: 'json',
        doc: 'write all findings to stdout as one JSON array; lines and columns count from 1, ends are behind',
      },
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace check enrich.bl', 'errors with place and help, or ok'],
      ['millrace check rules/ --json', 'every .bl file below a folder, for editors and CI'],
      ['millrace check - --json < unsaved.bl', 'a text that is in no file yet'],
    ],
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'fmt',
    summary: 'lay out programs: to stdout, or in place with --write',
    usage: 'millrace fmt FILE|FOLDER|-… [flags]',
    flags: [
      { name: 'check', doc: 'write nothing but the names of files that would change; exit 1 if there are any' },
      { name: 'write', doc: 'replace the files that change, and name them; a byte order mark stays' },
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace fmt enrich.bl', 'the formatted program on stdout'],
      ['millrace fmt --write .', 'every .bl file below this folder'],
      ['millrace fmt --check rules/', 'for CI'],
    ],
    load: async () => (await import('./fmt.ts')).fmtCommand,
  },
  {
    name: 'test',
    summary: 'run programs whose comments say what must come out',
    usage: 'millrace test [FILE|FOLDER]… [flags]',
    flags: [
      { name: 'update', doc: 'write what came out into the directives that say something else' },
      { name: 'json', doc: 'one JSON report on stdout' },
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace test', 'every script below this folder; exit 1 if one fails'],
      ['millrace test rules/vat.bl --update', 'take what comes out now as right'],
    ],
    details: [
      [
        'A script is a program with comment lines such as',
        Object.entries(DIRECTIVES).map(([name, [value, doc]]) => [`// ${name}: ${value}`, doc] as const),
      ],
    ],
    load: async () => (await import('./test.ts')).testCommand,
  },
  {
    name: 'repl',
    summary: 'try expressions, statements and declarations one by one',
    usage: 'millrace repl [flags]',
    flags: [
      {
        name: 'history',
        value: 'FILE',
        doc: 'where entries are kept; default: millrace/history in the state folder of the user',
      },
      { name: 'no-history', doc: 'keep no entries' },
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace repl', 'Tab completes names, :help lists commands'],
      ['echo \'UPPER("a")\' | millrace repl', 'prints "A"'],
    ],
    load: async () => (await import('./repl.ts')).replCommand,
  },
  {
    name: 'build',
    summary: 'turn a program into another form: JSON AST, binary, or readable source again',
    usage: 'millrace build PROGRAM [flags]',
    flags: [...BUILD_FLAGS, ERROR_FORMAT],
    examples: [
      ['millrace build enrich.bl -o enrich.blb', 'the bytecode, which `millrace run` takes like the source'],
      ['millrace build enrich.bl --format json --strip', 'the JSON AST without places in the text'],
      ['millrace build enrich.json --format source', 'from JSON AST back to source'],
      ['millrace build enrich.bl -o enrich.blb --sign key.pem --sign-as enrich@1.2', 'signed for a year'],
    ],
    load: async () => (await import('./build.ts')).buildCommand,
  },
  {
    name: 'inspect',
    summary: 'show what a program and all that it imports can reach, without running it',
    usage: 'millrace inspect PROGRAM | --diff OLD NEW [flags]',
    flags: [
      { name: 'diff', doc: 'show what the second program asks for that the first does not; exit 1 if that differs' },
      { name: 'json', doc: 'one JSON report on stdout' },
      SIGNED_BY,
      ERROR_FORMAT,
    ],
    examples: [
      ['millrace inspect plugin.blb', 'its modules, their imports and exports; a lock beside it is checked'],
      ['millrace inspect --diff plugin-1.0.blb plugin-1.1.blb', 'new permissions have a + in front'],
    ],
    load: async () => (await import('./inspect.ts')).inspectCommand,
  },
  {
    name: 'lock',
    summary: 'write millrace.lock beside programs: their modules, and what each may import',
    usage: 'millrace lock PROGRAM… [flags]',
    flags: [SIGNED_BY, ERROR_FORMAT],
    examples: [['millrace lock orders.bl returns.bl', 'from now on `run` refuses other modules in this folder']],
    load: async () => (await import('./lock.ts')).lockCommand,
  },
  {
    name: 'disasm',
    summary: 'print the bytecode of a program with its source lines',
    usage: 'millrace disasm PROGRAM [flags]',
    flags: [ERROR_FORMAT],
    examples: [
      ['millrace disasm enrich.bl', 'one block per TRANSFORM, FUNC and lambda'],
      ['millrace disasm enrich.blb', 'of a binary or JSON AST, with the numbers of the lines'],
    ],
    load: async () => (await import('./disasm.ts')).disasmCommand,
  },
  {
    name: 'jit',
    summary: 'print the JavaScript that a program becomes when it is hot, beside its lines',
    usage: 'millrace jit PROGRAM [flags]',
    flags: [ERROR_FORMAT],
    examples: [['millrace jit enrich.bl', 'one function per TRANSFORM, FUNC and lambda, or why it has none']],
    load: async () => (await import('./jit.ts')).jitCommand,
  },
  {
    name: 'completions',
    summary: 'print completions for a shell: bash, zsh or fish',
    usage: 'millrace completions bash|zsh|fish',
    flags: [ERROR_FORMAT],
    examples: [['eval "$(millrace completions bash)"', 'in ~/.bashrc']],
    load: async () => {
      const { completionsCommand } = await import('./completions.ts');
      return (args) => completionsCommand(args, COMMANDS);
    },
  },
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
