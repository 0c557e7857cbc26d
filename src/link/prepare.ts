/**
 * Verified unit → code that the VM runs: a CHARGE with the block's fuel at each leader, LOAD_LOCAL and ACCESS_STATIC fused,
 * targets and places moved along. Fuel is that of the original instructions.
 */

import { invariant } from '../base/assert.ts';
import type { Unit } from '../bytecode/module.ts';
import { OPCODES, type OpName, opName, opRow, opWidth } from '../bytecode/opcodes.ts';
import type { UnitFacts } from '../verify/verified.ts';

export interface PreparedCode {
  readonly code: Int32Array;
  readonly places: Int32Array;
}

const CHARGE_WIDTH = opWidth('CHARGE');

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
    const name = nameAt(source, offset);
    const width = opWidth(name);
    if (
      name === 'LOAD_LOCAL' &&
      source[offset + width] === OPCODES.ACCESS_STATIC.code &&
      leaders[leader] !== offset + width
    ) {
      space[word++] = OPCODES.LOAD_PART.code;
      space[word++] = source[offset + 1] as number;
      space[word++] = source[offset + width + 1] as number;
      offset += width + opWidth('ACCESS_STATIC');
      continue;
    }
    for (const end = offset + width; offset < end; offset++) space[word++] = source[offset] as number;
  }
  const code = space.slice(0, word);
  const places: number[] = [];
  for (let offset = 0, place = 0; offset < code.length; ) {
    const name = nameAt(code, offset);
    const row = opRow(name);
    const operand = row.operands.indexOf('target');
    if (operand >= 0) code[offset + 1 + operand] = moved[code[offset + 1 + operand] as number] as number;
    if (row.faults) {
      places.push(offset, sourcePlaces[place + 1] ?? 0, sourcePlaces[place + 2] ?? 0);
      place += 3;
    }
    offset += opWidth(name);
  }
  return { code, places: Int32Array.from(places) };
}

function nameAt(code: Int32Array, offset: number): OpName {
  const name = opName(code[offset] as number);
  invariant(name !== undefined, 'verified code has known opcodes only');
  return name;
}
