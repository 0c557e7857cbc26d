/** What a loop goes through: the elements of a list, or whole numbers that no list needs to be made of. */
import { BYTES } from '../value/meter.ts';
import { iteration } from './emit-calls.ts';
import {
  assign,
  binary,
  call,
  type Expression,
  element,
  evaluate,
  type Identifier,
  id,
  member,
  number,
  RUN,
  when,
} from './estree.ts';
import { KIND } from './facts.ts';
import type { LoopItem } from './flow.ts';
import { allocation, type Loop, type Operand, type SlotFacts } from './operand.ts';
import type { Translator } from './translate.ts';

export interface Passes extends Pick<Loop, 'list' | 'isSeries'> {
  readonly from: Expression;
  readonly end: Identifier;
  readonly isInput: boolean;
  /** Gives the loop's variable its value of the pass with this index. */
  readonly bind: (index: string) => void;
}

const FIRST_INDEX = number(0);

/** Takes what the loop goes through from the stack. */
export function passesOf(t: Translator, item: LoopItem): Passes {
  const [, , , form] = item.op.operands as [number, number, number, number];
  const iterable = t.stack.at(-1) as Operand;
  const { node, isInput, isSeries } = iterable;
  const { pc } = item.op;
  if (isSeries) {
    t.pop();
    t.body.emit(allocation(BYTES.cursor, pc));
    return overSeries(t, item, node as Identifier);
  }
  t.give([iterable]);
  const list = id(t.body.variable('list', node));
  const slow = [
    when(call('isSequence', node), t.leaving(pc)),
    evaluate(assign(list, call('iterate', RUN, node, number(form), number(pc)))),
  ];
  t.pop();
  t.body.emit(...iteration(iterable, pc, slow));
  return overList(t, item, list, isInput);
}

export function overList(t: Translator, item: LoopItem, list: Identifier, isInput: boolean): Passes {
  const slot = item.op.operands[1] as number;
  const variable = id(t.variables.value(slot));
  return {
    list: list.name,
    isSeries: false,
    from: FIRST_INDEX,
    end: id(t.body.constant('end', member(list, 'length'))),
    isInput,
    bind: (index) => {
      t.body.emit(evaluate(assign(variable, element(list, id(index)))));
      t.body.emit(when(binary('===', variable, id('undefined')), evaluate(assign(variable, call('absent')))));
      const { kinds } = t.slots[slot] as SlotFacts;
      if (!isInput && (kinds & KIND.other) !== 0) t.body.emit(evaluate(call('share', RUN, variable)));
    },
  };
}

/** Measured: making the list of a million numbers takes longer than most loops over it. */
function overSeries(t: Translator, item: LoopItem, series: Identifier): Passes {
  const variable = id(t.variables.value(item.op.operands[1] as number));
  const end = id(t.body.constant('end', call('countOf', series)));
  const next = id(t.body.variable('next', call('startOf', series)));
  const step = id(t.body.constant('step', call('stepOf', series)));
  return {
    list: series.name,
    isSeries: true,
    from: FIRST_INDEX,
    end,
    isInput: false,
    bind: () => {
      t.body.emit(evaluate(assign(variable, next)));
      t.body.emit(evaluate(assign(next, binary('+', next, step))));
    },
  };
}
