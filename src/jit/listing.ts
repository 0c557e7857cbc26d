/** Compiled code for people: the JavaScript of each unit, with the lines of the program that its statements come of. */
import { generate } from 'astring';
import type { LinkedUnit } from '../link/linked-module.ts';
import { type Compilation, compiledOf, compileUnit, type PrintedFunction } from './compile.ts';
import type { Statement } from './estree.ts';
import { type JitRefusal, Refused } from './refusals.ts';

export interface UnitListing {
  readonly unit: LinkedUnit;
  readonly refusal: JitRefusal | null;
  /** Empty when it was refused. */
  readonly text: string;
}

/** What is written above the statements of an instruction, null for nothing. */
export type Heading = (unit: LinkedUnit, pc: number) => string | null;

/** Compiles units that nobody runs, callers first, so that they call each other by name; lists what became of each. */
export function listUnits(units: readonly LinkedUnit[], heading: Heading): readonly UnitListing[] {
  const texts = new Map<LinkedUnit, string>();
  const refusals = new Map<LinkedUnit, JitRefusal>();
  for (const unit of [...units].sort((a, b) => rank(a) - rank(b))) {
    if (compiledOf(unit).call !== null) continue;
    try {
      const made = compileUnit(unit, { hasProbes: false });
      for (const [i, member] of made.units.entries())
        texts.set(
          member,
          listed(made, i, (pc) => heading(member, pc)),
        );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusals.set(unit, error.reason);
    }
  }
  return units.map((unit) => ({ unit, refusal: refusals.get(unit) ?? null, text: texts.get(unit) ?? '' }));
}

function rank({ kind }: LinkedUnit): number {
  return kind === 'transform' ? 0 : 1;
}

type HeadingAt = (pc: number) => string | null;

function listed({ functions, places }: Compilation, index: number, heading: HeadingAt): string {
  const { declaration } = functions[index] as PrintedFunction;
  const body = withHeadings(declaration.body, places, new LastHeading(heading));
  return generate({ ...declaration, body } as typeof declaration, {
    comments: true,
  });
}

/** Says each heading once in a row. */
class LastHeading {
  readonly #of: HeadingAt;
  #last: string | null = null;

  constructor(of: HeadingAt) {
    this.#of = of;
  }

  at(pc: number | undefined): string | null {
    const text = pc === undefined ? null : this.#of(pc);
    if (text === null || text === this.#last) return null;
    this.#last = text;
    return text;
  }
}

/** A copy in which statements of blocks carry their headings as comments. */
function withHeadings<T>(node: T, places: Compilation['places'], headings: LastHeading): T {
  if (Array.isArray(node)) return node.map((part) => withHeadings(part, places, headings)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(node)) {
    const isBody = key === 'body' && Array.isArray(part);
    copy[key] = isBody
      ? part.map((statement) => headed(statement as Statement, places, headings))
      : withHeadings(part, places, headings);
  }
  return copy as T;
}

function headed(statement: Statement, places: Compilation['places'], headings: LastHeading): object {
  const text = headings.at(places.get(statement));
  const copy = withHeadings(statement, places, headings);
  return text === null ? copy : { ...copy, comments: [{ type: 'Line', value: ` ${text}` }] };
}
