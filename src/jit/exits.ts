/** What generated code hands over where the interpreter goes on, and what it declares for that at its start. */
import { array, call, declare, type Expression, id, literal, NULL, number, type Statement } from './estree.ts';
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
