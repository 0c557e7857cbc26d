/** One linked state of a module, and what it says of its exports and imports. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Limits } from '../base/limits.ts';
import type { SourceText } from '../base/source.ts';
import type { LinkedModule } from '../link/linked-module.ts';

export interface ExportInfo {
  readonly name: string;
  readonly kind: 'transform' | 'function';
  readonly parameters: readonly string[];
  readonly effects: { readonly waits: boolean; readonly suspends: boolean };
}

export interface ImportInfo {
  readonly uri: string;
  readonly members: readonly string[];
}

/** One linked state of a module; `replace` puts another in its place. */
export interface Version {
  readonly linked: LinkedModule;
  readonly source: SourceText;
  readonly warnings: readonly Diagnostic[];
  readonly imports: readonly ImportInfo[];
  readonly limits: Limits;
  /** The same program with what traced runs report; compiled at the first traced run. */
  traced(): LinkedModule;
  /** All modules that take part. */
  readonly modules: readonly LinkedModule[];
  /** The modules that take part and use shared state. */
  readonly sharing: readonly LinkedModule[];
  /** The text of any module that takes part. */
  sourceOf(module: LinkedModule): SourceText | undefined;
}
