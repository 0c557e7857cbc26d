/**
 * Chains of `+` on texts. The operands of a chain are computed first, then its joins are paid for at once, then made: paying
 * for each join by itself costs more than joining.
 *
 * Invariant: whatever happens while joins of a chain wait to be paid for is either free of charge and of faults, or pays for
 * them first (`at`); so charges, and where a limit is reached, are those of the interpreter.
 */
import type { OpName } from '../bytecode/opcodes.ts';
import {
  array,
  assign,
  binary,
  call,
  choose,
  declare,
  type Expression,
  either,
  evaluate,
  hasType,
  id,
  member,
  not,
  number,
  RUN,
  when,
} from './estree.ts';
import { KIND } from './facts.ts';
import type { Instruction } from './flow.ts';
import type { Operand } from './operand.ts';
import type { Translator } from './translate.ts';

/** As many as `payAll` takes. */
const MAX_JOINS = 8;

/** Instructions that may stand between two joins of a chain. */
const QUIET: ReadonlySet<OpName> = new Set([
  'PUSH',
  'LOAD_LOCAL',
  'LOAD_PART',
  'ACCESS_STATIC',
  'ADD',
  'SUB',
  'MUL',
  'DIV',
  'MOD',
]);

/** What is joined: a text, or a number whose text is made then. */
interface Piece {
  readonly node: Expression;
  readonly kind: 'text' | 'number' | 'either';
}

interface Chain {
  /** Of its operand on the stack. */
  readonly position: number;
  readonly pieces: Piece[];
  /** Instruction of each join. */
  readonly pcs: number[];
  /** The statement before which a variable of the chain can be declared. */
  readonly start: number;
  /** The variable that counts the joins that have been paid for before the end. */
  paid: string | null;
}

export class Joins {
  readonly #t: Translator;
  #chain: Chain | null = null;

  constructor(t: Translator) {
    this.#t = t;
  }

  /** Ends the chain unless the instruction may stand in one, or goes on with it. */
  before(op: Instruction): void {
    const chain = this.#chain;
    if (chain === null) return;
    const lowest = this.#t.stack.length - op.pops;
    const goesOn = op.name === 'ADD' && lowest === chain.position;
    if (this.#t.group.hasProbes || !(goesOn || (QUIET.has(op.name) && lowest > chain.position))) this.finish();
  }

  /** The place to hand to a call: one that is made while joins wait pays for them. */
  at(pc: number): Expression {
    const chain = this.#chain;
    if (chain === null) return number(pc);
    chain.paid ??= this.#t.names.next('paid');
    return call('paying', number(pc), assign(id(chain.paid), this.#payEach(chain)));
  }

  /** The result of `a + b`, of which one at least is a text. */
  join(a: Operand, b: Operand, pc: number): void {
    const t = this.#t;
    let chain = this.#chain;
    if (chain === null || chain.position !== t.stack.length) {
      this.finish();
      const pieces = [this.#pieceOf(a, pc)];
      chain = { position: t.stack.length, pieces, pcs: [], start: t.body.statements.length, paid: null };
    }
    chain.pieces.push(this.#pieceOf(b, pc));
    chain.pcs.push(pc);
    this.#chain = chain;
    t.push(id('pending'), { kinds: KIND.text, mayBeOwned: false });
    if (chain.pcs.length === MAX_JOINS) this.finish();
  }

  /** Makes the text of the chain, if there is one. */
  finish(): void {
    const chain = this.#chain;
    if (chain === null) return;
    this.#chain = null;
    const t = this.#t;
    if (chain.paid !== null) t.body.insert(chain.start, declare('let', chain.paid, number(0)));
    const [first, second] = chain.pieces as [Piece, Piece];
    const isSingle = chain.pcs.length === 1 && chain.paid === null && first.kind === 'text';
    const text = isSingle
      ? call('join', RUN, first.node, second.node, number(chain.pcs[0] as number))
      : this.#paid(chain).reduce((sum, piece) => binary('+', sum, piece));
    const node = id(t.body.constant('text', text));
    t.stack[chain.position] = { ...(t.stack[chain.position] as Operand), node };
  }

  #pieceOf(operand: Operand, pc: number): Piece {
    const { node, kinds } = operand;
    if (kinds === KIND.text) return { node, kind: 'text' };
    if (kinds === KIND.number) return { node, kind: 'number' };
    const isNumber = hasType(node, 'number');
    const isSimple = (kinds & KIND.text) === 0 ? isNumber : either(hasType(node, 'string'), isNumber);
    const piece = choose(isSimple, node, call('textOf', RUN, node, this.at(pc)));
    return { node: id(this.#t.body.constant('piece', piece)), kind: 'either' };
  }

  /** Pays for the joins; the texts of the pieces. */
  #paid(chain: Chain): readonly Expression[] {
    const t = this.#t;
    const texts = chain.pieces.map((piece) => (piece.kind === 'text' ? piece.node : this.#digits(piece)));
    const lengths = texts.map((text) => {
      const known = t.group.textOf(text);
      return known === null ? member(text, 'length') : number(known.length);
    });
    const [from, ...others] = lengths as [Expression, ...Expression[]];
    while (others.length < MAX_JOINS) others.push(number(0));
    const count = number(chain.pcs.length);
    const notAtOnce = not(call('payAll', RUN, count, this.#numberCount(chain), from, ...others));
    const wasPaid = chain.paid === null ? null : binary('!==', id(chain.paid), number(0));
    t.body.emit(when(wasPaid === null ? notAtOnce : either(wasPaid, notAtOnce), evaluate(this.#payEach(chain))));
    return texts;
  }

  #digits({ node, kind }: Piece): Expression {
    const digits = binary('+', this.#t.group.constant(''), node);
    return id(
      this.#t.body.constant('digits', kind === 'number' ? digits : choose(hasType(node, 'number'), digits, node)),
    );
  }

  #numberCount({ pieces }: Chain): Expression {
    const certain = number(pieces.filter(({ kind }) => kind === 'number').length);
    return pieces
      .filter(({ kind }) => kind === 'either')
      .reduce<Expression>(
        (sum, { node }) => binary('+', sum, choose(hasType(node, 'number'), number(1), number(0))),
        certain,
      );
  }

  /** One by one, from the first that is not paid for. */
  #payEach({ paid, pieces, pcs }: Chain): Expression {
    const nodes = array(pieces.map(({ node }) => node));
    return call('payEach', RUN, paid === null ? number(0) : id(paid), nodes, this.#t.group.constant(pcs));
  }
}
