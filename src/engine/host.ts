/** The host: grants, limits and the modules loaded by it. Everything belongs to it; nothing is process-global. */
import type { Limits } from '../base/limits.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import { defaultTimer } from './drive.ts';
import { UsageError } from './errors.ts';
import { Library } from './library.ts';
import { loadText } from './load.ts';
import { type ImportInfo, LoadedModule, type Version } from './loaded-module.ts';
import {
  BASE_LIMITS,
  checkHostOptions,
  checkLoadOptions,
  type GrantTable,
  type HostOptions,
  type LoadOptions,
  mergeLimits,
} from './options.ts';

export { type Capability, capability } from '../link/capability.ts';
export { sharedState } from '../link/shared-store.ts';

/**
 * Makes a host. It grants nothing and limits everything unless told otherwise.
 *
 * @throws UsageError for an unknown option or a limit that is not a finite number.
 * @example const host = createHost({ grants: { 'host:clock': clock }, limits: { fuel: 1_000_000 } });
 */
export function createHost(options: HostOptions = {}): Host {
  checkHostOptions(options);
  return new Host(options);
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
  readonly #modules = new Map<string, Entry>();
  #isClosed = false;
  #count = 0;

  /** @internal use `createHost`. */
  constructor(options: HostOptions) {
    this.#options = options;
    this.#limits = mergeLimits(BASE_LIMITS, options.limits);
    this.#library = new Library({ optimise: options.internals?.optimise ?? true });
  }

  /**
   * Reads, checks, compiles, verifies and links a program; nothing of it runs.
   *
   * @throws LoadError with every diagnostic.
   */
  async load(source: string, options: LoadOptions = {}): Promise<LoadedModule> {
    checkLoadOptions(options);
    const id = options.id ?? `module-${++this.#count}`;
    this.#refuseTaken(options.id);
    const version = await this.#read(source, id, options);
    const module = new LoadedModule(id, version, {
      internals: this.#options.internals ?? {},
      timer: this.#options.timer ?? defaultTimer,
      isClosed: () => this.#isClosed,
    });
    this.#refuseTaken(options.id);
    if (options.id !== undefined) this.#modules.set(id, { module, options, replacedAt: 0 });
    return module;
  }

  /**
   * Puts new source in the place of a loaded module, with the grants and limits of its `load`. All or nothing; of several
   * replacements under way the one asked for last stands, whichever is read first.
   */
  async replace(id: string, source: string): Promise<LoadedModule> {
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

  /** Forgets a module; runs under way finish. */
  unload(id: string): void {
    const { module } = this.#entry(id);
    this.#modules.delete(id);
    module.replaceVersion(null);
  }

  /** Unloads everything; the host takes no more modules. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { module } of this.#modules.values()) module.replaceVersion(null);
    this.#modules.clear();
  }

  async #read(source: string, id: string, options: LoadOptions): Promise<Version> {
    if (this.#isClosed) throw new UsageError('the host was closed');
    if (typeof source !== 'string')
      throw new UsageError('load() takes the source text of a module; compiled forms come with a later version');
    const grants: GrantTable = options.grants ?? this.#options.grants ?? {};
    const loaded = await loadText(source, id, grants, this.#library, this.#options.internals ?? {});
    if (this.#isClosed) throw new UsageError('the host was closed');
    return { ...loaded, imports: importsOf(loaded.linked), limits: mergeLimits(this.#limits, options.limits) };
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

function importsOf(linked: LinkedModule): readonly ImportInfo[] {
  return linked.imports.map(({ uri, members }) => ({ uri, members: members.map((m) => m.name) }));
}
