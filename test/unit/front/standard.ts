/** A small standard library by signature, one row of each kind, for tests of the front end. */
import type { StdSignature } from '../../../src/front/front.ts';

const native: StdSignature = { kind: 'native', yields: false };

export const STANDARD: ReadonlyMap<string, StdSignature> = new Map([
  ['UPPER', native],
  ['LENGTH', native],
  ['KEYS', native],
  ['RANGE', native],
  ['DEC', native],
  ['MAP', { kind: 'prelude', yields: false }],
  ['TAKE', { kind: 'native', yields: true }],
  ['PRINT', { kind: 'implied', yields: false, uri: 'host:console', member: 'print' }],
  ['std.checkList', native],
]);
