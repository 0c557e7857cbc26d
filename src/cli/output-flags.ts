/** Flags of `run` that say where a single result goes beside stdout; result-files.ts does what they say. */
import type { Flag } from './arguments.ts';

export const OUTPUT_FLAGS: readonly Flag[] = [
  {
    name: 'output-path',
    value: 'PATH',
    doc: "print only this part of the result: a.b[0]['k']; null if it is not there",
  },
  { name: 'output-raw', doc: 'print a text, number or boolean bare, bytes as base64, null as nothing' },
  {
    name: 'output-file',
    value: 'FILE',
    doc: 'write what is printed to this file too; in a folder to output.json or the like',
  },
  { name: 'output-lines', value: 'FILE', doc: 'write the result to this file too, each element of a list on one line' },
  {
    name: 'write-output',
    doc: 'write the files that the result has in `files`: { name: contents } or [{ name, contents }]',
  },
  { name: 'write-output-dir', value: 'FOLDER', doc: 'where --write-output writes; default: here' },
  { name: 'write-output-file', value: 'NAME=FILE', repeats: true, doc: 'where --write-output writes this one' },
];
