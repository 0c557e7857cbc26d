/**
 * One unit, or one loop of it, as a JavaScript function: walks the nested items of its code, keeps the operand stack as
 * expressions, and lets the emitters (emit.ts) say what an instruction becomes.
 *
 * Invariants: whatever can fault, charge or be seen is emitted as a statement of its own, in the order of the code, so an
 * operand on the stack is only ever a name or a literal. A name on the stack that stands for a variable is copied before the
 * variable changes. Facts (a flag says that a value is a plain record) are dropped wherever control meets from a way that
 * does not have them, and behind every call that can run code of the host.
 */
import type { LinkedModule, LinkedUnit } from '../link/linked-module.ts';
import { BYTES } from '../value/meter.ts';
import type { Known } from './analysis.ts';
import { Body } from './body.ts';
import type { Lambdas } from './effects.ts';
import { EMITTERS } from './emit.ts';
import { entrance } from './emit-calls.ts';
import { overList, type Passes, passesOf } from './emit-loops.ts';
import {
  array,
  assign,
  attempt,
  binary,
  call,
  declare,
  declareFunction,
  type Expression,
  element,
  evaluate,
  type FunctionDeclaration,
  giveBack,
  id,
  labeled,
  leave,
  loop,
  member,
  NULL,
  number,
  RUN,
  raise,
  type Statement,
  when,
} from './estree.ts';
import { type Facts, factsOf, UNKNOWN } from './facts.ts';
import { type Flow, type Instruction, type Item, type LoopItem, type State, startOf } from './flow.ts';
import type { Group, Job } from './group.ts';
import { Joins } from './joins.ts';
import { factsAtLoops } from './loop-facts.ts';
import { Marks, type Region } from './marks.ts';
import type { Names } from './names.ts';
import {
  allocation,
  anything,
  type Join,
  type Knowledge,
  type Loop,
  leftOf,
  merged,
  type Operand,
  type SlotFacts,
  settled,
  UNKNOWN_SLOT,
} from './operand.ts';
import { blocksOf, CALLS, changesIn, floorOf, type JumpedBlock, slotsIn } from './ranges.ts';
import { Records } from './records.ts';
import { Refused } from './refusals.ts';
import { replacementsIn } from './replacements.ts';
import { simplify } from './simplify.ts';
import { Trees } from './trees.ts';
import { Variables } from './variables.ts';

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
  readonly #joins = new Map<number, Join>();
  /** Slots that SET, APPEND TO and MODIFY write through. */
  readonly written: ReadonlySet<number>;
  readonly #stored: ReadonlySet<number>;
  readonly #loopFacts: ReadonlyMap<number, Known<Facts>>;
  readonly marks: Marks;
  /** Instructions whose records are written over the entries that they replace. */
  readonly replacements: ReadonlySet<number>;
  /** The module that is found where one looks for the module at work. */
  readonly home: LinkedModule;
  readonly #lambdas: Lambdas;
  readonly #region: Region | null;
  readonly trees: Trees;
  #openLoops: Loop[] = [];
  #openTries: Instruction[] = [];
  #depth: string | null = null;

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
    this.#loopFacts = factsAtLoops(flow);
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
    this.#items(this.flow.items);
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
    this.slots = Array.from({ length: this.unit.slotCount }, (_, slot) => this.#atLoop(item, slot));
    // Named before an exit is printed: those hand over what has a name.
    for (const slot of changesIn(item).stored) this.variables.captured(slot, head);
    const start: Statement[] = [];
    for (let position = 0; position < this.#heightAt(head); position++)
      this.stack.push(this.#anything(this.#bind(start, 'operand', call('operandOf', FRAME, number(position)))));
    const [cursor] = item.op.operands as [number];
    const list = id(this.#bind(start, 'list', call('listOf', FRAME, number(cursor))));
    this.#loop(item, { ...overList(this, item, list, false), from: call('indexOf', FRAME, number(cursor)) });
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
    const slots = this.variables.handedOver(pc, this.#openLoops);
    const operands = array(this.stack.map(leftOf));
    const tries = array(this.#openTries.flatMap((op) => [number(op.pc), number(this.#heightAt(op.pc))]));
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

  /** A jump to a later instruction, as the statements that make it. */
  jump(target: number): readonly Statement[] {
    const join = this.#joins.get(target);
    if (join === undefined) throw new Refused('layout');
    return [...this.#arrive(join), leave(join.label)];
  }

  /** Moves operands to where the join has them. */
  #arrive(join: Join): readonly Statement[] {
    const settled: Statement[] = [];
    const stack = this.#settle(join.floor, settled);
    join.arrivals.push({ stack, slots: [...this.slots], records: new Records(this.records) });
    return settled;
  }

  // --- the walk

  #items(items: readonly Item[]): void {
    const targets = blocksOf(items);
    this.#range(items, 0, items.length, targets);
  }

  #range(items: readonly Item[], from: number, to: number, blocks: readonly JumpedBlock[]): void {
    let at = from;
    while (at < to) {
      const outermost = blocks.filter((b) => b.from === at && b.to <= to).sort((a, b) => b.to - a.to)[0];
      if (outermost === undefined) {
        this.#item(items[at] as Item);
        at++;
        continue;
      }
      this.#block(
        items,
        outermost,
        blocks.filter((b) => b !== outermost),
      );
      at = outermost.to;
    }
    this.joins.finish();
  }

  #block(items: readonly Item[], { from, to }: JumpedBlock, blocks: readonly JumpedBlock[]): void {
    this.joins.finish();
    const target = startOf(items[to] as Item);
    const join: Join = {
      label: this.names.next('to'),
      floor: floorOf(items.slice(from, to), this.flow.states),
      arrivals: [],
    };
    // What stands for a variable below must be the same on every way.
    for (const item of items.slice(from, to))
      for (const slot of changesIn(item).stored) this.overwrite(slot, this.slots[slot] as SlotFacts);
    const before = this.records.names;
    this.#joins.set(target, join);
    const body = this.body.within(() => {
      this.#range(items, from, to, blocks);
      if (!this.body.isDead) this.body.put(...this.#arrive(join));
    });
    this.#joins.delete(target);
    const hasBreaks = join.arrivals.length > (this.body.isDead ? 0 : 1);
    this.body.put(...(hasBreaks ? simplify(labeled(join.label, body)) : body));
    if (join.arrivals.length === 0) return;
    this.body.revive();
    const { stack, slots, records } = merged(join.arrivals, before);
    this.stack = [...stack];
    this.slots = [...slots];
    this.records = records;
  }

  #item(item: Item): void {
    if (this.body.isDead) return;
    if (item.kind !== 'op') this.joins.finish();
    switch (item.kind) {
      case 'op':
        this.#instruction(item.op);
        return;
      case 'loop':
        this.#probe(item.op);
        if (!this.body.isDead) this.#foreach(item);
        return;
      case 'try':
        this.#probe(item.op);
        if (!this.body.isDead) this.#guarded(item);
    }
  }

  #instruction(op: Instruction): void {
    if (this.flow.states.get(op.pc) === undefined) return;
    this.joins.before(op);
    const from = this.body.statements.length;
    this.#probe(op);
    EMITTERS[op.name](this, op);
    this.group.place(this.body.statements, from, op.pc);
  }

  /** For tests: a place where the run may leave compiled code. A caught fault is not in the frame, and a loop begins with its charge. */
  #probe(op: Instruction): void {
    if (this.group.hasProbes && op.name !== 'CATCH' && op.name !== 'CHARGE')
      this.body.emit(when(call('probe', RUN), this.leaving(op.pc)));
  }

  #foreach(item: LoopItem): void {
    const passes = passesOf(this, item);
    if (item.op.target !== item.last.next)
      this.body.emit(when(binary('===', passes.end, number(0)), ...this.jump(item.op.target)));
    this.#loop(item, passes);
  }

  #loop(item: LoopItem, { list, isSeries, from, end, isInput, bind }: Passes): void {
    if (floorOf(item.body, this.flow.states) < this.stack.length) throw new Refused('layout');
    const [cursor, slot] = item.op.operands as [number, number];
    const index = this.names.next('i');
    this.#forgetChanged(item);
    const entry = { slots: [...this.slots], records: new Records(this.records), stack: [...this.stack] };
    this.#openLoops.push({ list, isSeries, index, cursor });
    const body = this.body.within(() => {
      this.overwrite(slot, { ...this.#atLoop(item, slot), isInput });
      if (this.written.has(slot)) this.body.emit(evaluate(call('share', RUN, id(this.variables.value(slot)))));
      bind(index);
      this.#items(item.body);
      if (!this.body.isDead) this.#probe(item.last);
    });
    this.#openLoops.pop();
    this.body.emit(loop(index, from, end, body));
    this.body.revive();
    this.stack = entry.stack;
    this.slots = entry.slots;
    this.slots[slot] = UNKNOWN_SLOT;
    this.records = entry.records;
    this.records.forget(this.variables.value(slot));
  }

  /** Of what the body of a loop may change, only what holds in every pass is known where it begins, and behind it. */
  #forgetChanged(item: LoopItem): void {
    const { stored, taken, hasCalls } = changesIn(item);
    for (const slot of stored) {
      const { isTree } = this.slots[slot] as SlotFacts;
      this.overwrite(slot, { ...this.#atLoop(item, slot), isTree });
    }
    for (const slot of taken) this.slots[slot] = { ...(this.slots[slot] as SlotFacts), isTree: false };
    if (hasCalls) this.records.forgetForeign();
  }

  #atLoop(item: LoopItem, slot: number): SlotFacts {
    return { ...(this.#loopFacts.get(item.op.next)?.slots[slot] ?? UNKNOWN), isInput: false, isTree: false };
  }

  #guarded(item: Extract<Item, { kind: 'try' }>): void {
    const { op } = item;
    const handler = this.unit.code;
    // CATCH follows the charge of its block.
    const catchPc = op.target + 2;
    if ((handler[catchPc + 2] as number) > 0) {
      this.leave(op.pc);
      return;
    }
    if (floorOf(item.body, this.flow.states) < this.stack.length) throw new Refused('layout');
    this.#depth ??= this.names.next('depth');
    this.body.emit(allocation(BYTES.handler, op.pc));
    const fault = this.variables.fault(op.target);
    this.body.emit(evaluate(assign(id(fault), NULL)));
    const { stored, hasCalls } = changesIn(item);
    for (const slot of stored) this.overwrite(slot, this.slots[slot] as SlotFacts);
    const entry: Knowledge = {
      stack: [...this.stack],
      slots: this.slots.map((facts, slot) => (stored.has(slot) ? UNKNOWN_SLOT : { ...facts, isTree: false })),
      records: new Records(this.records),
    };
    if (hasCalls) entry.records.forgetForeign();
    const visible = this.records.names;
    const body = this.body.within(() => {
      this.#openTries.push(op);
      this.#items(item.body);
      if (!this.body.isDead) this.#probe(item.last);
      this.#openTries.pop();
      const settled: Statement[] = [];
      if (!this.body.isDead) this.stack = [...this.#settle(entry.stack.length, settled)];
      this.body.put(...settled);
    });
    const wentOn = !this.body.isDead;
    const error = this.names.next('error');
    const caught = call('caught', RUN, id(error), id(this.#depth));
    this.body.emit(attempt(body, error, [evaluate(assign(id(fault), caught))]));
    const after = { stack: this.stack, slots: this.slots, records: this.records };
    this.stack = [...entry.stack];
    this.slots = [...entry.slots];
    this.records = new Records(entry.records);
    const handling = this.jump(op.target);
    if (wentOn) {
      this.body.emit(when(binary('!==', id(fault), NULL), ...handling));
      this.stack = after.stack;
      this.slots = after.slots;
      this.records = Records.common([after.records], visible);
    } else {
      this.body.emit(...handling);
      this.body.die();
    }
  }

  // --- stack

  #settle(floor: number, out: Statement[]): readonly Operand[] {
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

  #heightAt(pc: number): number {
    return (this.flow.states.get(pc) as State).stack.length;
  }

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
      ...(this.#depth === null ? [] : [declare('const', this.#depth, member(RUN, 'depth'))]),
      ...start,
      attempt(this.body.statements, error, onError(id(error))),
    ];
  }
}
