/** Options of the host API, checked in one place: an unknown or senseless one is a `UsageError` that names it. */
import { DEFAULT_LIMITS, LIMITS, type LimitName, type Limits } from '../base/limits.ts';
import { ownOf } from '../base/own.ts';
import type { TierEvent } from '../jit/index.ts';
import { Capability } from '../link/capability.ts';
import { checkInput, copyInput } from '../value/border.ts';
import { Fault, Stop } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import type { AuditSink } from './audit.ts';
import { UsageError } from './errors.ts';
import type { Resolve } from './graph.ts';
import type { Lock } from './lock.ts';
import { Tracer } from './trace.ts';
import type { TraceEvent } from './trace-events.ts';
import type { UsageSink } from './usage.ts';

export type NumberMode = 'strict' | 'safe' | 'extended';
/** How a run takes its input: read in place, walked and refused if foreign, or copied. */
export type InputMode = 'trusted' | 'checked' | 'copy';
export type GrantTable = { readonly [uri: string]: Capability };

/** For tests of the engine itself. */
export interface InternalOptions {
  /** Fold constants and rewrite instructions (default true). */
  readonly optimise?: boolean;
  /** Fuel handed out at a time. */
  readonly fuelSlice?: number;
  /** Compile with LINE, TRACE and BREAKPOINT. */
  readonly debug?: boolean;
  /** Incremented per executed opcode. */
  readonly countOpcodes?: Uint32Array;
  /** Is told of each unit and loop that was compiled, or why not. */
  readonly onCompiled?: (event: TierEvent) => void;
  /** Asked before each instruction of compiled code whether to leave it there. */
  readonly jitLeavesHere?: () => boolean;
  /** Compile loops but no whole units. */
  readonly jitLoopsOnly?: boolean;
}

export interface HostOptions {
  /** For modules passed to `load`; nothing unless given. */
  readonly grants?: GrantTable;
  /** For imported modules, by resolved URI. */
  readonly grantsFor?: (uri: string) => GrantTable;
  readonly limits?: Partial<Limits>;
  /** Finds the source of an imported module, for the URI as written and that of the importing module; default: refuse. */
  readonly resolve?: Resolve;
  /** Public ed25519 keys (32 bytes each): when given, only binary modules that one of them has signed are loaded. */
  readonly signedBy?: readonly Uint8Array[];
  /**
   * Compiling hot code to JavaScript, for synchronous runs: once it has paid for itself (`auto`), at the first call
   * (`eager`), or not at all (`off`); `auto` unless told otherwise. The compiler is fetched in the background after the first
   * load. Where the process forbids code from text, the interpreter does all the work.
   */
  readonly jit?: 'auto' | 'off' | 'eager';
  /** JSON number mode of `parse` and `stringify` made by this host's tools. */
  readonly numbers?: NumberMode;
  /**
   * Is told of everything that is loaded, verified, linked, granted, called, refused, revoked, stopped and unloaded, as
   * hash-chained events. Answers at once; what happens when it throws is told in `AuditFailures`.
   */
  readonly audit?: AuditSink;
  /** Is told what each run of its modules used: fuel, memory and time. */
  readonly onUsage?: UsageSink;
  /** Waits for BACKOFF; default `setTimeout`. */
  readonly timer?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly internals?: InternalOptions;
}

export interface LoadOptions {
  /** Names the module in messages and for `replace` and `unload`. */
  readonly id?: string;
  readonly grants?: GrantTable;
  readonly limits?: Partial<Limits>;
  /** The modules that may be loaded, made by `lockOf`; a graph that differs is refused, also by `replace`. */
  readonly lock?: Lock;
}

export interface RunCallOptions {
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly input?: InputMode;
  /** Records this run; one tracer for each run. Traced runs are slower, others do not notice that tracing exists. */
  readonly tracer?: Tracer;
  /** Sees every event of the run as it happens. Must not throw. */
  readonly onTrace?: (event: TraceEvent) => void;
  /** Is told what this run used, after the sink of the host. */
  readonly onUsage?: UsageSink;
}

const HOST_OPTIONS = new Set([
  'grants',
  'grantsFor',
  'limits',
  'resolve',
  'signedBy',
  'jit',
  'numbers',
  'audit',
  'onUsage',
  'timer',
  'internals',
]);
const LOAD_OPTIONS = new Set(['id', 'grants', 'limits', 'lock']);
const RUN_OPTIONS = new Set(['limits', 'signal', 'input', 'tracer', 'onTrace', 'onUsage']);

/** The options that are set, checked. @throws UsageError */
export function readHostOptions(given: HostOptions): HostOptions {
  const options = ownOptions('createHost', given, HOST_OPTIONS);
  checkOneOf('jit', options.jit, ['auto', 'off', 'eager']);
  checkOneOf('numbers', options.numbers, ['strict', 'safe', 'extended']);
  checkGrants(options.grants);
  checkFunction('timer', options.timer);
  checkFunction('audit', options.audit);
  checkFunction('onUsage', options.onUsage);
  checkFunction('resolve', options.resolve);
  checkKeys(options.signedBy);
  checkFunction('grantsFor', options.grantsFor);
  return options;
}

export function readLoadOptions(given: LoadOptions): LoadOptions {
  const options = ownOptions('load', given, LOAD_OPTIONS);
  if (options.id !== undefined && typeof options.id !== 'string')
    throw new UsageError('the option id of load() is a text');
  checkGrants(options.grants);
  return options;
}

export function readRunOptions(given: unknown): RunCallOptions {
  if (given === undefined) return NO_OPTIONS;
  const options = ownOptions('run', given as RunCallOptions, RUN_OPTIONS);
  checkOneOf('input', options.input, ['trusted', 'checked', 'copy']);
  checkFunction('onTrace', options.onTrace);
  checkFunction('onUsage', options.onUsage);
  if (options.tracer !== undefined && !(options.tracer instanceof Tracer))
    throw new UsageError('the option tracer is made by createTracer()');
  // By its shape: the signal may come from another realm.
  if (options.signal !== undefined && typeof options.signal?.removeEventListener !== 'function')
    throw new UsageError('the option signal is an AbortSignal');
  return options;
}

/** `limits` over `base`; every value a finite number, not negative. */
export function mergeLimits(base: Limits, limits: Partial<Limits> | undefined): Limits {
  if (limits === undefined) return base;
  checkTable('limits', limits);
  const merged: { -readonly [K in LimitName]: number } = { ...base };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMITS, name))
      throw new UsageError(`there is no limit "${name}"; the limits are ${Object.keys(LIMITS).join(', ')}`);
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw new UsageError(`limits.${name} is a finite number of ${LIMITS[name as LimitName].unit}`);
    merged[name as LimitName] = value;
  }
  return merged;
}

/** An input as a run gets it. @throws Fault, Stop */
export function takeInput(value: unknown, mode: InputMode, nesting: number): Value {
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

export const BASE_LIMITS: Limits = DEFAULT_LIMITS;

export const NO_OPTIONS: RunCallOptions = Object.freeze(ownOf({}));

function ownOptions<T extends object>(where: string, options: T, known: ReadonlySet<string>): T {
  if (typeof options !== 'object' || options === null) throw new UsageError(`the options of ${where}() are an object`);
  for (const name of Object.keys(options)) {
    if (!known.has(name))
      throw new UsageError(
        `${where}() has no option "${name}"; it takes ${[...known].filter((n) => n !== 'internals').join(', ')}`,
      );
  }
  return ownOf(options);
}

function checkOneOf(name: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value as string))
    throw new UsageError(`the option ${name} is one of ${choices.join(', ')}`);
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new UsageError(`the option ${name} is a function`);
}

function checkKeys(keys: unknown): void {
  const isKey = (key: unknown): boolean => key instanceof Uint8Array && key.length === 32;
  if (keys !== undefined && !(Array.isArray(keys) && keys.length > 0 && keys.every(isKey)))
    throw new UsageError('the option signedBy is a list of public ed25519 keys, 32 bytes each');
}

function checkTable(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`the option ${name} is an object`);
}

/** @throws UsageError unless each is a capability under its own URI. */
export function checkGrants(grants: GrantTable | undefined): void {
  if (grants === undefined) return;
  checkTable('grants', grants);
  for (const [uri, granted] of Object.entries(grants)) {
    if (!Capability.is(granted))
      throw new UsageError(`the grant for ${uri} is not a capability; make it with capability()`);
    if (granted.uri !== uri) throw new UsageError(`the grant for ${uri} is a capability for ${granted.uri}`);
  }
}
