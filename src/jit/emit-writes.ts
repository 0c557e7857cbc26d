/**
 * Writes: to variables, and through them. A write in place needs the mark of its variable (marks.ts); without it a helper
 * does what the interpreter does, and the copy that it may have made is marked from then on.
 */
import { BYTES } from '../value/meter.ts';
import { isVariable, setFlag, share, shareVariable, take } from './emit-parts.ts';
import {
  all,
  array,
  assign,
  binary,
  call,
  decide,
  type Expression,
  evaluate,
  hasType,
  type Identifier,
  id,
  literal,
  member,
  NULL,
  not,
  number,
  RUN,
  type Statement,
  when,
} from './estree.ts';
import { KIND } from './facts.ts';
import type { Instruction } from './flow.ts';
import { isPlainKey } from './names.ts';
import { allocation, type Operand, UNKNOWN_SLOT } from './operand.ts';
import { isPlainRecord } from './records.ts';
import type { Translator } from './translate.ts';
import type { Place } from './variables.ts';

/** Keys up to this length are not charged for. */
const SHORT_KEY = 32;
const CONTAINER = { kinds: KIND.other, bounds: null, isInput: false } as const;

export function store(t: Translator, slot: number, value: Operand): void {
  const name = t.variables.value(slot);
  if (t.written.has(slot)) shareVariable(t, slot);
  share(t, value);
  if (value.node.type === 'Identifier' && value.node.name === name) return;
  const { kinds, bounds, isInput, lambda } = value;
  const from = t.slots[value.slot];
  const isTree = (from ?? value).isTree || (kinds & KIND.other) === 0;
  if (from !== undefined) t.slots[value.slot] = { ...from, isTree: false };
  t.overwrite(slot, { kinds, bounds, isInput, lambda, isTree });
  const known = value.node.type === 'Identifier' ? t.records.flagOf(value.node.name) : null;
  t.body.emit(evaluate(assign(id(name), value.node)));
  setFlag(t, slot, (kinds & KIND.other) === 0 ? literal(false) : known);
  if (value.node.type === 'Identifier') t.records.assign(name, value.node.name);
}

/** APPEND TO a variable; the list that it begins with comes along where one is given. */
export function append(t: Translator, op: Instruction): void {
  const slot = op.operands[0] as number;
  const operand = t.pop();
  const init = op.name === 'APPEND_INIT' ? t.pop() : null;
  const isTree = takeInto(t, slot, operand, init === null);
  const value = unlike(t, slot, operand);
  const place = t.variables.place(slot, op.pc);
  const name = nameOf(t, slot);
  const given = init === null ? [] : [init.node];
  const isMarked = startWrite(t, slot, value, init);
  const helper = isMarked ? 'appendable' : 'append';
  const made = call(
    init === null ? helper : `${helper}Init`,
    RUN,
    name,
    place,
    ...(isMarked ? [] : [value.node]),
    ...given,
    number(op.pc),
  );
  t.overwrite(slot, { ...CONTAINER, isTree });
  if (!isMarked) {
    t.body.emit(evaluate(assign(place, made)));
    return;
  }
  const { marks } = t;
  t.body.emit(
    when(not(marks.isKept(slot)), evaluate(assign(place, made)), marks.keep(slot, t.variables.value(slot))),
    allocation(2 * BYTES.listSlot, op.pc),
    evaluate(call('push', place, value.node)),
  );
}

/** Whether what the variable holds is still a tree (trees.ts) when it has got the part. */
function takeInto(t: Translator, slot: number, part: Operand, mayBeTree: boolean): boolean {
  if (!mayBeTree || t.slots[slot]?.isTree !== true) return false;
  take(t, part);
  return t.slots[slot]?.isTree === true;
}

/** A value that is the variable itself has another name than what the variable holds behind the write. */
function unlike(t: Translator, slot: number, value: Operand): Operand {
  if (value.slot !== slot) return value;
  t.give([value]);
  return { ...value, node: id(t.body.constant('copy', value.node)), slot: -1 };
}

/** Before a write: whether the mark of the variable is kept, and may be. */
function startWrite(t: Translator, slot: number, value: Operand, other: Operand | null): boolean {
  if (other !== null) t.give([other]);
  share(t, value);
  if (!t.marks.has(slot)) return false;
  // Operands that wait may stand for the same value, and say so to the run's set.
  const isAlone = !t.stack.some(({ mayBeOwned, kinds }) => mayBeOwned && (kinds & KIND.other) !== 0);
  if (!isAlone) t.body.emit(t.marks.give(slot, t.variables.value(slot)));
  return isAlone;
}

export function setStatic(t: Translator, op: Instruction): void {
  const key = t.unit.module.keys[op.operands[1] as number];
  const value = t.pop();
  // Any other key makes an ordered map of a record.
  const isTree = takeInto(t, op.operands[0] as number, value, typeof key === 'string');
  setPart(t, op, value, {
    isTree,
    slow: (name, place) => call('setStatic', RUN, name, place, t.group.literal(key), value.node, number(op.pc)),
    isFast: isPlainKey(key) ? literal(true) : null,
    fast: (place) => {
      const field = member(place, String(key));
      return [entry(binary('===', field, id('undefined')), op), evaluate(assign(field, value.node))];
    },
  });
}

export function setDynamic(t: Translator, op: Instruction): void {
  const [key, value] = t.popMany(2) as [Operand, Operand];
  const before = isVariable(key.node)
    ? t.records.elementOf(t.variables.value(op.operands[0] as number), key.node.name)
    : undefined;
  setPart(t, op, value, {
    isTree: false,
    slow: (name, place) => call('setDynamic', RUN, name, place, key.node, value.node, number(op.pc)),
    isFast: isShortText(t, key),
    fast: (place) => {
      const entry = before === undefined ? NULL : id(before);
      const put = evaluate(call('put', RUN, place, key.node, value.node, entry, number(op.pc)));
      return before === undefined || value.node.type !== 'ObjectExpression'
        ? [put]
        : [decide(binary('!==', id(before), NULL), overwritten(id(before), value.node), [put])];
    },
  });
}

/** The entry gets the fields of the record that would take its place (replacements.ts). */
function overwritten(
  entry: Identifier,
  { properties }: Extract<Expression, { readonly type: 'ObjectExpression' }>,
): readonly Statement[] {
  return properties.map(({ key, value }) => evaluate(assign(member(entry, key.name), value)));
}

/** A write to a part of a part. */
export function writeBelow(
  t: Translator,
  op: Instruction,
  operands: readonly Operand[],
  make: (name: Expression, place: Place, parts: Expression) => Expression,
): void {
  const slot = op.operands[0] as number;
  const place = t.variables.place(slot, op.pc);
  t.give(operands);
  if (t.marks.has(slot)) t.body.emit(t.marks.give(slot, t.variables.value(slot)));
  const made = make(nameOf(t, slot), place, array(operands.map(({ node }) => node)));
  t.overwrite(slot, UNKNOWN_SLOT);
  t.body.emit(evaluate(assign(place, made)));
  setFlag(t, slot);
}

export function path(t: Translator, op: Instruction): Expression {
  return t.group.constant(t.unit.module.paths[op.operands[1] as number]?.segments ?? []);
}

/** Whether the key costs nothing to look up; null if it never does. */
export function isShortText(t: Translator, { node, kinds }: Operand): Expression | null {
  const text = t.group.textOf(node);
  if (text !== null) return text.length <= SHORT_KEY ? literal(true) : null;
  if (node.type !== 'Identifier' || (kinds & KIND.text) === 0) return null;
  return all(hasType(node, 'string'), binary('<=', member(node, 'length'), number(SHORT_KEY)));
}

interface Write {
  /** Whether what the variable holds is a tree behind it. */
  readonly isTree: boolean;
  readonly slow: (name: Expression, place: Place) => Expression;
  /** When a record that is owned may be changed in place as `fast` does; null for never. */
  readonly isFast: Expression | null;
  readonly fast: (place: Place) => readonly Statement[];
}

function setPart(t: Translator, op: Instruction, value: Operand, { isTree, slow, isFast, fast }: Write): void {
  const slot = op.operands[0] as number;
  const place = t.variables.place(slot, op.pc);
  const variable = t.variables.value(slot);
  const isMarked = startWrite(t, slot, value, null);
  const made = evaluate(assign(place, slow(nameOf(t, slot), place)));
  t.overwrite(slot, { ...CONTAINER, isTree });
  const flag = t.marks.flags.get(slot);
  if (!isMarked || flag === undefined) {
    t.body.emit(made);
    setFlag(t, slot);
    return;
  }
  const isRecord = evaluate(assign(id(flag), isPlainRecord(id(variable))));
  const anew = [t.marks.give(slot, variable), made, t.marks.take(slot, variable), isRecord];
  if (isFast === null) t.body.emit(...anew);
  else t.body.emit(decide(all(t.marks.isKept(slot), isFast, id(flag)), fast(place), anew));
}

function nameOf(t: Translator, slot: number): Expression {
  return t.group.literal(t.unit.slotNames[slot] ?? '');
}

/** A record that grows pays for its new entry. */
function entry(isNew: Expression, op: Instruction): Statement {
  const isOut = binary('<', assign(member(RUN, 'memoryLeft'), number(BYTES.mapEntry), '-='), number(0));
  return when(all(isNew, isOut), evaluate(call('refillMemory', RUN, number(op.pc))));
}
