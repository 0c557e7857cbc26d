/** Help texts, rendered from the table of commands. */
import type { Flag } from './arguments.ts';
import { COMMANDS, type Command } from './commands.ts';

export function renderHelp(): string {
  return [
    'millrace: run untrusted data pipelines, metered and without ambient authority',
    '',
    'usage: millrace COMMAND [flags]',
    '',
    ...rows(COMMANDS.map((command) => [command.name, command.summary])),
    '',
    ...rows([
      ['millrace help COMMAND', 'flags and examples of one command'],
      ['millrace --version', ''],
    ]),
    '',
    'exit codes: 0 ok · 1 findings · 64 usage · 65 program or input · 69 limit · 70 run time · 74 I/O · 77 refused · 130 Ctrl-C',
  ].join('\n');
}

export function renderCommandHelp(command: Command): string {
  return [
    `${command.summary}`,
    '',
    `usage: ${command.usage}`,
    '',
    ...rows(command.flags.map((flag) => [flagText(flag), flag.doc])),
    '',
    ...(command.details ?? []).flatMap(([heading, lines]) => [`${heading}:`, ...rows(lines), '']),
    'examples:',
    ...command.examples.flatMap(([line, what]) => [`  # ${what}`, `  ${line}`]),
  ].join('\n');
}

function flagText(flag: Flag): string {
  const name = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  if (flag.value === undefined) return name;
  return `${name} ${flag.bare === undefined ? flag.value : `[${flag.value}]`}`;
}

function rows(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}
