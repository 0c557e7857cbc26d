/**
 * The walk over the nested items of a unit: forward jumps become labelled blocks, loops `for`, guarded regions `try`. Says
 * what is known where ways part and where they meet.
 */
import { BYTES } from '../value/meter.ts';
import type { Known } from './analysis.ts';
import { EMITTERS } from './emit.ts';
import { type Passes, passesOf } from './emit-loops.ts';
import {
  assign,
  attempt,
  binary,
  call,
  declare,
  evaluate,
  id,
  labeled,
  leave,
  loop,
  member,
  NULL,
  number,
  RUN,
  type Statement,
  when,
} from './estree.ts';
import { type Facts, UNKNOWN } from './facts.ts';
import { type Instruction, type Item, type LoopItem, startOf } from './flow.ts';
import { factsAtLoops } from './loop-facts.ts';
import { allocation, type Join, type Knowledge, type Loop, merged, type SlotFacts, UNKNOWN_SLOT } from './operand.ts';
import { blocksOf, changesIn, floorOf, type JumpedBlock } from './ranges.ts';
import { Records } from './records.ts';
import { Refused } from './refusals.ts';
import { simplify } from './simplify.ts';
import type { Translator } from './translate.ts';

/** A guarded region: where it begins, and how many operands wait there. */
interface OpenTry {
  readonly pc: number;
  readonly height: number;
}

export class Walk {
  readonly #t: Translator;
  readonly #loopFacts: ReadonlyMap<number, Known<Facts>>;
  /** Where the blocks around this place end, by pc. */
  readonly #joins = new Map<number, Join>();
  readonly #openLoops: Loop[] = [];
  readonly #openTries: OpenTry[] = [];
  #depth: string | null = null;

  constructor(t: Translator) {
    this.#t = t;
    this.#loopFacts = factsAtLoops(t.flow);
  }

  /** The loops and guarded regions around this place, outermost first. */
  get openLoops(): readonly Loop[] {
    return this.#openLoops;
  }

  get openTries(): readonly OpenTry[] {
    return this.#openTries;
  }

  /** What lives as long as the function. */
  get declarations(): readonly Statement[] {
    return this.#depth === null ? [] : [declare('const', this.#depth, member(RUN, 'depth'))];
  }

  items(items: readonly Item[]): void {
    this.#range(items, 0, items.length, blocksOf(items));
  }

  loop(item: LoopItem, { list, isSeries, from, end, isInput, bind }: Passes): void {
    const t = this.#t;
    if (floorOf(item.body, t.flow.states) < t.stack.length) throw new Refused('layout');
    const [cursor, slot] = item.op.operands as [number, number];
    const index = t.names.next('i');
    this.#forgetChanged(item);
    const entry = t.knowledge;
    this.#openLoops.push({ list, isSeries, index, cursor });
    const body = t.body.within(() => {
      t.overwrite(slot, { ...this.atLoop(item, slot), isInput });
      if (t.written.has(slot)) t.body.emit(evaluate(call('share', RUN, id(t.variables.value(slot)))));
      bind(index);
      this.items(item.body);
      if (!t.body.isDead) this.#probe(item.last);
    });
    this.#openLoops.pop();
    t.body.emit(loop(index, from, end, body));
    t.body.revive();
    t.know(entry);
    t.slots[slot] = UNKNOWN_SLOT;
    t.records.forget(t.variables.value(slot));
  }

  /** What is known of a variable where the body of the loop begins. */
  atLoop(item: LoopItem, slot: number): SlotFacts {
    return { ...(this.#loopFacts.get(item.op.next)?.slots[slot] ?? UNKNOWN), isInput: false, isTree: false };
  }

  /** A jump to a later instruction, as the statements that make it. @throws Refused */
  jump(target: number): readonly Statement[] {
    const join = this.#joins.get(target);
    if (join === undefined) throw new Refused('layout');
    return [...this.#arrive(join), leave(join.label)];
  }

  #arrive(join: Join): readonly Statement[] {
    const settled: Statement[] = [];
    const stack = this.#t.settle(join.floor, settled);
    join.arrivals.push({ ...this.#t.knowledge, stack });
    return settled;
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
    this.#t.joins.finish();
  }

  #block(items: readonly Item[], { from, to }: JumpedBlock, blocks: readonly JumpedBlock[]): void {
    const t = this.#t;
    t.joins.finish();
    const target = startOf(items[to] as Item);
    const join: Join = {
      label: t.names.next('to'),
      floor: floorOf(items.slice(from, to), t.flow.states),
      arrivals: [],
    };
    // What stands for a variable below must be the same on every way.
    for (const item of items.slice(from, to)) this.#overwrite(changesIn(item).stored);
    const before = t.records.names;
    this.#joins.set(target, join);
    const body = t.body.within(() => {
      this.#range(items, from, to, blocks);
      if (!t.body.isDead) t.body.put(...this.#arrive(join));
    });
    this.#joins.delete(target);
    const hasBreaks = join.arrivals.length > (t.body.isDead ? 0 : 1);
    t.body.put(...(hasBreaks ? simplify(labeled(join.label, body)) : body));
    if (join.arrivals.length === 0) return;
    t.body.revive();
    t.know(merged(join.arrivals, before));
  }

  /** These get other values from here on; what is known of them stays. */
  #overwrite(slots: ReadonlySet<number>): void {
    for (const slot of slots) this.#t.overwrite(slot, this.#t.slots[slot] as SlotFacts);
  }

  #item(item: Item): void {
    const t = this.#t;
    if (t.body.isDead) return;
    if (item.kind === 'op') {
      this.#instruction(item.op);
      return;
    }
    t.joins.finish();
    this.#probe(item.op);
    if (t.body.isDead) return;
    if (item.kind === 'loop') this.#foreach(item);
    else this.#guarded(item);
  }

  #instruction(op: Instruction): void {
    const t = this.#t;
    if (!t.flow.states.has(op.pc)) return;
    t.joins.before(op);
    const from = t.body.statements.length;
    this.#probe(op);
    EMITTERS[op.name](t, op);
    t.group.place(t.body.statements, from, op.pc);
  }

  /** For tests: a place where the run may leave compiled code. A caught fault is not in the frame, and a loop begins with its charge. */
  #probe(op: Instruction): void {
    const t = this.#t;
    if (t.group.hasProbes && op.name !== 'CATCH' && op.name !== 'CHARGE')
      t.body.emit(when(call('probe', RUN), t.leaving(op.pc)));
  }

  #foreach(item: LoopItem): void {
    const passes = passesOf(this.#t, item);
    if (item.op.target !== item.last.next)
      this.#t.body.emit(when(binary('===', passes.end, number(0)), ...this.jump(item.op.target)));
    this.loop(item, passes);
  }

  /** Of what the body of a loop may change, only what holds in every pass is known where it begins, and behind it. */
  #forgetChanged(item: LoopItem): void {
    const t = this.#t;
    const { stored, taken, hasCalls } = changesIn(item);
    for (const slot of stored) {
      const { isTree } = t.slots[slot] as SlotFacts;
      t.overwrite(slot, { ...this.atLoop(item, slot), isTree });
    }
    for (const slot of taken) t.slots[slot] = { ...(t.slots[slot] as SlotFacts), isTree: false };
    if (hasCalls) t.records.forgetForeign();
  }

  #guarded(item: Extract<Item, { kind: 'try' }>): void {
    const t = this.#t;
    const { op } = item;
    // CATCH follows the charge of its block.
    const catchPc = op.target + 2;
    if ((t.unit.code[catchPc + 2] as number) > 0) {
      t.leave(op.pc);
      return;
    }
    const { length: height } = t.stack;
    if (floorOf(item.body, t.flow.states) < height) throw new Refused('layout');
    this.#depth ??= t.names.next('depth');
    t.body.emit(allocation(BYTES.handler, op.pc));
    const fault = id(t.variables.fault(op.target));
    t.body.emit(evaluate(assign(fault, NULL)));
    const { stored, hasCalls } = changesIn(item);
    this.#overwrite(stored);
    const entry: Knowledge = {
      ...t.knowledge,
      slots: t.slots.map((facts, slot) => (stored.has(slot) ? UNKNOWN_SLOT : { ...facts, isTree: false })),
    };
    if (hasCalls) entry.records.forgetForeign();
    const visible = t.records.names;
    this.#openTries.push({ pc: op.pc, height });
    const body = t.body.within(() => {
      this.items(item.body);
      if (t.body.isDead) return;
      this.#probe(item.last);
      const settled: Statement[] = [];
      t.stack = [...t.settle(height, settled)];
      t.body.put(...settled);
    });
    this.#openTries.pop();
    const wentOn = !t.body.isDead;
    const error = t.names.next('error');
    const caught = call('caught', RUN, id(error), id(this.#depth));
    t.body.emit(attempt(body, error, [evaluate(assign(fault, caught))]));
    const after = t.knowledge;
    t.know(entry);
    const handling = this.jump(op.target);
    if (wentOn) {
      t.body.emit(when(binary('!==', fault, NULL), ...handling));
      t.know({ ...after, records: Records.common([after.records], visible) });
    } else {
      t.body.emit(...handling);
      t.body.die();
    }
  }
}
