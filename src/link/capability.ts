/**
 * Capabilities: what a host lets a module call. An immutable description made by the host from plain functions, with a
 * contract for each; never a value of the language.
 *
 * Promises: nothing about a capability changes after it was made but that it may be revoked and that its budgets are spent;
 * what a combinator makes of it permits nothing that it refuses.
 */
import { type CallLimits, limitGuard } from './combinator-limit.ts';
import {
  type CallPredicate,
  type CallSink,
  expiryGuard,
  type Guard,
  logGuard,
  requireKnown,
  whereGuard,
} from './combinators.ts';
import { type Contract, type ContractInput, type Parameter, readContract, readParameter } from './contract.ts';
import { Revocation } from './revocation.ts';

const EFFECTS = ['pure', 'read', 'write'] as const;
export type HostEffect = (typeof EFFECTS)[number];

/** What a member with `withContext` gets before its arguments. */
export interface CallContext {
  /** Aborted when the call's time is over, its run is cancelled, or the capability is revoked. */
  readonly signal: AbortSignal;
  /** The id or URI of the module that calls. */
  readonly module: string;
}

/** One function of a capability. */
export interface MemberDefinition {
  /**
   * One contract for each argument: a type text (`'string'`, `'sku: string'` with a name for messages, `'{ id: string, n?: integer }'`,
   * `'number[]'`, `'string | null'`) or a Standard Schema. Without it any number of any arguments is passed on.
   */
  readonly params?: readonly ContractInput[];
  /** The contract of what it answers, or of what its promise resolves to. */
  readonly returns?: ContractInput;
  /** What it does to the world outside; default `write`, the cautious reading. */
  readonly effect?: HostEffect;
  /** True when `call` returns a promise; recognised by itself for functions declared `async`. */
  readonly async?: boolean;
  /** How long an asynchronous call may take; then the program gets a fault, and what settles later is ignored. */
  readonly timeoutMs?: number;
  /** Fuel of one call, default 100; or a function of the arguments (copies, checked against their contracts) that says what is charged on top of 100. */
  readonly fuel?: number | ((...args: never[]) => number);
  /** True when `call` may run the calling module again before it has returned; otherwise that is refused. */
  readonly reentrant?: boolean;
  /** True when `call` takes a `CallContext` before the arguments. */
  readonly withContext?: boolean;
  readonly call: (...args: never[]) => unknown;
}

export type MemberInput = MemberDefinition | ((...args: never[]) => unknown);

/** A member as the machine calls it: its definition, and what stands in front of it. */
export interface HostFunction {
  readonly uri: string;
  readonly name: string;
  readonly arity: number | null;
  readonly parameters: readonly Parameter[];
  readonly result: Contract | null;
  readonly effect: HostEffect;
  readonly async: boolean;
  readonly timeoutMs: number | null;
  /** Of every call, before anything of it happens; `fuelOf` is charged on top. */
  readonly fuel: number;
  readonly fuelOf: ((...args: unknown[]) => unknown) | null;
  readonly reentrant: boolean;
  readonly withContext: boolean;
  /** The one added last is asked first. */
  readonly guards: readonly Guard[];
  readonly revocations: readonly Revocation[];
  readonly call: (...args: unknown[]) => unknown;
}

/** A capability and the way to take it back. */
export interface Revocable {
  readonly capability: Capability;
  /** Ends its use for good: at the next host call, at the next fuel slice of each run that can reach it, and where a run waits for it. */
  revoke(): void;
}

type Members = ReadonlyMap<string, HostFunction>;

/** Made by `capability()` and narrowed by its methods, each of which gives a new one. */
export class Capability {
  readonly uri: string;
  readonly #members: Members;
  readonly #revocations: readonly Revocation[];

  /** @internal use `capability()`. */
  constructor(uri: string, members: Members, revocations: readonly Revocation[] = []) {
    this.uri = uri;
    this.#members = members;
    this.#revocations = revocations;
    if (new.target === Capability) Object.freeze(this);
  }

  /** The names of its functions. */
  get members(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** @internal */
  static is(value: unknown): value is Capability {
    return typeof value === 'object' && value !== null && #members in value;
  }

  /** @internal */
  static functionOf(capability: Capability, member: string): HostFunction | undefined {
    return capability.#members.get(member);
  }

  /** @internal */
  static revocationsOf(capability: Capability): readonly Revocation[] {
    return capability.#revocations;
  }

  /**
   * Only these members.
   *
   * @throws TypeError for a name that it does not have, and for none at all.
   * @example files.only('read', 'list')
   */
  only(...names: readonly string[]): Capability {
    if (names.length === 0) throw new TypeError('only() names at least one member');
    const kept = new Map<string, HostFunction>();
    for (const name of names) {
      const member = this.#members.get(name);
      if (member === undefined)
        throw new TypeError(`${this.uri} has no member "${name}"; it has ${this.members.join(', ') || 'none'}`);
      kept.set(name, member);
    }
    return new Capability(this.uri, kept, this.#revocations);
  }

  /**
   * Only calls for which the predicate answers true. It sees copies of the arguments, after their contracts were checked; one that throws, or answers
   * anything else, refuses.
   *
   * @example http.where((member, [url]) => new URL(url).host === 'api.example')
   */
  where(predicate: CallPredicate): Capability {
    return this.guarded(whereGuard(predicate));
  }

  /**
   * A budget, shared by all its members and by everyone it is granted to. A result that does not fit into `bytes` is kept
   * from the program although the call has happened.
   *
   * @example mail.limit({ calls: 100, perSecond: 2 })
   */
  limit(limits: CallLimits): Capability {
    return this.guarded(limitGuard(limits));
  }

  /**
   * No calls from that time on (a Date, or milliseconds since 1970).
   *
   * @example trial.expires(new Date('2027-01-01T00:00:00Z'))
   */
  expires(at: number | Date, options: { readonly now?: () => number } = {}): Capability {
    const { now = Date.now } = requireKnown('expires()', options, ['now']);
    return this.guarded(expiryGuard(at, now));
  }

  /**
   * Tells the sink of each call before it is made; a call that cannot be logged is refused. Guards added later are asked
   * first, so the sink hears only of what they permit.
   *
   * @example mail.logged(({ member, args }) => log.info({ member, args }))
   */
  logged(sink: CallSink): Capability {
    return this.guarded(logGuard(sink));
  }

  /**
   * The same capability, and the way to take it back from whoever holds it or anything narrowed from it.
   *
   * @example const { capability: leased, revoke } = http.revocable();
   */
  revocable(): Revocable {
    const revocation = new Revocation();
    return Object.freeze({ capability: this.revokedBy(revocation), revoke: () => revocation.revoke() });
  }

  /** @internal */
  protected revokedBy(revocation: Revocation): Capability {
    const members = mapMembers(this.#members, (m) => ({ ...m, revocations: [...m.revocations, revocation] }));
    return new Capability(this.uri, members, [...this.#revocations, revocation]);
  }

  /** @internal */
  protected guarded(guard: Guard): Capability {
    const members = mapMembers(this.#members, (m) => ({ ...m, guards: [guard, ...m.guards] }));
    return new Capability(this.uri, members, this.#revocations);
  }
}

function mapMembers(members: Members, change: (member: HostFunction) => HostFunction): Members {
  return new Map([...members].map(([name, member]) => [name, Object.freeze(change(member))]));
}

const DEFAULT_FUEL = 100;
/** What `setTimeout` can wait. */
const MAX_TIMEOUT = 0x7fff_ffff;
const AsyncPrototype: unknown = Object.getPrototypeOf(async () => {});
const DEFINITION = [
  'params',
  'returns',
  'effect',
  'async',
  'timeoutMs',
  'fuel',
  'reentrant',
  'withContext',
  'call',
] as const;

/**
 * Makes a capability for imports of `uri` (for example `host:clock`).
 *
 * @example
 * capability('host:shop', {
 *   price: { params: ['sku: string'], returns: 'number | null', effect: 'read', call: (sku) => prices.get(sku) ?? null },
 *   order: { params: [orderSchema], async: true, timeoutMs: 2_000, withContext: true, call: ({ signal }, order) => send(order, signal) },
 * })
 * @throws TypeError when the URI does not start with `host:`, or a member's definition has an option that is not known, not
 * readable, or contradicts another.
 */
export function capability(uri: string, members: { readonly [name: string]: MemberInput }): Capability {
  if (typeof uri !== 'string' || !/^host:[\w.-]+$/.test(uri))
    throw new TypeError(`a capability's URI looks like "host:clock", not ${JSON.stringify(uri)}`);
  if (typeof members !== 'object' || members === null) throw new TypeError(`the members of ${uri} are an object`);
  const table = new Map<string, HostFunction>();
  for (const [name, member] of Object.entries(members)) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name === '__proto__')
      throw new TypeError(
        `${JSON.stringify(name)} cannot be the name of a member of ${uri}: programs call it by a name`,
      );
    table.set(name, hostFunction(uri, name, member));
  }
  // An object literal with the key __proto__ has set its prototype, and lost a member on the way.
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`the members of ${uri} are a plain object, without a prototype of their own`);
  return new Capability(uri, table);
}

function hostFunction(uri: string, name: string, member: MemberInput): HostFunction {
  const where = `member ${name} of ${uri}`;
  const given: MemberDefinition = typeof member === 'function' ? { call: member } : member;
  if (typeof given !== 'object' || given === null || typeof given.call !== 'function')
    throw new TypeError(`${where} has no function "call"`);
  const definition = requireKnown(where, given, DEFINITION);
  const { call, fuel = DEFAULT_FUEL, params, returns, effect = 'write', timeoutMs } = definition;
  // A NaN here would end the metering of every run that calls the member.
  if (typeof fuel !== 'function' && !isFuel(fuel))
    throw new TypeError(`the fuel of ${where} is an integer, not negative, or a function of the arguments`);
  if (params !== undefined && !Array.isArray(params))
    throw new TypeError(`the params of ${where} are a list of contracts, one for each argument`);
  if (!EFFECTS.includes(effect)) throw new TypeError(`the effect of ${where} is one of ${EFFECTS.join(', ')}`);
  for (const flag of ['async', 'reentrant', 'withContext'] as const)
    if (definition[flag] !== undefined && typeof definition[flag] !== 'boolean')
      throw new TypeError(`the option ${flag} of ${where} is true or false`);
  const isAsync = definition.async ?? Object.getPrototypeOf(call) === AsyncPrototype;
  if (timeoutMs !== undefined && !(Number.isSafeInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT))
    throw new TypeError(`the timeoutMs of ${where} is an integer from 1 to ${MAX_TIMEOUT}`);
  if (timeoutMs !== undefined && !isAsync)
    throw new TypeError(`${where} has a timeoutMs, but is not async: nothing can interrupt a synchronous function`);
  return Object.freeze({
    uri,
    name,
    arity: params === undefined ? null : params.length,
    parameters: (params ?? []).map((input, i) => readParameter(input, `parameter ${i + 1} of ${where}`)),
    result: returns === undefined ? null : readContract(returns, `the result of ${where}`),
    effect,
    async: isAsync,
    timeoutMs: timeoutMs ?? null,
    fuel: typeof fuel === 'number' ? fuel : DEFAULT_FUEL,
    fuelOf: typeof fuel === 'function' ? (fuel as (...args: unknown[]) => unknown) : null,
    reentrant: definition.reentrant ?? false,
    withContext: definition.withContext ?? false,
    guards: [],
    revocations: [],
    call: call as (...args: unknown[]) => unknown,
  });
}

/** What a run can be charged. */
export function isFuel(fuel: unknown): fuel is number {
  return Number.isSafeInteger(fuel) && (fuel as number) >= 0;
}
