/**
 * Rewrites of labelled code, each a named rule. A label that is still used is a barrier: no rule looks across it.
 * Invariant: a rule changes neither results, faults nor their places.
 */
import type { Instruction, Item, Label } from '../bytecode/assemble.ts';
import { OP_NAMES, OPCODES, type OpName } from '../bytecode/opcodes.ts';

/** Replacement for two instructions, or undefined when the rule does not fit. */
type Rule = (first: Instruction, second: Instruction) => readonly Instruction[] | undefined;

const pushPop: Rule = (a) => (isPureLoad(a) ? [] : undefined);
const dupPop: Rule = (a) => (a.op === 'DUP' ? [] : undefined);
const swapSwap: Rule = (a) => (a.op === 'SWAP' ? [] : undefined);
const swapLoads: Rule = (a) => (a.op === 'DUP' ? [a] : undefined);
const storeLoad: Rule = (a, b) =>
  a.op === 'STORE_LOCAL' && a.operands[0] === b.operands[0] ? [{ ...b, op: 'DUP', operands: [] }, a] : undefined;
const boolTwice: Rule = (a) => (yieldsBoolean(a) ? [a] : undefined);
const notJump: Rule = (a, b) =>
  a.op === 'NOT' ? [{ ...b, op: b.op === 'JUMP_IF_FALSE' ? 'JUMP_IF_TRUE' : 'JUMP_IF_FALSE' }] : undefined;

/** By the second instruction: most instructions have no rule, and most programs are compiled once, by cold code. */
const RULES: { readonly [Second in OpName]?: readonly Rule[] } = {
  POP: [pushPop, dupPop],
  SWAP: [swapSwap, swapLoads],
  LOAD_LOCAL: [storeLoad],
  TO_BOOL: [boolTwice],
  JUMP_IF_FALSE: [notJump],
  JUMP_IF_TRUE: [notJump],
};

/** Applies the rules until none fits, then drops what cannot be reached. Linear: each rewrite shortens or settles. */
export function optimise(items: readonly Item[]): Item[] {
  const settled = rewrite(items);
  const reached = dropUnreachable(settled);
  return reached.length === settled.length ? reached : rewrite(reached);
}

/** Behind these control does not go on. */
const ENDS: ReadonlySet<OpName> = new Set(OP_NAMES.filter((op) => ['jump', 'end'].includes(OPCODES[op].flow)));

/**
 * What no way leads to is dropped, dead loops too; a jump to the next item is nothing. One pass is enough: only a loop
 * jumps backwards, to its own head, which is reached from before or not at all.
 */
export function dropUnreachable(items: readonly Item[]): Item[] {
  const out: Item[] = [];
  let isReached = true;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    if (item.kind === 'label') {
      dropJumpTo(item, out);
      isReached ||= item.isReached;
      if (isReached && item.uses > 0) out.push(item);
      continue;
    }
    const { op, operands } = item;
    for (let o = 0; o < operands.length; o++) {
      const operand = operands[o];
      if (typeof operand !== 'object') continue;
      if (isReached) operand.isReached = true;
      else operand.uses--;
    }
    if (!isReached) continue;
    out.push(item);
    isReached = !ENDS.has(op);
  }
  return out;
}

function rewrite(items: readonly Item[]): Item[] {
  const out: Item[] = [];
  /** What was put in the place of others, the next one last: comes before the items that are left. */
  const pending: Item[] = [];
  let read = 0;
  for (;;) {
    const item = pending.length > 0 ? pending.pop() : items[read++];
    if (item === undefined) return out;
    const before = out[out.length - 1];
    if (item.kind === 'label') {
      if (item.uses > 0) out.push(item);
      continue;
    }
    const replaced = before?.kind === 'instruction' ? applyRules(before, item) : undefined;
    if (replaced === undefined) {
      out.push(item);
      continue;
    }
    out.pop();
    for (let i = replaced.length - 1; i >= 0; i--) pending.push(replaced[i] as Instruction);
  }
}

function applyRules(first: Instruction, second: Instruction): readonly Instruction[] | undefined {
  const rules = RULES[second.op];
  if (rules === undefined) return undefined;
  for (const rule of rules) {
    const replaced = rule(first, second);
    if (replaced !== undefined) return replaced;
  }
  return undefined;
}

function dropJumpTo(label: Label, out: Item[]): void {
  const last = out[out.length - 1];
  if (last?.kind === 'instruction' && last.op === 'JUMP' && last.operands[0] === label) {
    out.pop();
    label.uses--;
  }
}

function isPureLoad(instruction: Instruction): boolean {
  return (
    instruction.op === 'PUSH' ||
    instruction.op === 'LOAD_LOCAL' ||
    instruction.op === 'LOAD_VAR' ||
    instruction.op === 'LOAD_SCOPE'
  );
}

function yieldsBoolean(instruction: Instruction): boolean {
  switch (instruction.op) {
    case 'EQ':
    case 'NEQ':
    case 'LT':
    case 'LE':
    case 'GT':
    case 'GE':
    case 'NOT':
    case 'TO_BOOL':
      return true;
    default:
      return false;
  }
}
