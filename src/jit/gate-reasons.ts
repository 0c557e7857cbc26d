/**
 * THE closed list of reasons for which generated text is refused: each with the sentence that explains it. The generator
 * makes no such text; a refusal is a fault of ours that was kept from becoming code.
 */

export const GATE_REASONS = {
  // Text
  'text-size': 'the text is larger than the gate reads',
  'text-character': 'the text holds a character or a mark of a comment that generated text never holds',
  syntax: 'the text is not JavaScript of the year that the gate reads, or nests too deep for reading it',
  'too-deep': 'statements and expressions nest deeper than the gate follows',
  'not-printed': 'printing what was read does not give the text again',
  // Nodes
  'node-type': 'the text uses a construct that is not on the list',
  'node-field': 'a construct has a part, a form or an operator that is not on the list',
  // Program
  'program-shape': 'the text is not the directive, functions, and one list of them returned',
  'function-shape': 'a function does not take the run and then locals',
  'function-size': 'the text of a function is larger than V8 should compile at once',
  // Names
  'name-form': 'what is declared has no name of the form that generated names have',
  'name-taken': 'a name is declared twice in a function, or hides a parameter of the factory or a function',
  'name-unknown': 'a name means nothing at this place',
  'name-use': 'a name may not be used in this way: as a value, as an argument, or on the left of this operator',
  'assign-target': 'something is assigned that is neither a variable nor a part that may be written',
  // Statements
  'statement-place': 'a statement stands where it may not',
  'declaration-shape': 'a declaration does not bind one name as let or const',
  'loop-shape': 'a loop does not count one variable up to a name',
  'loop-start': 'a loop does not start at a number',
  'loop-fuel': 'the body of a loop does not charge fuel before its work',
  'loop-head': 'before the fuel of a loop stands more than the binding of its variable',
  'catch-shape': 'a catch does not hand what it caught to a helper before anything else',
  'throw-shape': 'what is thrown was not made by a helper',
  // Expressions
  literal: 'a literal is neither a plain number, nor true, false or null',
  'negative-shape': 'a minus stands before something other than a number above zero',
  'typeof-place': 'typeof is not compared with one of the names of types',
  'prototype-place': 'a prototype is not compared with that of plain objects or lists',
  'call-target': 'what is called is neither a helper nor a compiled function',
  'call-run': 'a compiled function is not handed the run first, and only first',
  'key-refused': 'a key is not one of those that the module names, or prototypes have it too',
  'key-twice': 'an object literal lists one key twice',
  'member-shape': 'a member is not reached by a key, a length or an index, from a local',
} as const;

export type GateReason = keyof typeof GATE_REASONS;

/** Why a text must not become code, and where in it. */
export interface GateRefusal {
  readonly reason: GateReason;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Thrown inside the gate, caught by `checkGenerated`. */
export class Refused {
  readonly reason: GateReason;
  /** Offset in the text. */
  readonly offset: number;

  constructor(reason: GateReason, offset: number) {
    this.reason = reason;
    this.offset = offset;
  }
}

export function refuse(reason: GateReason, node: { readonly start: number }): never {
  throw new Refused(reason, node.start);
}
