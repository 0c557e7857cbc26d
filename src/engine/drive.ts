/** The asynchronous driver: waits for promises, timers and other work between the slices of a run. */
import { invariant } from '../base/assert.ts';
import { Fault, Stop } from '../value/fault.ts';
import type { Waiting } from '../vm/calls.ts';
import { DONE, PAUSED, PENDING, type Resumption, SUSPENDED, TIMER } from '../vm/dispatch.ts';
import { Failure } from '../vm/faults.ts';
import { advance } from '../vm/machine.ts';
import type { Run } from '../vm/run.ts';
import type { Account } from './usage.ts';

export type Timer = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export interface DriveOptions {
  readonly signal: AbortSignal | undefined;
  /** Null unless the host asks what the run uses. */
  readonly account: Account | null;
}

/** Runs until done or suspended; answers which. */
export async function drive(
  run: Run,
  resumption: Resumption,
  timer: Timer,
  { signal, account }: DriveOptions,
): Promise<'done' | 'suspended'> {
  let next = resumption === null ? null : afterWaiting(run, resumption);
  for (;;) {
    account?.goOn();
    const code = advance(run, next);
    account?.rest();
    next = null;
    switch (code) {
      case DONE:
        return 'done';
      case SUSPENDED:
        return 'suspended';
      case PAUSED:
        await breathe();
        break;
      case TIMER:
        next = await pause(run, () => timer(run.waitMs, signal), signal);
        break;
      case PENDING:
        next = await settle(run, signal);
        break;
    }
  }
}

/** `setTimeout` as a promise that an abort ends early; the run notices the abort itself. */
export const defaultTimer: Timer = (milliseconds, signal) =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(handle);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const handle = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish);
    if (signal?.aborted === true) finish();
  });

/** A turn of the event loop, so that a long run does not keep others from theirs. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** A timer may ignore an abort or reject because of it: the run ends as cancelled either way. */
async function pause(run: Run, wait: () => Promise<void>, signal: AbortSignal | undefined): Promise<Resumption> {
  run.beginWait();
  try {
    await unlessAborted(wait(), signal);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
  run.endWait();
  return afterWaiting(run, null);
}

async function settle(run: Run, signal: AbortSignal | undefined): Promise<Resumption> {
  const { pending } = run;
  invariant(pending !== null, 'a pending run has a promise');
  run.pending = null;
  run.beginWait();
  const resumption = await answerOf(run, pending.waiting, signal);
  pending.waiting.finish();
  run.endWait();
  return afterWaiting(run, resumption);
}

async function answerOf(run: Run, waiting: Waiting, signal: AbortSignal | undefined): Promise<Resumption> {
  const outcome = await outcomeOf(run, waiting, signal);
  try {
    if (outcome.kind === 'answer') return { kind: 'value', value: waiting.accept(outcome.value) };
    const fault = outcome.kind === 'refusal' ? waiting.refuse(outcome.error) : outcome.reason;
    return { kind: 'fault', fault: fault instanceof Failure ? (fault.reason as Fault | Stop) : fault };
  } catch (error) {
    // What the engine refuses of an answer.
    if (error instanceof Fault || error instanceof Stop) return { kind: 'fault', fault: error };
    throw error;
  }
}

type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly error: unknown }
  | { readonly kind: 'end'; readonly reason: Fault | Stop };

/** What comes first: the promise settles, its time is over, the run is cancelled, or a grant of it is revoked. */
function outcomeOf(run: Run, waiting: Waiting, signal: AbortSignal | undefined): Promise<Outcome> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    const settle = (outcome: Outcome): void => {
      for (const off of undo.splice(0)) off();
      resolve(outcome);
    };
    const look = (): void => {
      const stop = stopFor(run);
      if (stop !== null) settle({ kind: 'end', reason: stop });
    };
    waiting.promise.then(
      (value) => settle({ kind: 'answer', value }),
      (error: unknown) => settle({ kind: 'refusal', error }),
    );
    for (const revocation of run.module.revocations) undo.push(revocation.onRevoke(look));
    if (signal !== undefined) {
      signal.addEventListener('abort', look);
      undo.push(() => signal.removeEventListener('abort', look));
    }
    const { timeout } = waiting;
    if (timeout !== null) {
      const handle = setTimeout(() => settle({ kind: 'end', reason: timeout.fault() }), timeout.ms);
      undo.push(() => clearTimeout(handle));
    }
    look();
  });
}

/** Why the run may not go on; null when it may. */
function stopFor(run: Run): Stop | null {
  try {
    run.checkOutside();
    return null;
  } catch (error) {
    if (error instanceof Stop) return error;
    throw error;
  }
}

function afterWaiting(run: Run, resumption: Resumption): Resumption {
  const stop = stopFor(run);
  return stop === null ? resumption : { kind: 'fault', fault: stop };
}

/** A timer of the host may take no notice of the signal. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
