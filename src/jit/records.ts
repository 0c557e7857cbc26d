/**
 * What need not be looked at again: whether a name stands for a plain record, and what was read out of it.
 *
 * Flags are variables that say it of a name. Most are computed once, where it is asked first, and hold until control meets a
 * way on which they were not, or code of the host has run. Those that are kept beside a variable of the program are right
 * wherever code stands: each write of the variable sets them. What was read out of a name holds as long as the name stands
 * for its value: values never change, and a write in place is one of the variable.
 */
import { all, binary, type Expression, hasType, type Identifier, id, literal, member, NULL } from './estree.ts';

/** The flag of a plain record that the program has made. */
const ALWAYS = 'true';

export class Records {
  readonly #flags: Map<string, string>;
  /** Names of parts, by `name.key`. */
  readonly #parts: Map<string, string>;
  readonly #kept: Map<string, string>;

  constructor(from: Records | null = null) {
    this.#flags = new Map(from === null ? [] : from.#flags);
    this.#parts = new Map(from === null ? [] : from.#parts);
    this.#kept = from === null ? new Map() : from.#kept;
  }

  /** What holds on every way to a join; `visible` are the variables that were declared in front of its block. */
  static common(ways: readonly Records[], visible: ReadonlySet<string>): Records {
    const [first, ...others] = ways as [Records, ...Records[]];
    const common = new Records(first);
    for (const [name, flag] of first.#flags)
      if (!isVisible(flag, visible) || others.some((other) => other.#flags.get(name) !== flag))
        common.#flags.delete(name);
    for (const [place, part] of first.#parts)
      if (!isVisible(part, visible) || others.some((other) => other.#parts.get(place) !== part))
        common.#parts.delete(place);
    return common;
  }

  /** The variables that say something here. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#flags.values(), ...this.#parts.values()]);
  }

  /** Whether the value of the name is a plain record; null if that has not been asked. */
  flagOf(name: string): Expression | null {
    const flag = this.#kept.get(name) ?? this.#flags.get(name);
    if (flag === undefined) return null;
    return flag === ALWAYS ? literal(true) : id(flag);
  }

  ask(name: string, flag: string): void {
    this.#flags.set(name, flag);
  }

  /** The name stands for a plain record that the program has made, and that nothing of the host's can reach. */
  isMade(name: string): void {
    this.#flags.set(name, ALWAYS);
  }

  /** From here on the flag is kept beside the variable. */
  keep(name: string, flag: string): void {
    this.#kept.set(name, flag);
  }

  partOf(name: string, key: string): string | undefined {
    return this.#parts.get(`${name}.${key}`);
  }

  setPart(name: string, key: string, part: string): void {
    this.#parts.set(`${name}.${key}`, part);
  }

  /** What was read with a key that lies in a variable: null where there was nothing. */
  elementOf(name: string, key: string): string | undefined {
    return this.#parts.get(`${name}.[${key}]`);
  }

  setElement(name: string, key: string, part: string): void {
    this.#parts.set(`${name}.[${key}]`, part);
  }

  /** A variable gets the value of another name. */
  assign(name: string, from: string): void {
    const flag = this.#flags.get(from);
    if (flag !== undefined) this.#flags.set(name, flag);
  }

  /** The name stands for another value. */
  forget(name: string): void {
    this.#flags.delete(name);
    for (const place of this.#parts.keys())
      if (place.startsWith(`${name}.`) || place.endsWith(`.[${name}]`)) this.#parts.delete(place);
  }

  /** Code of the host may have run, and changed anything of its own. */
  forgetForeign(): void {
    this.#parts.clear();
    for (const [name, flag] of this.#flags) if (flag !== ALWAYS) this.#flags.delete(name);
  }
}

function isVisible(name: string, visible: ReadonlySet<string>): boolean {
  return name === ALWAYS || visible.has(name);
}

/** Measured: V8 folds the look at the prototype into the shape check of the read behind it; of many shapes it takes 50 ns. */
export function isPlainRecord(value: Identifier): Expression {
  return all(
    hasType(value, 'object'),
    binary('!==', value, NULL),
    binary('===', member(value, '__proto__'), id('Plain')),
  );
}
