/** A loaded module as the host holds it: what it exports and imports, and the ways to run it. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Limits } from '../base/limits.ts';
import { ownOf } from '../base/own.ts';
import type { SourceText } from '../base/source.ts';
import { suggestName } from '../base/suggest.ts';
import type { LinkedModule, LinkedUnit } from '../link/linked-module.ts';
import { checkInput, copyInput, exportValue } from '../value/border.ts';
import { decimalsWereMade } from '../value/decimal.ts';
import { loadDecimalLibrary } from '../value/decimal-library.ts';
import { Fault, Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { copyOut } from '../vm/calls.ts';
import type { Tier } from '../vm/compiled.ts';
import type { Resumption } from '../vm/dispatch.ts';
import { classify, Failure } from '../vm/faults.ts';
import { beginRun, runToEnd } from '../vm/machine.ts';
import { resultOf } from '../vm/output.ts';
import { realmIsClean } from '../vm/realm.ts';
import { type Occupancy, type Run, type RunMode, stopIfRevoked } from '../vm/run.ts';
import type { AuditTrail } from './audit.ts';
import { drive, type Timer } from './drive.ts';
import { type RunError, UsageError } from './errors.ts';
import { publicError } from './failures.ts';
import { type InputMode, type InternalOptions, mergeLimits, type RunCallOptions, readRunOptions } from './options.ts';
import { StartedRun } from './started-run.ts';
import { tracingOf } from './trace.ts';
import { Account, type UsageSink, usedBy } from './usage.ts';

export interface ExportInfo {
  readonly name: string;
  readonly kind: 'transform' | 'function';
  readonly parameters: readonly string[];
  readonly effects: { readonly waits: boolean; readonly suspends: boolean };
}

export interface ImportInfo {
  readonly uri: string;
  readonly members: readonly string[];
}

/** One linked state of a module; `replace` puts another in its place. */
export interface Version {
  readonly linked: LinkedModule;
  readonly source: SourceText;
  readonly warnings: readonly Diagnostic[];
  readonly imports: readonly ImportInfo[];
  readonly limits: Limits;
  /** The same program with what traced runs report; compiled at the first traced run. */
  traced(): LinkedModule;
  /** All modules that take part. */
  readonly modules: readonly LinkedModule[];
  /** The modules that take part and use shared state. */
  readonly sharing: readonly LinkedModule[];
  /** The text of any module that takes part. */
  sourceOf(module: LinkedModule): SourceText | undefined;
}

export interface RunEnvironment {
  readonly internals: InternalOptions;
  readonly timer: Timer;
  readonly audit: AuditTrail | null;
  /** What compiles hot code; null as long as there is nothing. */
  tier(): Tier | null;
  readonly onUsage: UsageSink | undefined;
  isClosed(): boolean;
}

export class LoadedModule {
  readonly id: string;
  readonly #environment: RunEnvironment;
  readonly #occupancy: Occupancy = { hostCalls: 0 };
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
    const { unit, input, options } = this.#request(args);
    return this.#runSync(unit, [input], options, 'trusted');
  }

  /** Like `run`, but waits for asynchronous host functions and BACKOFF, and gives way to other work between slices. */
  runAsync(name: string | undefined, input?: unknown, options?: RunCallOptions): Promise<unknown>;
  runAsync(input?: unknown): Promise<unknown>;
  async runAsync(...args: [nameOrInput?: unknown, input?: unknown, options?: RunCallOptions]): Promise<unknown> {
    const { unit, input, options } = this.#request(args);
    const version = this.#current();
    if (decimalsWereMade()) await loadDecimalLibrary();
    const account = this.#accountOf(unit, options);
    const run = this.#begin(version, unit, [input], options, 'async', 'copy');
    await this.#drive(version, run, account, null, options);
    return this.#finish(version, run, account, unit);
  }

  /** Starts a run that may SUSPEND: resolves when it is done or has a request for the host. */
  start(name: string | undefined, input?: unknown, options?: RunCallOptions): Promise<StartedRun>;
  start(input?: unknown): Promise<StartedRun>;
  async start(...args: [nameOrInput?: unknown, input?: unknown, options?: RunCallOptions]): Promise<StartedRun> {
    const { unit, input, options } = this.#request(args);
    const version = this.#current();
    if (decimalsWereMade()) await loadDecimalLibrary();
    const account = this.#accountOf(unit, options);
    const run = this.#begin(version, unit, [input], options, 'start', 'copy');
    const started = new StartedRun({
      advance: (resumption) => this.#drive(version, run, account, resumption, options),
      result: () => this.#finish(version, run, account, unit),
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
    return this.#runSync(this.#unit(name), args, NO_OPTIONS, 'trusted');
  }

  /** The export as a JavaScript function: looked up once, always of the current version. */
  get(name: string): (...args: readonly unknown[]) => unknown {
    this.#unit(name);
    return (...args) => this.#runSync(this.#unit(name), args, NO_OPTIONS, 'trusted');
  }

  /** @internal */
  replaceVersion(version: Version | null): void {
    this.#version = version;
  }

  #current(): Version {
    if (this.#version === null) throw new UsageError(`module "${this.id}" was unloaded`);
    if (this.#environment.isClosed()) throw new UsageError(`the host of module "${this.id}" was closed`);
    return this.#version;
  }

  #request(args: readonly unknown[]): {
    readonly unit: LinkedUnit;
    readonly input: unknown;
    readonly options: RunCallOptions;
  } {
    const [first, second, third] = args;
    if (typeof first === 'string' || (first === undefined && args.length > 1))
      return { unit: this.#unit(first as string | undefined), input: second, options: checkedOptions(third) };
    return { unit: this.#unit(undefined), input: first, options: checkedOptions(second) };
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

  #runSync(unit: LinkedUnit, args: readonly unknown[], options: RunCallOptions, input: InputMode): unknown {
    const version = this.#current();
    const account = this.#accountOf(unit, options);
    const run = this.#begin(version, unit, args, options, 'sync', input);
    try {
      runToEnd(run);
    } catch (error) {
      throw this.#failure(version, run, account, error);
    }
    return this.#finish(version, run, account, unit);
  }

  #begin(
    version: Version,
    unit: LinkedUnit,
    args: readonly unknown[],
    options: RunCallOptions,
    mode: RunMode,
    defaultInput: InputMode,
  ): Run {
    this.#refuseReentry();
    const { internals } = this.#environment;
    const limits = mergeLimits(version.limits, options.limits);
    const tracing = tracingOf(options, version.source);
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
      const values: Value[] = [];
      for (let i = 0; i < args.length; i++)
        values.push(takeInput(args[i], options.input ?? defaultInput, limits.nesting));
      for (const module of version.sharing) registerShared(module);
      const code = tracing === null ? unit : tracedForm(version, unit);
      return beginRun(code, values, {
        limits,
        mode,
        signal: options.signal,
        observer: tracing?.observer,
        occupancy: this.#occupancy,
        audit: this.#environment.audit ?? undefined,
        fuelSlice: internals.fuelSlice,
        countOpcodes: internals.countOpcodes ?? tracing?.instructions,
        tier: mode === 'sync' && tracing === null ? (this.#environment.tier() ?? undefined) : undefined,
      });
    } catch (error) {
      throw this.#publicError(version, error, null);
    }
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

  #finish(version: Version, run: Run, account: Account | null, unit: LinkedUnit): unknown {
    account?.goOn();
    let result: unknown;
    try {
      result = exportValue(run, unit.kind === 'transform' ? resultOf(run) : run.result);
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
    const failure = error instanceof Failure ? error : new Failure(classify(error), [], 0);
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

const NO_OPTIONS: RunCallOptions = Object.freeze(ownOf({}));

/** Resources that the module declares and the store does not know yet. */
function registerShared({ store, shared }: LinkedModule): void {
  if (store === null) return;
  for (const { name, mode } of shared) if (!store.hasResource(name)) store.addResource(name, mode);
}

function checkedOptions(options: unknown): RunCallOptions {
  return options === undefined ? NO_OPTIONS : readRunOptions(options as RunCallOptions);
}

function takeInput(value: unknown, mode: InputMode, nesting: number): Value {
  if (value === undefined) return null;
  switch (mode) {
    case 'trusted':
      return value;
    case 'checked':
      checkInput(value, nesting);
      return value;
    case 'copy':
      try {
        return copyInput(value, nesting);
      } catch (error) {
        // A foreign part is refused by name; anything a getter of the host throws is the host's own error.
        throw error instanceof Fault || error instanceof Stop
          ? error
          : new Fault('HostException', 'MR6016', 'the input cannot be copied', error);
      }
  }
}
