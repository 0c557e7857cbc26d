/** Sets in formats that have lists only: sorted as JSON sorts them, so that equal sets have equal texts. */
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { JsonWriter } from '../value/json-writer.ts';
import type { Value } from '../value/kinds.ts';
import { asPrintError } from './json.ts';

export function sortedElements(set: ReadonlySet<Value>): readonly Value[] {
  const nesting = DEFAULT_LIMITS.nesting;
  const writer = new JsonWriter({ numbers: 'extended', indent: 0, canonical: true, nesting, meter: undefined });
  return asPrintError(() => writer.sort(set));
}
