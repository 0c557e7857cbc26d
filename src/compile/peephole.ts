/**
 * Rewrites of labelled code, each a named rule. A label that is still used is a barrier: no rule looks across it.
 * Invariant: a rule changes neither results, faults nor their places.
 */
import { type Instruction, type Item, Label } from '../bytecode/assemble.ts';
import { OPCODES } from '../bytecode/opcodes.ts';

interface Rule {
  readonly name: string;
  /** Replacement for the first two instructions, or undefined when the rule does not fit. */
  apply(first: Instruction, second: Instruction): readonly Instruction[] | undefined;
}

const RULES: readonly Rule[] = [
  { name: 'push-pop', apply: (a, b) => (b.op === 'POP' && isPureLoad(a) ? [] : undefined) },
  { name: 'dup-pop', apply: (a, b) => (a.op === 'DUP' && b.op === 'POP' ? [] : undefined) },
  { name: 'swap-swap', apply: (a, b) => (a.op === 'SWAP' && b.op === 'SWAP' ? [] : undefined) },
  { name: 'swap-loads', apply: (a, b) => (a.op === 'DUP' && b.op === 'SWAP' ? [a] : undefined) },
  {
    name: 'store-load',
    apply: (a, b) =>
      a.op === 'STORE_LOCAL' && b.op === 'LOAD_LOCAL' && a.operands[0] === b.operands[0]
        ? [{ ...b, op: 'DUP', operands: [] }, a]
        : undefined,
  },
  { name: 'bool-twice', apply: (a, b) => (b.op === 'TO_BOOL' && yieldsBoolean(a) ? [a] : undefined) },
  {
    name: 'not-jump',
    apply: (a, b) => {
      if (a.op !== 'NOT') return undefined;
      if (b.op === 'JUMP_IF_FALSE') return [{ ...b, op: 'JUMP_IF_TRUE' }];
      if (b.op === 'JUMP_IF_TRUE') return [{ ...b, op: 'JUMP_IF_FALSE' }];
      return undefined;
    },
  },
];

/** Applies the rules until none fits, then drops what cannot be reached. Linear: each rewrite shortens or settles. */
export function optimise(items: readonly Item[]): Item[] {
  return rewrite(dropUnreachable(rewrite(items)));
}

/** What no path from the first instruction reaches is dropped, dead loops too; a jump to the next item is nothing. */
export function dropUnreachable(items: readonly Item[]): Item[] {
  const reached = reachedItems(items);
  for (const [i, item] of items.entries()) {
    if (reached[i] === true || item.kind === 'label') continue;
    for (const operand of item.operands) if (operand instanceof Label) operand.uses--;
  }
  const out: Item[] = [];
  for (const [i, item] of items.entries()) {
    if (item.kind === 'instruction') {
      if (reached[i] === true) out.push(item);
      continue;
    }
    dropJumpTo(item, out);
    if (item.uses > 0) out.push(item);
  }
  return out;
}

/** Each item is visited once. */
function reachedItems(items: readonly Item[]): readonly boolean[] {
  const indexOf = new Map<Label, number>();
  for (const [i, item] of items.entries()) if (item.kind === 'label') indexOf.set(item, i);
  const reached = items.map(() => false);
  const pending = [0];
  for (let start = pending.pop(); start !== undefined; start = pending.pop()) {
    for (let i = start; i < items.length && reached[i] === false; i++) {
      reached[i] = true;
      const item = items[i] as Item;
      if (item.kind === 'label') continue;
      for (const operand of item.operands) if (operand instanceof Label) pending.push(indexOf.get(operand) as number);
      const { flow } = OPCODES[item.op];
      if (flow === 'jump' || flow === 'end') break;
    }
  }
  return reached;
}

function rewrite(items: readonly Item[]): Item[] {
  const out: Item[] = [];
  const pending = [...items].reverse();
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const before = out.at(-1);
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
  return out;
}

function applyRules(first: Instruction, second: Instruction): readonly Instruction[] | undefined {
  for (const rule of RULES) {
    const replaced = rule.apply(first, second);
    if (replaced !== undefined) return replaced;
  }
  return undefined;
}

function dropJumpTo(label: Label, out: Item[]): void {
  const last = out.at(-1);
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
