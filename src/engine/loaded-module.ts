/** A loaded module as the host holds it: what it exports and imports, and the ways to run it. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { suggestName } from '../base/suggest.ts';
import type { LinkedModule, LinkedUnit } from '../link/linked-module.ts';
import { copyInput } from '../value/border.ts';
import { decimalsWereMade } from '../value/decimal.ts';
import { loadDecimalLibrary } from '../value/decimal-library.ts';
import { Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { copyOut } from '../vm/calls.ts';
import type { Tier } from '../vm/compiled.ts';
import type { Resumption } from '../vm/dispatch.ts';
import { enterRun, makeRun, runUnit } from '../vm/machine.ts';
import { exportedResult } from '../vm/output.ts';
import { realmIsClean } from '../vm/realm.ts';
import { type Occupancy, type Run, type RunMode, type RunOptions, stopIfRevoked } from '../vm/run.ts';
import { Unwinding } from '../vm/unwinding.ts';
import type { AuditTrail } from './audit.ts';
import { drive, type Timer } from './drive.ts';
import { Entries, type EntryOwner, type Lifetime, type Preparation } from './entry.ts';
import { type RunError, UsageError } from './errors.ts';
import { publicError } from './failures.ts';
import {
  type InputMode,
  type InternalOptions,
  mergeLimits,
  NO_OPTIONS,
  type RunCallOptions,
  readRunOptions,
  takeInput,
} from './options.ts';
import { StartedRun } from './started-run.ts';
import { type Tracing, tracingOf } from './trace.ts';
import { Account, type UsageSink, usedBy } from './usage.ts';
import type { ExportInfo, ImportInfo, Version } from './version.ts';

export interface RunEnvironment {
  readonly internals: InternalOptions;
  readonly timer: Timer;
  readonly audit: AuditTrail | null;
  /** What compiles hot code; null as long as there is nothing. */
  tier(): Tier | null;
  readonly onUsage: UsageSink | undefined;
  readonly lifetime: Lifetime;
}

export class LoadedModule {
  readonly id: string;
  readonly #environment: RunEnvironment;
  readonly #occupancy: Occupancy = { hostCalls: 0 };
  readonly #entries = new Entries((name, options) => this.#entryOwner(name, options));
  #version: Version | null;

  /** @internal made by the host. */
  constructor(id: string, version: Version, environment: RunEnvironment) {
    this.id = id;
    this.#version = version;
    this.#environment = environment;
  }

  get exports(): readonly ExportInfo[] {
    const { linked } = this.#current();
    return linked.exports.map(({ name, unit }) => {
      const { kind, slotNames, parameterCount } = linked.units[unit] as LinkedUnit;
      return {
        name,
        kind: kind === 'transform' ? 'transform' : 'function',
        parameters: slotNames.slice(0, parameterCount),
        effects: linked.effectsOf(unit),
      };
    });
  }

  /** What the module wants from the host, all of it granted. */
  get imports(): readonly ImportInfo[] {
    return this.#current().imports;
  }

  /** @internal What the module declares SHARED; its store gets these before the first run. */
  get shared(): LinkedModule['shared'] {
    return this.#current().linked.shared;
  }

  get warnings(): readonly Diagnostic[] {
    return this.#current().warnings;
  }

  /**
   * Runs an export on one input and returns its result: null for no output, the record for one, a list for several.
   * Without a name it is the first exported TRANSFORM.
   *
   * @throws RunError, LimitError; AsyncNeededError before anything has happened, if the program may have to wait.
   * @example module.run('Enrich', order, { limits: { fuel: 1e6 } })
   */
  run(name: string | undefined, input?: unknown, options?: RunCallOptions): unknown;
  run(input?: unknown): unknown;
  run(...args: [nameOrInput?: unknown, input?: unknown, options?: RunCallOptions]): unknown {
    const { name, input, options } = this.#request(args);
    return options === NO_OPTIONS
      ? this.#entries.named(name).call(input)
      : this.#runSync(this.#unit(name), [input], options);
  }

  /** Like `run`, but waits for asynchronous host functions and BACKOFF, and gives way to other work between slices. */
  runAsync(name: string | undefined, input?: unknown, options?: RunCallOptions): Promise<unknown>;
  runAsync(input?: unknown): Promise<unknown>;
  async runAsync(...args: [nameOrInput?: unknown, input?: unknown, options?: RunCallOptions]): Promise<unknown> {
    const { name, input, options } = this.#request(args);
    const unit = this.#unit(name);
    const version = this.#current();
    if (decimalsWereMade()) await loadDecimalLibrary();
    const account = this.#accountOf(unit, options);
    const run = this.#enter(version, unit, input, options, 'async');
    await this.#drive(version, run, account, null, options);
    return this.#finish(version, run, account, unit, run.result);
  }

  /** Starts a run that may SUSPEND: resolves when it is done or has a request for the host. */
  start(name: string | undefined, input?: unknown, options?: RunCallOptions): Promise<StartedRun>;
  start(input?: unknown): Promise<StartedRun>;
  async start(...args: [nameOrInput?: unknown, input?: unknown, options?: RunCallOptions]): Promise<StartedRun> {
    const { name, input, options } = this.#request(args);
    const unit = this.#unit(name);
    const version = this.#current();
    if (decimalsWereMade()) await loadDecimalLibrary();
    const account = this.#accountOf(unit, options);
    const run = this.#enter(version, unit, input, options, 'start');
    const started = new StartedRun({
      advance: (resumption) => this.#drive(version, run, account, resumption, options),
      result: () => this.#finish(version, run, account, unit, run.result),
      request: () => this.#suspend(version, run, account),
      takeAnswer: (answer) => {
        this.#refuseReentry();
        try {
          realmIsClean();
          return copyInput(answer, run.nestingLimit);
        } catch (error) {
          throw this.#publicError(version, error, run);
        }
      },
      wasParkedFor: (milliseconds) => run.extendDeadline(milliseconds),
    });
    await started.begin();
    return started;
  }

  /** Calls an exported FUNC with any number of arguments. */
  call(name: string, ...args: readonly unknown[]): unknown {
    const [first, ...others] = args;
    return this.#entries.named(name).call(first, others);
  }

  /**
   * The export as a JavaScript function: looked up once, always of the current version. The fastest way to call it, also
   * with options.
   *
   * @example const enrich = module.get('Enrich', { input: 'checked' })
   */
  get(name: string, options?: RunCallOptions): (...args: readonly unknown[]) => unknown {
    this.#unit(name);
    const entry =
      options === undefined ? this.#entries.named(name) : this.#entries.withOptions(name, readRunOptions(options));
    // Why: a list of no arguments is not even made where nobody gets it.
    return (first, ...others) => (others.length === 0 ? entry.call(first) : entry.call(first, others));
  }

  /** @internal */
  replaceVersion(version: Version | null): void {
    this.#version = version;
    this.#entries.forget();
  }

  #entryOwner(name: string | undefined, options: RunCallOptions): EntryOwner {
    this.#unit(name);
    return {
      current: () => this.#current(),
      lifetime: this.#environment.lifetime,
      tier: this.#environment.tier,
      prepare: (version) => this.#prepare(version, this.#unit(name), options),
      callUnprepared: (args) => this.#runSync(this.#unit(name), args, options),
      refuseReentry: () => this.#refuseReentry(),
      failure: (version, run, error) => this.#publicError(version, error, run),
    };
  }

  /** Null when a call has more to do than to run. */
  #prepare(version: Version, unit: LinkedUnit, options: RunCallOptions): Preparation | null {
    const { waits, suspends } = version.linked.effectsOf(unit.index);
    const isTraced = options.tracer !== undefined || options.onTrace !== undefined;
    const isAccounted = this.#environment.onUsage !== undefined || options.onUsage !== undefined;
    if (waits || suspends || isTraced || isAccounted || version.sharing.length > 0) return null;
    return {
      unit,
      options: this.#runOptions(version, options, 'sync', null),
      input: options.input ?? 'trusted',
      version,
    };
  }

  #current(): Version {
    if (this.#version === null) throw new UsageError(`module "${this.id}" was unloaded`);
    if (this.#environment.lifetime.isOver) throw new UsageError(`the host of module "${this.id}" was closed`);
    return this.#version;
  }

  #request(args: readonly unknown[]): {
    readonly name: string | undefined;
    readonly input: unknown;
    readonly options: RunCallOptions;
  } {
    const [first, second, third] = args;
    return typeof first === 'string' || (first === undefined && args.length > 1)
      ? { name: first as string | undefined, input: second, options: readRunOptions(third) }
      : { name: undefined, input: first, options: readRunOptions(second) };
  }

  #unit(name: string | undefined): LinkedUnit {
    const { linked } = this.#current();
    const found =
      name === undefined
        ? linked.exports.find((e) => linked.units[e.unit]?.kind === 'transform')
        : linked.exports.find((e) => e.name === name);
    if (found !== undefined) return linked.units[found.unit] as LinkedUnit;
    if (name === undefined) throw new UsageError(`module "${this.id}" exports no TRANSFORM`, 'MR4011');
    const names = linked.exports.map((e) => e.name);
    const near = suggestName(name, names);
    throw new UsageError(
      `module "${this.id}" exports no "${name}"${near === undefined ? '' : `; did you mean "${near}"?`} (it exports ${names.join(', ') || 'nothing'})`,
      'MR4011',
    );
  }

  #runSync(unit: LinkedUnit, args: readonly unknown[], options: RunCallOptions): unknown {
    const version = this.#current();
    const account = this.#accountOf(unit, options);
    const { run, code, values } = this.#begin(version, unit, args, options, 'sync', 'trusted');
    let result: Value;
    try {
      const [first = null, ...others] = values;
      result = runUnit(run, code, first, others);
    } catch (error) {
      throw this.#failure(version, run, account, error);
    }
    return this.#finish(version, run, account, unit, result);
  }

  #begin(
    version: Version,
    unit: LinkedUnit,
    args: readonly unknown[],
    options: RunCallOptions,
    mode: RunMode,
    defaultInput: InputMode,
  ): { readonly run: Run; readonly code: LinkedUnit; readonly values: readonly Value[] } {
    this.#refuseReentry();
    const tracing = tracingOf(options, version.source);
    const runOptions = this.#runOptions(version, options, mode, tracing);
    try {
      const effects = version.linked.effectsOf(unit.index);
      if (mode === 'sync' && (effects.waits || effects.suspends)) {
        throw new Stop(
          'MR4010',
          `"${unit.name}" may have to wait${effects.suspends ? ' for the host' : ''}; use ${effects.suspends ? 'start()' : 'runAsync()'}`,
        );
      }
      if (mode === 'async' && effects.suspends) throw new Stop('MR6021', `"${unit.name}" may suspend; use start()`);
      // Before the input is copied: a property that was added to a prototype may refuse or see the writes.
      realmIsClean();
      const values = args.map((arg) => takeInput(arg, options.input ?? defaultInput, runOptions.limits.nesting));
      for (const module of version.sharing) registerShared(module);
      const code = tracing === null ? unit : tracedForm(version, unit);
      const run = makeRun(code, runOptions);
      run.checkPermission();
      return { run, code, values };
    } catch (error) {
      throw this.#publicError(version, error, null);
    }
  }

  /** Begins a run that a driver moves on. */
  #enter(version: Version, unit: LinkedUnit, input: unknown, options: RunCallOptions, mode: 'async' | 'start'): Run {
    const { run, code, values } = this.#begin(version, unit, [input], options, mode, 'copy');
    try {
      enterRun(run, code, values);
    } catch (error) {
      throw this.#publicError(version, error, null);
    }
    return run;
  }

  #runOptions(
    version: Version,
    options: RunCallOptions,
    mode: RunMode,
    tracing: Tracing | null,
  ): RunOptions & { readonly occupancy: Occupancy } {
    const { internals, audit, tier } = this.#environment;
    return {
      limits: mergeLimits(version.limits, options.limits),
      mode,
      signal: options.signal,
      observer: tracing?.observer,
      occupancy: this.#occupancy,
      audit: audit ?? undefined,
      fuelSlice: internals.fuelSlice,
      countOpcodes: internals.countOpcodes ?? tracing?.instructions,
      tier: mode === 'sync' && tracing === null ? (tier() ?? undefined) : undefined,
    };
  }

  /** Null when nobody asks what the run uses. */
  #accountOf(unit: LinkedUnit, options: RunCallOptions): Account | null {
    const { onUsage } = this.#environment;
    if (onUsage === undefined && options.onUsage === undefined) return null;
    const sinks = [onUsage, options.onUsage].filter((sink) => sink !== undefined);
    return new Account(sinks, this.id, unit.name);
  }

  /** G9: a host function may run the module that calls it only where its member says so. */
  #refuseReentry(): void {
    if (this.#occupancy.hostCalls > 0)
      throw new UsageError(`module "${this.id}" is calling a host function, which may not run it again`, 'MR4014');
  }

  async #drive(
    version: Version,
    run: Run,
    account: Account | null,
    resumption: Resumption,
    { signal }: RunCallOptions,
  ): Promise<'done' | 'suspended'> {
    try {
      return await drive(run, resumption, this.#environment.timer, { signal, account });
    } catch (error) {
      throw this.#failure(version, run, account, error);
    }
  }

  #finish(version: Version, run: Run, account: Account | null, unit: LinkedUnit, value: Value): unknown {
    account?.goOn();
    let result: unknown;
    try {
      result = exportedResult(run, unit, value);
    } catch (error) {
      throw this.#failure(version, run, account, error);
    }
    account?.tell(run, 'done', null);
    return result;
  }

  /** Answers with the request. */
  #suspend(version: Version, run: Run, account: Account | null): unknown {
    account?.goOn();
    let request: unknown;
    try {
      request = copyOut(run, run.request);
    } catch (error) {
      throw this.#failure(version, run, account, error);
    }
    account?.tell(run, 'suspended', null);
    return request;
  }

  #failure(version: Version, run: Run, account: Account | null, error: unknown): RunError {
    const failure = this.#publicError(version, error, run);
    account?.tell(run, 'failed', failure.code);
    return failure;
  }

  #publicError(version: Version, error: unknown, run: Run | null): RunError {
    const failure = Unwinding.of(error).toFailure();
    const { reason } = failure;
    if (reason instanceof Stop && reason.code.startsWith('MR5'))
      this.#environment.audit?.stopped(this.id, reason, run === null ? NOTHING : usedBy(run));
    return publicError(failure, (module) => version.sourceOf(module));
  }
}

const NOTHING = { fuel: 0, memory: 0 };

/** The traced form is linked at its first run, which a revocation must end as it ends any other. */
function tracedForm({ linked, traced }: Version, unit: LinkedUnit): LinkedUnit {
  stopIfRevoked(linked.revocations);
  return traced().units[unit.index] as LinkedUnit;
}

/** Resources that the module declares and the store does not know yet. */
function registerShared({ store, shared }: LinkedModule): void {
  if (store === null) return;
  for (const { name, mode } of shared) if (!store.hasResource(name)) store.addResource(name, mode);
}
