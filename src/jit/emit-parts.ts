/** What several emitters need. */
import { all, assign, binary, call, type Expression, evaluate, type Identifier, id, member, RUN } from './estree.ts';
import { A_BOOLEAN, KIND } from './facts.ts';
import type { Operand } from './operand.ts';
import { isPlainRecord } from './records.ts';
import type { Translator } from './translate.ts';

export const UNOWNED = { mayBeOwned: false } as const;
export const BOOLEAN = { ...A_BOOLEAN, mayBeOwned: false } as const;

/** The value is about to be referred to from one more place. */
export function share(t: Translator, value: Operand): void {
  if (!value.mayBeOwned || (value.kinds & KIND.other) === 0) return;
  if (t.marks.has(value.slot)) t.body.emit(t.marks.drop(value.slot));
  t.body.emit(evaluate(call('share', RUN, value.node)));
}

/** Whether it may stand before a dot: constants and numbers may not. */
export function isVariable(node: Expression): node is Identifier {
  return node.type === 'Identifier' && !node.name.startsWith('k_');
}

export function isList(value: Identifier): Expression {
  return all(call('isArray', value), binary('===', member(value, '__proto__'), id('List')));
}

/** What a variable that is written through holds gets another reference, or loses this one. */
export function shareVariable(t: Translator, slot: number): void {
  if (t.slots[slot]?.kinds === KIND.nothing) return;
  if (t.marks.has(slot)) t.body.emit(t.marks.drop(slot));
  t.body.emit(evaluate(call('share', RUN, id(t.variables.value(slot)))));
}

/** The value becomes part of a container that is made here, or is put out. */
export function take(t: Translator, value: Operand): void {
  t.body.emit(...t.trees.take(value, t.slots));
}

/** The variable has got another value: `isRecord` if it is known whether that is a plain record. */
export function setFlag(t: Translator, slot: number, isRecord: Expression | null = null): void {
  const flag = t.marks.flags.get(slot);
  if (flag !== undefined)
    t.body.emit(evaluate(assign(id(flag), isRecord ?? isPlainRecord(id(t.variables.value(slot))))));
}

/** Code of the host may have run, and changed anything of its own. */
export function forgetForeign(t: Translator): void {
  t.records.forgetForeign();
  for (const slot of t.marks.flags.keys()) setFlag(t, slot);
}
