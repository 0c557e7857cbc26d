/**
 * A synchronous call of one export, for the second and each further time: what all calls have in common is found once, and
 * the record of a run that has ended well serves the next one.
 *
 * Invariant: no run sees anything of another. A record is renewed before it is kept, one that is in use is not there to be
 * taken (a host function may call the same export), and that of a run that failed is dropped.
 */
import type { LinkedUnit } from '../link/linked-module.ts';
import type { Value } from '../value/kinds.ts';
import type { CompiledUnit, Tier, UnitCode } from '../vm/compiled.ts';
import { makeRun, openRun, runUnit } from '../vm/machine.ts';
import { exportedResult } from '../vm/output.ts';
import { realmIsClean } from '../vm/realm.ts';
import type { Occupancy, Run, RunOptions } from '../vm/run.ts';
import { type InputMode, NO_OPTIONS, type RunCallOptions, takeInput } from './options.ts';
import type { Version } from './version.ts';

/** What a call needs beside its arguments. */
export interface Preparation {
  readonly unit: LinkedUnit;
  readonly options: RunOptions & { readonly occupancy: Occupancy };
  readonly input: InputMode;
  readonly version: Version;
}

/** That of a host. */
export interface Lifetime {
  isOver: boolean;
}

/** What an entry needs of the module that it leads into. */
export interface EntryOwner {
  readonly lifetime: Lifetime;
  current(): Version;
  tier(): Tier | null;
  /** Null when each call needs more than can be prepared: a trace, an account, an error to tell. */
  prepare(version: Version): Preparation | null;
  callUnprepared(args: readonly unknown[]): unknown;
  refuseReentry(): void;
  failure(version: Version, run: Run, error: unknown): Error;
}

/** The entries of one module. */
export class Entries {
  readonly #ownerOf: (name: string | undefined, options: RunCallOptions) => EntryOwner;
  /** By the name of the export. Not a Map: what the host does to Map's methods must not reach a call. */
  readonly #named: Record<string, Entry> = Object.create(null);
  /** That of the first TRANSFORM. */
  #first: Entry | null = null;
  /** Those with options of their own, which only who asked for them holds. */
  #others: readonly WeakRef<Entry>[] = [];

  /** `ownerOf` throws where there is no such export. */
  constructor(ownerOf: (name: string | undefined, options: RunCallOptions) => EntryOwner) {
    this.#ownerOf = ownerOf;
  }

  /** The entry of an export, or of the first TRANSFORM. */
  named(name: string | undefined): Entry {
    const known = name === undefined ? this.#first : this.#named[name];
    if (known !== undefined && known !== null) return known;
    const entry = new Entry(this.#ownerOf(name, NO_OPTIONS));
    if (name === undefined) this.#first = entry;
    else this.#named[name] = entry;
    return entry;
  }

  withOptions(name: string, options: RunCallOptions): Entry {
    const entry = new Entry(this.#ownerOf(name, options));
    const held = this.#others.filter((other) => other.deref() !== undefined);
    this.#others = [...held, new WeakRef(entry)];
    return entry;
  }

  /** Nothing of the version that was current stays reachable. */
  forget(): void {
    this.#first?.forget();
    for (const name in this.#named) this.#named[name]?.forget();
    for (const other of this.#others) other.deref()?.forget();
  }
}

/** All that a call in compiled code needs. */
interface Ready {
  readonly run: Run;
  readonly code: UnitCode;
  readonly unit: LinkedUnit;
  readonly version: Version;
  readonly isTransform: boolean;
  /** Whether there is more to a run than to call the code. */
  readonly isBound: boolean;
}

export class Entry {
  readonly #owner: EntryOwner;
  readonly #lifetime: Lifetime;
  /** For a call in compiled code of the version that is current, with one argument; not there while one uses it. */
  #ready: Ready | null = null;
  #version: Version | null = null;
  #prepared: Preparation | null = null;
  /** A run of the version that is current, which nobody uses. */
  #idle: Run | null = null;

  constructor(owner: EntryOwner) {
    this.#owner = owner;
    this.#lifetime = owner.lifetime;
  }

  /**
   * Measured: V8 inlines 920 bytes of bytecode into a function, and each call beyond that costs a tiny run a tenth of its
   * time. Hence whatever is not always needed is in functions of its own. Called as such, the code of a program, or the way
   * with care that other entries of the process take, takes what room there is, and the call then takes a fifth to a half as
   * long again; `apply` keeps them out.
   *
   * What is in use is taken away first and put back last, by nothing that could itself fail: near the end of the stack any
   * call does, also one that cleans up.
   */
  call(first: unknown, others: readonly unknown[] = NONE): unknown {
    const ready = this.#ready;
    if (ready === null || this.#lifetime.isOver || isHeld(ready) || !realmIsClean())
      return apply(this.#callWithCare, this, [first, others]);
    this.#ready = null;
    const { run } = ready;
    run.restart();
    let result: unknown;
    try {
      if (ready.isBound) bind(ready);
      result = apply(ready.code, undefined, [run, first === undefined ? null : first]);
      if (result === null || run.mustExport || !ready.isTransform)
        result = exportedResult(run, ready.unit, result as Value);
    } catch (error) {
      throw this.#owner.failure(ready.version, run, error);
    }
    if (run.isTouched) run.clear();
    // The module may have got another version meanwhile, or none.
    if (this.#version === ready.version) this.#ready = ready;
    return result;
  }

  #callWithCare(first: unknown, others: readonly unknown[]): unknown {
    const owner = this.#owner;
    const version = owner.current();
    if (version !== this.#version) this.#prepare(version);
    const prepared = this.#prepared;
    if (prepared === null) return owner.callUnprepared([first, ...others]);
    if (prepared.options.occupancy.hostCalls !== 0) owner.refuseReentry();
    const run = this.#idle ?? makeRun(prepared.unit, prepared.options);
    this.#idle = null;
    let result: unknown;
    try {
      run.tier ??= owner.tier();
      result = resultOfCall(run, prepared, first, others);
    } catch (error) {
      throw owner.failure(version, run, error);
    }
    run.renew();
    if (this.#prepared === prepared) {
      const ready = this.#ready === null ? readyWith(run, prepared) : null;
      if (ready === null) this.#idle = run;
      else this.#ready = ready;
    }
    return result;
  }

  /** Nothing of the version that was current stays reachable. */
  forget(): void {
    this.#version = null;
    this.#prepared = null;
    this.#idle = null;
    this.#ready = null;
  }

  #prepare(version: Version): void {
    this.forget();
    this.#prepared = this.#owner.prepare(version);
    this.#version = version;
  }
}

const NONE: readonly unknown[] = [];
const apply = Reflect.apply;

/** Null while the unit is not compiled, or gets something else than one argument as it is. */
function readyWith(run: Run, { unit, options, input, version }: Preparation): Ready | null {
  if (run.tier === null || unit.parameterCount !== 1 || input !== 'trusted') return null;
  const code = (unit.compiled as CompiledUnit | null)?.call ?? null;
  if (code === null) return null;
  const { revocations, imports, store } = unit.module;
  const isBound = options.signal !== undefined || revocations.length > 0 || imports.length > 0 || store !== null;
  return { run, code, unit, version, isTransform: unit.kind === 'transform', isBound };
}

/** Whether a host function is at work, which only modules with imports can have. */
function isHeld({ run, isBound }: Ready): boolean {
  return isBound && run.occupancy.hostCalls !== 0;
}

/** Before a run that can be cancelled or lose its grants, or in which something may ask for the module at work. */
function bind({ run, unit }: Ready): void {
  run.checkPermission();
  openRun(run, unit);
}

function resultOfCall(
  run: Run,
  { unit, options, input }: Preparation,
  first: unknown,
  others: readonly unknown[],
): unknown {
  // Before the input is copied: a property that was added to a prototype may refuse or see the writes.
  realmIsClean();
  const { nesting } = options.limits;
  run.checkPermission();
  const value = takeInput(first, input, nesting);
  const values = others.length === 0 ? others : others.map((other) => takeInput(other, input, nesting));
  return exportedResult(run, unit, runUnit(run, unit, value, values));
}
