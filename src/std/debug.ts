/** Functions for checks inside programs. (CHECKPOINT and EXPLAIN read the run's own tracer and stand with it.) */
import type { NativeContext } from '../link/native.ts';
import { stateFault } from '../value/fault.ts';
import { isLibraryTrue, type Value } from '../value/kinds.ts';
import { textOf } from '../value/text.ts';
import { nativeRows } from './rows.ts';

function assertTrue(context: NativeContext, condition: Value, message: Value): Value {
  if (isLibraryTrue(condition)) return true;
  throw stateFault('MR6017', message === null || message === undefined ? 'ASSERT failed' : textOf(context, message));
}

export const DEBUG_ROWS = nativeRows('debug', [
  {
    name: 'ASSERT',
    usage: 'ASSERT(cond[, msg])',
    minArgs: 1,
    maxArgs: Number.POSITIVE_INFINITY,
    doc: 'True when the condition counts as true, otherwise a fault with the text of the message.',
    examples: [
      ['ASSERT([], "e")', 'true'],
      ['ASSERT(false)', '✗ ASSERT failed'],
      ['ASSERT("", "empty")', '✗ empty'],
      ['ASSERT(null, 5)', '✗ 5'],
    ],
    cost: 3,
    borrows: true,
    call: assertTrue,
  },
]);
