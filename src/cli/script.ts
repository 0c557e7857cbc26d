/**
 * Test scripts: programs whose comments say what they must do. Read here, run by script-run.ts; the language's own tests
 * are such scripts too. A comment is a directive if it stands on its own line; it stays in the program, so lines are those
 * of the file.
 */
import { LIMITS, type Limits } from '../base/limits.ts';
import type { Notation } from '../formats/notation.ts';
import { DIRECTIVES, type DirectiveName, GRANTABLE } from './directives.ts';

/** One run of a script's program. */
export interface ScriptProgram {
  readonly source: string;
  /** Names the program in places; `program.bl` unless given. */
  readonly name?: string;
  readonly input?: Notation;
  readonly limits?: Partial<Limits>;
  /** Runs this export; the first one unless given. */
  readonly exportName?: string;
  /** `host:console` records what is printed; `host:shared` is granted anyway and starts empty. */
  readonly grants?: readonly string[];
  readonly clock?: string;
  /** Answers to SUSPEND, in order; the program is then started instead of run. */
  readonly answers?: readonly Notation[];
  /** True for a program that may wait: it then goes through `runAsync`. */
  readonly mayWait?: true;
}

export interface Expectation {
  readonly program: ScriptProgram;
  readonly line: number;
  readonly wanted: Wanted;
}

export type Wanted = ValueOutcome | WantedError | WantedFinding;

interface WantedError {
  readonly kind: 'error';
  readonly code: string;
  readonly place: string;
  readonly type: string;
  readonly message: string;
}

interface WantedFinding {
  readonly kind: 'load';
  readonly code: string;
  readonly place: string;
  readonly text: string;
}

export type Outcome = ValueOutcome | ErrorOutcome | LoadOutcome | BrokenOutcome;

/** The result, and what the world outside saw on the way to it. */
export interface ValueOutcome {
  readonly kind: 'value';
  readonly value: Notation;
  readonly printed: readonly string[];
  /** What the program asked for with SUSPEND. */
  readonly requests: readonly Notation[];
  /** How long BACKOFF wanted to wait, in milliseconds. */
  readonly waits: readonly number[];
}

export interface ErrorOutcome {
  readonly kind: 'error';
  /** The class of the error as the host sees it. */
  readonly name: string;
  readonly code: string;
  /** The class name that programs see; empty for what they cannot catch. */
  readonly type: string;
  readonly message: string;
  /** `line:column`, or empty when the error has no place. */
  readonly place: string;
}

export interface LoadOutcome {
  readonly kind: 'load';
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly place: string;
}

/** A promise of the engine that no program may break. */
export interface BrokenOutcome {
  readonly kind: 'broken';
  readonly reason: string;
}

/** A directive that cannot be read. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export interface Directive {
  readonly name: DirectiveName;
  readonly content: string;
  readonly line: number;
}

const DIRECTIVE = /^\/\/ ?(\w+(?: \w+)?):(?: (.*))?$/;
const VERDICT = /^(MR\d{4})?\s*(?:@(\d+(?::\d+)?))?\s*(.*)$/;

/** @throws ScriptError with the line of the directive. */
export function parseScript(source: string, name?: string): readonly Expectation[] {
  const directives = readDirectives(source);
  // Without an expectation it is no script: `// input: …` is then a comment like any other.
  if (!directives.some(({ name }) => name.startsWith('expect'))) return [];
  const single = (wanted: DirectiveName) => directives.find((d) => d.name === wanted);
  const list = <T>(wanted: DirectiveName): readonly T[] | undefined => {
    const directive = single(wanted);
    if (directive === undefined) return undefined;
    const value = readJson(directive);
    if (!Array.isArray(value)) throw new ScriptError(directive.line, `${wanted}: takes a list`);
    return value as readonly T[];
  };
  const answers = list<Notation>('resume');
  const waits = list<number>('waits');
  const seen = {
    printed: list<string>('printed') ?? [],
    requests: list<Notation>('requests') ?? [],
    waits: waits ?? [],
  };
  const exportName = single('export')?.content;
  const options = single('options');
  const grants = single('grants');
  const clock = single('clock')?.content;
  const shared = {
    source,
    ...(name === undefined ? {} : { name }),
    ...(options === undefined ? {} : { limits: parseLimits(options) }),
    ...(exportName === undefined ? {} : { exportName }),
    ...(grants === undefined ? {} : { grants: parseGrants(grants) }),
    ...(clock === undefined ? {} : { clock }),
    ...(answers === undefined ? {} : { answers }),
    ...(waits === undefined ? {} : { mayWait: true as const }),
  };
  const expectations: Expectation[] = [];
  let input: Notation | undefined;
  for (const directive of directives) {
    if (directive.name === 'input') input = readJson(directive);
    if (!directive.name.startsWith('expect')) continue;
    const wanted: Wanted =
      directive.name === 'expect' ? { kind: 'value', value: readJson(directive), ...seen } : parseVerdict(directive);
    const program = { ...shared, ...(input === undefined ? {} : { input }) };
    expectations.push({ program, line: directive.line, wanted });
    input = undefined;
  }
  return expectations;
}

/** Whether an outcome is what was wanted. */
export function isAsWanted(outcome: Outcome, wanted: Wanted): boolean {
  switch (wanted.kind) {
    case 'value':
      return JSON.stringify(outcome) === JSON.stringify(wanted);
    case 'error':
      return (
        outcome.kind === 'error' &&
        outcome.code === wanted.code &&
        (wanted.type === '' || outcome.type === wanted.type) &&
        (wanted.message === '' || outcome.message === wanted.message) &&
        isAt(outcome.place, wanted.place)
      );
    case 'load':
      return (
        outcome.kind === 'load' &&
        outcome.findings.some(
          (f) => f.code === wanted.code && isAt(f.place, wanted.place) && f.message.includes(wanted.text),
        )
      );
  }
}

function isAt(place: string, wanted: string): boolean {
  return wanted === '' || place === wanted || (!wanted.includes(':') && place.startsWith(`${wanted}:`));
}

/** The directives of a script, in order. */
export function readDirectives(source: string): readonly Directive[] {
  return source.split('\n').flatMap((text, i) => {
    const match = DIRECTIVE.exec(text.trim());
    const name = match?.[1] as DirectiveName | undefined;
    if (name === undefined || !Object.hasOwn(DIRECTIVES, name)) return [];
    return [{ name, content: match?.[2] ?? '', line: i + 1 }];
  });
}

function readJson({ name, content, line }: Directive): Notation {
  try {
    return JSON.parse(content) as Notation;
  } catch (error) {
    throw new ScriptError(line, `${name}: takes JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function parseVerdict({ name, content }: Directive): WantedError | WantedFinding {
  const [, code = '', place = '', rest = ''] = VERDICT.exec(content) ?? [];
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

function parseLimits({ content, line }: Directive): Partial<Limits> {
  const limits: Record<string, number> = {};
  for (const pair of content.split(' ')) {
    const [name = '', value = ''] = pair.split('=');
    if (!Object.hasOwn(LIMITS, name) || value === '' || !Number.isFinite(Number(value)))
      throw new ScriptError(line, `options: takes limits such as fuel=1000, found '${pair}'`);
    limits[name] = Number(value);
  }
  return limits;
}

function parseGrants({ content, line }: Directive): readonly string[] {
  const grants = content.split(' ');
  const unknown = grants.find((uri) => !GRANTABLE.some((known) => known === uri));
  if (unknown !== undefined)
    throw new ScriptError(line, `grants: can give ${GRANTABLE.join(', ')}; there is no '${unknown}' in tests`);
  return grants;
}
