/**
 * What a campaign produced and executed, so that nobody has to believe that the generator reaches anything: constructs and
 * standard functions by marks in the program, opcodes by the engine's own counters.
 */
import { OP_NAMES, OPCODES } from '../../src/bytecode/opcodes.ts';
import { type Capability, capability } from '../../src/index.ts';
import type { Style } from './tree.ts';

export interface Row {
  readonly name: string;
  readonly produced: number;
  /** Times that evaluating it began. */
  readonly reached: number;
  /** For standard functions: times that it gave a value. */
  readonly returned: number;
}

export class Coverage {
  readonly countOpcodes = new Uint32Array(256);
  readonly #produced = new Map<string, number>();
  readonly #marks: { readonly name: string; readonly event: string }[] = [];
  readonly #markIndex = new Map<string, number>();
  readonly #hits: number[] = [];
  readonly #endings = new Map<string, number>();

  /** The member that marked programs call. */
  readonly capability: Capability = capability('host:marks', {
    hit: { params: ['integer'], effect: 'pure', fuel: 0, call: (mark: number) => this.#hit(mark) },
  });

  /** Text that reports, when executed, what was reached, and of a standard function that it gave a value. */
  readonly marks: Style = {
    expression: ({ name }, text) => {
      const reached = this.#markText(name, 'reached');
      if (!name.startsWith('std:')) return `[${reached}, ${text}][1]`;
      return `[${reached}, [${text}, ${this.#markText(name, 'returned')}][0]][1]`;
    },
    statement: ({ name }, text) => `${this.#markText(name, 'reached')};\n${text}`,
  };

  produced(names: readonly string[]): void {
    for (const name of names) increment(this.#produced, name);
  }

  ended(how: string): void {
    increment(this.#endings, how);
  }

  get endings(): ReadonlyMap<string, number> {
    return this.#endings;
  }

  get rows(): readonly Row[] {
    return [...this.#produced]
      .map(([name, produced]) => ({
        name,
        produced,
        reached: this.#hitsOf(name, 'reached'),
        returned: this.#hitsOf(name, 'returned'),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get opcodes(): readonly { readonly name: string; readonly executed: number }[] {
    return OP_NAMES.map((name) => ({ name, executed: this.countOpcodes[OPCODES[name].code] as number }));
  }

  #markText(name: string, event: string): string {
    return `marks.hit(${this.#indexOf(name, event)})`;
  }

  #hit(mark: number): null {
    this.#hits[mark] = (this.#hits[mark] ?? 0) + 1;
    return null;
  }

  #indexOf(name: string, event: string): number {
    const key = `${event} ${name}`;
    const known = this.#markIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#marks.push({ name, event }) - 1;
    this.#markIndex.set(key, index);
    return index;
  }

  #hitsOf(name: string, event: string): number {
    const index = this.#markIndex.get(`${event} ${name}`);
    return index === undefined ? 0 : (this.#hits[index] ?? 0);
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

export function formatCoverage(coverage: Coverage): string {
  const rows = coverage.rows.map(({ name, produced, reached, returned }) => [
    name,
    String(produced),
    String(reached),
    name.startsWith('std:') ? String(returned) : '',
  ]);
  const opcodes = coverage.opcodes.map(({ name, executed }) => [name, String(executed)]);
  return [
    table([['construct', 'produced', 'reached', 'returned'], ...rows]),
    table([['opcode', 'executed'], ...opcodes]),
    table([['ending', 'runs'], ...[...coverage.endings].sort().map(([how, count]) => [how, String(count)])]),
  ].join('\n\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
