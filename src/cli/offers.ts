/**
 * The table of what `--grant` can give beside what is granted anyway. Nothing of it is there unless asked for, and none of
 * it is loaded before. A row's values narrow it: which hosts, which names, which folder.
 */
import type { Capability } from '../engine/host.ts';

export interface Offer {
  readonly uri: string;
  /** What stands after `=` in help. */
  readonly value: string;
  readonly needsValue: 'always' | 'may';
  readonly doc: string;
  /** @throws CliFailure of kind `usage` for a value that it cannot take. */
  readonly make: (value: string) => Promise<Capability>;
}

/** By URI: what programs find there without asking. */
export const ALWAYS_GRANTED: Readonly<Record<string, string>> = {
  'host:clock': 'now()',
  'host:console': 'print(value, …)',
  'host:shared': 'SHARED resources, in memory',
};

export const OFFERS: readonly Offer[] = [
  {
    uri: 'host:env',
    value: 'NAME,…',
    needsValue: 'always',
    doc: 'get(name): an environment variable, of these only; null if it is not set',
    make: async (value) => (await import('./grant-env.ts')).environment(value.split(',')),
  },
  {
    uri: 'host:files',
    value: 'FOLDER',
    needsValue: 'always',
    doc: 'read(path), list(path): texts and names below the folder; links that lead out of it are refused',
    make: async (value) => (await import('./grant-files.ts')).filesBelow(value),
  },
  {
    uri: 'host:http',
    value: '[METHOD:]HOST,…',
    needsValue: 'always',
    doc: 'get(url), post(url, value): requests to these hosts only; GET:HOST or POST:HOST permits just that',
    make: async (value) => (await import('./grant-http.ts')).httpTo(value.split(',')),
  },
  {
    uri: 'host:random',
    value: 'SEED',
    needsValue: 'may',
    doc: 'next(), uuid(): by chance; with a seed the same ones in each process',
    make: async (value) => (await import('./grant-random.ts')).random(value),
  },
];
