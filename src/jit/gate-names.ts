/**
 * What names mean to the gate: those that the factory is given, those that a function declares, and keys of records. A
 * name that is none of these means nothing; in particular no name of JavaScript's own ever means anything.
 */
import type { Identifier } from 'acorn';
import { refuse } from './gate-reasons.ts';

/** What one text may refer to. The gate does not trust it further than the forms of names below. */
export interface Permit {
  /** Functions of ours: may be called, nothing else. */
  readonly helpers: ReadonlySet<string>;
  /** Of `Plain` and `List`: may be compared with a prototype. */
  readonly values: ReadonlySet<string>;
  /** There are `k_0` to `k_(constants - 1)`. */
  readonly constants: number;
  /** There are `u_0` to `u_(units - 1)`, arguments of helpers only. */
  readonly units: number;
  /** There are `f_0` to `f_(functions - 1)`: compiled functions of other groups. */
  readonly functions: number;
  /** Names of fields that the text may read and write. */
  readonly keys: ReadonlySet<string>;
}

export type OuterKind = 'helper' | 'value' | 'constant' | 'unit' | 'function' | 'unknown';

/** How a function's own name came to be. Only a `let` or a parameter may be assigned. */
export type LocalKind = 'let' | 'const' | 'parameter' | 'counter' | 'caught' | 'label';

export interface Local {
  readonly kind: LocalKind;
  /** Whether the block that declares it is still open. */
  isOpen: boolean;
}

export const RUN = 'run';
const VALUES: ReadonlySet<string> = new Set(['Plain', 'List']);

const LOCAL_NAME = /^[a-z][A-Za-z0-9]{0,40}_[0-9]{1,6}$/;
const HELPER_NAME = /^[A-Za-z]{1,60}$/;
const NUMBERED_NAME = /^([kuf])_(0|[1-9][0-9]{0,5})$/;
const KEY = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Names that no helper may have, so that no text can look like a use of them. */
const NOT_HELPERS: ReadonlySet<string> = new Set(
  (
    'Array ArrayBuffer AsyncFunction Atomics BigInt Boolean DataView Date Error EvalError FinalizationRegistry Function ' +
    'Generator GeneratorFunction Infinity Intl Iterator JSON List Map Math NaN Number Object Plain Promise Proxy ' +
    'RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TypeError URIError WeakMap ' +
    'WeakRef WeakSet WebAssembly arguments async await decodeURI decodeURIComponent encodeURI encodeURIComponent ' +
    'escape eval exports fetch get global globalThis import isFinite isNaN let module of parseFloat parseInt process ' +
    'queueMicrotask require run self set setImmediate setInterval setTimeout static structuredClone undefined unescape ' +
    'window yield'
  ).split(' '),
);

/** A record may have these as keys of its own; reading one that it has not would find what all records inherit. */
const NOT_KEYS: ReadonlySet<string> = new Set([
  ...[{}, []].flatMap((value) => Object.getOwnPropertyNames(Object.getPrototypeOf(value))),
  ...['prototype', 'then', 'toJSON', 'caller', 'callee', 'arguments'],
]);

/** What the factory is given, by its name. */
export function outerKind(name: string, permit: Permit): OuterKind {
  const numbered = NUMBERED_NAME.exec(name);
  if (numbered !== null) return numberedKind(numbered[1] as string, Number(numbered[2]), permit);
  if (permit.values.has(name)) return VALUES.has(name) ? 'value' : 'unknown';
  if (!permit.helpers.has(name) || !HELPER_NAME.test(name)) return 'unknown';
  return NOT_HELPERS.has(name) ? 'unknown' : 'helper';
}

function numberedKind(letter: string, number: number, permit: Permit): OuterKind {
  if (letter === 'k') return number < permit.constants ? 'constant' : 'unknown';
  if (letter === 'u') return number < permit.units ? 'unit' : 'unknown';
  return number < permit.functions ? 'function' : 'unknown';
}

/** The names of one text outside its functions: the factory's parameters and the functions themselves. */
export class Names {
  readonly #permit: Permit;
  readonly #known = new Map<string, OuterKind>();
  readonly #keys = new Map<string, boolean>();

  constructor(permit: Permit) {
    this.#permit = permit;
  }

  declareFunction(id: Identifier): void {
    if (!LOCAL_NAME.test(id.name)) refuse('name-form', id);
    if (this.kindOf(id.name) !== 'unknown') refuse('name-taken', id);
    this.#known.set(id.name, 'function');
  }

  kindOf(name: string): OuterKind {
    let kind = this.#known.get(name);
    if (kind === undefined) this.#known.set(name, (kind = outerKind(name, this.#permit)));
    return kind;
  }

  /** Whether the module names this key and no prototype does. */
  isKey(name: string): boolean {
    let isKey = this.#keys.get(name);
    if (isKey === undefined) {
      isKey = this.#permit.keys.has(name) && KEY.test(name) && !NOT_KEYS.has(name);
      this.#keys.set(name, isKey);
    }
    return isKey;
  }
}

/** The names of one function. Each is declared once in all of it, used after that, and inside the declaring block. */
export class Scope {
  readonly names: Names;
  /** Calls allowed at this place when it is ahead of a loop's fuel. */
  callsAllowed: ReadonlySet<string> | null = null;
  readonly #locals = new Map<string, Local>();
  readonly #open: Local[] = [];

  constructor(names: Names) {
    this.names = names;
  }

  declare(id: Identifier, kind: LocalKind): void {
    const { name } = id;
    if (!LOCAL_NAME.test(name)) refuse('name-form', id);
    if (this.#locals.has(name) || this.names.kindOf(name) !== 'unknown') refuse('name-taken', id);
    const local: Local = { kind, isOpen: true };
    this.#locals.set(name, local);
    this.#open.push(local);
  }

  /** What the name means here: undefined unless declared before, in a block that is still open. */
  local(name: string): Local | undefined {
    const local = this.#locals.get(name);
    return local?.isOpen === true ? local : undefined;
  }

  /** Runs `inside`, and closes what it declared. */
  block(inside: () => void): void {
    const before = this.#open.length;
    inside();
    for (let local = this.#open.length; local > before; local -= 1) (this.#open.pop() as Local).isOpen = false;
  }
}
