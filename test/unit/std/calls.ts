/** Calls rows of the library directly, with a meter that counts, and shows outcomes in the notation of the specification. */
import type { NativeContext } from '../../../src/link/native.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { Fault, Stop } from '../../../src/value/fault.ts';
import { JoinedTexts } from '../../../src/value/joined-texts.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';

export class CountingContext implements NativeContext {
  readonly shared = null;
  readonly tracer = null;
  readonly cache = new Map<string, unknown>();
  readonly nestingLimit: number = 256;
  readonly joinedTexts = new JoinedTexts();
  readonly cutTexts = new JoinedTexts();
  readonly #maxFuel: number;
  readonly #maxMemory: number;
  fuel = 0;
  memory = 0;

  constructor(maxFuel = 50_000_000, maxMemory = 256 << 20) {
    this.#maxFuel = maxFuel;
    this.#maxMemory = maxMemory;
  }

  charge(fuel: number): void {
    this.fuel += fuel;
    if (!(this.fuel <= this.#maxFuel)) throw new Stop('MR5001', 'out of fuel');
  }

  allocate(bytes: number): void {
    this.memory += bytes;
    if (!(this.memory <= this.#maxMemory)) throw new Stop('MR5002', 'out of memory');
  }
}

export function call(context: NativeContext, name: string, ...args: Value[]): Value {
  const row = STANDARD.get(name);
  if (row?.kind !== 'native') throw new Error(`${name} is no native`);
  return row.call(context, ...args);
}

const SHORT_TYPES: Readonly<Record<string, string>> = {
  IllegalStateException: 'ISE',
  IllegalArgumentException: 'IAE',
  NumberFormatException: 'NFE',
  PatternSyntaxException: 'PSE',
  ArithmeticException: 'AE',
  IndexOutOfBoundsException: 'IOOBE',
};

/** The value, or `✗` with the class and message of the fault or the code of the stop. */
export function outcome(name: string, ...args: Value[]): string {
  return outcomeIn(new CountingContext(), name, ...args);
}

export function outcomeIn(context: NativeContext, name: string, ...args: Value[]): string {
  try {
    return show(call(context, name, ...args));
  } catch (error) {
    if (error instanceof Fault) return `✗ ${SHORT_TYPES[error.type] ?? error.type} ${error.message}`;
    if (error instanceof Stop) return `✗ ${error.code}`;
    throw error;
  }
}

export function show(value: Value): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Decimal) return `dec(${Decimal.textOf(value)})`;
  if (value instanceof Bytes) return `bytes[${[...Bytes.dataOf(value)]}]`;
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (value instanceof OrderedMap) {
    const entries = [...OrderedMap.entriesOf(value)];
    return `{${entries.map(([k, v]) => `${typeof k === 'string' ? JSON.stringify(k) : `⟨${k}⟩`}:${show(v)}`).join(',')}}`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([k, v]) => `${JSON.stringify(k)}:${show(v)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

export function dec(text: string): Decimal {
  const decimal = Decimal.parse(text);
  if (decimal === undefined) throw new Error(`no decimal: ${text}`);
  return decimal;
}

export function map(...entries: readonly (readonly [string | number | bigint, Value])[]): OrderedMap {
  return new OrderedMap(entries);
}

/** A small seeded generator of integers below `bound`. */
export function lehmer(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
}
