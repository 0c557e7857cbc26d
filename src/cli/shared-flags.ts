/** Flags of `run` that fill SHARED resources from files; shared-files.ts does what they say. */
import type { Flag } from './arguments.ts';

export const SHARED_FORMATS = ['text', 'json', 'xml', 'yaml'] as const;
export const SHARED_KEYS = ['relative', 'basename', 'custom'] as const;

export const SHARED_FLAGS: readonly Flag[] = [
  {
    name: 'shared-file',
    value: 'RESOURCE=FILE',
    repeats: true,
    doc: 'put the content of a file into a SHARED resource; its key is the path',
  },
  {
    name: 'shared-dir',
    value: 'RESOURCE=FOLDER',
    repeats: true,
    doc: 'put every file below a folder into it; their keys are the paths below the folder',
  },
  {
    name: 'shared-glob',
    value: 'RESOURCE=PATTERN',
    repeats: true,
    doc: 'put the files of a pattern into it: * and ? within a name, ** across folders; keys as for a folder',
  },
  {
    name: 'shared-format',
    value: 'FORMAT',
    choices: SHARED_FORMATS,
    doc: 'how these files are read: text (default) | json | xml | yaml',
  },
  {
    name: 'shared-key',
    value: 'KEY',
    choices: SHARED_KEYS,
    doc: 'relative (default): the path | basename: the name of the file | custom: RESOURCE=KEY=FILE, KEY/path in folders',
  },
];
