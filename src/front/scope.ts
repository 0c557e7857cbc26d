/**
 * Variables, the units that own them, and which are visible where. Knows nothing of syntax.
 *
 * Invariant: a unit's variables are numbered parameters first, then captures, then locals, and the numbers are final
 * once the whole declaration has been resolved.
 */
import type { Span } from '../base/source.ts';
import type { UnitKind } from '../ir/nodes.ts';

export class Variable {
  readonly kind = 'variable';
  readonly name: string;
  readonly unit: UnitScope;
  /** Where it is declared. */
  readonly place: Span;
  /** Level of the block it belongs to. */
  readonly level: number;
  isCaptured = false;
  /** Written by SET, APPEND TO or MODIFY, anywhere. */
  isAssigned = false;
  /** Its LET is being resolved. */
  isInitialising = false;
  /** Its own value reads it: it is null until that is computed, in each round of a loop. */
  isRecursive = false;
  /** In its own unit, once that is numbered. */
  index = -1;

  constructor(name: string, unit: UnitScope, place: Span, level: number) {
    this.name = name;
    this.unit = unit;
    this.place = place;
    this.level = level;
  }

  /** Captured and possibly changed after that: lambdas share the variable. Otherwise they copy its value. */
  get isBoxed(): boolean {
    return this.isCaptured && (this.isAssigned || this.isRecursive);
  }
}

export class UnitScope {
  readonly kind: UnitKind;
  readonly name: string;
  readonly parent: UnitScope | null;
  readonly parameters: Variable[] = [];
  readonly #captures = new Set<Variable>();
  readonly #locals: Variable[] = [];
  #isNumbered = false;
  #captureIndexes: ReadonlyMap<Variable, number> | undefined;

  constructor(kind: UnitKind, name: string, parent: UnitScope | null) {
    this.kind = kind;
    this.name = name;
    this.parent = parent;
  }

  get captures(): readonly Variable[] {
    return [...this.#captures];
  }

  addLocal(variable: Variable): void {
    this.#locals.push(variable);
  }

  /** Notes that code of this unit uses `variable`; the units between it and the owner pass it on. */
  use(variable: Variable): void {
    if (variable.isInitialising) variable.isRecursive = true;
    if (variable.unit === this) return;
    variable.isCaptured = true;
    for (let unit: UnitScope = this; unit !== variable.unit && !unit.#captures.has(variable); ) {
      unit.#captures.add(variable);
      if (unit.parent === null) return;
      unit = unit.parent;
    }
  }

  get variables(): readonly Variable[] {
    return [...this.parameters, ...this.#captures, ...this.#locals];
  }

  indexOf(variable: Variable): number {
    if (!this.#isNumbered) this.#number();
    if (variable.unit === this) return variable.index;
    this.#captureIndexes ??= new Map(this.captures.map((v, i) => [v, this.parameters.length + i]));
    return this.#captureIndexes.get(variable) ?? -1;
  }

  #number(): void {
    this.#isNumbered = true;
    let index = 0;
    for (const parameter of this.parameters) parameter.index = index++;
    index += this.#captures.size;
    for (const local of this.#locals) local.index = index++;
  }
}

interface Hidden {
  readonly name: string;
  readonly hidden: Variable | undefined;
}

/** Names visible at the current place. Every operation takes constant time. */
export class VisibleNames {
  readonly #variables = new Map<string, Variable>();
  /** What each declaration hid, to be restored when its block closes. */
  readonly #trail: Hidden[] = [];
  readonly #marks: number[] = [];

  get level(): number {
    return this.#marks.length;
  }

  open(): void {
    this.#marks.push(this.#trail.length);
  }

  close(): void {
    const mark = this.#marks.pop() ?? 0;
    while (this.#trail.length > mark) {
      const { name, hidden } = this.#trail.pop() as Hidden;
      if (hidden === undefined) this.#variables.delete(name);
      else this.#variables.set(name, hidden);
    }
  }

  declare(variable: Variable): void {
    this.#trail.push({ name: variable.name, hidden: this.#variables.get(variable.name) });
    this.#variables.set(variable.name, variable);
  }

  find(name: string): Variable | undefined {
    return this.#variables.get(name);
  }

  names(): Iterable<string> {
    return this.#variables.keys();
  }
}
