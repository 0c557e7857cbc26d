/**
 * Command-line flags: each is one row of a table from which parsing, checking and help follow.
 *
 * Why `node:util` parseArgs and not a package: it is strict about unknown flags, ships with Node, and adds nothing to the
 * start of a process; help is twenty lines over the same table.
 */
import { parseArgs } from 'node:util';
import { suggestName } from '../base/suggest.ts';
import { usageFailure } from './failure.ts';

export interface Flag {
  readonly name: string;
  /** One letter that stands for the name behind a single dash. */
  readonly short?: string;
  /** Placeholder of the value in help; a flag without one is a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The choice that the flag alone stands for: its value may be left out. */
  readonly bare?: string;
  readonly repeats?: true;
  /** Another spelling of that flag, kept for scripts written for upstream's tool. */
  readonly aliasOf?: string;
  readonly doc: string;
}

export interface ParsedArguments {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
}

export function parseArguments(args: readonly string[], flags: readonly Flag[]): ParsedArguments {
  const options = Object.fromEntries(
    flags.map((flag) => [
      flag.name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  );
  let parsed: { readonly values: Record<string, unknown>; readonly positionals: readonly string[] };
  try {
    parsed = parseArgs({ args: withBareValues(args, flags), options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageFailure(explain(error, args, flags));
  }
  const given = new Map<string, readonly unknown[]>();
  for (const flag of flags) {
    const values = parsed.values[flag.name];
    if (!Array.isArray(values)) continue;
    const target = flag.aliasOf ?? flag.name;
    if (given.has(target)) throw usageFailure(`--${flag.name} says the same as --${target}; give one of them`);
    if (values.length > 1 && flag.repeats === undefined)
      throw usageFailure(`--${flag.name} is given ${values.length} times`);
    given.set(target, flag.choices === undefined ? values : values.map((value) => choose(flag, String(value))));
  }
  const texts = (name: string) => (given.get(name) ?? []).map(String);
  return { positionals: parsed.positionals, has: (name) => given.has(name), text: (name) => texts(name)[0], texts };
}

/** A flag whose value may be left out takes the next argument only if that is one of its choices. */
function withBareValues(args: readonly string[], flags: readonly Flag[]): string[] {
  return args.map((arg, i) => {
    const flag = flags.find(({ name, bare }) => bare !== undefined && arg === `--${name}`);
    const isGiven = flag?.choices?.includes(args[i + 1] ?? '') === true;
    return flag === undefined || isGiven ? arg : `${arg}=${flag.bare}`;
  });
}

/** Underscores are taken for dashes: upstream documents both spellings of its formats. */
function choose(flag: Flag, value: string): string {
  const choice = flag.choices?.find((c) => c === value.replaceAll('_', '-'));
  if (choice === undefined) throw usageFailure(`--${flag.name} takes ${flag.choices?.join(' | ')}, found '${value}'`);
  return choice;
}

function explain(error: unknown, args: readonly string[], flags: readonly Flag[]): string {
  const known = flags.map((flag) => flag.name);
  const isKnown = (arg: string): boolean =>
    known.includes(flagName(arg)) || flags.some(({ short }) => short !== undefined && arg.startsWith(`-${short}`));
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '-' && !isKnown(arg));
  if (hasCode(error, 'ERR_PARSE_ARGS_UNKNOWN_OPTION') && unknown !== undefined) {
    const near = suggestName(flagName(unknown), known);
    return `unknown flag '${unknown}'${near === undefined ? '' : `; did you mean --${near}?`}`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n', 1)[0] as string).replace(/^Option/, 'the flag');
}

function flagName(arg: string): string {
  return arg.replace(/^-+/, '').split('=', 1)[0] as string;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
