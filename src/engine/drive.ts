/** The asynchronous driver: waits for promises, timers and other work between the slices of a run. */
import { invariant } from '../base/assert.ts';
import { type Fault, Stop } from '../value/fault.ts';
import type { Waiting } from '../vm/calls.ts';
import { DONE, PAUSED, PENDING, type Resumption, SUSPENDED, TIMER } from '../vm/dispatch.ts';
import { Failure } from '../vm/faults.ts';
import { advance } from '../vm/machine.ts';
import type { Run } from '../vm/run.ts';

export type Timer = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Runs until done or suspended; answers which. */
export async function drive(
  run: Run,
  resumption: Resumption,
  timer: Timer,
  signal: AbortSignal | undefined,
): Promise<'done' | 'suspended'> {
  let next = resumption === null ? null : afterWaiting(run, resumption);
  for (;;) {
    const code = advance(run, next);
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
  const resumption = await answerOf(pending.waiting, signal);
  pending.waiting.finish();
  run.endWait();
  return afterWaiting(run, resumption);
}

async function answerOf(waiting: Waiting, signal: AbortSignal | undefined): Promise<Resumption> {
  try {
    return { kind: 'value', value: waiting.accept(await unlessAborted(waiting.promise, signal)) };
  } catch (error) {
    const fault = error instanceof Stop ? error : waiting.refuse(error);
    return { kind: 'fault', fault: fault instanceof Failure ? (fault.reason as Fault | Stop) : fault };
  }
}

function afterWaiting(run: Run, resumption: Resumption): Resumption {
  try {
    run.checkOutside();
    return resumption;
  } catch (stop) {
    if (stop instanceof Stop) return { kind: 'fault', fault: stop };
    throw stop;
  }
}

function unlessAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Stop('MR5007', 'the run was cancelled'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
