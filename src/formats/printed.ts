/** The lines that PRINT makes of values: the text of a value, except that the outer brackets of lists and objects go. */

import { JoinedTexts } from '../value/joined-texts.ts';
import { isList, isRecord } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import { textOf } from '../value/text.ts';

/** Printed values have crossed the border of their run, where they were charged and their depth was checked. */
const CHARGED_ALREADY: Meter = {
  charge: () => undefined,
  allocate: () => undefined,
  nestingLimit: 1_000,
  joinedTexts: new JoinedTexts(),
  cutTexts: new JoinedTexts(),
};

export function printedLine(value: unknown): string {
  if (isList(value)) return value.map(plainText).join(', ');
  if (isRecord(value))
    return Object.entries(value)
      .map(([key, part]) => `(${key}, ${plainText(part)})`)
      .join(', ');
  return plainText(value);
}

function plainText(value: unknown): string {
  return textOf(CHARGED_ALREADY, value);
}
