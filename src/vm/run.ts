/**
 * The state of one run: limits, counters, outputs, and the top frame. It is the meter of every value operation and the
 * context of every native. Invariant: nothing of a run is reachable from anything that outlives it.
 */
import type { Code } from '../base/codes.ts';
import { LIMITS, type LimitName, type Limits } from '../base/limits.ts';
import type { HostFunction } from '../link/capability.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import type { NativeContext, ProgramTracer } from '../link/native.ts';
import type { Revocation } from '../link/revocation.ts';
import type { SharedStore } from '../link/shared-store.ts';
import type { Closure } from '../value/closure.ts';
import { Stop } from '../value/fault.ts';
import { JoinedTexts } from '../value/joined-texts.ts';
import type { Value } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import type { Pending } from './calls.ts';
import type { Tier } from './compiled.ts';
import type { Frame } from './frame.ts';
import type { RunObserver } from './observer.ts';

/** Fuel handed out at a time; between slices the deadline, cancellation and time slicing are looked at. */
export const DEFAULT_SLICE = 1 << 16;

/** Bytes handed out at a time. Small integers, which V8 keeps in the run's fields as they are: compiled code counts there. */
const MEMORY_SLICE = 2 ** 30 - 1;

/** Compiled activations are on the JavaScript stack, which must bear them; deeper calls are made by the interpreter. */
const MAX_COMPILED_DEPTH = 256;

const NOT_STARTED = -1;

/** What a run may do when it has to wait. */
export type RunMode = 'sync' | 'async' | 'start';

/** How many host functions are at work for the runs of one module, other than those that may run it again. */
export interface Occupancy {
  hostCalls: number;
}

/** Is told of each call of a host function, before it is made. Must not throw; charges what it costs. */
export interface CallAudit {
  called(meter: Meter, module: string, host: HostFunction, args: readonly unknown[]): void;
  denied(module: string, host: HostFunction, code: Code, reason: string): void;
}

export interface RunOptions {
  readonly limits: Limits;
  readonly mode: RunMode;
  readonly signal?: AbortSignal | undefined;
  /** Sees what the code of a traced run reports. */
  readonly observer?: RunObserver | undefined;
  readonly fuelSlice?: number | undefined;
  /** Counts executions by opcode, for tests. */
  readonly countOpcodes?: Uint32Array | undefined;
  /** Shared by all runs of one module. */
  readonly occupancy?: Occupancy | undefined;
  readonly audit?: CallAudit | undefined;
  /** Compiles what is hot; only for synchronous runs that nobody traces. */
  readonly tier?: Tier | undefined;
}

export class Run implements NativeContext {
  readonly module: LinkedModule;
  readonly limits: Limits;
  readonly mode: RunMode;
  readonly nestingLimit: number;
  /** Whether more of a run than its counters may be other than in a new one. */
  isTouched = false;
  readonly joinedTexts = new JoinedTexts(this);
  readonly cutTexts = new JoinedTexts(this);
  readonly cache: Map<string, unknown>;
  readonly observer: RunObserver | null;
  readonly occupancy: Occupancy;
  readonly audit: CallAudit | null;
  readonly countOpcodes: Uint32Array | undefined;
  tier: Tier | null;
  /** Calls below this depth may be made in compiled code. */
  readonly compiledLimit: number;
  /** The instruction at which compiled code last called what may fault. */
  faultPc = 0;
  outputCount = 0;
  /** Something was put out that is not known to be plain data, in the nesting that hosts are promised. */
  mustExport = false;
  firstOutput: Value = null;
  /** All outputs, once there are two. */
  outputs: Value[] | null = null;
  /**
   * Containers that the program made and that exactly one place (a variable, or one other container) refers to: a write
   * through that place may change them. See ownership.ts.
   */
  readonly owned = new Set<object>();
  keptMarks = 0;
  markEpoch = 1;

  /** Fuel left in this slice; below zero means a refill is due. */
  fuel: number;
  /** Memory left in this slice; below zero means that more is due. */
  memoryLeft: number;
  depth = 0;
  frame: Frame | null = null;
  /** The value of the base frame that returned last. */
  result: Value = null;
  /** What the run waits for, according to the exit code of `execute`. */
  pending: Pending | null = null;
  waitMs = 0;
  request: Value = null;
  /** Since when the run has been waiting for the host; 0 while it works. */
  waitingSince = 0;
  /** How many host functions are calling lambdas back right now; below one the run cannot stop. */
  nestedCalls = 0;
  /** Calls a lambda for a host function; set by the machine. */
  callBack: (closure: Closure, args: readonly Value[]) => Value = () => null;
  /** Set at a refill when the run should give way to others; honoured at the next block. */
  pauseRequested = false;
  #fuelLeft: number;
  #memoryBeyond: number;
  readonly #firstMemory: number;
  readonly #memoryBehind: number;
  /** Fuel of this slice that is kept back until the next block, which then sees that a refill is due and gives way. */
  #held = 0;
  readonly #slice: number;
  /** The slice that a run begins with, and what is left then. */
  readonly #firstSlice: number;
  readonly #fuelBehind: number;
  readonly #signal: AbortSignal | undefined;
  #deadline = NOT_STARTED;

  constructor(module: LinkedModule, options: RunOptions) {
    const { limits } = options;
    this.module = module;
    this.limits = limits;
    this.mode = options.mode;
    this.nestingLimit = limits.nesting;
    this.cache = module.cache;
    this.observer = options.observer ?? null;
    this.occupancy = options.occupancy ?? { hostCalls: 0 };
    this.audit = options.audit ?? null;
    this.countOpcodes = options.countOpcodes;
    this.tier = options.tier ?? null;
    this.compiledLimit = Math.min(limits.depth, MAX_COMPILED_DEPTH);
    this.#firstMemory = Math.min(MEMORY_SLICE, limits.memory);
    this.#memoryBehind = limits.memory - this.#firstMemory;
    this.memoryLeft = this.#firstMemory;
    this.#memoryBeyond = this.#memoryBehind;
    this.#slice = options.fuelSlice ?? DEFAULT_SLICE;
    this.#firstSlice = Math.min(this.#slice, limits.fuel);
    this.#fuelBehind = limits.fuel - this.#firstSlice;
    this.fuel = this.#firstSlice;
    this.#fuelLeft = this.#fuelBehind;
    this.#signal = options.signal;
    if (this.mode !== 'sync') this.startClock();
  }

  /**
   * Makes the run of a call that has ended well that of the next call with the same options. Tiny runs touch nothing but
   * counters; whatever else is written during a run is told to `isTouched`.
   */
  renew(): void {
    this.restart();
    if (this.isTouched) this.clear();
  }

  /** Sets the counters to what a run begins with. */
  restart(): void {
    this.memoryLeft = this.#firstMemory;
    this.fuel = this.#firstSlice;
    this.outputCount = 0;
    this.faultPc = 0;
    this.depth = 0;
    this.mustExport = false;
  }

  /** Forgets all that a run leaves beside its counters. */
  clear(): void {
    this.frame = null;
    this.firstOutput = null;
    this.outputs = null;
    // Clearing an empty set takes as long as a tiny run.
    if (this.owned.size !== 0) this.owned.clear();
    this.keptMarks = 0;
    this.markEpoch = 1;
    this.result = null;
    this.#fuelLeft = this.#fuelBehind;
    this.#memoryBeyond = this.#memoryBehind;
    this.#deadline = NOT_STARTED;
    this.joinedTexts.clear();
    this.cutTexts.clear();
    this.isTouched = false;
  }

  /** The store of the innermost module that has one: a function of the library sees that of its caller. */
  get shared(): SharedStore | null {
    for (let frame: Frame | null = this.frame; frame !== null; frame = frame.caller)
      if (frame.unit.module.store !== null) return frame.unit.module.store;
    return null;
  }

  get tracer(): ProgramTracer | null {
    return this.observer;
  }

  get isNested(): boolean {
    return this.nestedCalls > 0;
  }

  /** Fuel spent so far. */
  get fuelUsed(): number {
    return this.limits.fuel - this.#fuelLeft - this.#held - this.fuel;
  }

  /** Bytes charged so far; what was refused counts up to the limit. */
  get memoryUsed(): number {
    return Math.min(this.limits.memory - this.#memoryBeyond - this.memoryLeft, this.limits.memory);
  }

  charge(fuel: number): void {
    this.fuel -= fuel;
    if (this.fuel < 0) this.#overdraw();
  }

  allocate(bytes: number): void {
    if (bytes <= MEMORY_SLICE) {
      this.memoryLeft -= bytes;
      if (this.memoryLeft < 0) this.refillMemory();
    } else {
      this.isTouched = true;
      this.#memoryBeyond -= bytes;
      if (this.#memoryBeyond < 0) this.refillMemory();
    }
  }

  /** Called when the slice is spent: hands out more of the budget, or stops the run. */
  refill(): void {
    this.checkOutside();
    this.fuel += this.#held;
    this.#held = 0;
    while (this.fuel < 0 && this.#fuelLeft > 0) {
      const grant = Math.min(this.#slice, this.#fuelLeft);
      this.#fuelLeft -= grant;
      this.fuel += grant;
    }
    if (this.fuel < 0) throw stopAtLimit('fuel', this.limits);
    if (this.mode !== 'sync') this.pauseRequested = true;
  }

  /**
   * The slice is spent in the middle of an operation, where nothing can pause. Why it stays overdrawn: a program whose
   * operations spend far more than its blocks would otherwise hardly ever be seen to have spent a slice.
   */
  #overdraw(): void {
    if (this.fuel + this.#held >= 0) return;
    this.refill();
    if (!this.pauseRequested) return;
    this.#held = this.fuel + 1;
    this.fuel = -1;
  }

  checkSignal(): void {
    if (this.#signal?.aborted === true) throw new Stop('MR5007', 'the run was cancelled');
  }

  /**
   * The deadline counts from here. Synchronous runs start their clock when the first slice is spent or a host function is
   * called, whatever comes first: looking at it costs more than a small run, and until then next to no time has passed.
   */
  startClock(): void {
    const { deadlineMs } = this.limits;
    this.isTouched = true;
    if (this.#deadline === NOT_STARTED) this.#deadline = deadlineMs === 0 ? 0 : Date.now() + deadlineMs;
  }

  /** Whether the run is still wanted and has its grants. */
  checkPermission(): void {
    if (this.#signal !== undefined) this.checkSignal();
    const { revocations } = this.module;
    if (revocations.length !== 0) stopIfRevoked(revocations);
  }

  /** Looks at the deadline, at cancellation and at the grants. */
  checkOutside(): void {
    this.startClock();
    this.checkPermission();
    if ((this.waitingSince === 0 ? Date.now() : this.waitingSince) > this.#deadline)
      throw stopAtLimit('deadlineMs', this.limits);
  }

  /** Time spent waiting for the host does not count; that of lambdas which the host calls meanwhile does. */
  beginWait(): void {
    this.waitingSince = Date.now();
  }

  endWait(): void {
    if (this.waitingSince !== 0) this.#deadline += Date.now() - this.waitingSince;
    this.waitingSince = 0;
  }

  /** Moves the deadline. */
  extendDeadline(milliseconds: number): void {
    this.#deadline += milliseconds;
  }

  /** Called when the slice of memory is spent: hands out more, or stops the run. */
  refillMemory(): void {
    const left = this.memoryLeft + this.#memoryBeyond;
    this.isTouched = true;
    this.memoryLeft = Math.min(MEMORY_SLICE, Math.max(left, -1));
    this.#memoryBeyond = left - this.memoryLeft;
    if (left < 0) throw stopAtLimit('memory', this.limits);
  }
}

/** A grant that was taken back ends the run. */
export function stopIfRevoked(revocations: readonly Revocation[]): void {
  for (const revocation of revocations)
    if (revocation.isRevoked) throw new Stop('MR5008', 'a capability of the module was revoked');
}

export function stopAtLimit(name: LimitName, limits: Limits): Stop {
  const { unit, code } = LIMITS[name];
  return new Stop(
    code,
    `the run reached its limit of ${limits[name].toLocaleString('en-US')} ${unit} (limits.${name})`,
  );
}
