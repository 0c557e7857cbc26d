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
        next = await pause(run, timer, signal);
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

/** A timer may ignore the end of its wait, or reject because of it: the run goes on, and finds out why, either way. */
async function pause(run: Run, timer: Timer, signal: AbortSignal | undefined): Promise<Resumption> {
  run.beginWait();
  const waiting = new AbortController();
  const unwatch = watch(run, signal, () => waiting.abort());
  try {
    await unlessAborted(timer(run.waitMs, waiting.signal), waiting.signal);
  } catch (error) {
    if (!waiting.signal.aborted) throw error;
  } finally {
    unwatch();
  }
  run.endWait();
  return afterWaiting(run, null);
}

/** Calls `stopped` once the run may not go on: it was cancelled, or a grant of it revoked. Answers with what ends that. */
function watch(run: Run, signal: AbortSignal | undefined, stopped: (stop: Stop) => void): () => void {
  const look = (): void => {
    const stop = stopFor(run);
    if (stop !== null) stopped(stop);
  };
  const undo = run.module.revocations.map((revocation) => revocation.onRevoke(look));
  signal?.addEventListener('abort', look);
  look();
  return () => {
    for (const off of undo) off();
    signal?.removeEventListener('abort', look);
  };
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
async function outcomeOf(run: Run, waiting: Waiting, signal: AbortSignal | undefined): Promise<Outcome> {
  const undo: (() => void)[] = [];
  const outcome = await new Promise<Outcome>((resolve) => {
    waiting.promise.then(
      (value) => resolve({ kind: 'answer', value }),
      (error: unknown) => resolve({ kind: 'refusal', error }),
    );
    const { timeout } = waiting;
    if (timeout !== null) {
      const handle = setTimeout(() => resolve({ kind: 'end', reason: timeout.fault() }), timeout.ms);
      undo.push(() => clearTimeout(handle));
    }
    undo.push(watch(run, signal, (reason) => resolve({ kind: 'end', reason })));
  });
  for (const off of undo) off();
  return outcome;
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
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
    promise.then(resolve, reject);
  });
}
