/**
 * One unit, or one loop of it, as a JavaScript function. The walk over its code (walk.ts) hands each instruction to its emitter
 * (emit.ts); here is what they share: the operand stack as expressions, what is known of values, and the ways out.
 *
 * Invariants: whatever can fault, charge or be seen is emitted as a statement of its own, in the order of the code, so an
 * operand on the stack is only ever a name or a literal. A name on the stack that stands for a variable is copied before the
 * variable changes. Facts (a flag says that a value is a plain record) are dropped wherever control meets from a way that
 * does not have them, and behind every call that can run code of the host.
 */
import type { LinkedModule, LinkedUnit } from '../link/linked-module.ts';
import { Body } from './body.ts';
import type { Lambdas } from './effects.ts';
import { entrance } from './emit-calls.ts';
import { overList } from './emit-loops.ts';
import {
  array,
  assign,
  attempt,
  call,
  declare,
  declareFunction,
  type Expression,
  element,
  evaluate,
  type FunctionDeclaration,
  giveBack,
  id,
  member,
  NULL,
  number,
  RUN,
  raise,
  type Statement,
} from './estree.ts';
import { factsOf, UNKNOWN } from './facts.ts';
import type { Flow, LoopItem, State } from './flow.ts';
import type { Group, Job } from './group.ts';
import { Joins } from './joins.ts';
import { Marks, type Region } from './marks.ts';
import type { Names } from './names.ts';
import { anything, type Knowledge, leftOf, type Operand, type SlotFacts, settled } from './operand.ts';
import { CALLS, changesIn, slotsIn } from './ranges.ts';
import { Records } from './records.ts';
import { replacementsIn } from './replacements.ts';
import { Trees } from './trees.ts';
import { Variables } from './variables.ts';
import { Walk } from './walk.ts';

const FRAME = id('frame_0');

export class Translator {
  readonly unit: LinkedUnit;
  readonly flow: Flow;
  readonly group: Group;
  readonly names: Names;
  readonly joins = new Joins(this);
  stack: Operand[] = [];
  slots: SlotFacts[] = [];
  records = new Records();
  readonly body: Body;
  readonly variables: Variables;
  /** Slots that SET, APPEND TO and MODIFY write through. */
  readonly written: ReadonlySet<number>;
  readonly #stored: ReadonlySet<number>;
  readonly marks: Marks;
  /** Instructions whose records are written over the entries that they replace. */
  readonly replacements: ReadonlySet<number>;
  /** The module that is found where one looks for the module at work. */
  readonly home: LinkedModule;
  readonly #lambdas: Lambdas;
  readonly #region: Region | null;
  readonly trees: Trees;
  readonly walk: Walk;

  constructor(flow: Flow, group: Group, region: Region | null, job: Job | null = null) {
    this.unit = flow.unit;
    this.home = job?.home ?? flow.unit.module;
    this.#lambdas = job?.lambdas ?? [];
    this.flow = flow;
    this.group = group;
    this.names = group.names;
    this.body = new Body(
      group.names,
      flow.instructions.some(({ name }) => CALLS.has(name)),
    );
    this.variables = new Variables(flow, group.names);
    this.#region = region;
    const { written, stored } = slotsIn(flow.instructions);
    this.written = written;
    this.#stored = stored;
    this.marks = new Marks(flow, region, this.names);
    for (const [slot, flag] of this.marks.flags) this.records.keep(this.variables.value(slot), flag);
    this.replacements = replacementsIn(flow);
    this.trees = new Trees(flow, region !== null, group.names);
    this.walk = new Walk(this);
  }

  /** The whole unit: takes its arguments (a lambda first what it captured), gives its value. */
  translateUnit(name: string): FunctionDeclaration {
    const { unit } = this;
    const isLambda = unit.kind === 'lambda';
    const parameters = isLambda ? ['run', 'captured_0'] : ['run'];
    for (let slot = 0; slot < unit.parameterCount; slot++) parameters.push(this.variables.value(slot));
    this.slots = Array.from({ length: unit.slotCount }, (_, slot) => ({
      ...(slot < unit.parameterCount + unit.captures.length ? UNKNOWN : factsOf(null)),
      isInput: unit.kind === 'transform' && slot === 0 && !this.#stored.has(0) && !this.written.has(0),
      isTree: slot >= unit.parameterCount + unit.captures.length,
      lambda: this.#lambdas[slot],
    }));
    const start: Statement[] = [];
    for (let i = 0; i < unit.captures.length; i++) {
      const slot = unit.parameterCount + i;
      start.push(evaluate(assign(this.variables.captured(slot, 0), element(id('captured_0'), number(i)))));
    }
    start.push(...this.marks.askRecords(unit.parameterCount + unit.captures.length, this.#nameOf));
    this.walk.items(this.flow.items);
    const body = this.#finish(start, (error) => [
      raise(call('unwind', RUN, error, this.group.unit(unit), this.variables.lastCall)),
    ]);
    const args = Array.from({ length: unit.parameterCount }, (_, slot) => id(this.variables.value(slot)));
    const deepCall = call('deepCall', RUN, this.group.unit(unit), isLambda ? id('captured_0') : NULL, array(args));
    return declareFunction(name, parameters, [...entrance(unit, deepCall), ...body]);
  }

  /** The loop whose body begins at `head`: takes the frame, gives the instruction at which to go on. */
  translateLoop(name: string, item: LoopItem): FunctionDeclaration {
    const head = item.op.next;
    this.slots = Array.from({ length: this.unit.slotCount }, (_, slot) => this.walk.atLoop(item, slot));
    // Named before an exit is printed: those hand over what has a name.
    for (const slot of changesIn(item).stored) this.variables.captured(slot, head);
    const start: Statement[] = [];
    for (const position of (this.flow.states.get(head) as State).stack.keys())
      this.stack.push(this.#anything(this.#bind(start, 'operand', call('operandOf', FRAME, number(position)))));
    const [cursor] = item.op.operands as [number];
    const list = id(this.#bind(start, 'list', call('listOf', FRAME, number(cursor))));
    this.walk.loop(item, { ...overList(this, item, list, false), from: call('indexOf', FRAME, number(cursor)) });
    this.leave(item.last.next);
    start.push(...this.variables.takenOver(head, FRAME));
    start.push(...this.marks.askRecords(this.unit.slotCount, this.#nameOf));
    const body = this.#finish(start, (error) => [
      raise(
        call('strand', RUN, FRAME, error, this.variables.lastCall, this.variables.handedOver(head, []), this.#marked()),
      ),
    ]);
    return declareFunction(name, ['run', 'frame_0'], body);
  }

  // --- what the emitters use

  push(node: Expression, facts: Partial<Omit<Operand, 'node'>> = {}): void {
    this.stack.push({ ...anything(''), node, ...facts });
  }

  pop(): Operand {
    return this.stack.pop() as Operand;
  }

  /** Bottom first. */
  popMany(count: number): Operand[] {
    return this.stack.splice(this.stack.length - count, count);
  }

  /** The operand under a name of its own, where it has that of a join. */
  named(operand: Operand): Operand {
    const { node } = operand;
    return this.variables.isOperand(node) ? { ...operand, node: id(this.body.constant('operand', node)) } : operand;
  }

  /** The variable gets another value: what stands for the old one is copied first. */
  overwrite(slot: number, facts: Omit<SlotFacts, 'isTree'> & { readonly isTree?: boolean }): void {
    const name = this.variables.knownValue(slot);
    this.give(this.stack.filter((operand) => operand.slot === slot));
    this.stack = this.stack.map((operand) =>
      operand.slot === slot
        ? { ...operand, node: id(this.body.constant('copy', operand.node)), slot: -1, isTree: false }
        : operand,
    );
    if (name !== undefined) this.records.forget(name);
    this.slots[slot] = { isTree: false, ...facts };
  }

  /** Marks that are kept for values of these operands go back to the run, which may look for them. */
  give(operands: readonly Operand[]): void {
    for (const { slot } of operands)
      if (this.marks.has(slot)) this.body.emit(this.marks.give(slot, this.variables.value(slot)));
  }

  /** Goes on in the interpreter from an instruction. */
  leave(pc: number): void {
    this.body.put(this.leaving(pc));
    this.body.die();
  }

  leaving(pc: number): Statement {
    const slots = this.variables.handedOver(pc, this.walk.openLoops);
    const operands = array(this.stack.map(leftOf));
    const tries = array(this.walk.openTries.flatMap(({ pc, height }) => [number(pc), number(height)]));
    return giveBack(
      this.#region === null
        ? call('leave', RUN, this.group.unit(this.unit), number(pc), slots, operands, tries, this.#marked())
        : call('leaveLoop', RUN, FRAME, number(pc), slots, operands, tries, this.#marked()),
    );
  }

  /** Ends the activation with a value. */
  finish(value: Expression, pc: number): void {
    if (this.#region === null) {
      this.body.emit(evaluate(assign(member(RUN, 'depth'), number(1), '-=')), giveBack(value));
      this.body.die();
    } else this.leave(pc);
  }

  get isLoop(): boolean {
    return this.#region !== null;
  }

  /** What is known here, for when the walk comes back to it. */
  get knowledge(): Knowledge {
    return { stack: [...this.stack], slots: [...this.slots], records: new Records(this.records) };
  }

  know({ stack, slots, records }: Knowledge): void {
    this.stack = [...stack];
    this.slots = [...slots];
    this.records = records;
  }

  /** Moves the operands from a position on to where ways meet. */
  settle(floor: number, out: Statement[]): readonly Operand[] {
    for (const { slot } of this.stack.slice(floor))
      if (this.marks.has(slot)) out.push(this.marks.give(slot, this.variables.value(slot)));
    const names = this.stack.map((_, position) => (position < floor ? null : this.variables.operand(position)));
    return settled(this.stack, names, this.names, out).map((operand, position) => {
      const name = names[position];
      return name === null || name === undefined ? operand : this.#anything(name);
    });
  }

  #anything(name: string): Operand {
    this.records.forget(name);
    return anything(name);
  }

  // --- pieces

  #bind(out: Statement[], word: string, value: Expression): string {
    const name = this.names.next(word);
    out.push(declare('const', name, value));
    return name;
  }

  readonly #nameOf = (slot: number): string => this.variables.value(slot);
  readonly #marked = (): Expression => this.marks.pairs(this.#nameOf);

  /** Declarations of everything that lives as long as the function, and the guard around its body. */
  #finish(start: readonly Statement[], onError: (error: Expression) => readonly Statement[]): readonly Statement[] {
    const error = this.names.next('error');
    const parameterCount = this.#region === null ? this.unit.parameterCount : 0;
    return [
      ...this.variables.declarations(parameterCount, this.marks),
      ...this.trees.declarations,
      ...this.walk.declarations,
      ...start,
      attempt(this.body.statements, error, onError(id(error))),
    ];
  }
}
