/**
 * What a session at the prompt remembers and how an entry is run: a program is built of all declarations so far, the
 * variables, and the entry; its last record brings back the variables.
 *
 * Invariants: an entry that fails changes nothing; places of errors are those of the text that was typed, never of the
 * program built around it. An entry is put into a program only after it has been read as a whole by itself.
 */
import type { Diagnostic, Label } from '../base/diagnostic.ts';
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts';
import { renderDiagnostic } from '../base/render.ts';
import { SourceText } from '../base/source.ts';
import { type Entry, readEntry } from '../engine/editing.ts';
import { MillraceError } from '../engine/errors.ts';
import { createHost, type Host } from '../engine/host.ts';
import { stringify } from '../engine/json.ts';
import { disassembleSource } from '../engine/tools.ts';
import { capabilitiesFor } from './host.ts';

/** What an entry has led to. */
export interface Answer {
  readonly kind: 'shown' | 'failed' | 'incomplete';
  /** For people; empty when there is nothing to say. */
  readonly text: string;
}

/** A piece of text somewhere in what was typed or loaded. */
interface Origin {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** A variable: its value, or the LET that makes it if the value cannot leave a run, as a lambda cannot. */
type Variable =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'text'; readonly origin: Origin };

/** Whether a value is a function, and the value if it is none. */
type Kept = readonly [isFunction: boolean, value: unknown];

interface Piece {
  readonly at: number;
  readonly origin: Origin;
}

const ENTRY = '`the entry`';
const VALUE = '`the value`';
/** What the run gets: the values of the variables. A name of its own, because `input` is a variable here. */
const STATE = '`the session`';
/** The key of the record that brings the variables back. */
const KEPT = 'kept by the session';
const ONE_LINE = 80;

export class Session {
  readonly #host: Host = createHost();
  readonly #grants = capabilitiesFor([]);
  readonly #declarations = new Map<string, Origin>();
  readonly #variables = new Map<string, Variable>();
  #limits: Partial<Limits> = {};
  #count = 0;

  constructor() {
    this.reset();
  }

  /** Forgets everything but the limits and what is shared. */
  reset(): void {
    this.#declarations.clear();
    this.#variables.clear();
    this.#variables.set('input', { kind: 'value', value: {} });
  }

  get limits(): Limits {
    return { ...DEFAULT_LIMITS, ...this.#limits };
  }

  setLimits(limits: Partial<Limits>): void {
    this.#limits = { ...this.#limits, ...limits };
  }

  setInput(value: unknown): void {
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

  /** The bytecode of an entry that was not run. */
  disassemble(text: string): Answer {
    const source = new SourceText('entry', text);
    const entry = readEntry(source);
    if (entry.kind === 'empty' || 'diagnostics' in entry)
      return failed(':disasm takes a whole entry, such as :disasm 1 + input.n');
    const builder = entry.kind === 'declarations' ? this.#programOfDeclarations() : this.#programUpToEntry();
    if (entry.kind === 'expression') builder.add('OUTPUT ');
    const end = entry.kind === 'expression' ? entry.end : text.length;
    builder.addOrigin({ source, start: 0, end });
    builder.add(entry.kind === 'declarations' ? '\n' : '\n;\n}\n');
    const result = disassembleSource(builder.text, source.name);
    return 'text' in result ? shown(result.text) : failed(builder.frames(result.diagnostics));
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
      return failed(builder.explain(error));
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
      builder.add(`LET ${VALUE} = (\n`);
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
      const options = { limits: this.#limits, input: 'trusted' as const, ...(signal === undefined ? {} : { signal }) };
      const result = await module.runAsync('the entry', values, options);
      return shown(this.#take(result, entry, source, names));
    } catch (error) {
      return failed(builder.explain(error));
    }
  }

  /** Keeps the variables of a run; the text of what it has put out. */
  #take(result: unknown, entry: Entry, source: SourceText, names: readonly string[]): string {
    const records = Array.isArray(result) ? result : result === null ? [] : [result];
    const kept = keptOf(records.at(-1), names.length + (entry.kind === 'expression' ? 1 : 0));
    const outputs = (kept === undefined ? records : records.slice(0, -1)).map(render);
    if (kept === undefined) return outputs.join('\n');
    const parts = entry.kind === 'statements' ? entry.variables : [];
    for (const [i, name] of names.entries()) {
      const [isFunction, value] = kept[i] as Kept;
      if (!isFunction) this.#variables.set(name, { kind: 'value', value });
      else {
        const part = parts.findLast((p) => p.name === name);
        if (part !== undefined)
          this.#variables.set(name, { kind: 'text', origin: { source, start: part.start, end: part.end } });
      }
    }
    const shownValue = kept[names.length];
    if (shownValue !== undefined) outputs.push(shownValue[0] ? '<function>' : render(shownValue[1]));
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
    for (const [name, variable] of this.#variables) builder.addVariable(name, variable);
    return builder;
  }
}

/** A program made of typed and of added text, which can tell them apart again. */
class ProgramBuilder {
  readonly #pieces: Piece[] = [];
  text = '';

  add(text: string): void {
    this.text += text;
  }

  addOrigin(origin: Origin, text = origin.source.text.slice(origin.start, origin.end)): void {
    this.#pieces.push({ at: this.text.length, origin });
    this.text += text;
  }

  addVariable(name: string, variable: Variable): void {
    if (variable.kind === 'value') this.add(`LET \`${name}\` = ${STATE}.\`${name}\`;\n`);
    else {
      this.addOrigin(variable.origin);
      this.add('\n;\n');
    }
  }

  /** The frames of an error, at the places that were typed. */
  explain(error: unknown): string {
    if (!(error instanceof MillraceError)) return error instanceof Error ? error.message : String(error);
    if (error.diagnostics.length === 0) return error.toString();
    return this.frames(error.diagnostics);
  }

  frames(diagnostics: readonly Diagnostic[]): string {
    return diagnostics.map((d) => renderDiagnostic(this.#typed(d))).join('\n\n');
  }

  #typed(diagnostic: Diagnostic): Diagnostic {
    const primary = diagnostic.labels.find((label) => label.primary) ?? diagnostic.labels[0];
    const piece = primary === undefined ? undefined : this.#pieceAt(primary.span.start);
    if (piece === undefined) return diagnostic;
    const { at, origin } = piece;
    const length = origin.end - origin.start;
    const labels = diagnostic.labels.flatMap((label): Label[] => {
      const start = label.span.start - at;
      if (start < 0 || start > length) return [];
      const end = Math.min(label.span.end - at, length);
      return [{ ...label, span: { start: origin.start + start, end: origin.start + end } }];
    });
    return { ...diagnostic, source: origin.source, labels };
  }

  #pieceAt(offset: number): Piece | undefined {
    return this.#pieces.find(({ at, origin }) => offset >= at && offset <= at + origin.end - origin.start);
  }
}

function withSet(text: string, starts: readonly number[]): string {
  let result = text;
  for (const start of starts) result = `${result.slice(0, start)}SET${result.slice(start + 'LET'.length)}`;
  return result;
}

function recordOfAll(names: readonly string[]): string {
  const values = names.map((name) => `[IS_FUNCTION(${name}), IF IS_FUNCTION(${name}) THEN null ELSE ${name}]`);
  return `OUTPUT { "${KEPT}": [${values.join(', ')}] };`;
}

/** A program can put out a record with that key itself; it is then as any other unless it looks just the same. */
function keptOf(record: unknown, count: number): readonly Kept[] | undefined {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, KEPT)) return undefined;
  const kept: unknown = (record as Record<string, unknown>)[KEPT];
  return Array.isArray(kept) && kept.length === count && kept.every(isKept) ? kept : undefined;
}

function isKept(pair: unknown): pair is Kept {
  return Array.isArray(pair) && pair.length === 2;
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
