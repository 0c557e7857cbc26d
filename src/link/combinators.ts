/**
 * What narrows a capability. A guard stands in front of every call and can only refuse it: it sees copies, changes nothing,
 * and what it cannot decide (a predicate that throws, a clock that is not a number) it refuses.
 */
import { ownOf } from '../base/own.ts';

export interface GuardedCall {
  readonly uri: string;
  readonly member: string;
  /** Copies, after the contracts were checked; the very ones that the call is given. */
  readonly args: readonly unknown[];
}

/** Why a call was refused. `reason` completes "<member> was refused: …" and is seen by programs. */
export interface Denial {
  readonly reason: string;
  /** For the host only. */
  readonly cause?: unknown;
}

export interface Guard {
  /** Null when the call may go on. Never throws. */
  before(call: GuardedCall): Denial | null;
  /** Looks at the copied result; a refusal keeps it from the program. */
  after?(result: unknown): Denial | null;
}

export type CallPredicate = (member: string, args: readonly unknown[]) => boolean;

export type CallSink = (call: GuardedCall) => void;

export function whereGuard(predicate: CallPredicate): Guard {
  requireFunction('where', predicate);
  const refusal: Denial = { reason: 'the host does not permit this call' };
  return {
    before: ({ member, args }) => {
      try {
        const answer: unknown = predicate(member, args);
        // Security: a promise is truthy; only true itself permits.
        if (answer === true) return null;
        return answer === false ? refusal : { ...refusal, cause: notABoolean(answer) };
      } catch (cause) {
        return { ...refusal, cause };
      }
    },
  };
}

function notABoolean(answer: unknown): TypeError {
  if (typeof answer === 'object' && answer !== null) new Promise((resolve) => resolve(answer)).catch(() => {});
  return new TypeError(
    `the predicate of where() answers with true or false, not with a value of type ${typeof answer}`,
  );
}

export function expiryGuard(at: number | Date, now: () => number): Guard {
  const end = typeof at === 'number' ? at : at instanceof Date ? at.getTime() : Number.NaN;
  if (!Number.isFinite(end)) throw new TypeError('expires() takes a Date or milliseconds since 1970');
  requireFunction('expires', now);
  return {
    before: () => {
      const denial: Denial = { reason: 'it has expired' };
      try {
        return now() < end ? null : denial;
      } catch (cause) {
        return { ...denial, cause };
      }
    },
  };
}

export function logGuard(sink: CallSink): Guard {
  requireFunction('logged', sink);
  return {
    before: (call) => {
      try {
        sink(call);
        return null;
      } catch (cause) {
        return { reason: 'it could not be logged', cause };
      }
    },
  };
}

export function requireFunction(combinator: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${combinator}() takes a function, not ${typeof value}`);
}

/** An option that nobody reads would be a limit that nobody keeps. */
export function requireKnown<T extends object>(where: string, options: T, known: readonly string[]): T {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${where} takes an object of options`);
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw new TypeError(`${where} has no option "${name}"; it takes ${known.join(', ')}`);
  return ownOf(options);
}
