/** The names that a place of a generated program can use, with what the generator believes they hold. */
import type { Random } from './random.ts';
import type { Type } from './types.ts';

export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** False for the input and for the names of errors, which programs rather leave alone. */
  readonly isWritten: boolean;
}

const HARD_KEYWORDS = new Set(
  'IF THEN ELSE CASE WHEN FOR EACH IN WHERE TRY CATCH AWAIT SUSPEND TRUE FALSE NULL'.split(' '),
);
const NAMES: readonly string[] = [
  ...['a', 'b', 'c', 'n', 'm', 'k', 'v', 'x', 'y', 'acc', 'item', 'list', 'sum', 'text', 'res', 'obj', 'g', 'z', 'tmp'],
  ...['type', 'times', 'call', 'to', 'single', 'throw_', 'fail', 'constructor', 'toString', 'arguments', 'eval', 'été'],
  ...['`in`', '`two words`', '`1`', '__proto__', 'async', 'self', 'undefined', 'NaN', 'retry', 'union'],
];

export class Scope {
  readonly #parent: Scope | null;
  readonly #variables: Variable[] = [];
  readonly #reserved: string[] = [];
  readonly #used: Set<string>;

  constructor(parent: Scope | null = null) {
    this.#parent = parent;
    this.#used = parent === null ? new Set() : parent.#used;
  }

  child(): Scope {
    return new Scope(this);
  }

  declare(name: string, type: Type, isWritten = true): void {
    this.#variables.push({ name, type, isWritten });
    this.#used.add(name);
  }

  /** The name is taken from now on, but stands for nothing yet. */
  reserve(name: string): void {
    this.#reserved.push(name);
  }

  /** Innermost first, without those that another hides. */
  visible(): readonly Variable[] {
    const found = new Map<string, Variable>();
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      for (const variable of scope.#variables.toReversed()) {
        if (!found.has(variable.name)) found.set(variable.name, variable);
      }
    }
    return [...found.values()];
  }

  /** A name for LET, which may hide nothing around it. */
  newName(random: Random): string {
    for (let tries = 0; tries < 4; tries++) {
      const name = random.pick(NAMES);
      if (!this.#isVisible(name)) return name;
    }
    for (let n = this.#used.size; ; n++) if (!this.#isVisible(`v${n}`)) return `v${n}`;
  }

  /** A name for a loop, parameter or caught error: it may hide others. */
  anyName(random: Random): string {
    return random.pick(NAMES);
  }

  #isVisible(name: string): boolean {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      if (scope.#reserved.includes(name) || scope.#variables.some((v) => v.name === name)) return true;
    }
    return false;
  }
}

/** Whether a key can be written as a name. */
export function isPlainKey(key: string): boolean {
  return /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(key) && !HARD_KEYWORDS.has(key.toUpperCase());
}

/** A text as a literal of the language. */
export function textLiteral(text: string): string {
  const escaped = Array.from({ length: text.length }, (_, i) => escapedUnit(text, i));
  return `"${escaped.join('')}"`;
}

function escapedUnit(text: string, i: number): string {
  const unit = text[i] as string;
  const code = text.charCodeAt(i);
  const simple = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' }[unit];
  if (simple !== undefined) return simple;
  const isPrintable = (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code < 0x2000);
  return isPrintable ? unit : `\\u${code.toString(16).padStart(4, '0')}`;
}
