/**
 * Test scripts: a program whose comments say what it must do. One behaviour each, 5 to 15 lines.
 *
 *   // input: {"a":1}                    input of the run that the next `expect` describes; null unless given
 *   // expect: {"v":1}                   the result, in the notation of notation.ts
 *   // expect error: MR6003 @4 IllegalArgumentException Division by zero
 *   // expect load: MR2001 @3:9 'zz'     a finding with this code and place whose message holds the text
 *   // options: fuel=1000 memory=8000000 limits of the runs
 *   // export: Name                      runs this export
 *   // grants: host:console
 *   // printed: ["x"]                    what the console received
 *   // resume: [1]                       answers to SUSPEND
 *   // requests: ["q"]                   what SUSPEND asked for
 *   // waits: [50]                       how long BACKOFF wanted to wait; the program then goes through runAsync
 *
 * A place is `@line` or `@line:column`. The comments stay in the program, so lines are those of the file.
 */
import type { Limits } from '../../src/index.ts';
import type { Notation } from './notation.ts';
import type { Outcome, Program } from './run-program.ts';

export interface Expectation {
  readonly program: Program;
  readonly line: number;
  readonly wanted: Wanted;
}

export type Wanted =
  | ({ readonly kind: 'value' } & WantedValue)
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly place: string;
      readonly type: string;
      readonly message: string;
    }
  | { readonly kind: 'load'; readonly code: string; readonly place: string; readonly text: string };

/** The result, and what the world outside saw on the way to it. */
interface WantedValue {
  readonly value: Notation;
  readonly printed: readonly string[];
  readonly requests: readonly Notation[];
  readonly waits: readonly number[];
}

const DIRECTIVE =
  /^\/\/ (input|expect|expect error|expect load|options|export|grants|printed|resume|requests|waits):(?: (.*))?$/;
const VERDICT = /^(MR\d{4})?\s*(?:@(\d+(?::\d+)?))?\s*(.*)$/;

export function parseScript(source: string): readonly Expectation[] {
  const directives = source.split('\n').flatMap((text, i) => {
    const match = DIRECTIVE.exec(text.trim());
    return match === null ? [] : [{ name: match[1] as string, content: match[2] ?? '', line: i + 1 }];
  });
  const single = (name: string) => directives.find((d) => d.name === name)?.content;
  const list = <T>(name: string): readonly T[] | undefined => {
    const content = single(name);
    return content === undefined ? undefined : (JSON.parse(content) as readonly T[]);
  };
  const answers = list<Notation>('resume');
  const waits = list<number>('waits');
  const seen = {
    printed: list<string>('printed') ?? [],
    requests: list<Notation>('requests') ?? [],
    waits: waits ?? [],
  };
  const exportName = single('export');
  const options = single('options');
  const grants = single('grants');
  const expectations: Expectation[] = [];
  let input: Notation | undefined;
  for (const { name, content, line } of directives) {
    if (name === 'input') input = JSON.parse(content) as Notation;
    if (!name.startsWith('expect')) continue;
    const program: Program = {
      source,
      ...(input === undefined ? {} : { input }),
      ...(options === undefined ? {} : { limits: parseLimits(options) }),
      ...(exportName === undefined ? {} : { exportName }),
      ...(grants === undefined ? {} : { grants: grants.split(' ') }),
      ...(answers === undefined ? {} : { answers }),
      ...(waits === undefined ? {} : { mayWait: true }),
    };
    const wanted: Wanted =
      name === 'expect'
        ? { kind: 'value', value: JSON.parse(content) as Notation, ...seen }
        : parseVerdict(name, content);
    expectations.push({ program, line, wanted });
    input = undefined;
  }
  return expectations;
}

/** Says how an outcome differs from what was wanted; undefined when it does not. */
export function difference(outcome: Outcome, wanted: Wanted): string | undefined {
  const got = JSON.stringify(outcome);
  switch (wanted.kind) {
    case 'value':
      return JSON.stringify(outcome) === JSON.stringify(wanted)
        ? undefined
        : `wanted ${JSON.stringify(wanted)}, got ${got}`;
    case 'error':
      return outcome.kind === 'error' &&
        outcome.code === wanted.code &&
        (wanted.type === '' || outcome.type === wanted.type) &&
        (wanted.message === '' || outcome.message === wanted.message) &&
        isAt(outcome.place, wanted.place)
        ? undefined
        : `wanted ${JSON.stringify(wanted)}, got ${got}`;
    case 'load':
      return outcome.kind === 'load' &&
        outcome.findings.some(
          (f) => f.code === wanted.code && isAt(f.place, wanted.place) && f.message.includes(wanted.text),
        )
        ? undefined
        : `wanted ${JSON.stringify(wanted)}, got ${got}`;
  }
}

function isAt(place: string, wanted: string): boolean {
  return wanted === '' || place === wanted || (!wanted.includes(':') && place.startsWith(`${wanted}:`));
}

function parseVerdict(name: string, content: string): Wanted {
  const match = VERDICT.exec(content) as RegExpExecArray;
  const [, code = '', place = '', rest = ''] = match;
  if (name === 'expect load') return { kind: 'load', code, place, text: rest };
  const space = rest.indexOf(' ');
  return {
    kind: 'error',
    code,
    place,
    type: space < 0 ? rest : rest.slice(0, space),
    message: space < 0 ? '' : rest.slice(space + 1),
  };
}

function parseLimits(text: string): Partial<Limits> {
  const limits: Record<string, number> = {};
  for (const pair of text.split(' ')) {
    const [name, value] = pair.split('=');
    limits[name as string] = Number(value);
  }
  return limits;
}
