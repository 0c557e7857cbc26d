/**
 * Big integers: their size, the charge for working on them, and the cap. Intrinsics on them are the one arithmetic that
 * takes longer than a few nanoseconds, so each is charged by the size of its operands before it starts.
 *
 * Invariant: no result has more than 2^20 bits (multiplying two such takes 9 ms, printing one 73 ms).
 */
import { Fault } from './fault.ts';
import { BYTES, type Meter } from './meter.ts';

const MAX_DOUBLINGS = 14;
/** In 64-bit words: 2^20 bits. */
export const MAX_WORDS = 2 ** MAX_DOUBLINGS;

/** Entry k is 2^(64·2^k). Why lazily: the larger half of the table is 128 KB that few processes need. */
const BOUNDS: bigint[] = [1n << 64n];
const NEGATED_BOUNDS: bigint[] = [-(1n << 64n)];

/**
 * The least power of two of 64-bit words that hold the magnitude; `2 * MAX_WORDS` for anything above the cap.
 * Comparing big integers of different lengths takes constant time, so this is cheap whatever the size.
 */
export function wordsOf(value: bigint): number {
  for (let k = 0; k <= MAX_DOUBLINGS; k++) {
    if (k === BOUNDS.length) {
      const bound = 1n << BigInt(64 * 2 ** k);
      BOUNDS.push(bound);
      NEGATED_BOUNDS.push(-bound);
    }
    if (value < BOUNDS[k] && value > NEGATED_BOUNDS[k]) return 2 ** k;
  }
  return 2 * MAX_WORDS;
}

/** The value, or a fault when it is above the cap. */
export function boundedBigint(value: bigint): bigint {
  if (wordsOf(value) > MAX_WORDS) throw tooManyDigits();
  return value;
}

/** For operations that take time in the size of their operands: addition, comparison, negation, conversion to a float. */
export function chargeLinear(meter: Meter, words: number): void {
  meter.charge(4 + (words >> 3));
}

export function allocateBigint(meter: Meter, words: number): void {
  meter.allocate(BYTES.bigintHeader + 8 * words);
}

/** For multiplication. The quadratic estimate is right for small operands and generous for large ones. */
export function chargeProduct(meter: Meter, left: number, right: number): void {
  if (left + right > 2 * MAX_WORDS) throw tooManyDigits();
  meter.charge(4 + Math.floor((left * right) / 32));
  allocateBigint(meter, left + right);
}

/** For division and remainder. */
export function chargeQuotient(meter: Meter, left: number, right: number): void {
  if (left > MAX_WORDS || right > MAX_WORDS) throw tooManyDigits();
  meter.charge(4 + Math.floor((left * right) / 16));
  allocateBigint(meter, left);
}

/** For conversion to and from decimal text of about 20 digits per word. */
export function chargeText(meter: Meter, words: number): void {
  if (words > MAX_WORDS) throw tooManyDigits();
  meter.charge(4 + Math.floor((words * words) / 8));
  meter.allocate(BYTES.stringHeader + 40 * words);
}

export function tooManyDigits(): Fault {
  return new Fault('ArithmeticException', 'MR6023', 'BigInteger would overflow supported range');
}
