/**
 * What several functions share about their arguments: the rule for indexes (that for object keys is `writeKey`), and the
 * faults that refuse an argument. The messages are the language's own and are fixed.
 */
import { wordsOf } from '../value/bigints.ts';
import { type Adviser, argumentFault, type Fault, stateFault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import { textOf } from '../value/text.ts';

const MAX_INDEX = 2 ** 31 - 1;
const MIN_INDEX = -(2 ** 31);
/** Longer bigints are not printed: that would take time that nobody has paid for. */
const SHOWN_WORDS = 4;
const INTEGER_TEXT = /^[+-]?[0-9]+$/;

/** A function refuses what it was given: the state or kind of the argument is wrong. */
export function refuse(message: string, adviser?: Adviser): Fault {
  return stateFault('MR6012', message, adviser);
}

/** A function refuses what it was given: a requirement on the content does not hold. */
export function refuseArgument(message: string): Fault {
  return argumentFault('MR6012', message);
}

/** The text of an argument, or `absent` for null and for an argument that is missing. */
export function optionalText(meter: Meter, value: Value, absent: string): string {
  return value === null || value === undefined ? absent : textOf(meter, value);
}

/** PUT, DELETE, RANGE, SUBSTRING: an integer below 2^31 (a number may be negative), or the text of one. */
export function indexArgument(value: Value): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    if (value > MAX_INDEX) throw outOfBounds(value);
    return value;
  }
  if (typeof value === 'bigint') {
    if (value < 0n || value > BigInt(MAX_INDEX)) throw outOfBounds(value);
    return Number(value);
  }
  if (typeof value === 'string') {
    // Why the length: more than 64 digits of leading zeros are nobody's index, and the scan stays free of charge.
    if (value.length > 64 || !INTEGER_TEXT.test(value)) throw outOfBounds(value);
    const index = Number(value);
    if (index > MAX_INDEX || index < MIN_INDEX) throw outOfBounds(value);
    return index + 0;
  }
  throw stateFault('MR6006', 'Index must be integer for list');
}

/** `n` of TAKE and the like: an integer that is not negative. No list or text is longer than what it is cut to. */
export function countArgument(name: string, value: Value): number {
  const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (!isInteger) throw refuse(`${name}: n must be integer`);
  if (value < 0) throw refuseArgument(`${name}: n must not be negative`);
  return value > MAX_INDEX ? MAX_INDEX : Number(value);
}

function outOfBounds(index: number | bigint | string): Fault {
  const shown = typeof index === 'bigint' && wordsOf(index) > SHOWN_WORDS ? 'of many digits' : index;
  return argumentFault('MR6004', `Index ${shown} out of bounds`);
}
