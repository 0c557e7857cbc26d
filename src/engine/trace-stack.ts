/** The calls of a traced run as its tracer follows them: what is under way in each, and the definitions of its variables. */
import type { TracePoint } from '../bytecode/trace-point.ts';
import type { Frame } from '../vm/frame.ts';
import type { Definition, Evaluation, Guard, Loop, StatementEntry } from './trace-evaluation.ts';

export type Entry = StatementEntry | Evaluation | Loop | Guard;

type Unit = Extract<TracePoint, { readonly kind: 'begin' }>['unit'];

export class Activation {
  readonly frame: Frame;
  readonly unit: Unit;
  /** The expression that called it, as far as it is known. */
  readonly call: Evaluation | null;
  /** Everything under way, innermost last. */
  readonly entries: Entry[] = [];
  readonly definitions = new Map<number, Definition>();

  constructor(frame: Frame, unit: Unit, call: Evaluation | null) {
    this.frame = frame;
    this.unit = unit;
    this.call = call;
  }

  get statement(): StatementEntry | null {
    return this.#innermost((entry) => entry.kind === 'statement') as StatementEntry | null;
  }

  /** Where it is in the source. */
  get line(): number {
    return this.statement?.statement.line ?? this.unit.line;
  }

  get loop(): Loop | null {
    return this.#innermost((entry) => entry.kind === 'loop') as Loop | null;
  }

  /** The innermost condition that what runs now depends on. */
  get condition(): Evaluation | null {
    return this.#innermost((entry) => entry.kind === 'evaluation' && entry.isDecided) as Evaluation | null;
  }

  /** The innermost expression under way. */
  get open(): Evaluation | null {
    return this.#innermost((entry) => entry.kind === 'evaluation' && !entry.isDecided) as Evaluation | null;
  }

  /** Where the next evaluation belongs: the expression or statement under way. */
  get owner(): StatementEntry | Evaluation | null {
    return this.#innermost(
      (entry) => entry.kind === 'statement' || (entry.kind === 'evaluation' && !entry.isDecided),
    ) as StatementEntry | Evaluation | null;
  }

  /** Takes off everything down to the innermost entry that fits, which stays; nothing if none does. */
  popTo(fits: (entry: Entry) => boolean): Entry | null {
    const { entries } = this;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i] as Entry;
      if (!fits(entry)) continue;
      entries.length = i + 1;
      return entry;
    }
    return null;
  }

  /** Takes off everything down to the innermost entry that fits, and that one too; nothing if none does. */
  leave(fits: (entry: Entry) => boolean): Entry | null {
    const entry = this.popTo(fits);
    if (entry !== null) this.entries.pop();
    return entry;
  }

  #innermost(fits: (entry: Entry) => boolean): Entry | null {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i] as Entry;
      if (fits(entry)) return entry;
    }
    return null;
  }
}

/** Whether `frame` is `inner` or one of its callers. */
export function isUnder(frame: Frame, inner: Frame | null): boolean {
  for (let at = inner; at !== null; at = at.caller) if (at === frame) return true;
  return false;
}
