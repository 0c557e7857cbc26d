/**
 * Realms that were changed before the library was loaded, each in a thread of its own: attacks by programs end there as they
 * do elsewhere, or nothing runs at all. The library is the one that is shipped.
 */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/project.ts';
import type { Ending } from './attack.ts';
import { LIMIT_ATTACKS } from './attacks-limits.ts';
import { PROTOTYPE_ATTACKS } from './attacks-prototype.ts';
import { expectEnding } from './expect-ending.ts';

const LIMITS_TRIED = new Set([136, 139, 160, 162]);
const ATTACKS = [...PROTOTYPE_ATTACKS, ...LIMIT_ATTACKS.filter(({ number }) => LIMITS_TRIED.has(number))];

/** What other code did before; `shows` is an expression that is true when it has worked. */
const REALMS = [
  {
    name: 'additions that enumeration shows',
    code: "for (const key of ['x', 'k', 'polluted', 'limits', 'input']) Object.prototype[key] = 'from before';",
    shows: "({}).polluted === 'from before'",
  },
  {
    name: 'additions that nothing shows, one of them read-only',
    code: `for (const key of ['x', 'k', 'a']) Object.defineProperty(Object.prototype, key, { value: 'from before', writable: key === 'x' });
      Object.defineProperty(Array.prototype, 'last', { value: () => 'from before' });`,
    shows: "({}).a === 'from before' && Object.keys(Object.prototype).length === 0",
  },
  {
    name: 'frozen prototypes',
    code: 'for (const prototype of [Object.prototype, Array.prototype, Function.prototype]) Object.freeze(prototype);',
    shows: 'Object.isFrozen(Object.prototype)',
  },
] as const;

const TRAPS = [
  {
    name: 'an accessor',
    key: 'secret',
    code: "Object.defineProperty(Object.prototype, 'secret', { get: () => 'from before', set: () => { seen++; } });",
  },
  {
    name: 'a value at an index',
    key: '1',
    code: "Object.defineProperty(Array.prototype, '1', { value: 'from before', writable: true });",
  },
] as const;

const PROGRAM = 'LET o = {}; SET o.secret = 5; OUTPUT { v: [o, input[1]] }';

/** Runs in the thread: changes the realm, loads the library, runs what it is given. */
const THREAD = `
  const { parentPort, workerData: { library, code, shows, attacks } } = require('node:worker_threads');
  let seen = 0;
  eval(code);
  import(library).then(async ({ createHost }) => {
    const endings = [];
    for (const { program, input, limits, jit } of attacks) {
      let ending;
      try {
        const module = await createHost({ jit }).load(program);
        ending = { result: module.run(module.exports.find((e) => e.kind === 'transform').name, input, { limits }) };
      } catch (error) {
        ending = { code: error.code, message: [error.message, ...error.diagnostics.flatMap((d) => d.notes)].join('\\n') };
      }
      Object.defineProperty(endings, endings.length, { value: ending, enumerable: true, configurable: true, writable: true });
    }
    parentPort.postMessage({ endings, seen, isShown: eval(shows) });
  });
`;

interface Told {
  readonly endings: readonly Ending[];
  readonly seen: number;
  readonly isShown: boolean;
}

function inThread(data: { readonly code: string; readonly shows: string; readonly attacks: unknown }): Promise<Told> {
  const library = pathToFileURL(path.join(ROOT, 'dist/index.js')).href;
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { eval: true, workerData: { library, ...data } });
    worker.once('message', (told: Told) => {
      resolve(told);
      void worker.terminate();
    });
    worker.once('error', reject);
  });
}

describe.each(REALMS)('a realm that had $name before', ({ code, shows }) => {
  it.each(['off', 'eager'])('lets every attack end as elsewhere, jit: %s', async (jit) => {
    const attacks = ATTACKS.map(({ program, input, limits = {} }) => ({
      program,
      input: input?.() ?? {},
      limits,
      jit,
    }));
    const { endings, isShown } = await inThread({ code, shows, attacks });
    expect(isShown).toBe(true);
    expect(endings.length).toBe(ATTACKS.length);
    for (const [i, { expected }] of ATTACKS.entries()) expectEnding(endings[i] as Ending, expected);
  });
});

describe.each(TRAPS)('a realm that had $name before', ({ code, key }) => {
  it('is refused by its name, and sees nothing', async () => {
    const told = await inThread({
      code,
      shows: 'true',
      attacks: [{ program: PROGRAM, input: new Array(3), limits: {}, jit: 'eager' }],
    });
    expect(told.seen).toBe(0);
    expectEnding(told.endings[0] as Ending, { code: 'MR4013', says: `carries "${key}"` });
  });
});
