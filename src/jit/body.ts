/**
 * The statements of a function while it is written, innermost block last. Counts them and the names that they declare: both
 * are bounded (budget.ts).
 */
import { Budget } from './budget.ts';
import { declare, type Expression, type Statement } from './estree.ts';
import type { Names } from './names.ts';

export class Body {
  readonly #names: Names;
  readonly #budget: Budget;
  #block: Statement[] = [];
  #isDead = false;

  constructor(names: Names, hasCalls: boolean) {
    this.#names = names;
    this.#budget = new Budget(hasCalls);
  }

  /** Of the block that is written. */
  get statements(): readonly Statement[] {
    return this.#block;
  }

  /** Whether nothing goes on behind what was written last. */
  get isDead(): boolean {
    return this.#isDead;
  }

  die(): void {
    this.#isDead = true;
  }

  revive(): void {
    this.#isDead = false;
  }

  /** @throws Refused */
  emit(...statements: readonly Statement[]): void {
    this.#budget.spend(statements.length);
    this.#block.push(...statements);
  }

  /** Statements that were counted when they were written, or do not count. */
  put(...statements: readonly Statement[]): void {
    this.#block.push(...statements);
  }

  insert(index: number, declaration: Statement): void {
    this.#budget.declare();
    this.#block.splice(index, 0, declaration);
  }

  /** The name of a new constant of the block. */
  constant(word: string, value: Expression): string {
    return this.#declared('const', word, value);
  }

  /** A new variable of the block, which the emitter corrects afterwards. */
  variable(word: string, value: Expression): string {
    return this.#declared('let', word, value);
  }

  /** What `write` writes, as a block of its own. */
  within(write: () => void): readonly Statement[] {
    const outside = this.#block;
    const block: Statement[] = [];
    this.#block = block;
    write();
    this.#block = outside;
    return block;
  }

  #declared(kind: 'const' | 'let', word: string, value: Expression): string {
    this.#budget.declare();
    const name = this.#names.next(word);
    this.#block.push(declare(kind, name, value));
    return name;
  }
}
