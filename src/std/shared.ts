/**
 * Shared state by name. The compiler turns a call with the right number of arguments into the instruction of the same
 * meaning, which may wait; what is called here has the wrong number, and the linker refuses it before it gets this far.
 */
import { stateFault } from '../value/fault.ts';
import { nativeRows } from './rows.ts';

function notConfigured(): never {
  throw stateFault('MR6018', 'SharedStore is not configured');
}

export const SHARED_ROWS = nativeRows('shared', [
  {
    name: 'AWAIT_SHARED',
    usage: 'AWAIT_SHARED(resource, key)',
    minArgs: 2,
    maxArgs: 2,
    doc: 'The value of a key of a shared resource; waits until it has one.',
    examples: [
      ['AWAIT_SHARED("a", 1)', '✗ AWAIT_SHARED: key must be string'],
      ['AWAIT_SHARED("nope", "k")', '✗ Unknown shared resource: nope'],
    ],
    cost: 1,
    borrows: true,
    call: notConfigured,
  },
  {
    name: 'SHARED_WRITE',
    usage: 'SHARED_WRITE(resource, key, value)',
    minArgs: 3,
    maxArgs: 3,
    doc: 'Writes a key of a shared resource and returns the value; a key of a SINGLE resource is written once.',
    examples: [
      ['SHARED_WRITE("a", "b")', '✗ SHARED_WRITE(resource, key, value)'],
      ['SHARED_WRITE("a", 1, 2)', '✗ SHARED_WRITE: key must be string'],
    ],
    cost: 1,
    borrows: true,
    call: notConfigured,
  },
]);
