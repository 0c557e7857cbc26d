/** What generated code hands over where the interpreter goes on, and what it takes over and declares at its start. */
import {
  array,
  assign,
  call,
  declare,
  type Expression,
  evaluate,
  id,
  literal,
  NULL,
  number,
  type Statement,
} from './estree.ts';
import { SLOT_STATES, type State } from './flow.ts';
import type { Loop } from './operand.ts';

/** Names by slot. */
type Named = Iterable<readonly [slot: number, name: string]>;

/** Slot, value, slot, value … of everything that the interpreter may read in this state. */
export function slotPairs({ slots }: State, variables: Named, cells: Named, loops: readonly Loop[]): Expression {
  const pairs: Expression[] = [];
  for (const [slot, name] of variables) if (slots[slot] === SLOT_STATES.value) pairs.push(number(slot), id(name));
  for (const [slot, name] of cells) if (slots[slot] === SLOT_STATES.cell) pairs.push(number(slot), id(name));
  for (const { list, isSeries, index, cursor } of loops)
    pairs.push(number(cursor), call(isSeries ? 'cursorOver' : 'cursorAt', id(list), id(index)));
  return array(pairs);
}

/** The other way: what a loop that is entered half-way finds in the frame. */
export function slotReads(
  { slots }: State,
  variables: ReadonlyMap<number, string>,
  cells: ReadonlyMap<number, string>,
  frame: Expression,
): readonly Statement[] {
  const used = [...new Set([...variables.keys(), ...cells.keys()])].sort((a, b) => a - b);
  return used.flatMap((slot) => {
    const name = (slots[slot] === SLOT_STATES.cell ? cells : variables).get(slot);
    return name === undefined ? [] : [evaluate(assign(id(name), call('slotOf', frame, number(slot))))];
  });
}

/** The names that hold values, those that hold numbers and those that hold truth, before anything is known of them. */
export function declarations(
  values: Iterable<string>,
  numbers: Iterable<string>,
  flags: Iterable<string>,
): readonly Statement[] {
  return [
    ...[...values].map((name) => declare('let', name, NULL)),
    ...[...numbers].map((name) => declare('let', name, number(0))),
    ...[...flags].map((name) => declare('let', name, literal(false))),
  ];
}
