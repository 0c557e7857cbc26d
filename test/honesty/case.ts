/**
 * What the honesty table is made of: a program, its inputs at growing sizes, and what of the language it measures. A case
 * is written against the variables `a`, `b`, `c` (read from the input) and `i` (0, 1, 2 … for each repetition).
 */
import type { Module } from '../../src/bytecode/module.ts';

export type Inputs = Readonly<Record<'a' | 'b' | 'c', unknown>>;

export interface Case {
  /** A standard function or an opcode, and what is special about the arguments. */
  readonly name: string;
  /** The functions or opcodes that it measures. */
  readonly covers: readonly string[];
  readonly sizes: readonly number[];
  inputs(size: number): Partial<Inputs>;
  /** One repetition, as statements; `times` of them stand in a row in the loop. */
  statements(size: number, times: number): string;
  /** Declarations before the TRANSFORM. */
  declarations(size: number): string;
  /** Statements of one repetition that keep what it makes alive, in the list `out`. */
  readonly kept: string;
  /** Instead of a program: a module that repeats its work as often as `input.times` has elements. */
  readonly module?: (size: number) => Module;
}

/** A tenfold range, as the work is linear in the size. */
export const SIZES = [1, 10, 100, 1e3, 1e4, 1e5];
/** For what is quadratic in the size, or as large as its square. */
export const SMALL_SIZES = [1, 4, 16, 64, 256, 1024];
/** For what stands in a program's text, once for each repetition. */
export const TEXT_SIZES = [1, 4, 16, 64, 256, 512];

type Given = Partial<Omit<Case, 'name' | 'covers' | 'inputs' | 'declarations' | 'statements'>> & {
  readonly inputs?: (size: number) => Partial<Inputs>;
  readonly declarations?: (size: number) => string;
};

/** A case whose repetition computes a value. Its name begins with what it covers, up to a colon. */
export function computing(name: string, expression: string, given: Given = {}): Case {
  return doing(name, (_size, k) => `LET r${k} = ${expression};`, {
    kept: `LET kept = ${expression}; APPEND TO out kept;`,
    ...given,
  });
}

/** A case whose repetition is a statement; `k` tells the copies of it in one loop apart. */
export function doing(name: string, statement: (size: number, k: number) => string, given: Given = {}): Case {
  return {
    sizes: SIZES,
    inputs: () => ({}),
    declarations: () => '',
    kept: '',
    ...given,
    name,
    covers: (name.split(':')[0] as string).split(' '),
    statements: (size, times) => Array.from({ length: times }, (_, k) => statement(size, k)).join('\n'),
  };
}

/** A text of this length in one piece, as a reader of files makes it. */
export function flatText(length: number, unit = 'abcdefghi '): string {
  return Buffer.from(unit.repeat(Math.ceil(length / unit.length)).slice(0, length), 'utf16le').toString('utf16le');
}

/** A one-byte text in one piece. */
export function latinText(length: number, unit = 'abcdefghi '): string {
  return Buffer.from(unit.repeat(Math.ceil(length / unit.length)).slice(0, length), 'latin1').toString('latin1');
}

export function listOf<T>(length: number, element: (index: number) => T): T[] {
  return Array.from({ length }, (_, i) => element(i));
}

export function objectOf(length: number, value: (index: number) => unknown = (i) => i): Record<string, unknown> {
  return Object.fromEntries(listOf(length, (i) => [`key${i}`, value(i)]));
}

/** Numbers in an order that no sort finds easy; the same for each run. */
export function shuffled(length: number): number[] {
  let state = 1;
  return listOf(length, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  });
}

/** Objects in objects, one in each. */
export function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { k: value };
  return value;
}

/** An integer of so many decimal digits. */
export function bigInteger(digits: number): bigint {
  return BigInt(`7${'3'.repeat(digits - 1)}`);
}
