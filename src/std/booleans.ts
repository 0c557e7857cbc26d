/** Truth as functions. */
import { isLibraryTrue } from '../value/kinds.ts';
import { nativeRows } from './rows.ts';

export const BOOLEAN_ROWS = nativeRows('booleans', [
  {
    name: 'NOT',
    usage: 'NOT(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'True for null, false, the empty text and zero, false for everything else.',
    examples: [
      ['NOT("")', 'true'],
      ['NOT([])', 'false'],
    ],
    cost: 2,
    borrows: true,
    call: (_context, value) => !isLibraryTrue(value),
  },
  {
    name: 'EXISTS',
    usage: 'EXISTS(x)',
    minArgs: 1,
    maxArgs: 1,
    doc: 'Whether the value is not null.',
    examples: [
      ['EXISTS(0)', 'true'],
      ['EXISTS(null)', 'false'],
    ],
    cost: 2,
    borrows: true,
    call: (_context, value) => value !== null && value !== undefined,
  },
]);
