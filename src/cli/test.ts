/**
 * `millrace test`: runs the scripts whose comments say what they must do, and says what differs.
 *
 * Promises: exit 0 exactly if every expectation holds; `--update` touches only the directives that do not, and replaces a
 * file whole.
 */
import { escapeControls } from '../base/render.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES, usageFailure } from './failure.ts';
import { readText } from './input.ts';
import { writeData } from './output.ts';
import { findPrograms, type ProgramFile } from './program-files.ts';
import { type Expectation, type Outcome, parseScript, ScriptError } from './script.ts';
import { differencesOf, directiveOf, updated } from './script-report.ts';
import { loadScript } from './script-run.ts';
import { replaceText } from './write-file.ts';

interface Result {
  readonly line: number;
  readonly state: 'passed' | 'failed' | 'updated';
  /** What was wanted and came out, as directives. */
  readonly wanted: string;
  readonly found: string;
  readonly differences: readonly string[];
}

interface FileResult {
  readonly file: string;
  readonly results: readonly Result[];
}

export async function testCommand(args: ParsedArguments): Promise<number> {
  const files = await findPrograms(args.positionals.length === 0 ? ['.'] : args.positionals);
  const asJson = args.has('json');
  const tested: FileResult[] = [];
  for (const file of files) {
    const results = await testFile(file, args.has('update'));
    if (results.length === 0) continue;
    tested.push({ file: file.path, results });
    if (!asJson) await writeData(rendered(file.path, results));
  }
  if (tested.length === 0)
    throw usageFailure('no program there expects anything; a line such as \'// expect: {"v":1}\' makes one a test');
  const all = tested.flatMap(({ results }) => results);
  const count = (state: Result['state']) => all.filter((result) => result.state === state).length;
  const totals = { passed: count('passed'), failed: count('failed'), updated: count('updated') };
  await writeData(asJson ? `${JSON.stringify({ ...totals, files: tested })}\n` : `${summary(tested.length, totals)}\n`);
  return totals.failed === 0 ? EXIT_CODES.ok : EXIT_CODES.findings;
}

async function testFile(file: ProgramFile, isUpdating: boolean): Promise<readonly Result[]> {
  const source = await readText(file.path);
  let expectations: readonly Expectation[];
  try {
    expectations = parseScript(source, file.path);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return [{ line: error.line, state: 'failed', wanted: '', found: '', differences: [error.message] }];
  }
  if (expectations.length === 0 && file.isNamed)
    return [{ line: 1, state: 'failed', wanted: '', found: '', differences: ['the program expects nothing'] }];
  const results: Result[] = [];
  let text = source;
  for (const { program, line, wanted } of expectations) {
    const outcome = await outcomeOf(program);
    const differences = differencesOf(outcome, wanted) ?? [];
    const change = isUpdating && differences.length > 0 ? updated(text, line, outcome, wanted) : undefined;
    text = change ?? text;
    const state = differences.length === 0 ? 'passed' : change === undefined ? 'failed' : 'updated';
    results.push({ line, state, wanted: directiveOf(wanted), found: directiveOf(outcome), differences });
  }
  if (text !== source) await replaceText(file.path, text);
  return results;
}

async function outcomeOf(program: Expectation['program']): Promise<Outcome> {
  const script = await loadScript(program, {});
  if (script.kind === 'load') return script;
  try {
    return await script.run();
  } finally {
    await script.close();
  }
}

/** Only what is not as wanted. */
function rendered(file: string, results: readonly Result[]): string {
  return results
    .filter(({ state }) => state !== 'passed')
    .map(({ line, state, differences }) =>
      [`${state} ${file}:${line}`, ...differences.map((text) => `  ${text}`)]
        .map((text) => `${escapeControls(text)}\n`)
        .join(''),
    )
    .join('');
}

function summary(files: number, { passed, failed, updated: changed }: Record<Result['state'], number>): string {
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(changed > 0 ? [`${changed} updated`] : []),
  ];
  return `${files} ${files === 1 ? 'file' : 'files'}: ${parts.join(', ')}`;
}
