/** One text that the gate accepts and that uses every construct it lets through, and what such a text may refer to. */
import type { Permit } from '../../../src/jit/gate.ts';

export const PERMIT: Permit = {
  helpers: new Set(['noRoom', 'refill', 'read', 'absent', 'share', 'unwind', 'caught', 'push']),
  values: new Set(['Plain', 'List']),
  constants: 2,
  units: 1,
  functions: 1,
  keys: new Set(['total', 'items', 'if', 'price_1', 'value']),
};

export const SAMPLE = `'use strict';
function enrich_3(run, input_0, regs_0) {
  if ((run.memoryLeft -= 136) < 0) noRoom(run);
  let c_1 = null;
  let late_2;
  let at_3 = 0;
  let sum_4 = 0.5;
  const flag_7 = typeof input_0 === 'object' && input_0 !== null && input_0.__proto__ === Plain;
  try {
    if ((run.fuel -= 12) < 0) refill(run, 4);
    const items_5 = flag_7 ? input_0.items : read(run, input_0, k_0, u_0);
    const count_6 = items_5.length;
    each_9: for (let i_10 = 0; i_10 < count_6; i_10++) {
      let item_11 = items_5[i_10];
      if (item_11 === undefined) item_11 = absent(items_5, i_10);
      if ((run.fuel -= 24) < 0) refill(run, 17);
      if (item_11 === null) c_1 = item_11;
      sum_4 = (sum_4 + item_11) * 2 - -1;
      if (sum_4 > 1e+21) break each_9;
    }
    out_12: {
      if (!(c_1 === true || late_2 === false)) break out_12;
      c_1 = other_4(run, [sum_4, k_1], f_0(run));
    }
    late_2 = {
      total: sum_4,
      if: c_1
    };
    late_2.total = regs_0[1] % 3 / 4;
    push(late_2, regs_0);
  } catch (e_14) {
    at_3 = 5;
    throw unwind(run, e_14, u_0, at_3);
  }
  run.depth += 1;
  return late_2;
}
function other_4(run, a_0, b_1) {
  for (let j_5 = b_1 - 0; j_5 < k_0; j_5++) {
    if ((run.fuel -= 3) < 0) refill(run, 9);
    try {
      a_0.value = a_0[0];
    } catch (e_6) {
      const x_7 = caught(run, e_6);
      if (run.compiledLimit <= x_7 && b_1 === run.markEpoch) {
        return x_7;
      } else push(a_0, b_1);
    }
  }
  return a_0 >= b_1;
}
return [enrich_3, other_4];
`;

/** The sample with one thing changed; the thing must be there, once. */
export function changed(from: string, to: string): string {
  const pieces = SAMPLE.split(from);
  if (pieces.length !== 2) throw new Error(`the sample holds ${JSON.stringify(from)} ${pieces.length - 1} times`);
  return pieces.join(to);
}
