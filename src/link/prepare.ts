/**
 * Verified unit → code that the VM runs: a CHARGE with the block's fuel at each leader, LOAD_LOCAL and ACCESS_STATIC fused,
 * targets and places moved along. Fuel is that of the original instructions.
 */

import { invariant } from '../base/assert.ts';
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
  const moved = new Int32Array(source.length);
  const space = new Int32Array(source.length + leaders.length * CHARGE_WIDTH);
  let word = 0;
  let leader = 0;
  for (let offset = 0; offset < source.length; ) {
    if (leaders[leader] === offset) {
      moved[offset] = word;
      space[word++] = OPCODES.CHARGE.code;
      space[word++] = blockCosts[leader] as number;
      leader++;
    }
    const { name, width } = rowAt(source, offset);
    if (
      name === 'LOAD_LOCAL' &&
      source[offset + width] === OPCODES.ACCESS_STATIC.code &&
      leaders[leader] !== offset + width
    ) {
      space[word++] = OPCODES.LOAD_PART.code;
      space[word++] = source[offset + 1] as number;
      space[word++] = source[offset + width + 1] as number;
      offset += width + ACCESS_WIDTH;
      continue;
    }
    for (const end = offset + width; offset < end; offset++) space[word++] = source[offset] as number;
  }
  const code = space.slice(0, word);
  const places: number[] = [];
  for (let offset = 0, place = 0; offset < code.length; ) {
    const { target, faults, width } = rowAt(code, offset);
    if (target >= 0) code[offset + 1 + target] = moved[code[offset + 1 + target] as number] as number;
    if (faults) {
      places.push(offset, sourcePlaces[place + 1] ?? 0, sourcePlaces[place + 2] ?? 0);
      place += 3;
    }
    offset += width;
  }
  return { code, places: new Int32Array(places) };
}

function rowAt(code: Int32Array, offset: number): DecodedRow {
  const row = opcodeTable().rows[code[offset] as number];
  invariant(row !== undefined, 'verified code has known opcodes only');
  return row;
}
