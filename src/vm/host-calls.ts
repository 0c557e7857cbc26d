/**
 * Calls of host functions. In this order: revocation, fuel, copies of the arguments, their contracts, fuel by arguments,
 * guards, audit, the call; then the contract of the result, its copy, the guards again. What one of these refuses, the
 * host function is not called with, or the program does not get.
 *
 * Invariants: values cross by copy in both directions; lambdas lent to a host function die with the call; nothing that a
 * host function does, gives or throws ends as an internal error.
 */
import { type CallContext, type HostFunction, isFuel } from '../link/capability.ts';
import type { Denial } from '../link/combinators.ts';
import type { Contract, Parameter, Violation } from '../link/contract.ts';
import { copyInput } from '../value/border.ts';
import { Closure } from '../value/closure.ts';
import { argumentFault, Fault, Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { copyOut, Pending } from './calls.ts';
import { classify, Failure } from './faults.ts';
import { failed, guestText, hostFault, LambdaError } from './host-errors.ts';
import { forgetRealm, realmIsClean } from './realm.ts';
import { type Run, stopIfRevoked } from './run.ts';

const apply = Reflect.apply;

/** A promise is returned as `Pending`; in a run that cannot wait it is a stop. */
export function callHost(run: Run, host: HostFunction, args: readonly Value[]): Value | Pending {
  stopIfRevoked(host.revocations);
  run.startClock();
  run.charge(host.fuel);
  const call = new HostCall(run, host);
  try {
    return call.make(args);
  } catch (error) {
    call.finish();
    throw error;
  } finally {
    forgetRealm();
  }
}

type Answer = { readonly value: unknown; readonly isPromise: boolean };

/** One call: what it lent out, and how it ends. */
class HostCall {
  readonly #run: Run;
  readonly #host: HostFunction;
  readonly #module: string;
  /** From then on nothing that it lent out works. */
  #isOver = false;
  #isSettled = false;
  #controller: AbortController | null = null;
  readonly #undo: (() => void)[] = [];

  constructor(run: Run, host: HostFunction) {
    this.#run = run;
    this.#host = host;
    this.#module = run.frame?.unit.module.id ?? run.module.id;
  }

  make(args: readonly Value[]): Value | Pending {
    return this.#occupied(() => {
      const { value, isPromise } = this.#invoke(this.#admit(args));
      if (isPromise) return this.#wait(value);
      this.#settle();
      return this.#take(value);
    });
  }

  /** While code of the host is at work, guards and schemas included, it may run the module only where the member says so. */
  #occupied<T>(action: () => T): T {
    const { occupancy } = this.#run;
    if (this.#host.reentrant) return action();
    occupancy.hostCalls++;
    try {
      return action();
    } finally {
      occupancy.hostCalls--;
    }
  }

  /** Ends what the call lent out; tells a host function that is still at work that nobody waits for it. */
  finish(): void {
    this.#isOver = true;
    for (const undo of this.#undo) undo();
    this.#undo.length = 0;
    if (!this.#isSettled) this.#controller?.abort();
  }

  #settle(): void {
    this.#isSettled = true;
    this.finish();
  }

  /** What the host function is called with, once everything has permitted it. */
  #admit(args: readonly Value[]): readonly unknown[] {
    const host = this.#host;
    const run = this.#run;
    if (host.arity !== null && host.arity !== args.length)
      throw argumentFault(
        'MR6031',
        `${host.name}: the number of arguments must be ${host.arity}, but is ${args.length}`,
      );
    const passed = args.map((value) => (value instanceof Closure ? this.#lend(value) : copyOut(run, value)));
    host.parameters.forEach((parameter, i) => {
      passed[i] = this.#checkArgument(parameter, i, passed[i]);
    });
    if (host.fuelOf !== null) run.charge(this.#fuelOf(host.fuelOf, passed));
    Object.freeze(passed);
    const { uri, name: member } = host;
    for (const guard of host.guards) this.#refuseIf(guard.before({ uri, member, args: passed }));
    run.audit?.called(run, this.#module, host, passed);
    return passed;
  }

  #checkArgument({ name, contract }: Parameter, index: number, value: unknown): unknown {
    const outcome = this.#check(contract, value);
    if ('value' in outcome) return outcome.value;
    const { path, expected, found, issues } = outcome.violation;
    const parameter = `parameter ${index + 1}${name === null ? '' : ` (${name})`}`;
    const message = guestText(`${this.#host.name}: ${parameter}${placeOf(path)} must be ${expected}, but is ${found}`);
    this.#run.audit?.denied(this.#module, this.#host, 'MR6031', message);
    const cause = issues.length === 0 ? undefined : new TypeError(issues.join('; '));
    throw new Fault('IllegalArgumentException', 'MR6031', message, cause);
  }

  /** A schema is the host's code: what it throws is the host's error. */
  #check(contract: Contract, value: unknown): ReturnType<Contract['check']> {
    try {
      return contract.check(value);
    } catch (error) {
      throw brokenContract(this.#host, error);
    }
  }

  #fuelOf(fuelOf: (...args: unknown[]) => unknown, passed: readonly unknown[]): number {
    let fuel: unknown;
    try {
      fuel = apply(fuelOf, undefined, passed);
    } catch (error) {
      throw failed(this.#host, error);
    }
    if (!isFuel(fuel)) throw failed(this.#host, new TypeError('the fuel of a call is an integer, not negative'));
    return fuel;
  }

  #refuseIf(denial: Denial | null | undefined): void {
    if (denial === null || denial === undefined) return;
    this.#run.audit?.denied(this.#module, this.#host, 'MR6034', denial.reason);
    throw new Fault('HostException', 'MR6034', `${this.#host.name} was refused: ${denial.reason}`, denial.cause);
  }

  #invoke(passed: readonly unknown[]): Answer {
    const { call, withContext } = this.#host;
    try {
      const value: unknown = apply(call, undefined, withContext ? [this.#context(), ...passed] : passed);
      return { value, isPromise: isThenable(value) };
    } catch (error) {
      throw hostFault(this.#host, error, this);
    } finally {
      forgetRealm();
    }
  }

  #context(): CallContext {
    const controller = new AbortController();
    this.#controller = controller;
    for (const revocation of this.#host.revocations) this.#undo.push(revocation.onRevoke(() => controller.abort()));
    return Object.freeze({ signal: controller.signal, module: this.#module });
  }

  #lend(closure: Closure): (...given: unknown[]) => unknown {
    const run = this.#run;
    return (...given) => {
      if (this.#isOver) throw new TypeError('this lambda belonged to a call that is over');
      try {
        const values = given.map((value) => copyInput(value, run.nestingLimit, run));
        return copyOut(run, run.callBack(closure, values));
      } catch (error) {
        throw new LambdaError(error instanceof Failure ? error : new Failure(classify(error), [], 0), this);
      }
    };
  }

  #wait(answer: unknown): Pending {
    const run = this.#run;
    const host = this.#host;
    // Not Promise.resolve: of a promise it reads `constructor`, which may be anything.
    const promise = new Promise((resolve) => resolve(answer));
    if (run.mode === 'sync' || run.isNested) {
      // Nobody waits for it any more: its rejection must not become an unhandled one.
      promise.catch(() => {});
      throw new Stop('MR4010', `${host.name} answered with a promise; the run cannot wait here`);
    }
    const { timeoutMs } = host;
    return new Pending({
      promise,
      timeout:
        timeoutMs === null
          ? null
          : {
              ms: timeoutMs,
              fault: () => new Fault('HostException', 'MR6033', `${host.name} took longer than ${timeoutMs} ms`),
            },
      finish: () => this.finish(),
      accept: (value) => {
        this.#settle();
        return this.#occupied(() => this.#take(value));
      },
      refuse: (error) => {
        this.#settle();
        return hostFault(host, error, this);
      },
    });
  }

  /** The host's answer as a value of the program: checked, copied, foreign parts refused. */
  #take(answer: unknown): Value {
    const host = this.#host;
    const { result: contract } = host;
    realmIsClean();
    const accepted = contract?.kind === 'schema' ? this.#checkResult(contract, answer) : answer;
    const value = this.#copyIn(accepted);
    if (contract?.kind === 'type') this.#checkResult(contract, value);
    // All of them, so that each budget is spent, whichever refuses.
    const denials = host.guards.map((guard) => guard.after?.(value));
    for (const denial of denials) this.#refuseIf(denial);
    return value;
  }

  #checkResult(contract: Contract, answer: unknown): unknown {
    const outcome = this.#check(contract, answer);
    if ('value' in outcome) return outcome.value;
    throw brokenContract(this.#host, new TypeError(resultMessage(this.#host, outcome.violation)));
  }

  #copyIn(answer: unknown): Value {
    const { nestingLimit } = this.#run;
    try {
      return copyInput(answer, nestingLimit, this.#run);
    } catch (error) {
      if (isStop(error)) throw error;
      // A refusal of ours, or what a proxy of the host threw.
      const message = `${this.#host.name} answered with a value that programs cannot hold`;
      throw new Fault('HostException', 'MR6015', message, error);
    }
  }
}

/** The program is not told more: what the host answered is none of its business. */
function brokenContract(host: HostFunction, cause: unknown): Fault {
  return new Fault('HostException', 'MR6032', `${host.name} broke its own contract`, cause);
}

function resultMessage(host: HostFunction, { path, expected, found, issues }: Violation): string {
  const more = issues.length === 0 ? '' : ` (${issues.join('; ')})`;
  return `the result of ${host.uri} ${host.name}${placeOf(path)} must be ${expected}, but is ${found}${more}`;
}

function placeOf(path: readonly (string | number)[]): string {
  return path.length === 0
    ? ''
    : ` at ${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`;
}

/** Asking a proxy for its prototype may throw. */
function isStop(error: unknown): error is Stop {
  try {
    return error instanceof Stop;
  } catch {
    return false;
  }
}

function isThenable(value: unknown): boolean {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
