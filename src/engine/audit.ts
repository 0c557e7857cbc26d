/**
 * The audit trail of a host: what was loaded, verified, linked, granted, called, refused, revoked, stopped and unloaded, told
 * to a sink of the host. Events are hash-chained: each holds the hash of the one before it, so that a lost, changed or moved
 * event shows. Arguments of calls are told by their digest only.
 *
 * When the sink throws (or its promise rejects): runs go on; the next event says how many the sink has `missed`; `host.auditFailures`
 * counts them; and a module whose loading could not be told is refused (MR4015), so that nothing new starts unseen.
 */
import type { Code } from '../base/codes.ts';
import { Capability, type HostFunction } from '../link/capability.ts';
import { sizeOf } from '../link/combinator-limit.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import type { Grants } from '../link/linker.ts';
import type { Revocation } from '../link/revocation.ts';
import { loadHashLibrary, sha256Hex } from '../std/hash-library.ts';
import { Decimal } from '../value/decimal.ts';
import type { Stop } from '../value/fault.ts';
import { elementsOf } from '../value/iterate.ts';
import { kindOf } from '../value/kinds.ts';
import type { Meter } from '../value/meter.ts';
import type { CallAudit } from '../vm/run.ts';
import { LoadError, MillraceError } from './errors.ts';

export type AuditKind = 'load' | 'verify' | 'link' | 'grant' | 'call' | 'deny' | 'revoke' | 'limit' | 'unload';

export interface AuditEvent {
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly kind: AuditKind;
  /** The module's id or URI; null where no single module is concerned. */
  readonly module: string | null;
  readonly detail: AuditDetail;
  /** How many events just before this one the sink failed to take. */
  readonly missed: number;
  /** The hash of the event before; of the first, 64 zeros. */
  readonly previous: string;
  /** SHA-256 of all of the above, in hexadecimal. */
  readonly hash: string;
}

/** Which facts there are follows from the kind: see the methods below. */
export type AuditDetail = { readonly [fact: string]: string | number | boolean | readonly string[] };

export type AuditSink = (event: AuditEvent) => unknown;

export interface AuditFailures {
  readonly count: number;
  /** What the sink threw last. */
  readonly last: unknown;
}

const START = '0'.repeat(64);

/**
 * Checks a chain from its beginning: the first event that is not what its hash says, or does not follow the one before;
 * null when all is well.
 *
 * @example if ((await firstBrokenEvent(events)) !== null) alarm();
 */
export async function firstBrokenEvent(events: Iterable<AuditEvent>): Promise<AuditEvent | null> {
  await loadHashLibrary();
  let previous = START;
  let seq = 1;
  for (const event of events) {
    if (event.seq !== seq || event.previous !== previous || event.hash !== hashOf(event)) return event;
    previous = event.hash;
    seq++;
  }
  return null;
}

export class AuditTrail implements CallAudit {
  readonly #sink: AuditSink;
  readonly #now: () => number;
  readonly #watched = new WeakSet<Revocation>();
  #seq = 0;
  #previous = START;
  #missed = 0;
  #failures: AuditFailures = { count: 0, last: undefined };

  constructor(sink: AuditSink, now: () => number = Date.now) {
    this.#sink = sink;
    this.#now = now;
  }

  get failures(): AuditFailures {
    return this.#failures;
  }

  /** Reads and links modules by `read`, telling what comes of it. */
  async reading<T extends { readonly modules: readonly LinkedModule[] }>(
    id: string,
    read: () => Promise<T>,
  ): Promise<T> {
    await loadHashLibrary();
    const before = this.#failures.count;
    try {
      const loaded = await read();
      for (const module of loaded.modules) this.#linked(module);
      this.#requireTold(id, before);
      return loaded;
    } catch (error) {
      const { code, message } = error instanceof MillraceError ? error : { code: 'MR9001', message: 'internal error' };
      const refused = error instanceof LoadError ? error.module : null;
      this.#tell('deny', refused ?? id, { code, reason: message, entry: id });
      throw error;
    }
  }

  unloaded(module: string): void {
    this.#tell('unload', module, {});
  }

  /** A module was read and verified; nothing is granted to it yet. */
  admitted(module: string, characters: number): void {
    this.#tell('load', module, { characters });
    this.#tell('verify', module, { ok: true });
  }

  called(meter: Meter, module: string, { uri, name }: HostFunction, args: readonly unknown[]): void {
    const size = sizeOf(args);
    meter.charge(size);
    meter.allocate(2 * size);
    this.#tell('call', module, { capability: uri, member: name, arguments: digestOf(args) });
  }

  denied(module: string, { uri, name }: HostFunction, code: Code, reason: string): void {
    this.#tell('deny', module, { capability: uri, member: name, code, reason });
  }

  /** A run was ended by a limit, its caller or a revocation; what it used until then. */
  stopped(
    module: string,
    { code, message }: Stop,
    { fuel, memory }: { readonly fuel: number; readonly memory: number },
  ): void {
    this.#tell('limit', module, { code, reason: message, fuel, memory });
  }

  /** Tells of revocations of these grants from now on. */
  watch(grants: Grants): void {
    for (const [uri, granted] of Object.entries(grants))
      for (const revocation of Capability.revocationsOf(granted)) this.#watch(uri, revocation);
  }

  #watch(uri: string, revocation: Revocation): void {
    if (this.#watched.has(revocation)) return;
    this.#watched.add(revocation);
    revocation.onRevoke(() => this.#tell('revoke', null, { capability: uri }));
  }

  #linked({ id, imports }: LinkedModule): void {
    this.#tell('link', id, { imports: imports.map(({ uri }) => uri) });
    for (const { uri, members } of imports)
      if (uri.startsWith('host:')) this.#tell('grant', id, { capability: uri, members: members.map((m) => m.name) });
  }

  #requireTold(id: string, before: number): void {
    const { count, last } = this.#failures;
    if (count === before) return;
    throw new LoadError({
      code: 'MR4015',
      message: `module "${id}" was not loaded, because the audit sink failed`,
      module: id,
      cause: last,
    });
  }

  #tell(kind: AuditKind, module: string | null, detail: AuditDetail): void {
    const unhashed = {
      seq: ++this.#seq,
      at: new Date(this.#now()).toISOString(),
      kind,
      module,
      detail: Object.freeze(detail),
      missed: this.#missed,
      previous: this.#previous,
    };
    const hash = hashOf(unhashed);
    this.#previous = hash;
    // Before the sink is called: it may do what makes the next event.
    this.#missed = 0;
    const failed = (error: unknown): void => this.#failed(error, 1 + unhashed.missed);
    try {
      const answer: unknown = this.#sink(Object.freeze({ ...unhashed, hash }));
      if (typeof answer !== 'object' || answer === null) return;
      new Promise((resolve) => resolve(answer)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** `missed`: how many events the sink has not heard of since, this one and those that this one would have told of. */
  #failed(error: unknown, missed: number): void {
    this.#missed += missed;
    this.#failures = Object.freeze({ count: this.#failures.count + 1, last: error });
  }
}

function hashOf({ seq, at, kind, module, detail, missed, previous }: Omit<AuditEvent, 'hash'>): string {
  const facts = Object.keys(detail)
    .sort()
    .map((name) => [name, detail[name]]);
  return sha256Of(tagged([seq, at, kind, module, facts, missed, previous]));
}

function sha256Of(text: string): string {
  return sha256Hex(new TextEncoder().encode(text));
}

/** Equal arguments have equal digests, whatever the order of their fields. */
function digestOf(args: readonly unknown[]): string {
  return sha256Of(tagged(args));
}

/**
 * One text for one value, each kind told apart. Why not JSON: additions to a prototype could change it. Copies of arguments
 * are as deep as a run's limit lets them be.
 */
function tagged(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : taggedObject(value);
    case 'function':
      return 'function';
    default:
      return String(value);
  }
}

function taggedObject(value: object): string {
  switch (kindOf(value)) {
    case 'list':
      return `[${(value as readonly unknown[]).map(tagged).join()}]`;
    case 'set':
      return `<${elementsOf(value as ReadonlySet<unknown>)
        .map(tagged)
        .join()}>`;
    case 'bytes':
      return `b${Array.from(value as Uint8Array).join()}`;
    case 'record': {
      const record = value as { readonly [key: string]: unknown };
      const fields = Object.keys(record).sort();
      return `{${fields.map((key) => `${JSON.stringify(key)}:${tagged(record[key])}`).join()}}`;
    }
    default:
      return `d${Decimal.textOf(value as Decimal)}`;
  }
}
