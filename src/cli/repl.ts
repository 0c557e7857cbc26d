/**
 * `millrace repl`: entries from a terminal or a pipe, one after the other, in one session.
 *
 * Promises: values on stdout; errors on stderr unless somebody sits there, who sees both in one place anyway. A piped
 * session ends with exit code 1 if an entry failed. Ctrl-C leaves the entry, or the run, not the session.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { LIMITS } from '../base/limits.ts';
import { suggestName } from '../base/suggest.ts';
import { parse } from '../engine/json.ts';
import type { ParsedArguments } from './arguments.ts';
import { CliFailure, EXIT_CODES, usageFailure } from './failure.ts';
import { readText } from './input.ts';
import { parseLimits } from './limits.ts';
import { completionsFor } from './repl-completion.ts';
import { type Answer, Session } from './repl-session.ts';
import { replaceFile } from './write-file.ts';

export interface Console {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  /** Somebody sits there: prompts, line editing, history. */
  readonly isTerminal: boolean;
  /** Where entries are kept from one session to the next; null: nowhere. */
  readonly historyFile: string | null;
}

const PROMPT = '> ';
const MORE = '… ';
const HISTORY_SIZE = 1_000;

export const REPL_COMMANDS = {
  help: ['', 'this list'],
  load: ['FILE', 'take the declarations of a program, or a .json file as `input`'],
  disasm: ['ENTRY', 'the bytecode of an entry, without running it; alone: of the last one'],
  explain: ['[NAME]', 'how a variable, or a field of the last result, got its value; alone: the last result'],
  limits: ['[NAME=N,…]', 'show or set the limits of each entry'],
  reset: ['', 'forget variables and declarations'],
  quit: ['', 'leave; so does the end of the input'],
} as const;

export async function replCommand(args: ParsedArguments): Promise<number> {
  if (args.positionals.length > 0) throw usageFailure(`repl takes no file; type :load ${args.positionals[0]}`);
  return runRepl({
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    historyFile: args.has('no-history') ? null : (args.text('history') ?? defaultHistoryFile()),
  });
}

/** Resolves to the exit code when the input ends or `:quit` is entered. */
export function runRepl(console: Console): Promise<number> {
  return new Repl(console).run();
}

function defaultHistoryFile(): string {
  const state = process.env['XDG_STATE_HOME'];
  return path.join(
    state === undefined || state === '' ? path.join(homedir(), '.local/state') : state,
    'millrace/history',
  );
}

class Repl {
  readonly #console: Console;
  readonly #session = new Session();
  #lines: string[] = [];
  #lastEntry = '';
  #hasFailed = false;
  #running: AbortController | undefined;

  constructor(console: Console) {
    this.#console = console;
  }

  async run(): Promise<number> {
    const { input, output, isTerminal, historyFile } = this.#console;
    const keepsHistory = isTerminal && historyFile !== null;
    const history = keepsHistory ? await readHistory(historyFile) : [];
    const lines = createInterface({
      input,
      ...(isTerminal ? { output, history, historySize: HISTORY_SIZE, removeHistoryDuplicates: true } : {}),
      terminal: isTerminal,
      prompt: PROMPT,
      completer: (line: string) => completionsFor(line, this.#session, REPL_COMMANDS),
    });
    let newest: readonly string[] = history;
    lines.on('history', (entries: readonly string[]) => {
      newest = [...entries];
    });
    lines.on('SIGINT', () => this.#interrupt(lines));
    if (isTerminal)
      output.write('millrace: entries end with their line, unless a bracket is open; :help lists commands\n');
    if (isTerminal) lines.prompt();
    for await (const line of lines) {
      if ((await this.#line(line)) === 'quit') break;
      if (!isTerminal) continue;
      lines.setPrompt(this.#lines.length > 0 ? MORE : PROMPT);
      lines.prompt();
    }
    if (this.#lines.length > 0) await this.#enter(true);
    lines.close();
    if (keepsHistory) await writeHistory(historyFile, newest);
    return this.#hasFailed && !isTerminal ? EXIT_CODES.findings : EXIT_CODES.ok;
  }

  #interrupt(lines: Interface): void {
    if (this.#running !== undefined) {
      this.#running.abort();
      return;
    }
    this.#lines = [];
    this.#console.output.write('\n(:quit leaves)\n');
    lines.setPrompt(PROMPT);
    // Why both: the first empties the line that was being typed.
    lines.write(null, { ctrl: true, name: 'u' });
    lines.prompt();
  }

  async #line(line: string): Promise<'quit' | undefined> {
    const trimmed = line.trim();
    if (this.#lines.length === 0 && trimmed.startsWith(':')) return this.#command(trimmed);
    this.#lines.push(line);
    // An empty line ends an entry that waits for more, so that a wrong one can be left.
    await this.#enter(trimmed === '' && this.#lines.length > 1);
    return undefined;
  }

  async #enter(isLast: boolean): Promise<void> {
    const text = this.#lines.join('\n');
    this.#running = new AbortController();
    const answer = await this.#session.enter(text, { isLast, signal: this.#running.signal });
    this.#running = undefined;
    if (answer.kind === 'incomplete') return;
    this.#lines = [];
    if (text.trim() !== '') this.#lastEntry = text;
    this.#show(answer);
  }

  #show({ kind, text }: Answer): void {
    if (kind === 'failed') this.#hasFailed = true;
    if (text === '') return;
    const { output, errors, isTerminal } = this.#console;
    (kind === 'failed' && !isTerminal ? errors : output).write(`${text}\n`);
  }

  async #command(line: string): Promise<'quit' | undefined> {
    const [, name = '', argument = ''] = /^:(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
    try {
      switch (name) {
        case 'help':
          this.#show({ kind: 'shown', text: helpText() });
          break;
        case 'load':
          this.#show(await this.#load(argument));
          break;
        case 'disasm':
          this.#show(this.#session.disassemble(argument === '' ? this.#lastEntry : argument));
          break;
        case 'explain':
          this.#show(this.#session.explain(argument.trim()));
          break;
        case 'limits':
          if (argument !== '') this.#session.setLimits(parseLimits([argument]));
          this.#show({ kind: 'shown', text: this.#limitsText() });
          break;
        case 'reset':
          this.#session.reset();
          break;
        case 'quit':
          return 'quit';
        default: {
          const near = suggestName(name, Object.keys(REPL_COMMANDS));
          this.#show({
            kind: 'failed',
            text: `there is no command :${name}; ${near === undefined ? ':help lists them' : `did you mean :${near}?`}`,
          });
        }
      }
    } catch (error) {
      if (!(error instanceof CliFailure)) throw error;
      this.#show({ kind: 'failed', text: error.message });
    }
    return undefined;
  }

  async #load(file: string): Promise<Answer> {
    if (file === '') return { kind: 'failed', text: ':load takes a file' };
    const text = await readText(file);
    if (!file.endsWith('.json')) return this.#session.load(text, file);
    try {
      this.#session.setInput(parse(text));
      return { kind: 'shown', text: 'input' };
    } catch (error) {
      return { kind: 'failed', text: `${file}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  #limitsText(): string {
    const { limits } = this.#session;
    return Object.entries(LIMITS)
      .map(([name, row]) => `${name.padEnd(12)}${String(limits[name as keyof typeof limits]).padStart(14)}  ${row.doc}`)
      .join('\n');
  }
}

function helpText(): string {
  const rows = Object.entries(REPL_COMMANDS).map(
    ([name, [argument, doc]]) => [`:${name} ${argument}`.trim(), doc] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'An entry is an expression, statements (LET x = 1), or declarations (FUNC, TYPE, SHARED, IMPORT, TRANSFORM).',
    'Names live on. `input` starts as {}; LET input = … changes it.',
    ...rows.map(([left, doc]) => `  ${left.padEnd(width)}  ${doc}`),
  ].join('\n');
}

/** Newest first, as readline keeps them; entries of several lines are several. */
async function readHistory(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .reverse();
}

async function writeHistory(file: string, newestFirst: readonly string[]): Promise<void> {
  const lines = newestFirst.slice(0, HISTORY_SIZE).reverse();
  // What cannot be remembered is no reason to fail: the session is over.
  await replaceFile(file, `${lines.join('\n')}\n`).catch(() => undefined);
}
