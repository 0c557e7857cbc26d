/**
 * What a session at the prompt remembers and how an entry is run: a program is built of all declarations so far, the
 * variables, and the entry; its last record brings back the variables.
 *
 * Invariants: an entry that fails changes nothing; places of errors are those of the text that was typed, never of the
 * program built around it. An entry is put into a program only after it has been read as a whole by itself.
 */
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts';
import { renderDiagnostic } from '../base/render.ts';
import { SourceText } from '../base/source.ts';
import { suggestName } from '../base/suggest.ts';
import { type Entry, readEntry } from '../engine/editing.ts';
import { createHost, type Host } from '../engine/host.ts';
import { stringify } from '../engine/json.ts';
import { disassembleSource } from '../engine/tools.ts';
import { createTracer } from '../engine/trace.ts';
import { alwaysGranted } from './host.ts';
import { explainIn, type Path, readPath, type TracedEntry } from './repl-explain.ts';
import { BEFORE_ENTRY, listingOfEntry } from './repl-listing.ts';
import { type Origin, ProgramBuilder } from './repl-program.ts';

/** What an entry has led to. */
export interface Answer {
  readonly kind: 'shown' | 'failed' | 'incomplete';
  /** For people; empty when there is nothing to say. */
  readonly text: string;
}

/** A variable: its value, or the LET that makes it if the value cannot leave a run, as a lambda cannot. */
type Variable =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'text'; readonly origin: Origin };

/** A value; nothing for a function, which cannot leave a run. */
type Kept = readonly unknown[];

const ENTRY_NAME = 'the entry';
const ENTRY = `\`${ENTRY_NAME}\``;
const VALUE = '`the value`';
/** What the run gets: the values of the variables. A name of its own, because `input` is a variable here. */
const STATE = '`the session`';
const ONCE = '`once`';
/** The key of the record that brings the variables back. */
const KEPT = 'kept by the session';
const ONE_LINE = 80;

/** How a value of the session came about, and where it stands in what its entry has put out. */
interface Traced extends TracedEntry {
  readonly root: Path;
}

/** A run of an entry that has ended. */
interface EntryRun {
  readonly entry: Entry;
  readonly source: SourceText;
  /** The variables, in the order in which they are kept. */
  readonly names: readonly string[];
  readonly traced: TracedEntry;
}

/** Evaluations of one entry whose causes are known. */
const MAX_FOLLOWED = 20_000;
/** Variables that an entry may have written; one too many does little harm. */
const WRITTEN = /\b(?:LET|SET|MODIFY|TO)\s+`?([\p{L}_][\p{L}\p{N}_]*)/giu;

export class Session {
  readonly #host: Host = createHost();
  readonly #grants = alwaysGranted();
  readonly #declarations = new Map<string, Origin>();
  readonly #variables = new Map<string, Variable>();
  /** By variable, what last gave it its value. */
  readonly #origins = new Map<string, Traced>();
  #last: (Traced & { readonly value: unknown }) | undefined;
  #limits: Partial<Limits> = {};
  #count = 0;

  constructor() {
    this.reset();
  }

  /** Forgets everything but the limits and what is shared. */
  reset(): void {
    this.#declarations.clear();
    this.#variables.clear();
    this.#origins.clear();
    this.#last = undefined;
    this.#variables.set('input', { kind: 'value', value: {} });
  }

  get limits(): Limits {
    return { ...DEFAULT_LIMITS, ...this.#limits };
  }

  setLimits(limits: Partial<Limits>): void {
    this.#limits = { ...this.#limits, ...limits };
  }

  setInput(value: unknown): void {
    this.#origins.delete('input');
    this.#variables.set('input', { kind: 'value', value });
  }

  /** Names that a next entry may use. */
  names(): readonly string[] {
    return [...this.#variables.keys(), ...this.#declarations.keys()].filter((name) => name !== '');
  }

  valueOf(name: string): unknown {
    const variable = this.#variables.get(name);
    return variable?.kind === 'value' ? variable.value : undefined;
  }

  /** Runs an entry; `isLast`: nothing can follow that would complete it. */
  async enter(text: string, options: { readonly isLast: boolean; readonly signal?: AbortSignal }): Promise<Answer> {
    const source = new SourceText(`entry ${this.#count + 1}`, text);
    const entry = readEntry(source);
    if (entry.kind === 'empty') return shown('');
    if (entry.kind === 'incomplete' && !options.isLast) return { kind: 'incomplete', text: '' };
    this.#count++;
    if ('diagnostics' in entry) return failed(entry.diagnostics.map(renderDiagnostic).join('\n\n'));
    return entry.kind === 'declarations' ? this.#declare(entry, source) : this.#run(entry, source, options.signal);
  }

  /** Takes the declarations of a program. */
  async load(text: string, name: string): Promise<Answer> {
    const source = new SourceText(name, text);
    const entry = readEntry(source);
    if ('diagnostics' in entry) return failed(entry.diagnostics.map(renderDiagnostic).join('\n\n'));
    if (entry.kind === 'declarations') return this.#declare(entry, source);
    return failed(`${name} has no declarations to take; its statements can be typed in`);
  }

  /** How a variable or a part of the last result got its value; without a name, the last result itself. */
  explain(text: string): Answer {
    const path = readPath(text);
    if (path === null)
      return failed(`:explain takes a variable or a field, like total or lines[0].price, found '${text}'`);
    const [name = '', ...rest] = path;
    const variable = typeof name === 'string' ? this.#variables.get(name) : undefined;
    if (variable !== undefined) return this.#explainVariable(String(name), variable, rest);
    const last = this.#last;
    const found =
      last === undefined
        ? undefined
        : explainIn(last, { root: last.root, name: path.length === 0 ? 'result' : '' }, path);
    if (found !== undefined) return shown(found);
    if (path.length === 0) return failed('there is no result yet to explain');
    const fields = typeof last?.value === 'object' && last.value !== null ? Object.keys(last.value) : [];
    const near = suggestName(String(name), [...this.#variables.keys(), ...fields]);
    const help = near === undefined ? '' : `; did you mean ${near}?`;
    return failed(`there is no variable '${text}', and the last result has no such field${help}`);
  }

  #explainVariable(name: string, variable: Variable, rest: Path): Answer {
    if (variable.kind === 'text') {
      const { source, start, end } = variable.origin;
      return shown(`${name} = <function>   ← ${source.name}: ${source.text.slice(start, end)}`);
    }
    const origin = this.#origins.get(name);
    if (origin === undefined) return shown(`${name} was given to the session; no entry has made it`);
    const found = explainIn(origin, { root: origin.root, name }, rest);
    return found === undefined ? failed(`${name} has no such part`) : shown(found);
  }

  /** The bytecode of an entry that was not run. */
  disassemble(text: string): Answer {
    const source = new SourceText('entry', text);
    const entry = readEntry(source);
    if (entry.kind === 'empty' || 'diagnostics' in entry)
      return failed(':disasm takes a whole entry, such as :disasm 1 + input.n');
    const builder = this.#programFor(entry);
    if (entry.kind !== 'declarations') builder.add(BEFORE_ENTRY);
    if (entry.kind === 'expression') builder.add('OUTPUT ');
    const end = entry.kind === 'expression' ? entry.end : text.length;
    builder.addOrigin({ source, start: 0, end });
    builder.add(entry.kind === 'declarations' ? '\n' : '\n;\n}\n');
    const result = disassembleSource(builder.text, source.name);
    if (!('text' in result)) return failed(builder.frames(result.diagnostics));
    const without = this.#programFor(entry);
    if (entry.kind !== 'declarations') without.add('}\n');
    const known = disassembleSource(without.text, source.name);
    return shown(listingOfEntry(result.text, 'text' in known ? known.text : '', builder));
  }

  #programFor({ kind }: Entry): ProgramBuilder {
    return kind === 'declarations' ? this.#programOfDeclarations() : this.#programUpToEntry();
  }

  async #declare(entry: Extract<Entry, { kind: 'declarations' }>, source: SourceText): Promise<Answer> {
    const before = new Map(this.#declarations);
    for (const { name, start, end } of entry.parts) this.#declarations.set(name, { source, start, end });
    const builder = this.#programOfDeclarations();
    try {
      await this.#host.load(builder.text, { grants: this.#grants });
    } catch (error) {
      this.#declarations.clear();
      for (const [name, origin] of before) this.#declarations.set(name, origin);
      return failed(builder.errorText(error));
    }
    return shown(entry.parts.map(({ name }) => name || 'TRANSFORM').join(', '));
  }

  async #run(
    entry: Extract<Entry, { kind: 'expression' | 'statements' }>,
    source: SourceText,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const parts = entry.kind === 'statements' ? entry.variables : [];
    const names = [...new Set([...this.#variables.keys(), ...parts.map(({ name }) => name)])];
    const builder = this.#programUpToEntry();
    if (entry.kind === 'expression') {
      // On its line, so that the line is the one that was typed.
      builder.add(`LET ${VALUE} = (`);
      builder.addOrigin({ source, start: 0, end: entry.end });
      builder.add('\n);\n');
    } else {
      // A LET of a name that there is already gives it another value; the word is as long.
      const again = parts.filter(({ name }) => this.#variables.has(name)).map(({ start }) => start);
      builder.addOrigin({ source, start: 0, end: source.text.length }, withSet(source.text, again));
      builder.add('\n;\n');
    }
    builder.add(recordOfAll([...names.map((name) => `\`${name}\``), ...(entry.kind === 'expression' ? [VALUE] : [])]));
    builder.add('\n}\n');
    try {
      const module = await this.#host.load(builder.text, { grants: this.#grants });
      const values = Object.fromEntries(
        [...this.#variables].flatMap(([name, v]) => (v.kind === 'value' ? [[name, v.value] as const] : [])),
      );
      const tracer = createTracer({ includeEval: false, includeCalls: false, maxEvents: MAX_FOLLOWED });
      const running = signal === undefined ? {} : { signal };
      const options = { limits: this.#limits, input: 'trusted' as const, tracer, ...running };
      const result = await module.runAsync(ENTRY_NAME, values, options);
      return shown(this.#take(result, { entry, source, names, traced: { tracer, program: builder } }));
    } catch (error) {
      return failed(builder.errorText(error));
    }
  }

  /** Keeps the variables of a run; the text of what it has put out. */
  #take(result: unknown, { entry, source, names, traced }: EntryRun): string {
    const records = Array.isArray(result) ? result : result === null ? [] : [result];
    const kept = keptOf(records.at(-1), names.length + (entry.kind === 'expression' ? 1 : 0));
    const outputs = (kept === undefined ? records : records.slice(0, -1)).map(render);
    if (outputs.length > 0) this.#last = { ...traced, root: [], value: records.length > 1 ? records : records[0] };
    if (kept === undefined) return outputs.join('\n');
    const written = new Set([...source.text.matchAll(WRITTEN)].map(([, name]) => name));
    const parts = entry.kind === 'statements' ? entry.variables : [];
    for (const [i, name] of names.entries()) {
      if (written.has(name)) this.#origins.set(name, { ...traced, root: [KEPT, i, 0] });
      const held = kept[i] as Kept;
      if (held.length > 0) this.#variables.set(name, { kind: 'value', value: held[0] });
      else {
        const part = parts.findLast((p) => p.name === name);
        if (part !== undefined)
          this.#variables.set(name, { kind: 'text', origin: { source, start: part.start, end: part.end } });
      }
    }
    const shownValue = kept[names.length];
    if (shownValue !== undefined) this.#last = { ...traced, root: [KEPT, names.length, 0], value: shownValue[0] };
    if (shownValue !== undefined) outputs.push(shownValue.length === 0 ? '<function>' : render(shownValue[0]));
    return outputs.join('\n');
  }

  #programOfDeclarations(): ProgramBuilder {
    const builder = new ProgramBuilder();
    const isImport = ({ source, start }: Origin) => /^import\b/i.test(source.text.slice(start, start + 7));
    const origins = [...this.#declarations.values()];
    for (const origin of [...origins.filter(isImport), ...origins.filter((o) => !isImport(o))]) {
      builder.addOrigin(origin);
      builder.add('\n');
    }
    return builder;
  }

  /** Declarations and variables; the entry and a closing brace are to follow. */
  #programUpToEntry(): ProgramBuilder {
    const builder = this.#programOfDeclarations();
    builder.add(`EXPORT TRANSFORM ${ENTRY}(${STATE}: any) -> any {\n`);
    for (const [name, variable] of this.#variables) addVariable(builder, name, variable);
    return builder;
  }
}

function addVariable(builder: ProgramBuilder, name: string, variable: Variable): void {
  if (variable.kind === 'value') builder.add(`LET \`${name}\` = ${STATE}.\`${name}\`;\n`);
  else {
    builder.addOrigin(variable.origin);
    builder.add('\n;\n');
  }
}

function withSet(text: string, starts: readonly number[]): string {
  let result = text;
  for (const start of starts) result = `${result.slice(0, start)}SET${result.slice(start + 'LET'.length)}`;
  return result;
}

function recordOfAll(names: readonly string[]): string {
  // Why no IF: an explanation of the value would be one of the condition as well.
  const values = names.map((name) => `[${name} FOR EACH ${ONCE} IN [0] WHERE !IS_FUNCTION(${name})]`);
  return `OUTPUT { "${KEPT}": [${values.join(', ')}] };`;
}

/** A program can put out a record with that key itself; it is then as any other unless it looks just the same. */
function keptOf(record: unknown, count: number): readonly Kept[] | undefined {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, KEPT)) return undefined;
  const kept: unknown = (record as Record<string, unknown>)[KEPT];
  return Array.isArray(kept) && kept.length === count && kept.every(isKept) ? kept : undefined;
}

function isKept(held: unknown): held is Kept {
  return Array.isArray(held) && held.length <= 1;
}

function render(value: unknown): string {
  const line = stringify(value, { numbers: 'extended' });
  return line.length <= ONE_LINE ? line : stringify(value, { numbers: 'extended', indent: 2 });
}

function shown(text: string): Answer {
  return { kind: 'shown', text };
}

function failed(text: string): Answer {
  return { kind: 'failed', text };
}
