/** The host: grants, limits and the modules loaded by it. Everything belongs to it; nothing is process-global. */
import type { Limits } from '../base/limits.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import { Stop } from '../value/fault.ts';
import { realmIsClean } from '../vm/realm.ts';
import type { Admission, Admitted, ModuleSource } from './admission.ts';
import { admit } from './admit.ts';
import { type AuditFailures, AuditTrail } from './audit.ts';
import { defaultTimer } from './drive.ts';
import { LoadError, UsageError } from './errors.ts';
import { type GraphNode, isPinned, readGraph } from './graph.ts';
import type { GraphReport } from './inspect.ts';
import { Library } from './library.ts';
import { linkGraph } from './load.ts';
import { LoadedModule, type RunEnvironment } from './loaded-module.ts';
import {
  BASE_LIMITS,
  checkGrants,
  type GrantTable,
  type HostOptions,
  type LoadOptions,
  mergeLimits,
  readHostOptions,
  readLoadOptions,
} from './options.ts';
import { TierLoader } from './tier.ts';
import type { ImportInfo, Version } from './version.ts';

export { type Capability, capability } from '../link/capability.ts';
export { sharedState } from '../link/shared-store.ts';
export { GuestError } from '../vm/host-errors.ts';

/**
 * Makes a host. It grants nothing and limits everything unless told otherwise.
 *
 * @throws UsageError for an unknown option or a limit that is not a finite number.
 * @example const host = createHost({ grants: { 'host:clock': clock }, limits: { fuel: 1_000_000 } });
 */
export function createHost(options: HostOptions = {}): Host {
  return new Host(readHostOptions(options));
}

interface Entry {
  readonly module: LoadedModule;
  readonly options: LoadOptions;
  /** The turn of the replacement that stands. */
  replacedAt: number;
}

export class Host {
  readonly #options: HostOptions;
  readonly #limits: Limits;
  readonly #library: Library;
  readonly #admission: Admission;
  readonly #audit: AuditTrail | null;
  readonly #tier: TierLoader;
  readonly #environment: RunEnvironment;
  readonly #modules = new Map<string, Entry>();
  readonly #lifetime = { isOver: false };
  #count = 0;

  /** @internal use `createHost`. */
  constructor(options: HostOptions) {
    this.#options = options;
    this.#limits = mergeLimits(BASE_LIMITS, options.limits);
    this.#library = new Library({ optimise: options.internals?.optimise ?? true });
    this.#admission = {
      library: this.#library,
      internals: options.internals ?? {},
      signedBy: options.signedBy,
    };
    this.#tier = new TierLoader(options.jit ?? 'auto', options.internals ?? {});
    this.#audit = options.audit === undefined ? null : new AuditTrail(options.audit);
    this.#environment = {
      internals: options.internals ?? {},
      timer: options.timer ?? defaultTimer,
      audit: this.#audit,
      tier: () => this.#tier.tier,
      onUsage: options.onUsage,
      lifetime: this.#lifetime,
    };
  }

  /**
   * Reads, checks, compiles, verifies and links a module in any form, and all that it imports; nothing of it runs.
   *
   * @throws LoadError with every diagnostic.
   */
  async load(source: ModuleSource, options: LoadOptions = {}): Promise<LoadedModule> {
    const own = readLoadOptions(options);
    const id = own.id ?? `module-${++this.#count}`;
    this.#refuseTaken(own.id);
    const version = await this.#read(source, id, own);
    await this.#tier.load();
    const module = new LoadedModule(id, version, this.#environment);
    this.#refuseTaken(own.id);
    if (own.id !== undefined) this.#modules.set(id, { module, options: own, replacedAt: 0 });
    return module;
  }

  /**
   * Puts new source in the place of a loaded module, with the grants and limits of its `load`. All or nothing; of several
   * replacements under way the one asked for last stands, whichever is read first.
   */
  async replace(id: string, source: ModuleSource): Promise<LoadedModule> {
    const entry = this.#entry(id);
    const turn = ++this.#count;
    const version = await this.#read(source, id, entry.options);
    if (this.#modules.get(id) !== entry) throw new UsageError(`module "${id}" was unloaded while it was replaced`);
    if (turn > entry.replacedAt) {
      entry.replacedAt = turn;
      entry.module.replaceVersion(version);
    }
    return entry.module;
  }

  /**
   * What a module and all that it imports can reach, without linking it or running any of it. Nothing has to be granted.
   *
   * @throws LoadError
   * @example permissionsOf(await host.inspect(source))
   */
  async inspect(source: ModuleSource, options: { readonly id?: string } = {}): Promise<GraphReport> {
    const { reportOn } = await import('./report.ts');
    return reportOn(await this.#graph(source, options.id ?? 'module'));
  }

  /** Forgets a module; runs under way finish. */
  unload(id: string): void {
    const { module } = this.#entry(id);
    this.#modules.delete(id);
    module.replaceVersion(null);
    this.#audit?.unloaded(id);
  }

  /** Unloads everything; the host takes no more modules. */
  async close(): Promise<void> {
    this.#lifetime.isOver = true;
    for (const id of [...this.#modules.keys()]) this.unload(id);
  }

  /** How often the sink of the audit has failed, and by what. */
  get auditFailures(): AuditFailures {
    return this.#audit?.failures ?? NO_FAILURES;
  }

  #read(source: ModuleSource, id: string, options: LoadOptions): Promise<Version> {
    const audit = this.#audit;
    return audit === null
      ? this.#readVersion(source, id, options)
      : audit.reading(id, () => this.#readVersion(source, id, options));
  }

  async #readVersion(source: ModuleSource, id: string, options: LoadOptions): Promise<Version> {
    if (this.#lifetime.isOver) throw new UsageError('the host was closed');
    refuseTraps();
    const graph = await this.#graph(source, id);
    if (isPinned(graph) || options.lock !== undefined) {
      const { checkIntegrity } = await import('./integrity.ts');
      await checkIntegrity(graph, options.lock);
    }
    const grants = options.grants ?? this.#options.grants ?? {};
    this.#audit?.watch(grants);
    const loaded = await linkGraph(graph, {
      library: this.#library,
      grants,
      grantsFor: (uri) => this.#grantsFor(uri),
    });
    if (this.#lifetime.isOver) throw new UsageError('the host was closed');
    const { linked, source: text, warnings, traced, modules, sharing, sourceOf } = loaded;
    const imports = importsOf(linked);
    const limits = mergeLimits(this.#limits, options.limits);
    return { linked, source: text, warnings, imports, limits, traced, modules, sharing, sourceOf };
  }

  async #graph(source: ModuleSource, id: string): Promise<GraphNode> {
    return readGraph(id, await this.#admit(source, id), {
      resolve: this.#options.resolve,
      admit: (imported, uri) => this.#admit(imported, uri),
    });
  }

  async #admit(source: ModuleSource, name: string): Promise<Admitted> {
    const admitted = await admit(source, name, this.#admission);
    this.#audit?.admitted(name, admitted.source.text.length);
    return admitted;
  }

  #grantsFor(uri: string): GrantTable {
    const grants = this.#options.grantsFor?.(uri) ?? {};
    checkGrants(grants);
    this.#audit?.watch(grants);
    return grants;
  }

  #refuseTaken(id: string | undefined): void {
    if (id !== undefined && this.#modules.has(id))
      throw new UsageError(`a module "${id}" is loaded already; use replace(), or unload() it first`);
  }

  #entry(id: string): Entry {
    const entry = this.#modules.get(id);
    if (entry === undefined)
      throw new UsageError(`no module "${id}" is loaded (loaded: ${[...this.#modules.keys()].join(', ') || 'none'})`);
    return entry;
  }
}

/** Before anything is read: a property that was added to a prototype may see what is read. */
function refuseTraps(): void {
  try {
    realmIsClean();
  } catch (error) {
    throw error instanceof Stop ? new LoadError({ code: error.code, message: error.message }) : error;
  }
}

const NO_FAILURES: AuditFailures = Object.freeze({ count: 0, last: undefined });

function importsOf(linked: LinkedModule): readonly ImportInfo[] {
  return linked.imports.map(({ uri, members }) => ({ uri, members: members.map((m) => m.name) }));
}
