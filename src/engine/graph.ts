/**
 * A module and everything that it imports, read through the host's `resolve` and admitted, before any of it is linked.
 * Promises: each resolved URI is read once; circles, and graphs beyond `MAX_MODULES`, are refused with the way that leads
 * there. Nothing runs, and nobody is granted anything here.
 */
import type { Code } from '../base/codes.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { ownOf } from '../base/own.ts';
import { isCapabilityUri } from '../base/uris.ts';
import type { Import } from '../bytecode/module.ts';
import type { Admitted, ModuleSource } from './admission.ts';
import { LoadError, MillraceError } from './errors.ts';

export const MAX_MODULES = 1_000;
const NO_IMPORTS: ReadonlyMap<number, GraphNode> = new Map();

/** What `resolve` answers: a module in any form, and its own URI where that is not the one asked for. */
export type Resolved = ModuleSource | { readonly uri: string; readonly source: ModuleSource };
export type Resolve = (uri: string, from: string) => Resolved | Promise<Resolved>;

export interface GraphNode {
  /** The id given to `load`, or the resolved URI. */
  readonly uri: string;
  readonly admitted: Admitted;
  /** The modules imported, by index in the import table. */
  readonly imports: ReadonlyMap<number, GraphNode>;
}

export interface GraphOptions {
  /** Absent: imports of modules are refused. */
  readonly resolve: Resolve | undefined;
  admit(source: ModuleSource, uri: string): Promise<Admitted>;
}

/** @throws LoadError with the place of the import that cannot be followed. */
export async function readGraph(uri: string, admitted: Admitted, options: GraphOptions): Promise<GraphNode> {
  const { imports } = admitted.verified.module;
  return imports.every(isCapability)
    ? { uri, admitted, imports: NO_IMPORTS }
    : new GraphReader(options).read(uri, admitted);
}

function isCapability({ uri }: Import): boolean {
  return isCapabilityUri(uri);
}

/** All nodes, imported ones first. */
export function nodesOf(entry: GraphNode): readonly GraphNode[] {
  if (entry.imports.size === 0) return [entry];
  const nodes = new Set<GraphNode>();
  const visit = (node: GraphNode): void => {
    for (const imported of node.imports.values()) if (!nodes.has(imported)) visit(imported);
    nodes.add(node);
  };
  visit(entry);
  return [...nodes];
}

/** Whether any module pins what it imports. */
export function isPinned(entry: GraphNode): boolean {
  return nodesOf(entry).some((node) => node.admitted.verified.module.imports.some(({ pin }) => pin !== null));
}

class GraphReader {
  readonly #options: GraphOptions;
  readonly #nodes = new Map<string, GraphNode>();
  /** The modules whose imports are being read, outermost first. */
  readonly #way: string[] = [];

  constructor(options: GraphOptions) {
    this.#options = options;
  }

  async read(uri: string, admitted: Admitted): Promise<GraphNode> {
    const imports = new Map<number, GraphNode>();
    const node = { uri, admitted, imports };
    if (this.#nodes.size + this.#way.length >= MAX_MODULES)
      throw new LoadError({
        code: 'MR4007',
        message: `"${uri}" is one module too many: ${MAX_MODULES} are the limit`,
        module: uri,
      });
    this.#way.push(uri);
    for (const [index, entry] of admitted.verified.module.imports.entries())
      if (!isCapabilityUri(entry.uri)) imports.set(index, await this.#follow(entry, node));
    this.#way.pop();
    this.#nodes.set(uri, node);
    return node;
  }

  async #follow(entry: Import, from: Pick<GraphNode, 'uri' | 'admitted'>): Promise<GraphNode> {
    const { uri, source } = await this.#resolve(entry, from);
    const known = this.#nodes.get(uri);
    if (known !== undefined) return known;
    const start = this.#way.indexOf(uri);
    if (start >= 0)
      throw refusal('MR4005', entry, from, `modules import each other in a circle`, {
        notes: [`the circle: ${[...this.#way.slice(start), uri].map((step) => `"${step}"`).join(' → ')}`],
        help: 'move what they share into a third module',
      });
    return this.read(uri, await this.#options.admit(source, uri));
  }

  async #resolve(
    entry: Import,
    from: Pick<GraphNode, 'uri' | 'admitted'>,
  ): Promise<{ readonly uri: string; readonly source: ModuleSource }> {
    const { resolve } = this.#options;
    if (resolve === undefined)
      throw refusal('MR4004', entry, from, `module "${from.uri}" may not import modules`, {
        notes: ['the host resolves no modules'],
        help: 'the host can pass `resolve` to createHost()',
      });
    let resolved: Resolved;
    try {
      resolved = await resolve(entry.uri, from.uri);
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw refusal('MR4004', entry, from, `the module "${entry.uri}" was not found`, {
        notes: ['the host’s `resolve` refused it'],
        help: 'check the path; the host’s reason is in the cause of this error',
        cause: error,
      });
    }
    if (typeof resolved === 'string' || resolved instanceof Uint8Array)
      return { uri: resolvedUri(entry.uri, from.uri), source: resolved };
    if (isNamed(resolved)) return resolved;
    if (typeof resolved === 'object' && resolved !== null && Object.hasOwn(resolved, 'millrace'))
      return { uri: resolvedUri(entry.uri, from.uri), source: resolved };
    throw refusal('MR4004', entry, from, `the module "${entry.uri}" was not found`, {
      notes: ['the host’s `resolve` gave no module'],
      help: '`resolve` answers with the source of a module, or with { uri, source }',
    });
  }
}

function isNamed(resolved: unknown): resolved is { readonly uri: string; readonly source: ModuleSource } {
  if (typeof resolved !== 'object' || resolved === null) return false;
  const { uri, source } = ownOf(resolved) as { readonly uri?: unknown; readonly source?: unknown };
  return typeof uri === 'string' && (typeof source === 'string' || (typeof source === 'object' && source !== null));
}

/** A relative URI taken from the folder of the importing module; any other as it stands. */
export function resolvedUri(uri: string, from: string): string {
  if (!/^\.\.?\//.test(uri)) return uri;
  const steps = from
    .split('/')
    .slice(0, -1)
    .filter((step) => step !== '.');
  for (const step of uri.split('/')) {
    const isUp = step === '..' && steps.length > 0 && steps.at(-1) !== '..' && steps.at(-1) !== '';
    if (isUp) steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}

/** A `LoadError` that points at the import. */
export function refusal(
  code: Code,
  entry: Import,
  { uri, admitted }: Pick<GraphNode, 'uri' | 'admitted'>,
  message: string,
  more: { readonly notes: readonly string[]; readonly help: string; readonly cause?: unknown },
): LoadError {
  const diagnostic: Diagnostic = {
    code,
    severity: 'error',
    message,
    source: admitted.source,
    labels: [{ span: { start: entry.at, end: entry.end }, text: 'imported here', primary: true }],
    notes: [...more.notes, 'nothing of the module was run'],
    help: more.help,
  };
  const cause = more.cause === undefined ? {} : { cause: more.cause };
  return new LoadError({ code, message, diagnostics: [diagnostic], module: uri, ...cause });
}
