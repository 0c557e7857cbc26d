/**
 * The variables that an emitted function declares: of the slots, for their values and for the cells that hold them, of
 * operands where ways meet, of faults that were caught, and of the place of the last call. Each is named where it is asked for
 * first.
 */
import {
  array,
  assign,
  call,
  declare,
  type Expression,
  evaluate,
  id,
  literal,
  member,
  NULL,
  number,
  type Statement,
} from './estree.ts';
import { type Flow, SLOT_STATES, type State } from './flow.ts';
import type { Marks } from './marks.ts';
import type { Names } from './names.ts';
import type { Loop } from './operand.ts';
import { Refused } from './refusals.ts';

export type Place = ReturnType<typeof id> | ReturnType<typeof member>;

export class Variables {
  readonly #flow: Flow;
  readonly #names: Names;
  /** Names by slot. */
  readonly #values = new Map<number, string>();
  readonly #cells = new Map<number, string>();
  /** By position on the stack. */
  readonly #operands = new Map<number, string>();
  /** By the pc of the CATCH. */
  readonly #faults = new Map<number, string>();
  #call: string | null = null;

  constructor(flow: Flow, names: Names) {
    this.#flow = flow;
    this.#names = names;
  }

  value(slot: number): string {
    return this.#named(this.#values, slot, this.#wordOf(slot));
  }

  /** The same, undefined where nothing has asked for it. */
  knownValue(slot: number): string | undefined {
    return this.#values.get(slot);
  }

  cell(slot: number): string {
    return this.#named(this.#cells, slot, this.#wordOf(slot));
  }

  isCell(slot: number, pc: number): boolean {
    return this.#stateOf(slot, pc) === SLOT_STATES.cell;
  }

  /** Where the value of a variable that is written through lies: itself, or the cell that holds it. @throws Refused */
  place(slot: number, pc: number): Place {
    if (this.#stateOf(slot, pc) === SLOT_STATES.mixed) throw new Refused('slots');
    return this.isCell(slot, pc) ? member(id(this.cell(slot)), 'value') : id(this.value(slot));
  }

  /** What a lambda captures of a slot: the cell or the value. */
  captured(slot: number, pc: number): ReturnType<typeof id> {
    return id(this.isCell(slot, pc) ? this.cell(slot) : this.value(slot));
  }

  /** Of the operand at a position, where ways meet. */
  operand(position: number): string {
    return this.#named(this.#operands, position, 'operand');
  }

  isOperand(node: Expression): boolean {
    return node.type === 'Identifier' && [...this.#operands.values()].includes(node.name);
  }

  /** Of the fault that the region of a CATCH has caught. */
  fault(pc: number): string {
    return this.#named(this.#faults, pc, 'fault');
  }

  /** Notes the place of a call, for the trail of what it throws. */
  noteCall(pc: number): Statement {
    this.#call ??= this.#names.next('at');
    return evaluate(assign(id(this.#call), number(pc)));
  }

  get lastCall(): Expression {
    return this.#call === null ? number(0) : id(this.#call);
  }

  /** Slot, value, slot, value … of everything that the interpreter may read at an instruction. */
  handedOver(pc: number, loops: readonly Loop[]): Expression {
    const { slots } = this.#flow.states.get(pc) as State;
    const pairs: Expression[] = [];
    for (const [slot, name] of this.#values) if (slots[slot] === SLOT_STATES.value) pairs.push(number(slot), id(name));
    for (const [slot, name] of this.#cells) if (slots[slot] === SLOT_STATES.cell) pairs.push(number(slot), id(name));
    for (const { list, isSeries, index, cursor } of loops)
      pairs.push(number(cursor), call(isSeries ? 'cursorOver' : 'cursorAt', id(list), id(index)));
    return array(pairs);
  }

  /** The other way: what a loop that is entered half-way finds in the frame. */
  takenOver(pc: number, frame: Expression): readonly Statement[] {
    const used = [...new Set([...this.#values.keys(), ...this.#cells.keys()])].sort((a, b) => a - b);
    return used.flatMap((slot) => {
      const name = (this.isCell(slot, pc) ? this.#cells : this.#values).get(slot);
      return name === undefined ? [] : [evaluate(assign(id(name), call('slotOf', frame, number(slot))))];
    });
  }

  /** Before anything is known of them; the first slots are parameters. */
  declarations(parameterCount: number, { names, flags }: Marks): readonly Statement[] {
    const slots = [...this.#values].filter(([slot]) => slot >= parameterCount).map(([, name]) => name);
    const values = [...slots, ...this.#cells.values(), ...this.#operands.values(), ...this.#faults.values()];
    const numbers = [...names, ...(this.#call === null ? [] : [this.#call])];
    return [
      ...values.map((name) => declare('let', name, NULL)),
      ...numbers.map((name) => declare('let', name, number(0))),
      ...[...flags.values()].map((name) => declare('let', name, literal(false))),
    ];
  }

  #wordOf(slot: number): string {
    return this.#flow.unit.slotNames[slot] ?? 'v';
  }

  #stateOf(slot: number, pc: number): State['slots'][number] | undefined {
    return this.#flow.states.get(pc)?.slots[slot];
  }

  #named(names: Map<number, string>, key: number, word: string): string {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = this.#names.next(word);
    names.set(key, name);
    return name;
  }
}
