/** Flags of `build`; build.ts does what they say. */
import type { BuildFormat } from '../engine/building.ts';
import type { Flag } from './arguments.ts';

export const BUILD_FORMATS = ['json', 'binary', 'source'] as const satisfies readonly BuildFormat[];

/** By the extension of a file. */
export const FORMAT_OF_FILE: Readonly<Record<string, BuildFormat>> = {
  '.json': 'json',
  '.blb': 'binary',
  '.bl': 'source',
};

export const BUILD_FLAGS: readonly Flag[] = [
  {
    name: 'format',
    value: 'FORMAT',
    choices: BUILD_FORMATS,
    doc: 'json: the JSON AST | binary: the bytecode | source: readable text again; default: by the name of --output',
  },
  {
    name: 'output',
    short: 'o',
    value: 'FILE',
    doc: 'where it goes, such as prog.json or prog.blb; default: stdout',
  },
  { name: 'strip', doc: 'leave out the places in the text; the identity stays, errors have no lines' },
  { name: 'sign', value: 'KEY', doc: 'sign a binary with an ed25519 private key: a PEM file (PKCS #8)' },
  {
    name: 'sign-as',
    value: 'NAME@VERSION',
    doc: 'what the signature says that it is; default: the name of the program, version 0',
  },
  { name: 'valid-days', value: 'N', doc: 'how long the signature is valid, from now on; default: 365' },
];
