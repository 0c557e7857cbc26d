/**
 * Which containers are trees of plain data: made by this activation, of scalars (decimals among them) and of other such
 * containers, each referred to from one place. What a transform puts out of nothing else is what hosts get as it is
 * (vm/output.ts); else the result is walked.
 *
 * Where code stands, `isTree` says of an operand or a variable that it holds a scalar, or the only reference to such a
 * container that may yet become part of another one. Taking a variable's value for a part ends that. Every other part is
 * asked at run time: if it is an object, the flag is set for the rest of the activation.
 */
import {
  all,
  assign,
  binary,
  declare,
  type Expression,
  evaluate,
  hasType,
  id,
  literal,
  NULL,
  type Statement,
  when,
} from './estree.ts';
import { KIND } from './facts.ts';
import type { Flow } from './flow.ts';
import type { Names } from './names.ts';
import type { Operand, SlotFacts } from './operand.ts';

const OUTPUTS: ReadonlySet<string> = new Set(['OUTPUT_RECORD', 'OUTPUT_VALUE']);
/** No container becomes part of another one that the same instruction has made, so a tree has no more levels than these. */
const MAKERS: ReadonlySet<string> = new Set(['MAKE_RECORD', 'MAKE_ARRAY', 'APPEND', 'SET_STATIC', 'OUTPUT_RECORD']);

export class Trees {
  /** Levels of the deepest one, in a list of several outputs. */
  readonly levels: number;
  readonly #flag: string | null;

  constructor({ unit, instructions }: Flow, isLoop: boolean, names: Names) {
    const isAsked = !isLoop && unit.kind === 'transform' && instructions.some(({ name }) => OUTPUTS.has(name));
    this.#flag = isAsked ? names.next('isShared') : null;
    this.levels = 1 + instructions.filter(({ name }) => MAKERS.has(name)).length;
  }

  /** Whether something that is put out may be no tree; null where nothing is known of that. */
  get flag(): Expression | null {
    return this.#flag === null ? null : id(this.#flag);
  }

  get declarations(): readonly Statement[] {
    return this.#flag === null ? [] : [declare('let', this.#flag, literal(false))];
  }

  /** The operand becomes part of a tree. */
  take(part: Operand, slots: SlotFacts[]): readonly Statement[] {
    if (this.#flag === null || (part.kinds & KIND.other) === 0 || part.node.type === 'Literal') return [];
    const facts = slots[part.slot];
    if (facts?.isTree === true) {
      slots[part.slot] = { ...facts, isTree: false };
      return [];
    }
    if (part.isTree) return [];
    const isObject = all(hasType(part.node, 'object'), binary('!==', part.node, NULL));
    return [when(isObject, evaluate(assign(id(this.#flag), literal(true))))];
  }
}
