/**
 * EXPLAIN and CHECKPOINT: what a program sees of its own run's tracer. Without one they do nothing, so a program means
 * the same traced and untraced unless it asks.
 */
import type { NativeContext, NativeRow } from '../link/native.ts';
import { argumentFault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { nativeRows } from './rows.ts';

const EXPLAIN_USAGE = 'EXPLAIN(varName)';

function checkpoint(context: NativeContext, label?: Value): Value {
  context.tracer?.checkpoint(label ?? null);
  return true;
}

function explain(context: NativeContext, name: Value): Value {
  if (typeof name !== 'string') throw argumentFault('MR6012', EXPLAIN_USAGE);
  const known = context.tracer?.explain(context, name);
  if (known !== undefined) return known;
  context.allocate(BYTES.record + 2 * BYTES.recordField);
  return { var: name, info: 'no provenance' };
}

export const TRACING_ROWS: readonly NativeRow[] = nativeRows('debug', [
  {
    name: 'CHECKPOINT',
    usage: 'CHECKPOINT([label])',
    minArgs: 0,
    maxArgs: Number.POSITIVE_INFINITY,
    doc: 'Notes in the trace that this place was reached, with the text of the label, and when. Always true.',
    examples: [
      ['CHECKPOINT("loaded")', 'true'],
      ['CHECKPOINT()', 'true'],
    ],
    cost: 3,
    borrows: true,
    call: checkpoint,
  },
  {
    name: 'EXPLAIN',
    usage: EXPLAIN_USAGE,
    minArgs: 1,
    maxArgs: 1,
    doc: 'How the value of a variable or output field came about, as far as the tracer of the run saw it: its last value and the steps that made it.',
    examples: [
      ['EXPLAIN("total")', '{"var":"total","info":"no provenance"}'],
      ['EXPLAIN(5)', '✗ EXPLAIN(varName)'],
    ],
    cost: 4,
    borrows: true,
    call: explain,
  },
]).map((row) => ({ ...row, purity: 'impure' }));
