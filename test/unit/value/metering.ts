/** A meter for tests that counts, and outcomes of operations as data. */
import { Fault, Stop } from '../../../src/value/fault.ts';
import { JoinedTexts } from '../../../src/value/joined-texts.ts';
import type { Meter } from '../../../src/value/meter.ts';

export class CountingMeter implements Meter {
  readonly nestingLimit: number;
  readonly joinedTexts = new JoinedTexts();
  readonly cutTexts = new JoinedTexts();
  fuel = 0;
  bytes = 0;
  readonly #fuelLimit: number;
  readonly #byteLimit: number;

  constructor(limits: { readonly fuel?: number; readonly bytes?: number; readonly nesting?: number } = {}) {
    this.nestingLimit = limits.nesting ?? 256;
    this.#fuelLimit = limits.fuel ?? 50_000_000;
    this.#byteLimit = limits.bytes ?? 256 << 20;
  }

  charge(fuel: number): void {
    if (!Number.isInteger(fuel) || fuel < 0) throw new Error(`a charge of ${fuel}`);
    this.fuel += fuel;
    if (this.fuel > this.#fuelLimit) throw new Stop('MR5001', 'out of fuel');
  }

  allocate(bytes: number): void {
    if (!Number.isInteger(bytes) || bytes < 0) throw new Error(`an allocation of ${bytes}`);
    this.bytes += bytes;
    if (this.bytes > this.#byteLimit) throw new Stop('MR5002', 'out of memory');
  }
}

/** A Fault as `Type CODE message`, a Stop as `stop CODE`; anything else is thrown on. */
export function refusalOf(operation: () => unknown): string {
  try {
    operation();
  } catch (error) {
    if (error instanceof Fault) return `${error.type} ${error.code} ${error.message}`;
    if (error instanceof Stop) return `stop ${error.code}`;
    throw error;
  }
  return 'no refusal';
}

/** A list nested so many levels deep. */
export function nested(levels: number): unknown {
  let value: unknown[] = [];
  for (let i = 1; i < levels; i++) value = [value];
  return value;
}
