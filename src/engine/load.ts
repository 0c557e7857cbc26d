/**
 * Module graph + grants → linked modules. Each module reaches what the host granted to it and what its importer handed on,
 * cut down to what it declares; nothing is inherited. The same module under other grants is another linked module.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceText } from '../base/source.ts';
import { isCapabilityUri } from '../base/uris.ts';
import type { Import } from '../bytecode/module.ts';
import type { Capability } from '../link/capability.ts';
import type { LinkedModule } from '../link/linked-module.ts';
import { type Grants, type LinkProblem, linkModule } from '../link/linker.ts';
import { loadHashLibrary } from '../std/hash-library.ts';
import { loadPatternLibrary } from '../std/pattern-library.ts';
import { decimalsWereMade } from '../value/decimal.ts';
import { loadDecimalLibrary } from '../value/decimal-library.ts';
import type { VerifiedModule } from '../verify/verified.ts';
import { refused } from './admission.ts';
import { LoadError } from './errors.ts';
import { type GraphNode, MAX_MODULES, nodesOf } from './graph.ts';
import type { Library } from './library.ts';

const NO_IMPORTS: ReadonlyMap<number, Linkable> = new Map();

/** A linked graph: the module that was loaded and all that it imports. */
export interface Loaded {
  readonly linked: LinkedModule;
  readonly source: SourceText;
  readonly warnings: readonly Diagnostic[];
  /** The same program with what traced runs report; compiled when first asked for. */
  traced(): LinkedModule;
  /** All modules of the graph, imported ones first. */
  readonly modules: readonly LinkedModule[];
  /** The modules of the graph that use shared state. */
  readonly sharing: readonly LinkedModule[];
  /** The text of any module of the graph, for messages. */
  sourceOf(module: LinkedModule): SourceText | undefined;
}

export interface LinkGraphOptions {
  readonly library: Library;
  /** Of the module that was loaded. */
  readonly grants: Grants;
  /** Of an imported module, by resolved URI. */
  grantsFor(uri: string): Grants;
}

/** @throws LoadError when any module of the graph wants what it was not granted. */
export async function linkGraph(entry: GraphNode, options: LinkGraphOptions): Promise<Loaded> {
  const sources = new Map<LinkedModule, SourceText>();
  const grantsByUri = new Map<string, Grants>();
  const { library, grants } = options;
  const sameEachTime = {
    library,
    grants,
    // Asked once: the traced form must have the very same capabilities.
    grantsFor: (uri: string): Grants => {
      const known = grantsByUri.get(uri) ?? options.grantsFor(uri);
      grantsByUri.set(uri, known);
      return known;
    },
  };
  const linked = new GraphLinker(sameEachTime, sources).link(linkable(entry, 'plain'), grants);
  const modules = [...sources.keys()];
  const needs = librariesOf(modules, library);
  if (needs.length > 0) await loadLibraries(needs);
  const sharing = modules.filter(sharesState);
  const { source } = entry.admitted;
  const warnings = nodesOf(entry).flatMap(warningsOf);
  const toTrace = linkable(entry, 'traced');
  let traced: LinkedModule | undefined;
  return {
    linked,
    modules,
    sharing,
    source,
    warnings,
    traced: () => {
      traced ??= new GraphLinker(sameEachTime, sources).link(toTrace, grants);
      return traced;
    },
    sourceOf: (module) => sources.get(module),
  };
}

/** What linking needs of a node. Why not the node: the traced form may be asked for as long as the module lives. */
interface Linkable {
  readonly uri: string;
  readonly source: SourceText;
  /** What it wants, with the modules imported by their index in it. */
  readonly wanted: readonly Import[];
  readonly imports: ReadonlyMap<number, Linkable>;
  verified(): VerifiedModule;
}

function linkable(node: GraphNode, form: 'plain' | 'traced', known: Map<GraphNode, Linkable> = new Map()): Linkable {
  const before = known.get(node);
  if (before !== undefined) return before;
  const { uri, admitted } = node;
  const { source, traced, verified } = admitted;
  const imports = node.imports.size === 0 ? NO_IMPORTS : linkableImports(node, form, known);
  const wanted = verified.module.imports;
  const result = { uri, source, wanted, imports, verified: form === 'traced' ? traced : () => verified };
  known.set(node, result);
  return result;
}

function linkableImports(
  { imports }: GraphNode,
  form: 'plain' | 'traced',
  known: Map<GraphNode, Linkable>,
): Map<number, Linkable> {
  return new Map([...imports].map(([index, imported]) => [index, linkable(imported, form, known)]));
}

function warningsOf({ admitted }: GraphNode): readonly Diagnostic[] {
  return admitted.warnings;
}

function sharesState({ shared }: LinkedModule): boolean {
  return shared.length > 0;
}

class GraphLinker {
  readonly #options: LinkGraphOptions;
  readonly #sources: Map<LinkedModule, SourceText>;
  readonly #linked = new Map<Linkable, { readonly grants: Grants; readonly linked: LinkedModule }[]>();
  #count = 0;

  constructor(options: LinkGraphOptions, sources: Map<LinkedModule, SourceText>) {
    this.#options = options;
    this.#sources = sources;
  }

  link(node: Linkable, grants: Grants): LinkedModule {
    const known = this.#linked.get(node)?.find((entry) => areSame(entry.grants, grants));
    if (known !== undefined) return known.linked;
    // Each WITH may lead to other grants: the graph is small, what is linked of it need not be.
    if (++this.#count > MAX_MODULES)
      throw new LoadError({
        code: 'MR4007',
        message: `"${node.uri}" is imported under too many sets of grants: ${MAX_MODULES} modules are the limit`,
      });
    const { library } = this.#options;
    const verified = node.verified();
    const modules = new Map<number, LinkedModule>();
    for (const [index, imported] of node.imports) {
      const entry = verified.module.imports[index] as Import;
      const handedOn = entry.handedOn.map((i) => (verified.module.imports[i] as Import).uri);
      modules.set(index, this.link(imported, this.#grantsOf(imported, grants, handedOn)));
    }
    const result = linkModule(verified, {
      id: node.uri,
      grants,
      modules,
      standard: (name) => library.row(name),
      prelude: (name) => library.prelude(name),
    });
    const { source } = node;
    if (!result.ok)
      throw refused(
        node.uri,
        result.problems.map((problem) => linkDiagnostic(problem, source)),
      );
    this.#sources.set(result.linked, source);
    const forms = this.#linked.get(node) ?? [];
    forms.push({ grants, linked: result.linked });
    this.#linked.set(node, forms);
    return result.linked;
  }

  /** What the host grants to the imported module, and over it what the importer hands on of its own. */
  #grantsOf(imported: Linkable, own: Grants, handedOn: readonly string[]): Grants {
    const granted = this.#options.grantsFor(imported.uri);
    const grants: Record<string, Capability> = {};
    for (const { uri } of imported.wanted) {
      if (!isCapabilityUri(uri)) continue;
      const source = handedOn.includes(uri) && Object.hasOwn(own, uri) ? own : granted;
      if (Object.hasOwn(source, uri)) grants[uri] = source[uri] as Capability;
    }
    return grants;
  }
}

function areSame(a: Grants, b: Grants): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Nothing is imported during a synchronous run, so what the modules may use is loaded now. */
function librariesOf(modules: readonly LinkedModule[], library: Library): readonly string[] {
  const needs: string[] = decimalsWereMade() ? ['decimals'] : [];
  for (const { calls } of modules)
    for (const { host, name } of calls) {
      const row = host === null ? library.row(name) : undefined;
      if (row?.kind === 'native' && row.needs !== undefined) needs.push(row.needs);
    }
  return needs;
}

async function loadLibraries(needs: readonly string[]): Promise<void> {
  if (needs.includes('patterns')) await loadPatternLibrary();
  if (needs.includes('hashes')) await loadHashLibrary();
  if (needs.includes('decimals')) await loadDecimalLibrary();
}

function linkDiagnostic({ import: entry, ...problem }: LinkProblem, source: SourceText): Diagnostic {
  const text = entry?.implied === true ? 'this call needs it' : 'imported here';
  const labels = entry === null ? [] : [{ span: { start: entry.at, end: entry.end }, text, primary: true }];
  return { ...problem, severity: 'error', source, labels };
}
