/** Verified unit → code that the VM runs: a CHARGE with the block's fuel at each leader, targets and places moved along. */

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
  const code = new Int32Array(source.length + leaders.length * CHARGE_WIDTH);
  let word = 0;
  let leader = 0;
  for (let offset = 0; offset < source.length; ) {
    if (leaders[leader] === offset) {
      moved[offset] = word;
      code[word++] = OPCODES.CHARGE.code;
      code[word++] = blockCosts[leader] as number;
      leader++;
    }
    const width = opWidth(nameAt(source, offset));
    code.set(source.subarray(offset, offset + width), word);
    offset += width;
    word += width;
  }
  invariant(word === code.length, 'each leader is an instruction');
  const places: number[] = [];
  for (let offset = 0, place = 0; offset < code.length; ) {
    const name = nameAt(code, offset);
    const row = opRow(name);
    row.operands.forEach((kind, i) => {
      if (kind === 'target') code[offset + 1 + i] = moved[code[offset + 1 + i] as number] as number;
    });
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
