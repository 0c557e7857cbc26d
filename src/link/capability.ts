/**
 * Capabilities: what a host lets a module call. An immutable description made by the host from plain functions; never a
 * value of the language.
 */

export type HostEffect = 'pure' | 'read' | 'write';

/** One function of a capability. `params` fixes the number of arguments; without it any number is passed on. */
export interface MemberDefinition {
  readonly params?: readonly string[];
  readonly returns?: string;
  /** What it does to the world outside; default `write`, the cautious reading. */
  readonly effect?: HostEffect;
  /** True when `call` returns a promise; recognised by itself for functions declared `async`. */
  readonly async?: boolean;
  /** Fuel of one call; default 100. */
  readonly fuel?: number;
  readonly call: (...args: never[]) => unknown;
}

export type MemberInput = MemberDefinition | ((...args: never[]) => unknown);

export interface HostFunction {
  readonly name: string;
  readonly arity: number | null;
  readonly effect: HostEffect;
  readonly async: boolean;
  readonly fuel: number;
  readonly call: (...args: unknown[]) => unknown;
}

export interface Capability {
  readonly uri: string;
  readonly members: ReadonlyMap<string, HostFunction>;
}

const DEFAULT_FUEL = 100;
const AsyncPrototype: unknown = Object.getPrototypeOf(async () => {});

/**
 * Makes a capability for imports of `uri` (for example `host:clock`).
 *
 * @example capability('host:clock', { now: () => new Date().toISOString() })
 * @throws TypeError when the URI does not start with `host:` or a member is not a function.
 */
export function capability(uri: string, members: { readonly [name: string]: MemberInput }): Capability {
  if (typeof uri !== 'string' || !/^host:[\w.-]+$/.test(uri))
    throw new TypeError(`a capability's URI looks like "host:clock", not ${JSON.stringify(uri)}`);
  const table = new Map<string, HostFunction>();
  for (const [name, member] of Object.entries(members)) table.set(name, hostFunction(uri, name, member));
  return Object.freeze({ uri, members: table });
}

function hostFunction(uri: string, name: string, member: MemberInput): HostFunction {
  const definition: MemberDefinition = typeof member === 'function' ? { call: member } : member;
  const { call } = definition;
  if (typeof call !== 'function') throw new TypeError(`member ${name} of ${uri} has no function "call"`);
  const { fuel = DEFAULT_FUEL, params } = definition;
  // A NaN here would end the metering of every run that calls the member.
  if (!Number.isSafeInteger(fuel) || fuel < 0)
    throw new TypeError(`the fuel of member ${name} of ${uri} is an integer, not negative`);
  if (params !== undefined && !Array.isArray(params))
    throw new TypeError(`the params of member ${name} of ${uri} are a list of names`);
  return Object.freeze({
    name,
    arity: params === undefined ? null : params.length,
    effect: definition.effect ?? 'write',
    async: definition.async ?? Object.getPrototypeOf(call) === AsyncPrototype,
    fuel,
    call: call as (...args: unknown[]) => unknown,
  });
}
