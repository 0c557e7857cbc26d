/**
 * What reports on a module graph say: what each module wants to reach, and how that differs between two states.
 */

export interface ImportReport {
  readonly uri: string;
  readonly kind: 'capability' | 'module';
  readonly alias: string;
  /** Brought along by a standard function or by SHARED, not written. */
  readonly implied: boolean;
  readonly members: readonly { readonly name: string; readonly arity: number | null }[];
  /** Of a module: its resolved URI, the capabilities handed on to it, and the identity it is pinned to. */
  readonly resolved: string | null;
  readonly handedOn: readonly string[];
  readonly pin: string | null;
}

export interface ExportReport {
  readonly name: string;
  readonly kind: 'transform' | 'function';
  readonly parameters: readonly string[];
  /** Neither outputs, waits, suspends, nor reaches any import. */
  readonly pure: boolean;
  readonly emits: boolean;
  readonly suspends: boolean;
  readonly awaits: boolean;
  /** URIs, as written. */
  readonly imports: readonly string[];
}

export interface ModuleReport {
  readonly uri: string;
  readonly identity: string;
  readonly imports: readonly ImportReport[];
  readonly exports: readonly ExportReport[];
}

export interface GraphReport {
  /** The module that was inspected. */
  readonly entry: string;
  /** It and all that it imports, imported ones first. */
  readonly modules: readonly ModuleReport[];
}

/** A line of authority: this module wants this member of this capability. */
export interface Permission {
  readonly module: string;
  readonly capability: string;
  /** A member, or `*` where the module wants the capability itself (shared state). */
  readonly member: string;
}

export interface PermissionChanges {
  readonly added: readonly Permission[];
  readonly removed: readonly Permission[];
  readonly modulesAdded: readonly string[];
  readonly modulesRemoved: readonly string[];
  /** Modules whose identity differs. */
  readonly modulesChanged: readonly string[];
}

/** Every permission that a graph asks for, in the order of its modules. */
export function permissionsOf({ modules }: GraphReport): readonly Permission[] {
  return modules.flatMap(({ uri, imports }) =>
    imports
      .filter(({ kind }) => kind === 'capability')
      .flatMap(({ uri: capability, members }) => {
        const names = [...new Set(members.map((m) => m.name))];
        return (names.length === 0 ? ['*'] : names).map((member) => ({ module: uri, capability, member }));
      }),
  );
}

/** What `after` may do that `before` could not, and the other way round. Entry modules are compared with each other. */
export function permissionChanges(before: GraphReport, after: GraphReport): PermissionChanges {
  const nameIn = (report: GraphReport) => (uri: string) => (uri === report.entry ? after.entry : uri);
  const old = permissionsOf(before).map((p) => ({ ...p, module: nameIn(before)(p.module) }));
  const now = permissionsOf(after);
  const key = (p: Permission): string => JSON.stringify([p.module, p.capability, p.member]);
  const [oldKeys, nowKeys] = [new Set(old.map(key)), new Set(now.map(key))];
  const oldModules = new Map(before.modules.map((m) => [nameIn(before)(m.uri), m.identity]));
  const nowModules = new Map(after.modules.map((m) => [m.uri, m.identity]));
  return {
    added: now.filter((p) => !oldKeys.has(key(p))),
    removed: old.filter((p) => !nowKeys.has(key(p))),
    modulesAdded: [...nowModules.keys()].filter((uri) => !oldModules.has(uri)),
    modulesRemoved: [...oldModules.keys()].filter((uri) => !nowModules.has(uri)),
    modulesChanged: [...nowModules].filter(([uri, id]) => (oldModules.get(uri) ?? id) !== id).map(([uri]) => uri),
  };
}
