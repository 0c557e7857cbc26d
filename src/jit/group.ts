/**
 * The units that are compiled into one text: a unit and those that it calls by name, so that V8 can inline across calls.
 * Collects what the text refers to: the parameters of the factory that makes the functions.
 */
import type { CallTarget, LinkedModule, LinkedUnit } from '../link/linked-module.ts';
import type { CompiledUnit, UnitCode } from '../vm/compiled.ts';
import type { Lambdas } from './effects.ts';
import { type Expression, id, isPlainNumber, literal, number, type Statement } from './estree.ts';
import { Names } from './names.ts';

const MAX_VARIANTS = 16;

/** A function that is to be compiled: a unit, or a copy of it for calls that pass lambdas which are known. */
export interface Job {
  readonly name: string;
  readonly unit: LinkedUnit;
  readonly home: LinkedModule;
  readonly lambdas: Lambdas;
  /** Of a copy. */
  readonly key: string | null;
}

export class Group {
  readonly names = new Names();
  readonly constants: unknown[] = [];
  readonly references: object[] = [];
  readonly functions: UnitCode[] = [];
  /** The instruction that a statement comes of, for those who read the text. */
  readonly places = new Map<Statement, number>();
  readonly hasProbes: boolean;
  /** What the text calls, in the order in which it was asked for; grows while it is translated. */
  readonly jobs: Job[] = [];
  readonly #members: ReadonlyMap<LinkedUnit, string>;
  readonly #asked = new Map<string, string>();
  readonly #unfit: ReadonlySet<string>;
  readonly #modules: LinkedModule[] = [];
  readonly #constantIndex = new Map<unknown, number>();
  /** By the names of the constants that hold them. */
  readonly #texts = new Map<string, string>();
  readonly #referenceIndex = new Map<object, number>();

  /** `unfit` are keys of variants that could not be compiled. */
  constructor(units: readonly LinkedUnit[], hasProbes: boolean, unfit: ReadonlySet<string> = new Set()) {
    this.hasProbes = hasProbes;
    this.#unfit = unfit;
    this.#members = new Map(units.map((unit) => [unit, this.names.next(unit.name)]));
  }

  /** Statements from a position on come of this instruction. */
  place(statements: readonly Statement[], from: number, pc: number): void {
    for (let i = from; i < statements.length; i++) this.places.set(statements[i] as Statement, pc);
  }

  /**
   * The function to call for a unit, null when only the interpreter can run it: what looks for the module at work finds
   * `home`, unless there is a frame between.
   */
  callee(unit: LinkedUnit, home: LinkedModule): string | null {
    if (!this.#isOpen(unit, home)) return null;
    const name = this.#members.get(unit);
    if (name !== undefined) {
      const isNew = !this.jobs.some((job) => job.unit === unit && job.key === null);
      if (isNew) this.jobs.push({ name, unit, home: unit.module, lambdas: [], key: null });
      return name;
    }
    const code = (unit.compiled as CompiledUnit | null)?.call;
    if (code === null || code === undefined) return null;
    let index = this.functions.indexOf(code);
    if (index < 0) index = this.functions.push(code) - 1;
    return `f_${index}`;
  }

  /** A copy of the function that calls these lambdas straight; null where there are none, or no such copy. */
  variant(unit: LinkedUnit, passed: Lambdas, home: LinkedModule): string | null {
    if (!this.#isOpen(unit, home)) return null;
    const lambdas = passed.map((lambda) => (lambda && this.callee(lambda, home) !== null ? lambda : undefined));
    if (lambdas.every((lambda) => lambda === undefined)) return null;
    const key = [unit, ...lambdas].map((part) => (part === undefined ? '' : this.#numberOf(part))).join();
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    if (this.#unfit.has(key) || this.#asked.size >= MAX_VARIANTS) return null;
    const name = this.names.next(unit.name);
    this.#asked.set(key, name);
    this.jobs.push({ name, unit, home, lambdas, key });
    return name;
  }

  /** A unit as an argument of a helper. */
  unit(unit: LinkedUnit): Expression {
    return this.#reference(unit);
  }

  target(target: CallTarget): Expression {
    return this.#reference(target);
  }

  /** A value of the program: numbers, truth values and null stand in the text, all else among the constants. */
  literal(value: unknown): Expression {
    if (value === null || typeof value === 'boolean') return literal(value);
    if (typeof value === 'number' && isPlainNumber(value)) return number(value);
    return this.constant(value);
  }

  constant(value: unknown): Expression {
    let index = this.#constantIndex.get(value);
    if (index === undefined) {
      index = this.constants.push(value) - 1;
      this.#constantIndex.set(value, index);
    }
    const name = `k_${index}`;
    if (typeof value === 'string') this.#texts.set(name, value);
    return id(name);
  }

  /** The text that an expression is the name of, or null. */
  textOf(expression: Expression): string | null {
    return expression.type === 'Identifier' ? (this.#texts.get(expression.name) ?? null) : null;
  }

  #isOpen(unit: LinkedUnit, home: LinkedModule): boolean {
    return unit.module === home || unit.module.imports.length === 0;
  }

  #numberOf({ module, index }: LinkedUnit): string {
    let number = this.#modules.indexOf(module);
    if (number < 0) number = this.#modules.push(module) - 1;
    return `${number}.${index}`;
  }

  #reference(object: object): Expression {
    let index = this.#referenceIndex.get(object);
    if (index === undefined) {
      index = this.references.push(object) - 1;
      this.#referenceIndex.set(object, index);
    }
    return id(`u_${index}`);
  }
}
