/** The scripts of test/lang, in a fixed order. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Expectation, parseScript } from '../../src/cli/script.ts';

export interface LangScript {
  /** `feature/behaviour`. */
  readonly name: string;
  readonly source: string;
  readonly expectations: readonly Expectation[];
}

export function readLangScripts(): readonly LangScript[] {
  const root = new URL('../lang/', import.meta.url);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.bl'))
    .sort();
  return names.map((path) => {
    const source = readFileSync(new URL(path, root), 'utf8');
    return { name: path.slice(0, -'.bl'.length), source, expectations: parseScript(source) };
  });
}
