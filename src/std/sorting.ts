/** The order of SORT and SORT_BY: ascending by `anyCompare`, stable. Charged for all comparisons before the first. */
import type { NativeContext } from '../link/native.ts';
import { allocateList, chargeFlattening } from '../value/charges.ts';
import { anyCompare } from '../value/compare.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';

type Uniform = 'numbers' | 'texts' | 'mixed';

/** A new list of the same values in order. */
export function sorted(context: NativeContext, list: readonly Value[]): Value[] {
  allocateList(context, list.length);
  const copy: Value[] = [];
  for (let i = 0; i < list.length; i++) copy.push(list[i] ?? null);
  if (copy.length < 2) return copy;
  switch (chargeSorting(context, copy)) {
    case 'numbers':
      return (copy as number[]).sort((a, b) => a - b);
    case 'texts':
      return copy.sort();
    case 'mixed':
      return copy.sort((a, b) => anyCompare(context, a, b));
  }
}

/** A new list of the values in the order of their keys, of which there are as many. */
export function sortedByKeys(context: NativeContext, list: readonly Value[], keys: readonly Value[]): Value[] {
  allocateList(context, 2 * list.length);
  const order: number[] = [];
  for (let i = 0; i < list.length; i++) order.push(i);
  if (order.length > 1) {
    switch (chargeSorting(context, keys)) {
      case 'numbers':
        order.sort((a, b) => (keys[a] as number) - (keys[b] as number));
        break;
      case 'texts':
        order.sort((a, b) => compareUnits(keys[a] as string, keys[b] as string));
        break;
      case 'mixed':
        order.sort((a, b) => anyCompare(context, keys[a], keys[b]));
    }
  }
  return order.map((place) => list[place] ?? null);
}

/** Charges for sorting the values, and tells of what kind all are. */
function chargeSorting(context: NativeContext, values: readonly Value[]): Uniform {
  let areNumbers = true;
  let areTexts = true;
  let units = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || Number.isNaN(value)) areNumbers = false;
    if (typeof value !== 'string') areTexts = false;
    else {
      chargeFlattening(context, value.length);
      units += value.length;
    }
  }
  const rounds = Math.ceil(Math.log2(values.length));
  // Why: V8's merge sort needs at most n log n comparisons, each of 10 to 30 ns with a comparator of ours.
  context.charge(2 * values.length * rounds);
  context.allocate(BYTES.listSlot * values.length);
  if (areNumbers) return 'numbers';
  if (!areTexts) return 'mixed';
  // Texts may differ in their last unit only.
  context.charge(Math.ceil((units / 16) * rounds));
  return 'texts';
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
