/**
 * Texts that are no programs, or hardly: token soups, programs and scripts with pieces cut out, doubled, exchanged or
 * replaced, and towers of nesting. Loading either succeeds or says why and where; what loads runs within its limits.
 */
import {
  createHost,
  type Diagnostic,
  type ExportInfo,
  type Host,
  LoadError,
  type LoadedModule,
} from '../../src/index.ts';
import { Differential, errorOutcome, fuzzGrants } from './differential.ts';
import { randomProgram, sourceOf } from './programs.ts';
import { Random } from './random.ts';

export interface SoupOptions {
  readonly seed: number;
  readonly soups: number;
  /** Valid texts to mutate, besides programs of the generator. */
  readonly scripts: readonly string[];
  readonly maxFailures?: number;
  /** Milliseconds after which no further soup is stirred. */
  readonly deadlineMs?: number;
  readonly onProgress?: (done: number) => void;
}

export interface SoupReport {
  readonly kinds: ReadonlyMap<string, { readonly loaded: number; readonly refused: number }>;
  readonly codes: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
  readonly slowestMs: number;
}

const MAX_LOAD_MS = 1000;
/** A smaller text shows the same problem when this much of its description is the same. */
const PROBLEM_PREFIX = 30;
const RUN_LIMITS = { fuel: 20_000, memory: 2 << 20, deadlineMs: 60_000 };
const INPUT = Object.freeze({ a: 1, x: Object.freeze([1, 2]), name: 'n' });

const TOKENS: readonly string[] = [
  ...'IF THEN ELSE CASE WHEN FOR EACH IN WHERE TRY CATCH AWAIT SUSPEND TRUE FALSE NULL ABORT APPEND AS BACKOFF'.split(
    ' ',
  ),
  ...'BUFFER CALL ENUM FOREACH FUNC INIT LET MANY MODIFY OPTIONS OUTPUT RETRY RETURN SET SHARED SINGLE THROW'.split(
    ' ',
  ),
  ...'TIMES TO TRANSFORM TYPE UNION USING IMPORT EXPORT PIPELINE WITH PIN BATCH input row $ a b x f T MAP'.split(' '),
  ...'( ) { } [ ] , . ; : ? ?? + ++ - -> * % ! != = == => < <= > >= && | || / // /* */ ` " & @ # \\'.split(' '),
  ...['0', '1', '1.5', '007', '1.', '.5', '9007199254740993', '"text"', '""', '"\\u00', '"\\', '`b b`', '//c\n', '\n'],
  ...['"host:fuzz"', 'h.echo(', '{a: 1}', '[1, 2]', '(x) -> ', 'CATCH(e) -> ', 'LET v = ', 'OUTPUT {v: ', '};', ' \t '],
];
const CHARACTERS: readonly string[] = [
  ...[
    '\u0000',
    '\u0001',
    '\ufeff',
    '\u00a0',
    '\u2028',
    '\ud800',
    '\udc00',
    '😀',
    'é',
    'ı',
    'ſ',
    '\r',
    '\n',
    '\f',
    '\t',
  ],
  ...[
    '"',
    '\\',
    '`',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '/',
    '*',
    ';',
    ',',
    '.',
    '-',
    '>',
    '=',
    '0',
    '9',
    'e',
    'N',
    '_',
    '$',
  ],
];
const TOWERS: readonly (readonly [repeated: string, core: string, closing: string])[] = [
  ['(', '1', ')'],
  ['[', '1', ']'],
  ['{a: ', '1', '}'],
  ['-', '1', ''],
  ['!', '1', ''],
  ['() -> ', '1', ''],
  ['() -> { RETURN ', '1', '; }'],
  ['IF 1 THEN ', '1', ' ELSE 2'],
  ['IF 1 THEN 2 ELSE ', '1', ''],
  ['TRY ', '1', ' CATCH(e) -> 2'],
  ['TRY 1 CATCH(e) -> ', '1', ''],
  ['CASE { WHEN 1 THEN ', '1', ' ELSE 2 }'],
  ['[x FOR EACH x IN ', '[]', ']'],
  ['MAP(', '[]', ', (x) -> x)'],
  ['', '1', ' + 1'],
  ['1 ?? ', '1', ''],
  ['', 'a', '[0]'],
  ['', 'a', '.b'],
  ['', 'f', '()'],
  ['', 'a', '[1:2]'],
  ['AWAIT (', '1', ')'],
  ['SUSPEND ', '1', ''],
  ['/*', '', ''],
  ['a.[b.', 'c', ']'],
];
const STATEMENT_TOWERS: readonly (readonly [string, string, string])[] = [
  ['IF 1 THEN { ', '', ' }'],
  ['FOR EACH x IN [1] { ', '', ' }'],
  ['', '', 'LET a = 1;'],
  ['IF 1 THEN { } ELSE ', 'IF 1 THEN { }', ''],
  ['{', '', '}'],
  [';', '', ''],
];

export async function stirSoups(options: SoupOptions): Promise<SoupReport> {
  const { seed, soups, scripts, maxFailures = 3 } = options;
  const endsAt = performance.now() + (options.deadlineMs ?? Number.POSITIVE_INFINITY);
  const kitchen = new Kitchen(seed, scripts);
  const host = createHost({ limits: RUN_LIMITS, grants: fuzzGrants(), timer: () => Promise.resolve() });
  const differential = new Differential();
  const kinds = new Map<string, { loaded: number; refused: number }>();
  const codes = new Map<string, number>();
  const failures: string[] = [];
  let slowestMs = 0;
  for (let number = 0; number < soups && failures.length < maxFailures; number++) {
    if (performance.now() > endsAt) break;
    const { kind, text } = kitchen.cook(number);
    const check = async (t: string) => {
      const { problem, entry } = await taste(host, t);
      return problem ?? (await differenceIn(differential, t, entry));
    };
    const verdict = await taste(host, text);
    const counts = kinds.get(kind) ?? { loaded: 0, refused: 0 };
    kinds.set(kind, counts);
    counts[verdict.code === undefined ? 'loaded' : 'refused']++;
    if (verdict.code !== undefined) codes.set(verdict.code, (codes.get(verdict.code) ?? 0) + 1);
    slowestMs = Math.max(slowestMs, verdict.loadMs);
    // Only what was made of valid programs does something when it loads.
    const entry = kind.startsWith('mutated') ? verdict.entry : undefined;
    const problem = verdict.problem ?? (await differenceIn(differential, text, entry));
    if (problem !== undefined) failures.push(await failureText(check, `seed ${seed}, soup ${number} (${kind})`, text));
    options.onProgress?.(number + 1);
  }
  await host.close();
  await differential.close();
  return { kinds, codes, failures, slowestMs };
}

export function formatSoups({ kinds, codes, slowestMs }: SoupReport): string {
  return [
    ...[...kinds].map(([kind, { loaded, refused }]) => `${kind}: ${loaded} loaded, ${refused} refused`),
    [...codes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, count]) => `${code} ${count}`)
      .join(', '),
    `slowest load ${slowestMs.toFixed(0)} ms`,
  ].join('\n');
}

interface Verdict {
  /** Of the first diagnostic, when the text was refused. */
  readonly code: string | undefined;
  readonly loadMs: number;
  readonly problem: string | undefined;
  /** The first TRANSFORM of what loaded. */
  readonly entry?: ExportInfo | undefined;
}

/** Loads a text, and runs what loads. */
export async function taste(host: Pick<Host, 'load'>, text: string): Promise<Verdict> {
  const startedAt = performance.now();
  let loaded: LoadedModule | LoadError | undefined;
  let problem: string | undefined;
  try {
    loaded = await host.load(text);
  } catch (error) {
    if (error instanceof LoadError) loaded = error;
    else problem = `not a LoadError: ${errorOutcome(error).text}`;
  }
  const loadMs = performance.now() - startedAt;
  if (loadMs > MAX_LOAD_MS) problem ??= `loading took ${loadMs.toFixed(0)} ms`;
  if (loaded instanceof LoadError) {
    const { code, diagnostics } = loaded;
    problem ??= diagnostics.length === 0 ? 'a LoadError without diagnostics' : problemOf(diagnostics, text);
    if (code.startsWith('MR9')) problem ??= `${code} ${loaded.message}`;
    return { code, loadMs, problem: problem ?? printingProblem(loaded) };
  }
  if (loaded !== undefined) problem ??= await runAll(loaded);
  return { code: undefined, loadMs, problem, entry: loaded?.exports.find((e) => e.kind === 'transform') };
}

function problemOf(diagnostics: readonly Diagnostic[], text: string): string | undefined {
  for (const { code, labels, severity } of diagnostics) {
    if (severity !== 'error') return `${code} is no error but refuses`;
    if (!labels.some((label) => label.primary)) return `${code} has no place`;
    for (const { span } of labels) {
      const isInside = span.start >= 0 && span.start <= span.end && span.end <= text.length;
      if (!isInside) return `${code} points at ${span.start}–${span.end} of ${text.length}`;
    }
  }
  return undefined;
}

function printingProblem(error: LoadError): string | undefined {
  try {
    String(error);
    return undefined;
  } catch (thrown) {
    return `printing ${error.code} throws ${String(thrown)}`;
  }
}

async function runAll(module: LoadedModule): Promise<string | undefined> {
  for (const { name } of module.exports) {
    try {
      const run = await module.start(name, INPUT);
      if (run.state === 'suspended') await run.resume(1);
    } catch (error) {
      const outcome = errorOutcome(error);
      if (outcome.kind === 'broken') return `running ${name}: ${outcome.text}`;
    }
  }
  return undefined;
}

/** Makes the texts. */
class Kitchen {
  readonly #seed: number;
  readonly #scripts: readonly string[];

  constructor(seed: number, scripts: readonly string[]) {
    this.#seed = seed;
    this.#scripts = scripts;
  }

  cook(number: number): { readonly kind: string; readonly text: string } {
    const random = new Random(this.#seed, number + 1_000_000_007);
    const kinds: readonly (readonly [number, string, () => string])[] = [
      [25, 'tokens', () => tokenSoup(random)],
      [15, 'tokens in a transform', () => `TRANSFORM T {\n${tokenSoup(random)}\n}`],
      [35, 'mutated script', () => mutated(random, random.pick(this.#scripts), this.#scripts)],
      [14, 'mutated program', () => mutated(random, this.#program(random), this.#scripts)],
      [8, 'characters', () => characterSoup(random)],
      [3, 'tower', () => tower(random)],
    ];
    return random.weighted(kinds.map(([weight, kind, make]) => [weight, () => ({ kind, text: make() })] as const));
  }

  #program(random: Random): string {
    return sourceOf(randomProgram(this.#seed, random.below(500)));
  }
}

function tokenSoup(random: Random): string {
  const separator = random.pick([' ', ' ', ' ', '', '\n']);
  return Array.from({ length: random.between(1, 40) }, () => random.pick(TOKENS)).join(separator);
}

function characterSoup(random: Random): string {
  return Array.from({ length: random.between(1, 60) }, () =>
    random.chance(50) ? random.pick(CHARACTERS) : String.fromCharCode(random.below(random.chance(80) ? 128 : 65536)),
  ).join('');
}

function tower(random: Random): string {
  const height = random.pick([3, 30, 126, 127, 128, 129, 130, 511, 512, 513, 2000, 20_000]);
  const [repeated, core, closing] = random.pick(random.chance(75) ? TOWERS : STATEMENT_TOWERS);
  const isClosed = random.chance(70);
  const text = repeated.repeat(height) + core + (isClosed ? closing.repeat(height) : '');
  return random.pick([
    (t: string) => t,
    (t: string) => `OUTPUT {v: ${t}}`,
    (t: string) => `TRANSFORM T { LET a = ${t}; }`,
  ])(text);
}

/** Up to six changes of a text, by tokens or by characters. */
function mutated(random: Random, base: string, others: readonly string[]): string {
  let text = base;
  for (let n = random.pick([1, 1, 1, 2, 3, 6]); n > 0; n--) {
    text = random.chance(60) ? changeTokens(random, text) : changeCharacters(random, text, others);
  }
  return text;
}

/** Names, numbers, texts and single characters; what lies between is kept. */
const PIECES = /[\w$]+|"(?:[^"\\\n]|\\.)*"|\s+|[^\s\w]/gu;

function changeTokens(random: Random, text: string): string {
  const tokens: readonly string[] = text.match(PIECES) ?? [];
  const at = random.below(tokens.length);
  const to = Math.min(tokens.length, at + random.between(1, 4));
  const piece = tokens.slice(at, to);
  const other = random.below(tokens.length + 1);
  const changed = random.weighted<readonly string[]>([
    [3, () => tokens.toSpliced(at, to - at)],
    [2, () => tokens.toSpliced(other, 0, ...piece)],
    [3, () => tokens.toSpliced(at, 1, random.pick(TOKENS))],
    [2, () => tokens.toSpliced(at, 0, random.pick(TOKENS))],
    [2, () => (tokens.length === 0 ? tokens : tokens.with(at, tokens[random.below(tokens.length)] as string))],
  ]);
  return changed.join('');
}

function changeCharacters(random: Random, text: string, others: readonly string[]): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + random.between(1, 12));
  return random.weighted<string>([
    [3, () => text.slice(0, at) + text.slice(to)],
    [2, () => text.slice(0, at)],
    [2, () => text.slice(at)],
    [3, () => text.slice(0, at) + random.pick(CHARACTERS) + text.slice(at)],
    [2, () => text.slice(0, at) + random.pick(CHARACTERS) + text.slice(at + 1)],
    [2, () => text.slice(0, to) + text.slice(at)],
    [1, () => text.slice(0, at) + spliced(random, random.pick(others)) + text.slice(to)],
  ]);
}

function spliced(random: Random, other: string): string {
  const from = random.below(other.length);
  return other.slice(from, from + random.between(1, 80));
}

/** Runs a text in every configuration. */
async function differenceIn(
  differential: Differential,
  source: string,
  entry: ExportInfo | undefined,
): Promise<string | undefined> {
  if (entry === undefined) return undefined;
  const waits = entry.effects.suspends || entry.effects.waits;
  const [comparison] = await differential.compare({ source, inputs: [INPUT], waits });
  const difference = comparison?.difference;
  return difference === undefined
    ? undefined
    : `${difference.variant} differs: ${difference.actual} instead of ${difference.expected}`;
}

type Check = (text: string) => Promise<string | undefined>;

async function failureText(check: Check, where: string, text: string): Promise<string> {
  const problem = await check(text);
  const start = problem?.slice(0, PROBLEM_PREFIX);
  let best = text;
  for (let size = best.length >> 1; size >= 1; size = size >> 1) {
    for (let from = 0; from < best.length; ) {
      const candidate = best.slice(0, from) + best.slice(from + size);
      if ((await check(candidate))?.slice(0, PROBLEM_PREFIX) === start) best = candidate;
      else from += size;
    }
  }
  const shown = best.length > 2000 ? `${best.slice(0, 2000)}… (${best.length})` : best;
  return `${where}: ${problem}\n${JSON.stringify(shown)}\n${shown}`;
}
