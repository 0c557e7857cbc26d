/**
 * What a run does to the world, on record: capabilities that note each call of them, and traps around what the process
 * offers without being asked. A capability that was not granted is there as well, so that a call of it would be noticed.
 */
import { capability } from '../../src/index.ts';
import type { Grants } from '../../src/link/linker.ts';
import { STANDARD } from '../../src/std/index.ts';
import type { Random } from './random.ts';

export interface Recorded {
  readonly uri: string;
  readonly member: string;
}

/** Members by URI; what they answer is one of a few values. `host:shared` is the machine's business. */
const OFFERED: { readonly [uri: string]: readonly string[] } = {
  'host:fuzz': ['echo'],
  'host:files': ['read', 'write', 'remove'],
  'host:mail': ['send'],
  'host:clock': ['now', 'today', 'sleep'],
};
const ANSWERS: readonly unknown[] = [null, 1, 'answer', [1, 2], { a: 1 }, true];
const ANY_TIME = '2026-11-21T10:00:00.000Z';

export class Recorder {
  readonly #grants: { readonly [uri: string]: Grants[string] };
  readonly #calls: Recorded[] = [];
  /** Of all runs. */
  callCount = 0;

  constructor() {
    this.#grants = Object.fromEntries(
      [...membersByUri()].map(([uri, members]) => [
        uri,
        capability(uri, Object.fromEntries([...members].map((member) => [member, this.#member(uri, member)]))),
      ]),
    ) as Grants;
  }

  /** All capabilities, or now and then only some of them. */
  grants(random: Random): Grants {
    if (random.chance(80)) return this.#grants;
    return Object.fromEntries(Object.entries(this.#grants).filter(() => random.chance(70)));
  }

  /** What was called since the last time. */
  take(): readonly Recorded[] {
    return this.#calls.splice(0);
  }

  #member(uri: string, member: string): () => unknown {
    return () => {
      this.#calls.push({ uri, member });
      this.callCount++;
      if (member === 'random') return 0.5;
      return uri === 'host:clock' ? ANY_TIME : ANSWERS[this.callCount % ANSWERS.length];
    };
  }
}

function membersByUri(): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map(Object.entries(OFFERED).map(([uri, names]) => [uri, new Set(names)]));
  for (const row of STANDARD.values()) {
    if (row.kind !== 'implied' || row.uri === 'host:shared') continue;
    members.set(row.uri, (members.get(row.uri) ?? new Set()).add(row.member));
  }
  return members;
}

type Holder = { [name: string]: unknown };

/** Objects of the process whose functions nothing of a run may call. */
const AMBIENT: readonly (readonly [name: string, holder: object, functions: readonly string[]])[] = [
  ['globalThis', globalThis, ['eval', 'Function', 'fetch', 'setTimeout', 'setInterval', 'setImmediate']],
  ['process', globalThis.process, ['exit', 'kill', 'chdir', 'dlopen', 'binding', 'emit', 'emitWarning', 'nextTick']],
  ['console', console, ['log', 'info', 'warn', 'error', 'debug', 'trace']],
];

/** Prototypes that everything in the process shares. */
const SHARED = [Object, Array, Function, String, Number, Boolean, Map, Set, Promise, Error].map((c) => c.prototype);

/** Notes what is called of `AMBIENT` and what is added to shared prototypes, until it is closed. */
export class Traps {
  readonly #called: string[] = [];
  readonly #originals: (() => void)[] = [];
  #shape = shapeOfShared();

  constructor() {
    for (const [name, holder, functions] of AMBIENT) {
      for (const key of functions) this.#trap(name, holder as Holder, key);
    }
  }

  /** What was touched since the last time. */
  take(): readonly string[] {
    const touched = this.#called.splice(0);
    const shape = shapeOfShared();
    if (shape !== this.#shape) touched.push('a prototype');
    this.#shape = shape;
    return touched;
  }

  close(): void {
    for (const restore of this.#originals.splice(0)) restore();
  }

  #trap(name: string, holder: Holder, key: string): void {
    const original = holder[key] as (...args: unknown[]) => unknown;
    const called = this.#called;
    holder[key] = function (this: unknown, ...args: unknown[]): unknown {
      called.push(`${name}.${key}`);
      return original.apply(this, args);
    };
    this.#originals.push(() => {
      holder[key] = original;
    });
  }
}

function shapeOfShared(): string {
  return SHARED.map((prototype) => Reflect.ownKeys(prototype).length).join();
}
