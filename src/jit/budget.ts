/** Bounds on one compilation: its time and memory grow with what it emits, and a guest decides how much that is. */
import { Refused } from './refusals.ts';

/** No text of the size that V8 optimises has as many. */
const MAX_STATEMENTS = 4_000;
/** 256 frames of 8 bytes for each name take less than half of V8's stack. */
const MAX_NAMES_WITH_CALLS = 200;
const MAX_NAMES = 1_000;

export class Budget {
  #statementsLeft = MAX_STATEMENTS;
  #namesLeft: number;

  constructor(hasCalls: boolean) {
    this.#namesLeft = hasCalls ? MAX_NAMES_WITH_CALLS : MAX_NAMES;
  }

  /** @throws Refused */
  spend(statements: number): void {
    this.#statementsLeft -= statements;
    if (this.#statementsLeft < 0) throw new Refused('size');
  }

  /** Names are registers of V8's frame: a function that calls others must leave them room on the stack. @throws Refused */
  declare(): void {
    this.spend(1);
    if (--this.#namesLeft < 0) throw new Refused('size');
  }
}
