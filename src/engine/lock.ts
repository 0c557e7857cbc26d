/**
 * A lock: the identity of every module of a graph and what each may import. With a lock, a graph that differs is refused;
 * one that wants more is refused with the difference, which is what a reader has to decide about.
 */
import { LoadError, UsageError } from './errors.ts';
import type { GraphReport, ModuleReport } from './inspect.ts';

/** The content of `millrace.lock`. */
export interface Lock {
  readonly version: 1;
  readonly modules: { readonly [uri: string]: LockedModule };
}

export interface LockedModule {
  readonly identity: string;
  /** Members by the URI of the import, as written; sorted. */
  readonly imports: { readonly [uri: string]: readonly string[] };
}

/** The lock that exactly this graph satisfies. */
export function lockOf(report: GraphReport): Lock {
  const modules = [...report.modules].sort((a, b) => (a.uri < b.uri ? -1 : 1));
  return { version: 1, modules: Object.fromEntries(modules.map((m) => [m.uri, lockedModule(m)])) };
}

/** @throws UsageError when the value is no lock; LoadError when the graph is not the locked one. */
export function checkLock(report: GraphReport, lock: Lock): void {
  checkShape(lock);
  for (const module of report.modules) {
    const locked = Object.hasOwn(lock.modules, module.uri) ? lock.modules[module.uri] : undefined;
    if (locked === undefined)
      throw new LoadError({
        code: 'MR4006',
        message: `the module "${module.uri}" is not in the lock`,
        module: module.uri,
      });
    const added = wantsBeyond(module, locked);
    if (added.length > 0)
      throw new LoadError({
        code: 'MR4008',
        message: `the module "${module.uri}" wants more than its lock allows: ${added.map((p) => `+ ${p}`).join(', ')}`,
        module: module.uri,
      });
    if (module.identity !== locked.identity)
      throw new LoadError({
        code: 'MR4006',
        message: `the module "${module.uri}" is not the locked one: it is ${module.identity}, locked is ${locked.identity}`,
        module: module.uri,
      });
  }
}

function lockedModule({ identity, imports }: ModuleReport): LockedModule {
  const members = new Map<string, Set<string>>();
  for (const { uri, members: wanted } of imports) {
    const names = members.get(uri) ?? new Set<string>();
    for (const { name } of wanted) names.add(name);
    members.set(uri, names);
  }
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return { identity, imports: Object.fromEntries(sorted.map(([uri, names]) => [uri, [...names].sort()])) };
}

/** `uri member` for everything that the module imports and the lock does not list. */
function wantsBeyond(module: ModuleReport, locked: LockedModule): string[] {
  return Object.entries(lockedModule(module).imports).flatMap(([uri, members]) => {
    if (!Object.hasOwn(locked.imports, uri))
      return [uri, ...members.map((name) => `${uri} ${name}`)].slice(members.length > 0 ? 1 : 0);
    const known = new Set(locked.imports[uri]);
    return members.filter((name) => !known.has(name)).map((name) => `${uri} ${name}`);
  });
}

/** @throws UsageError when the value is no lock. */
export function checkShape(lock: unknown): asserts lock is Lock {
  const { version, modules } = (isTable(lock) ? lock : {}) as Partial<Lock>;
  const isLock =
    version === 1 &&
    isTable(modules) &&
    Object.values(modules).every(
      (m) =>
        isTable(m) &&
        typeof m.identity === 'string' &&
        isTable(m.imports) &&
        Object.values(m.imports).every((names) => Array.isArray(names)),
    );
  if (!isLock)
    throw new UsageError('a lock is { version: 1, modules: { [uri]: { identity, imports } } }; make it with lockOf()');
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
