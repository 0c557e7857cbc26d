/** Iteration cursors. A list is iterated over its length at the start, and shared, so that writes in the body copy it. */
import { stateFault } from '../value/fault.ts';
import { kindOf, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { Sequence } from '../value/sequence.ts';
import { share } from './ownership.ts';
import type { Run } from './run.ts';

const WHAT = ['FOR EACH', 'Array comprehension'] as const;

/** Lives in a hidden slot of the frame; the program cannot reach it. */
export class Cursor {
  readonly list: readonly Value[] | null;
  readonly length: number;
  index = 0;
  readonly rest: Iterator<Value> | null;

  constructor(list: readonly Value[] | null, rest: Iterator<Value> | null) {
    this.list = list;
    this.length = list === null ? 0 : list.length;
    this.rest = rest;
  }
}

/** `form` 0 is FOR EACH, 1 a comprehension: the fault is worded by it. */
export function startCursor(run: Run, iterable: Value, form: number): Cursor {
  run.allocate(BYTES.cursor);
  switch (kindOf(iterable)) {
    case 'list':
      share(run.owned, iterable);
      return new Cursor(iterable as readonly Value[], null);
    case 'set': {
      const set = iterable as ReadonlySet<Value>;
      run.charge(set.size);
      run.allocate(BYTES.list + BYTES.listSlot * set.size);
      return new Cursor([...Set.prototype.values.call(set)], null);
    }
    case 'sequence':
      return new Cursor(null, Sequence.iterate(iterable as Sequence, run));
    default:
      throw stateFault('MR6020', `${WHAT[form]} expects list/iterable/sequence`);
  }
}

/** The next element of a cursor over something other than a list, or `END`. */
export function nextOfSequence(cursor: Cursor): Value {
  const step = cursor.rest?.next();
  return step === undefined || step.done === true ? END : step.value;
}

/** No value of the language. */
export const END = Symbol('end of iteration');
