/**
 * `:explain` in a session: how a variable, or a part of the last result, got its value, as the trace of its entry tells.
 *
 * Promises: the lines shown are those that were typed, with the entry they were typed in; what the session puts around an
 * entry is not shown.
 */
import type { Tracer } from '../engine/trace.ts';
import { type Explanation, renderTree } from '../engine/trace-explanation.ts';
import { splitPath } from '../engine/trace-path.ts';
import type { ProgramBuilder } from './repl-program.ts';

export type Path = readonly (string | number)[];

/** An entry that was run, as it was followed. */
export interface TracedEntry {
  readonly tracer: Tracer;
  readonly program: ProgramBuilder;
}

/** What the values of the session are fields of, in the run and where it was put out. */
interface Place {
  /** The path of the value in what the entry has put out. */
  readonly root: Path;
  /** How the user calls it. */
  readonly name: string;
}

/** The text of a tree; undefined where nothing is at that path. */
export function explainIn({ tracer, program }: TracedEntry, { root, name }: Place, path: Path): string | undefined {
  const found = tracer.explainField(pathText([...root, ...path]));
  if (found === null) return undefined;
  const tree = typedTree(found, program);
  const [only] = tree.from;
  const what = `${name}${pathText(path)}`.replace(/^\./, '');
  // The record that the session puts out has no line of the user's; what it holds was made by one.
  const isHeld = root.length > 0 && tree.from.length === 1 && only !== undefined && only.line !== null;
  const shown = isHeld ? { ...only, what: only.by === 'call' ? only.what : what } : { ...tree, what };
  return renderTree(shown, (line) => program.typedLine(line)?.place ?? '');
}

/** @returns null for a text that is no path. */
export function readPath(text: string): Path | null {
  return splitPath(text);
}

function pathText(path: Path): string {
  return path
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(key) ? `.${key}` : `["${key.replace(/["\\]/g, '\\$&')}"]`;
    })
    .join('');
}

function typedTree(node: Explanation, program: ProgramBuilder): Explanation {
  const typed = node.line === null ? undefined : program.typedLine(node.line);
  // The variables of the session are fields of the run's input.
  const what = node.what.replace(/(^|= )input\./, '$1');
  const from = node.from.map((part) => typedTree(part, program));
  const [only] = from;
  // A variable that the session has brought to the entry.
  if (typed === undefined && from.length === 1 && only?.by === 'input' && only.what === what) return only;
  return {
    ...node,
    what,
    line: typed === undefined ? null : node.line,
    code: node.code === null ? null : (typed?.code ?? null),
    from,
  };
}
