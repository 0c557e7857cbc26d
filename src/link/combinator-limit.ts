/**
 * `limit({ calls, bytes, perSecond })`: budgets shared by all members of the narrowed capability and by every module that
 * it is granted to. Invariant: a call that is refused by one budget spends nothing of the others.
 */
import { elementsOf } from '../value/iterate.ts';
import { kindOf } from '../value/kinds.ts';
import { type Denial, type Guard, type GuardedCall, requireFunction, requireKnown } from './combinators.ts';

export interface CallLimits {
  /** Calls in all. */
  readonly calls?: number;
  /** Size in all of what crosses, both ways: 2 for a character, 8 for anything else that has no parts. */
  readonly bytes?: number;
  /** Calls within any second. */
  readonly perSecond?: number;
  /** The clock of `perSecond`, in milliseconds; default `Date.now`. */
  readonly now?: () => number;
}

interface Budget {
  /** What the budget is, when it does not hold the call. */
  refusal(call: GuardedCall): string | null;
  spend(call: GuardedCall): void;
  /** False when the result is more than what is left. */
  take?(result: unknown): boolean;
}

const MAX_PER_SECOND = 1_000_000;

export function limitGuard(given: CallLimits): Guard {
  const limits = requireKnown('limit()', given, ['calls', 'bytes', 'perSecond', 'now']);
  const { calls, bytes, perSecond, now = Date.now } = limits;
  requireCount('calls', calls, 0, Number.MAX_SAFE_INTEGER);
  requireCount('bytes', bytes, 0, Number.MAX_SAFE_INTEGER);
  requireCount('perSecond', perSecond, 1, MAX_PER_SECOND);
  requireFunction('limit', now);
  if (limits.now !== undefined && perSecond === undefined) throw new TypeError('limit() has a clock, but no perSecond');
  const budgets: Budget[] = [];
  if (calls !== undefined) budgets.push(callBudget(calls));
  if (bytes !== undefined) budgets.push(byteBudget(bytes));
  if (perSecond !== undefined) budgets.push(rateBudget(perSecond, now));
  if (budgets.length === 0) throw new TypeError('limit() takes calls, bytes or perSecond');
  return {
    before: (call) => {
      try {
        for (const budget of budgets) {
          const reason = budget.refusal(call);
          if (reason !== null) return { reason };
        }
        for (const budget of budgets) budget.spend(call);
        return null;
      } catch (cause) {
        return { reason: 'its limit could not be checked', cause };
      }
    },
    after: (result) => {
      const isHeld = budgets.map((budget) => budget.take?.(result) ?? true);
      return isHeld.includes(false) ? overdrawn(bytes) : null;
    },
  };
}

function overdrawn(bytes: number | undefined): Denial {
  return { reason: `it may move ${bytes} bytes` };
}

function requireCount(name: string, count: number | undefined, least: number, most: number): void {
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= least && count <= most))
    throw new TypeError(`limit(): ${name} is an integer from ${least} to ${most}`);
}

function callBudget(calls: number): Budget {
  let left = calls;
  return {
    refusal: () => (left > 0 ? null : `it may be called ${calls} times`),
    spend: () => {
      left--;
    },
  };
}

function byteBudget(bytes: number): Budget {
  let left = bytes;
  return {
    refusal: ({ args }) => (sizeOf(args) <= left ? null : overdrawn(bytes).reason),
    spend: ({ args }) => {
      left -= sizeOf(args);
    },
    take: (result) => {
      const size = sizeOf(result);
      const isHeld = size <= left;
      left = isHeld ? left - size : 0;
      return isHeld;
    },
  };
}

/** A ring of the times of the last calls: the oldest of them must be a second old. */
function rateBudget(perSecond: number, now: () => number): Budget {
  const times: number[] = [];
  let next = 0;
  let time = 0;
  return {
    refusal: () => {
      time = now();
      const oldest = times[next];
      // Written so that a clock that gives no number, or that was put back, refuses.
      const isDue = Number.isFinite(time) && (oldest === undefined || time - oldest >= 1_000);
      return isDue ? null : `it may be called ${perSecond} times a second`;
    },
    spend: () => {
      times[next] = time;
      next = (next + 1) % perSecond;
    },
  };
}

/** The size of copied data. A list of its own to walk: copies nest as deep as a run's limit allows. */
export function sizeOf(value: unknown): number {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part === 'string') size += 2 * part.length;
    else if (typeof part === 'bigint') size += part.toString(16).length >> 1;
    else size += typeof part === 'object' && part !== null ? sizeOfObject(part, open) : 8;
  }
  return size;
}

/** Its own size; parts are left in `open`. */
function sizeOfObject(value: object, open: unknown[]): number {
  switch (kindOf(value)) {
    case 'list':
      for (const part of value as readonly unknown[]) open.push(part);
      return 0;
    case 'set':
      for (const part of elementsOf(value as ReadonlySet<unknown>)) open.push(part);
      return 0;
    case 'bytes':
      return (value as Uint8Array).length;
    case 'record':
      for (const [key, part] of Object.entries(value)) open.push(key, part);
      return 0;
    default:
      return 8;
  }
}
