/**
 * Verified unit → code that the VM runs: a CHARGE with the block's fuel at each leader, LOAD_LOCAL and ACCESS_STATIC fused,
 * targets and places moved along. Fuel is that of the original instructions.
 */

import { type DecodedRow, opcodeTable } from '../bytecode/decoded-rows.ts';
import type { Unit } from '../bytecode/module.ts';
import { OPCODES, opWidth } from '../bytecode/opcodes.ts';
import type { UnitFacts } from '../verify/verified.ts';

export interface PreparedCode {
  readonly code: Int32Array;
  readonly places: Int32Array;
}

const CHARGE_WIDTH = opWidth('CHARGE');
const ACCESS_WIDTH = opWidth('ACCESS_STATIC');

export function prepareCode(unit: Unit, facts: UnitFacts): PreparedCode {
  const { code: source, places: sourcePlaces } = unit;
  const { leaders, blockCosts } = facts;
  const { rows } = opcodeTable();
  const space = new Int32Array(source.length + leaders.length * CHARGE_WIDTH);
  /** By leader, which is all that jumps lead to. */
  const moved = new Map<number, number>();
  const targets: number[] = [];
  const places: number[] = [];
  let word = 0;
  let leader = 0;
  let place = 0;
  for (let offset = 0; offset < source.length; ) {
    if (leaders[leader] === offset) {
      moved.set(offset, word);
      space[word++] = OPCODES.CHARGE.code;
      space[word++] = blockCosts[leader] as number;
      leader++;
    }
    const start = word;
    const { name, width, target, faults } = rows[source[offset] as number] as DecodedRow;
    const behind = offset + width;
    const isPart = name === 'LOAD_LOCAL' && source[behind] === OPCODES.ACCESS_STATIC.code && leaders[leader] !== behind;
    if (isPart) {
      space[word++] = OPCODES.LOAD_PART.code;
      space[word++] = source[offset + 1] as number;
      space[word++] = source[behind + 1] as number;
      offset = behind + ACCESS_WIDTH;
    } else while (offset < behind) space[word++] = source[offset++] as number;
    if (target >= 0) targets.push(start + 1 + target);
    if (!faults && !isPart) continue;
    places.push(start, sourcePlaces[place + 1] ?? 0, sourcePlaces[place + 2] ?? 0);
    place += 3;
  }
  const code = space.slice(0, word);
  for (let i = 0; i < targets.length; i++) {
    const at = targets[i] as number;
    code[at] = moved.get(code[at] as number) as number;
  }
  return { code, places: new Int32Array(places) };
}
