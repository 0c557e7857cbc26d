/**
 * Errors between programs and host functions, opaque both ways (G8). A program sees the message that a `GuestError` was
 * made with, cleaned and cut, or that the function failed; the host keeps the cause. A host function sees a lambda's fault
 * as an Error that tells the code and message of the program, and nothing of the machine.
 *
 * Promises: no property of what a host function throws is read but own data properties, so that getters and proxies run no
 * code here and cannot throw.
 */
import type { HostFunction } from '../link/capability.ts';
import { Fault, Stop } from '../value/fault.ts';
import { type Failure, isStackOverflow } from './faults.ts';

const MAX_GUEST_TEXT = 512;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Thrown by a host function to tell the program something: its message, and nothing else, reaches the program. Control
 * characters are escaped, and it is cut at 512 characters.
 *
 * @example throw new GuestError('there is no such order');
 */
export class GuestError extends Error {
  override readonly name = 'GuestError';
  readonly #isForGuests = true;

  /** @internal The message for the program; null for any other error. */
  static textOf(error: unknown): string | null {
    // `in` with a private name answers for this class only and runs no trap of a proxy.
    if (typeof error !== 'object' || error === null || !(#isForGuests in error)) return null;
    const message: unknown = Object.getOwnPropertyDescriptor(error, 'message')?.value;
    return typeof message === 'string' ? guestText(message) : '';
  }
}

/** Text of the host as programs and logs may have it. */
export function guestText(text: string): string {
  const start = text.length > MAX_GUEST_TEXT ? text.slice(0, MAX_GUEST_TEXT) : text;
  const escaped = start.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped.length <= MAX_GUEST_TEXT && start === text) return escaped;
  return `${escaped.slice(0, MAX_GUEST_TEXT - 1)}…`;
}

/** What a host function gets when a lambda that it calls fails. Rethrown, it goes on as the fault that it was. */
export class LambdaError extends Error {
  override readonly name = 'LambdaError';
  readonly code: string;
  readonly #failure: Failure;
  readonly #call: object;

  constructor(failure: Failure, call: object) {
    const { code, message } = failure.reason instanceof Error ? { code: 'MR9001', message: '' } : failure.reason;
    super(message);
    this.code = code;
    this.#failure = failure;
    this.#call = call;
  }

  /** Null for anything but an error of this very call: one kept from another call is an error of the host. */
  static failureOf(error: unknown, call: object): Failure | null {
    if (typeof error !== 'object' || error === null || !(#failure in error)) return null;
    return error.#call === call ? error.#failure : null;
  }
}

/** What the program gets for what a host function threw. */
export function hostFault(host: HostFunction, error: unknown, call: object): Fault | Stop | Failure {
  const failure = LambdaError.failureOf(error, call);
  if (failure !== null) return failure;
  const text = GuestError.textOf(error);
  if (text !== null) return new Fault('HostException', 'MR6015', text, error);
  if (isStackOverflow(error)) return new Stop('MR5003', 'the run reached the limit of the JavaScript stack');
  return failed(host, error);
}

export function failed(host: HostFunction, cause: unknown): Fault {
  return new Fault('HostException', 'MR6015', `${host.name} failed`, cause);
}
