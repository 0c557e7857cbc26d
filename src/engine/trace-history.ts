/** What became of a variable: from one definition back through those that it was made of. */
import type { Key } from '../bytecode/module.ts';
import type { Definition } from './trace-evaluation.ts';
import type { Origin } from './trace-explanation.ts';
import { showPath } from './trace-values.ts';

/** How many operands deep a variable is looked for in the expression that sets it. */
const MAX_SEARCHED = 100;

export function originOf({ kind, op }: Definition): Origin {
  if (kind !== 'write') return kind;
  return op === 'APPEND' ? 'append' : op === 'MODIFY' ? 'modify' : 'set';
}

export function targetOf({ name, path }: Definition): string {
  return showPath(name, path);
}

/** What one statement has set again and again, each time from the time before, oldest first; and what the first one read. */
export function roundsOf(last: Definition): {
  readonly rounds: readonly Definition[];
  readonly before: Definition | undefined;
} {
  const rounds = [last];
  let before = selfRead(last);
  for (; before?.kind === 'set' && before.line === last.line; before = selfRead(before)) rounds.push(before);
  return { rounds: rounds.reverse(), before: rounds.length > 1 ? before : undefined };
}

/** The writes of parts of what is at `path`, oldest first; and before them the write of all of it, or what the variable was. */
export function writesInside(
  newest: Definition,
  path: readonly Key[],
): { readonly inside: readonly Definition[]; readonly before: Definition | null } {
  const inside: Definition[] = [];
  let before: Definition | null = newest;
  for (; before?.kind === 'write'; before = before.before) {
    if (isPrefix(before.path, path)) break;
    if (isPrefix(path, before.path)) inside.push(before);
  }
  return { inside: inside.reverse(), before };
}

/** A write of what is at or above `path`, after the writes of the same statement that it goes back to. */
export function overwritesOf(write: Definition, path: readonly Key[]): readonly Definition[] {
  const rounds = [write];
  if (write.op !== 'SET' || write.path.length !== path.length) return rounds;
  for (let first = write.before; first?.kind === 'write'; first = first.before) {
    if (!isPrefix(first.path, path) || first.line !== write.line) break;
    rounds.push(first);
  }
  return rounds.reverse();
}

function isPrefix(short: readonly Key[], long: readonly Key[]): boolean {
  return short.length <= long.length && short.every((key, i) => String(key) === String(long[i]));
}

/** The definition of the same variable that the expression of this one read. */
function selfRead(definition: Definition): Definition | undefined {
  const pending = definition.evaluation === null ? [] : [definition.evaluation];
  let searched = 0;
  for (let at = pending.pop(); at !== undefined && searched < MAX_SEARCHED; at = pending.pop(), searched++) {
    if (at.expression.kind === 'Variable' && at.name === definition.name && at.definition !== null)
      return at.definition;
    pending.push(...at.parts);
  }
  return undefined;
}
