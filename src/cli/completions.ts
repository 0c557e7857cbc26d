/**
 * `millrace completions`: a script for a shell, derived from the table of commands, so that it knows what this version
 * knows. What comes after a flag is one of its choices, else a file.
 */
import type { Flag, ParsedArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { writeData } from './output.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];
type Commands = readonly Command[];

const SCRIPTS: Readonly<Record<Shell, (commands: Commands) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export async function completionsCommand(args: ParsedArguments, commands: Commands): Promise<number> {
  const [wanted, ...more] = args.positionals;
  const shell = SHELLS.find((name) => name === wanted);
  if (shell === undefined || more.length > 0) throw usageFailure(`completions takes one of ${SHELLS.join(', ')}`);
  await writeData(SCRIPTS[shell](commands));
  return EXIT_CODES.ok;
}

function bashScript(table: Commands): string {
  const commands = table.map(({ name, flags }) => {
    const choices = flags.flatMap(({ name: flag, choices: c }) =>
      c === undefined ? [] : [`${name}:--${flag}) words='${c.join(' ')}' ;;`],
    );
    return { name, flags: flags.map((flag) => `--${flag.name}`).join(' '), choices };
  });
  return `# eval "$(millrace completions bash)"
_millrace() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${[...table.map(({ name }) => name), 'help'].join(' ')} --help --version'
  elif [ "$command" = help ]; then
    words='${table.map(({ name }) => name).join(' ')}'
  elif [ "$command" = completions ] && [ "\${current#-}" = "$current" ]; then
    words='${SHELLS.join(' ')}'
  else
    case "$command:$previous" in
      ${commands.flatMap(({ choices }) => choices).join('\n      ')}
    esac
    if [ -z "$words" ] && [ "\${current#-}" != "$current" ]; then
      case "$command" in
        ${commands.map(({ name, flags }) => `${name}) words='${flags} --help' ;;`).join('\n        ')}
      esac
    fi
  fi
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o default -F _millrace millrace
`;
}

function zshScript(commands: Commands): string {
  const flagSpec = ({ name, value, choices, repeats, doc }: Flag) => {
    const action = choices === undefined ? '_files' : `(${choices.join(' ')})`;
    const argument = value === undefined ? '' : `:${zshText(value)}:${action}`;
    return `'${repeats === undefined ? '' : '*'}--${name}[${zshText(doc)}]${argument}'`;
  };
  const cases = commands.map(({ name, flags }) => {
    const rest = name === 'completions' ? `'1:shell:(${SHELLS.join(' ')})'` : `'*:file:_files'`;
    return `    ${name}) _arguments ${[...flags.map(flagSpec), rest].join(' \\\n      ')} ;;`;
  });
  return `#compdef millrace
# millrace completions zsh > "\${fpath[1]}/_millrace"
_millrace() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, summary }) => `      '${name}:${zshText(summary)}'`).join('\n')}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ "$funcstack[1]" == _millrace ]]; then _millrace "$@"; else compdef _millrace millrace; fi
`;
}

/** Inside single quotes and the brackets of a specification. */
function zshText(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(/[[\]:\\]/g, (c) => (c === '\\' ? c : `\\${c}`));
}

function fishScript(commands: Commands): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = [
    '# millrace completions fish > ~/.config/fish/completions/millrace.fish',
    `complete -c millrace -n "not __fish_seen_subcommand_from ${names}" -f`,
  ];
  for (const { name, summary, flags } of commands) {
    lines.push(`complete -c millrace -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${fishText(summary)}`);
    const isHere = `complete -c millrace -n "__fish_seen_subcommand_from ${name}"`;
    if (name === 'completions') lines.push(`${isHere} -f -a "${SHELLS.join(' ')}"`);
    for (const flag of flags) {
      const value =
        flag.value === undefined ? '' : flag.choices === undefined ? ' -r -F' : ` -x -a "${flag.choices.join(' ')}"`;
      lines.push(`${isHere} -l ${flag.name}${value} -d ${fishText(flag.doc)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
