/** What several emitters need. */
import { call, evaluate, RUN } from './estree.ts';
import { KIND, type Operand } from './operand.ts';
import type { Translator } from './translate.ts';

export const UNOWNED = { mayBeOwned: false } as const;
export const BOOLEAN = { kinds: KIND.boolean, mayBeOwned: false } as const;

/** The value is about to be referred to from one more place. */
export function share(t: Translator, value: Operand): void {
  if (value.mayBeOwned && (value.kinds & KIND.other) !== 0) t.emit(evaluate(call('share', RUN, value.node)));
}

/** The value becomes part of a container that is made here, or is put out. */
export function take(t: Translator, value: Operand): void {
  t.emit(...t.trees.take(value, t.slots));
}
