/**
 * The state of generating one program: randomness, scope, what is declared, and how much may still be produced. Knows the
 * places that hold values (variables and paths into them) but no grammar.
 */
import type { Random } from './random.ts';
import { isPlainKey, Scope, textLiteral, type Variable } from './scope.ts';
import { fits, randomType, type Type } from './types.ts';

export interface DeclaredFunction {
  readonly name: string;
  readonly parameters: readonly Type[];
  readonly result: Type;
}

/** A variable or a path into one, written without computed keys. */
export interface Place {
  readonly text: string;
  readonly type: Type;
  readonly variable: Variable;
  readonly isPath: boolean;
  /** Whether a MODIFY may name it. */
  readonly isDotted: boolean;
}

export interface Options {
  /** Many small writes through many names instead of deep expressions. */
  readonly isWriting: boolean;
  /** Whether the program may SUSPEND and wait: then it has to be started. */
  readonly waits: boolean;
  /** Little that nothing is done with: functions are called, loops and values of one type are frequent. */
  readonly isDense: boolean;
}

export class Generator {
  readonly random: Random;
  readonly waits: boolean;
  readonly isWriting: boolean;
  readonly isDense: boolean;
  readonly functions: DeclaredFunction[] = [];
  scope = new Scope();
  /** What RETURN gives here; null in a transform. */
  result: Type | null = null;
  /** Loops around this place; more than three are not made. */
  loops = 0;
  /** Nodes that may still be made; expressions get short when it runs out. */
  budget: number;

  constructor(random: Random, budget: number, options: Options) {
    this.random = random;
    this.budget = budget;
    this.waits = options.waits;
    this.isWriting = options.isWriting;
    this.isDense = options.isDense;
  }

  /** Runs `make` with the names of a new scope. */
  inScope<T>(make: (scope: Scope) => T): T {
    const outer = this.scope;
    this.scope = outer.child();
    try {
      return make(this.scope);
    } finally {
      this.scope = outer;
    }
  }

  /** Runs `make` as the body of a lambda or FUNC. */
  inBody<T>(scope: Scope, result: Type, make: () => T): T {
    const { scope: outerScope, result: outerResult, loops } = this;
    this.scope = scope;
    this.result = result;
    this.loops = 0;
    try {
      return make();
    } finally {
      this.scope = outerScope;
      this.result = outerResult;
      this.loops = loops;
    }
  }

  /** Places whose type fits, up to three steps below a variable. */
  places(wanted: Type): readonly Place[] {
    return this.allPlaces().filter(({ type }) => fits(wanted, type));
  }

  allPlaces(): readonly Place[] {
    const found: Place[] = [];
    for (const variable of this.scope.visible()) {
      const { name, type } = variable;
      addPlaces(found, { text: name, type, variable, isPath: false, isDotted: true }, 3);
    }
    return found;
  }

  /** For something new; in dense programs often a type that is there already. */
  newType(depth: number): Type {
    const { random } = this;
    const places =
      this.isDense && random.chance(60) ? this.allPlaces().filter(({ type }) => type.kind !== 'function') : [];
    return places.length === 0 ? randomType(random, depth) : random.pick(places).type;
  }

  place(wanted: Type): Place | undefined {
    const places = this.places(wanted);
    return places.length === 0 ? undefined : this.random.pick(places);
  }
}

function addPlaces(found: Place[], place: Place, steps: number): void {
  found.push(place);
  if (place.type.kind !== 'record' || steps === 0) return;
  for (const { key, type } of place.type.fields) {
    const isDotted = place.isDotted && isPlainKey(key);
    const text = `${place.text}${segment(key)}`;
    addPlaces(found, { text, type, variable: place.variable, isPath: true, isDotted }, steps - 1);
  }
}

export function segment(key: string): string {
  return isPlainKey(key) ? `.${key}` : `[${textLiteral(key)}]`;
}
