/** What generated code calls to join texts. Charges are those of `joinTexts`, join by join. */
import { allocateJoined, LONG_JOIN_FUEL, LONG_TEXT, MAX_TEXT_LENGTH } from '../value/charges.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { joinTexts, NUMBER_TEXT, textOf } from '../value/text.ts';
import type { Run } from '../vm/run.ts';

export const TEXTS = {
  join(run: Run, a: string, b: string | number, pc: number): string {
    if (typeof b === 'string') {
      const length = a.length + b.length;
      const isLong = length > LONG_TEXT;
      const memoryLeft = run.memoryLeft - BYTES.stringHeader - 2 * (isLong ? b.length : length);
      const fuel = isLong ? run.fuel - LONG_JOIN_FUEL : run.fuel;
      const isRare = isLong && (b.length > a.length || length > MAX_TEXT_LENGTH);
      if (memoryLeft >= 0 && fuel >= 0 && !isRare) {
        run.memoryLeft = memoryLeft;
        run.fuel = fuel;
        if (isLong) run.joinedTexts.add(length);
        return a + b;
      }
    }
    run.faultPc = pc;
    return joinTexts(run, a, typeof b === 'string' ? b : textOf(run, b));
  },
  /** Of what is neither a text nor a number. */
  textOf(run: Run, value: Value, pc: number): string {
    run.faultPc = pc;
    return textOf(run, value);
  },
  /**
   * Pays for `count` joins of a text of length `from` with pieces of these lengths (the rest are 0), among which are the
   * texts of `numbers` numbers. False, and nothing is paid, where that must be done one by one: near a limit, or where the
   * joins become long on the way.
   *
   * Measured on Node 20: paying for eight joins takes 18 ns at once and 100 ns one by one.
   */
  payAll(
    run: Run,
    count: number,
    numbers: number,
    from: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
    i: number,
  ): boolean {
    const ab = from + b;
    const ac = ab + c;
    const ad = ac + d;
    const ae = ad + e;
    const af = ae + f;
    const ag = af + g;
    const ah = ag + h;
    const ai = ah + i;
    const spare = 8 - count;
    let fuel = NUMBER_TEXT.fuel * numbers;
    let bytes = NUMBER_TEXT.bytes * numbers + BYTES.stringHeader * count;
    const isShort = ai <= LONG_TEXT;
    if (isShort) bytes += 2 * (ab + ac + ad + ae + af + ag + ah + ai - spare * ai);
    // No piece is longer than what it is joined to.
    else if (from > LONG_TEXT && ai <= 2 * from) {
      bytes += 2 * (ai - from);
      fuel += LONG_JOIN_FUEL * count;
    } else return false;
    if (bytes > run.memoryLeft || fuel > run.fuel || ai > MAX_TEXT_LENGTH) return false;
    run.memoryLeft -= bytes;
    run.fuel -= fuel;
    if (!isShort) run.joinedTexts.addEight(ab, ac, ad, ae, af, ag, ah, ai, spare);
    return true;
  },
  /** From the join with the index `paid`, one by one; how many are paid for then. */
  payEach(run: Run, paid: number, pieces: readonly (string | number)[], pcs: readonly number[]): number {
    let length = 0;
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i] as string | number;
      // The first text is made with the first join.
      const join = i === 0 ? 0 : i - 1;
      const isPaid = join < paid;
      run.faultPc = pcs[join] as number;
      const added = typeof piece === 'string' ? piece.length : (isPaid ? String(piece) : textOf(run, piece)).length;
      if (i > 0 && !isPaid) allocateJoined(run, length, added);
      length += added;
    }
    return pieces.length - 1;
  },
  /** The place of a call before which joins are paid for. */
  paying: (pc: number, _paid: number): number => pc,
} as const;
