/** THE closed list of reasons for which a JSON AST is refused, each with the sentence that explains it. */
import type { Code } from '../base/codes.ts';

interface ReasonRow {
  readonly code: Code;
  readonly sentence: string;
}

const format = (sentence: string): ReasonRow => ({ code: 'MR3201', sentence });
const shape = (sentence: string): ReasonRow => ({ code: 'MR3202', sentence });
const rule = (sentence: string): ReasonRow => ({ code: 'MR3203', sentence });

export const IR_REASONS = {
  // What no schema is needed for
  'too-long': format('the JSON AST is too long'),
  'too-deep': format('the JSON AST is nested too deeply'),
  'not-json': format('the text is not JSON'),
  'duplicate-field': format('an object has a field twice'),
  'foreign-value': format('this is no plain JSON value: accessors, class instances, functions and holes are refused'),
  // What the schema says
  'wrong-type': shape('this holds another type of value'),
  'unknown-field': shape('this has a field that the format does not have'),
  'missing-field': shape('this lacks a field'),
  'unknown-kind': shape('there is no node of this kind'),
  'wrong-value': shape('this value is not one that may stand here'),
  // What the language says
  'constant-form': rule('a constant or key is written in another form than its own'),
  'place-order': rule('a place ends before it starts, or lines do not ascend'),
  'no-such-entry': rule('an index names no entry of its table'),
  'variable-unset': rule('a variable is used where it is not in scope'),
  'variable-made': rule('a variable is made twice, or nowhere'),
  'variable-flags': rule('a flag of a variable does not say what the code does with it'),
  'input-written': rule('the input is written; only variables can be'),
  'capture-shape': rule('a lambda captures what it does not use, twice, or under another name'),
  'unit-shape': rule(
    'a unit is of a kind that cannot stand here, or has parameters or captures that its kind does not have',
  ),
  'lambda-name': rule('a lambda does not have the name of the LET that holds it, or `<lambda>`'),
  'duplicate-name': rule('two declarations have one name'),
  'hidden-standard': rule('a standard function is hidden'),
  'unknown-standard': rule('there is no such standard function'),
  'not-callable': rule('this cannot be called so: only FUNCs are by CallFunc, and variables are by CallVariable'),
  'import-shape': rule('an import does not say what an IMPORT can say'),
  'call-arity': rule('a member of an import is called with another number of arguments than declared'),
  'export-shape': rule('an export does not have the name of its unit, or exports are out of order'),
  'duplicate-key': rule('MODIFY names a field twice'),
  'shared-unreadable': rule(
    'the name of a shared resource is read where it means something else: in a FUNC, or it is a name of the input',
  ),
  'two-handlers': rule('a TRY has both a fallback and an ABORT'),
  'too-many': rule('the module has more of these than a module can have'),
} as const satisfies Record<string, ReasonRow>;

export type IrReason = keyof typeof IR_REASONS;

export interface IrRefusal {
  readonly reason: IrReason;
  /** Where, as a JSON pointer into what was given: `/module/units/3/body/0`; empty for the whole. */
  readonly pointer: string;
  /** What was found or expected there; may be empty. */
  readonly detail: string;
  /** Offset in the text, where the pointer does not say it: the text could not be read as JSON. */
  readonly offset?: number;
}

/** Thrown inside this room, caught by its entries. */
export class IrRefused {
  readonly refusal: IrRefusal;

  constructor(reason: IrReason, path: readonly (string | number)[], detail = '') {
    this.refusal = { reason, pointer: pointerOf(path), detail };
  }
}

export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const SHOWN_CHARACTERS = 40;

/** Part of what was given, for a detail: short, quoted, controls escaped. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}
