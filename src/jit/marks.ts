/**
 * Marks of ownership that compiled code keeps in a number beside a variable, instead of in the run's set (vm/ownership.ts).
 *
 * Invariant: a mark is kept only while every other reference to the value is an operand that is known to stand for the
 * variable. Whoever makes another one drops the mark (`share` in the interpreter), or gives it back to the set.
 */
import {
  array,
  assign,
  binary,
  call,
  type Expression,
  evaluate,
  id,
  member,
  number,
  RUN,
  type Statement,
  when,
} from './estree.ts';
import type { Flow } from './flow.ts';
import type { Names } from './names.ts';
import { isPlainRecord } from './records.ts';

/** What the direct writes of a variable make of it. */
const MAKES: Readonly<Record<string, 'list' | 'parts'>> = {
  APPEND: 'list',
  APPEND_INIT: 'list',
  SET_STATIC: 'parts',
  SET_DYNAMIC: 'parts',
};

export interface Region {
  readonly from: number;
  readonly to: number;
}

export class Marks {
  /** Names of the marks, by slot. */
  readonly #names = new Map<number, string>();
  /** Flags that say whether the value is a plain record, for those whose parts are set; see records.ts. */
  readonly #flags = new Map<number, string>();

  constructor({ instructions, unit }: Flow, region: Region | null, names: Names) {
    const made = new Map<number, string>();
    const unfit = new Set<number>(unit.cells);
    for (const { name, operands, pc } of instructions) {
      const [first, second] = operands as [number, number];
      if (name === 'CATCH') unfit.add(first);
      if (name === 'INIT_FOREACH') unfit.add(second);
      const kind = MAKES[name];
      if (kind === undefined || (region !== null && (pc < region.from || pc >= region.to))) continue;
      if ((made.get(first) ?? kind) !== kind) unfit.add(first);
      made.set(first, kind);
    }
    for (const [slot, kind] of made) {
      if (unfit.has(slot)) continue;
      this.#names.set(slot, names.next('mark'));
      if (kind === 'parts') this.#flags.set(slot, names.next('isRecord'));
    }
  }

  has(slot: number): boolean {
    return this.#names.has(slot);
  }

  get names(): Iterable<string> {
    return this.#names.values();
  }

  /** The flag that is kept beside a variable, by slot. */
  get flags(): ReadonlyMap<number, string> {
    return this.#flags;
  }

  /** At the start, for the variables below that have a value there. */
  askRecords(end: number, variable: (slot: number) => string): readonly Statement[] {
    return [...this.#flags]
      .filter(([slot]) => slot < end)
      .map(([slot, flag]) => evaluate(assign(id(flag), isPlainRecord(id(variable(slot))))));
  }

  /** Whether the value of the variable may be changed in place. */
  isKept(slot: number): Expression {
    return binary('===', this.#mark(slot), member(RUN, 'markEpoch'));
  }

  /** Behind a write that may have made a copy. */
  take(slot: number, variable: string): Statement {
    return evaluate(assign(this.#mark(slot), call('takeMark', RUN, id(variable))));
  }

  /** Of a container that the program owns, or has just made by a write. */
  keep(slot: number, variable: string): Statement {
    return evaluate(assign(this.#mark(slot), call('keepMark', RUN, id(variable))));
  }

  drop(slot: number): Statement {
    const mark = this.#mark(slot);
    return when(binary('!==', mark, number(0)), evaluate(assign(mark, call('dropMark', RUN, mark))));
  }

  give(slot: number, variable: string): Statement {
    const mark = this.#mark(slot);
    return when(binary('!==', mark, number(0)), evaluate(assign(mark, call('giveMark', RUN, id(variable), mark))));
  }

  /** Value, mark, value, mark …, for whoever goes on with the frame. */
  pairs(variable: (slot: number) => string): Expression {
    return array([...this.#names].flatMap(([slot, name]) => [id(variable(slot)), id(name)]));
  }

  #mark(slot: number): ReturnType<typeof id> {
    return id(this.#names.get(slot) as string);
  }
}
